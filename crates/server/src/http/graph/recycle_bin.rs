//! Restoring from the recycle bin, and deleting for good.

use axum::http::StatusCode;
use axum::response::Response;

use super::item::{answer, conflict_behavior, conflict_in_query, empty, new_parent};
use super::{Call, Result};
use crate::ops::recycle_bin::{self, Restore};

/// Takes an item out of the recycle bin (ITEM-08).
pub(super) async fn restore(mut call: Call) -> Result<Response> {
    let mut members = call.members().await?;
    let (parent, parent_drive) = new_parent(&mut members)?;
    let conflict = conflict_behavior(&mut members)?.or(conflict_in_query(&call)?);
    let restore = Restore { name: members.text("name")?, parent, parent_drive, conflict };
    members.finish()?;
    let (address, credentials, now) = (call.item()?, call.credentials.clone(), call.context.now);
    let access = call.app.db.write(move |tx| recycle_bin::restore(tx, &credentials, &address, &restore, now)).await?;
    Ok(answer(&call, StatusCode::OK, &access, None))
}

/// Deletes an item for good, past the recycle bin or out of it.
pub(super) async fn permanent_delete(mut call: Call) -> Result<Response> {
    call.members().await?.finish()?;
    recycle_bin::permanent_delete(&call.app, call.credentials.clone(), call.item()?, call.context.now).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}
