//! Search: items found by their names and contents, as far as whoever looks for them reaches.
//!
//! Each item that matches is looked at as if it were asked for by itself. Where somebody reaches a whole drive, the index
//! says what matches there. Where they reach a part of one, what lies in that part is looked at one by one: then neither the
//! answer nor the time it takes depends on what lies beside (P18).

use std::cmp::Reverse;

use driveway_core::address::{DriveKey, ItemAddress};
use driveway_core::caller::{Caller, Intent, Reach};
use driveway_core::drive::Drive;
use driveway_core::error::{Code, Error};
use driveway_core::id::{DriveId, GroupId, ItemId};
use driveway_core::policy::access::Chain;
use driveway_core::search::Query;
use driveway_storage::{Candidate, Match, SearchFor};
use jiff::Timestamp;

use super::access::{Access, Via, reach, reach_anywhere, reach_drive};
use super::item::role_below;
use super::sums::hide_unreachable_in;
use super::{Credentials, Result, Tx, caller, checkout, outside};

/// Items of a part of a drive that are looked at one by one. In a greater part the index is asked.
const MOST_BELOW: u32 = 2_000;

/// The items with rights of somebody's that a search over everything looks at.
const MOST_RIGHTS: u32 = 500;

/// Matches that are read at once, and how often for one page: what is behind is on the next.
const BATCH: u32 = 200;
const MOST_BATCHES: usize = 20;

/// What is looked for, and which page of it.
#[derive(Debug, Clone)]
pub struct Search {
    /// What is looked for.
    pub query: Query,
    /// The number behind which the page begins.
    pub after: Option<i64>,
    /// The most items of the page.
    pub limit: u32,
}

/// Which drives a search over everything takes in.
#[derive(Debug, Clone, Copy)]
pub struct Within {
    /// The caller's own.
    pub own: bool,
    /// What others have shared with the caller, and the drives of the caller's groups.
    pub others: bool,
}

/// An item that was found.
#[derive(Debug)]
pub struct Hit {
    /// The item, as far as it was reached.
    pub access: Access,
    /// Whether it is in another drive than the one that was asked for.
    pub is_elsewhere: bool,
}

/// A page of what was found, the newest first. There may be few or none on it and more behind.
#[derive(Debug)]
pub struct Found {
    /// The items.
    pub hits: Vec<Hit>,
    /// Where the next page begins, if there is one.
    pub next: Option<i64>,
}

/// Looks below a folder that was reached in whatever way. What is cut off from it isn't found.
pub fn below(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    address: &ItemAddress,
    search: &Search,
    now: Timestamp,
) -> Result<Found> {
    let folder = reach(tx, credentials, address, Intent::Read, now)?;
    below_reached(tx, &folder, search, now)
}

/// Looks in a drive whose root the caller may see; in their own drive also in what others share with them, as Graph does.
pub fn in_drive(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    key: &DriveKey,
    search: &Search,
    now: Timestamp,
) -> Result<Found> {
    let caller = caller::require(tx, credentials.bearer.as_ref())?;
    let drive = reach_drive(tx, &caller, key, Intent::Read)?;
    if drive.is_own_of(caller.user_id()) {
        let others = reaches_others(&caller);
        return over_all(tx, credentials, &caller, (Some(drive), others.then_some(&[])), search, now);
    }
    let item = tx.item(drive.root)?.ok_or_else(Error::item_not_found)?;
    let chain = tx.chain(drive.root)?.filter(Chain::is_live).ok_or_else(Error::item_not_found)?;
    let role = chain.role_of(outside::actor(tx, &caller, &drive)?, now).ok_or_else(Error::item_not_found)?;
    let root = Access { drive, item, chain, role, via: Via::Caller(Box::new(caller)) };
    below_reached(tx, &root, search, now)
}

/// Looks in everything that a person reaches by right: their drive, their groups' drives and what is shared with them or by
/// links that they carry.
pub fn everywhere(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    within: Within,
    search: &Search,
    now: Timestamp,
) -> Result<Found> {
    let caller = caller::require(tx, credentials.bearer.as_ref())?;
    caller.require(Intent::Read, true)?;
    if caller.user_id().is_none() {
        let message = "This is for delegated tokens: an application searches in a drive.";
        return Err(Error::new(Code::InvalidRequest, message));
    }
    let own = match reach_drive(tx, &caller, &DriveKey::Me, Intent::Read) {
        Ok(drive) => Some(drive).filter(|_| within.own),
        // Not everybody has a drive of their own.
        Err(error) if error.code() == Code::ItemNotFound => None,
        Err(error) => return Err(error),
    };
    let groups = groups_of(&caller);
    let others = (within.others && reaches_others(&caller)).then_some(groups.as_slice());
    over_all(tx, credentials, &caller, (own, others), search, now)
}

fn reaches_others(caller: &Caller) -> bool {
    caller.reach(Intent::Read) == Reach::AllDrives
}

fn groups_of(caller: &Caller) -> Vec<GroupId> {
    match &caller.principal {
        driveway_core::caller::Principal::User { standing, .. } => {
            standing.member_of.iter().chain(&standing.owner_of).copied().collect()
        }
        driveway_core::caller::Principal::Application => Vec::new(),
    }
}

fn below_reached(tx: &mut Tx<'_>, folder: &Access, search: &Search, now: Timestamp) -> Result<Found> {
    if !folder.item.is_folder() {
        return Ok(Found { hits: Vec::new(), next: None });
    }
    let mut places = Places::default();
    if folder.item.is_root() {
        places.drives.push(folder.drive.id.clone());
    } else {
        places.add_below(tx, folder.item.id, &folder.drive.id)?;
    }
    let in_texts = may_read_contents(folder);
    page(tx, places, in_texts, search, |tx, found| {
        let Some(item) = tx.item(found.item)? else { return Ok(None) };
        let Some((chain, Some(role))) = role_below(tx, &folder.via, item.id, now)? else { return Ok(None) };
        let is_below = chain.items.iter().skip(1).any(|above| above.id == folder.item.id);
        if !is_below || !chain.is_live() {
            return Ok(None);
        }
        let mut access = Access { item, chain, role, ..folder.clone() };
        checkout::show_own(tx, &access.via, &mut access.item)?;
        hide_unreachable_in(tx, &mut access, now)?;
        Ok(Some(Hit { access, is_elsewhere: false }))
    })
}

/// Looks in the caller's own drive, and in what names them or one of these groups.
fn over_all(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    caller: &Caller,
    (own, others): (Option<Drive>, Option<&[GroupId]>),
    search: &Search,
    now: Timestamp,
) -> Result<Found> {
    let mut places = Places::default();
    let own_drive = own.as_ref().map(|drive| drive.id.clone());
    places.drives.extend(own_drive.clone());
    if let (Some(groups), Some(user)) = (others, caller.user_id()) {
        let held = tx.rights_held(user, groups, MOST_RIGHTS)?;
        let is_other = |drive: &DriveId| Some(drive) != own_drive.as_ref();
        // Whole drives first: what lies in them needs no look of its own.
        for right in held.iter().filter(|right| right.is_root && is_other(&right.drive)) {
            let is_own = tx.drive(&right.drive)?.is_some_and(|drive| drive.is_own_of(Some(user)));
            if !is_own && reach_anywhere(tx, credentials, caller, right.item, now)?.is_some() {
                places.drives.push(right.drive.clone());
            }
        }
        for right in held.iter().filter(|right| !right.is_root && is_other(&right.drive)) {
            if reach_anywhere(tx, credentials, caller, right.item, now)?.is_some() {
                places.add(tx, right.item)?;
                places.add_below(tx, right.item, &right.drive)?;
            }
        }
    }
    page(tx, places, true, search, |tx, found| {
        let Some(mut access) = reach_anywhere(tx, credentials, caller, found.item, now)? else { return Ok(None) };
        let is_elsewhere = own_drive.as_ref() != Some(&access.drive.id);
        let is_own = access.drive.is_own_of(caller.user_id());
        if (own_drive.is_none() && is_own) || (!found.by_name && !may_read_contents(&access)) {
            return Ok(None);
        }
        hide_unreachable_in(tx, &mut access, now)?;
        Ok(Some(Hit { access, is_elsewhere }))
    })
}

/// What is found by words in a file is told to those who may have its bytes, as often as they like.
fn may_read_contents(access: &Access) -> bool {
    !access.prevents_download() && !access.counts_downloads()
}

/// Where is looked.
#[derive(Debug, Default)]
struct Places {
    drives: Vec<DriveId>,
    among: Vec<Candidate>,
}

impl Places {
    fn add(&mut self, tx: &mut Tx<'_>, item: ItemId) -> Result<()> {
        self.among.extend(tx.search_candidate(item)?);
        Ok(())
    }

    /// What lies below a folder, one by one as long as these are few, else its drive.
    fn add_below(&mut self, tx: &mut Tx<'_>, folder: ItemId, drive: &DriveId) -> Result<()> {
        if self.drives.contains(drive) {
            return Ok(());
        }
        let room = MOST_BELOW.saturating_sub(u32::try_from(self.among.len()).unwrap_or(MOST_BELOW));
        let found = tx.items_below(folder, room.saturating_add(1))?;
        if found.len() > usize::try_from(room).unwrap_or(usize::MAX) {
            self.drives.push(drive.clone());
        } else {
            self.among.extend(found);
        }
        Ok(())
    }
}

/// A page of what matches in some places and passes the look at each.
fn page(
    tx: &mut Tx<'_>,
    mut places: Places,
    in_texts: bool,
    search: &Search,
    mut look: impl FnMut(&mut Tx<'_>, &Match) -> Result<Option<Hit>>,
) -> Result<Found> {
    places.among.sort_by_key(|one| (Reverse(one.number), one.item));
    places.among.dedup();
    let what = SearchFor { drives: places.drives, among: places.among, query: search.query.clone(), in_texts };
    let limit = usize::try_from(search.limit).unwrap_or(usize::MAX);
    let (mut hits, mut last, mut before) = (Vec::new(), None, search.after);
    for _ in 0..MOST_BATCHES {
        let matches = tx.search(&what, before, BATCH)?;
        for found in &matches.found {
            let Some(hit) = look(tx, found)? else { continue };
            // There is a next page when there is something on it.
            if hits.len() == limit {
                return Ok(Found { hits, next: last });
            }
            last = Some(found.number);
            hits.push(hit);
        }
        before = matches.next;
        if before.is_none() {
            break;
        }
    }
    Ok(Found { hits, next: before })
}
