//! Pre-authenticated download URLs: where `GET …/content` and `@microsoft.graph.downloadUrl` lead.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use axum::routing::get;
use driveway_core::Error;
use driveway_core::audit::Through;
use driveway_core::error::Code;
use driveway_core::seal::Seal;

use super::context::Context;
use super::deliver::{Disposition, deliver};
use super::{Peer, preview_bot, refusal};
use crate::app::App;
use crate::ops::access::Access;
use crate::ops::content::content;
use crate::ops::openings::Download;
use crate::ops::ticket::Ticket;

/// The routes of pre-authenticated URLs. They need no credential and pass over one that is sent.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new().route("/download/{ticket}", get(download))
}

/// The pre-authenticated URL of a file that was reached.
pub(crate) fn url(app: &App, access: &Access, context: &Context) -> String {
    url_of(&app.seal, &Ticket::new(access.item.id, &access.via, expiry(app, context)), context)
}

/// The pre-authenticated URL of a version of a file that was reached.
pub(crate) fn version_url(app: &App, access: &Access, number: i64, context: &Context) -> String {
    url_of(&app.seal, &Ticket::new(access.item.id, &access.via, expiry(app, context)).of_version(number), context)
}

/// The pre-authenticated URL for a ticket.
pub(crate) fn url_of(seal: &Seal, ticket: &Ticket, context: &Context) -> String {
    format!("{}/download/{}", context.base_url, ticket.seal(seal))
}

/// When a URL made now ends, in seconds since 1970.
pub(crate) fn expiry(app: &App, context: &Context) -> i64 {
    context.now.as_second().saturating_add(i64::from(app.config.limits.download_url_seconds))
}

async fn download(State(app): State<Arc<App>>, Path(ticket): Path<String>, request: Request) -> Response {
    let (context, _) = Context::read(&app, request.headers(), request.uri(), request.extensions().get::<Peer>());
    let mut response = match open(&app, &ticket, &context, request.method(), request.headers()).await {
        Ok(response) => response,
        Err(error) => refusal::render(&error, &context),
    };
    super::count("download", response.status());
    super::finish_for(&context, &mut response);
    response
}

async fn open(
    app: &App,
    ticket: &str,
    context: &Context,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Response, Error> {
    let ticket = Ticket::open(&app.seal, ticket, context.now).ok_or_else(Error::item_not_found)?;
    let (now, source) = (context.now, context.source(Through::Download));
    let shown = ticket.by_link(source);
    let redeemed = app
        .db
        .read(move |tx| {
            let access = ticket.redeem(tx, now)?;
            Ok((content(&access)?, Download::of(&access, source, now)))
        })
        .await;
    if let (Err(error), Some((link, credentials))) = (&redeemed, &shown) {
        app.openings.refused_by(*link, error.refusal(), credentials, now);
    }
    let (file, download) = redeemed?;
    if download.is_some_and(|download| download.is_limited) && preview_bot::is_preview(headers) {
        return Err(Error::new(
            Code::NotAllowed,
            "Downloads of this link are counted, and none is spent on a preview.",
        ));
    }
    let download = download.filter(|_| *method == Method::GET);
    deliver(app, &file, Disposition::Attachment, headers, download).await
}
