//! The proof that a form was sent from a page of ours: a sealed text in the form that fits the browser's cookies.
//!
//! Another site can make a browser send a form, but can read neither the cookies nor our pages. The text is bound to the session
//! too, so that a page from before a sign-in is worth nothing after it (P40).

use axum::http::{HeaderMap, HeaderValue};
use data_encoding::BASE64URL_NOPAD;
use driveway_core::seal::Purpose;
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};

use super::session;
use crate::app::App;
use crate::http::context::Context;

/// The cookie that a form has to fit.
const NAME: &str = "driveway-form";

/// Seconds after which a form has to be loaded again.
const LIFETIME: i64 = 2 * 3600;

/// The proof for a form on a page that is about to be sent.
pub(crate) struct FormProof {
    /// What stands in the form, as `proof`.
    pub(crate) text: String,
    /// The cookie to set, if the browser has none yet.
    pub(crate) cookie: Option<HeaderValue>,
}

/// Makes a proof.
pub(crate) fn issue(app: &App, headers: &HeaderMap, context: &Context) -> FormProof {
    let known = session::read_cookie(NAME, headers, context).filter(|value| (16..=64).contains(&value.len()));
    let (value, cookie) = known.map_or_else(
        || {
            let value = BASE64URL_NOPAD.encode(&app.entropy.bytes::<16>());
            let cookie = session::cookie(NAME, &value, context, None);
            (value, cookie)
        },
        |value| (value, None),
    );
    let mut payload = context.now.as_second().saturating_add(LIFETIME).to_be_bytes().to_vec();
    payload.extend_from_slice(&binding(&value, headers, context));
    FormProof { text: app.seal.seal(Purpose::Form, &payload), cookie }
}

/// Whether a form proves where it was sent from.
pub(crate) fn holds(app: &App, headers: &HeaderMap, context: &Context, text: &str) -> bool {
    let Some(value) = session::read_cookie(NAME, headers, context) else { return false };
    let Some(payload) = app.seal.open(Purpose::Form, text) else { return false };
    let Some((expires, bound)) = payload.split_first_chunk::<8>() else { return false };
    context.now.as_second() < i64::from_be_bytes(*expires) && bound == binding(&value, headers, context)
}

fn binding(value: &str, headers: &HeaderMap, context: &Context) -> [u8; 32] {
    let mut hash = Sha256::new_with_prefix(value.as_bytes());
    hash.update([0]);
    if let Some(session) = session::secret(headers, context) {
        hash.update(session.expose_secret().as_bytes());
    }
    hash.finalize().into()
}
