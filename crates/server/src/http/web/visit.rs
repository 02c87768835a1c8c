//! A visitor's cookie: the proof of having given a link's password.
//!
//! It is bound to the link and to the version of its password, so that a changed password ends the visit (P28, P39).

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use driveway_core::id::PermissionId;
use driveway_core::seal::Purpose;
use jiff::Timestamp;
use uuid::Uuid;

use super::Frame;
use crate::app::App;
use crate::http::context::Context;
use crate::ops::password::Visit;

/// The visit that a request's cookies prove for a link, if any.
pub(crate) fn read(app: &App, headers: &HeaderMap, link: PermissionId, now: Timestamp) -> Option<Visit> {
    let name = cookie_name(link);
    let cookies =
        headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|list| list.split(';'));
    cookies
        .filter_map(|cookie| cookie.trim().split_once('='))
        .filter(|(found, _)| *found == name)
        .find_map(|(_, value)| open(app, value, now))
        .filter(|visit| visit.link == link)
}

/// The `Set-Cookie` of a visit that begins now. Each one is new (P28).
pub(crate) fn cookie(app: &App, context: &Context, visit: Visit, path: &str, frame: Frame) -> Option<HeaderValue> {
    let seconds = app.config.limits.visit_seconds;
    let expires = context.now.as_second().saturating_add(i64::from(seconds));
    let mut bytes = visit.link.as_uuid().as_bytes().to_vec();
    bytes.extend_from_slice(&visit.version.to_be_bytes());
    bytes.extend_from_slice(&expires.to_be_bytes());
    bytes.extend_from_slice(&app.entropy.bytes::<16>());
    let is_https = context.base_url.starts_with("https://");
    // In another site's frame a browser sends only cookies that say so, and takes those over https only.
    let site = match frame {
        Frame::Anywhere if is_https => "None; Partitioned",
        Frame::Anywhere | Frame::Never => "Lax",
    };
    let secure = if is_https { "; Secure" } else { "" };
    let name = cookie_name(visit.link);
    let value = app.seal.seal(Purpose::Visit, &bytes);
    HeaderValue::from_str(&format!("{name}={value}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite={site}{secure}"))
        .ok()
}

fn cookie_name(link: PermissionId) -> String {
    let mut buffer = [0; 32];
    let text: &str = link.as_uuid().as_simple().encode_lower(&mut buffer);
    format!("driveway-visit-{}", text.get(20..).unwrap_or_default())
}

fn open(app: &App, value: &str, now: Timestamp) -> Option<Visit> {
    let bytes = app.seal.open(Purpose::Visit, value)?;
    let (link, rest) = bytes.split_first_chunk::<16>()?;
    let (version, rest) = rest.split_first_chunk::<8>()?;
    let (expires, _) = rest.split_first_chunk::<8>()?;
    let is_current = now.as_second() < i64::from_be_bytes(*expires);
    is_current.then(|| Visit {
        link: PermissionId::from_uuid(Uuid::from_bytes(*link)),
        version: i64::from_be_bytes(*version),
    })
}
