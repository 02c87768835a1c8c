//! `/d/{drive}/{item}`: the plain address of an item, which gives nobody a right. Whoever signed in with the browser sees there
//! what they may see at all.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use driveway_core::address::{DriveKey, ItemAddress, Start};
use driveway_core::audit::Through;
use driveway_core::caller::Intent;
use driveway_core::error::Error;
use driveway_core::item::DriveItem;
use driveway_core::permission::Role;
use driveway_core::seal::Purpose;

use super::link::{PAGE, page_start};
use super::pages::{Audience, FilePage, FolderEntry, FolderPage, Preview};
use super::sign_in::Guest;
use super::{session, sign_in_page};
use crate::app::App;
use crate::http::deliver::{Disposition, deliver};
use crate::http::{credentials, refusal};
use crate::ops::access::{self, Access};
use crate::ops::children::{self, Page};
use crate::ops::content::content;
use crate::ops::{Credentials, Tx};

/// The `webUrl` of a drive.
pub(super) async fn drive(State(app): State<Arc<App>>, Path(drive): Path<String>, request: Request) -> Response {
    show(app, drive, None, request).await
}

/// The `webUrl` of an item.
pub(super) async fn item(
    State(app): State<Arc<App>>,
    Path((drive, item)): Path<(String, String)>,
    request: Request,
) -> Response {
    show(app, drive, Some(item), request).await
}

async fn show(app: Arc<App>, drive: String, item: Option<String>, request: Request) -> Response {
    let (head, _) = request.into_parts();
    let guest = Guest::read(app, &head);
    let outcome = answer(&guest, drive, item, &head).await;
    guest.answer(outcome)
}

async fn answer(guest: &Guest, drive: String, item: Option<String>, head: &Parts) -> Result<Response, Error> {
    let (app, context) = (&guest.app, &guest.context);
    let ids = item.as_ref().map_or_else(|| drive.clone(), |item| format!("{drive}/items/{item}"));
    if let Ok(Some(_)) = credentials::bearer(app, &head.headers, context)
        && is_plain(&ids)
    {
        // A program with a token is led to the API, which says the rest.
        return Ok(refusal::found(&format!("{}/v1.0/drives/{ids}", context.base_url)));
    }
    let Some(bearer) = session::claims(app, &head.headers, context).await? else {
        return Ok(sign_in_page(head.uri.path(), guest.language));
    };
    let source = context.source(Through::Page);
    let credentials = Credentials { bearer: Some(bearer), source, ..Credentials::default() };
    let start = item.map_or(Start::Root, Start::Id);
    let address = ItemAddress { drive: DriveKey::Id(drive), start, path: Vec::new() };
    let (after, now) = (page_start(app, &head.uri)?, context.now);
    let look = move |tx: &mut Tx<'_>| {
        let reached = access::reach(tx, &credentials, &address, Intent::Read, now)?;
        children::children(tx, reached, after.as_deref(), PAGE, now)
    };
    let listed = app.db.read(look).await?;
    let wants_bytes = head.uri.query().is_some_and(|query| query.split('&').any(|option| option == "download=1"));
    if wants_bytes && matches!(head.method, Method::GET | Method::HEAD) {
        return deliver(app, &content(&listed.folder)?, Disposition::Attachment, &head.headers, None).await;
    }
    let html = if listed.folder.item.is_folder() {
        folder(app, listed, &head.uri).render(guest.language)
    } else {
        file(listed.folder).render(guest.language)
    };
    Ok(guest.page(StatusCode::OK, html))
}

/// Whether an address consists of what ids consist of, so that nothing from outside gets into a header (P31).
fn is_plain(place: &str) -> bool {
    place.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'!' | b'-' | b'_' | b'.'))
}

fn url(item: &DriveItem) -> String {
    format!("/d/{}/{}", item.drive, item.id)
}

fn file(access: Access) -> FilePage {
    FilePage {
        size_bytes: u64::try_from(access.item.size).unwrap_or(0),
        owner: access.drive.owner_name,
        expires: None,
        modified: access.item.modified_at,
        media: Preview::None,
        download_url: Some(format!("{}?download=1", url(&access.item))),
        audience: Audience::SpecificPeople,
        can_replace: access.role >= Role::Write,
        breadcrumbs: Vec::new(),
        name: access.item.name,
    }
}

fn folder(app: &App, listed: Page, uri: &axum::http::Uri) -> FolderPage {
    let place = url(&listed.folder.item);
    let next_page = listed.next.map(|key| format!("{place}?page={}", app.seal.seal(Purpose::Page, key.as_bytes())));
    let entry = |item: &DriveItem| FolderEntry {
        name: item.name.clone(),
        is_folder: item.is_folder(),
        size_bytes: u64::try_from(item.size).unwrap_or(0),
        modified: item.modified_at,
        download_url: (!item.is_folder()).then(|| format!("{}?download=1", url(item))),
        url: url(item),
    };
    FolderPage {
        name: listed.folder.item.name.clone(),
        owner: listed.folder.drive.owner_name.clone(),
        expires: None,
        audience: Audience::SpecificPeople,
        can_replace: listed.folder.role >= Role::Write,
        prevents_download: false,
        breadcrumbs: Vec::new(),
        entries: listed.items.iter().map(entry).collect(),
        previous_page: uri.query().is_some_and(|query| query.starts_with("page=")).then(|| place.clone()),
        next_page,
    }
}
