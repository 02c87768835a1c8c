//! Check-out, check-in and discarding a check-out.

use axum::http::StatusCode;
use axum::response::Response;
use driveway_core::error::{Error, Inner};

use super::item::empty;
use super::{Call, Result};
use crate::ops::checkout;

/// The longest comment, in characters.
const MOST_COMMENT: usize = 1023;

/// Checks a file of a library out.
pub(super) async fn check_out(mut call: Call) -> Result<Response> {
    call.members().await?.finish()?;
    let (address, credentials, now) = (call.item()?, call.credentials.clone(), call.context.now);
    call.app.db.write(move |tx| checkout::check_out(tx, &credentials, &address, now)).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}

/// Checks it in (ITEM-01).
pub(super) async fn check_in(mut call: Call) -> Result<Response> {
    let mut members = call.members().await?;
    let level = members.text_or_empty("checkInAs")?;
    let comment = members.text_or_empty("comment")?.filter(|comment| !comment.is_empty());
    members.finish()?;
    if level.is_some_and(|level| !matches!(level.as_str(), "" | "published")) {
        return Err(Error::invalid("checkInAs", "checkInAs is published or empty."));
    }
    if comment.as_ref().is_some_and(|comment| comment.chars().count() > MOST_COMMENT) {
        return Err(Error::invalid("comment", format!("A comment has {MOST_COMMENT} characters at the most."))
            .inner(Inner::ParameterIsTooLong));
    }
    let keep = call.app.config.limits.versions;
    let (address, credentials, now) = (call.item()?, call.credentials.clone(), call.context.now);
    call.app.db.write(move |tx| checkout::check_in(tx, &credentials, &address, comment.as_deref(), keep, now)).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}

/// Ends a check-out and forgets what was put since.
pub(super) async fn discard(mut call: Call) -> Result<Response> {
    call.members().await?.finish()?;
    let (address, credentials, now) = (call.item()?, call.credentials.clone(), call.context.now);
    call.app.db.write(move |tx| checkout::discard(tx, &credentials, &address, now)).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}
