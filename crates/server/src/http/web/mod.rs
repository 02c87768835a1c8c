//! The pages: what a link opens in a browser, without a script.

pub(crate) mod assets;
mod device;
mod form_proof;
pub(crate) mod format;
pub(crate) mod language;
mod link;
pub(crate) mod notices;
pub(crate) mod pages;
mod preview;
pub(crate) mod session;
pub(crate) mod sign_in;
pub(crate) mod sign_in_pages;
mod sign_in_text;
pub(crate) mod text;
mod visit;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::header::{
    ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
    RETRY_AFTER, VARY, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::get;
use driveway_core::Error;
use driveway_core::error::Code;

use self::language::Language;
use self::notices::{GonePage, HomePage, ProblemPage, SignInPage};
use super::context::Context;
use super::{Peer, credentials, refusal};
use crate::app::App;

/// The routes of the pages.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(home))
        .route("/assets/{file}", get(asset))
        .route("/robots.txt", get(robots))
        .route("/d/{drive}", get(drive))
        .route("/d/{drive}/{item}", get(item))
        .merge(link::routes())
        .merge(sign_in::routes())
        .merge(device::routes())
}

/// Where a page may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Frame {
    /// In a window of its own only.
    Never,
    /// In any site's frame: the pages of embed links and nothing else.
    Anywhere,
}

/// A page as a response, with everything that keeps it from leaking or running anything (P20, P33, P34).
pub(crate) fn page(status: StatusCode, html: String, language: Language, frame: Frame) -> Response {
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(VARY, HeaderValue::from_static("Accept-Language, Cookie, Authorization"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow"));
    headers.insert(HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin"));
    let policy = match frame {
        Frame::Never => {
            headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
            "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        }
        Frame::Anywhere => {
            "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors *"
        }
    };
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    response
}

/// The language that the visitor reads.
pub(crate) fn language(headers: &HeaderMap) -> Language {
    Language::from_accept_language(headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or(""))
}

/// The one page for links that are expired, revoked, unknown or forged: the same to the byte (P16).
pub(crate) fn gone(language: Language) -> Response {
    page(StatusCode::NOT_FOUND, GonePage::render(language), language, Frame::Never)
}

/// The page for an error.
pub(crate) fn problem(error: &Error, language: Language) -> Response {
    if let Some(cause) = error.cause() {
        tracing::error!(cause, "a page failed");
    }
    let status = refusal::status(error);
    if error.code() == Code::ItemNotFound {
        return gone(language);
    }
    if error.code() == Code::Unauthenticated {
        return sign_in_page("", language);
    }
    let seconds = error.retry_after_seconds();
    let html = ProblemPage::for_status(status.as_u16(), seconds.map(u64::from), language).render(language);
    let mut response = page(status, html, language, Frame::Never);
    refusal::tell_length(error, response.headers_mut());
    if let Some(seconds) = seconds {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// The page that asks for a sign-in, and tells nothing of what is behind it. From there one comes back to `place`.
pub(crate) fn sign_in_page(place: &str, language: Language) -> Response {
    let html = SignInPage { sign_in_url: sign_in::sign_in_url(place, &[]) }.render(language);
    let mut response = page(StatusCode::UNAUTHORIZED, html, language, Frame::Never);
    response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"Driveway\""));
    response
}

/// The page for addresses that lead nowhere.
pub(crate) fn not_found(request: &Request) -> Response {
    let language = language(request.headers());
    let html = ProblemPage::for_status(404, None, language).render(language);
    let mut response = page(StatusCode::NOT_FOUND, html, language, Frame::Never);
    super::finish(&mut response);
    response
}

async fn home(request: Request) -> Response {
    let language = language(request.headers());
    page(StatusCode::OK, HomePage::render(language), language, Frame::Never)
}

/// The `webUrl` of a drive. Its page comes with sign-in pages; a program with a token is led to the API.
async fn drive(State(app): State<Arc<App>>, Path(drive): Path<String>, request: Request) -> Response {
    lead(&app, &format!("/v1.0/drives/{drive}"), &request)
}

/// The `webUrl` of an item. Its page comes with sign-in pages; a program with a token is led to the API.
async fn item(State(app): State<Arc<App>>, Path((drive, item)): Path<(String, String)>, request: Request) -> Response {
    lead(&app, &format!("/v1.0/drives/{drive}/items/{item}"), &request)
}

/// Leads whoever shows a good token to the API, which says the rest; everybody else is asked to sign in.
fn lead(app: &App, place: &str, request: &Request) -> Response {
    let (context, _) = Context::read(app, request.headers(), request.uri(), request.extensions().get::<Peer>());
    match credentials::bearer(app, request.headers(), &context) {
        Ok(Some(_)) if is_plain(place) => refusal::found(&format!("{}{place}", context.base_url)),
        _ => sign_in_page(request.uri().path(), language(request.headers())),
    }
}

/// Whether an address consists of what ids consist of, so that nothing from outside gets into a header (P31).
fn is_plain(place: &str) -> bool {
    place.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'!' | b'-' | b'_' | b'.'))
}

async fn robots() -> &'static str {
    "User-agent: *\nDisallow: /\n"
}

/// The style sheet. Its name changes with its content, so it may be kept for ever.
async fn asset(Path(file): Path<String>, request: Request) -> Response {
    if assets::stylesheet_path().strip_prefix("/assets/") != Some(file.as_str()) {
        return not_found(&request);
    }
    let mut response = Response::new(Body::from(assets::STYLESHEET));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(assets::STYLESHEET_TYPE));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
