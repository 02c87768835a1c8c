//! Following items, and the items that one follows or changed lately.

use axum::http::StatusCode;
use axum::response::Response;
use driveway_core::error::{Error, Inner};
use driveway_core::id::ItemId;
use serde_json::Value;

use super::item::{self, empty};
use super::page::{Page, next_link};
use super::search::listed;
use super::{Call, Result, directory, render};
use crate::http::json::respond;
use crate::ops::{follow as ops, recent};

/// The files that the caller changed lately.
pub(super) async fn recent(call: Call) -> Result<Response> {
    let page = Page::read(&call, "recent")?;
    if page.after.is_some() {
        return Err(Error::invalid("$skiptoken", "What is recent is one page.").inner(Inner::InvalidQueryOption));
    }
    let (key, credentials, now) = (call.drive()?, call.credentials.clone(), call.context.now);
    let items = call.app.db.read(move |tx| recent::list(tx, &credentials, &key, page.limit, now)).await?;
    let values: Vec<Value> =
        items.iter().map(|(access, elsewhere)| render::select(&call, listed(&call, (access, *elsewhere)))).collect();
    Ok(directory::collection(&call, "Collection(driveItem)", &values, None))
}

/// Follows an item.
pub(super) async fn follow(mut call: Call) -> Result<Response> {
    call.members().await?.finish()?;
    let (address, credentials, now) = (call.item()?, call.credentials.clone(), call.context.now);
    let access = call.app.db.write(move |tx| ops::follow(tx, &credentials, &address, now)).await?;
    Ok(item::answer(&call, StatusCode::OK, &access, None))
}

/// Follows it no more.
pub(super) async fn unfollow(mut call: Call) -> Result<Response> {
    call.members().await?.finish()?;
    let (address, credentials, now) = (call.item()?, call.credentials.clone(), call.context.now);
    call.app.db.write(move |tx| ops::unfollow(tx, &credentials, &address, now)).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}

/// What the caller follows.
pub(super) async fn list(call: Call) -> Result<Response> {
    let page = Page::read(&call, "following")?;
    let invalid = || Error::invalid("$skiptoken", "The paging token isn't one.").inner(Inner::InvalidQueryOption);
    let after = page.after.map(|id| ItemId::parse(&id).map_err(|_| invalid())).transpose()?;
    let (key, credentials, now) = (call.drive()?, call.credentials.clone(), call.context.now);
    let followed = call.app.db.read(move |tx| ops::list(tx, &credentials, &key, (after, page.limit), now)).await?;
    let values: Vec<Value> = followed
        .items
        .iter()
        .map(|(access, elsewhere)| render::select(&call, listed(&call, (access, *elsewhere))))
        .collect();
    let path = format!("{}/following", call.drive()?);
    let next = followed.next.map(|after| next_link(&call, &path, "following", &after.to_string()));
    Ok(directory::collection(&call, "Collection(driveItem)", &values, next))
}

/// One of the items that the caller follows.
pub(super) async fn get(call: Call) -> Result<Response> {
    call.refuse_expand()?;
    let (key, id) = (call.drive()?, call.parameter(0)?.to_owned());
    let (credentials, now) = (call.credentials.clone(), call.context.now);
    let (access, elsewhere) = call.app.db.read(move |tx| ops::get(tx, &credentials, &key, &id, now)).await?;
    let mut value = listed(&call, (&access, elsewhere));
    render::add_context(&call, &mut value, "driveItem");
    Ok(respond(StatusCode::OK, &render::select(&call, value)))
}

/// Follows one of them no more.
pub(super) async fn unfollow_listed(mut call: Call) -> Result<Response> {
    call.members().await?.finish()?;
    let (key, id, credentials) = (call.drive()?, call.parameter(0)?.to_owned(), call.credentials.clone());
    call.app.db.write(move |tx| ops::unfollow_listed(tx, &credentials, &key, &id)).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}
