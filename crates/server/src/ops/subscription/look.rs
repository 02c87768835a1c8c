//! What a subscription has to be told now, and whether its owner may still know.

use driveway_core::audit::Source;
use driveway_core::caller::{Caller, Intent};
use driveway_core::drive::Drive;
use driveway_core::error::{Code, Error};
use driveway_core::id::ItemId;
use driveway_core::policy::access::Chain;
use driveway_core::subscription::{Attempts, Subscription};
use driveway_storage::{DueNotification, Lane, Pending, ToldChange};
use jiff::Timestamp;

use super::address;
use crate::auth::token::Claims;
use crate::ops::{Credentials, Result, Tx, access, caller, outside, redemption};
use crate::webhook::notification;

/// Changes that are looked at in one go. Somebody else's changes shouldn't hold the reader for long.
const PAGE: u32 = 50;

/// What a look at a subscription found.
#[derive(Debug)]
pub(super) enum Look {
    /// Nothing is to be told, or nobody is left to be told.
    Nothing,
    /// Changes up to this one are none of the subscription's.
    Skip(i64),
    /// Its owner may no longer read what it is to.
    Remove,
    /// This is to be told.
    Tell(Telling),
}

/// Something to be told.
#[derive(Debug)]
pub(super) struct Telling {
    /// The notification.
    pub(super) text: String,
    /// The last change that it tells of.
    pub(super) change: i64,
    /// The attempts before.
    pub(super) attempts: Attempts,
}

/// Looks at what is due.
pub(super) fn look(tx: &mut Tx<'_>, due: &DueNotification, now: Timestamp) -> Result<Look> {
    let Some(pending) = tx.pending_subscription(due.id, now)? else { return Ok(Look::Nothing) };
    match due.lane {
        Lane::Changes => changes(tx, &pending, now),
        Lane::Lifecycle => lifecycle(tx, &pending),
    }
}

fn lifecycle(tx: &mut Tx<'_>, pending: &Pending) -> Result<Look> {
    let (Some(event), Some(drive)) = (pending.event, tx.drive(&pending.subscription.drive)?) else {
        return Ok(Look::Nothing);
    };
    let text = notification::of_lifecycle(&pending.subscription, drive.tenant, event);
    Ok(Look::Tell(Telling { text, change: 0, attempts: pending.events }))
}

fn changes(tx: &mut Tx<'_>, pending: &Pending, now: Timestamp) -> Result<Look> {
    let subscription = &pending.subscription;
    if pending.is_removed {
        return Ok(Look::Nothing);
    }
    let Some(follower) = Follower::of(tx, subscription, now)? else { return Ok(Look::Remove) };
    // What is told of is everything until now, so that the first change that counts is enough.
    let last = tx.last_change(&subscription.drive)?;
    let page = tx.changes_to_tell(&subscription.drive, pending.notified_change, PAGE)?;
    for change in &page {
        if (!change.is_sharing || subscription.with_sharing) && follower.may_know(tx, change, now)? {
            let text = notification::of_change(subscription, follower.drive.tenant);
            return Ok(Look::Tell(Telling { text, change: last, attempts: pending.changes }));
        }
    }
    Ok(page.last().map_or(Look::Nothing, |last| Look::Skip(last.sequence)))
}

/// Whoever made a subscription, as they stand now.
struct Follower {
    credentials: Credentials,
    caller: Caller,
    drive: Drive,
    folder: ItemId,
}

impl Follower {
    /// `None` if they may no longer read what the subscription is to.
    fn of(tx: &mut Tx<'_>, subscription: &Subscription, now: Timestamp) -> Result<Option<Self>> {
        let claims = Claims::of_session(subscription.user, subscription.application, subscription.tenant);
        let credentials = Credentials { bearer: Some(claims), source: Source::default(), ..Credentials::default() };
        let reached = access::reach(tx, &credentials, &address(subscription), Intent::Read, now);
        let access = match reached {
            Ok(access) => access,
            Err(error) if is_refusal(&error) => return Ok(None),
            Err(error) => return Err(error),
        };
        let caller = caller::require(tx, credentials.bearer.as_ref())?;
        Ok(Some(Self { credentials, caller, drive: access.drive, folder: subscription.folder }))
    }

    /// Whether a change lies below the folder, where they may see it: a folder within may be cut off from them.
    fn may_know(&self, tx: &mut Tx<'_>, change: &ToldChange, now: Timestamp) -> Result<bool> {
        let chain = match (tx.chain(change.place)?, change.last_parent) {
            (Some(chain), _) => chain,
            (None, Some(parent)) => match tx.chain(parent)? {
                Some(chain) => chain,
                None => return Ok(false),
            },
            (None, None) => return Ok(false),
        };
        if !chain.items.iter().any(|item| item.id == self.folder) {
            return Ok(false);
        }
        if chain.role_of(outside::actor(tx, &self.caller, &self.drive)?, now).is_some() {
            return Ok(true);
        }
        // What was deleted is known to those who may see the place where it was.
        let Some(place) = lowest_live(&chain) else { return Ok(false) };
        Ok(redemption::carried(tx, &self.credentials, &self.caller, place, now)?.is_some())
    }
}

fn lowest_live(chain: &Chain) -> Option<ItemId> {
    let dead = chain.items.iter().rposition(|item| item.deleted).map_or(0, |at| at + 1);
    chain.items.get(dead).map(|item| item.id)
}

/// Whether an error means that there is no right, and not that something failed.
fn is_refusal(error: &Error) -> bool {
    matches!(error.code(), Code::ItemNotFound | Code::Unauthenticated | Code::AccessDenied | Code::NotAllowed)
}
