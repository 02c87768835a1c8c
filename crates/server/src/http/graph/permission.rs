//! `…/permissions`: listed, shown, changed, removed.

use axum::body::Body;
use axum::http::header::{ETAG, IF_MATCH, IF_NONE_MATCH};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use driveway_core::address::Version;
use driveway_core::error::{Code, Error, Inner};
use driveway_core::id::PermissionId;
use driveway_core::policy::permission_change::Change;
use driveway_core::seal::Purpose;
use jiff::Timestamp;
use serde_json::Value;

use super::{Call, Result, people, render};
use crate::http::json::respond;
use crate::ops::permission_change::Target;
use crate::ops::permissions::{Page, PermissionView, Place};
use crate::ops::{Credentials, Tx, access, grant, item, permission_change, permissions};

/// Permissions on a page (AMB-56).
const MOST_ON_A_PAGE: usize = 200;

/// Every permission that reaches the item and that the caller may see.
pub(super) async fn list(call: Call) -> Result<Response> {
    refuse_options(&call)?;
    let after = call.query.skip_token.as_deref().map(|token| page_start(&call, token, "permissions")).transpose()?;
    let page = Page { after, limit: page_limit(&call) };
    let (address, credentials, now) = (call.item()?, call.credentials.clone(), call.context.now);
    let listing = call.app.db.read(move |tx| permissions::list(tx, &credentials, &address, page, now)).await?;
    let mut value = render::permission::collection(&call, &listing.views);
    if call.query.count == Some(true) {
        render::insert(&mut value, "@odata.count", listing.count);
    }
    if let Some(next) = listing.next {
        render::insert(&mut value, "@odata.nextLink", next_link(&call, &list_path(&call)?, "permissions", next));
    }
    let tag = list_tag(&value);
    // The item's own tags count as documented (PERM-07). Sharing moves neither of them (AMB-12), so that somebody who
    // wants to hear of changed permissions sends the list's tag, which does move.
    if let Some(list) = call.header(IF_NONE_MATCH)
        && item::tags(list)
            .any(|seen| seen == "*" || seen == tag || seen == listing.item.e_tag() || seen == listing.item.c_tag())
    {
        return Ok(tagged(empty(StatusCode::NOT_MODIFIED), &tag));
    }
    Ok(tagged(respond(StatusCode::OK, &value), &tag))
}

/// The tag of a list as this caller is shown it.
fn list_tag(value: &Value) -> String {
    let digest = <sha2::Sha256 as sha2::Digest>::digest(value.to_string().as_bytes());
    format!("\"p:{}\"", data_encoding::HEXLOWER.encode(digest.get(..16).unwrap_or_default()))
}

fn tagged(mut response: Response, tag: &str) -> Response {
    if let Ok(tag) = HeaderValue::from_str(tag) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}

fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

pub(super) fn page_start(call: &Call, token: &str, of: &str) -> Result<Place> {
    let read = |bytes: Vec<u8>| {
        let text = String::from_utf8(bytes).ok()?;
        let (number, id) = text.strip_prefix(of)?.strip_prefix('/')?.split_once('/')?;
        Some(Place { number: number.parse().ok()?, id: PermissionId::parse(id).ok()? })
    };
    let opened = call.app.seal.open(Purpose::Page, token).and_then(read);
    opened.ok_or_else(|| Error::invalid("$skiptoken", "The paging token isn't one.").inner(Inner::InvalidQueryOption))
}

/// How many entries a page has.
pub(super) fn page_limit(call: &Call) -> usize {
    call.query.top.and_then(|top| usize::try_from(top).ok()).unwrap_or(MOST_ON_A_PAGE).min(MOST_ON_A_PAGE)
}

fn list_path(call: &Call) -> Result<String> {
    let item = call.item()?;
    let colon = if item.path.is_empty() { "" } else { ":" };
    Ok(format!("{}{colon}/permissions", item.to_path()))
}

/// The next page's URL, which carries the options of this one (AMB-56, MISC-05).
pub(super) fn next_link(call: &Call, path: &str, of: &str, next: Place) -> String {
    let version = match call.version {
        Version::V1 => "v1.0",
        Version::Beta => "beta",
    };
    let token = call.app.seal.seal(Purpose::Page, format!("{of}/{}/{}", next.number, next.id).as_bytes());
    let mut url = format!("{}/{version}{path}?$skiptoken={token}", call.context.base_url);
    if let Some(top) = call.query.top {
        url.push_str("&$top=");
        url.push_str(&top.to_string());
    }
    if call.query.count == Some(true) {
        url.push_str("&$count=true");
    }
    if let Some(select) = &call.query.select {
        url.push_str("&$select=");
        url.extend(percent_encoding::utf8_percent_encode(&select.join(","), percent_encoding::NON_ALPHANUMERIC));
    }
    url
}

/// What permissions have and a PATCH can't change.
const FIXED: [&str; 10] = [
    "id",
    "link",
    "shareId",
    "hasPassword",
    "invitation",
    "inheritedFrom",
    "grantedTo",
    "grantedToV2",
    "grantedToIdentities",
    "grantedToIdentitiesV2",
];

/// Changes a grant's role or an anonymous link's expiry (PERM-08).
pub(super) async fn update(mut call: Call) -> Result<Response> {
    let mut members = call.members().await?;
    let role = people::roles(&mut members)?;
    // `null` and the zero date clear it; its absence leaves it (AMB-10, AMB-11).
    let expires_at =
        if members.contains("expirationDateTime") { Some(members.instant("expirationDateTime")?) } else { None };
    members.finish_update(&FIXED)?;
    let change = Change { role, expires_at };
    changed(call, move |tx, credentials, target, now| permission_change::update(tx, credentials, target, &change, now))
        .await
}

/// Changes one of them, and shows what became of it.
async fn changed(
    call: Call,
    change: impl Fn(&mut Tx<'_>, &Credentials, Target<'_>, Timestamp) -> Result<PermissionView> + Send + 'static,
) -> Result<Response> {
    let (address, credentials, now, id) =
        (call.item()?, call.credentials.clone(), call.context.now, permission_id(&call)?);
    let if_match = call.header(IF_MATCH).map(str::to_owned);
    let view = call
        .app
        .db
        .write(move |tx| change(tx, &credentials, Target { address: &address, id, if_match: if_match.as_deref() }, now))
        .await?;
    Ok(respond(StatusCode::OK, &render::select(&call, render::permission::entity(&call, &view))))
}

/// One of them.
pub(super) async fn get(call: Call) -> Result<Response> {
    refuse_options(&call)?;
    let (address, credentials, now, id) =
        (call.item()?, call.credentials.clone(), call.context.now, permission_id(&call)?);
    let view = call.app.db.read(move |tx| permissions::get(tx, &credentials, &address, id, now)).await?;
    Ok(respond(StatusCode::OK, &render::select(&call, render::permission::entity(&call, &view))))
}

/// Removes one. A removed link is dead at once.
pub(super) async fn delete(call: Call) -> Result<Response> {
    let (address, credentials, now, id) =
        (call.item()?, call.credentials.clone(), call.context.now, permission_id(&call)?);
    let if_match = call.header(IF_MATCH).map(str::to_owned);
    call.app
        .db
        .write(move |tx| {
            if if_match.is_some() {
                let reached = access::reach(tx, &credentials, &address, driveway_core::caller::Intent::Write, now)?;
                item::check_e_tag(&reached.item, if_match.as_deref())?;
            }
            permissions::delete(tx, &credentials, &address, id, now)
        })
        .await?;
    Ok(empty(StatusCode::NO_CONTENT))
}

fn permission_id(call: &Call) -> Result<PermissionId> {
    PermissionId::parse(call.parameter(0)?).map_err(|_| Error::item_not_found())
}

/// Options that Graph doesn't offer here (AMB-56, ODATA-16).
pub(super) fn refuse_options(call: &Call) -> Result<()> {
    call.refuse_expand()?;
    let offered = |is_absent: bool, name: &'static str| if is_absent { None } else { Some(name) };
    let refused = offered(call.query.filter.is_none(), "$filter")
        .or_else(|| offered(call.query.search.is_none(), "$search"))
        .or_else(|| offered(call.query.orderby.is_empty(), "$orderby"));
    match refused {
        None => Ok(()),
        Some(name) => Err(Error::new(Code::InvalidRequest, format!("{name} isn't offered here."))
            .target(name)
            .inner(Inner::InvalidQueryOption)),
    }
}

/// Takes people off a link for specific people (GRANT-06, AMB-55).
pub(super) async fn revoke_grants(mut call: Call) -> Result<Response> {
    call.refuse_expand()?;
    let mut members = call.members().await?;
    let people = people::recipients(&mut members, "grantees")?;
    members.finish()?;
    changed(call, move |tx, credentials, target, now| grant::revoke(tx, credentials, target, &people, now)).await
}
