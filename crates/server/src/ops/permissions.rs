//! The permissions of an item as a caller may see them: listed, shown, removed.

use std::collections::HashMap;

use driveway_core::address::ItemAddress;
use driveway_core::caller::Intent;
use driveway_core::drive::{Drive, DriveKind};
use driveway_core::error::{Code, Error};
use driveway_core::id::{DriveId, ItemId, PermissionId, UserId};
use driveway_core::identity::Application;
use driveway_core::item::DriveItem;
use driveway_core::permission::{Creator, Grantee, Invitation, Permission, PermissionKind, Role};
use driveway_core::policy::access::{Actor, Chain, ChainItem};
use driveway_core::policy::sharing::SharingPolicy;
use jiff::Timestamp;

use super::access::{Access, Via, reach};
use super::{Credentials, Result, Tx, audit, gate};

/// A permission with everything that is shown of it.
#[derive(Debug, Clone)]
pub struct PermissionView {
    /// The permission.
    pub permission: Permission,
    /// The application of a link or an invitation.
    pub application: Option<Application>,
    /// Who invited, unless an application did so for itself.
    pub inviter: Option<Identity>,
    /// The folder above that carries it, when the item only inherits it (AMB-15).
    pub inherited_from: Option<Ancestor>,
    /// When it ends, by its own date and by policy.
    pub expires_at: Option<Timestamp>,
    /// Whom it is granted to: one identity of a direct grant, those of a users link.
    pub grantees: Vec<Identity>,
    /// Whether this caller is shown the link's URL and share id (PERM-03).
    pub shows_secrets: bool,
}

/// A folder above an item.
#[derive(Debug, Clone)]
pub struct Ancestor {
    /// The drive.
    pub drive: DriveId,
    /// Its kind.
    pub drive_kind: DriveKind,
    /// The folder.
    pub id: ItemId,
    /// Its name.
    pub name: String,
    /// The item that the path begins at, unless it is the root: by way of a link nothing above the shared item is told (P5).
    pub top: Option<ItemId>,
    /// The names from there down to it, that item's own aside.
    pub path: Vec<String>,
}

/// Somebody whom a permission is for.
#[derive(Debug, Clone)]
pub struct Identity {
    /// Person or group.
    pub kind: IdentityKind,
    /// The id.
    pub id: String,
    /// The name for people.
    pub display_name: String,
    /// Where mail reaches them.
    pub email: Option<String>,
}

/// Person or group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentityKind {
    /// A person.
    User,
    /// A group.
    Group,
}

/// Every permission that reaches the item and that the caller may see, in a stable order: owners, direct grants, links
/// by age, then what is inherited, the nearest ancestor first (AMB-58).
pub fn list(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    address: &ItemAddress,
    page: Page,
    now: Timestamp,
) -> Result<Listing> {
    let access = reach(tx, credentials, address, Intent::Read, now)?;
    let policy = tx.sharing_policy(&access.drive.id)?;
    let links = tx.links_above(access.item.id)?;
    let mut visible = reaching(&access.chain, &links);
    visible.retain(|permission| may_see(&access, permission));
    // Where the page before ended; by number alone if that permission is gone meanwhile.
    let start = page.after.map_or(0, |last| {
        let found = visible.iter().position(|permission| permission.id == last.id);
        found.unwrap_or(last.number) + 1
    });
    let end = start.saturating_add(page.limit).min(visible.len());
    let shown = visible.get(start..end).unwrap_or_default();
    let mut views = Vec::with_capacity(shown.len());
    for permission in shown {
        views.push(view(tx, &access, permission, &policy)?);
    }
    let next = shown.last().filter(|_| end < visible.len()).map(|last| Place { number: end - 1, id: last.id });
    let count = visible.len();
    Ok(Listing { item: access.item, views, count, next })
}

/// Which part of a list is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// Where the page before ended.
    pub after: Option<Place>,
    /// The most permissions on the page.
    pub limit: usize,
}

/// A place in a list of permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The number of the permission, from 0 on.
    pub number: usize,
    /// The permission.
    pub id: PermissionId,
}

/// A page of an item's permissions.
#[derive(Debug)]
pub struct Listing {
    /// The item.
    pub item: DriveItem,
    /// Its permissions.
    pub views: Vec<PermissionView>,
    /// How many there are on all pages.
    pub count: usize,
    /// Where the page ends, if there is another.
    pub next: Option<Place>,
}

/// One permission of the item. One that the caller may not see isn't there.
pub fn get(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    address: &ItemAddress,
    id: PermissionId,
    now: Timestamp,
) -> Result<PermissionView> {
    let access = reach(tx, credentials, address, Intent::Read, now)?;
    let policy = tx.sharing_policy(&access.drive.id)?;
    let permission = find_visible(tx, &access, id)?;
    view(tx, &access, &permission, &policy)
}

/// Removes a permission from the item that carries it. Owners may, and whoever made the link (AMB-13, AMB-14; P13).
pub fn delete(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    address: &ItemAddress,
    id: PermissionId,
    now: Timestamp,
) -> Result<()> {
    let access = reach(tx, credentials, address, Intent::Write, now)?;
    let permission = find_own(tx, &access, id)?;
    if rank(&permission) == 0 && permission.item == access.drive.root {
        return Err(Error::new(Code::NotAllowed, "The permission of the drive's owner can't be removed."));
    }
    if access.role < Role::Owner && !is_made_by(&access, &permission) {
        return Err(Error::access_denied("Only an owner of the item or the maker of a link can remove it."));
    }
    audit::revoked(tx, credentials, &permission, now)?;
    if tx.delete_permission(id)? { Ok(()) } else { Err(Error::item_not_found()) }
}

/// A permission that this very item carries. What it inherits is changed where it comes from, which is named (AMB-13).
pub(super) fn find_own(tx: &mut Tx<'_>, access: &Access, id: PermissionId) -> Result<Permission> {
    let permission = find_visible(tx, access, id)?;
    if permission.item == access.item.id {
        return Ok(permission);
    }
    let ancestor = access.chain.items.iter().find(|item| item.id == permission.item);
    let name = ancestor.map_or("a folder above", |ancestor| ancestor.name.as_str());
    Err(Error::new(
        Code::NotAllowed,
        format!("This permission is inherited from \"{name}\". Change or remove it there."),
    ))
}

fn find_visible(tx: &mut Tx<'_>, access: &Access, id: PermissionId) -> Result<Permission> {
    let found = tx.permission(id)?.filter(|permission| access.chain.reaches(permission));
    found.filter(|permission| may_see(access, permission)).ok_or_else(Error::item_not_found)
}

/// What reaches the item, in the order of the list.
fn reaching<'a>(chain: &'a Chain, links: &'a [Permission]) -> Vec<&'a Permission> {
    let links = links.iter().filter(|link| chain.reaches(link));
    let mut found: Vec<&Permission> = chain.effective().map(|(_, grant)| grant).chain(links).collect();
    let depths: HashMap<ItemId, usize> = chain.items.iter().enumerate().map(|(depth, item)| (item.id, depth)).collect();
    found.sort_by_key(|permission| {
        (depths.get(&permission.item), rank(permission), permission.created_at, permission.id)
    });
    found
}

fn rank(permission: &Permission) -> u8 {
    match &permission.kind {
        PermissionKind::Grant { .. } | PermissionKind::Invitation(_) if permission.role() == Role::Owner => 0,
        PermissionKind::Grant { .. } | PermissionKind::Invitation(_) => 1,
        PermissionKind::Link(_) => 2,
    }
}

/// Owners see all; others what is for them and what they made (PERM-02). A personal drive's owner isn't listed: there
/// is nobody else it could be.
fn may_see(access: &Access, permission: &Permission) -> bool {
    let is_owner_row = rank(permission) == 0 && permission.item == access.drive.root;
    if is_owner_row && access.drive.kind == DriveKind::Personal {
        return false;
    }
    match &access.via {
        Via::Caller(_) if access.role == Role::Owner => true,
        Via::Caller(caller) => match (&permission.kind, caller.actor()) {
            (PermissionKind::Grant { grantee, .. }, Actor::User { id, standing }) => standing.holds(id, grantee),
            (PermissionKind::Invitation(invitation), Actor::User { id, standing }) => {
                invitation.invited_by.user == Some(id)
                    || invitation.grantee.is_some_and(|grantee| standing.holds(id, &grantee))
            }
            (PermissionKind::Link(link), Actor::User { id, .. }) => {
                link.grantees.contains(&id) || is_made_by(access, permission)
            }
            _ => false,
        },
        Via::Link { link, .. } => permission.id == *link,
    }
}

pub(super) fn is_made_by(access: &Access, permission: &Permission) -> bool {
    let maker = permission.link().and_then(|link| link.creator.user);
    maker.is_some() && matches!(&access.via, Via::Caller(caller) if caller.user_id() == maker)
}

/// A permission with everything that is shown of it to whoever has this access.
pub fn view(
    tx: &mut Tx<'_>,
    access: &Access,
    permission: &Permission,
    policy: &SharingPolicy,
) -> Result<PermissionView> {
    let (application, expires_at, grantees, shows_secrets) = match &permission.kind {
        PermissionKind::Grant { grantee, .. } => (None, None, vec![grantee_identity(tx, grantee)?], false),
        PermissionKind::Invitation(invitation) => {
            let grantees = invitation.grantee.iter().map(|grantee| grantee_identity(tx, grantee));
            let grantees = grantees.collect::<Result<Vec<_>>>()?;
            let application = tx.application(invitation.invited_by.application)?;
            (application, invitation.expires_at, grantees, false)
        }
        PermissionKind::Link(link) => {
            let application = match access.via.caller().map(|caller| &caller.application) {
                Some(own) if own.id == link.creator.application => Some(own.clone()),
                _ => tx.application(link.creator.application)?,
            };
            let expires_at =
                policy.effective_expiry(link.link_type, link.scope, link.expires_at, permission.created_at);
            let mut people = link.grantees.clone();
            people.extend(redeemers(tx, access, permission)?.into_iter().filter(|user| !link.grantees.contains(user)));
            let grantees = people.into_iter().map(|user| user_identity(tx, user)).collect::<Result<Vec<_>>>()?;
            (application, expires_at, grantees, may_see_secrets(access, permission, policy))
        }
    };
    let inviter = match &permission.kind {
        PermissionKind::Invitation(Invitation { invited_by: Creator { user: Some(user), .. }, .. }) => {
            Some(user_identity(tx, *user)?)
        }
        _ => None,
    };
    let top = match &access.via {
        Via::Link { shared, .. } => Some(*shared),
        Via::Caller(_) => None,
    };
    let is_inherited = permission.item != access.item.id;
    let inherited_from = is_inherited.then(|| ancestor(&access.drive, &access.chain, permission.item, top)).flatten();
    Ok(PermissionView {
        permission: permission.clone(),
        application,
        inviter,
        inherited_from,
        expires_at,
        grantees,
        shows_secrets,
    })
}

/// The people who redeemed a link, as far as they are told: all of them to owners and to who made it, oneself to oneself.
fn redeemers(tx: &mut Tx<'_>, access: &Access, permission: &Permission) -> Result<Vec<UserId>> {
    let mut people = tx.redeemers(permission.id)?;
    let is_told = matches!(&access.via, Via::Caller(_) if access.role == Role::Owner) || is_made_by(access, permission);
    if !is_told {
        let own = access.via.caller().and_then(driveway_core::caller::Caller::user_id);
        people.retain(|user| Some(*user) == own);
    }
    Ok(people)
}

fn may_see_secrets(access: &Access, permission: &Permission, policy: &SharingPolicy) -> bool {
    let may_write = matches!(&access.via, Via::Caller(caller) if caller.require(Intent::Write, access.drive.is_own_of(caller.user_id())).is_ok());
    may_write && gate::could_create(access, permission, policy)
}

fn grantee_identity(tx: &mut Tx<'_>, grantee: &Grantee) -> Result<Identity> {
    match grantee {
        Grantee::User(user) => user_identity(tx, *user),
        Grantee::Group(group) | Grantee::GroupOwners(group) => {
            let found = tx.group(*group)?;
            let mut display_name = found.map(|group| group.display_name).unwrap_or_default();
            if matches!(grantee, Grantee::GroupOwners(_)) {
                display_name.push_str(" owners");
            }
            Ok(Identity { kind: IdentityKind::Group, id: group.to_string(), display_name, email: None })
        }
    }
}

/// Somebody as they are shown to others.
pub fn user_identity(tx: &mut Tx<'_>, id: UserId) -> Result<Identity> {
    let user = tx.user(id)?;
    let (display_name, email) =
        user.map(|user| (user.display_name, user.mail.or(Some(user.user_principal_name)))).unwrap_or_default();
    Ok(Identity { kind: IdentityKind::User, id: id.to_string(), display_name, email })
}

/// An item of a chain with the way down to it.
pub fn ancestor(drive: &Drive, chain: &Chain, id: ItemId, top: Option<ItemId>) -> Option<Ancestor> {
    let at = chain.items.iter().position(|item| item.id == id)?;
    let item: &ChainItem = chain.items.get(at)?;
    let end = match top {
        Some(top) => chain.items.iter().position(|item| item.id == top)?,
        None => chain.items.len().saturating_sub(1),
    };
    let mut path: Vec<String> = chain.items.get(at..end)?.iter().map(|item| item.name.clone()).collect();
    path.reverse();
    Some(Ancestor { drive: drive.id.clone(), drive_kind: drive.kind, id, name: item.name.clone(), top, path })
}
