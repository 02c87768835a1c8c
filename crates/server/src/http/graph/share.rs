//! `/shares/{share}` itself, and what hangs on it besides items.

use axum::http::StatusCode;
use axum::response::Response;
use driveway_core::Error;
use driveway_core::address::Resource;
use driveway_core::caller::Intent;
use driveway_core::error::Code;
use driveway_core::id::PermissionId;
use driveway_core::odata::Expand;
use driveway_core::permission::{LinkType, Role};
use serde_json::{Value, json};

use super::expand::{self, Children};
use super::{Call, Result, people, render};
use crate::http::json::respond;
use crate::ops::access::reach;
use crate::ops::invite::{self, Fresh, NewInvitations, Recipient};
use crate::ops::permissions::PermissionView;
use crate::ops::share::{self, SharePermission};
use crate::ops::{grant, item};

/// The shared item's name and owner; with `$expand=driveItem` the item as well (SHARE-03).
pub(super) async fn get(call: Call) -> Result<Response> {
    let wanted = shared_item(&call.query.expand)?;
    let key = key(&call)?.to_owned();
    let (address, credentials, now) = (share::address(&key), call.credentials.clone(), call.context.now);
    let top = wanted.as_ref().and_then(|wanted| wanted.children.as_ref()).map(|children| children.top);
    let item::ItemView { access, shared, special: _, children: page } =
        call.app.db.read(move |tx| item::show(tx, &credentials, &address, top, now)).await?;
    let web_url = match call.credentials.link {
        Some(link) => render::permission::web_url(&call.context.base_url, &call.app.seal.link_token(link)),
        None => render::item::web_url(&call, &access.drive.id, access.item.id),
    };
    let mut value = json!({
        "id": key,
        "name": access.item.name,
        "owner": render::owner(&access.drive),
        "webUrl": web_url,
    });
    render::add_context(&call, &mut value, "shares/$entity");
    let mut value = render::select(&call, value);
    if let Some(wanted) = wanted {
        let mut inner = render::item::item(&call, &access, shared);
        if let Some(names) = &wanted.select {
            inner = render::keep(names, &inner);
        }
        if let (Some(children), Some(page)) = (&wanted.children, &page) {
            expand::insert(&call, &mut inner, children, page);
        }
        render::insert(&mut value, wanted.name, inner);
    }
    Ok(respond(StatusCode::OK, &value))
}

/// `driveItem(…)`, or `root(…)` as it was called.
struct Wanted {
    name: &'static str,
    select: Option<Vec<String>>,
    children: Option<Children>,
}

fn shared_item(expand: &[Expand]) -> Result<Option<Wanted>> {
    let mut found = None;
    for asked in expand {
        let name = ["driveItem", "root"].into_iter().find(|name| *name == asked.property);
        let name = name.ok_or_else(|| expand::unknown(&asked.property))?;
        let children = expand::children(&asked.options.expand)?;
        found = Some(Wanted { name, select: asked.options.select.clone(), children });
    }
    Ok(found)
}

fn key(call: &Call) -> Result<&str> {
    match &call.resource {
        Resource::Share { share, .. } => Ok(share),
        _ => Err(Error::internal("a route on shares met another resource")),
    }
}

/// The link's own permission, as this visitor may see it.
pub(super) async fn permission(call: Call) -> Result<Response> {
    call.refuse_expand()?;
    let (key, credentials, now) = (key(&call)?.to_owned(), call.credentials.clone(), call.context.now);
    let found = call.app.db.read(move |tx| share::permission(tx, &credentials, &key, now)).await?;
    let value: Value = match found {
        SharePermission::Link(view) => render::permission::entity(&call, &view),
        SharePermission::Existing(access) => render::permission::existing_access(&call, &access, "view"),
    };
    Ok(respond(StatusCode::OK, &render::select(&call, value)))
}

/// Adds people to a link for specific people; the answer is the link (GRANT-01 to GRANT-03).
pub(super) async fn grant(mut call: Call) -> Result<Response> {
    call.refuse_expand()?;
    let mut members = call.members().await?;
    let people = people::recipients(&mut members, "recipients")?;
    let role = people::roles(&mut members)?;
    members.finish()?;
    if call.credentials.plain.is_some() {
        return grant_on_item(call, people, role).await;
    }
    let (credentials, now) = (call.credentials.clone(), call.context.now);
    let view = call.app.db.write(move |tx| grant::grant(tx, &credentials, &people, role, now)).await?;
    Ok(respond(StatusCode::OK, &render::permission::collection(&call, &[view])))
}

/// By the plain URL of an item the people get the role itself; the answer is what points at the item, and their
/// permissions (GRANT-02, GRANT-03).
async fn grant_on_item(call: Call, recipients: Vec<Recipient>, role: Option<Role>) -> Result<Response> {
    let role = role.ok_or_else(|| Error::invalid("roles", "roles has to say what is granted."))?;
    let id = || PermissionId::from_uuid(call.app.new_id());
    let fresh = Fresh { invitations: recipients.iter().map(|_| id()).collect() };
    let new = NewInvitations {
        recipients,
        role,
        expires_at: None,
        retain_inherited_permissions: true,
        some_may_fail: false,
        postage: None,
    };
    let (address, credentials, now) = (share::address(key(&call)?), call.credentials.clone(), call.context.now);
    let (access, outcomes) = call
        .app
        .db
        .write(move |tx| {
            let access = reach(tx, &credentials, &address, Intent::Write, now)?;
            Ok((access, invite::invite(tx, &credentials, &address, &new, &fresh, now)?))
        })
        .await?;
    let link_type = if role == Role::Read { LinkType::View } else { LinkType::Edit };
    let mut existing = render::permission::existing_access(&call, &access, link_type.as_str());
    if let Value::Object(members) = &mut existing {
        members.remove("@odata.context");
    }
    let views: Vec<PermissionView> = outcomes.into_iter().flatten().collect();
    let mut value = render::permission::collection(&call, &views);
    if let Some(Value::Array(list)) = value.get_mut("value") {
        list.insert(0, existing);
    }
    Ok(respond(StatusCode::OK, &value))
}

/// The items below a share can be asked for one by one and not listed (SHARE-04).
pub(super) async fn items(call: Call) -> Result<Response> {
    refuse(call, "The items of a share can't be listed. Ask for driveItem/children, or for items/{id}.").await
}

/// Sites, lists and list items: there are none behind a share (AMB-31).
pub(super) async fn elsewhere(call: Call) -> Result<Response> {
    refuse(call, "What is shared here is a driveItem; there is no list behind it.").await
}

/// A refusal for those whom the share lets in; all others get what they get for the share itself.
async fn refuse(call: Call, message: &'static str) -> Result<Response> {
    let (address, credentials, now) = (share::address(key(&call)?), call.credentials.clone(), call.context.now);
    call.app.db.read(move |tx| reach(tx, &credentials, &address, Intent::Read, now).map(drop)).await?;
    Err(Error::new(Code::NotSupported, message))
}
