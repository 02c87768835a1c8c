//! `/driveway/v1/throttle`: on a demo, an administrator has the next requests refused as a busy server would, to see whether
//! an application waits and tries again.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::get;
use driveway_core::error::{Code, Error, Inner};
use serde_json::{Value, json};

use super::answer;
use crate::app::App;
use crate::http::context::Context;
use crate::http::json::Members;
use crate::http::{Peer, refusal};
use crate::ops::throttle::Provoked;
use crate::ops::{self, Credentials};

/// The most requests that can be refused in advance.
const MOST_REQUESTS: u64 = 1000;
/// The longest wait that they can be told, in seconds.
const LONGEST_WAIT: u64 = 3600;

/// The route.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route("/driveway/v1/throttle", get(read).patch(change).fallback(other_verb))
}

async fn other_verb(State(app): State<Arc<App>>, request: Request) -> Response {
    let (context, _) = Context::read(&app, request.headers(), request.uri(), request.extensions().get::<Peer>());
    refusal::method_not_allowed("GET, PATCH", &context)
}

async fn read(State(app): State<Arc<App>>, request: Request) -> Response {
    answer(app, request, async |call| {
        require_administrator(&call.app, call.credentials).await?;
        Ok(shown(call.app.throttle.provoked()))
    })
    .await
}

async fn change(State(app): State<Arc<App>>, request: Request) -> Response {
    answer(app, request, async |call| {
        require_administrator(&call.app, call.credentials).await?;
        let (head, body) = call.request.into_parts();
        let mut members = Members::read(&head.headers, body, call.app.config.limits.json_bytes).await?;
        let requests = number(&mut members, "nextRequests", MOST_REQUESTS)?;
        let seconds = number(&mut members, "retryAfterSeconds", LONGEST_WAIT)?;
        members.finish()?;
        let requests = requests.ok_or_else(|| {
            Error::invalid("nextRequests", "nextRequests says how many requests are refused; 0 ends it.")
        })?;
        let provoked = Provoked { requests, retry_after_seconds: seconds.unwrap_or(1) };
        call.app.throttle.provoke(provoked);
        Ok(shown(provoked))
    })
    .await
}

async fn require_administrator(app: &App, credentials: Credentials) -> Result<(), Error> {
    if !app.clock_moves {
        return Err(Error::new(Code::ItemNotFound, "Only a demo throttles on purpose."));
    }
    app.db.read(move |tx| ops::policy::get(tx, &credentials).map(drop)).await
}

fn number(members: &mut Members, name: &'static str, most: u64) -> Result<Option<u32>, Error> {
    let Some(value) = members.take(name) else { return Ok(None) };
    let number = value.as_u64().filter(|number| *number <= most).and_then(|number| u32::try_from(number).ok());
    number.map(Some).ok_or_else(|| {
        Error::invalid(name, format!("{name} has to be a whole number up to {most}."))
            .inner(Inner::InvalidParameterFormat)
    })
}

fn shown(provoked: Provoked) -> Value {
    json!({ "nextRequests": provoked.requests, "retryAfterSeconds": provoked.retry_after_seconds })
}
