//! The way back to an application, with a code or with what went wrong.

use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use driveway_core::oauth::RedirectUri;

use crate::http::web::language::Language;
use crate::http::web::{Frame, page, sign_in_pages};
use crate::ops::oauth::Refusal;

/// How an answer gets to the application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// In the query.
    Query,
    /// Behind a `#`, where only the browser sees it.
    Fragment,
    /// As a form that the person sends: without a script nothing else sends it.
    FormPost,
}

impl Mode {
    /// Reads a `response_mode`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "query" => Some(Self::Query),
            "fragment" => Some(Self::Fragment),
            "form_post" => Some(Self::FormPost),
            _ => None,
        }
    }
}

/// The way back to an application whose address was found to be its own.
#[derive(Debug, Clone)]
pub(super) struct WayBack {
    redirect_uri: String,
    mode: Mode,
    state: Option<String>,
}

impl WayBack {
    pub(super) fn new(redirect_uri: &str, mode: Mode, state: Option<String>) -> Self {
        Self { redirect_uri: redirect_uri.to_owned(), mode, state }
    }

    /// The application's place, as a content security policy names it.
    pub(super) fn source(&self) -> String {
        RedirectUri::parse(&self.redirect_uri).map_or_else(String::new, |uri| uri.source())
    }

    /// Leads back with an error.
    pub(super) fn refused(&self, refusal: &Refusal, language: Language) -> Response {
        let fields = [("error", refusal.kind.as_str()), ("error_description", refusal.description.as_ref())];
        self.with(&fields, language)
    }

    /// Leads back with these fields and the application's state.
    pub(super) fn with(&self, fields: &[(&str, &str)], language: Language) -> Response {
        let state = self.state.as_deref().map(|state| ("state", state));
        let fields = fields.iter().copied().chain(state);
        if self.mode == Mode::FormPost {
            let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            let html = sign_in_pages::handover(self.redirect_uri.clone(), fields, language);
            let mut response = page(StatusCode::OK, html, language, Frame::Never);
            let headers = response.headers_mut();
            let policy = headers.get("content-security-policy").and_then(|policy| policy.to_str().ok());
            let policy =
                policy.unwrap_or_default().replace("form-action 'self'", &format!("form-action {}", self.source()));
            if let Ok(policy) = HeaderValue::from_str(&policy) {
                headers.insert("content-security-policy", policy);
            }
            return response;
        }
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(fields);
        let joint = match self.mode {
            Mode::Fragment => '#',
            _ if self.redirect_uri.contains('?') => '&',
            _ => '?',
        };
        let mut response = page(StatusCode::FOUND, String::new(), language, Frame::Never);
        if let Ok(location) = HeaderValue::from_str(&format!("{}{joint}{}", self.redirect_uri, query.finish())) {
            response.headers_mut().insert(LOCATION, location);
        }
        response
    }
}
