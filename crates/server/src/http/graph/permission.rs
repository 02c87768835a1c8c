//! `…/permissions`: listed, shown, removed.

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::IF_MATCH;
use axum::response::Response;
use driveway_core::error::{Code, Error, Inner};
use driveway_core::id::PermissionId;

use super::{Call, Result, render};
use crate::http::json::respond;
use crate::ops::{access, item, permissions};

/// Every permission that reaches the item and that the caller may see.
pub(super) async fn list(call: Call) -> Result<Response> {
    refuse_options(&call)?;
    let (address, credentials, now) = (call.item()?, call.credentials.clone(), call.context.now);
    let (_, views) = call.app.db.read(move |tx| permissions::list(tx, &credentials, &address, now)).await?;
    Ok(respond(StatusCode::OK, &render::permission::collection(&call, &views)))
}

/// One of them.
pub(super) async fn get(call: Call) -> Result<Response> {
    refuse_options(&call)?;
    let (address, credentials, now, id) =
        (call.item()?, call.credentials.clone(), call.context.now, permission_id(&call)?);
    let view = call.app.db.read(move |tx| permissions::get(tx, &credentials, &address, id, now)).await?;
    Ok(respond(StatusCode::OK, &render::select(&call, render::permission::entity(&call, &view))))
}

/// Removes one. A removed link is dead at once.
pub(super) async fn delete(call: Call) -> Result<Response> {
    let (address, credentials, now, id) =
        (call.item()?, call.credentials.clone(), call.context.now, permission_id(&call)?);
    let if_match = call.header(IF_MATCH).map(str::to_owned);
    call.app
        .db
        .write(move |tx| {
            if if_match.is_some() {
                let reached = access::reach(tx, &credentials, &address, driveway_core::caller::Intent::Write, now)?;
                item::check_e_tag(&reached.item, if_match.as_deref())?;
            }
            permissions::delete(tx, &credentials, &address, id, now)
        })
        .await?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    Ok(response)
}

fn permission_id(call: &Call) -> Result<PermissionId> {
    PermissionId::parse(call.parameter(0)?).map_err(|_| Error::item_not_found())
}

/// Options that Graph doesn't offer here (AMB-56, ODATA-16).
fn refuse_options(call: &Call) -> Result<()> {
    call.refuse_expand()?;
    let offered = |is_absent: bool, name: &'static str| if is_absent { None } else { Some(name) };
    let refused = offered(call.query.filter.is_none(), "$filter")
        .or_else(|| offered(call.query.search.is_none(), "$search"))
        .or_else(|| offered(call.query.orderby.is_empty(), "$orderby"));
    match refused {
        None => Ok(()),
        Some(name) => Err(Error::new(Code::InvalidRequest, format!("{name} isn't offered for permissions."))
            .target(name)
            .inner(Inner::InvalidQueryOption)),
    }
}
