//! People are added to a link for specific people and taken off it (GRANT-01 to GRANT-07).

use driveway_core::address::{DriveKey, ItemAddress, Start};
use driveway_core::audit::Kind;
use driveway_core::caller::Intent;
use driveway_core::error::{Code, Error};
use driveway_core::id::UserId;
use driveway_core::permission::{LinkScope, Permission, Role, SharingLink};
use driveway_core::policy::redeem::Decision;
use jiff::Timestamp;

use super::access::{Access, reach};
use super::create_link::find_recipients;
use super::gate::{Below, Passage, could_create, open_link};
use super::invite::Recipient;
use super::item::check_e_tag;
use super::permission_change::Target;
use super::permissions::{PermissionView, find_own, is_made_by, view};
use super::{Credentials, Result, Tx, audit};

/// Adds people to the link that the address names. It takes what making the link takes: the right to share the item,
/// which an application has too (AMB-54). The link itself gives no such right.
pub fn grant(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    people: &[Recipient],
    role: Option<Role>,
    now: Timestamp,
) -> Result<PermissionView> {
    let link = credentials.link.ok_or_else(Error::item_not_found)?;
    if let Passage::Closed(Decision::Gone, _, why) = open_link(tx, link, Below::Shared, credentials, now)? {
        return Err(Error::item_not_found().refused(why));
    }
    if credentials.bearer.is_none() {
        return Err(crate::auth::token::invalid_token());
    }
    let permission = tx.link(link)?.ok_or_else(Error::item_not_found)?;
    let access = reach_item(tx, credentials, &permission, now)?;
    let policy = tx.sharing_policy(&access.drive.id)?;
    let known = users_link(&permission)?.grantees.clone();
    if !could_create(&access, &permission, &policy) {
        return Err(Error::access_denied("You couldn't have made this link and can't add people to it."));
    }
    if role != Some(permission.role()) {
        let message = "roles has to be what the link gives.";
        return Err(Error::invalid("roles", message));
    }
    let names: Vec<String> = people.iter().map(|person| person.name().to_owned()).collect();
    let caller = access.via.require_caller()?.clone();
    let users = find_recipients(tx, &caller, &names, (access.chain.tenant, &policy))?;
    tx.add_grantees(link, &users)?;
    let joined: Vec<UserId> = users.into_iter().filter(|user| !known.contains(user)).collect();
    audit::record_people(tx, credentials, link, Kind::PeopleAdded, &joined, now)?;
    changed(tx, &access, &permission)
}

/// The shared item by the caller's own rights. A live link that the caller has no right to share says so (AMB-35).
fn reach_item(tx: &mut Tx<'_>, credentials: &Credentials, permission: &Permission, now: Timestamp) -> Result<Access> {
    let drive = tx.drive_of_item(permission.item)?.ok_or_else(Error::item_not_found)?;
    let address = ItemAddress {
        drive: DriveKey::Id(drive.id.as_str().to_owned()),
        start: Start::Id(permission.item.to_string()),
        path: Vec::new(),
    };
    reach(tx, credentials, &address, Intent::Write, now).map_err(|error| match error.code() {
        Code::ItemNotFound => Error::access_denied("You may not share what this link is on."),
        _ => error,
    })
}

/// Takes people off a link. The last one leaves an empty link behind, which opens for nobody (AMB-55).
pub fn revoke(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    target: Target<'_>,
    people: &[Recipient],
    now: Timestamp,
) -> Result<PermissionView> {
    let access = reach(tx, credentials, target.address, Intent::Write, now)?;
    check_e_tag(&access.item, target.if_match)?;
    let permission = find_own(tx, &access, target.id)?;
    let sharing = users_link(&permission)?;
    if access.role < Role::Owner && !is_made_by(&access, &permission) {
        return Err(Error::access_denied("Only an owner of the item or the maker of the link can take people off it."));
    }
    let mut users = Vec::with_capacity(people.len());
    for person in people {
        let user = known(tx, person.name())?.filter(|user| sharing.grantees.contains(user));
        users.push(user.ok_or_else(|| Error::invalid("grantees", "Could not find the recipient."))?);
    }
    tx.remove_grantees(permission.id, &users)?;
    audit::record_people(tx, credentials, permission.id, Kind::PeopleRemoved, &users, now)?;
    changed(tx, &access, &permission)
}

/// Whoever it is, enabled or not: a disabled account can be taken off as well.
fn known(tx: &mut Tx<'_>, name: &str) -> Result<Option<UserId>> {
    Ok(tx.user_by_id_or_name(name)?.map(|user| user.id))
}

fn users_link(permission: &Permission) -> Result<&SharingLink> {
    permission.link().filter(|link| link.scope == LinkScope::Users).ok_or_else(|| {
        Error::new(Code::NotSupported, "Only links for specific people have people to add or to take off.")
    })
}

fn changed(tx: &mut Tx<'_>, access: &Access, permission: &Permission) -> Result<PermissionView> {
    let policy = tx.sharing_policy(&access.drive.id)?;
    let permission = tx.permission(permission.id)?.ok_or_else(Error::item_not_found)?;
    view(tx, access, &permission, &policy)
}
