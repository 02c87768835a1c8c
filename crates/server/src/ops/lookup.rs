//! What clients read before they reach a drive: people, groups, the organization.
//!
//! A tenant is all that a caller sees of the directory. Personal accounts are no organization: each sees itself.
//! Visitors of links and invited addresses have no account and are nowhere in it (P32).

use driveway_core::address::UserKey;
use driveway_core::caller::{Caller, Lookup};
use driveway_core::error::{Code, Error};
use driveway_core::id::{GroupId, TenantId};
use driveway_core::identity::{Group, Tenant, TenantKind, User};

use super::access::find_user;
use super::listed::Listed;
use super::{Credentials, Result, Tx, caller};

/// A person, and how much of them the caller may read.
#[derive(Debug)]
pub struct Profile {
    /// The person.
    pub user: User,
    /// Whether more than names may be told.
    pub whole: bool,
}

/// The caller, or the person of this id or principal name in the caller's tenant.
pub fn user(tx: &mut Tx<'_>, credentials: &Credentials, key: Option<&UserKey>) -> Result<Profile> {
    let caller = caller::require(tx, credentials.bearer.as_ref())?;
    find_profile(tx, &caller, key, Lookup::OwnProfile, Lookup::People)
}

/// The people of the caller's organization by principal name, those behind `after`.
pub fn users(tx: &mut Tx<'_>, credentials: &Credentials, after: Option<&str>, limit: u32) -> Result<Listed<Profile>> {
    let caller = caller::require(tx, credentials.bearer.as_ref())?;
    caller.require_lookup(Lookup::People)?;
    require_organization(&caller)?;
    let listed = Listed::of(tx.users_of(caller.tenant, after, limit.saturating_add(1))?, limit);
    let profile = |user: User| Profile { whole: is_whole(&caller, &user), user };
    Ok(Listed { values: listed.values.into_iter().map(profile).collect(), more: listed.more })
}

/// The groups that the caller, or a person of their tenant, belongs to or owns.
pub fn member_of(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    key: Option<&UserKey>,
    after: Option<GroupId>,
    limit: u32,
) -> Result<Listed<Group>> {
    let caller = caller::require(tx, credentials.bearer.as_ref())?;
    let user = find_profile(tx, &caller, key, Lookup::OwnGroups, Lookup::Groups)?.user;
    Ok(Listed::of(tx.groups_of_user(user.id, after, limit.saturating_add(1))?, limit))
}

/// A group of the caller's organization.
pub fn group(tx: &mut Tx<'_>, credentials: &Credentials, key: &str) -> Result<Group> {
    let caller = caller::require(tx, credentials.bearer.as_ref())?;
    caller.require_lookup(Lookup::Groups)?;
    let id = GroupId::parse(key).map_err(|_| Error::item_not_found())?;
    tx.group(id)?.filter(|group| group.tenant == caller.tenant).ok_or_else(Error::item_not_found)
}

/// The groups of the caller's organization by id, those behind `after`.
pub fn groups(tx: &mut Tx<'_>, credentials: &Credentials, after: Option<GroupId>, limit: u32) -> Result<Listed<Group>> {
    let caller = caller::require(tx, credentials.bearer.as_ref())?;
    caller.require_lookup(Lookup::Groups)?;
    require_organization(&caller)?;
    Ok(Listed::of(tx.groups_of(caller.tenant, after, limit.saturating_add(1))?, limit))
}

/// The caller's organization; of the id, if one is given.
pub fn organization(tx: &mut Tx<'_>, credentials: &Credentials, key: Option<&str>) -> Result<Tenant> {
    let caller = caller::require(tx, credentials.bearer.as_ref())?;
    caller.require_lookup(Lookup::Organization)?;
    match key {
        None => require_organization(&caller)?,
        Some(key) if TenantId::parse(key) == Ok(caller.tenant) && is_organization(&caller) => {}
        Some(_) => return Err(Error::item_not_found()),
    }
    tx.tenant(caller.tenant)?.ok_or_else(Error::item_not_found)
}

/// The person at an address. Whether it is the caller decides which scopes suffice, and those are looked at before
/// anything is said about the person.
fn find_profile(
    tx: &mut Tx<'_>,
    caller: &Caller,
    key: Option<&UserKey>,
    own: Lookup,
    others: Lookup,
) -> Result<Profile> {
    let id = match key {
        None => Some(caller.user_id().ok_or_else(no_me)?),
        Some(key) => find_user(tx, caller, key)?,
    };
    let is_own = id.is_some() && id == caller.user_id();
    caller.require_lookup(if is_own { own } else { others })?;
    let id = id.filter(|_| is_own || is_organization(caller)).ok_or_else(Error::item_not_found)?;
    let user = tx.user(id)?.ok_or_else(Error::item_not_found)?;
    Ok(Profile { whole: is_whole(caller, &user), user })
}

fn is_whole(caller: &Caller, user: &User) -> bool {
    caller.user_id() == Some(user.id) || caller.may_look_up(Lookup::WholeProfiles)
}

fn is_organization(caller: &Caller) -> bool {
    caller.tenant_kind == TenantKind::Organization
}

/// Personal accounts share a tenant and nothing else: none of them may list the others (P32).
pub(super) fn require_organization(caller: &Caller) -> Result<()> {
    if is_organization(caller) {
        Ok(())
    } else {
        Err(Error::access_denied("A personal account belongs to no organization."))
    }
}

fn no_me() -> Error {
    Error::new(Code::InvalidRequest, "/me is for delegated tokens: an application is no person.")
}
