//! Pre-authenticated URLs of thumbnails. They give thumbnails and nothing else of a picture, so that a page that shows one
//! gives away no more.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::get;
use driveway_core::Error;
use driveway_core::audit::Through;
use driveway_core::id::ItemId;
use driveway_core::seal::Purpose;
use driveway_core::thumbnail::Size;

use super::context::Context;
use super::{Peer, download, refusal};
use crate::app::App;
use crate::ops::access::Via;
use crate::ops::item::tags;
use crate::ops::thumbnail::{self, Source};
use crate::ops::ticket::Ticket;

/// The routes of thumbnails. They need no credential and pass over one that is sent.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new().route("/thumbnail/{ticket}/{size}", get(deliver))
}

/// The URL of an item's thumbnails, which ends with a size.
pub(crate) fn base(app: &App, item: ItemId, via: &Via, context: &Context) -> String {
    let ticket = Ticket::new(item, via, download::expiry(app, context));
    format!("{}/thumbnail/{}", context.base_url, ticket.seal_for(Purpose::Thumbnail, &app.seal))
}

async fn deliver(
    State(app): State<Arc<App>>,
    Path((ticket, size)): Path<(String, String)>,
    request: Request,
) -> Response {
    let (context, _) = Context::read(&app, request.headers(), request.uri(), request.extensions().get::<Peer>());
    let outcome = open(&app, &ticket, &size, &context, request.headers()).await;
    let mut response = outcome.unwrap_or_else(|error| refusal::render(&error, &context));
    super::count("thumbnail", response.status());
    super::finish(&mut response);
    response
}

async fn open(app: &App, ticket: &str, size: &str, context: &Context, headers: &HeaderMap) -> Result<Response, Error> {
    let ticket = Ticket::open(Purpose::Thumbnail, &app.seal, ticket, context.now).ok_or_else(Error::item_not_found)?;
    let size: Size = size.parse().map_err(|_| Error::item_not_found())?;
    let take = move |access: crate::ops::access::Access| {
        thumbnail::refuse_copies(&access, size)?;
        let source = Source::of(&access.item).ok_or_else(Error::item_not_found)?;
        Ok((source, access.item.c_tag()))
    };
    let ((source, c_tag), download) = download::redeem(app, ticket, context, Through::Download, take).await?;
    let drawn = thumbnail::draw(app, source, size).await?;
    if let Some(download) = download {
        download.opened(app);
    }
    let tag = format!("{},{size}\"", c_tag.trim_end_matches('"'));
    let is_known = headers
        .get(IF_NONE_MATCH)
        .and_then(|list| list.to_str().ok())
        .is_some_and(|list| tags(list).any(|known| known == "*" || known == tag));
    let mut response = Response::new(if is_known { Body::empty() } else { Body::from(drawn.bytes.clone()) });
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let answer = response.headers_mut();
    answer.insert(ETAG, HeaderValue::from_str(&tag).map_err(Error::internal)?);
    answer.insert(CONTENT_TYPE, HeaderValue::from_static(drawn.media_type));
    answer.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'"));
    answer.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    answer.insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow"));
    Ok(response)
}
