//! `/shares/{share}` itself.

use axum::http::StatusCode;
use axum::response::Response;
use driveway_core::Error;
use driveway_core::address::{DriveKey, ItemAddress, Resource, Start};
use driveway_core::caller::Intent;
use serde_json::json;

use super::{Call, Result, people, render};
use crate::http::json::{Members, respond};
use crate::ops::access::reach;
use crate::ops::grant;

/// The shared item's name and owner (SHARE-03).
pub(super) async fn get(call: Call) -> Result<Response> {
    call.refuse_expand()?;
    let Resource::Share { share, .. } = &call.resource else {
        return Err(Error::internal("a route on shares met another resource"));
    };
    let address = ItemAddress { drive: DriveKey::Share(share.clone()), start: Start::Root, path: Vec::new() };
    let (credentials, now) = (call.credentials.clone(), call.context.now);
    let access = call.app.db.read(move |tx| reach(tx, &credentials, &address, Intent::Read, now)).await?;
    let mut value = json!({
        "id": share,
        "name": access.item.name,
        "owner": render::owner(&access.drive),
    });
    if let Some(token) = call.credentials.link.map(|link| call.app.seal.link_token(link)) {
        render::insert(&mut value, "webUrl", render::permission::web_url(&call.context.base_url, &token));
    }
    render::add_context(&call, &mut value, "shares/$entity");
    Ok(respond(StatusCode::OK, &render::select(&call, value)))
}

/// Adds people to a link for specific people; the answer is the link (GRANT-01 to GRANT-03).
pub(super) async fn grant(mut call: Call) -> Result<Response> {
    call.refuse_expand()?;
    let body = std::mem::take(&mut call.body);
    let mut members = Members::read(&call.headers, body, call.app.config.limits.json_bytes).await?;
    let people = people::recipients(&mut members, "recipients")?;
    let role = people::roles(&mut members)?;
    members.finish()?;
    let (credentials, now) = (call.credentials.clone(), call.context.now);
    let view = call.app.db.write(move |tx| grant::grant(tx, &credentials, &people, role, now)).await?;
    Ok(respond(StatusCode::OK, &render::permission::collection(&call, &[view])))
}
