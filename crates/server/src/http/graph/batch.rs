//! `POST /$batch`: up to twenty requests in one (E28, MISC-01 to MISC-03).
//!
//! A part is a request like any other: it goes through the same dispatch, with its own headers, and gets what it would
//! get alone. All that it has from the batch is where it comes from and, unless it brings another one, its token.

mod order;
mod part;

use std::sync::Arc;

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode};
use axum::response::Response;
use data_encoding::BASE64;
use driveway_core::error::{Code, Error};
use serde_json::{Map, Value, json};

use self::part::Part;
use super::{Call, Result, answer};
use crate::app::App;
use crate::http::context::Context;
use crate::http::json::{Members, read_limited, respond};
use crate::http::refusal;
use crate::ops::caller;

/// Bytes that the answers of one batch's GET parts may have together.
const ANSWER_BYTES: usize = 16 * 1024 * 1024;
/// Bytes that the answer of a part that changes something may have; none comes near it.
const CHANGE_BYTES: usize = 4 * 1024 * 1024;

/// Runs the parts one after the other, those that others depend on first. What is wrong with the batch itself is found
/// before the first of them runs.
pub(super) async fn batch(mut call: Call) -> Result<Response> {
    let credentials = call.credentials.clone();
    call.app.db.read(move |tx| caller::require(tx, credentials.bearer.as_ref()).map(drop)).await?;
    let body = std::mem::take(&mut call.body);
    let members = Members::read(&call.headers, body, call.app.config.limits.batch_bytes).await?;
    let parts = part::read(members, &call)?;
    let dependencies: Vec<Vec<usize>> = parts.iter().map(|part| part.depends_on.clone()).collect();
    let order = order::order(&dependencies)
        .ok_or_else(|| Error::invalid("requests", "The requests depend on each other in a circle."))?;
    let mut waiting: Vec<Option<Part>> = parts.into_iter().map(Some).collect();
    let mut failed = vec![false; waiting.len()];
    let (mut responses, mut room) = (Vec::with_capacity(waiting.len()), ANSWER_BYTES);
    for at in order {
        let Some(part) = waiting.get_mut(at).and_then(Option::take) else { continue };
        let has_failed = |other: &usize| failed.get(*other).copied().unwrap_or(true);
        let may_run = !part.depends_on.iter().any(has_failed);
        let (status, response) = run(&call.app, &call.context, part, may_run, &mut room).await?;
        if let Some(failed) = failed.get_mut(at) {
            *failed = status.is_client_error() || status.is_server_error();
        }
        responses.push(response);
    }
    Ok(respond(StatusCode::OK, &json!({ "responses": responses })))
}

/// Runs one part, or says that it didn't because another one failed, and writes its answer down.
async fn run(
    app: &Arc<App>,
    batch: &Context,
    part: Part,
    may_run: bool,
    room: &mut usize,
) -> Result<(StatusCode, Value)> {
    let context = Context {
        now: app.clock.now(),
        request_id: app.entropy.opaque_id(),
        client_request_id: part.request.headers().get("client-request-id").filter(|id| id.len() <= 128).cloned(),
        ..batch.clone()
    };
    let (id, is_get) = (part.id, part.request.method() == Method::GET);
    let response = if may_run {
        answer(Arc::clone(app), &context, part.request).await
    } else {
        refusal::render(&Error::new(Code::FailedDependency, "A request that this one depends on failed."), &context)
    };
    let (mut head, body) = response.into_parts();
    let limit = if is_get { *room } else { CHANGE_BYTES };
    let bytes = match read_limited(body, limit).await {
        Ok(bytes) => bytes,
        Err(error) if error.code() == Code::PayloadTooLarge => {
            let message = "The answer is too large for what is left of the batch. Ask for it alone.";
            let (refused, body) = refusal::render(&Error::new(Code::PayloadTooLarge, message), &context).into_parts();
            head = refused;
            read_limited(body, CHANGE_BYTES).await?
        }
        Err(error) => return Err(error),
    };
    *room = room.saturating_sub(bytes.len());
    let mut written = json!({ "id": id, "status": head.status.as_u16(), "headers": headers(&head.headers) });
    if !bytes.is_empty() {
        super::render::insert(&mut written, "body", body_of(&head.headers, &bytes)?);
    }
    Ok((head.status, written))
}

/// The body as it stands in a batch's answer: JSON as it is, anything else in base64.
fn body_of(headers: &HeaderMap, bytes: &[u8]) -> Result<Value> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if content_type.starts_with("application/json") {
        serde_json::from_slice(bytes).map_err(Error::internal)
    } else {
        Ok(BASE64.encode(bytes).into())
    }
}

/// The headers, named as clients look for them: not all of those that read a batch pass over case.
fn headers(headers: &HeaderMap) -> Value {
    let mut written = Map::new();
    for name in headers.keys() {
        let values: Vec<&str> = headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
        written.insert(spelled(name), values.join(", ").into());
    }
    Value::Object(written)
}

fn spelled(name: &HeaderName) -> String {
    match name.as_str() {
        "etag" => return "ETag".to_owned(),
        "www-authenticate" => return "WWW-Authenticate".to_owned(),
        "odata-version" => return "OData-Version".to_owned(),
        "request-id" | "client-request-id" => return name.as_str().to_owned(),
        _ => {}
    }
    let words = name.as_str().split('-').map(|word| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
    });
    words.collect::<Vec<_>>().join("-")
}
