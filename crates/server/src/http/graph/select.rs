//! What `$select` may name: the properties of Graph's published types, whether this server fills them or not (ODATA-15).
//!
//! A name that no type has is a slip, and passing over it would look like a member that isn't there.

use driveway_core::error::{Error, Inner};
use driveway_core::odata::QueryOptions;

use super::Result;
use super::routes::{On, Route};

const BASE_ITEM: &[&str] = &[
    "id",
    "name",
    "description",
    "eTag",
    "webUrl",
    "createdDateTime",
    "lastModifiedDateTime",
    "createdBy",
    "lastModifiedBy",
    "parentReference",
    "createdByUser",
    "lastModifiedByUser",
];

const DRIVE_ITEM: &[&str] = &[
    "activities",
    "analytics",
    "audio",
    "bundle",
    "cTag",
    "children",
    "content",
    "contentStream",
    "deleted",
    "extensions",
    "file",
    "fileSystemInfo",
    "folder",
    "image",
    "listItem",
    "location",
    "malware",
    "media",
    "package",
    "pendingOperations",
    "permissions",
    "photo",
    "publication",
    "remoteItem",
    "retentionLabel",
    "root",
    "searchResult",
    "shared",
    "sharepointIds",
    "size",
    "source",
    "specialFolder",
    "subscriptions",
    "thumbnails",
    "versions",
    "video",
    "viewpoint",
    "webDavUrl",
    "workbook",
];

const DRIVE: &[&str] = &[
    "activities",
    "bundles",
    "driveType",
    "following",
    "items",
    "list",
    "owner",
    "quota",
    "root",
    "sharePointIds",
    "special",
    "system",
];

const SHARED_DRIVE_ITEM: &[&str] = &["driveItem", "items", "list", "listItem", "owner", "permission", "root", "site"];

const PERMISSION: &[&str] = &[
    "expirationDateTime",
    "grantedTo",
    "grantedToIdentities",
    "grantedToIdentitiesV2",
    "grantedToV2",
    "hasPassword",
    "id",
    "inheritedFrom",
    "invitation",
    "link",
    "roles",
    "shareId",
];

/// Refuses a name that the route's answer can't have.
pub(super) fn check(route: &Route, query: &QueryOptions) -> Result<()> {
    check_names(query.select.as_deref(), of(route))?;
    // What is expanded is an item, and so is what is expanded in it.
    let items = [BASE_ITEM, DRIVE_ITEM];
    for expand in &query.expand {
        check_names(expand.options.select.as_deref(), items)?;
        for deeper in &expand.options.expand {
            check_names(deeper.options.select.as_deref(), items)?;
        }
    }
    Ok(())
}

/// The properties of what a route answers.
fn of(route: &Route) -> [&'static [&'static str]; 2] {
    let is_permission = ["permissions.", "share.permission", "share.grant", "createLink", "invite"];
    match route.on {
        _ if is_permission.iter().any(|start| route.name.starts_with(start)) => [PERMISSION, &[]],
        On::Drives => [BASE_ITEM, DRIVE],
        On::Drive if route.tail.is_empty() => [BASE_ITEM, DRIVE],
        On::Share => [BASE_ITEM, SHARED_DRIVE_ITEM],
        On::Item | On::Drive => [BASE_ITEM, DRIVE_ITEM],
    }
}

fn check_names(names: Option<&[String]>, known: [&[&str]; 2]) -> Result<()> {
    let is_known = |name: &str| {
        // Annotations have names of their own, older ones with a dot; of a path the first property counts.
        let property = name.split('/').next().unwrap_or(name);
        name == "*" || name.contains(['@', '.']) || known.iter().any(|names| names.contains(&property))
    };
    match names.unwrap_or_default().iter().find(|name| !is_known(name)) {
        None => Ok(()),
        Some(name) => {
            let shown: String = name.chars().take(64).collect();
            Err(Error::invalid("$select", format!("There is no property '{shown}' to select."))
                .inner(Inner::InvalidQueryOption))
        }
    }
}
