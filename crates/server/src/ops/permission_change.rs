//! A permission is changed: a grant's role, an anonymous link's expiry.

use driveway_core::address::ItemAddress;
use driveway_core::audit::Kind;
use driveway_core::caller::Intent;
use driveway_core::error::Error;
use driveway_core::id::PermissionId;
use driveway_core::policy::permission_change::{Change, Changed, Changer, may_change};
use driveway_core::time;
use jiff::Timestamp;
use serde_json::json;

use super::access::reach;
use super::item::check_e_tag;
use super::permissions::{PermissionView, find_own, is_made_by, view};
use super::{Credentials, Result, Tx, audit, gate};

/// Which permission, and on which condition.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The item that carries it.
    pub address: &'a ItemAddress,
    /// The permission.
    pub id: PermissionId,
    /// A tag that the item must have (PERM-12).
    pub if_match: Option<&'a str>,
}

/// Changes a permission that the item itself carries (AMB-11).
pub fn update(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    target: Target<'_>,
    change: &Change,
    now: Timestamp,
) -> Result<PermissionView> {
    let access = reach(tx, credentials, target.address, Intent::Write, now)?;
    check_e_tag(&access.item, target.if_match)?;
    let permission = find_own(tx, &access, target.id)?;
    let policy = tx.sharing_policy(&access.drive.id)?;
    let changer = Changer {
        role: access.role,
        is_maker: is_made_by(&access, &permission),
        is_on_root: permission.item == access.drive.root,
        could_make: gate::could_create(&access, &permission, &policy),
    };
    match may_change(&permission, change, changer, &policy, now)? {
        Changed::Nothing => {}
        Changed::Role(role) => tx.set_role(permission.id, role)?,
        Changed::Expiry(expires_at) => {
            tx.set_expiry(permission.id, expires_at)?;
            if permission.link().is_some() {
                let details = json!({ "expirationDateTime": expires_at.map(time::format) });
                audit::record(tx, credentials, permission.id, Kind::Changed, &details, now)?;
            }
        }
    }
    let permission = tx.permission(target.id)?.ok_or_else(Error::item_not_found)?;
    view(tx, &access, &permission, &policy)
}
