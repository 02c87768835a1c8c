//! The recycle bin: what is in it, taking something out again, deleting for good (AMB-28, ITEM-08).
//!
//! Whoever may write an item and the folder that it was in has it in their bin; for everybody else it isn't there. Its
//! permissions and links stay with it: once restored, those that haven't ended work again.

use driveway_core::address::{DriveKey, ItemAddress, Start};
use driveway_core::caller::Intent;
use driveway_core::error::{Code, Error};
use driveway_core::id::{DriveId, ItemId};
use driveway_core::item::DriveItem;
use driveway_core::name::ConflictBehavior;
use driveway_core::permission::Role;
use driveway_core::policy::access::{Actor, Chain};
use driveway_storage::ItemChange;
use jiff::{SignedDuration, Timestamp};

use super::access::{Access, Via, reach, reach_drive};
use super::item::{
    NewParent, across_drives, check_deletable, check_path_length, find_parent, into, item_name,
    refuse_unreachable_content, settle_conflict,
};
use super::listed::Listed;
use super::upload::{author, check_quota};
use super::{Credentials, Result, Tx, caller, outside};
use crate::app::App;

/// Rows that one transaction takes, so that a large tree doesn't keep others waiting.
const BATCH: u32 = 100;

/// Batches that a request waits for. The rest is left to the job; to its users it is gone already.
const ROUNDS: usize = 20;

/// How something comes back.
#[derive(Debug, Clone, Default)]
pub struct Restore {
    /// Its name from now on; the one that it had, if none is given.
    pub name: Option<String>,
    /// The folder to put it in; the one that it was in, if none is given.
    pub parent: Option<NewParent>,
    /// The drive that the client says this folder is in.
    pub parent_drive: Option<DriveId>,
    /// What to do when the name is taken there.
    pub conflict: Option<ConflictBehavior>,
}

/// An item in the bin, and the folders that it was in, nearest first.
#[derive(Debug)]
pub struct Deleted {
    /// The item.
    pub item: DriveItem,
    /// The names of the folders, the topmost first.
    pub path: Vec<String>,
}

/// A page of what the caller has in the recycle bin of a drive.
#[derive(Debug)]
pub struct BinPage {
    /// The drive.
    pub drive: DriveId,
    /// What is in its bin, newest first.
    pub items: Vec<Deleted>,
    /// Behind which instant and item the next page begins, if there is one.
    pub next: Option<(Timestamp, ItemId)>,
}

/// Takes an item out of the recycle bin.
pub fn restore(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    address: &ItemAddress,
    restore: &Restore,
    now: Timestamp,
) -> Result<Access> {
    let Some(access) = reach_deleted(tx, credentials, address, now)? else {
        return Err(Error::new(Code::InvalidRequest, "The item isn't in the recycle bin."));
    };
    if restore.parent_drive.as_ref().is_some_and(|drive| *drive != access.drive.id) {
        return Err(across_drives());
    }
    let folder = match &restore.parent {
        Some(parent) => find_parent(tx, credentials, &access, parent, now)?,
        None => former_parent(tx, &access)?,
    };
    if !folder.item.is_folder() {
        return Err(Error::invalid("parentReference", "A file can't hold other items."));
    }
    if folder.item.drive != access.drive.id {
        return Err(across_drives());
    }
    let name = item_name(restore.name.as_deref().unwrap_or(&access.item.name))?;
    check_path_length(&folder.chain, &name)?;
    check_quota(tx, &access, u64::try_from(access.item.size).unwrap_or(0))?;
    let conflict = restore.conflict.unwrap_or(ConflictBehavior::Fail);
    let name = settle_conflict(tx, &folder, Some(access.item.id), access.item.is_folder(), name, conflict, now)?;
    let (user, application) = author(&access.via);
    let (item, change) = (access.item.id, ItemChange::by(user, application));
    tx.restore(item, folder.item.id, name.as_str(), &name.key(), &change, now)?;
    into(tx, access, item)
}

/// Deletes an item for good, be it live or in the recycle bin, with all below it, their versions, permissions and links.
pub async fn permanent_delete(app: &App, credentials: Credentials, address: ItemAddress, now: Timestamp) -> Result<()> {
    app.db.write(move |tx| condemn(tx, &credentials, &address, now)).await?;
    for _ in 0..ROUNDS {
        if !app.db.write(move |tx| tx.purge(BATCH, now)).await? {
            break;
        }
    }
    Ok(())
}

fn condemn(tx: &mut Tx<'_>, credentials: &Credentials, address: &ItemAddress, now: Timestamp) -> Result<()> {
    if let Some(access) = reach_deleted(tx, credentials, address, now)? {
        refuse_unreachable_content(tx, &access, now)?;
        let (user, application) = author(&access.via);
        return tx.condemn(access.item.id, user, application);
    }
    let access = reach(tx, credentials, address, Intent::Write, now)?;
    if matches!(access.via, Via::Link { .. }) {
        return Err(Error::access_denied("A link doesn't let its holder delete for good."));
    }
    check_deletable(tx, &access, now)?;
    let (user, application) = author(&access.via);
    tx.trash(access.item.id, now)?;
    tx.condemn(access.item.id, user, application)
}

/// What the caller has in the recycle bin of a drive, from behind `after` on.
pub fn list(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    drive: &str,
    mut after: Option<(Timestamp, ItemId)>,
    limit: u32,
    now: Timestamp,
) -> Result<BinPage> {
    let caller = caller::require(tx, credentials.bearer.as_ref())?;
    let drive = reach_drive(tx, &caller, &DriveKey::Id(drive.to_owned()), Intent::Read)?;
    let root = tx.chain(drive.root)?.filter(Chain::is_live).ok_or_else(Error::item_not_found)?;
    let actor = outside::actor(tx, &caller, &drive)?;
    match root.role_of(actor, now) {
        None => return Err(Error::item_not_found()),
        Some(role) if role < Role::Write => {
            return Err(Error::access_denied("The recycle bin is for those who may change the drive."));
        }
        Some(_) => {}
    }
    loop {
        let found = tx.recycle_bin(&drive.id, after, limit.saturating_add(1))?;
        let Listed { values: found, more } = Listed::of(found, limit);
        let next = found.last().filter(|_| more).and_then(|last| Some((last.deleted_at?, last.id)));
        let mut items = Vec::with_capacity(found.len());
        for item in found {
            let Some(chain) = tx.chain(item.id)? else { continue };
            if may_restore(&chain, actor, now) {
                let path = chain.items.iter().skip(1).rev().skip(1).map(|above| above.name.clone()).collect();
                items.push(Deleted { item, path });
            }
        }
        // A page is empty only at the end: clients take an empty one for it.
        if items.is_empty() && next.is_some() {
            after = next;
            continue;
        }
        return Ok(BinPage { drive: drive.id, items, next });
    }
}

/// Deletes for good what has been in recycle bins for as long as the settings say, a few rows at a time.
pub async fn empty(app: &App) -> Result<()> {
    let kept = SignedDuration::from_hours(24 * i64::from(app.config.limits.recycle_bin_days));
    let now = app.clock.now();
    let before = now.saturating_sub(kept).unwrap_or(Timestamp::MIN);
    while app.db.write(move |tx| tx.condemn_older(before, BATCH)).await? > 0 {}
    while app.db.write(move |tx| tx.purge(BATCH, now)).await? {}
    Ok(())
}

/// The item at an address, if it is in the caller's recycle bin; `None` if it isn't in any.
fn reach_deleted(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    address: &ItemAddress,
    now: Timestamp,
) -> Result<Option<Access>> {
    let deleted = match (&address.drive, &address.start) {
        (DriveKey::Share(_), _) => None,
        (_, Start::Id(id)) if address.path.is_empty() => ItemId::parse(id).ok(),
        _ => None,
    };
    let item = deleted.map(|id| tx.item(id)).transpose()?.flatten().filter(|item| item.deleted_at.is_some());
    let Some(item) = item else {
        return reach(tx, credentials, address, Intent::Write, now).map(|_| None);
    };
    let caller = caller::require(tx, credentials.bearer.as_ref())?;
    let drive = reach_drive(tx, &caller, &address.drive, Intent::Write)?;
    let chain = tx.chain(item.id)?.filter(|_| item.drive == drive.id).ok_or_else(Error::item_not_found)?;
    let actor = outside::actor(tx, &caller, &drive)?;
    if !may_restore(&chain, actor, now) {
        return Err(Error::item_not_found());
    }
    let role = chain.role_of(actor, now).ok_or_else(Error::item_not_found)?;
    Ok(Some(Access { drive, item, chain, role, via: Via::Caller(Box::new(caller)) }))
}

/// Whether somebody may write both the item and the folder that it was in.
fn may_restore(chain: &Chain, actor: Actor<'_>, now: Timestamp) -> bool {
    let above = Chain { tenant: chain.tenant, items: chain.items.iter().skip(1).cloned().collect() };
    [chain, &above].iter().all(|chain| chain.role_of(actor, now) >= Some(Role::Write))
}

fn former_parent(tx: &mut Tx<'_>, access: &Access) -> Result<Access> {
    let gone = || {
        Error::new(Code::ItemNotFound, "The folder that the item was in is gone. Say where it shall be restored to.")
            .target("parentReference")
    };
    let folder = into(tx, access.clone(), access.item.parent.ok_or_else(gone)?)?;
    if folder.chain.is_live() { Ok(folder) } else { Err(gone()) }
}
