//! Following a folder: what lies in it, and later what changed (ITEM-05, ITEM-06, AMB-63).
//!
//! An enumeration goes from one place in the order of the drive's changes to another, which is its newest when it begins. First
//! comes what is there, then what lies in folders that came, last what is gone. What happens while it goes on is for the next
//! one. ADR 0019 says why nothing is lost on the way.

use driveway_core::address::ItemAddress;
use driveway_core::caller::{Intent, Scope as TokenScope};
use driveway_core::delta::{DeltaToken, Step};
use driveway_core::drive::DriveKind;
use driveway_core::error::{Code, Error, Inner};
use driveway_core::id::ItemId;
use driveway_core::item::DriveItem;
use driveway_core::permission::Role;
use driveway_core::policy::access::ChainItem;
use jiff::Timestamp;

use self::scope::Scope;
use self::telling::Telling;
use super::access::{Access, reach};
use super::sums::hide_unreachable;
use super::{Credentials, Result, Tx, checkout};
use crate::app::App;

mod scope;
mod telling;
mod walk;

/// Changes that are forgotten in one transaction.
const BATCH: u32 = 1000;

/// Where an enumeration begins or goes on.
#[derive(Debug, Clone)]
pub enum Begin {
    /// With everything that lies in the folder.
    First,
    /// With what changes from now on.
    Latest,
    /// With what changed since an instant.
    Instant(Timestamp),
    /// Where a token says.
    Token(DeltaToken),
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Ask {
    /// Where to begin.
    pub begin: Begin,
    /// Items on a page; the folders above a change come on top of them.
    pub limit: u32,
    /// Whether changes of sharing are wished for (HDR-06).
    pub sharing: bool,
}

/// Something that a page tells.
#[derive(Debug)]
pub enum Entry {
    /// An item that is there.
    There {
        /// The item.
        item: Box<DriveItem>,
        /// What lies above it, the nearest first.
        above: Vec<ChainItem>,
        /// Whether its sharing changed.
        shared_changed: bool,
    },
    /// An item that isn't there any more, or not in the folder that is followed.
    Gone {
        /// Its id.
        id: ItemId,
        /// What it was called.
        name: String,
        /// Whether it was a folder.
        is_folder: bool,
        /// What it lay in, the nearest first.
        above: Vec<ChainItem>,
    },
}

impl Entry {
    fn item_mut(&mut self) -> Option<&mut DriveItem> {
        match self {
            Self::There { item, .. } => Some(item),
            Self::Gone { .. } => None,
        }
    }
}

/// A page of an enumeration.
#[derive(Debug)]
pub struct Page {
    /// The folder that is followed.
    pub access: Access,
    /// What is told, folders before what lies in them.
    pub entries: Vec<Entry>,
    /// Where the next page or the next enumeration begins.
    pub token: DeltaToken,
    /// Whether the enumeration is over.
    pub is_last: bool,
    /// Whether changes of sharing are among it.
    pub shows_sharing: bool,
}

/// A page of what lies in a folder or changed in it, by the right that reaches the folder. What that right doesn't reach isn't
/// told, nor that it is gone (P3, P18).
pub fn page(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    address: &ItemAddress,
    ask: &Ask,
    now: Timestamp,
) -> Result<Page> {
    let access = reach(tx, credentials, address, Intent::Read, now)?;
    let shows_sharing = ask.sharing && may_see_sharing(&access);
    let last = tx.last_change(&access.drive.id)?;
    let mut scope = Scope::new(tx, &access, now);
    let token = begin(&mut scope, &ask.begin, last)?;
    let mut telling = Telling::new(scope, &token, ask.limit, shows_sharing);
    let step = match token.step {
        Step::Settled => Step::Live { until: last, at: token.since },
        step => step,
    };
    let step = telling.tell(step)?;
    let mut entries = telling.into_entries();
    finish(tx, &access, &mut entries, now)?;
    let is_last = step == Step::Settled;
    let since = if is_last { until(&token, last) } else { token.since };
    let loose = if is_last { last } else { token.loose };
    let token = DeltaToken { since, loose, step, ..token };
    Ok(Page { access, entries, token, is_last, shows_sharing })
}

/// The last change of the enumeration that a token belongs to.
fn until(token: &DeltaToken, last: i64) -> i64 {
    match token.step {
        Step::Settled => last,
        Step::First { .. } => token.since,
        Step::Live { until, .. } | Step::Trees { until, .. } | Step::Gone { until, .. } => until,
    }
}

/// The token at which a page begins, if it can.
fn begin(scope: &mut Scope<'_, '_>, begin: &Begin, last: i64) -> Result<DeltaToken> {
    let view = scope.view(last)?;
    let (drive, folder) = (scope.access.drive.id.clone(), scope.access.item.id);
    let at = |since, step| DeltaToken { drive: drive.clone(), folder, view: view.clone(), since, loose: since, step };
    match begin {
        Begin::First => Ok(at(last, Step::First { cursor: None })),
        Begin::Latest => Ok(at(last, Step::Settled)),
        Begin::Instant(instant) => {
            // What was hidden then isn't known, so that only those can be told from whom nothing ever is.
            if !scope.is_owner() {
                let sentence = "A point in time is a token for owners of the drive only.";
                return Err(Error::new(Code::NotSupported, sentence).target("token"));
            }
            let since = scope.tx.change_at(&scope.access.drive.id, *instant)?;
            Ok(at(since.ok_or_else(|| resync(Inner::ResyncChangesApplyDifferences))?, Step::Settled))
        }
        Begin::Token(token) => {
            if token.drive != drive || token.folder != folder {
                return Err(invalid_token());
            }
            if token.since > last || until(token, last) > last {
                return Err(resync(Inner::ResyncChangesUploadDifferences));
            }
            if token.view != view || token.since < scope.tx.change_horizon(&drive)? {
                return Err(resync(Inner::ResyncChangesApplyDifferences));
            }
            Ok(token.clone())
        }
    }
}

/// Changes of sharing are for programs that watch over a whole organization (HDR-06). A personal drive has none.
fn may_see_sharing(access: &Access) -> bool {
    let caller = access.via.caller();
    access.role == Role::Owner
        && access.drive.kind != DriveKind::Personal
        && caller.is_some_and(|caller| caller.scopes.any(&[TokenScope::SitesFullControlAll]))
}

/// Shows of the items what whoever asks is shown of them anywhere.
fn finish(tx: &mut Tx<'_>, access: &Access, entries: &mut [Entry], now: Timestamp) -> Result<()> {
    let mut slots: Vec<&mut DriveItem> = entries.iter_mut().filter_map(Entry::item_mut).collect();
    let mut items: Vec<DriveItem> = slots.iter().map(|item| DriveItem::clone(item)).collect();
    items.iter_mut().try_for_each(|item| checkout::show_own(tx, &access.via, item))?;
    hide_unreachable(tx, &access.drive.id, (&access.via, access.role), &mut items, now)?;
    slots.iter_mut().zip(items).for_each(|(slot, item)| **slot = item);
    Ok(())
}

/// A token that isn't one, or one of another folder.
pub fn invalid_token() -> Error {
    Error::invalid("token", "Invalid paging token.").inner(Inner::InvalidParameterFormat)
}

/// What happened since can't be told; the client has to begin anew (ITEM-06).
fn resync(how: Inner) -> Error {
    Error::new(Code::ResyncRequired, "Resync required. What changed since can't be told; enumerate anew.").inner(how)
}

/// Forgets changes whose time is over.
pub async fn prune(app: &App) -> Result<u64> {
    let now = app.clock.now();
    let days = jiff::SignedDuration::from_hours(24 * i64::from(app.config.limits.change_days));
    let before = now.saturating_sub(days).unwrap_or(Timestamp::MIN);
    let mut pruned = 0;
    loop {
        match app.db.write(move |tx| tx.prune_changes(before, BATCH)).await? {
            0 => return Ok(pruned),
            more => pruned += more,
        }
    }
}
