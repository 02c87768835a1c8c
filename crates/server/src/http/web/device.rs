//! `/device`: where somebody types the code that a device shows, and answers what it asks.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use driveway_core::error::Error;
use driveway_core::oauth::OwnPath;

use super::session;
use super::sign_in::{Fields, Guest, sign_in_url};
use super::sign_in_pages::{ConsentForm, DeviceForm, SignInNotice};
use crate::app::App;
use crate::ops::oauth;

/// The routes of devices.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route("/device", get(ask).post(take))
}

async fn ask(State(app): State<Arc<App>>, request: Request) -> Response {
    let (head, _) = request.into_parts();
    let guest = Guest::read(app, &head);
    let fields = Fields::parse(head.uri.query().unwrap_or_default().as_bytes());
    let outcome = show(&guest, fields.get("user_code")).await;
    guest.answer(outcome)
}

async fn show(guest: &Guest, code: &str) -> Result<Response, Error> {
    let code: String = code.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(64).collect();
    Ok(match session::person(&guest.app, &guest.headers, &guest.context).await? {
        Some(_) => enter(guest, StatusCode::OK, code, false),
        None => to_sign_in(guest, &code),
    })
}

fn to_sign_in(guest: &Guest, code: &str) -> Response {
    let back = if code.is_empty() { "/device".to_owned() } else { format!("/device?user_code={code}") };
    let place = OwnPath::parse(&sign_in_url(&back, &[])).unwrap_or_else(OwnPath::home);
    guest.see_other(&place)
}

fn enter(guest: &Guest, status: StatusCode, code: String, is_wrong: bool) -> Response {
    guest.form(status, &[], |proof| DeviceForm { proof, code, is_wrong }.render(guest.language))
}

async fn take(State(app): State<Arc<App>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let guest = Guest::read(app, &head);
    let outcome = try_form(&guest, body).await;
    guest.answer(outcome)
}

async fn try_form(guest: &Guest, body: Body) -> Result<Response, Error> {
    let fields = Fields::read(&guest.headers, body).await?;
    let code = fields.get("user_code").to_owned();
    let (app, context) = (&guest.app, &guest.context);
    let Some(person) = session::person(app, &guest.headers, context).await? else { return show(guest, &code).await };
    if !guest.proves(&fields)? {
        return Ok(enter(guest, StatusCode::FORBIDDEN, String::new(), false));
    }
    let Some(waiting) = oauth::waiting_device(app, &code, &person, context.client, context.now).await? else {
        return Ok(enter(guest, StatusCode::BAD_REQUEST, String::new(), true));
    };
    let is_allowed = match fields.get("decision") {
        "allow" => true,
        "refuse" => false,
        _ => {
            let form = ConsentForm {
                proof: String::new(),
                action: "/device".to_owned(),
                application: waiting.registration.application.display_name,
                account: person.user.user_principal_name,
                switch_url: sign_in_url("/device", &[]),
                scopes: waiting.scopes.text(),
                user_code: Some(code),
            };
            let html = |proof| ConsentForm { proof, ..form.clone() }.render(guest.language);
            return Ok(guest.form(StatusCode::OK, &[], html));
        }
    };
    if !oauth::answer_device(app, &waiting, &person, is_allowed).await? {
        return Ok(enter(guest, StatusCode::BAD_REQUEST, String::new(), true));
    }
    let notice = if is_allowed { SignInNotice::DeviceAllowed } else { SignInNotice::DeviceRefused };
    Ok(guest.page(StatusCode::OK, notice.render(guest.language)))
}
