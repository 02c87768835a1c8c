//! Drives: shown and listed.

use driveway_core::address::{DriveKey, Owner};
use driveway_core::caller::Intent;
use driveway_core::drive::{Drive, DriveOwner};
use driveway_core::error::Error;
use driveway_core::id::DriveId;
use driveway_core::policy::access::Chain;
use jiff::Timestamp;

use super::access::{find_site, find_user, reach_drive};
use super::{Credentials, Result, Tx, caller, outside};
use crate::app::App;

/// A drive and how full it is.
#[derive(Debug)]
pub struct DriveView {
    /// The drive.
    pub drive: Drive,
    /// Bytes of everything in it, the recycle bin aside.
    pub used_bytes: i64,
    /// Bytes of everything in its recycle bin.
    pub recycled_bytes: i64,
}

/// The drive at an address, for somebody who may see its root.
pub fn get(tx: &mut Tx<'_>, credentials: &Credentials, key: &DriveKey, now: Timestamp) -> Result<DriveView> {
    let caller = caller::require(tx, credentials.bearer.as_ref())?;
    let drive = reach_drive(tx, &caller, key, Intent::Read)?;
    let chain = tx.chain(drive.root)?.filter(Chain::is_live).ok_or_else(Error::item_not_found)?;
    chain.role_of(outside::actor(tx, &caller, &drive)?, now).ok_or_else(Error::item_not_found)?;
    view(tx, drive)
}

/// The drives of an owner that the caller may see.
pub fn list(tx: &mut Tx<'_>, credentials: &Credentials, owner: &Owner, now: Timestamp) -> Result<Vec<DriveView>> {
    let caller = caller::require(tx, credentials.bearer.as_ref())?;
    let owner = match owner {
        Owner::Me => caller.user_id().map(DriveOwner::User),
        Owner::User(user) => find_user(tx, &caller, user)?.map(DriveOwner::User),
        Owner::Site(site) => find_site(tx, caller.tenant, site)?.map(DriveOwner::Site),
        Owner::Group(group) => {
            let drive = super::access::reach_drive(tx, &caller, &DriveKey::Group(group.clone()), Intent::Read)?;
            Some(drive.owner)
        }
    };
    let owner = owner.ok_or_else(Error::item_not_found)?;
    let mut views = Vec::new();
    for drive in tx.drives_of(owner)? {
        caller.require(Intent::Read, drive.is_own_of(caller.user_id()))?;
        let Some(chain) = tx.chain(drive.root)? else { continue };
        if chain.role_of(outside::actor(tx, &caller, &drive)?, now).is_some() {
            views.push(view(tx, drive)?);
        }
    }
    // Of an owner whose drives are all hidden it isn't told whether there is such an owner (AMB-61).
    if views.is_empty() { Err(Error::item_not_found()) } else { Ok(views) }
}

fn view(tx: &mut Tx<'_>, drive: Drive) -> Result<DriveView> {
    let used_bytes = tx.item(drive.root)?.map_or(0, |root| root.size);
    let recycled_bytes = tx.recycled_bytes(&drive.id)?;
    Ok(DriveView { drive, used_bytes, recycled_bytes })
}

/// Every drive, for who administers the server.
pub fn all(app: &App) -> Result<Vec<DriveView>> {
    app.db.read_blocking(|tx| tx.drives()?.into_iter().map(|drive| view(tx, drive)).collect())
}

/// Says how many bytes a drive may hold; `false` if there is no such drive.
pub fn set_quota(app: &App, drive: DriveId, bytes: i64) -> Result<bool> {
    app.db.write_blocking(move |tx| tx.set_drive_quota(&drive, bytes))
}
