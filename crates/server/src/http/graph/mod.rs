//! The Graph API: from a URL to a row of the route table, from there to an operation and back.

mod batch;
mod checkout;
pub(crate) mod content;
mod copy;
mod create_link;
mod delta;
mod directory;
mod drive;
mod expand;
mod follow;
mod invite;
mod item;
mod options;
mod page;
mod people;
mod permission;
mod recycle_bin;
pub(crate) mod render;
pub mod routes;
mod search;
mod search_query;
mod select;
mod settings;
mod share;
mod shared_with_me;
mod site;
mod subscription;
pub(crate) mod upload_session;
mod version;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::response::Response;
use driveway_core::address::{self, DriveKey, GraphAddress, ItemAddress, Resource, Start, Version};
use driveway_core::audit::Through;
use driveway_core::drive::SpecialFolder;
use driveway_core::error::{Code, Error, Inner};
use driveway_core::odata::{ODataError, QueryOptions};

use self::routes::{Found, Needs, On, Route};
use super::context::Context;
use super::credentials::Shared;
use super::json::Members;
use super::{Peer, credentials, refusal};
use crate::app::App;
use crate::auth::token::Claims;
use crate::ops::Credentials;
use crate::ops::openings::Use;
use crate::ops::pace::Room;
use crate::ops::redemption::{self, Preference};
use crate::ops::special;

/// The result of a handler.
type Result<T, E = Error> = std::result::Result<T, E>;

/// A request that has found its route.
pub(crate) struct Call {
    /// The server.
    pub(crate) app: Arc<App>,
    /// When, from where, under which name.
    pub(crate) context: Context,
    /// What lets it in.
    pub(crate) credentials: Credentials,
    /// `v1.0` or `beta`.
    pub(crate) version: Version,
    /// What is addressed.
    pub(crate) resource: Resource,
    /// The variable segments of the route, such as a permission's id.
    pub(crate) parameters: Vec<String>,
    /// The query options.
    pub(crate) query: QueryOptions,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The body, not yet read.
    pub(crate) body: Body,
}

impl Call {
    /// The item that is addressed. Routes on items are found for items only.
    pub(crate) fn item(&self) -> Result<ItemAddress> {
        match &self.resource {
            Resource::Item { item, .. } => Ok(item.clone()),
            Resource::Drive { drive, .. } => {
                Ok(ItemAddress { drive: drive.clone(), start: address::Start::Root, path: Vec::new() })
            }
            _ => Err(Error::internal("a route on items met another resource")),
        }
    }

    /// The drive that is addressed.
    pub(crate) fn drive(&self) -> Result<DriveKey> {
        match &self.resource {
            Resource::Drive { drive, .. } => Ok(drive.clone()),
            _ => Err(Error::internal("a route on drives met another resource")),
        }
    }

    /// The segments behind the resource itself.
    pub(crate) fn resource_tail(&self) -> Option<&address::Tail> {
        routes::tail(&self.resource)
    }

    /// A variable segment of the route.
    pub(crate) fn parameter(&self, at: usize) -> Result<&str> {
        self.parameters
            .get(at)
            .map(String::as_str)
            .ok_or_else(|| Error::internal("a route has fewer parameters than its handler"))
    }

    /// A header's text.
    pub(crate) fn header(&self, name: impl axum::http::header::AsHeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Whether the request states this preference.
    pub(crate) fn prefers(&self, preference: &str) -> bool {
        let stated = self.headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
        stated.flat_map(|value| value.split(',')).any(|stated| stated.trim().eq_ignore_ascii_case(preference))
    }

    /// Where `@odata.context` URLs begin.
    pub(crate) fn metadata_url(&self) -> String {
        let version = match self.version {
            Version::V1 => "v1.0",
            Version::Beta => "beta",
        };
        format!("{}/{version}/$metadata", self.context.base_url)
    }

    /// The members of the body, which is read once.
    pub(crate) async fn members(&mut self) -> Result<Members> {
        let body = std::mem::take(&mut self.body);
        Members::read(&self.headers, body, self.app.config.limits.json_bytes).await
    }

    /// Refuses `$expand`, which nothing here offers: passing over it would lie (PERM-05, AMB-57).
    pub(crate) fn refuse_expand(&self) -> Result<()> {
        match self.query.expand.first() {
            None => Ok(()),
            Some(expand) => Err(Error::new(Code::NotSupported, format!("{} can't be expanded here.", expand.property))
                .target("$expand")),
        }
    }
}

/// Whether a path belongs to the Graph API.
pub(crate) fn is_graph_path(path: &str) -> bool {
    let is_below =
        |prefix: &str| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    ["/v1.0", "/beta", "/v2.0", "/_api/v2.0"].into_iter().any(is_below)
}

/// Answers a request of the Graph API.
pub(crate) async fn handle(app: Arc<App>, request: Request) -> Response {
    let (context, has_host) = Context::read(&app, request.headers(), request.uri(), request.extensions().get::<Peer>());
    match has_host {
        Ok(()) => answer(app, &context, request).await,
        Err(error) => finished("graph.unknown", refusal::render(&error, &context), &context),
    }
}

/// Answers a request whose circumstances are known: one that came alone, or a part of a batch.
async fn answer(app: Arc<App>, context: &Context, request: Request) -> Response {
    let (route, response) = dispatch(app, context, request).await;
    finished(route, response, context)
}

fn finished(route: &'static str, mut response: Response, context: &Context) -> Response {
    response.headers_mut().insert(HeaderName::from_static("odata-version"), HeaderValue::from_static("4.0"));
    super::count(route, response.status());
    super::finish_for(context, &mut response);
    response
}

async fn dispatch(app: Arc<App>, context: &Context, request: Request) -> (&'static str, Response) {
    let (mut head, body) = request.into_parts();
    let address = match address::parse(head.uri.path(), head.uri.query()) {
        Ok(address) => address,
        Err(error) => return ("graph.unknown", refusal::render(&invalid_address(&error), context)),
    };
    let method = effective_method(&head.method, &head.headers);
    let (route, parameters) = match routes::find(&method, &address.resource) {
        Found::Route(route, parameters) => (route, parameters),
        Found::OtherVerbs(allowed) => return ("graph.unknown", refusal::method_not_allowed(&allowed, context)),
        Found::Nothing => return ("graph.unknown", refusal::render(&Error::item_not_found(), context)),
    };
    let query = head.uri.query().map(str::to_owned);
    let headers = std::mem::take(&mut head.headers);
    let arrival = Arrival { app, context, address, parameters, query, headers, body };
    let outcome = match arrival.admit(route).await {
        Ok((call, applied, room)) => {
            let app = Arc::clone(&call.app);
            let credentials = call.credentials.clone();
            let outcome = (route.handler)(call).await;
            let what = match &outcome {
                Ok(_) if method == Method::GET || route.needs == Needs::Read => Use::Opened,
                Ok(_) => Use::Written,
                Err(error) => Use::Failed(error.refusal()),
            };
            app.openings.used_by_call(&credentials, what, context.now);
            outcome.map(|mut response| {
                if let Some(applied) = applied {
                    response.headers_mut().insert("preference-applied", HeaderValue::from_static(applied));
                }
                if let Some(room) = room {
                    tell_room(room, response.headers_mut());
                }
                response
            })
        }
        Err(error) => Err(error),
    };
    (route.name, outcome.unwrap_or_else(|error| refusal::render(&error, context)))
}

/// A request that has found its route and not yet shown its credentials.
struct Arrival<'a> {
    app: Arc<App>,
    context: &'a Context,
    address: GraphAddress,
    parameters: Vec<String>,
    query: Option<String>,
    headers: HeaderMap,
    body: Body,
}

impl Arrival<'_> {
    /// Looks at the credentials before anything else: without them a request learns nothing, not even its mistakes.
    async fn admit(self, route: &Route) -> Result<(Call, Applied, Option<Room>)> {
        let Self { app, context, address, parameters, query, headers, body } = self;
        let share = share_key(&address.resource);
        let through = if share.is_some() { Through::Shares } else { Through::Graph };
        let mut credentials =
            Credentials { bearer: credentials::bearer(&app, &headers, context)?, ..Credentials::default() };
        credentials.source = context.source(through);
        let room = throttle(&app, route, credentials.bearer.as_ref(), context)?;
        let mut applied = None;
        match share {
            Some(key) => {
                let guess = credentials::link_password(&headers)?;
                match credentials::share(&app, key, context)? {
                    Shared::Link(link) => {
                        credentials.link = Some(link);
                        credentials.visit = credentials::show_password(
                            &app,
                            guess,
                            credentials.bearer.as_ref(),
                            context,
                            link,
                            through,
                        )
                        .await?;
                        applied = redeem(&app, &mut credentials, &headers, context).await?;
                    }
                    Shared::Item(plain) => credentials.plain = Some(plain),
                }
            }
            None if route.needs_bearer && credentials.bearer.is_none() => {
                return Err(crate::auth::token::invalid_token());
            }
            None => {}
        }
        let query = query
            .as_deref()
            .map(QueryOptions::parse)
            .transpose()
            .map_err(|error| invalid_query(&error))?
            .unwrap_or_default();
        select::check(route, &query)?;
        options::check(route, &query)?;
        if query.delta_token.is_some() && route.name != delta::ROUTE {
            return Err(invalid_query(&ODataError::UnknownOption("$deltatoken".to_owned())));
        }
        let resource = settle_special(&app, &credentials, address.resource, is_first_use(route), context).await?;
        let call = Call {
            app,
            context: context.clone(),
            credentials,
            version: address.version,
            resource,
            parameters,
            query,
            headers,
            body,
        };
        Ok((call, applied, room))
    }
}

/// Counts a request, of those with a good token and of those without any. The parts of a batch are counted one by one.
fn throttle(app: &App, route: &Route, bearer: Option<&Claims>, context: &Context) -> Result<Option<Room>> {
    if route.on == On::Batch {
        return Ok(None);
    }
    app.throttle.admit(bearer, context.client, app.config.limits.requests_per_minute, context.now)
}

/// Says how many requests are left, so that a client can slow down before it has to.
fn tell_room(room: Room, headers: &mut HeaderMap) {
    headers.insert("ratelimit-limit", HeaderValue::from(room.per_minute));
    headers.insert("ratelimit-remaining", HeaderValue::from(room.remaining));
    headers.insert("ratelimit-reset", HeaderValue::from(room.reset_seconds));
}

/// Whether a request uses a special folder so that there has to be one: to look at it or to put something into it.
fn is_first_use(route: &Route) -> bool {
    let is_change = [Method::PATCH, Method::DELETE].contains(&route.method);
    !is_change && matches!(route.tail, [] | ["children" | "content" | "createUploadSession"])
}

/// Puts the item in place of a special folder's name, and makes the folder on first use.
async fn settle_special(
    app: &Arc<App>,
    credentials: &Credentials,
    mut resource: Resource,
    may_make: bool,
    context: &Context,
) -> Result<Resource> {
    if let Resource::Item { item: ItemAddress { drive, start, .. }, .. } = &mut resource
        && let Start::Special(name) = start
        && let Some(folder) = SpecialFolder::parse(name)
        && let Some(item) = special::find_or_make(app, credentials, drive, folder, may_make, context.now).await?
    {
        *start = Start::Id(item.to_string());
    }
    Ok(resource)
}

/// The preference that was honoured, for `Preference-Applied`.
type Applied = Option<&'static str>;

/// Honours `Prefer: redeemSharingLink` before the request itself is looked at (SHARE-05, SHARE-06).
async fn redeem(app: &App, credentials: &mut Credentials, headers: &HeaderMap, context: &Context) -> Result<Applied> {
    credentials.preference = credentials::preference(headers);
    let is_person = credentials.bearer.as_ref().is_some_and(|claims| claims.user.is_some());
    Ok(match credentials.preference {
        Preference::Durable => redemption::redeem(app, credentials, context.now).await?.then_some(credentials::REDEEM),
        Preference::IfNecessary if is_person => Some(credentials::REDEEM_IF_NECESSARY),
        Preference::IfNecessary | Preference::None => None,
    })
}

fn share_key(resource: &Resource) -> Option<&str> {
    match resource {
        Resource::Item { item: ItemAddress { drive: DriveKey::Share(key), .. }, .. }
        | Resource::Drive { drive: DriveKey::Share(key), .. }
        | Resource::Share { share: key, .. } => Some(key),
        _ => None,
    }
}

/// POST with `X-HTTP-Method-Override` tunnels another verb through proxies that know only two (MISC-07).
fn effective_method(method: &Method, headers: &HeaderMap) -> Method {
    let tunnelled = headers.get("x-http-method-override").and_then(|value| Method::from_bytes(value.as_bytes()).ok());
    match tunnelled {
        Some(tunnelled)
            if *method == Method::POST && matches!(tunnelled, Method::PATCH | Method::PUT | Method::DELETE) =>
        {
            tunnelled
        }
        _ if *method == Method::HEAD => Method::GET,
        _ => method.clone(),
    }
}

fn invalid_address(error: &address::AddressError) -> Error {
    let inner = match error {
        address::AddressError::TooLong => Inner::PathIsTooLong,
        _ => Inner::InvalidPath,
    };
    Error::new(Code::InvalidRequest, format!("The URL can't be read: {error}.")).inner(inner)
}

fn invalid_query(error: &ODataError) -> Error {
    let target = match error {
        ODataError::UnknownOption(name) | ODataError::DuplicateOption(name) | ODataError::InvalidValue(name) => {
            name.clone()
        }
        _ => "query".to_owned(),
    };
    Error::invalid(target, error.to_string()).inner(Inner::InvalidQueryOption)
}
