//! Refusals in OAuth's shape, with the members that Microsoft's libraries show.

use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::{Map, Value};

use super::respond;
use crate::http::context::Context;
use crate::ops::oauth::{Kind, Refusal};

/// The status that a refusal has for a program. Exhaustive, so that a new kind can't be forgotten.
pub(super) fn status(refusal: &Refusal) -> StatusCode {
    match refusal.kind {
        Kind::InvalidClient => StatusCode::UNAUTHORIZED,
        Kind::ServerError => StatusCode::INTERNAL_SERVER_ERROR,
        Kind::TemporarilyUnavailable if refusal.is_throttled => StatusCode::TOO_MANY_REQUESTS,
        Kind::TemporarilyUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        Kind::InvalidRequest
        | Kind::InvalidGrant
        | Kind::UnauthorizedClient
        | Kind::UnsupportedGrantType
        | Kind::UnsupportedResponseType
        | Kind::InvalidScope
        | Kind::InvalidTenant
        | Kind::AccessDenied
        | Kind::LoginRequired
        | Kind::ConsentRequired
        | Kind::AuthorizationPending
        | Kind::SlowDown
        | Kind::AuthorizationDeclined
        | Kind::BadVerificationCode
        | Kind::ExpiredToken => StatusCode::BAD_REQUEST,
    }
}

/// The response for a refusal.
pub(super) fn render(refusal: &Refusal, context: &Context) -> Response {
    let mut body = Map::new();
    let mut put = |name: &str, value: Value| body.insert(name.to_owned(), value);
    put("error", refusal.kind.as_str().into());
    put("error_description", refusal.description.as_ref().into());
    put("error_codes", if refusal.number == 0 { Value::Array(Vec::new()) } else { vec![refusal.number].into() });
    put("timestamp", context.now.strftime("%Y-%m-%d %H:%M:%SZ").to_string().into());
    put("trace_id", context.request_id.to_string().into());
    put("correlation_id", context.client_request_id().into());
    if let Some(suberror) = refusal.suberror {
        put("suberror", suberror.into());
    }
    let mut response = respond(status(refusal), &body.into());
    let headers = response.headers_mut();
    if let Some(seconds) = refusal.retry_after {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if refusal.kind == Kind::InvalidClient {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"Driveway\", charset=\"UTF-8\""));
    }
    response
}
