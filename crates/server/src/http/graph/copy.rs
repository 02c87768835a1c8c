//! Copies: begun here, watched at their monitor URL.

use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use driveway_core::error::Error;
use driveway_core::name::ConflictBehavior;

use super::item::{conflict_behavior, conflict_in_query, empty, new_parent};
use super::{Call, Result};
use crate::http::monitor;
use crate::ops::copy::{self, NewCopy};

/// What clients ask for that know how a copy answers, and what they get without asking as well.
const RESPOND_ASYNC: &str = "respond-async";

/// Begins a copy: `202`, and where its progress can be asked for without a token (ITEM-04).
pub(super) async fn copy(mut call: Call) -> Result<Response> {
    let mut members = call.members().await?;
    let (parent, parent_drive) = new_parent(&mut members)?;
    let asked = conflict_behavior(&mut members)?.or(conflict_in_query(&call)?);
    let new = NewCopy {
        name: members.text("name")?,
        parent,
        parent_drive,
        conflict: asked.unwrap_or(ConflictBehavior::Fail),
        children_only: members.flag("childrenOnly")?.unwrap_or(false),
        versions: members.flag("includeAllVersionHistory")?.unwrap_or(false),
    };
    members.finish()?;
    let secret = copy::copy(&call.app, call.credentials.clone(), call.item()?, new, call.context.now).await?;
    let mut response = empty(StatusCode::ACCEPTED);
    let url = monitor::url(&call.context.base_url, &secret);
    response.headers_mut().insert(LOCATION, HeaderValue::from_str(&url).map_err(Error::internal)?);
    if call.prefers(RESPOND_ASYNC) {
        response.headers_mut().insert("preference-applied", HeaderValue::from_static(RESPOND_ASYNC));
    }
    Ok(response)
}
