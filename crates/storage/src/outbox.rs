//! The outbox: what is to be sent, claimed by one sender at a time and settled once.
//!
//! A claim counts the attempt and says when the next one is due. Whoever claims and then dies leaves a row that comes due
//! again; nothing has to be cleaned up after them.

use driveway_core::Result;
use driveway_core::outbox::{Delivery, Due, Kind, State};
use jiff::Timestamp;
use uuid::Uuid;

use crate::db::Row;
use crate::tx::{Tx, values};

/// How many deliveries there are of each state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OutboxCounts {
    /// To be sent.
    pub waiting: u64,
    /// Given up, and not yet forgotten.
    pub given_up: u64,
}

impl Tx<'_> {
    /// Writes something that is to be sent, now or later.
    pub fn insert_delivery(&mut self, delivery: &Delivery) -> Result<()> {
        let sql = "INSERT INTO outbox (id, kind, subject_id, recipient, sender, message, created_at, state, due_at)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', $7)";
        let values = values![
            delivery.id.to_string(),
            delivery.kind.as_str(),
            delivery.permission,
            delivery.recipient.as_str(),
            delivery.sender.as_str(),
            delivery.message.as_str(),
            delivery.created_at,
        ];
        self.execute(sql, values).map(drop)
    }

    /// How many deliveries a sender has asked for after an instant, and when the oldest of these was.
    pub fn deliveries_since(&mut self, sender: &str, since: Timestamp) -> Result<(u64, Option<Timestamp>)> {
        let sql = "SELECT COUNT(*), MIN(created_at) FROM outbox WHERE sender = $1 AND created_at > $2";
        let read = |row: &mut Row<'_>| Ok((count(row.get()?), row.maybe()?));
        Ok(self.one(sql, values![sender, since], read)?.unwrap_or((0, None)))
    }

    /// What is due, the longest waiting first.
    pub fn due_deliveries(&mut self, now: Timestamp, limit: u32) -> Result<Vec<Due>> {
        let sql = "SELECT id, kind, subject_id, recipient, sender, message, created_at, attempts FROM outbox
                   WHERE state = 'waiting' AND due_at <= $1 ORDER BY due_at, id LIMIT $2";
        self.all(sql, values![now, i64::from(limit)], read_due)
    }

    /// Counts an attempt before it is made and says when the next one is due; whether this one was the first to do so.
    pub fn claim_delivery(&mut self, due: &Due, next: Timestamp) -> Result<bool> {
        let sql = "UPDATE outbox SET attempts = attempts + 1, due_at = $3
                   WHERE id = $1 AND attempts = $2 AND state = 'waiting'";
        let values = values![due.delivery.id.to_string(), i64::from(due.attempts), next];
        Ok(self.execute(sql, values)? == 1)
    }

    /// Ends a delivery, and forgets what it said; whether it was still waiting.
    pub fn settle_delivery(&mut self, id: Uuid, state: State, now: Timestamp) -> Result<bool> {
        let sql = "UPDATE outbox SET state = $2, settled_at = $3, message = '' WHERE id = $1 AND state = 'waiting'";
        Ok(self.execute(sql, values![id.to_string(), state.as_str(), now])? == 1)
    }

    /// Forgets what was settled before `before`, and counts it.
    pub fn prune_deliveries(&mut self, before: Timestamp) -> Result<u64> {
        self.execute("DELETE FROM outbox WHERE settled_at < $1", values![before])
    }

    /// How many deliveries wait and how many were given up.
    pub fn outbox_counts(&mut self) -> Result<OutboxCounts> {
        let sql = "SELECT COALESCE(SUM(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END), 0),
                          COALESCE(SUM(CASE WHEN state = 'givenUp' THEN 1 ELSE 0 END), 0) FROM outbox";
        let read = |row: &mut Row<'_>| Ok(OutboxCounts { waiting: count(row.get()?), given_up: count(row.get()?) });
        Ok(self.one(sql, values![], read)?.unwrap_or_default())
    }
}

fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

fn read_due(row: &mut Row<'_>) -> crate::Result<Due> {
    let id: String = row.get()?;
    Ok(Due {
        delivery: Delivery {
            id: Uuid::try_parse(&id).map_err(|_| crate::Error::Malformed("id"))?,
            kind: row.word(Kind::parse)?,
            permission: row.get()?,
            recipient: row.get()?,
            sender: row.get()?,
            message: row.get()?,
            created_at: row.get()?,
        },
        attempts: row.get::<i64>().map(|number| u32::try_from(number).unwrap_or(u32::MAX))?,
    })
}
