//! Changes: what happened in a drive, in the order in which it did. Every method that changes an item says so here, in its own
//! transaction.

use driveway_core::Result;
use driveway_core::id::{DriveId, ItemId, PermissionId};
use jiff::Timestamp;

use crate::tx::{Tx, values};

/// What happened to an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// The item itself: made, changed, renamed, moved, deleted or taken out of the recycle bin.
    Content,
    /// It left a folder for another one; comes besides [`ChangeKind::Content`].
    Moved,
    /// It came back with all that lies below it; comes besides [`ChangeKind::Content`].
    Restored,
    /// Who may see it or change it. Changes neither tag (AMB-12).
    Sharing,
}

impl ChangeKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Moved => "moved",
            Self::Restored => "restored",
            Self::Sharing => "sharing",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Content, Self::Moved, Self::Restored, Self::Sharing].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// The statement that puts changes at the end of their drive's, by what tells the item `i`. Its first three parameters are the
/// kind, the place and the instant. One statement, because links are made by the thousand.
macro_rules! note {
    ($source:literal) => {
        concat!(
            "INSERT INTO changes (drive_id, sequence, item_id, kind, place, at, name, is_folder, parent_id, cut_off)
             SELECT i.drive_id,
                    COALESCE((SELECT MAX(c.sequence) FROM changes c WHERE c.drive_id = i.drive_id), 0) + 1, i.id, $1, $2,
                    COALESCE(CAST($3 AS BIGINT),
                             (SELECT c.at FROM changes c WHERE c.drive_id = i.drive_id ORDER BY c.sequence DESC LIMIT 1), 0),
                    CASE WHEN $1 = 'moved' THEN i.name END, CASE WHEN $1 = 'moved' THEN i.is_folder END,
                    CASE WHEN $1 = 'moved' THEN i.parent_id END, CASE WHEN $1 = 'moved' THEN 1 - i.inherits END
             FROM ",
            $source,
            " ON CONFLICT (item_id, kind, place) DO UPDATE SET
                 sequence = excluded.sequence, at = excluded.at, name = excluded.name, is_folder = excluded.is_folder,
                 parent_id = excluded.parent_id, cut_off = excluded.cut_off"
        )
    };
}

impl Tx<'_> {
    /// Puts a change of an item at the end of its drive's. Without an instant it takes that of the change before it.
    pub fn note_change(&mut self, item: ItemId, kind: ChangeKind, now: Option<Timestamp>) -> Result<()> {
        self.execute(note!("items i WHERE i.id = $4"), values![kind.as_str(), "", now, item]).map(drop)
    }

    /// Notes that an item is about to leave a folder, with what it is called there.
    pub(crate) fn note_move(&mut self, item: ItemId, from: ItemId, now: Timestamp) -> Result<()> {
        let values = values![ChangeKind::Moved.as_str(), from.to_string(), now, item];
        self.execute(note!("items i WHERE i.id = $4"), values).map(drop)
    }

    /// Notes that the sharing of a permission's item changes; does nothing if there is no such permission.
    pub(crate) fn note_sharing_by(&mut self, permission: PermissionId) -> Result<()> {
        let sql = note!("permissions p JOIN items i ON i.id = p.item_id WHERE p.id = $4");
        let now: Option<Timestamp> = None;
        self.execute(sql, values![ChangeKind::Sharing.as_str(), "", now, permission]).map(drop)
    }

    /// Keeps of an item that is about to lose its row what its changes have to say of it.
    pub(crate) fn outlive(&mut self, item: ItemId) -> Result<()> {
        let sql = "UPDATE changes SET name = (SELECT i.name FROM items i WHERE i.id = $1),
                                      is_folder = (SELECT i.is_folder FROM items i WHERE i.id = $1),
                                      parent_id = (SELECT i.parent_id FROM items i WHERE i.id = $1),
                                      cut_off = (SELECT 1 - i.inherits FROM items i WHERE i.id = $1)
                   WHERE item_id = $1 AND kind = 'content'";
        self.execute(sql, values![item]).map(drop)
    }

    /// The sequence of a drive's newest change; 0 if it never had any. It only grows.
    pub fn last_change(&mut self, drive: &DriveId) -> Result<i64> {
        self.number("SELECT COALESCE(MAX(sequence), 0) FROM changes WHERE drive_id = $1", values![drive])
    }
}
