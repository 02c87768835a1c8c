//! The domain as Graph's JSON. What is absent is left out, never `null` (ODATA-12).

pub(crate) mod directory;
pub(crate) mod item;
pub(crate) mod permission;

use driveway_core::drive::{Drive, DriveOwner};
use driveway_core::time;
use serde_json::{Map, Value, json};

use super::Call;
use crate::ops::drive::DriveView;

/// Puts a member into an object.
pub(crate) fn insert(object: &mut Value, name: &str, value: impl Into<Value>) {
    if let Value::Object(members) = object {
        members.insert(name.to_owned(), value.into());
    }
}

/// Puts the `@odata.context` in front.
pub(crate) fn add_context(call: &Call, object: &mut Value, of: &str) {
    insert(object, "@odata.context", format!("{}#{of}", call.metadata_url()));
}

/// Keeps what `$select` names; annotations stay, as OData says.
pub(crate) fn select(call: &Call, object: Value) -> Value {
    match &call.query.select {
        Some(names) => keep(names, &object),
        None => object,
    }
}

/// Keeps the members of these names.
pub(crate) fn keep(names: &[String], object: &Value) -> Value {
    let Value::Object(members) = object else { return object.clone() };
    let is_wanted = |name: &str| {
        names.iter().any(|wanted| wanted == name || wanted == "*")
            || (name.starts_with('@') && name != "@microsoft.graph.downloadUrl")
    };
    // The id comes along always: no client can do without it.
    let kept: Map<String, Value> = members
        .iter()
        .filter(|(name, _)| is_wanted(name) || *name == "id")
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    Value::Object(kept)
}

/// Who owns a drive.
pub(crate) fn owner(drive: &Drive) -> Value {
    let (kind, id) = match drive.owner {
        DriveOwner::User(user) => ("user", user.to_string()),
        DriveOwner::Group(group) => ("group", group.to_string()),
        // identitySet has no site; a library's owner stands as the group of people that it is for.
        DriveOwner::Site(site) => ("group", site.to_string()),
    };
    json!({ kind: { "id": id, "displayName": drive.owner_name } })
}

/// A drive.
pub(crate) fn drive(call: &Call, view: &DriveView) -> Value {
    let drive = &view.drive;
    let remaining = drive.quota_bytes.saturating_sub(view.used_bytes).max(0);
    let state = match remaining.saturating_mul(100) / drive.quota_bytes.max(1) {
        0 if remaining == 0 => "exceeded",
        0 => "critical",
        1..10 => "nearing",
        _ => "normal",
    };
    json!({
        "id": drive.id.as_str(),
        "driveType": drive.kind.as_str(),
        "name": drive.name,
        "webUrl": format!("{}/d/{}", call.context.base_url, drive.id),
        "createdDateTime": time::format(drive.created_at),
        "lastModifiedDateTime": time::format(drive.created_at),
        "owner": owner(drive),
        "quota": {
            "total": drive.quota_bytes,
            "used": view.used_bytes,
            "remaining": remaining,
            "deleted": view.recycled_bytes,
            "state": state,
        },
    })
}
