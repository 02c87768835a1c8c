//! The route table: every verb on every kind of address, with its name and what answers it.
//!
//! Tests walk this table: each row has a line in `docs/compatibility.md`, a case without a token, one of the wrong
//! person and one with too narrow a scope.

use axum::http::Method;
use axum::response::Response;
use driveway_core::Error;
use driveway_core::address::{Resource, Tail, TailSegment};
use futures::future::BoxFuture;

use super::{
    Call, batch, checkout, content, copy, create_link, delta, directory, drive, follow, invite, item, permission,
    recycle_bin, search, search_query, settings, share, shared_with_me, site, subscription, upload_session, version,
};

/// What kind of address a route is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// An item, in whatever way it is addressed.
    Item,
    /// A drive.
    Drive,
    /// The drives of an owner.
    Drives,
    /// A share itself.
    Share,
    /// The organization's settings.
    Settings,
    /// The caller, or another person.
    User,
    /// All people.
    Users,
    /// A group.
    Group,
    /// All groups.
    Groups,
    /// A site.
    Site,
    /// All sites.
    Sites,
    /// The organization.
    Organization,
    /// The caller's subscriptions.
    Subscriptions,
    /// A subscription.
    Subscription,
    /// Requests in one.
    Batch,
    /// Everything that the caller reaches, to be searched.
    Search,
}

/// The scopes that a route asks a token for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Scope set R of the behaviour table.
    Read,
    /// Scope set W of the behaviour table.
    Write,
    /// A scope that reads settings, and an administrator (POLICY-17).
    ReadSettings,
    /// The scope that changes settings, and an administrator (POLICY-17).
    WriteSettings,
    /// A scope that reads oneself, or others where it is about others.
    ReadUser,
    /// A scope that reads people.
    ReadUsers,
    /// A scope that reads groups.
    ReadGroups,
    /// A scope of set R that reaches all drives.
    ReadSites,
    /// A scope that reads the organization.
    ReadOrganization,
    /// Nothing but a good token: each request of a batch asks for its own.
    Nothing,
}

/// A row of the table.
pub struct Route {
    /// The name that metrics, documents and tests use.
    pub name: &'static str,
    /// The verb.
    pub method: Method,
    /// What it is on.
    pub on: On,
    /// The segments after that; `*` stands for a variable one, and `name(…)` for a function, which looks at its arguments.
    pub tail: &'static [&'static str],
    /// The scopes it asks for.
    pub needs: Needs,
    /// Whether it can't go without a bearer token, however the item is addressed. By way of a share the link may do.
    pub needs_bearer: bool,
    pub(super) handler: Handler,
}

impl std::fmt::Debug for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {:?}/{}", self.name, self.method, self.on, self.tail.join("/"))
    }
}

type Handler = fn(Call) -> BoxFuture<'static, Result<Response, Error>>;

macro_rules! routes {
    ($($name:literal $method:ident $on:ident [$($segment:literal),*] $needs:ident => $handler:path;)+) => {
        &[$(Route {
            name: $name,
            method: Method::$method,
            on: On::$on,
            tail: &[$($segment),*],
            needs: Needs::$needs,
            needs_bearer: !matches!(On::$on, On::Share),
            handler: |call| Box::pin($handler(call)),
        }),+]
    };
}

/// Every route of the Graph API.
pub const ROUTES: &[Route] = routes! {
    "drives.list" GET Drives [] Read => drive::list;
    "drive.get" GET Drive [] Read => drive::get;
    "item.get" GET Item [] Read => item::get;
    "item.update" PATCH Item [] Write => item::update;
    "item.delete" DELETE Item [] Write => item::delete;
    "children.list" GET Item ["children"] Read => item::children;
    "children.count" GET Item ["children", "$count"] Read => item::count_children;
    "children.create" POST Item ["children"] Write => item::create_folder;
    "delta" GET Item ["delta"] Read => delta::page;
    "content.get" GET Item ["content"] Read => content::get;
    "content.put" PUT Item ["content"] Write => content::put;
    "createUploadSession" POST Item ["createUploadSession"] Write => upload_session::create;
    "versions.list" GET Item ["versions"] Read => version::list;
    "versions.get" GET Item ["versions", "*"] Read => version::get;
    "versions.delete" DELETE Item ["versions", "*"] Write => version::delete;
    "versions.content" GET Item ["versions", "*", "content"] Read => version::content;
    "versions.restore" POST Item ["versions", "*", "restoreVersion"] Write => version::restore;
    "checkout" POST Item ["checkout"] Write => checkout::check_out;
    "checkin" POST Item ["checkin"] Write => checkout::check_in;
    "discardCheckout" POST Item ["discardCheckout"] Write => checkout::discard;
    "copy" POST Item ["copy"] Write => copy::copy;
    "restore" POST Item ["restore"] Write => recycle_bin::restore;
    "permanentDelete" POST Item ["permanentDelete"] Write => recycle_bin::permanent_delete;
    "createLink" POST Item ["createLink"] Write => create_link::create_link;
    "permissions.list" GET Item ["permissions"] Read => permission::list;
    "permissions.get" GET Item ["permissions", "*"] Read => permission::get;
    "permissions.update" PATCH Item ["permissions", "*"] Write => permission::update;
    "permissions.delete" DELETE Item ["permissions", "*"] Write => permission::delete;
    "permissions.revokeGrants" POST Item ["permissions", "*", "revokeGrants"] Write => permission::revoke_grants;
    "invite" POST Item ["invite"] Write => invite::invite;
    "share.grant" POST Share ["permission", "grant"] Write => share::grant;
    "search.below" GET Item ["search(q)"] Read => search::below;
    "search.drive" GET Drive ["search(q)"] Read => search::in_drive;
    "search.query" POST Search [] Read => search_query::query;
    "recent" GET Drive ["recent"] Read => follow::recent;
    "follow" POST Item ["follow"] Read => follow::follow;
    "unfollow" POST Item ["unfollow"] Read => follow::unfollow;
    "following.list" GET Drive ["following"] Read => follow::list;
    "following.get" GET Drive ["following", "*"] Read => follow::get;
    "following.unfollow" POST Drive ["following", "*", "unfollow"] Read => follow::unfollow_listed;
    "sharedWithMe" GET Drive ["sharedWithMe"] Read => shared_with_me::list;
    "share.get" GET Share [] Read => share::get;
    "share.permission" GET Share ["permission"] Read => share::permission;
    "share.items" GET Share ["items"] Read => share::items;
    "share.site" GET Share ["site"] Read => share::elsewhere;
    "share.list" GET Share ["list"] Read => share::elsewhere;
    "share.listItem" GET Share ["listItem"] Read => share::elsewhere;
    "user.get" GET User [] ReadUser => directory::user;
    "memberOf" GET User ["memberOf"] ReadUser => directory::member_of;
    "memberOf.groups" GET User ["memberOf", "group"] ReadUser => directory::member_of;
    "users.list" GET Users [] ReadUsers => directory::users;
    "group.get" GET Group [] ReadGroups => directory::group;
    "groups.list" GET Groups [] ReadGroups => directory::groups;
    "site.get" GET Site [] ReadSites => site::get;
    "sites.search" GET Sites [] ReadSites => site::search;
    "organization.list" GET Organization [] ReadOrganization => directory::organizations;
    "organization.get" GET Organization ["*"] ReadOrganization => directory::organization;
    "subscriptions.list" GET Subscriptions [] Read => subscription::list;
    "subscriptions.create" POST Subscriptions [] Read => subscription::create;
    "subscriptions.get" GET Subscription [] Read => subscription::get;
    "subscriptions.update" PATCH Subscription [] Read => subscription::update;
    "subscriptions.delete" DELETE Subscription [] Read => subscription::delete;
    "subscriptions.reauthorize" POST Subscription ["reauthorize"] Read => subscription::reauthorize;
    "batch" POST Batch [] Nothing => batch::batch;
    "settings.get" GET Settings [] ReadSettings => settings::get;
    "settings.update" PATCH Settings [] WriteSettings => settings::update;
};

/// What the table says to a request.
pub(super) enum Found {
    /// This row, with the values of its variable segments.
    Route(&'static Route, Vec<String>),
    /// Rows for other verbs, named as `Allow` wants them.
    OtherVerbs(String),
    /// Nothing.
    Nothing,
}

/// Looks a request up.
pub(super) fn find(method: &Method, resource: &Resource) -> Found {
    let Some((on, tail)) = place(resource) else { return Found::Nothing };
    let mut others: Vec<&str> = Vec::new();
    for route in ROUTES.iter().filter(|route| route.on == on) {
        let Some(parameters) = matches(route.tail, tail) else { continue };
        if route.method == *method {
            return Found::Route(route, parameters);
        }
        others.push(route.method.as_str());
    }
    if others.is_empty() { Found::Nothing } else { Found::OtherVerbs(others.join(", ")) }
}

/// The segments behind a resource that has a row.
pub(super) fn tail(resource: &Resource) -> Option<&Tail> {
    place(resource).map(|(_, tail)| tail)
}

fn place(resource: &Resource) -> Option<(On, &Tail)> {
    const NO_TAIL: &Tail = &Tail { segments: Vec::new() };
    match resource {
        Resource::Item { tail, .. } => Some((On::Item, tail)),
        Resource::Drive { tail, .. } => Some((On::Drive, tail)),
        Resource::Drives { .. } => Some((On::Drives, NO_TAIL)),
        Resource::Share { tail, .. } => Some((On::Share, tail)),
        Resource::Settings => Some((On::Settings, NO_TAIL)),
        Resource::Me { tail } | Resource::User { tail, .. } => Some((On::User, tail)),
        Resource::Batch => Some((On::Batch, NO_TAIL)),
        Resource::Search => Some((On::Search, NO_TAIL)),
        Resource::Users => Some((On::Users, NO_TAIL)),
        Resource::Group { tail, .. } => Some((On::Group, tail)),
        Resource::Groups => Some((On::Groups, NO_TAIL)),
        Resource::Site { tail, .. } => Some((On::Site, tail)),
        Resource::Sites => Some((On::Sites, NO_TAIL)),
        Resource::Organization { tail } => Some((On::Organization, tail)),
        Resource::Subscriptions => Some((On::Subscriptions, NO_TAIL)),
        Resource::Subscription { tail, .. } => Some((On::Subscription, tail)),
        Resource::Other(_) => None,
    }
}

/// The functions of the table that have a parameter.
const PARAMETERS: &[(&str, &str)] = &[("delta", "token")];

/// Whether a segment has only arguments that its function takes.
fn takes_arguments(segment: &TailSegment) -> bool {
    let is_taken = |name: &str| PARAMETERS.contains(&(segment.name.as_str(), name));
    segment.arguments.iter().all(|(name, _)| is_taken(name))
}

fn matches(pattern: &[&str], tail: &Tail) -> Option<Vec<String>> {
    if pattern.len() != tail.segments.len() {
        return None;
    }
    let mut parameters = Vec::new();
    for (wanted, segment) in pattern.iter().zip(&tail.segments) {
        match *wanted {
            "*" => parameters.push(segment.name.clone()),
            wanted if wanted.split_once('(').is_some_and(|(name, _)| name == segment.name) => {}
            wanted if wanted == segment.name && takes_arguments(segment) => {}
            _ => return None,
        }
    }
    Some(parameters)
}
