//! `/driveway/v1/drives/{id}/items/{id}`: whether an item inherits permissions, and the way back to it.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use driveway_core::caller::Intent;
use serde_json::{Value, json};

use super::links::answer;
use crate::app::App;
use crate::http::context::Context;
use crate::http::json::{Members, respond};
use crate::http::{Peer, refusal};
use crate::ops::access::Access;
use crate::ops::inheritance;

/// The routes of inheritance.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route("/driveway/v1/drives/{drive}/items/{item}", get(read).patch(change).fallback(other_verb))
}

type Place = Path<(String, String)>;

async fn other_verb(State(app): State<Arc<App>>, request: Request) -> Response {
    let (context, _) = Context::read(&app, request.headers(), request.uri(), request.extensions().get::<Peer>());
    refusal::method_not_allowed("GET, PATCH", &context)
}

async fn read(State(app): State<Arc<App>>, Path((drive, item)): Place, request: Request) -> Response {
    answer(app, request, async |asked| {
        let (call, now) = (asked.call, asked.context.now);
        let credentials = call.credentials;
        let access =
            call.app.db.read(move |tx| inheritance::get(tx, &credentials, (&drive, &item), Intent::Read, now)).await?;
        Ok(respond(StatusCode::OK, &entry(&access)))
    })
    .await
}

async fn change(State(app): State<Arc<App>>, Path((drive, item)): Place, request: Request) -> Response {
    answer(app, request, async |asked| {
        let (call, now) = (asked.call, asked.context.now);
        let (head, body) = call.request.into_parts();
        let mut members = Members::read(&head.headers, body, call.app.config.limits.json_bytes).await?;
        let inherits = members.flag("inheritsPermissions")?;
        members.finish()?;
        let credentials = call.credentials;
        let access =
            call.app.db.write(move |tx| inheritance::change(tx, &credentials, (&drive, &item), inherits, now)).await?;
        Ok(respond(StatusCode::OK, &entry(&access)))
    })
    .await
}

fn entry(access: &Access) -> Value {
    json!({
        "driveId": access.drive.id.as_str(),
        "id": access.item.id.to_string(),
        "name": access.item.name,
        "inheritsPermissions": access.item.inherits,
    })
}
