//! Items as Graph shows them (behaviour table, 1.7 and 1.8).

use data_encoding::HEXUPPER;
use driveway_core::drive::DriveKind;
use driveway_core::hash::quick_xor_hash_text;
use driveway_core::id::{DriveId, ItemId};
use driveway_core::item::{Author, DriveItem, Facet};
use driveway_core::policy::access::ChainItem;
use driveway_core::time;
use driveway_core::version::version_id;
use serde_json::{Map, Value, json};

use super::{insert, owner};
use crate::http::download;
use crate::http::graph::Call;
use crate::ops::access::{Access, Via};
use crate::ops::item::Shared;
use crate::ops::ticket::Ticket;

/// An item that was reached by itself.
pub(crate) fn item(call: &Call, access: &Access, shared: Option<Shared>) -> Value {
    let above = access.chain.items.get(1..).unwrap_or_default();
    let mut value = render(call, access, &access.item, above);
    if let Some(shared) = shared {
        insert(&mut value, "shared", json!({ "scope": shared.scope.as_str(), "owner": owner(&access.drive) }));
    }
    value
}

/// An item of another drive, in a list of somebody's own: it points to the real one, which `shared` may say more of (SWM-01).
pub(crate) fn remote(call: &Call, access: &Access, shared: Option<Value>) -> Value {
    const SAME: [&str; 6] = ["id", "name", "size", "file", "folder", "webUrl"];
    const REMOTE: [&str; 5] =
        ["fileSystemInfo", "createdBy", "createdDateTime", "lastModifiedBy", "lastModifiedDateTime"];
    const DATED: [&str; 2] = ["createdDateTime", "lastModifiedDateTime"];
    let whole = item(call, access, None);
    let pick = |names: &mut dyn Iterator<Item = &&str>| -> Map<String, Value> {
        names.filter_map(|name| Some(((*name).to_owned(), whole.get(*name)?.clone()))).collect()
    };
    let mut remote = pick(&mut SAME.iter().chain(&REMOTE));
    // Where it lies above the shared item is nobody's business who was given the item alone.
    let place = json!({ "driveId": access.drive.id.as_str(), "driveType": access.drive.kind.as_str() });
    remote.insert("parentReference".into(), place);
    remote.extend(shared.map(|facet| ("shared".to_owned(), facet)));
    let mut members = pick(&mut SAME.iter().chain(&DATED));
    members.insert("remoteItem".into(), remote.into());
    Value::Object(members)
}

/// The URL of an item for those who have a right to it. As `u!…` it is a share's key as well (SHARE-09).
pub(crate) fn web_url(call: &Call, drive: &DriveId, item: ItemId) -> String {
    crate::ops::url::of_item(&call.context.base_url, drive, item)
}

/// What who may only add files is told of the file: that it came whole. Not its name, which may have been changed because
/// another file has the wanted one (AMB-39).
pub(crate) fn receipt(call: &Call, access: &Access) -> Value {
    json!({
        "@odata.context": format!("{}#driveItem", call.metadata_url()),
        "id": access.item.id.to_string(),
        "size": access.item.size,
        "createdDateTime": time::format(access.item.created_at),
    })
}

/// An item of a folder that was reached.
pub(crate) fn child(call: &Call, folder: &Access, child: &DriveItem) -> Value {
    render(call, folder, child, &folder.chain.items)
}

/// An item with what lies above it, by the right that reached a folder there.
pub(crate) fn below(call: &Call, reached: &Access, item: &DriveItem, above: &[ChainItem]) -> Value {
    render(call, reached, item, above)
}

/// What is told of an item that is gone: what clients know it by, and where they have it.
pub(crate) fn gone(reached: &Access, id: ItemId, name: &str, is_folder: bool, above: &[ChainItem]) -> Value {
    let mut value = json!({
        "id": id.to_string(),
        "name": name,
        "deleted": { "state": "deleted" },
        "parentReference": parent_reference(reached, id, above),
    });
    insert(&mut value, if is_folder { "folder" } else { "file" }, json!({}));
    value
}

fn render(call: &Call, access: &Access, item: &DriveItem, above: &[ChainItem]) -> Value {
    let mut members = Map::with_capacity(20);
    members.insert("id".into(), item.id.to_string().into());
    members.insert("name".into(), item.name.as_str().into());
    members.insert("size".into(), item.size.into());
    members.insert("eTag".into(), item.e_tag().into());
    members.insert("cTag".into(), item.c_tag().into());
    members.insert("createdDateTime".into(), time::format(item.created_at).into());
    members.insert("lastModifiedDateTime".into(), time::format(item.modified_at).into());
    members.insert("webUrl".into(), web_url(call, &access.drive.id, item.id).into());
    let file_system = json!({
        "createdDateTime": time::format(item.file_system_created_at),
        "lastModifiedDateTime": time::format(item.file_system_modified_at),
    });
    members.insert("fileSystemInfo".into(), file_system);
    if let Some(description) = &item.description {
        members.insert("description".into(), description.as_str().into());
    }
    for (name, author) in [("createdBy", &item.created_by), ("lastModifiedBy", &item.modified_by)] {
        if let Some(identities) = identity_set(author) {
            members.insert(name.into(), identities);
        }
    }
    members.insert("parentReference".into(), parent_reference(access, item.id, above));
    if item.is_root() {
        members.insert("root".into(), json!({}));
    }
    if let Some(publication) = publication(call, access, item) {
        members.insert("publication".into(), publication);
    }
    match &item.facet {
        Facet::Folder { child_count } => {
            members.insert("folder".into(), json!({ "childCount": child_count }));
        }
        Facet::File(file) => {
            let hashes = json!({ "quickXorHash": quick_xor_hash_text(&file.quick_xor), "sha256Hash": HEXUPPER.encode(&file.sha256.0) });
            members.insert("file".into(), json!({ "mimeType": file.mime_type, "hashes": hashes }));
            if !access.prevents_download() {
                let ticket = Ticket::new(item.id, &access.via, download::expiry(&call.app, &call.context));
                members.insert(
                    "@microsoft.graph.downloadUrl".into(),
                    download::url_of(&call.app.seal, &ticket, &call.context).into(),
                );
            }
        }
    }
    Value::Object(members)
}

/// Whether a file of a library is checked out, and by whom; told on request, as in Graph. By way of a link nobody is told who
/// works on it: what they see is what was checked in.
fn publication(call: &Call, access: &Access, item: &DriveItem) -> Option<Value> {
    let is_wanted = call.query.select.iter().flatten().any(|name| name == "publication");
    if !is_wanted || access.drive.kind != DriveKind::DocumentLibrary || item.is_folder() {
        return None;
    }
    let mut facet = json!({ "level": "published", "versionId": version_id(item.content_revision) });
    if let (Some((id, name)), Via::Caller(_)) = (&item.checked_out_by, &access.via) {
        insert(&mut facet, "level", "checkout");
        insert(&mut facet, "checkedOutBy", json!({ "user": { "id": id.to_string(), "displayName": name } }));
    }
    Some(facet)
}

pub(crate) fn identity_set(author: &Author) -> Option<Value> {
    let mut set = Map::new();
    if let Some((id, name)) = &author.user {
        set.insert("user".into(), json!({ "id": id.to_string(), "displayName": name }));
    }
    if let Some((id, name)) = &author.application {
        set.insert("application".into(), json!({ "id": id.to_string(), "displayName": name }));
    }
    (!set.is_empty()).then_some(Value::Object(set))
}

/// Where the item lies. By way of a link nothing above the shared item is told; a root has no parent's id, by which
/// clients know it.
fn parent_reference(access: &Access, item: ItemId, above: &[ChainItem]) -> Value {
    let mut reference = json!({ "driveId": access.drive.id.as_str(), "driveType": access.drive.kind.as_str() });
    let (shown, top) = match &access.via {
        Via::Caller(_) => (above, None),
        Via::Link { shared, .. } if item == *shared => (&[][..], Some(*shared)),
        Via::Link { shared, .. } => {
            let end = above.iter().position(|item| item.id == *shared).map_or(0, |at| at + 1);
            (above.get(..end).unwrap_or_default(), Some(*shared))
        }
    };
    if let Some(parent) = shown.first() {
        insert(&mut reference, "id", parent.id.to_string());
        if shown.len() > 1 {
            insert(&mut reference, "name", parent.name.as_str());
        }
        insert(&mut reference, "path", path(access, shown, top));
    }
    reference
}

fn path(access: &Access, shown: &[ChainItem], top: Option<ItemId>) -> String {
    let start = top.map_or_else(|| "root".to_owned(), |id| format!("items/{id}"));
    let names: String = shown.iter().rev().skip(1).map(|item| format!("/{}", item.name)).collect();
    format!("/drives/{}/{start}:{names}", access.drive.id)
}
