//! People, groups and the organization: what clients read before they reach a drive.

use axum::http::StatusCode;
use axum::response::Response;
use driveway_core::address::{Resource, UserKey};
use driveway_core::error::{Error, Inner};
use driveway_core::id::GroupId;
use driveway_core::identity::Group;
use serde_json::{Value, json};

use super::page::{Page, next_link};
use super::{Call, Result, render};
use crate::http::json::respond;
use crate::ops::{listed, lookup};

/// The caller, or a person of their tenant.
pub(super) async fn user(call: Call) -> Result<Response> {
    call.refuse_expand()?;
    let (key, credentials) = (person(&call)?, call.credentials.clone());
    let profile = call.app.db.read(move |tx| lookup::user(tx, &credentials, key.as_ref())).await?;
    let mut value = render::directory::user(&call, &profile);
    render::add_context(&call, &mut value, "users/$entity");
    Ok(respond(StatusCode::OK, &value))
}

/// The people of the caller's organization.
pub(super) async fn users(call: Call) -> Result<Response> {
    let page = Page::read(&call, "users")?;
    let credentials = call.credentials.clone();
    let listed = call.app.db.read(move |tx| lookup::users(tx, &credentials, page.after.as_deref(), page.limit)).await?;
    let next = listed.values.last().filter(|_| listed.more).map(|last| last.user.user_principal_name.to_lowercase());
    let next = next.map(|after| next_link(&call, "/users", "users", &after));
    let values: Vec<Value> = listed.values.iter().map(|profile| render::directory::user(&call, profile)).collect();
    Ok(collection(&call, "users", &values, next))
}

/// The groups of the caller, or of a person of their tenant.
pub(super) async fn member_of(call: Call) -> Result<Response> {
    let page = Page::read(&call, "memberOf")?;
    let (key, credentials, after) = (person(&call)?, call.credentials.clone(), group_before(&page)?);
    let owner = key.as_ref().map_or_else(|| "/me".to_owned(), user_path);
    let is_cast = call.resource_tail().is_some_and(|tail| tail.segments.len() > 1);
    let listed =
        call.app.db.read(move |tx| lookup::member_of(tx, &credentials, key.as_ref(), after, page.limit)).await?;
    let (path, of) = if is_cast {
        (format!("{owner}/memberOf/microsoft.graph.group"), "groups")
    } else {
        (format!("{owner}/memberOf"), "directoryObjects")
    };
    let values: Vec<Value> = listed.values.iter().map(|group| member_group(&call, group, is_cast)).collect();
    let next = last_group(&listed).map(|after| next_link(&call, &path, "memberOf", &after));
    Ok(collection(&call, of, &values, next))
}

/// A group of the caller's organization.
pub(super) async fn group(call: Call) -> Result<Response> {
    call.refuse_expand()?;
    let Resource::Group { group, .. } = &call.resource else {
        return Err(Error::internal("a route on groups met another resource"));
    };
    let (key, credentials) = (group.clone(), call.credentials.clone());
    let group = call.app.db.read(move |tx| lookup::group(tx, &credentials, &key)).await?;
    let mut value = render::select(&call, render::directory::group(&group));
    render::add_context(&call, &mut value, "groups/$entity");
    Ok(respond(StatusCode::OK, &value))
}

/// The groups of the caller's organization.
pub(super) async fn groups(call: Call) -> Result<Response> {
    let page = Page::read(&call, "groups")?;
    let (credentials, after) = (call.credentials.clone(), group_before(&page)?);
    let listed = call.app.db.read(move |tx| lookup::groups(tx, &credentials, after, page.limit)).await?;
    let next = last_group(&listed).map(|after| next_link(&call, "/groups", "groups", &after));
    let values: Vec<Value> =
        listed.values.iter().map(|group| render::select(&call, render::directory::group(group))).collect();
    Ok(collection(&call, "groups", &values, next))
}

/// The caller's organization, as a list of one.
pub(super) async fn organizations(call: Call) -> Result<Response> {
    // A list of one has no pages, but options mean the same in it.
    Page::read(&call, "organization")?;
    let credentials = call.credentials.clone();
    let tenant = call.app.db.read(move |tx| lookup::organization(tx, &credentials, None)).await?;
    let values = [render::select(&call, render::directory::organization(&tenant))];
    Ok(collection(&call, "organization", &values, None))
}

/// The caller's organization by its id.
pub(super) async fn organization(call: Call) -> Result<Response> {
    call.refuse_expand()?;
    let (key, credentials) = (call.parameter(0)?.to_owned(), call.credentials.clone());
    let tenant = call.app.db.read(move |tx| lookup::organization(tx, &credentials, Some(&key))).await?;
    let mut value = render::select(&call, render::directory::organization(&tenant));
    render::add_context(&call, &mut value, "organization/$entity");
    Ok(respond(StatusCode::OK, &value))
}

/// A list of objects.
pub(super) fn collection(call: &Call, of: &str, values: &[Value], next: Option<String>) -> Response {
    let mut value = json!({ "@odata.context": format!("{}#{of}", call.metadata_url()), "value": values });
    if let Some(next) = next {
        render::insert(&mut value, "@odata.nextLink", next);
    }
    respond(StatusCode::OK, &value)
}

/// Who is addressed; nobody but the caller for `/me`.
fn person(call: &Call) -> Result<Option<UserKey>> {
    match &call.resource {
        Resource::Me { .. } => Ok(None),
        Resource::User { user, .. } => Ok(Some(user.clone())),
        _ => Err(Error::internal("a route on people met another resource")),
    }
}

fn user_path(UserKey(key): &UserKey) -> String {
    format!("/users/{}", percent_encoding::utf8_percent_encode(key, percent_encoding::NON_ALPHANUMERIC))
}

/// A group in a list of all kinds of objects says that it is one, which it doesn't need to in a list of groups.
fn member_group(call: &Call, group: &Group, is_cast: bool) -> Value {
    let mut value = render::select(call, render::directory::group(group));
    if !is_cast {
        render::insert(&mut value, "@odata.type", "#microsoft.graph.group");
    }
    value
}

fn group_before(page: &Page) -> Result<Option<GroupId>> {
    let wrong = |_| Error::invalid("$skiptoken", "The paging token isn't one.").inner(Inner::InvalidQueryOption);
    page.after.as_deref().map(GroupId::parse).transpose().map_err(wrong)
}

fn last_group(listed: &listed::Listed<Group>) -> Option<String> {
    listed.values.last().filter(|_| listed.more).map(|group| group.id.to_string())
}
