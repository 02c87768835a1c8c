//! `GET /driveway/v1/links`: all my links, and for administrators all there are.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use driveway_core::error::{Code, Error, Inner};
use driveway_core::id::{DriveId, PermissionId};
use driveway_core::permission::{LinkScope, LinkType};
use driveway_core::policy::redeem;
use driveway_core::seal::{Purpose, Seal};
use driveway_core::time;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::{Value, json};

use super::links::{answer, entry};
use crate::app::App;
use crate::http::context::Context;
use crate::http::graph::render;
use crate::http::json::respond;
use crate::http::{Peer, refusal};
use crate::ops::link_list::{LinkFilter, LinkPlace, Listing, list};

/// Links on a page when the caller says nothing, and at most.
const TOP: (u32, u32) = (100, 200);

/// The route of the list.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route("/driveway/v1/links", get(read).fallback(other_verb))
}

pub(super) async fn other_verb(State(app): State<Arc<App>>, request: Request) -> Response {
    let (context, _) = Context::read(&app, request.headers(), request.uri(), request.extensions().get::<Peer>());
    refusal::method_not_allowed("GET", &context)
}

async fn read(State(app): State<Arc<App>>, request: Request) -> Response {
    answer(app, request, async |asked| {
        let (call, context) = (asked.call, asked.context);
        let options = options(call.request.uri().query().unwrap_or(""))?;
        let listing = listing(&call.app.seal, &options, &context)?;
        let (views, next) = list(&call.app, call.credentials, listing, context.now).await?;
        let entries: Vec<Value> = views.iter().map(|view| entry(&call.app, &context.base_url, view)).collect();
        let mut body = json!({ "value": entries });
        if let Some(next) = next {
            render::insert(&mut body, "@odata.nextLink", next_link(&call.app.seal, &options, next, &context));
        }
        Ok(respond(StatusCode::OK, &body))
    })
    .await
}

/// The options of the query, decoded. The `$` may be missing, as everywhere in the API.
pub(super) fn options(query: &str) -> Result<Vec<(String, String)>, Error> {
    let decode = |text: &str| {
        let spaced = text.replace('+', " ");
        percent_decode_str(&spaced).decode_utf8().map(std::borrow::Cow::into_owned)
    };
    let mut options: Vec<(String, String)> = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (Ok(name), Ok(value)) = (decode(name), decode(value)) else { return Err(invalid("query")) };
        let name = name.strip_prefix('$').unwrap_or(&name).to_owned();
        if options.iter().any(|(known, _)| *known == name) {
            return Err(invalid(&name));
        }
        options.push((name, value));
    }
    Ok(options)
}

pub(super) fn invalid(name: &str) -> Error {
    let name: String = name.chars().take(64).collect();
    Error::new(Code::InvalidRequest, format!("The query option '{name}' isn't offered here or has no such value."))
        .target(name)
        .inner(Inner::InvalidQueryOption)
}

fn listing(seal: &Seal, options: &[(String, String)], context: &Context) -> Result<Listing, Error> {
    let filter = LinkFilter { now: context.now, ..LinkFilter::default() };
    let mut listing = Listing { filter, all: false, after: None, top: TOP.0 };
    for (name, value) in options {
        let is_read = match name.as_str() {
            "scope" => set(&mut listing.filter.scope, LinkScope::parse(value)),
            "type" => set(&mut listing.filter.link_type, LinkType::parse(value)),
            "state" => set(&mut listing.filter.state, redeem::State::parse(value)),
            "driveId" => set(&mut listing.filter.drive, DriveId::parse(value).ok()),
            "expiringBefore" => set(&mut listing.filter.expiring_before, time::parse(value).ok().flatten()),
            "skiptoken" => set(&mut listing.after, place(seal, value)),
            "all" => value.parse().map(|all| listing.all = all).is_ok(),
            "top" => match value.parse() {
                Ok(top) if top > 0 => {
                    listing.top = u32::min(top, TOP.1);
                    true
                }
                _ => false,
            },
            _ => false,
        };
        if !is_read {
            return Err(invalid(name));
        }
    }
    Ok(listing)
}

fn set<T>(to: &mut Option<T>, value: Option<T>) -> bool {
    *to = value;
    to.is_some()
}

/// Where a page begins, sealed: nobody has to know how links are ordered, or may rely on it.
fn next_link(seal: &Seal, options: &[(String, String)], next: LinkPlace, context: &Context) -> String {
    let place = format!("links {} {}", time::to_micros(next.created_at), next.id);
    let same: String = options
        .iter()
        .filter(|(name, _)| name != "skiptoken")
        .map(|(name, value)| format!("{name}={}&", utf8_percent_encode(value, NON_ALPHANUMERIC)))
        .collect();
    let token = seal.seal(Purpose::Page, place.as_bytes());
    format!("{}/driveway/v1/links?{same}$skiptoken={token}", context.base_url)
}

fn place(seal: &Seal, token: &str) -> Option<LinkPlace> {
    let text = String::from_utf8(seal.open(Purpose::Page, token)?).ok()?;
    let (created_at, id) = text.strip_prefix("links ")?.split_once(' ')?;
    Some(LinkPlace { created_at: time::from_micros(created_at.parse().ok()?), id: PermissionId::parse(id).ok()? })
}
