//! Items: shown, listed, made, changed, thrown away.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use driveway_core::address::{DriveKey, ItemAddress, Resource, Start};
use driveway_core::caller::Intent;
use driveway_core::error::{Code, Error, Inner};
use driveway_core::id::{DriveId, ItemId};
use driveway_core::item::Facet;
use driveway_core::listing::{Order, Place, SortKey};
use driveway_core::name::ConflictBehavior;
use driveway_core::odata::Direction;
use driveway_core::seal::Purpose;
use serde_json::{Value, json};

use super::{Call, Result, expand, render};
use crate::http::json::{Members, respond};
use crate::ops::access::{Access, reach};
use crate::ops::children;
use crate::ops::item::{self, FileSystemTimes, NewFolder, NewParent, Shared, Update};

/// Items on a page when the client doesn't say, and at the most.
const PAGE: (u32, u32) = (200, 1000);

/// An item.
pub(super) async fn get(call: Call) -> Result<Response> {
    let wanted = expand::children(&call.query.expand)?;
    let top = wanted.as_ref().map(|wanted| wanted.top);
    let (address, credentials, now) = (call.item()?, call.credentials.clone(), call.context.now);
    let item::ItemView { access, shared, special, children: page } =
        call.app.db.read(move |tx| item::show(tx, &credentials, &address, top, now)).await?;
    if let Some(list) = call.header(IF_NONE_MATCH)
        && item::tags(list).any(|tag| tag == "*" || tag == access.item.e_tag() || tag == access.item.c_tag())
    {
        return Ok(tagged(empty(StatusCode::NOT_MODIFIED), &access));
    }
    let mut value = render::item::item(&call, &access, shared);
    if let Some(special) = special {
        render::insert(&mut value, "specialFolder", json!({ "name": special.as_str() }));
    }
    render::add_context(&call, &mut value, "driveItem");
    let mut value = render::select(&call, value);
    if let (Some(wanted), Some(page)) = (&wanted, &page) {
        expand::insert(&call, &mut value, wanted, page);
    }
    Ok(tagged(respond(StatusCode::OK, &value), &access))
}

/// The answer that is one item.
pub(super) fn answer(call: &Call, status: StatusCode, access: &Access, shared: Option<Shared>) -> Response {
    let mut value = render::item::item(call, access, shared);
    render::add_context(call, &mut value, "driveItem");
    tagged(respond(status, &render::select(call, value)), access)
}

fn tagged(mut response: Response, access: &Access) -> Response {
    if let Ok(tag) = HeaderValue::from_str(&access.item.e_tag()) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}

pub(super) fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// The items of a folder, a page at a time, in the order of their names or another one that was asked for.
pub(super) async fn children(call: Call) -> Result<Response> {
    let wanted = expand::children(&call.query.expand)?;
    refuse_filter(&call)?;
    let order = order(&call)?;
    let after = call.query.skip_token.as_deref().map(|token| page_start(&call, order, token)).transpose()?;
    let most = if wanted.is_some() { expand::FOLDERS_AT_ONCE } else { PAGE.1 };
    let limit = call.query.top.unwrap_or(PAGE.0).min(most);
    let top = wanted.as_ref().map(|wanted| wanted.top);
    let (address, credentials, now) = (call.item()?, call.credentials.clone(), call.context.now);
    let (page, inside) = call
        .app
        .db
        .read(move |tx| {
            let folder = reach(tx, &credentials, &address, Intent::Read, now)?;
            let page = children::children_in_order(tx, folder, (order, after.clone()), limit, now)?;
            let inside = top.map(|top| children::children_of_each(tx, &credentials, &page, top, now)).transpose()?;
            Ok((page, inside))
        })
        .await?;
    let mut items: Vec<Value> =
        page.items.iter().map(|child| render::select(&call, render::item::child(&call, &page.folder, child))).collect();
    for (item, inside) in items.iter_mut().zip(inside.into_iter().flatten()) {
        if let (Some(wanted), Some(inside)) = (&wanted, &inside) {
            expand::insert(&call, item, wanted, inside);
        }
    }
    let mut value =
        json!({ "@odata.context": format!("{}#Collection(driveItem)", call.metadata_url()), "value": items });
    // The number that the folder's own facet tells.
    if let (Some(true), Facet::Folder { child_count }) = (call.query.count, &page.folder.item.facet) {
        render::insert(&mut value, "@odata.count", *child_count);
    }
    if let (Some(next), Value::Object(members)) = (page.next, &mut value) {
        members.insert("@odata.nextLink".into(), {
            let select = call.query.select.as_deref();
            next_link(&call, &page.folder, &next, call.query.top, select, true).into()
        });
    }
    Ok(respond(StatusCode::OK, &value))
}

/// How many items a folder has, as text.
pub(super) async fn count_children(call: Call) -> Result<Response> {
    call.refuse_expand()?;
    refuse_filter(&call)?;
    let (address, credentials, now) = (call.item()?, call.credentials.clone(), call.context.now);
    let count = call
        .app
        .db
        .read(move |tx| {
            let folder = reach(tx, &credentials, &address, Intent::Read, now)?;
            children::count_children(tx, folder, now)
        })
        .await?;
    let mut response = Response::new(Body::from(count.to_string()));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain;charset=utf-8"));
    Ok(response)
}

/// What a listing can't be narrowed by is refused: passing over it would look like an answer.
fn refuse_filter(call: &Call) -> Result<()> {
    let refused = [("$filter", &call.query.filter), ("$search", &call.query.search)];
    match refused.into_iter().find(|(_, asked)| asked.is_some()) {
        None => Ok(()),
        Some((name, _)) => {
            Err(Error::invalid(name, format!("{name} isn't offered here.")).inner(Inner::InvalidQueryOption))
        }
    }
}

/// The order that `$orderby` asks for: one of four properties, either way.
fn order(call: &Call) -> Result<Order> {
    let refuse = || {
        let message = "Items are sorted by one of name, size, createdDateTime and lastModifiedDateTime.";
        Error::invalid("$orderby", message).inner(Inner::InvalidQueryOption)
    };
    match call.query.orderby.as_slice() {
        [] => Ok(Order::default()),
        [(name, direction)] => {
            let by = SortKey::parse(name).ok_or_else(refuse)?;
            Ok(Order { by, descending: *direction == Direction::Descending })
        }
        _ => Err(refuse()),
    }
}

/// What the tokens of this list begin with, so that those of other lists are none of it.
const OF_CHILDREN: &str = "children ";

fn page_start(call: &Call, order: Order, token: &str) -> Result<Place> {
    let opened = call.app.seal.open(Purpose::Page, token).and_then(|bytes| String::from_utf8(bytes).ok());
    opened
        .and_then(|text| order.read(text.strip_prefix(OF_CHILDREN)?))
        .ok_or_else(|| Error::invalid("$skiptoken", "The paging token isn't one.").inner(Inner::InvalidQueryOption))
}

/// The next page's URL: absolute, opaque, and carrying the options of this one (MISC-05). `after` is a place as
/// [`Order::write`] writes it.
pub(super) fn next_link(
    call: &Call,
    folder: &Access,
    after: &str,
    top: Option<u32>,
    select: Option<&[String]>,
    is_list: bool,
) -> String {
    let version = match call.version {
        driveway_core::address::Version::V1 => "v1.0",
        driveway_core::address::Version::Beta => "beta",
    };
    // By way of a link the way goes on through it, by the folder's id: a share's root is what its key says.
    let place = match share_of(call) {
        Some(share) => ItemAddress {
            drive: DriveKey::Share(share.to_owned()),
            start: Start::Id(folder.item.id.to_string()),
            path: Vec::new(),
        }
        .to_path(),
        None => format!("/drives/{}/items/{}", folder.drive.id, folder.item.id),
    };
    let mut url = format!(
        "{}/{version}{place}/children?$skiptoken={}",
        call.context.base_url,
        call.app.seal.seal(Purpose::Page, format!("{OF_CHILDREN}{after}").as_bytes())
    );
    if let Some(top) = top {
        url.push_str("&$top=");
        url.push_str(&top.to_string());
    }
    let encode =
        |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    if let Some(select) = select {
        url.push_str("&$select=");
        url.push_str(&encode(&select.join(",")));
    }
    if is_list {
        carry_options_of_list(call, &mut url, encode);
    }
    url
}

/// What was said of the list itself, and not of what is expanded in its items.
fn carry_options_of_list(call: &Call, url: &mut String, encode: impl Fn(&str) -> String) {
    if call.query.count == Some(true) {
        url.push_str("&$count=true");
    }
    if let Some((property, direction)) = call.query.orderby.first() {
        let direction = if *direction == Direction::Descending { "%20desc" } else { "" };
        url.extend(["&$orderby=", &encode(property), direction]);
    }
    // The expansion as it was written, with its options.
    if let Some(children) = call.query.expand.first() {
        url.push_str("&$expand=");
        url.push_str(&encode(&expand::written(children)));
    }
}

/// The key of the share by which the request came.
pub(super) fn share_of(call: &Call) -> Option<&str> {
    match &call.resource {
        Resource::Item { item: ItemAddress { drive: DriveKey::Share(share), .. }, .. }
        | Resource::Share { share, .. } => Some(share),
        _ => None,
    }
}

/// A new folder.
pub(super) async fn create_folder(mut call: Call) -> Result<Response> {
    let mut members = call.members().await?;
    let asked = conflict_behavior(&mut members)?.or(conflict_in_query(&call)?);
    let conflict = asked.unwrap_or(ConflictBehavior::Fail);
    let name = members.text("name")?.ok_or_else(|| Error::invalid("name", "A new item needs a name."))?;
    match members.object("folder")? {
        Some(_) => {}
        None => {
            return Err(Error::invalid("folder", "Only folders are made here; files come by PUT of their content."));
        }
    }
    let times = file_system_info(&mut members)?;
    members.take("file");
    members.finish()?;
    let new = NewFolder { name, conflict, times };
    let (address, credentials, now) = (call.item()?, call.credentials.clone(), call.context.now);
    let id = ItemId::from_uuid(call.app.new_id());
    let access = call.app.db.write(move |tx| item::create_folder(tx, &credentials, &address, &new, id, now)).await?;
    Ok(answer(&call, StatusCode::CREATED, &access, None))
}

/// What items have and a PATCH can't change.
const FIXED: [&str; 14] = [
    "id",
    "eTag",
    "cTag",
    "size",
    "file",
    "folder",
    "root",
    "webUrl",
    "createdBy",
    "lastModifiedBy",
    "createdDateTime",
    "lastModifiedDateTime",
    "shared",
    "deleted",
];

/// Renames, moves or redates.
pub(super) async fn update(mut call: Call) -> Result<Response> {
    let mut members = call.members().await?;
    let (parent, parent_drive) = new_parent(&mut members)?;
    let update = Update {
        conflict: conflict_behavior(&mut members)?.or(conflict_in_query(&call)?),
        name: members.text("name")?,
        parent,
        parent_drive,
        description: members.text_or_empty("description")?,
        times: file_system_info(&mut members)?,
        if_match: call.header(IF_MATCH).map(str::to_owned),
    };
    members.finish_update(&FIXED)?;
    let (address, credentials, now) = (call.item()?, call.credentials.clone(), call.context.now);
    let access = call.app.db.write(move |tx| item::update(tx, &credentials, &address, &update, now)).await?;
    Ok(answer(&call, StatusCode::OK, &access, None))
}

/// `@microsoft.graph.conflictBehavior`, or `@name.conflictBehavior` as older clients spell it.
pub(super) fn conflict_behavior(members: &mut Members) -> Result<Option<ConflictBehavior>> {
    for name in ["@microsoft.graph.conflictBehavior", "@name.conflictBehavior"] {
        if let Some(word) = members.text(name)? {
            return word
                .parse()
                .map(Some)
                .map_err(|_| Error::invalid(name, "The behaviour has to be fail, replace or rename."));
        }
    }
    Ok(None)
}

/// The client's own times. The zero date, which some clients send for "unknown", leaves a time as it is.
pub(super) fn file_system_info(members: &mut Members) -> Result<FileSystemTimes> {
    let Some(mut info) = members.object("fileSystemInfo")? else { return Ok(FileSystemTimes::default()) };
    let times =
        FileSystemTimes { created: info.instant("createdDateTime")?, modified: info.instant("lastModifiedDateTime")? };
    info.instant("lastAccessedDateTime")?;
    info.finish()?;
    Ok(times)
}

/// Where to move to: by id, or by path as Graph writes it. Clients send empty members along, which mean nothing.
pub(super) fn new_parent(members: &mut Members) -> Result<(Option<NewParent>, Option<DriveId>)> {
    let Some(mut reference) = members.object("parentReference")? else { return Ok((None, None)) };
    let drive = reference.text_or_empty("driveId")?.filter(|id| !id.is_empty());
    let drive = drive.map(|id| drive_id("parentReference.driveId", &id)).transpose()?;
    let id = reference.text_or_empty("id")?.filter(|id| !id.is_empty());
    let path = reference.text_or_empty("path")?.filter(|path| !path.is_empty());
    for said in ["driveType", "name", "shareId", "siteId"] {
        reference.take(said);
    }
    reference.take("sharepointIds");
    reference.finish()?;
    match (id, path) {
        (Some(id), _) => Ok((Some(NewParent::Id(id)), drive)),
        (None, Some(path)) => {
            let (parent, drive_of_path) = parent_by_path(&path)?;
            Ok((Some(parent), drive.or(drive_of_path)))
        }
        (None, None) => Ok((None, drive)),
    }
}

fn drive_id(target: &'static str, text: &str) -> Result<DriveId> {
    DriveId::parse(text).map_err(|error| Error::invalid(target, error.to_string()))
}

fn parent_by_path(path: &str) -> Result<(NewParent, Option<DriveId>)> {
    let invalid = || {
        Error::invalid("parentReference.path", "The path isn't one of a folder in this drive.")
            .inner(Inner::InvalidPath)
    };
    let slash = if path.starts_with('/') { "" } else { "/" };
    let address = driveway_core::address::parse(&format!("/v1.0{slash}{path}"), None).map_err(|_| invalid())?;
    match address.resource {
        Resource::Item { item, tail } if tail.is_empty() => {
            let drive = match &item.drive {
                DriveKey::Id(id) => Some(drive_id("parentReference.path", id)?),
                _ => None,
            };
            match (item.start, item.path.is_empty()) {
                (Start::Root, _) => Ok((NewParent::Path(item.path), drive)),
                (Start::Id(id), true) => Ok((NewParent::Id(id), drive)),
                _ => Err(invalid()),
            }
        }
        _ => Err(invalid()),
    }
}

/// Puts an item into the recycle bin.
pub(super) async fn delete(call: Call) -> Result<Response> {
    let if_match = call.header(IF_MATCH).map(str::to_owned);
    let (address, credentials, now) = (call.item()?, call.credentials.clone(), call.context.now);
    call.app.db.write(move |tx| item::delete(tx, &credentials, &address, if_match.as_deref(), now)).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}

/// The refusal of a conflict behaviour in the query that isn't one.
pub(super) fn conflict_in_query(call: &Call) -> Result<Option<ConflictBehavior>> {
    call.query.conflict_behavior().transpose().map_err(|error| {
        Error::new(Code::InvalidRequest, error.to_string())
            .target("@microsoft.graph.conflictBehavior")
            .inner(Inner::InvalidQueryOption)
    })
}
