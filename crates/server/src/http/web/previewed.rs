//! `/preview/{ticket}`: a file in a page that may stand in any site's frame, for a while and without a credential (ITEM-02).
//!
//! The ticket says what is shown and by whose right, which is asked for again each time; a link's through the one gate. It
//! shows and changes nothing (P19).

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use driveway_core::audit::Through;
use driveway_core::error::Error;
use driveway_core::seal::Purpose;

use super::link::is_for_our_page;
use super::pages::EmbedPage;
use super::{Frame, language, page, preview, problem};
use crate::app::App;
use crate::http::context::Context;
use crate::http::deliver::{Disposition, deliver};
use crate::http::{Peer, count, download, finish};
use crate::ops::access::Access;
use crate::ops::content::preview as preview_of;
use crate::ops::ticket::Ticket;

/// The routes of previews. They need no credential and pass over one that is sent.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new().route("/preview/{ticket}", get(shown)).route("/preview/{ticket}/inline", get(inline))
}

/// The URL of the preview of a file that was reached.
pub(crate) fn url(app: &App, access: &Access, context: &Context) -> String {
    let ticket = Ticket::new(access.item.id, &access.via, download::expiry(app, context));
    format!("{}/preview/{}", context.base_url, ticket.seal_for(Purpose::Preview, &app.seal))
}

async fn shown(State(app): State<Arc<App>>, Path(text): Path<String>, request: Request) -> Response {
    answer(&app, &text, false, &request.into_parts().0).await
}

async fn inline(State(app): State<Arc<App>>, Path(text): Path<String>, request: Request) -> Response {
    answer(&app, &text, true, &request.into_parts().0).await
}

async fn answer(app: &App, text: &str, is_inline: bool, head: &axum::http::request::Parts) -> Response {
    let (context, _) = Context::read(app, &head.headers, &head.uri, head.extensions.get::<Peer>());
    let outcome = open(app, text, is_inline, &context, &head.headers).await;
    let mut response = outcome.unwrap_or_else(|error| problem(&error, language(&head.headers)));
    count("preview", response.status());
    finish(&mut response);
    response
}

async fn open(
    app: &App,
    text: &str,
    is_inline: bool,
    context: &Context,
    headers: &HeaderMap,
) -> Result<Response, Error> {
    let ticket = Ticket::open(Purpose::Preview, &app.seal, text, context.now).ok_or_else(Error::item_not_found)?;
    let (access, opened) = download::redeem(app, ticket, context, Through::Page, Ok).await?;
    if is_inline && access.prevents_download() && !is_for_our_page(headers) {
        return Err(Error::access_denied("This link lets look and not download."));
    }
    if let Some(opened) = opened {
        opened.opened(app);
    }
    if is_inline {
        return deliver(app, &preview_of(&access)?, Disposition::Inline, headers, None).await;
    }
    let language = language(headers);
    let html = EmbedPage {
        name: access.item.name.clone(),
        size_bytes: u64::try_from(access.item.size).unwrap_or(0),
        media: preview::preview(app, &access.item, format!("/preview/{text}/inline")).await?,
        download_url: (!access.prevents_download()).then(|| download::url(app, &access, context)),
    }
    .render(language);
    Ok(page(StatusCode::OK, html, language, Frame::Anywhere))
}
