//! Changes: reading and pruning them. [`change`](crate::change) writes them.

use driveway_core::Result;
use driveway_core::id::{DriveId, ItemId};
use driveway_core::item::DriveItem;
use jiff::Timestamp;

use crate::change::ChangeKind;
use crate::db::{Row, only};
use crate::item::{items, read_item};
use crate::tx::{Tx, values};

/// Something that happened in a drive. Several changes of one item and kind are one, at the place of the newest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its place in the order of the drive's changes.
    pub sequence: i64,
    /// The item, which may be gone.
    pub item: ItemId,
    /// What happened.
    pub kind: ChangeKind,
    /// What is written down of an item that left a folder or lost its row.
    pub left: Option<Left>,
}

/// What an item was where it isn't any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// The folder that it was in.
    pub folder: ItemId,
    /// What it was called there.
    pub name: String,
    /// Whether it is a folder itself.
    pub is_folder: bool,
    /// Whether it took over no permissions there: who reached the folder may not have reached it.
    pub cut_off: bool,
}

/// In which order changes are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Oldest first.
    Forwards,
    /// Newest first.
    Backwards,
}

/// Changes between two others, these not counted, of at most three kinds.
macro_rules! changes {
    ($direction:literal) => {
        concat!(
            "SELECT c.sequence, c.item_id, c.kind, c.parent_id, c.name, c.is_folder, c.cut_off FROM changes c
             WHERE c.drive_id = $1 AND c.sequence > $2 AND c.sequence < $3 AND c.kind IN ($4, $5, $6)
             ORDER BY c.sequence ",
            $direction,
            " LIMIT $7"
        )
    };
}

impl Tx<'_> {
    /// At most `limit` of a drive's changes behind `after` and before `before`, of these kinds; three are looked at.
    pub fn changes(
        &mut self,
        drive: &DriveId,
        (after, before): (i64, i64),
        kinds: &[ChangeKind],
        order: Order,
        limit: u32,
    ) -> Result<Vec<Change>> {
        let sql = match order {
            Order::Forwards => changes!("ASC"),
            Order::Backwards => changes!("DESC"),
        };
        let kind = |at: usize| kinds.get(at).or(kinds.last()).map(|kind| kind.as_str());
        let values = values![drive, after, before, kind(0), kind(1), kind(2), i64::from(limit)];
        self.all(sql, values, read_change)
    }

    /// The greatest sequence that was pruned: whoever knows less than this can't be told what they missed.
    pub fn change_horizon(&mut self, drive: &DriveId) -> Result<i64> {
        self.number("SELECT change_horizon FROM drives WHERE id = $1", values![drive])
    }

    /// The newest change up to an instant; `None` if it was pruned, 0 if nothing had changed by then.
    pub fn change_at(&mut self, drive: &DriveId, instant: Timestamp) -> Result<Option<i64>> {
        let sql = "SELECT sequence FROM changes WHERE drive_id = $1 AND at <= $2 ORDER BY sequence DESC LIMIT 1";
        if let Some(sequence) = self.one(sql, values![drive, instant], only)? {
            return Ok(Some(sequence));
        }
        Ok((self.change_horizon(drive)? == 0).then_some(0))
    }

    /// Whether an item left a folder or the recycle bin behind a change.
    pub fn came_after(&mut self, item: ItemId, sequence: i64) -> Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM changes
                                  WHERE item_id = $1 AND kind IN ('moved', 'restored') AND sequence > $2)";
        Ok(self.one(sql, values![item, sequence], only)?.unwrap_or_default())
    }

    /// At most `limit` live children of a folder by their ids, from the one behind `after` on. No rename changes this order.
    pub fn children_by_id(&mut self, folder: ItemId, after: Option<ItemId>, limit: u32) -> Result<Vec<DriveItem>> {
        let sql = items!("WHERE i.parent_id = $1 AND i.id > $2 AND i.deleted_at IS NULL ORDER BY i.id LIMIT $3");
        let after = after.map(|after| after.to_string()).unwrap_or_default();
        self.all(sql, values![folder, after, i64::from(limit)], read_item)
    }

    /// Forgets at most `limit` changes from before an instant in each of at most `limit` drives, and says how many. The newest
    /// one of a drive stays, because those to come are numbered behind it.
    pub fn prune_changes(&mut self, before: Timestamp, limit: u32) -> Result<u64> {
        let sql = "SELECT d.id FROM drives d
                   WHERE (SELECT c.at FROM changes c
                          WHERE c.drive_id = d.id
                            AND c.sequence < (SELECT MAX(n.sequence) FROM changes n WHERE n.drive_id = d.id)
                          ORDER BY c.sequence LIMIT 1) < $1
                   LIMIT $2";
        let drives: Vec<DriveId> = self.all(sql, values![before, i64::from(limit)], only)?;
        drives.iter().try_fold(0, |pruned, drive| Ok(pruned + self.prune_drive(drive, before, limit)?))
    }

    fn prune_drive(&mut self, drive: &DriveId, before: Timestamp, limit: u32) -> Result<u64> {
        let oldest = "SELECT sequence, at FROM changes
                      WHERE drive_id = $1 AND sequence < (SELECT MAX(sequence) FROM changes WHERE drive_id = $1)
                      ORDER BY sequence LIMIT $2";
        let oldest: Vec<(i64, Timestamp)> =
            self.all(oldest, values![drive, i64::from(limit)], |row| Ok((row.get()?, row.get()?)))?;
        let Some((horizon, _)) = oldest.into_iter().take_while(|(_, at)| *at < before).last() else { return Ok(0) };
        self.change("UPDATE drives SET change_horizon = $2 WHERE id = $1", values![drive, horizon])?;
        self.execute("DELETE FROM changes WHERE drive_id = $1 AND sequence <= $2", values![drive, horizon])
    }
}

fn read_change(row: &mut Row<'_>) -> crate::Result<Change> {
    let (sequence, item, kind) = (row.get()?, row.get()?, row.word(ChangeKind::parse)?);
    let folder = row.maybe()?;
    let (name, is_folder, cut_off) = (row.maybe()?, row.maybe()?, row.maybe()?);
    let left = match (folder, name, is_folder, cut_off) {
        (Some(folder), Some(name), Some(is_folder), Some(cut_off)) => Some(Left { folder, name, is_folder, cut_off }),
        _ => None,
    };
    Ok(Change { sequence, item, kind, left })
}
