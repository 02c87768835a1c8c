//! Pre-authenticated download URLs: where `GET …/content` and `@microsoft.graph.downloadUrl` lead.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use driveway_core::Error;
use driveway_core::seal::Seal;

use super::context::Context;
use super::deliver::{Disposition, deliver};
use super::{Peer, refusal};
use crate::app::App;
use crate::ops::access::Access;
use crate::ops::content::content;
use crate::ops::ticket::Ticket;

/// The routes of pre-authenticated URLs. They need no credential and pass over one that is sent.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new().route("/download/{ticket}", get(download))
}

/// The pre-authenticated URL of a file that was reached.
pub(crate) fn url(app: &App, access: &Access, context: &Context) -> String {
    url_of(&app.seal, &Ticket::new(access.item.id, &access.via, expiry(app, context)), context)
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
    let mut response = match open(&app, &ticket, &context, request.headers().clone()).await {
        Ok(response) => response,
        Err(error) => refusal::render(&error, &context),
    };
    super::count("download", response.status());
    super::finish(&mut response);
    response
}

async fn open(app: &App, ticket: &str, context: &Context, headers: HeaderMap) -> Result<Response, Error> {
    let ticket = Ticket::open(&app.seal, ticket, context.now).ok_or_else(Error::item_not_found)?;
    let now = context.now;
    let file = app.db.read(move |tx| content(&ticket.redeem(tx, now)?)).await?;
    deliver(app, &file, Disposition::Attachment, &headers).await
}
