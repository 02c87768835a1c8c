//! The versions of a file.

use axum::http::StatusCode;
use axum::http::header::{ETAG, IF_NONE_MATCH};
use axum::response::Response;
use driveway_core::error::{Error, Inner};
use driveway_core::seal::Purpose;
use driveway_core::time;
use driveway_core::version::{FileVersion, version_id};
use serde_json::{Value, json};

use super::item::empty;
use super::{Call, Result, render};
use crate::http::json::respond;
use crate::http::{download, refusal};
use crate::ops::access::Access;
use crate::ops::{item, versions};

/// Versions on a page when the client doesn't say, and at the most.
const PAGE: (u32, u32) = (200, 1000);

/// The versions, the current one first.
pub(super) async fn list(call: Call) -> Result<Response> {
    call.refuse_expand()?;
    let before = call.query.skip_token.as_deref().map(|token| page_start(&call, token)).transpose()?;
    let limit = call.query.top.unwrap_or(PAGE.0).min(PAGE.1);
    let (address, credentials, now) = (call.item()?, call.credentials.clone(), call.context.now);
    let page = call.app.db.read(move |tx| versions::list(tx, &credentials, &address, before, limit, now)).await?;
    let entries: Vec<Value> =
        page.versions.iter().map(|version| render::select(&call, entry(&call, &page.access, version))).collect();
    let mut value =
        json!({ "@odata.context": format!("{}#Collection(driveItemVersion)", call.metadata_url()), "value": entries });
    if let Some(next) = page.next {
        render::insert(&mut value, "@odata.nextLink", next_link(&call, &page.access, next, limit));
    }
    Ok(respond(StatusCode::OK, &value))
}

/// One version.
pub(super) async fn get(call: Call) -> Result<Response> {
    call.refuse_expand()?;
    let (call, access, version) = find(call).await?;
    let mut value = entry(&call, &access, &version);
    render::add_context(&call, &mut value, "driveItemVersion");
    Ok(respond(StatusCode::OK, &render::select(&call, value)))
}

/// `302` to a short-lived pre-authenticated URL of that version's bytes.
pub(super) async fn content(call: Call) -> Result<Response> {
    let (call, access, version) = find(call).await?;
    let tag = format!("\"c:{{{:X}}},{}\"", access.item.id.as_uuid().as_hyphenated(), version.number);
    if let Some(list) = call.header(IF_NONE_MATCH)
        && item::tags(list).any(|known| known == "*" || known == tag)
    {
        let mut response = empty(StatusCode::NOT_MODIFIED);
        if let Ok(tag) = tag.parse() {
            response.headers_mut().insert(ETAG, tag);
        }
        return Ok(response);
    }
    Ok(refusal::found(&download::version_url(&call.app, &access, version.number, &call.context)))
}

/// Makes an old version's bytes the content again.
pub(super) async fn restore(mut call: Call) -> Result<Response> {
    call.members().await?.finish()?;
    let (id, keep) = (call.parameter(0)?.to_owned(), call.app.config.limits.versions);
    let (address, credentials, now) = (call.item()?, call.credentials.clone(), call.context.now);
    call.app.db.write(move |tx| versions::restore(tx, &credentials, &address, &id, keep, now)).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}

/// Forgets a version that isn't the current one.
pub(super) async fn delete(call: Call) -> Result<Response> {
    let id = call.parameter(0)?.to_owned();
    let (address, credentials, now) = (call.item()?, call.credentials.clone(), call.context.now);
    call.app.db.write(move |tx| versions::delete(tx, &credentials, &address, &id, now)).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}

async fn find(call: Call) -> Result<(Call, Access, FileVersion)> {
    let id = call.parameter(0)?.to_owned();
    let (address, credentials, now) = (call.item()?, call.credentials.clone(), call.context.now);
    let (access, version) = call.app.db.read(move |tx| versions::get(tx, &credentials, &address, &id, now)).await?;
    Ok((call, access, version))
}

fn entry(call: &Call, access: &Access, version: &FileVersion) -> Value {
    let mut value = json!({
        "id": version_id(version.number),
        "size": version.size,
        "lastModifiedDateTime": time::format(version.modified_at),
        "@microsoft.graph.downloadUrl": download::version_url(&call.app, access, version.number, &call.context),
    });
    if let Some(identities) = render::item::identity_set(&version.modified_by) {
        render::insert(&mut value, "lastModifiedBy", identities);
    }
    if let Some(comment) = &version.comment {
        render::insert(&mut value, "@driveway.comment", comment.as_str());
    }
    value
}

fn page_start(call: &Call, token: &str) -> Result<i64> {
    let opened = call.app.seal.open(Purpose::Page, token).and_then(|bytes| String::from_utf8(bytes).ok());
    opened
        .and_then(|text| text.strip_prefix("versions ")?.parse().ok())
        .ok_or_else(|| Error::invalid("$skiptoken", "The paging token isn't one.").inner(Inner::InvalidQueryOption))
}

fn next_link(call: &Call, access: &Access, next: i64, limit: u32) -> String {
    let (drive, item) = (&access.drive.id, access.item.id);
    let token = call.app.seal.seal(Purpose::Page, format!("versions {next}").as_bytes());
    format!("{}/v1.0/drives/{drive}/items/{item}/versions?$top={limit}&$skiptoken={token}", call.context.base_url)
}
