//! Our own namespace, `/driveway/v1/`: what Graph doesn't have.

mod inheritance;
mod link_audit;
mod link_list;
mod links;
mod policy;
mod recycle_bin;
mod throttle;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use driveway_core::Error;
use driveway_core::audit::Through;
use driveway_core::error::{Code, Inner};
use driveway_core::time;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::context::Context;
use super::json::{Members, respond};
use super::{Peer, credentials, refusal};
use crate::app::App;
use crate::ops::{self, Credentials};

/// The routes of our namespace.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/driveway/v1/clock", get(read_clock).patch(move_clock).fallback(other_verb))
        .merge(policy::routes())
        .merge(links::routes())
        .merge(link_list::routes())
        .merge(link_audit::routes())
        .merge(recycle_bin::routes())
        .merge(inheritance::routes())
        .merge(throttle::routes())
}

/// A request on its way into an operation.
struct Call {
    app: Arc<App>,
    credentials: Credentials,
    request: Request,
}

async fn answer<F>(app: Arc<App>, request: Request, act: impl FnOnce(Call) -> F) -> Response
where
    F: Future<Output = Result<Value, Error>>,
{
    let (context, _) = Context::read(&app, request.headers(), request.uri(), request.extensions().get::<Peer>());
    let outcome = match credentials::bearer(&app, request.headers(), &context) {
        Ok(bearer) => {
            let source = context.source(Through::Driveway);
            act(Call { app, credentials: Credentials { bearer, source, ..Credentials::default() }, request }).await
        }
        Err(error) => Err(error),
    };
    let mut response =
        outcome.map_or_else(|error| refusal::render(&error, &context), |value| respond(StatusCode::OK, &value));
    super::count("driveway", response.status());
    super::finish_for(&context, &mut response);
    response
}

async fn other_verb(State(app): State<Arc<App>>, request: Request) -> Response {
    let (context, _) = Context::read(&app, request.headers(), request.uri(), request.extensions().get::<Peer>());
    refusal::method_not_allowed("GET, PATCH", &context)
}

async fn read_clock(State(app): State<Arc<App>>, request: Request) -> Response {
    answer(app, request, async |call| {
        require_demo(&call.app)?;
        Ok(clock(&call.app))
    })
    .await
}

/// Moves the clock of a demo, so that a test can see links expire. Administrators only.
async fn move_clock(State(app): State<Arc<App>>, request: Request) -> Response {
    answer(app, request, async |call| {
        require_demo(&call.app)?;
        let credentials = call.credentials;
        call.app.db.read(move |tx| ops::policy::get(tx, &credentials).map(drop)).await?;
        let (head, body) = call.request.into_parts();
        let mut members = Members::read(&head.headers, body, call.app.config.limits.json_bytes).await?;
        let by = members.take("advanceSeconds");
        members.finish()?;
        let seconds = by.and_then(|value| value.as_i64()).filter(|seconds| seconds.unsigned_abs() <= 3_153_600_000);
        let seconds = seconds.ok_or_else(|| {
            Error::invalid(
                "advanceSeconds",
                "The clock moves by a whole number of seconds, a hundred years at the most.",
            )
            .inner(Inner::InvalidParameterFormat)
        })?;
        call.app.clock.advance(SignedDuration::from_secs(seconds));
        call.app.save_clock().await?;
        Ok(clock(&call.app))
    })
    .await
}

fn require_demo(app: &App) -> Result<(), Error> {
    if app.clock_moves { Ok(()) } else { Err(Error::new(Code::ItemNotFound, "Only a demo's clock can be moved.")) }
}

fn clock(app: &App) -> Value {
    json!({ "now": time::format(app.clock.now()) })
}
