//! The cookie of somebody who signed in with this browser.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use driveway_core::Error;
use secrecy::{ExposeSecret, SecretString};

use crate::app::App;
use crate::auth::token::Claims;
use crate::http::context::Context;
use crate::ops::sign_in::{self, Person};

/// The name without its prefix.
const NAME: &str = "driveway-session";

/// What a cookie of ours is called: over https its prefix keeps other hosts and plain http from setting it.
pub(super) fn cookie_name(name: &str, context: &Context) -> String {
    if is_https(context) { format!("__Host-{name}") } else { name.to_owned() }
}

/// A cookie of ours for all pages, out of reach of scripts and of other sites' forms.
pub(super) fn cookie(name: &str, value: &str, context: &Context, max_age: Option<u32>) -> Option<HeaderValue> {
    let secure = if is_https(context) { "; Secure" } else { "" };
    let age = max_age.map_or_else(String::new, |seconds| format!("; Max-Age={seconds}"));
    let name = cookie_name(name, context);
    HeaderValue::from_str(&format!("{name}={value}; Path=/{age}; HttpOnly; SameSite=Lax{secure}")).ok()
}

/// The value of a cookie of ours. One that comes twice counts for nothing: somebody else may have set one of them.
pub(super) fn read_cookie(name: &str, headers: &HeaderMap, context: &Context) -> Option<String> {
    let name = cookie_name(name, context);
    let lists = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut found = lists
        .flat_map(|list| list.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .filter(|(known, _)| *known == name)
        .map(|(_, value)| value.to_owned());
    let first = found.next();
    if found.next().is_some() { None } else { first }
}

fn is_https(context: &Context) -> bool {
    context.base_url.starts_with("https://")
}

/// What the browser keeps of its session, if it has one.
pub(crate) fn secret(headers: &HeaderMap, context: &Context) -> Option<SecretString> {
    read_cookie(NAME, headers, context).filter(|value| value.len() <= 64).map(SecretString::from)
}

/// Who is signed in with this browser, if anybody is.
pub(crate) async fn person(app: &App, headers: &HeaderMap, context: &Context) -> Result<Option<Person>, Error> {
    match secret(headers, context) {
        Some(secret) => sign_in::session(app, &secret, context.now).await,
        None => Ok(None),
    }
}

/// The claims of whoever is signed in with this browser. The pages take them where no bearer token was sent; the API doesn't.
pub(super) async fn claims(app: &App, headers: &HeaderMap, context: &Context) -> Result<Option<Claims>, Error> {
    let person = person(app, headers, context).await?;
    Ok(person.map(|person| Claims::of_pages(person.user.id, person.tenant.id)))
}

/// The `Set-Cookie` of a session that begins.
pub(super) fn begun(app: &App, secret: &SecretString, context: &Context) -> Option<HeaderValue> {
    cookie(NAME, secret.expose_secret(), context, Some(app.config.sign_in.session_seconds))
}

/// The `Set-Cookie` that ends a session.
pub(super) fn ended(context: &Context) -> Option<HeaderValue> {
    cookie(NAME, "", context, Some(0))
}
