//! Whether an item takes over the permissions of what lies above it, and the way back to that.
//!
//! createLink and invite end it with `retainInheritedPermissions: false` (CL-23, AMB-29), which some libraries send unasked.
//! Graph has no call that undoes it.

use driveway_core::address::{DriveKey, ItemAddress, Start};
use driveway_core::caller::Intent;
use driveway_core::error::{Code, Error};
use driveway_core::permission::Role;
use jiff::Timestamp;

use super::access::{Access, Via, reach};
use super::{Credentials, Result, Tx};

/// An item, for its owners. Who sees it and isn't one is refused; for everybody else it isn't there.
pub fn get(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    (drive, item): (&str, &str),
    intent: Intent,
    now: Timestamp,
) -> Result<Access> {
    let start = Start::Id(item.to_owned());
    let address = ItemAddress { drive: DriveKey::Id(drive.to_owned()), start, path: Vec::new() };
    let access = reach(tx, credentials, &address, intent, now)?;
    match access.via {
        Via::Caller(_) if access.role == Role::Owner => Ok(access),
        _ => Err(Error::access_denied("Only an owner of the item can say what it takes over from above.")),
    }
}

/// Lets an item inherit again, from the next request on. What was put on the item itself stays.
pub fn change(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    place: (&str, &str),
    inherits: Option<bool>,
    now: Timestamp,
) -> Result<Access> {
    let mut access = get(tx, credentials, place, Intent::Write, now)?;
    match inherits {
        Some(false) => {
            let message =
                "createLink and invite end inheritance, by retainInheritedPermissions: false; here it only comes back.";
            return Err(Error::new(Code::NotSupported, message).target("inheritsPermissions"));
        }
        Some(true) if !access.item.inherits => {
            tx.set_inherits(access.item.id, true)?;
            access.item.inherits = true;
        }
        _ => {}
    }
    Ok(access)
}
