//! The authority that applications sign people in with: OAuth 2.0 and OIDC, at the addresses and in the shapes that
//! Microsoft's libraries know.

mod authorize;
mod discovery;
mod form;
mod refused;
mod token;
mod way_back;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, PRAGMA};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use driveway_core::oauth::Authority;
use serde_json::Value;

use super::Peer;
use super::context::Context;
use crate::app::App;
use crate::ops::oauth::{self, Kind, Outcome, Refusal};

/// The routes of the authority.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/common/discovery/instance", get(discovery::instance).fallback(other_verb))
        .route("/{tenant}/.well-known/openid-configuration", get(discovery::configuration).fallback(other_verb))
        .route("/{tenant}/v2.0/.well-known/openid-configuration", get(discovery::configuration).fallback(other_verb))
        .route("/{tenant}/discovery/v2.0/keys", get(discovery::keys).fallback(other_verb))
        .route("/{tenant}/oauth2/v2.0/authorize", get(authorize::ask).post(authorize::take))
        .route("/{tenant}/oauth2/v2.0/logout", get(authorize::log_out))
        .route("/{tenant}/oauth2/nativeclient", get(authorize::native_client))
        .route("/{tenant}/oauth2/v2.0/token", post(token::token).fallback(other_verb))
        .route("/{tenant}/oauth2/v2.0/devicecode", post(token::device_code).fallback(other_verb))
}

/// A response of the authority: JSON that nobody keeps.
fn respond(status: StatusCode, value: &Value) -> Response {
    let mut response = Response::new(axum::body::Body::from(value.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

/// Counts and finishes what an endpoint for programs came to.
fn answer(outcome: Outcome<Response>, context: &Context) -> Response {
    let mut response = outcome.unwrap_or_else(|refusal| refused::render(&refusal, context));
    super::count("oauth", response.status());
    super::finish(&mut response);
    response
}

fn context(app: &App, request: &Request) -> (Context, Outcome<()>) {
    let peer = request.extensions().get::<Peer>();
    let (context, outcome) = Context::read(app, request.headers(), request.uri(), peer);
    (context, outcome.map_err(Refusal::from))
}

/// Whom the first segment of the address means.
async fn authority(app: &App, segment: &str) -> Outcome<Authority> {
    oauth::authority(app, segment)
        .await?
        .ok_or_else(|| Refusal::new(Kind::InvalidTenant, 90_002, "There is no such tenant here."))
}

/// Who id tokens of this authority say that they are from: its address, which clients check against the one they were given.
fn issuer(context: &Context, authority: Authority) -> String {
    format!("{}/{authority}/v2.0", context.base_url)
}

/// The host by which the client knows this server, without a port.
fn own_host(context: &Context) -> String {
    let host = url::Url::parse(&context.base_url).ok().and_then(|url| url.host_str().map(str::to_owned));
    host.unwrap_or_default()
}

async fn other_verb(State(app): State<Arc<App>>, request: Request) -> Response {
    let (context, _) = context(&app, &request);
    let allowed = if request.uri().path().contains("/oauth2/") { "POST" } else { "GET, HEAD" };
    let refusal = Refusal::request("The address doesn't take this verb.");
    let mut response = answer(Err(refusal), &context);
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    response
}
