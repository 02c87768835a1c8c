//! Check-out and check-in on document libraries: who has a file checked out works on a copy of their own, and everybody
//! else sees what was last checked in until they check it in (ITEM-01, AMB-59, CL-29).

use driveway_core::address::ItemAddress;
use driveway_core::caller::{Caller, Intent};
use driveway_core::drive::DriveKind;
use driveway_core::error::{Code, Error};
use driveway_core::id::UserId;
use driveway_core::item::{DriveItem, Facet};
use driveway_core::permission::Role;
use driveway_storage::ItemChange;
use jiff::Timestamp;

use super::access::{Access, Via, reach};
use super::upload::{author, check_quota};
use super::{Credentials, Result, Tx};

/// Checks a file out. Doing so again changes nothing.
pub fn check_out(tx: &mut Tx<'_>, credentials: &Credentials, address: &ItemAddress, now: Timestamp) -> Result<()> {
    let access = reach(tx, credentials, address, Intent::Write, now)?;
    let user = require_file_of_library(&access)?;
    require_free(&access)?;
    match access.item.checked_out_by {
        Some(_) => Ok(()),
        None => tx.check_out(access.item.id, user),
    }
}

/// Checks a file in: the working copy becomes the content that everybody sees.
pub fn check_in(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    address: &ItemAddress,
    comment: Option<&str>,
    keep_versions: u32,
    now: Timestamp,
) -> Result<()> {
    let access = reach(tx, credentials, address, Intent::Write, now)?;
    require_file_of_library(&access)?;
    require_checked_out(&access)?;
    require_free(&access)?;
    let published = tx.item(access.item.id)?.map_or(0, |item| item.size);
    check_quota(tx, &access, u64::try_from(access.item.size.saturating_sub(published)).unwrap_or(0))?;
    let (user, application) = author(&access.via);
    let change = ItemChange { file_system_modified_at: Some(now), ..ItemChange::by(user, application) };
    // Without a working copy nothing has changed but the check-out.
    tx.check_in(access.item.id, comment, &change, now)?;
    tx.prune_versions(access.item.id, keep_versions).map(drop)
}

/// Ends a check-out and forgets what was put since. Owners may do so with others' check-outs.
pub fn discard(tx: &mut Tx<'_>, credentials: &Credentials, address: &ItemAddress, now: Timestamp) -> Result<()> {
    let access = reach(tx, credentials, address, Intent::Write, now)?;
    require_file_kind(&access)?;
    require_checked_out(&access)?;
    if access.role < Role::Owner || matches!(access.via, Via::Link { .. }) {
        require_free(&access)?;
    }
    tx.discard_check_out(access.item.id)
}

/// Shows the working copy in place of what was last checked in, to the one who has the file checked out and comes by a right
/// of their own. By way of a link everybody sees what was checked in.
pub fn show_own(tx: &mut Tx<'_>, via: &Via, item: &mut DriveItem) -> Result<()> {
    if item.checked_out_by.is_none() || !is_holder(via, item) {
        return Ok(());
    }
    if let Some(copy) = tx.working_copy(item.id)? {
        item.facet = Facet::File(copy.file);
        item.size = copy.size;
        item.draft = Some(copy.draft);
        item.modified_at = item.modified_at.max(copy.modified_at);
    }
    Ok(())
}

/// Refuses to change what somebody else has checked out.
pub fn require_free(access: &Access) -> Result<()> {
    require_free_item(&access.via, &access.item)
}

/// [`require_free`] of an item that wasn't reached by itself.
pub(super) fn require_free_item(via: &Via, item: &DriveItem) -> Result<()> {
    if item.checked_out_by.is_some() && !is_holder(via, item) { Err(locked()) } else { Ok(()) }
}

/// Refuses to take a folder away with something in it that somebody else has checked out.
pub(super) fn require_free_below(tx: &mut Tx<'_>, access: &Access) -> Result<()> {
    if !access.item.is_folder() || access.drive.kind != DriveKind::DocumentLibrary {
        return Ok(());
    }
    let user = own_user(&access.via);
    for item in tx.checked_out_by_others(&access.drive.id, user)? {
        if tx.chain(item)?.is_some_and(|chain| chain.items.iter().any(|above| above.id == access.item.id)) {
            return Err(locked());
        }
    }
    Ok(())
}

fn is_holder(via: &Via, item: &DriveItem) -> bool {
    match (&item.checked_out_by, own_user(via)) {
        (Some((holder, _)), Some(user)) => *holder == user,
        _ => false,
    }
}

/// The person who comes by a right of their own.
fn own_user(via: &Via) -> Option<UserId> {
    match via {
        Via::Caller(caller) => caller.user_id(),
        Via::Link { .. } => None,
    }
}

fn locked() -> Error {
    Error::new(Code::Locked, "Somebody else has checked this out.")
}

fn require_checked_out(access: &Access) -> Result<()> {
    match access.item.checked_out_by {
        Some(_) => Ok(()),
        None => Err(Error::new(Code::InvalidRequest, "The file isn't checked out.")),
    }
}

fn require_file_kind(access: &Access) -> Result<()> {
    if access.drive.kind != DriveKind::DocumentLibrary {
        return Err(Error::new(Code::NotSupported, "Files are checked out in document libraries only."));
    }
    if access.item.is_folder() {
        return Err(Error::new(Code::NotSupported, "A folder can't be checked out."));
    }
    Ok(())
}

fn require_file_of_library(access: &Access) -> Result<UserId> {
    require_file_kind(access)?;
    match &access.via {
        Via::Link { .. } => Err(Error::access_denied("A link doesn't let its holder check files out.")),
        Via::Caller(caller) => Caller::user_id(caller)
            .ok_or_else(|| Error::access_denied("Files are checked out by people, and the token is an application's.")),
    }
}
