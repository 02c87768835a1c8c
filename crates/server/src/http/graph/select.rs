//! What `$select` may name: the properties of Graph's published types, whether this server fills them or not (ODATA-15).
//!
//! A name that no type has is a slip, and passing over it would look like a member that isn't there.

mod directory;

use driveway_core::error::{Error, Inner};
use driveway_core::odata::QueryOptions;

use self::directory::{DIRECTORY_OBJECT, GROUP, ORGANIZATION, SITE, USER};
use super::Result;
use super::routes::Route;

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

const SUBSCRIPTION: &[&str] = &[
    "applicationId",
    "changeType",
    "clientState",
    "creatorId",
    "encryptionCertificate",
    "encryptionCertificateId",
    "expirationDateTime",
    "id",
    "includeResourceData",
    "latestSupportedTlsVersion",
    "lifecycleNotificationUrl",
    "notificationQueryOptions",
    "notificationUrl",
    "notificationUrlAppId",
    "resource",
];

const UPLOAD_SESSION: &[&str] = &["expirationDateTime", "nextExpectedRanges", "uploadUrl"];

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
    let Some(known) = of(route) else { return Ok(()) };
    check_names(query.select.as_deref(), known)?;
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

/// The properties of what a route answers; `None` where its type isn't one of these.
fn of(route: &Route) -> Option<[&'static [&'static str]; 2]> {
    let (group, _) = route.name.split_once('.').unwrap_or((route.name, ""));
    Some(match (group, route.name) {
        ("permissions" | "createLink" | "invite", _) | (_, "share.permission" | "share.grant") => [PERMISSION, &[]],
        (_, "createUploadSession") => [UPLOAD_SESSION, &[]],
        ("subscriptions", _) => [SUBSCRIPTION, &[]],
        ("drive" | "drives", _) => [BASE_ITEM, DRIVE],
        ("user" | "users", _) => [DIRECTORY_OBJECT, USER],
        ("group" | "groups" | "memberOf", _) => [DIRECTORY_OBJECT, GROUP],
        ("organization", _) => [DIRECTORY_OBJECT, ORGANIZATION],
        ("site" | "sites", _) => [BASE_ITEM, SITE],
        ("share", _) => [BASE_ITEM, SHARED_DRIVE_ITEM],
        ("item" | "children" | "content" | "delta" | "sharedWithMe" | "search" | "recent" | "follow" | "following", _) => {
            [BASE_ITEM, DRIVE_ITEM]
        }
        _ => return None,
    })
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
