//! What stands at `/shares/{key}`: a link, or the plain URL of an item (SHARE-01, SHARE-09; AMB-35 to AMB-37).

use driveway_core::address::{DriveKey, ItemAddress, Start};
use driveway_core::caller::Intent;
use driveway_core::error::{Code, Error};
use driveway_core::id::{DriveId, ItemId};
use jiff::Timestamp;

use super::access::{Access, Via, reach};
use super::permissions::{PermissionView, view};
use super::{Credentials, Result, Tx, outside};

/// The address of the item that a share's key stands for.
pub fn address(key: &str) -> ItemAddress {
    ItemAddress { drive: DriveKey::Share(key.to_owned()), start: Start::Root, path: Vec::new() }
}

/// An item whose plain URL is a share's key. It opens for those who have a right to the item anyway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlainUrl {
    /// The drive that the URL names.
    pub drive: DriveId,
    /// The item that it names.
    pub item: ItemId,
}

/// An address below the plain URL of an item. Whether the item isn't there or isn't the caller's is one answer (AMB-37).
pub fn reach_by_url(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    plain: &PlainUrl,
    address: &ItemAddress,
    intent: Intent,
    now: Timestamp,
) -> Result<Access> {
    let start = match &address.start {
        Start::Root => plain.item,
        Start::Id(id) => ItemId::parse(id).map_err(|_| Error::item_not_found())?,
        Start::Special(_) => return Err(Error::item_not_found()),
    };
    let at =
        |start: Start, path: Vec<String>| ItemAddress { drive: DriveKey::Id(plain.drive.to_string()), start, path };
    // The item itself first: those for whom it is closed aren't told what lies below it.
    reach(tx, credentials, &at(Start::Id(plain.item.to_string()), Vec::new()), Intent::Read, now).map_err(no_right)?;
    let access = reach(tx, credentials, &at(Start::Id(start.to_string()), address.path.clone()), intent, now)?;
    if access.chain.items.iter().any(|item| item.id == plain.item) { Ok(access) } else { Err(Error::item_not_found()) }
}

fn no_right(error: Error) -> Error {
    match error.code() {
        Code::ItemNotFound => Error::access_denied("The item is no longer there, or you have no permission to see it."),
        _ => error,
    }
}

/// What a share's permission is.
#[derive(Debug)]
pub enum SharePermission {
    /// That of a link.
    Link(Box<PermissionView>),
    /// None of its own: the key is the plain URL of an item that the caller may see anyway (PERM-23).
    Existing(Box<Access>),
}

/// The permission behind a share as this visitor may see it: those with a right of their own see it as on the item, all
/// others see that it is there and what it gives (PERM-02, PERM-03).
pub fn permission(tx: &mut Tx<'_>, credentials: &Credentials, key: &str, now: Timestamp) -> Result<SharePermission> {
    let mut access = reach(tx, credentials, &address(key), Intent::Read, now)?;
    let Some(link) = credentials.link else { return Ok(SharePermission::Existing(Box::new(access))) };
    let permission = tx.permission(link)?.ok_or_else(Error::item_not_found)?;
    let policy = tx.sharing_policy(&access.drive.id)?;
    if let Some(caller) = access.via.caller().cloned()
        && let Some(role) = access.chain.role_of(outside::actor(tx, &caller, &access.drive)?, now)
    {
        access.role = role;
        access.via = Via::Caller(Box::new(caller));
    }
    Ok(SharePermission::Link(Box::new(view(tx, &access, &permission, &policy)?)))
}
