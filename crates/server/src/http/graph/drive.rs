//! Drives.

use axum::http::StatusCode;
use axum::response::Response;
use driveway_core::Error;
use driveway_core::address::Resource;
use serde_json::{Value, json};

use super::{Call, Result, render};
use crate::http::json::respond;
use crate::ops::drive;

/// A drive.
pub(super) async fn get(call: Call) -> Result<Response> {
    call.refuse_expand()?;
    let (key, credentials, now) = (call.drive()?, call.credentials.clone(), call.context.now);
    let view = call.app.db.read(move |tx| drive::get(tx, &credentials, &key, now)).await?;
    let mut value = render::drive(&call, &view);
    render::add_context(&call, &mut value, "drives/$entity");
    Ok(respond(StatusCode::OK, &render::select(&call, value)))
}

/// The drives of an owner.
pub(super) async fn list(call: Call) -> Result<Response> {
    call.refuse_expand()?;
    let Resource::Drives { owner } = call.resource.clone() else {
        return Err(Error::internal("a route on drives met another resource"));
    };
    let (credentials, now) = (call.credentials.clone(), call.context.now);
    let views = call.app.db.read(move |tx| drive::list(tx, &credentials, &owner, now)).await?;
    let drives: Vec<Value> = views.iter().map(|view| render::select(&call, render::drive(&call, view))).collect();
    let value = json!({ "@odata.context": format!("{}#drives", call.metadata_url()), "value": drives });
    Ok(respond(StatusCode::OK, &value))
}
