//! `/driveway/v1/links`: what a link's maker and the item's owners can do with it beyond Graph.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use driveway_core::audit::Through;
use driveway_core::error::{Error, Inner};
use driveway_core::id::PermissionId;
use driveway_core::link_life::{MOST_DOWNLOADS, parse_name};
use driveway_core::permission::SharingLink;
use driveway_core::policy::link_change::Change;
use driveway_core::time;
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::{Map, Value, json};

use super::Call;
use crate::app::App;
use crate::http::context::Context;
use crate::http::graph::render;
use crate::http::json::{Members, respond};
use crate::http::{Peer, credentials, refusal};
use crate::ops::links::{self, LinkView, Patch};
use crate::ops::{Credentials, password};

/// The routes of links.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route("/driveway/v1/links/{link}", get(read).patch(change).delete(remove).fallback(other_verb))
}

/// A request with its circumstances.
pub(super) struct Asked {
    pub(super) call: Call,
    pub(super) context: Context,
}

pub(super) async fn answer<F>(app: Arc<App>, request: Request, act: impl FnOnce(Asked) -> F) -> Response
where
    F: Future<Output = Result<Response, Error>>,
{
    let (context, has_host) = Context::read(&app, request.headers(), request.uri(), request.extensions().get::<Peer>());
    let bearer = has_host.and_then(|()| credentials::bearer(&app, request.headers(), &context));
    // Without a token a request learns nothing, not even its mistakes.
    let bearer = bearer.and_then(|bearer| bearer.ok_or_else(crate::auth::token::invalid_token));
    let outcome = match bearer {
        Ok(bearer) => {
            let source = context.source(Through::Driveway);
            let credentials = Credentials { bearer: Some(bearer), source, ..Credentials::default() };
            act(Asked { call: Call { app, credentials, request }, context: context.clone() }).await
        }
        Err(error) => Err(error),
    };
    let mut response = outcome.unwrap_or_else(|error| refusal::render(&error, &context));
    crate::http::count("driveway.links", response.status());
    crate::http::finish_for(&context, &mut response);
    response
}

async fn other_verb(State(app): State<Arc<App>>, request: Request) -> Response {
    let (context, _) = Context::read(&app, request.headers(), request.uri(), request.extensions().get::<Peer>());
    refusal::method_not_allowed("GET, PATCH, DELETE", &context)
}

async fn read(State(app): State<Arc<App>>, Path(link): Path<String>, request: Request) -> Response {
    answer(app, request, async |asked| {
        let Asked { call, context } = asked;
        let view = links::get(&call.app, call.credentials, permission_id(&link)?, context.now).await?;
        Ok(respond(StatusCode::OK, &entry(&call.app, &context.base_url, &view)))
    })
    .await
}

async fn change(State(app): State<Arc<App>>, Path(link): Path<String>, request: Request) -> Response {
    answer(app, request, async |asked| {
        let Asked { call, context } = asked;
        let (head, body) = call.request.into_parts();
        let mut members = Members::read(&head.headers, body, call.app.config.limits.json_bytes).await?;
        let patch = patch(&mut members)?;
        members.finish()?;
        let view = links::change(&call.app, call.credentials, permission_id(&link)?, patch, context.now).await?;
        Ok(respond(StatusCode::OK, &entry(&call.app, &context.base_url, &view)))
    })
    .await
}

async fn remove(State(app): State<Arc<App>>, Path(link): Path<String>, request: Request) -> Response {
    answer(app, request, async |asked| {
        let Asked { call, context } = asked;
        let (id, credentials) = (permission_id(&link)?, call.credentials);
        let now = context.now;
        call.app.db.write(move |tx| links::delete(tx, &credentials, id, now)).await?;
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        Ok(response)
    })
    .await
}

pub(super) fn permission_id(text: &str) -> Result<PermissionId, Error> {
    PermissionId::parse(text).map_err(|_| Error::item_not_found())
}

/// The members of a PATCH: absent leaves a thing as it is, `null` clears it. A link is on or off, so there `null` says
/// nothing.
fn patch(members: &mut Members) -> Result<Patch, Error> {
    let password = clearable(members, "password", |members| {
        let Some(text) = members.text("password")? else { return Ok(None) };
        password::check_shape(&text)?;
        Ok(Some(SecretString::from(text)))
    })?;
    let name =
        clearable(members, "name", |members| members.text("name")?.map(|text| parse_name(&text, "name")).transpose())?;
    let change = Change {
        password: None,
        expires_at: clearable(members, "expirationDateTime", |members| instant(members, "expirationDateTime"))?,
        enabled: members.flag("enabled")?,
        name,
        not_before: clearable(members, "notBeforeDateTime", |members| instant(members, "notBeforeDateTime"))?,
        maximum_downloads: clearable(members, "maximumDownloads", downloads)?,
    };
    Ok(Patch { password, change })
}

#[expect(clippy::option_option, reason = "in a PATCH a member may be absent, null or a value")]
fn clearable<T>(
    members: &mut Members,
    name: &str,
    take: impl FnOnce(&mut Members) -> Result<Option<T>, Error>,
) -> Result<Option<Option<T>>, Error> {
    if members.contains(name) { take(members).map(Some) } else { Ok(None) }
}

fn instant(members: &mut Members, name: &str) -> Result<Option<Timestamp>, Error> {
    members.instant(name)
}

fn downloads(members: &mut Members) -> Result<Option<u32>, Error> {
    let Some(value) = members.take("maximumDownloads") else { return Ok(None) };
    match value.as_u64().and_then(|most| u32::try_from(most).ok()).filter(|most| (1..=MOST_DOWNLOADS).contains(most)) {
        Some(most) => Ok(Some(most)),
        None => {
            Err(Error::invalid("maximumDownloads", "maximumDownloads has to be a whole number from 1 to 1000000000.")
                .inner(Inner::InvalidParameterFormat))
        }
    }
}

/// A link as this namespace shows it. Graph's permission stands in it as Graph has it.
pub(super) fn entry(app: &App, base_url: &str, view: &LinkView) -> Value {
    let permission = &view.permission.permission;
    let mut members = Map::with_capacity(12);
    members.insert("id".into(), permission.id.to_string().into());
    members.insert("state".into(), view.state.as_str().into());
    if let Some(closed_by) = view.closed_by {
        members.insert("closedBy".into(), closed_by.as_str().into());
    }
    members.insert("createdDateTime".into(), time::format(permission.created_at).into());
    if let Some(link) = permission.link() {
        add_life(&mut members, link, view.shows_name);
        members.insert("createdBy".into(), created_by(view, link));
    }
    for (name, instant) in
        [("expirationDateTime", view.permission.expires_at), ("lastOpenedDateTime", view.last_opened_at)]
    {
        if let Some(instant) = instant {
            members.insert(name.into(), time::format(instant).into());
        }
    }
    members.insert("item".into(), render::permission::reference(&view.item));
    members.insert("permission".into(), render::permission::permission(app, base_url, &view.permission));
    Value::Object(members)
}

fn add_life(members: &mut Map<String, Value>, link: &SharingLink, shows_name: bool) {
    members.insert("enabled".into(), link.life.enabled.into());
    members.insert("downloads".into(), link.life.downloads.into());
    if let Some(name) = link.life.name.as_ref().filter(|_| shows_name) {
        members.insert("name".into(), name.as_str().into());
    }
    if let Some(most) = link.life.maximum_downloads {
        members.insert("maximumDownloads".into(), most.into());
    }
    if let Some(begin) = link.life.not_before {
        members.insert("notBeforeDateTime".into(), time::format(begin).into());
    }
}

fn created_by(view: &LinkView, link: &SharingLink) -> Value {
    let application = view.permission.application.as_ref().map(|application| application.display_name.as_str());
    let mut by = json!({
        "application": { "id": link.creator.application.to_string(), "displayName": application.unwrap_or_default() }
    });
    if let Some(user) = &view.creator {
        render::insert(&mut by, "user", json!({ "id": user.id, "displayName": user.display_name }));
    }
    by
}
