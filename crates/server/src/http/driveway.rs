//! Our own namespace, `/driveway/v1/`: what Graph doesn't have.

mod link_audit;
mod link_list;
mod links;
mod recycle_bin;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use driveway_core::Error;
use driveway_core::audit::Through;
use driveway_core::error::{Code, Inner};
use driveway_core::policy::sharing::{DefaultLinkScope, DefaultLinkType, SharingPolicy};
use driveway_core::time;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::context::Context;
use super::json::{Members, respond};
use super::{Peer, credentials, refusal};
use crate::app::App;
use crate::ops::{Credentials, policy};

/// The routes of our namespace.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/driveway/v1/policy/sharing", get(read_policy).patch(change_policy).fallback(other_verb))
        .route("/driveway/v1/clock", get(read_clock).patch(move_clock).fallback(other_verb))
        .merge(links::routes())
        .merge(link_list::routes())
        .merge(link_audit::routes())
        .merge(recycle_bin::routes())
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
    super::finish(&mut response);
    response
}

async fn other_verb(State(app): State<Arc<App>>, request: Request) -> Response {
    let (context, _) = Context::read(&app, request.headers(), request.uri(), request.extensions().get::<Peer>());
    refusal::method_not_allowed("GET, PATCH", &context)
}

async fn read_policy(State(app): State<Arc<App>>, request: Request) -> Response {
    answer(app, request, async |call| {
        let credentials = call.credentials;
        call.app.db.read(move |tx| policy::get(tx, &credentials)).await.and_then(render)
    })
    .await
}

async fn change_policy(State(app): State<Arc<App>>, request: Request) -> Response {
    answer(app, request, async |call| {
        let (head, body) = call.request.into_parts();
        let mut members = Members::read(&head.headers, body, call.app.config.limits.json_bytes).await?;
        let change = PolicyChange::take(&mut members)?;
        members.finish()?;
        let credentials = call.credentials;
        call.app
            .db
            .write(move |tx| policy::change(tx, &credentials, |policy| Ok(change.apply(policy))))
            .await
            .and_then(render)
    })
    .await
}

fn render(policy: SharingPolicy) -> Result<Value, Error> {
    serde_json::to_value(policy).map_err(Error::internal)
}

/// The members of a policy that a PATCH names; `null` clears a number of days.
#[derive(Clone, Copy)]
#[expect(clippy::option_option, reason = "in a PATCH a member may be absent, null or a value")]
struct PolicyChange {
    anonymous_links: Option<bool>,
    default_link_type: Option<DefaultLinkType>,
    default_link_scope: Option<DefaultLinkScope>,
    default_expiration_days: Option<Option<u32>>,
    maximum_expiration_days: Option<Option<u32>>,
    passwords_on_business: Option<bool>,
    embed_on_business: Option<bool>,
    address_bar_links: Option<bool>,
}

impl PolicyChange {
    fn take(members: &mut Members) -> Result<Self, Error> {
        Ok(Self {
            default_expiration_days: days(members, "defaultExpirationDays")?,
            maximum_expiration_days: days(members, "maximumExpirationDays")?,
            anonymous_links: members.flag("anonymousLinks")?,
            default_link_type: word(members, "defaultLinkType")?,
            default_link_scope: word(members, "defaultLinkScope")?,
            passwords_on_business: members.flag("passwordsOnBusiness")?,
            embed_on_business: members.flag("embedOnBusiness")?,
            address_bar_links: members.flag("addressBarLinks")?,
        })
    }

    fn apply(self, policy: SharingPolicy) -> SharingPolicy {
        SharingPolicy {
            anonymous_links: self.anonymous_links.unwrap_or(policy.anonymous_links),
            default_link_type: self.default_link_type.unwrap_or(policy.default_link_type),
            default_link_scope: self.default_link_scope.unwrap_or(policy.default_link_scope),
            default_expiration_days: self.default_expiration_days.unwrap_or(policy.default_expiration_days),
            maximum_expiration_days: self.maximum_expiration_days.unwrap_or(policy.maximum_expiration_days),
            passwords_on_business: self.passwords_on_business.unwrap_or(policy.passwords_on_business),
            embed_on_business: self.embed_on_business.unwrap_or(policy.embed_on_business),
            address_bar_links: self.address_bar_links.unwrap_or(policy.address_bar_links),
        }
    }
}

#[expect(clippy::option_option, reason = "in a PATCH a member may be absent, null or a value")]
fn days(members: &mut Members, name: &str) -> Result<Option<Option<u32>>, Error> {
    if !members.contains(name) {
        return Ok(None);
    }
    match members.take(name) {
        None => Ok(Some(None)),
        Some(value) => match value.as_u64().and_then(|days| u32::try_from(days).ok()) {
            Some(days) => Ok(Some(Some(days))),
            None => Err(Error::invalid(name.to_owned(), format!("{name} has to be a whole number of days."))),
        },
    }
}

fn word<T: serde::de::DeserializeOwned>(members: &mut Members, name: &str) -> Result<Option<T>, Error> {
    let Some(text) = members.text(name)? else { return Ok(None) };
    serde_json::from_value(Value::String(text))
        .map(Some)
        .map_err(|_| Error::invalid(name.to_owned(), format!("{name} has no such value.")))
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
        call.app.db.read(move |tx| policy::get(tx, &credentials).map(drop)).await?;
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
