//! The audit trail of links: events go in at the end of a link's chain, and are read and proved.

use driveway_core::audit::{By, Entry, Kind, Record, Tail, entry, first_break, is_whole_to};
use driveway_core::id::{DriveId, ItemId, PermissionId};
use driveway_core::{Result, time};
use jiff::Timestamp;

use crate::check::Finding;
use crate::db::{Row, only};
use crate::tx::{Tx, values};

/// The columns that [`read_entry`] reads, in its order.
macro_rules! entries {
    ($tail:literal) => {
        concat!(
            "SELECT link_id, item_id, sequence, at, kind, user_id, application_id, address, through, details, mac,
                    head, anchor
             FROM link_events ",
            $tail
        )
    };
}

/// Entries that are proved between two questions to the database.
const PAGE: i64 = 1000;

/// Something that happened to a link, about to be written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// The link.
    pub link: PermissionId,
    /// What happened.
    pub kind: Kind,
    /// When.
    pub at: Timestamp,
    /// Who did it, from where.
    pub by: By,
    /// What else there is to say: a JSON object without any secret.
    pub details: String,
}

/// A place in a link's chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrailPlace {
    /// The item that the link is or was on.
    pub item: ItemId,
    /// The drive that the item is or was in.
    pub drive: Option<DriveId>,
    /// The number of the event there.
    pub sequence: i64,
}

impl Tx<'_> {
    /// Begins a link's chain: one insert, for a link that is made in the same transaction.
    pub fn begin_trail(&mut self, item: ItemId, event: &NewEvent) -> Result<()> {
        let begun = entry(self.seal()?, None, event.kind.begins(), record(item.to_string(), event));
        self.insert_entry(&begun)
    }

    /// Writes an event down at the end of its link's chain. Without a chain and without a link there is nothing to write
    /// to, which is `false`; a link without a chain has lost it, and gets one that is broken where it begins.
    pub fn append_event(&mut self, event: &NewEvent) -> Result<bool> {
        let tail = self.tail(event.link)?;
        let item = match &tail {
            Some(tail) => Some(tail.item.clone()),
            None => {
                self.one("SELECT item_id FROM permissions WHERE id = $1 AND kind = 'link'", values![event.link], only)?
            }
        };
        let Some(item) = item else { return Ok(false) };
        let next = entry(self.seal()?, tail.as_ref(), event.kind.begins(), record(item, event));
        if let Some(tail) = &tail {
            let sql = "UPDATE link_events SET head = NULL WHERE link_id = $1 AND sequence = $2";
            self.execute(sql, values![event.link, tail.sequence])?;
        }
        self.insert_entry(&next)?;
        Ok(true)
    }

    fn tail(&mut self, link: PermissionId) -> Result<Option<Tail>> {
        let sql = "SELECT item_id, sequence, mac, head FROM link_events WHERE link_id = $1
                   ORDER BY sequence DESC LIMIT 1";
        self.one(sql, values![link], |row| {
            // Somebody may have written nonsense there. It shows; it mustn't keep a link from being revoked.
            let (item, sequence) = (row.get().unwrap_or_default(), row.get().unwrap_or(i64::MAX));
            Ok(Tail { item, sequence, mac: row.get().unwrap_or_default(), head: optional(row) })
        })
    }

    /// The end of a link's chain, whether the link is still there or not.
    pub fn trail_end(&mut self, link: PermissionId) -> Result<Option<TrailPlace>> {
        let sql = "SELECT item_id, drive_id, sequence FROM link_events WHERE link_id = $1
                   ORDER BY sequence DESC LIMIT 1";
        let end = self.one(sql, values![link], |row| {
            let item: String = row.get().unwrap_or_default();
            Ok((item, optional(row), row.get().unwrap_or(i64::MAX)))
        })?;
        Ok(end.and_then(|(item, drive, sequence)| {
            let drive = drive.and_then(|drive| DriveId::parse(&drive).ok());
            Some(TrailPlace { item: ItemId::parse(&item).ok()?, drive, sequence })
        }))
    }

    /// Events of a link, the newest first: those before the one with this number, or from the newest on.
    pub fn trail(&mut self, link: PermissionId, before: Option<i64>, limit: u32) -> Result<Vec<Entry>> {
        let sql = entries!("WHERE link_id = $1 AND sequence < $2 ORDER BY sequence DESC LIMIT $3");
        self.all(sql, values![link, before.unwrap_or(i64::MAX), i64::from(limit)], |row| Ok(read_entry(row)))
    }

    /// Events of a link in the order in which they came, behind the one with this number.
    pub fn trail_after(&mut self, link: &str, after: i64, limit: i64) -> Result<Vec<Entry>> {
        let sql = entries!("WHERE link_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3");
        self.all(sql, values![link, after, limit], |row| Ok(read_entry(row)))
    }

    /// Where a link's chain is broken: the number of the first event that isn't as it was written or isn't there. Only the
    /// newest `most` events are looked at; the second number is the first of them.
    pub fn trail_break(&mut self, link: &str, most: i64) -> Result<(Option<i64>, i64)> {
        let sql = "SELECT COALESCE(MIN(sequence), 0), COALESCE(MAX(sequence), 0) FROM link_events WHERE link_id = $1";
        let ends =
            self.one(sql, values![link], |row| Ok((row.get().unwrap_or(i64::MIN), row.get().unwrap_or(i64::MAX))))?;
        let (first, last): (i64, i64) = ends.unwrap_or((0, 0));
        let from = first.max(last.saturating_sub(most).saturating_add(1));
        let mut before = if from > first { self.trail_after(link, from.saturating_sub(2), 1)?.pop() } else { None };
        loop {
            // Without one before, the page starts at the chain's beginning, whatever number somebody gave it.
            let after = before.as_ref().map_or(i64::MIN, |entry| entry.record.sequence);
            let mut page = self.trail_after(link, after, PAGE)?;
            let seal = self.seal()?;
            if let Some(broken) = first_break(seal, before.as_ref(), &page) {
                return Ok((Some(broken), from));
            }
            match page.pop() {
                Some(last) => before = Some(last),
                None => break,
            }
        }
        let end = before.map_or(Some(1), |last| {
            let is_whole = self.seal().is_ok_and(|seal| is_whole_to(seal, &last));
            (!is_whole).then(|| last.record.sequence.saturating_add(1))
        });
        Ok((end, from))
    }

    /// Links that are older than audit trails, to begin theirs. `after` is where the page before ended.
    pub fn links_without_trail(
        &mut self,
        after: Option<PermissionId>,
        limit: u32,
    ) -> Result<Vec<(PermissionId, ItemId)>> {
        let sql = "SELECT p.id, p.item_id FROM permissions p
                   WHERE p.kind = 'link' AND p.id > $1
                     AND NOT EXISTS (SELECT 1 FROM link_events e WHERE e.link_id = p.id)
                   ORDER BY p.id LIMIT $2";
        let after = after.map_or_else(String::new, |after| after.to_string());
        self.all(sql, values![after, i64::from(limit)], |row| Ok((row.get()?, row.get()?)))
    }

    /// Proves every chain, and finds live links that have none.
    pub fn check_trails(&mut self) -> Result<Vec<Finding>> {
        let mut findings = Vec::new();
        let missing = "SELECT p.id FROM permissions p WHERE p.kind = 'link'
                           AND NOT EXISTS (SELECT 1 FROM link_events e WHERE e.link_id = p.id)";
        for subject in self.all(missing, &[], only)? {
            findings.push(Finding { problem: "the link has no audit trail", subject });
        }
        let mut after = String::new();
        let next = "SELECT link_id FROM link_events WHERE link_id > $1 ORDER BY link_id LIMIT 1";
        while let Some(link) = self.one::<String>(next, values![after], only)? {
            if let (Some(number), _) = self.trail_break(&link, i64::MAX)? {
                let subject = format!("{link}, event {number}");
                findings.push(Finding { problem: "the link's audit trail is broken", subject });
            }
            after = link;
        }
        Ok(findings)
    }

    /// Only somebody who wrote into the trail can have taken the place. The trail is broken then, and what happens to the
    /// link goes on all the same.
    pub(crate) fn insert_entry(&mut self, entry: &Entry) -> Result<()> {
        let sql =
            "INSERT INTO link_events (link_id, item_id, sequence, at, kind, user_id, application_id, address, through,
                                            details, mac, head, anchor, drive_id)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
                           COALESCE((SELECT drive_id FROM items WHERE id = $2),
                                    (SELECT drive_id FROM link_events WHERE link_id = $1 ORDER BY sequence LIMIT 1)))
                   ON CONFLICT (link_id, sequence) DO NOTHING";
        let Entry { record, mac, head, anchor } = entry;
        let values = values![
            &record.link,
            &record.item,
            record.sequence,
            record.at,
            &record.kind,
            record.user.as_deref(),
            record.application.as_deref(),
            record.address.as_deref(),
            &record.through,
            &record.details,
            mac,
            head.as_deref(),
            anchor.as_deref(),
        ];
        self.execute(sql, values).map(drop)
    }
}

fn record(item: String, event: &NewEvent) -> Record {
    Record {
        link: event.link.to_string(),
        item,
        sequence: 0,
        at: time::to_micros(event.at),
        kind: event.kind.as_str().to_owned(),
        user: event.by.user.map(|user| user.to_string()),
        application: event.by.application.map(|application| application.to_string()),
        address: event.by.source.address.map(|address| address.to_string()),
        through: event.by.source.through.as_str().to_owned(),
        details: event.details.clone(),
    }
}

/// A text that may be missing. What is there and no text isn't missing.
fn optional(row: &mut Row<'_>) -> Option<String> {
    row.maybe().unwrap_or_else(|_| Some(String::new()))
}

/// Reads an event as it stands there. What isn't a number or a text any more reads as something that was never written.
fn read_entry(row: &mut Row<'_>) -> Entry {
    let record = Record {
        link: row.get().unwrap_or_default(),
        item: row.get().unwrap_or_default(),
        sequence: row.get().unwrap_or(i64::MAX),
        at: row.get().unwrap_or(i64::MIN),
        kind: row.get().unwrap_or_default(),
        user: optional(row),
        application: optional(row),
        address: optional(row),
        through: row.get().unwrap_or_default(),
        details: row.get().unwrap_or_default(),
    };
    let mac = row.get().unwrap_or_default();
    Entry { record, mac, head: optional(row), anchor: optional(row) }
}
