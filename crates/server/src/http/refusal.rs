//! Errors of the domain as Graph's JSON (behaviour table, section 4).

use axum::body::Body;
use axum::http::header::{ALLOW, CONTENT_RANGE, CONTENT_TYPE, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use driveway_core::error::{Code, Error, Inner};
use serde_json::{Map, Value, json};

use super::context::Context;
use super::json::JSON;

/// The status that a code stands for. Exhaustive, so that a new code can't be forgotten.
pub(crate) fn status(error: &Error) -> StatusCode {
    match error.code() {
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::AccessDenied | Code::NotAllowed => StatusCode::FORBIDDEN,
        Code::ItemNotFound => StatusCode::NOT_FOUND,
        Code::InvalidRequest | Code::NotSupported => StatusCode::BAD_REQUEST,
        Code::NameAlreadyExists => StatusCode::CONFLICT,
        Code::ResourceModified => StatusCode::PRECONDITION_FAILED,
        Code::InvalidRange => StatusCode::RANGE_NOT_SATISFIABLE,
        Code::Locked => StatusCode::LOCKED,
        Code::ResyncRequired => StatusCode::GONE,
        Code::QuotaLimitReached => StatusCode::INSUFFICIENT_STORAGE,
        Code::ActivityLimitReached => StatusCode::TOO_MANY_REQUESTS,
        Code::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Code::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Code::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::FailedDependency => StatusCode::FAILED_DEPENDENCY,
        Code::ServiceNotAvailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::GeneralException => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The response for an error. A fault of ours is logged with its cause, which the client never sees.
pub(crate) fn render(error: &Error, context: &Context) -> Response {
    if let Some(cause) = error.cause() {
        tracing::error!(request_id = %context.request_id, cause, "request failed");
    }
    let mut response = Response::new(Body::from(body(error, context).to_string()));
    *response.status_mut() = status(error);
    headers(error, response.headers_mut());
    response
}

fn headers(error: &Error, headers: &mut HeaderMap) {
    headers.insert(CONTENT_TYPE, JSON);
    if let Some(seconds) = error.retry_after_seconds() {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    tell_length(error, headers);
    match (error.code(), error.inner_code()) {
        (Code::Unauthenticated, Some(Inner::PasswordRequired)) => {
            headers
                .insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"link password\", charset=\"UTF-8\""));
        }
        (Code::Unauthenticated, Some(Inner::TokenExpired)) => {
            // rclone gets itself a new token when it finds this word here, and gives up otherwise.
            let challenge =
                "Bearer realm=\"Driveway\", error=\"expired_token\", error_description=\"The token has expired.\"";
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        (Code::Unauthenticated, _) => {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"Driveway\""));
        }
        (Code::NotAllowed, Some(Inner::SharingDisabled)) => {
            // What the live service says besides the code, and what scripts have learnt to look for (CL-27).
            headers.insert("sharepoint-createsharinglink-error", HeaderValue::from_static("AnonymousLinksDisabled"));
        }
        _ => {}
    }
}

/// Says how long a content is to whom asked for a part of it that isn't there.
pub(crate) fn tell_length(error: &Error, headers: &mut HeaderMap) {
    let length = error.content_bytes().and_then(|bytes| HeaderValue::from_str(&format!("bytes */{bytes}")).ok());
    if let Some(length) = length {
        headers.insert(CONTENT_RANGE, length);
    }
}

fn body(error: &Error, context: &Context) -> Value {
    let mut inner = Map::new();
    if let Some(code) = error.inner_code() {
        inner.insert("code".into(), code.as_str().into());
    }
    let date = context.now.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    inner.insert("date".into(), date.into());
    inner.insert("request-id".into(), context.request_id.to_string().into());
    inner.insert("client-request-id".into(), context.client_request_id().into());
    let mut outer = Map::new();
    outer.insert("code".into(), error.code().as_str().into());
    outer.insert("message".into(), error.message().into());
    if let Some(target) = error.target_name() {
        outer.insert("target".into(), target.into());
    }
    outer.insert("innerError".into(), inner.into());
    json!({ "error": outer })
}

/// The refusal of a verb, with those that the address takes.
pub(crate) fn method_not_allowed(allowed: &str, context: &Context) -> Response {
    let mut response = render(&Error::new(Code::MethodNotAllowed, "The address doesn't take this verb."), context);
    if let Ok(allowed) = HeaderValue::from_str(allowed) {
        response.headers_mut().insert(ALLOW, allowed);
    }
    response
}

/// A redirect to an absolute URL of our own.
pub(crate) fn found(location: &str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::FOUND;
    if let Ok(location) = HeaderValue::from_str(location) {
        response.headers_mut().insert(LOCATION, location);
    }
    response
}
