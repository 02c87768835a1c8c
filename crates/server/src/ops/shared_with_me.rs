//! What others share with a person: granted to them, or by a link for them (SWM-01 to SWM-03).

use driveway_core::address::DriveKey;
use driveway_core::caller::{Caller, Intent};
use driveway_core::error::Error;
use driveway_core::id::PermissionId;
use driveway_core::permission::{Creator, Permission, PermissionKind, Role};
use driveway_core::policy::access::Chain;
use driveway_core::policy::redeem::Decision;
use jiff::Timestamp;

use super::access::{Access, Via, reach_drive};
use super::gate::{Below, Passage, open_link};
use super::permissions::{Identity, Page, Place, user_identity};
use super::sums::hide_unreachable_in;
use super::{Credentials, Result, Tx, caller, outside};

/// An item that somebody shares with the caller.
#[derive(Debug)]
pub struct SharedItem {
    /// The item.
    pub access: Access,
    /// Who shares it, where that is known.
    pub shared_by: Option<Identity>,
    /// Since when.
    pub since: Timestamp,
}

/// What is shared with the owner of the drive, which is the caller's own; the newest first, each item once. What lives
/// in another organization is in it only where it is asked for (SWM-02).
pub fn list(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    key: &DriveKey,
    (page, allow_external): (Page, bool),
    now: Timestamp,
) -> Result<(Vec<SharedItem>, Option<Place>)> {
    let caller = caller::require(tx, credentials.bearer.as_ref())?;
    let drive = reach_drive(tx, &caller, key, Intent::Read)?;
    let user = caller.user_id().filter(|_| drive.is_own_of(caller.user_id())).ok_or_else(Error::item_not_found)?;
    let mut found: Vec<(PermissionId, SharedItem)> = Vec::new();
    for permission in tx.shared_with(user)? {
        if found.iter().any(|(_, shared)| shared.access.item.id == permission.item) {
            continue;
        }
        if let Some(mut access) = reached(tx, credentials, &caller, &permission, now)?
            && (allow_external || access.drive.tenant == caller.tenant)
        {
            hide_unreachable_in(tx, &mut access, now)?;
            let shared_by = sharer(&permission).map(|user| user_identity(tx, user)).transpose()?;
            found.push((permission.id, SharedItem { access, shared_by, since: permission.created_at }));
        }
    }
    let start = page.after.map_or(0, |last| found.iter().position(|(id, _)| *id == last.id).unwrap_or(last.number) + 1);
    let has_more = found.len() > start.saturating_add(page.limit);
    let shown: Vec<_> = found.into_iter().skip(start).take(page.limit).collect();
    let last = shown.last().map(|(id, _)| Place { number: start + shown.len() - 1, id: *id });
    Ok((shown.into_iter().map(|(_, shared)| shared).collect(), last.filter(|_| has_more)))
}

/// The item, if the permission gives it to the caller now. Roots and what the caller owns aren't shared with them.
fn reached(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    caller: &Caller,
    permission: &Permission,
    now: Timestamp,
) -> Result<Option<Access>> {
    let Some((item, chain)) = tx.item_and_chain(permission.item)? else { return Ok(None) };
    let Some(drive) = tx.drive(&item.drive)? else { return Ok(None) };
    if item.is_root() || drive.is_own_of(caller.user_id()) || !chain.is_live() {
        return Ok(None);
    }
    let own = chain.role_of(outside::actor(tx, caller, &drive)?, now);
    let role = match &permission.kind {
        PermissionKind::Link(link) => {
            let opens = match open_link(tx, permission.id, Below::Shared, credentials, now)? {
                Passage::Open(_) => true,
                // What takes files shows nothing of the folder, here as everywhere (AMB-39).
                Passage::Add(_) => false,
                Passage::Closed(decision, ..) => decision == Decision::Password,
            };
            opens.then(|| link.link_type.role()).max(own)
        }
        PermissionKind::Grant { .. } | PermissionKind::Invitation(_) => {
            own.filter(|_| still_gives(permission, &chain, now))
        }
    };
    let via = Via::Caller(Box::new(caller.clone()));
    Ok(role.map(|role: Role| Access { drive, item, chain, role, via }))
}

/// A grant that has ended shares nothing, though another right may still reach the item.
fn still_gives(permission: &Permission, chain: &Chain, now: Timestamp) -> bool {
    permission.ends_at().is_none_or(|ends| now < ends) && chain.reaches(permission)
}

fn sharer(permission: &Permission) -> Option<driveway_core::id::UserId> {
    let by = |creator: &Creator| creator.user;
    match &permission.kind {
        PermissionKind::Link(link) => by(&link.creator),
        PermissionKind::Invitation(invitation) => by(&invitation.invited_by),
        PermissionKind::Grant { .. } => None,
    }
}
