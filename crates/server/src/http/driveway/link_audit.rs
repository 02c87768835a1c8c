//! `GET /driveway/v1/links/{link}/audit`: what happened to a link, the newest first, and whether all of it is there.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use driveway_core::error::Error;
use driveway_core::seal::{Purpose, Seal};
use driveway_core::time;
use serde_json::{Map, Value, json};

use super::link_list::{invalid, options, other_verb};
use super::links::{answer, permission_id};
use crate::app::App;
use crate::http::graph::render;
use crate::http::json::respond;
use crate::ops::audit::{self, Actor, Event, Trail};

/// Events on a page when the caller says nothing, and at most.
const TOP: (u32, u32) = (100, 200);

/// The route of a link's trail.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route("/driveway/v1/links/{link}/audit", get(read).fallback(other_verb))
}

async fn read(State(app): State<Arc<App>>, Path(link): Path<String>, request: Request) -> Response {
    answer(app, request, async |asked| {
        let (call, context) = (asked.call, asked.context);
        let options = options(call.request.uri().query().unwrap_or(""))?;
        let id = permission_id(&link)?;
        let (top, before) = page(&call.app.seal, &options, &link)?;
        let trail = audit::read(&call.app, call.credentials, id, before, top, context.now).await?;
        let mut body = body(&trail);
        if let Some(next) = trail.next {
            let token = call.app.seal.seal(Purpose::Page, place(&link, next).as_bytes());
            let url = format!("{}/driveway/v1/links/{id}/audit?$top={top}&$skiptoken={token}", context.base_url);
            render::insert(&mut body, "@odata.nextLink", url);
        }
        Ok(respond(StatusCode::OK, &body))
    })
    .await
}

/// How many events, and the number that they lie below.
fn page(seal: &Seal, options: &[(String, String)], link: &str) -> Result<(u32, Option<i64>), Error> {
    let (mut top, mut before) = (TOP.0, None);
    for (name, value) in options {
        match name.as_str() {
            "top" => top = value.parse().ok().filter(|top| *top > 0).ok_or_else(|| invalid(name))?,
            "skiptoken" => before = Some(number(seal, value, link).ok_or_else(|| invalid(name))?),
            _ => return Err(invalid(name)),
        }
    }
    Ok((u32::min(top, TOP.1), before))
}

fn place(link: &str, number: i64) -> String {
    format!("audit {link} {number}")
}

fn number(seal: &Seal, token: &str, link: &str) -> Option<i64> {
    let text = String::from_utf8(seal.open(Purpose::Page, token)?).ok()?;
    text.strip_prefix(&format!("audit {link} "))?.parse().ok()
}

fn body(trail: &Trail) -> Value {
    let mut body = json!({
        "value": trail.events.iter().map(event).collect::<Vec<_>>(),
        "@driveway.chain": if trail.broken_at.is_some() { "broken" } else { "intact" },
        "@driveway.provedFrom": trail.proved_from,
    });
    if let Some(number) = trail.broken_at {
        render::insert(&mut body, "@driveway.brokenAt", number);
    }
    body
}

fn event(event: &Event) -> Value {
    let mut members = Map::with_capacity(7);
    members.insert("sequence".into(), event.sequence.into());
    members.insert("kind".into(), event.kind.as_str().into());
    members.insert("dateTime".into(), time::format(event.at).into());
    let by: Map<String, Value> = [("user", &event.user), ("application", &event.application)]
        .into_iter()
        .filter_map(|(name, who)| who.as_ref().map(|who| (name.to_owned(), identity(who))))
        .collect();
    // Without anybody signed in it was a stranger, or the server.
    if !by.is_empty() {
        members.insert("by".into(), by.into());
    }
    if let Some(address) = &event.address {
        members.insert("address".into(), address.as_str().into());
    }
    members.insert("through".into(), event.through.as_str().into());
    members.insert("details".into(), event.details.clone());
    members.into()
}

fn identity(who: &Actor) -> Value {
    json!({ "id": who.id, "displayName": who.display_name })
}
