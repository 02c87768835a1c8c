//! `/driveway/v1/policy/sharing`: what Graph doesn't have of a sharing policy, what narrows it in sites and drives, and what a
//! change of either would do.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use driveway_core::error::{Code, Error, Inner};
use driveway_core::id::PermissionId;
use driveway_core::seal::{Purpose, Seal};
use driveway_core::time;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use super::links::{Asked, answer};
use crate::app::App;
use crate::http::context::Context;
use crate::http::json::{Members, respond};
use crate::http::{Peer, refusal};
use crate::ops::link_list::LinkPlace;
use crate::ops::policy::dry_run::{Forecast, Question, Touched, forecast};
use crate::ops::policy::limits::{self, Limited, PlaceKey};
use crate::ops::policy::{self, Changes};

/// Links that a dry run names when the caller says nothing, and at most.
const TOP: (usize, usize) = (100, 200);

/// The routes of policy.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/driveway/v1/policy/sharing", get(read).patch(change).fallback(only_get_patch))
        .route("/driveway/v1/policy/sharing/dryRun", post(dry_run).fallback(only_post))
        .route(
            "/driveway/v1/policy/sharing/{kind}/{id}",
            get(read_limits).patch(change_limits).put(replace_limits).delete(lift_limits).fallback(only_limits),
        )
        .route("/driveway/v1/policy/sharing/{kind}/{id}/dryRun", post(dry_run_limits).fallback(only_post))
}

async fn only_get_patch(State(app): State<Arc<App>>, request: Request) -> Response {
    other_verb(&app, &request, "GET, PATCH")
}

async fn only_post(State(app): State<Arc<App>>, request: Request) -> Response {
    other_verb(&app, &request, "POST")
}

async fn only_limits(State(app): State<Arc<App>>, request: Request) -> Response {
    other_verb(&app, &request, "GET, PUT, PATCH, DELETE")
}

fn other_verb(app: &App, request: &Request, allowed: &str) -> Response {
    let (context, _) = Context::read(app, request.headers(), request.uri(), request.extensions().get::<Peer>());
    refusal::method_not_allowed(allowed, &context)
}

async fn read(State(app): State<Arc<App>>, request: Request) -> Response {
    answer(app, request, async |Asked { call, .. }| {
        let credentials = call.credentials;
        let policy = call.app.db.read(move |tx| policy::get(tx, &credentials)).await?;
        Ok(respond(StatusCode::OK, &policy::shown(&policy)?))
    })
    .await
}

async fn change(State(app): State<Arc<App>>, request: Request) -> Response {
    answer(app, request, async |Asked { call, .. }| {
        let (changes, credentials) = (changes(&call.app, call.request).await?, call.credentials);
        let policy = call.app.db.write(move |tx| policy::change(tx, &credentials, &changes)).await?;
        Ok(respond(StatusCode::OK, &policy::shown(&policy)?))
    })
    .await
}

type Place = Path<(String, String)>;

async fn read_limits(State(app): State<Arc<App>>, Path(place): Place, request: Request) -> Response {
    answer(app, request, async |Asked { call, .. }| {
        let (key, credentials) = (key(place)?, call.credentials);
        let limited = call.app.db.read(move |tx| limits::get(tx, &credentials, &key)).await?;
        Ok(respond(StatusCode::OK, &render(&limited)?))
    })
    .await
}

async fn change_limits(State(app): State<Arc<App>>, Path(place): Place, request: Request) -> Response {
    set_limits(app, place, request, false).await
}

async fn replace_limits(State(app): State<Arc<App>>, Path(place): Place, request: Request) -> Response {
    set_limits(app, place, request, true).await
}

async fn set_limits(app: Arc<App>, place: (String, String), request: Request, anew: bool) -> Response {
    answer(app, request, async |Asked { call, .. }| {
        let key = key(place)?;
        let (changes, credentials) = (changes(&call.app, call.request).await?, call.credentials);
        let limited = call.app.db.write(move |tx| limits::set(tx, &credentials, &key, &changes, anew)).await?;
        Ok(respond(StatusCode::OK, &render(&limited)?))
    })
    .await
}

async fn lift_limits(State(app): State<Arc<App>>, Path(place): Place, request: Request) -> Response {
    answer(app, request, async |Asked { call, .. }| {
        let (key, credentials) = (key(place)?, call.credentials);
        call.app.db.write(move |tx| limits::lift(tx, &credentials, &key)).await?;
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        Ok(response)
    })
    .await
}

async fn dry_run(State(app): State<Arc<App>>, request: Request) -> Response {
    answer(app, request, async |asked| tell(asked, None).await).await
}

async fn dry_run_limits(State(app): State<Arc<App>>, Path(place): Place, request: Request) -> Response {
    answer(app, request, async |asked| tell(asked, Some(key(place)?)).await).await
}

/// What a change would do. The next page is asked for by the same body, sent to the next link.
async fn tell(asked: Asked, place: Option<PlaceKey>) -> Result<Response, Error> {
    let Asked { call, context } = asked;
    let path = call.request.uri().path().to_owned();
    let (top, after) = page(&call.app.seal, call.request.uri().query().unwrap_or(""))?;
    let changes = changes(&call.app, call.request).await?;
    let question = Question { place, changes, after, top };
    let forecast = forecast(&call.app, call.credentials, question, context.now).await?;
    let mut body = Map::new();
    if let Some(next) = forecast.next {
        let place = format!("dry run {} {}", time::to_micros(next.created_at), next.id);
        let token = call.app.seal.seal(Purpose::Page, place.as_bytes());
        let next = format!("{}{path}?$top={top}&$skiptoken={token}", context.base_url);
        body.insert("@odata.nextLink".into(), next.into());
    }
    add_findings(&mut body, &forecast);
    Ok(respond(StatusCode::OK, &Value::Object(body)))
}

fn add_findings(body: &mut Map<String, Value>, forecast: &Forecast) {
    if let Some(counts) = &forecast.counts {
        let counts = counts.iter().map(|(effect, count)| (effect.as_str().to_owned(), (*count).into()));
        body.insert("counts".into(), Value::Object(counts.collect()));
    }
    body.insert("value".into(), forecast.touched.iter().map(entry).collect());
}

fn entry(touched: &Touched) -> Value {
    let mut entry = json!({
        "effect": touched.effect.as_str(),
        "id": touched.id.to_string(),
        "driveId": touched.drive.as_str(),
        "itemId": touched.item.to_string(),
        "type": touched.link_type.as_str(),
        "scope": touched.scope.as_str(),
        "createdDateTime": time::format(touched.created_at),
    });
    if let Some(members) = entry.as_object_mut() {
        if let Some(maker) = touched.maker {
            members.insert("createdByUserId".into(), maker.to_string().into());
        }
        if let Some(end) = touched.ends_at {
            members.insert("expirationDateTime".into(), time::format(end).into());
        }
    }
    entry
}

fn page(seal: &Seal, query: &str) -> Result<(usize, Option<LinkPlace>), Error> {
    let (mut top, mut after) = (TOP.0, None);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = percent_decode_str(name).decode_utf8_lossy();
        let name = name.strip_prefix('$').unwrap_or(&name);
        let is_read = match name {
            "top" => value.parse().ok().filter(|top| *top > 0).map(|asked: usize| top = asked.min(TOP.1)).is_some(),
            "skiptoken" => {
                after = link_place(seal, value);
                after.is_some()
            }
            _ => false,
        };
        if !is_read {
            let name: String = name.chars().take(64).collect();
            let message = format!("The query option '{name}' isn't offered here or has no such value.");
            return Err(Error::new(Code::InvalidRequest, message).target(name).inner(Inner::InvalidQueryOption));
        }
    }
    Ok((top, after))
}

fn link_place(seal: &Seal, token: &str) -> Option<LinkPlace> {
    let text = String::from_utf8(seal.open(Purpose::Page, token)?).ok()?;
    let (created_at, id) = text.strip_prefix("dry run ")?.split_once(' ')?;
    Some(LinkPlace { created_at: time::from_micros(created_at.parse().ok()?), id: PermissionId::parse(id).ok()? })
}

async fn changes(app: &App, request: Request) -> Result<Changes, Error> {
    let (head, body) = request.into_parts();
    Ok(Members::read(&head.headers, body, app.config.limits.json_bytes).await?.rest())
}

fn key((kind, id): (String, String)) -> Result<PlaceKey, Error> {
    match kind.as_str() {
        "sites" => Ok(PlaceKey::Site(id)),
        "drives" => Ok(PlaceKey::Drive(id)),
        _ => Err(Error::item_not_found()),
    }
}

/// The limits that are said, and what holds with them.
fn render(limited: &Limited) -> Result<Value, Error> {
    let mut shown = serde_json::to_value(&limited.limits).map_err(Error::internal)?;
    if let Some(members) = shown.as_object_mut() {
        members.retain(|_, value| !value.is_null());
        members.insert("effective".into(), policy::shown(&limited.effective)?);
    }
    Ok(shown)
}
