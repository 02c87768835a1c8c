//! What is older than audit trails are kept goes; what stays still verifies.

use driveway_core::audit::{Entry, Kind, Record, Through, anchor, first_break, is_whole_to};
use driveway_core::{Result, time};
use jiff::Timestamp;

use crate::db::only;
use crate::tx::{Tx, values};

/// Events of one link that are pruned in one transaction.
const MOST: usize = 500;

/// What pruning a link's trail came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pruning {
    /// So many events went.
    Gone(u64),
    /// The trail is broken in what would have gone: it stays as it is, for somebody to look at.
    Broken,
}

impl Tx<'_> {
    /// Links with events from before this instant that can be pruned. `after` is where the page before ended.
    pub fn trails_to_prune(&mut self, before: Timestamp, after: &str, limit: u32) -> Result<Vec<String>> {
        let sql = "SELECT DISTINCT link_id FROM link_events WHERE at < $1 AND anchor IS NULL AND link_id > $2
                   ORDER BY link_id LIMIT $3";
        self.all(sql, values![before, after, i64::from(limit)], only)
    }

    /// Prunes the oldest events of a link's trail, as far as they are from before this instant. An anchor stays in their
    /// place; of a link that is gone itself nothing stays once all of its trail is old. Only what verifies goes: nobody
    /// can have a change forgotten by making it look old.
    pub fn prune_trail(&mut self, link: &str, before: Timestamp) -> Result<Pruning> {
        let limit = time::to_micros(before);
        // One more than goes at once tells whether there is more.
        let mut old = self.trail_after(link, i64::MIN, i64::try_from(MOST).unwrap_or(i64::MAX - 1) + 1)?;
        let is_old = |entry: &&Entry| entry.record.at < limit || entry.anchor.is_some();
        let count = old.iter().take(MOST).take_while(is_old).count();
        let has_more = count < old.len();
        old.truncate(count);
        let Some(last) = old.last() else { return Ok(Pruning::Gone(0)) };
        let seal = self.seal()?;
        if first_break(seal, None, &old).is_some() || (!has_more && !is_whole_to(seal, last)) {
            return Ok(Pruning::Broken);
        }
        if count == 1 && last.anchor.is_some() {
            return Ok(Pruning::Gone(0));
        }
        let left = anchor(seal, last, pruned(last));
        let sql = "DELETE FROM link_events WHERE link_id = $1 AND sequence <= $2";
        let gone = self.execute(sql, values![link, last.record.sequence])?;
        let is_there = "SELECT COUNT(*) FROM permissions WHERE id = $1";
        if has_more || self.number(is_there, values![link])? > 0 {
            self.insert_entry(&left)?;
        }
        Ok(Pruning::Gone(gone))
    }
}

/// What is said of the events up to this one, which go.
fn pruned(last: &Entry) -> Record {
    Record {
        kind: Kind::Pruned.as_str().to_owned(),
        user: None,
        application: None,
        address: None,
        through: Through::Server.as_str().to_owned(),
        details: "{}".to_owned(),
        ..last.record.clone()
    }
}
