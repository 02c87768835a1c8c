//! The doors: the Graph API, the pages of links, our own namespace, health.
//!
//! Everything here turns requests into operations and their results into responses. It never touches storage.

pub(crate) mod base_url;
pub(crate) mod context;
pub(crate) mod credentials;
pub(crate) mod deliver;
pub(crate) mod download;
pub(crate) mod driveway;
pub mod graph;
pub(crate) mod handshake;
pub(crate) mod health;
pub(crate) mod json;
pub(crate) mod monitor;
pub(crate) mod oauth;
pub(crate) mod preview_bot;
pub(crate) mod range;
pub(crate) mod refusal;
pub(crate) mod serve;
pub(crate) mod upload;
pub(crate) mod watched;
pub(crate) mod web;

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, SERVER, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::get;

use self::context::Context;
use crate::app::App;

pub use self::serve::Server;

/// The other end of the connection, put on each request by the accepting loop.
#[derive(Debug, Clone, Copy)]
pub struct Peer {
    /// Its address.
    pub address: IpAddr,
    /// Whether the connection is encrypted, up to here.
    pub is_encrypted: bool,
}

/// Every route of the server.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .merge(web::routes())
        .merge(download::routes())
        .merge(monitor::routes())
        .merge(upload::routes())
        .merge(driveway::routes())
        .merge(oauth::routes())
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/metrics", get(health::metrics))
        .fallback(elsewhere)
        .with_state(app)
}

/// Graph URLs don't fit a router of patterns: their paths have colons, keys in parentheses and percent-encoded slashes.
/// They have an address of their own in `core::address` and a table of their own in [`graph::routes`].
async fn elsewhere(State(app): State<Arc<App>>, request: Request) -> Response {
    if graph::is_graph_path(request.uri().path()) {
        graph::handle(app, request).await
    } else {
        web::not_found(&request)
    }
}

/// What every response says, whatever the route.
pub(crate) fn finish(response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(SERVER, HeaderValue::from_static("Driveway"));
    // A refusal tells something too: without this a cache may keep a 404 beyond the moment when it is true (P34).
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-store"));
    headers.entry(X_CONTENT_TYPE_OPTIONS).or_insert(HeaderValue::from_static("nosniff"));
}

/// [`finish`] with the names that a request goes by, for logs at either end (5.2 of the behaviour table).
pub(crate) fn finish_for(context: &Context, response: &mut Response) {
    let mut id = [0; 36];
    let id = context.request_id.as_hyphenated().encode_lower(&mut id);
    if let Ok(id) = HeaderValue::from_str(id) {
        let headers = response.headers_mut();
        let given = context.client_request_id.clone();
        headers.insert(HeaderName::from_static("client-request-id"), given.unwrap_or_else(|| id.clone()));
        headers.insert(HeaderName::from_static("request-id"), id);
    }
    finish(response);
}

/// Counts a request under its route's name. URLs carry secrets and are counted nowhere.
pub(crate) fn count(route: &'static str, status: StatusCode) {
    metrics::counter!("driveway_http_requests_total", "route" => route, "status" => status_class(status)).increment(1);
}

fn status_class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        100..=199 => "1xx",
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    }
}
