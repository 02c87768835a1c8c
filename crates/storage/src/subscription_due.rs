//! What subscriptions have to be told: found, claimed by one sender at a time, and settled once.
//!
//! A claim counts the attempt and says when the next one is due. Whoever claims and then dies leaves a row that comes due
//! again. A notification says that something changed and not what, so that however many changes wait, it is one.

use driveway_core::Result;
use driveway_core::id::{DriveId, ItemId};
use driveway_core::subscription::{Attempts, LifecycleEvent, Subscription};
use jiff::Timestamp;
use uuid::Uuid;

use crate::db::Row;
use crate::error::Error;
use crate::subscription::{read_subscription, subscription_columns};
use crate::tx::{Tx, values};

/// A subscription with what its receiver has been told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// The subscription.
    pub subscription: Subscription,
    /// Whether it is over and kept only for what is to be told of that.
    pub is_removed: bool,
    /// The last change that the receiver knows of.
    pub notified_change: i64,
    /// The attempts to tell of changes.
    pub changes: Attempts,
    /// What is to be told of the subscription itself.
    pub event: Option<LifecycleEvent>,
    /// The attempts to tell that.
    pub events: Attempts,
}

/// What is to be told: of changes, or of the subscription itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// Something changed.
    Changes,
    /// A [`LifecycleEvent`].
    Lifecycle,
}

/// Something that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueNotification {
    /// The subscription.
    pub id: Uuid,
    /// Of what.
    pub lane: Lane,
    /// Where it goes.
    pub url: String,
    /// Whose it is: a person's through an application, or an application's.
    pub owner: String,
}

/// A change, as far as it decides who is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldChange {
    /// Its place in the order of the drive's changes.
    pub sequence: i64,
    /// Whether only the sharing of the item changed.
    pub is_sharing: bool,
    /// The item, unless it left a folder: then that.
    pub place: ItemId,
    /// The folder that an item lay in which is no more.
    pub last_parent: Option<ItemId>,
}

impl Tx<'_> {
    /// The changes of a drive behind one, in their order.
    pub fn changes_to_tell(&mut self, drive: &DriveId, after: i64, limit: u32) -> Result<Vec<ToldChange>> {
        let sql = "SELECT sequence, CASE WHEN kind = 'sharing' THEN 1 ELSE 0 END,
                          CASE WHEN kind = 'moved' THEN place ELSE item_id END, parent_id
                   FROM changes WHERE drive_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3";
        self.all(sql, values![drive, after, i64::from(limit)], |row| {
            Ok(ToldChange {
                sequence: row.get()?,
                is_sharing: row.get()?,
                place: row.get()?,
                last_parent: row.maybe()?,
            })
        })
    }

    /// What is due, the longest waiting first: changes, and what is to be told of subscriptions themselves.
    pub fn due_notifications(&mut self, now: Timestamp, limit: u32) -> Result<Vec<DueNotification>> {
        const CHANGES: &str =
            "SELECT s.id, s.notification_url, s.application_id || COALESCE(s.user_id, '') FROM subscriptions s
             WHERE s.removed = 0 AND s.expires_at > $1 AND s.due_at <= $1
               AND EXISTS (SELECT 1 FROM changes c WHERE c.drive_id = s.drive_id AND c.sequence > s.notified_change)
             ORDER BY s.due_at, s.id LIMIT $2";
        const EVENTS: &str =
            "SELECT s.id, s.lifecycle_url, s.application_id || COALESCE(s.user_id, '') FROM subscriptions s
             WHERE s.event IS NOT NULL AND s.lifecycle_url IS NOT NULL AND s.expires_at > $1 AND s.event_due_at <= $1
             ORDER BY s.event_due_at, s.id LIMIT $2";
        let mut due = Vec::new();
        for (sql, lane) in [(EVENTS, Lane::Lifecycle), (CHANGES, Lane::Changes)] {
            due.extend(self.all(sql, values![now, i64::from(limit)], |row| read_due(row, lane))?);
        }
        Ok(due)
    }

    /// A subscription that hasn't expired, with what its receiver has been told.
    pub fn pending_subscription(&mut self, id: Uuid, now: Timestamp) -> Result<Option<Pending>> {
        const SQL: &str = concat!(
            "SELECT ",
            subscription_columns!(),
            ", s.removed, s.notified_change, s.attempts, s.tried_since, s.due_at, s.event, s.event_attempts,
               s.event_since, s.event_due_at
             FROM subscriptions s WHERE s.id = $1 AND s.expires_at > $2"
        );
        self.one(SQL, values![id.to_string(), now], read_pending)
    }

    /// Counts an attempt before it is made; whether this sender was the first to do so.
    pub fn claim_notification(&mut self, id: Uuid, lane: Lane, before: Attempts, next: Attempts) -> Result<bool> {
        let sql = match lane {
            Lane::Changes => {
                "UPDATE subscriptions SET attempts = $3, tried_since = $4, due_at = $5
                 WHERE id = $1 AND attempts = $2 AND due_at = $6"
            }
            Lane::Lifecycle => {
                "UPDATE subscriptions SET event_attempts = $3, event_since = $4, event_due_at = $5
                 WHERE id = $1 AND event_attempts = $2 AND event_due_at = $6 AND event IS NOT NULL"
            }
        };
        let (count, next_count) = (i64::from(before.count), i64::from(next.count));
        let values = values![id.to_string(), count, next_count, next.since, next.due_at, before.due_at];
        Ok(self.execute(sql, values)? == 1)
    }

    /// The receiver knows of every change up to this one, or won't be told of it any more.
    pub fn settle_changes(&mut self, id: Uuid, change: i64, now: Timestamp) -> Result<()> {
        let sql = "UPDATE subscriptions SET notified_change = $2, attempts = 0, tried_since = NULL, due_at = $3
                   WHERE id = $1 AND notified_change < $2";
        self.execute(sql, values![id.to_string(), change, now]).map(drop)
    }

    /// Something is to be told of a subscription itself. Without a URL for that nobody is told.
    pub fn raise_event(&mut self, id: Uuid, event: LifecycleEvent, now: Timestamp) -> Result<()> {
        let sql = "UPDATE subscriptions SET event = $2, event_attempts = 0, event_since = NULL, event_due_at = $3
                   WHERE id = $1 AND lifecycle_url IS NOT NULL";
        self.execute(sql, values![id.to_string(), event.as_str(), now]).map(drop)
    }

    /// What was to be told of a subscription has been, or won't be. One that is over is forgotten with that.
    pub fn settle_event(&mut self, id: Uuid) -> Result<()> {
        self.execute("DELETE FROM subscriptions WHERE id = $1 AND removed = 1", values![id.to_string()])?;
        self.execute("UPDATE subscriptions SET event = NULL WHERE id = $1", values![id.to_string()]).map(drop)
    }

    /// Ends a subscription before its time. It stays until that has been told, where there is somebody to tell.
    pub fn remove_subscription(&mut self, id: Uuid, now: Timestamp) -> Result<()> {
        self.raise_event(id, LifecycleEvent::SubscriptionRemoved, now)?;
        self.execute("UPDATE subscriptions SET removed = 1 WHERE id = $1", values![id.to_string()])?;
        let sql = "DELETE FROM subscriptions WHERE id = $1 AND lifecycle_url IS NULL";
        self.execute(sql, values![id.to_string()]).map(drop)
    }
}

fn read_due(row: &mut Row<'_>, lane: Lane) -> crate::Result<DueNotification> {
    let id: String = row.get()?;
    let id = Uuid::try_parse(&id).map_err(|_| Error::Malformed("id"))?;
    Ok(DueNotification { id, lane, url: row.get()?, owner: row.get()? })
}

fn read_pending(row: &mut Row<'_>) -> crate::Result<Pending> {
    Ok(Pending {
        subscription: read_subscription(row)?,
        is_removed: row.get()?,
        notified_change: row.get()?,
        changes: read_attempts(row)?,
        event: row.maybe_word(LifecycleEvent::parse)?,
        events: read_attempts(row)?,
    })
}

fn read_attempts(row: &mut Row<'_>) -> crate::Result<Attempts> {
    let count: i64 = row.get()?;
    Ok(Attempts { count: u32::try_from(count).unwrap_or(u32::MAX), since: row.maybe()?, due_at: row.get()? })
}
