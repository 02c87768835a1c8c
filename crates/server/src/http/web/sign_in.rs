//! `/sign-in`, `/sign-out` and the link that signs somebody in once.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, RETRY_AFTER, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::get;
use driveway_core::error::{Code, Error};
use driveway_core::oauth::{OwnPath, RedirectUri};
use secrecy::SecretString;

use super::language::Language;
use super::link::refuse_foreign_form;
use super::notices::PasswordProblem;
use super::sign_in_pages::{self, NewPasswordForm, NewPasswordProblem, SignInForm, SignInNotice, SignInProblem};
use super::{Frame, form_proof, gone, language, page, problem, session};
use crate::app::App;
use crate::http::context::Context;
use crate::http::json::read_limited;
use crate::http::{Peer, count, finish};
use crate::ops::sign_in;

/// Bytes that a form of these pages may send.
const FORM_BYTES: usize = 32 * 1024;

/// The routes of signing in.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/sign-in", get(ask).post(take))
        .route("/sign-in/link/{secret}", get(ask_new_password).post(take_new_password))
        .route("/sign-out", get(ask_sign_out).post(sign_out))
}

/// Somebody at one of these pages.
pub(crate) struct Guest {
    pub(crate) app: Arc<App>,
    pub(crate) context: Context,
    pub(crate) headers: HeaderMap,
    pub(crate) language: Language,
}

impl Guest {
    /// Reads who asks, and how.
    pub(crate) fn read(app: Arc<App>, head: &Parts) -> Self {
        let (context, _) = Context::read(&app, &head.headers, &head.uri, head.extensions.get::<Peer>());
        Self { app, context, headers: head.headers.clone(), language: language(&head.headers) }
    }

    /// A page with a form: its HTML gets the proof, and the answer the cookie that goes with it. `targets` are the places besides
    /// our own that the browser may be led to once the form was sent.
    pub(crate) fn form(&self, status: StatusCode, targets: &[String], html: impl FnOnce(String) -> String) -> Response {
        let proof = form_proof::issue(&self.app, &self.headers, &self.context);
        let mut response = page(status, html(proof.text), self.language, Frame::Never);
        let headers = response.headers_mut();
        if let Some(cookie) = proof.cookie {
            headers.append(SET_COOKIE, cookie);
        }
        let policy = headers.get(CONTENT_SECURITY_POLICY).and_then(|policy| policy.to_str().ok()).unwrap_or_default();
        let own = "form-action 'self'";
        let policy = policy.replace(own, &[own, &targets.join(" ")].join(" "));
        if let Ok(policy) = HeaderValue::from_str(policy.trim()) {
            headers.insert(CONTENT_SECURITY_POLICY, policy);
        }
        response
    }

    /// A page without a form.
    pub(crate) fn page(&self, status: StatusCode, html: String) -> Response {
        page(status, html, self.language, Frame::Never)
    }

    /// Whether a form proves that it was sent from a page of ours.
    pub(crate) fn proves(&self, fields: &Fields) -> Result<bool, Error> {
        refuse_foreign_form(&self.headers, &self.context)?;
        Ok(form_proof::holds(&self.app, &self.headers, &self.context, fields.get("proof")))
    }

    /// Leads on to a place of our own.
    pub(crate) fn see_other(&self, path: &OwnPath) -> Response {
        let mut response = self.page(StatusCode::SEE_OTHER, String::new());
        if let Ok(location) = HeaderValue::from_str(path.as_str()) {
            response.headers_mut().insert(LOCATION, location);
        }
        response
    }

    /// Counts and finishes the answer.
    pub(crate) fn answer(&self, outcome: Result<Response, Error>) -> Response {
        let mut response = outcome.unwrap_or_else(|error| problem(&error, self.language));
        count("sign-in", response.status());
        finish(&mut response);
        response
    }
}

/// The fields of a form or query of ours. They hold secrets and are never printed.
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads a body.
    pub(crate) async fn read(headers: &HeaderMap, body: Body) -> Result<Self, Error> {
        let is_form = headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.starts_with("application/x-www-form-urlencoded"));
        if !is_form {
            return Err(Error::new(Code::UnsupportedMediaType, "The answer comes as a form."));
        }
        Ok(Self::parse(&read_limited(body, FORM_BYTES).await?))
    }

    /// Reads a query.
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        let fields = url::form_urlencoded::parse(bytes).map(|(name, value)| (name.into_owned(), value.into_owned()));
        Self(fields.collect())
    }

    /// The first field of this name, or nothing.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    fn secret(&self, name: &str) -> SecretString {
        self.get(name).into()
    }
}

/// Where one signs in to go on to a place of our own.
pub(crate) fn sign_in_url(next: &str, more: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("next", next).extend_pairs(more);
    format!("/sign-in?{}", query.finish())
}

/// The places that a sign-in may lead the browser to: an application's, if it goes on to the sign-in of one.
fn targets(next: &str) -> Vec<String> {
    let query = next.split_once('?').map_or("", |(_, query)| query);
    let fields = Fields::parse(query.as_bytes());
    RedirectUri::parse(fields.get("redirect_uri")).map(|uri| uri.source()).into_iter().collect()
}

async fn ask(State(app): State<Arc<App>>, request: Request) -> Response {
    let (head, _) = request.into_parts();
    let guest = Guest::read(app, &head);
    let fields = Fields::parse(head.uri.query().unwrap_or_default().as_bytes());
    let form = SignInForm {
        proof: String::new(),
        next: OwnPath::parse(fields.get("next")).map_or_else(String::new, |next| next.as_str().to_owned()),
        name: fields.get("login_hint").chars().take(256).collect(),
        wants_other_account: !fields.get("other").is_empty(),
        problem: None,
    };
    let response = show(&guest, StatusCode::OK, form);
    guest.answer(Ok(response))
}

fn show(guest: &Guest, status: StatusCode, form: SignInForm) -> Response {
    guest.form(status, &targets(&form.next), |proof| SignInForm { proof, ..form.clone() }.render(guest.language))
}

async fn take(State(app): State<Arc<App>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let guest = Guest::read(app, &head);
    let outcome = try_form(&guest, body).await;
    guest.answer(outcome)
}

async fn try_form(guest: &Guest, body: Body) -> Result<Response, Error> {
    let fields = Fields::read(&guest.headers, body).await?;
    let next = OwnPath::parse(fields.get("next"));
    let name = fields.get("username");
    let again = |problem| SignInForm {
        proof: String::new(),
        next: next.as_ref().map_or_else(String::new, |next| next.as_str().to_owned()),
        name: name.chars().take(256).collect(),
        wants_other_account: false,
        problem: Some(problem),
    };
    if !guest.proves(&fields)? {
        return Ok(show(guest, StatusCode::FORBIDDEN, again(SignInProblem::Stale)));
    }
    let (app, context) = (&guest.app, &guest.context);
    match sign_in::try_password(app, name, &fields.secret("password"), context.client, context.now).await {
        Ok(Some(person)) => {
            let former = session::secret(&guest.headers, context);
            let secret = sign_in::begin_session(app, &person, former.as_ref(), context.now).await?;
            Ok(signed_in(guest, &secret, next))
        }
        Ok(None) => {
            let problem = SignInProblem::Password(PasswordProblem::Wrong);
            Ok(show(guest, StatusCode::FORBIDDEN, again(problem)))
        }
        Err(error) if error.code() == Code::ActivityLimitReached => {
            let seconds = error.retry_after_seconds().unwrap_or(60);
            let problem = PasswordProblem::TooMany { retry_after_seconds: u64::from(seconds) };
            let form = again(SignInProblem::Password(problem));
            let mut response = show(guest, StatusCode::TOO_MANY_REQUESTS, form);
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
            Ok(response)
        }
        Err(error) => Err(error),
    }
}

/// Leads on with the session that has begun, or says that it has.
fn signed_in(guest: &Guest, secret: &SecretString, next: Option<OwnPath>) -> Response {
    let mut response = match next {
        Some(next) => guest.see_other(&next),
        None => guest.page(StatusCode::OK, SignInNotice::SignedIn.render(guest.language)),
    };
    if let Some(cookie) = session::begun(&guest.app, secret, &guest.context) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

async fn ask_sign_out(State(app): State<Arc<App>>, request: Request) -> Response {
    let (head, _) = request.into_parts();
    let guest = Guest::read(app, &head);
    let response = guest.form(StatusCode::OK, &[], |proof| sign_in_pages::sign_out(proof, guest.language));
    guest.answer(Ok(response))
}

async fn sign_out(State(app): State<Arc<App>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let guest = Guest::read(app, &head);
    let outcome = end(&guest, body).await;
    guest.answer(outcome)
}

async fn end(guest: &Guest, body: Body) -> Result<Response, Error> {
    let fields = Fields::read(&guest.headers, body).await?;
    if !guest.proves(&fields)? {
        return Ok(guest.form(StatusCode::FORBIDDEN, &[], |proof| sign_in_pages::sign_out(proof, guest.language)));
    }
    if let Some(secret) = session::secret(&guest.headers, &guest.context) {
        sign_in::end_session(&guest.app, &secret).await?;
    }
    let mut response = guest.page(StatusCode::OK, SignInNotice::SignedOut.render(guest.language));
    if let Some(cookie) = session::ended(&guest.context) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

async fn ask_new_password(State(app): State<Arc<App>>, Path(secret): Path<String>, request: Request) -> Response {
    let (head, _) = request.into_parts();
    let guest = Guest::read(app, &head);
    let outcome = show_new_password(&guest, &secret, StatusCode::OK, None).await;
    guest.answer(outcome)
}

async fn show_new_password(
    guest: &Guest,
    secret: &str,
    status: StatusCode,
    problem: Option<NewPasswordProblem>,
) -> Result<Response, Error> {
    let Some(person) = sign_in::whose_link(&guest.app, &secret.into(), guest.context.now).await? else {
        return Ok(gone(guest.language));
    };
    let form = NewPasswordForm {
        proof: String::new(),
        action: format!("/sign-in/link/{secret}"),
        account: person.user.user_principal_name,
        problem,
    };
    Ok(guest.form(status, &[], |proof| NewPasswordForm { proof, ..form.clone() }.render(guest.language)))
}

async fn take_new_password(State(app): State<Arc<App>>, Path(secret): Path<String>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let guest = Guest::read(app, &head);
    let outcome = try_new_password(&guest, &secret, body).await;
    guest.answer(outcome)
}

async fn try_new_password(guest: &Guest, secret: &str, body: Body) -> Result<Response, Error> {
    let fields = Fields::read(&guest.headers, body).await?;
    let refuse = |status, problem| show_new_password(guest, secret, status, Some(problem));
    if !guest.proves(&fields)? {
        return refuse(StatusCode::FORBIDDEN, NewPasswordProblem::Stale).await;
    }
    if fields.get("password") != fields.get("again") {
        return refuse(StatusCode::BAD_REQUEST, NewPasswordProblem::Differ).await;
    }
    match sign_in::use_link(&guest.app, &secret.into(), &fields.secret("password"), guest.context.now).await {
        Ok(Some(session)) => Ok(signed_in(guest, &session, None)),
        Ok(None) => Ok(gone(guest.language)),
        Err(error) if error.code() == Code::InvalidRequest => {
            refuse(StatusCode::BAD_REQUEST, NewPasswordProblem::Length).await
        }
        Err(error) => Err(error),
    }
}
