//! Monitor URLs: how far a copy is. Whoever has the URL may ask; it tells ids and nothing else of what is copied.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde_json::{Value, json};

use super::context::Context;
use super::graph::render::insert;
use super::json::respond;
use super::{Peer, refusal};
use crate::app::App;
use crate::ops::copy::{self, OperationStatus, Progress};

/// The routes of monitor URLs. They need no credential and pass over one that is sent.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new().route("/monitor/{secret}", get(monitor).fallback(other_verb))
}

/// The monitor URL for an operation's secret.
pub(crate) fn url(base_url: &str, secret: &str) -> String {
    format!("{base_url}/monitor/{secret}")
}

async fn other_verb(State(app): State<Arc<App>>, request: Request) -> Response {
    let (context, _) = Context::read(&app, request.headers(), request.uri(), request.extensions().get::<Peer>());
    refusal::method_not_allowed("GET", &context)
}

async fn monitor(State(app): State<Arc<App>>, Path(secret): Path<String>, request: Request) -> Response {
    let (context, _) = Context::read(&app, request.headers(), request.uri(), request.extensions().get::<Peer>());
    let mut response = match copy::progress(&app, &secret).await {
        Ok(progress) => answer(&context, &progress),
        Err(error) => refusal::render(&error, &context),
    };
    super::count("monitor", response.status());
    super::finish_for(&context, &mut response);
    response
}

/// `202` while it goes on, `200` once it has ended, be it well or not.
fn answer(context: &Context, progress: &Progress) -> Response {
    let mut value = json!({
        "operation": "itemCopy",
        "status": progress.status.as_str(),
        "percentageComplete": progress.percentage(),
    });
    match progress.status {
        OperationStatus::InProgress => return respond(StatusCode::ACCEPTED, &value),
        OperationStatus::Completed => {
            let (drive, item) = (&progress.drive, progress.result);
            insert(&mut value, "resourceId", item.to_string());
            insert(&mut value, "resourceLocation", format!("{}/v1.0/drives/{drive}/items/{item}", context.base_url));
        }
        OperationStatus::Failed => add_error(&mut value, progress),
    }
    respond(StatusCode::OK, &value)
}

/// What went wrong, in both places where clients look for it.
fn add_error(value: &mut Value, progress: &Progress) {
    if let Some((code, message)) = &progress.error {
        insert(value, "errorCode", code.as_str());
        insert(value, "statusDescription", message.as_str());
    }
}
