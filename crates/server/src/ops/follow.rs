//! Items that people follow: a list of their own, of what they can reach.

use driveway_core::address::{DriveKey, ItemAddress};
use driveway_core::caller::{Caller, Intent};
use driveway_core::error::{Code, Error};
use driveway_core::id::{ItemId, UserId};
use jiff::Timestamp;

use super::access::{Access, reach, reach_anywhere, reach_drive};
use super::sums::hide_unreachable_in;
use super::{Credentials, Result, Tx, caller};

/// Items that one person may follow.
const MOST: i64 = 1_000;

/// Items that are looked at for a page.
const MOST_LOOKED_AT: u32 = 1_000;

/// A page of what somebody follows.
#[derive(Debug)]
pub struct Followed {
    /// The items, each with whether it is in another drive than the caller's.
    pub items: Vec<(Access, bool)>,
    /// The last item of the page, if there are more.
    pub next: Option<ItemId>,
}

/// Makes the caller follow an item that they reach by a right of their own, or by a link that they carry.
pub fn follow(tx: &mut Tx<'_>, credentials: &Credentials, address: &ItemAddress, now: Timestamp) -> Result<Access> {
    let (caller, user, mut access) = reached(tx, credentials, address, now)?;
    let item = access.item.id;
    if reach_anywhere(tx, credentials, &caller, item, now)?.is_none() {
        return Err(Error::access_denied("What only a link shows can be followed once the link is redeemed."));
    }
    if !tx.follows(user, item)? && tx.count_follows(user)? >= MOST {
        let message = format!("One person follows at most {MOST} items.");
        return Err(Error::new(Code::NotAllowed, message));
    }
    tx.follow(user, item, now)?;
    hide_unreachable_in(tx, &mut access, now)?;
    Ok(access)
}

/// Ends that the caller follows an item; that they don't is no error.
pub fn unfollow(tx: &mut Tx<'_>, credentials: &Credentials, address: &ItemAddress, now: Timestamp) -> Result<()> {
    let (_, user, access) = reached(tx, credentials, address, now)?;
    tx.unfollow(user, access.item.id).map(drop)
}

/// What the caller follows and reaches now, by id. What they lost isn't in it, and is again when they get it back.
pub fn list(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    key: &DriveKey,
    (after, limit): (Option<ItemId>, u32),
    now: Timestamp,
) -> Result<Followed> {
    let (caller, user) = owner(tx, credentials, key)?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut items = Vec::new();
    for item in tx.followed_items(user, after, MOST_LOOKED_AT)? {
        let Some(found) = shown(tx, credentials, &caller, item, now)? else { continue };
        if items.len() == limit {
            let next = items.last().map(|(access, _): &(Access, bool)| access.item.id);
            return Ok(Followed { items, next });
        }
        items.push(found);
    }
    Ok(Followed { items, next: None })
}

/// One item that the caller follows and reaches now.
pub fn get(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    key: &DriveKey,
    item: &str,
    now: Timestamp,
) -> Result<(Access, bool)> {
    let (caller, user) = owner(tx, credentials, key)?;
    let item = followed(tx, user, item)?;
    shown(tx, credentials, &caller, item, now)?.ok_or_else(Error::item_not_found)
}

/// Ends that the caller follows an item of their list, be it still within their reach or not.
pub fn unfollow_listed(tx: &mut Tx<'_>, credentials: &Credentials, key: &DriveKey, item: &str) -> Result<()> {
    let (_, user) = owner(tx, credentials, key)?;
    let item = followed(tx, user, item)?;
    tx.unfollow(user, item).map(drop)
}

fn followed(tx: &mut Tx<'_>, user: UserId, item: &str) -> Result<ItemId> {
    let item = ItemId::parse(item).map_err(|_| Error::item_not_found())?;
    if tx.follows(user, item)? { Ok(item) } else { Err(Error::item_not_found()) }
}

/// The list is in the drive of the person whose it is, and nobody else's business.
pub(super) fn owner(tx: &mut Tx<'_>, credentials: &Credentials, key: &DriveKey) -> Result<(Caller, UserId)> {
    let caller = caller::require(tx, credentials.bearer.as_ref())?;
    let drive = reach_drive(tx, &caller, key, Intent::Read)?;
    let user = caller.user_id().filter(|_| drive.is_own_of(caller.user_id())).ok_or_else(Error::item_not_found)?;
    Ok((caller, user))
}

/// An item as it stands in a list of a person's: with the sums that they may know, and whether it is in another's drive.
pub(super) fn shown(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    caller: &Caller,
    item: ItemId,
    now: Timestamp,
) -> Result<Option<(Access, bool)>> {
    let Some(mut access) = reach_anywhere(tx, credentials, caller, item, now)? else { return Ok(None) };
    hide_unreachable_in(tx, &mut access, now)?;
    let is_elsewhere = !access.drive.is_own_of(caller.user_id());
    Ok(Some((access, is_elsewhere)))
}

fn reached(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    address: &ItemAddress,
    now: Timestamp,
) -> Result<(Caller, UserId, Access)> {
    let access = reach(tx, credentials, address, Intent::Read, now)?;
    let caller = access.via.require_caller()?.clone();
    let user = caller
        .user_id()
        .ok_or_else(|| Error::new(Code::InvalidRequest, "People follow items: an application has no list."))?;
    Ok((caller, user, access))
}
