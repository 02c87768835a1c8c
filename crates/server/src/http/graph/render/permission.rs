//! Permissions as Graph shows them (behaviour table, 1.1 and 1.2).

use driveway_core::permission::{Invitation, LinkType, PermissionKind, Role, SharingLink};
use driveway_core::time;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::insert;
use crate::app::App;
use crate::http::graph::Call;
use crate::ops::access::Access;
use crate::ops::permissions::{Ancestor, Identity, IdentityKind, PermissionView};
pub(crate) use crate::ops::url::of_link as web_url;

/// A permission as a response of its own.
pub(crate) fn entity(call: &Call, view: &PermissionView) -> Value {
    let mut value = permission(&call.app, &call.context.base_url, view);
    insert(&mut value, "@odata.context", format!("{}#permission", call.metadata_url()));
    value
}

/// What points at an item for those who have a right to it, and gives nobody a new one: no link, no secret (PERM-23, AMB-65).
pub(crate) fn existing_access(call: &Call, access: &Access, link_type: &str) -> Value {
    json!({
        "@odata.context": format!("{}#permission", call.metadata_url()),
        "@odata.type": "#microsoft.graph.permission",
        "id": Uuid::nil().to_string(),
        "roles": [],
        "link": {
            "type": link_type,
            "scope": "existingAccess",
            "preventsDownload": false,
            "webUrl": super::item::web_url(call, &access.drive.id, access.item.id),
        },
    })
}

/// Permissions as a collection.
pub(crate) fn collection(call: &Call, views: &[PermissionView]) -> Value {
    let permissions: Vec<Value> =
        views.iter().map(|view| super::select(call, permission(&call.app, &call.context.base_url, view))).collect();
    json!({ "@odata.context": format!("{}#Collection(permission)", call.metadata_url()), "value": permissions })
}

/// A permission as it stands in answers of any kind.
pub(crate) fn permission(app: &App, base_url: &str, view: &PermissionView) -> Value {
    let mut members = Map::with_capacity(12);
    members.insert("@odata.type".into(), "#microsoft.graph.permission".into());
    members.insert("id".into(), view.permission.id.to_string().into());
    members.insert("roles".into(), json!([role(view.permission.role())]));
    match &view.permission.kind {
        PermissionKind::Grant { .. } => add_grantee(&mut members, view),
        PermissionKind::Invitation(invited) => {
            add_grantee(&mut members, view);
            members.insert("invitation".into(), invitation(view, invited));
        }
        PermissionKind::Link(link) => add_link(app, base_url, &mut members, view, link),
    }
    if let Some(expires_at) = view.expires_at {
        members.insert("expirationDateTime".into(), time::format(expires_at).into());
    }
    if let Some(ancestor) = &view.inherited_from {
        members.insert("inheritedFrom".into(), reference(ancestor));
    }
    Value::Object(members)
}

fn role(role: Role) -> &'static str {
    role.as_str()
}

fn add_link(app: &App, base_url: &str, members: &mut Map<String, Value>, view: &PermissionView, link: &SharingLink) {
    let application = view
        .application
        .as_ref()
        .map(|application| json!({ "id": application.id.to_string(), "displayName": application.display_name }));
    let mut facet = json!({
        "type": link.link_type.as_str(),
        "scope": link.scope.as_str(),
        "preventsDownload": link.link_type.prevents_download(),
    });
    if let Some(application) = application {
        insert(&mut facet, "application", application);
    }
    if view.shows_secrets {
        let token = app.seal.link_token(view.permission.id);
        let url = web_url(base_url, &token);
        if link.link_type == LinkType::Embed {
            insert(&mut facet, "webHtml", web_html(&url));
        }
        insert(&mut facet, "webUrl", url);
        members.insert("shareId".into(), format!("s!{token}").into());
        if let Some(name) = &link.life.name {
            members.insert("@driveway.name".into(), name.as_str().into());
        }
    }
    members.insert("hasPassword".into(), link.password.is_some().into());
    members.insert("link".into(), facet);
    if !view.grantees.is_empty() {
        let identities: Vec<Value> = view.grantees.iter().map(identity_set).collect();
        members.insert("grantedToIdentities".into(), identities.clone().into());
        members.insert("grantedToIdentitiesV2".into(), identities.into());
    }
}

/// The snippet that shows an embed link in another page. The URL is made of our own characters and needs no escaping.
fn web_html(url: &str) -> String {
    format!(
        "<iframe src=\"{url}\" width=\"476\" height=\"288\" frameborder=\"0\" scrolling=\"no\" allowfullscreen></iframe>"
    )
}

/// Old and new identity members with the same content (AMB-16).
fn add_grantee(members: &mut Map<String, Value>, view: &PermissionView) {
    if let Some(grantee) = view.grantees.first() {
        members.insert("grantedTo".into(), identity_set(grantee));
        members.insert("grantedToV2".into(), identity_set(grantee));
    }
}

/// The facet of what was born from an invitation (1.3). Whoever isn't known yet signs in once they are.
fn invitation(view: &PermissionView, invitation: &Invitation) -> Value {
    let mut value = json!({ "signInRequired": true });
    if let Some(email) = &invitation.email {
        insert(&mut value, "email", email.as_str());
    }
    let by = match (&view.inviter, &view.application) {
        (Some(person), _) => Some(identity_set(person)),
        (None, Some(application)) => Some(
            json!({ "application": { "id": application.id.to_string(), "displayName": application.display_name } }),
        ),
        (None, None) => None,
    };
    if let Some(by) = by {
        insert(&mut value, "invitedBy", by);
    }
    value
}

pub(crate) fn identity_set(identity: &Identity) -> Value {
    let kind = match identity.kind {
        IdentityKind::User => "user",
        IdentityKind::Group => "group",
    };
    let mut value = json!({ "id": identity.id, "displayName": identity.display_name });
    if let Some(email) = &identity.email {
        insert(&mut value, "email", email.as_str());
    }
    json!({ kind: value })
}

/// An item by where it is: where an inherited permission comes from (AMB-15), what a link is on.
pub(crate) fn reference(ancestor: &Ancestor) -> Value {
    let path: String = ancestor.path.iter().map(|name| format!("/{name}")).collect();
    let start = ancestor.top.map_or_else(|| "root".to_owned(), |top| format!("items/{top}"));
    let colon = if path.is_empty() { "" } else { ":" };
    json!({
        "driveId": ancestor.drive.as_str(),
        "driveType": ancestor.drive_kind.as_str(),
        "id": ancestor.id.to_string(),
        "name": ancestor.name,
        "path": format!("/drives/{}/{start}{colon}{path}", ancestor.drive),
    })
}
