//! `GET /driveway/v1/drives/{id}/recycleBin`: what can be restored.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use driveway_core::id::{DriveId, ItemId};
use driveway_core::item::Facet;
use driveway_core::seal::{Purpose, Seal};
use driveway_core::time;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::link_list::{invalid, options};
use super::links::answer;
use crate::app::App;
use crate::http::context::Context;
use crate::http::graph::render;
use crate::http::json::respond;
use crate::http::{Peer, refusal};
use crate::ops::recycle_bin::{self, BinPage, Deleted};

/// Items on a page when the caller says nothing, and at most.
const TOP: (u32, u32) = (100, 200);

/// The route of the list.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route("/driveway/v1/drives/{drive}/recycleBin", get(read).fallback(other_verb))
}

async fn other_verb(State(app): State<Arc<App>>, request: Request) -> Response {
    let (context, _) = Context::read(&app, request.headers(), request.uri(), request.extensions().get::<Peer>());
    refusal::method_not_allowed("GET", &context)
}

async fn read(State(app): State<Arc<App>>, Path(drive): Path<String>, request: Request) -> Response {
    answer(app, request, async |asked| {
        let (call, context) = (asked.call, asked.context);
        let (mut after, mut top) = (None, TOP.0);
        for (name, value) in options(call.request.uri().query().unwrap_or(""))? {
            match name.as_str() {
                "skiptoken" => after = Some(place(&call.app.seal, &value).ok_or_else(|| invalid(&name))?),
                "top" => {
                    let wanted = value.parse().ok().filter(|top| *top > 0).ok_or_else(|| invalid(&name))?;
                    top = TOP.1.min(wanted);
                }
                _ => return Err(invalid(&name)),
            }
        }
        let (credentials, now) = (call.credentials, context.now);
        let BinPage { drive, items, next } =
            call.app.db.read(move |tx| recycle_bin::list(tx, &credentials, &drive, after, top, now)).await?;
        let entries: Vec<Value> = items.iter().map(|deleted| entry(&drive, deleted)).collect();
        let mut body = json!({ "value": entries });
        if let Some((at, id)) = next {
            let place = format!("bin {} {id}", time::to_micros(at));
            let token = call.app.seal.seal(Purpose::Page, place.as_bytes());
            let url =
                format!("{}/driveway/v1/drives/{drive}/recycleBin?$top={top}&$skiptoken={token}", context.base_url);
            render::insert(&mut body, "@odata.nextLink", url);
        }
        Ok(respond(StatusCode::OK, &body))
    })
    .await
}

fn place(seal: &Seal, token: &str) -> Option<(Timestamp, ItemId)> {
    let text = String::from_utf8(seal.open(Purpose::Page, token)?).ok()?;
    let (at, id) = text.strip_prefix("bin ")?.split_once(' ')?;
    Some((time::from_micros(at.parse().ok()?), ItemId::parse(id).ok()?))
}

fn entry(drive: &DriveId, deleted: &Deleted) -> Value {
    let item = &deleted.item;
    let path: String = deleted.path.iter().map(|name| format!("/{name}")).collect();
    let mut reference = json!({ "driveId": drive.as_str(), "path": format!("/drives/{drive}/root:{path}") });
    if let Some(parent) = item.parent {
        render::insert(&mut reference, "id", parent.to_string());
    }
    let mut value = json!({
        "id": item.id.to_string(),
        "name": item.name,
        "size": item.size,
        "parentReference": reference,
    });
    if let Some(at) = item.deleted_at {
        render::insert(&mut value, "deletedDateTime", time::format(at));
    }
    match &item.facet {
        Facet::Folder { child_count } => render::insert(&mut value, "folder", json!({ "childCount": child_count })),
        Facet::File(file) => render::insert(&mut value, "file", json!({ "mimeType": file.mime_type })),
    }
    value
}
