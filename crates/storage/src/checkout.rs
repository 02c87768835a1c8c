//! Check-outs: a file that one person works on, and the copy that they work on.
//!
//! The item's row always says what was last checked in, so that whoever forgets to ask here shows nothing too early.

use driveway_core::Result;
use driveway_core::id::{DriveId, ItemId, UserId};
use driveway_core::item::FileFacet;
use jiff::Timestamp;

use crate::db::only;
use crate::item_change::ItemChange;
use crate::tx::{Tx, values};

/// A content that isn't checked in yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkingCopy {
    /// The bytes and their media type.
    pub file: FileFacet,
    /// How many bytes.
    pub size: i64,
    /// Which one of all that were ever put for this file.
    pub draft: i64,
    /// When it was put.
    pub modified_at: Timestamp,
}

impl Tx<'_> {
    /// Checks a file out for somebody.
    pub fn check_out(&mut self, item: ItemId, user: UserId) -> Result<()> {
        self.change("UPDATE items SET checked_out_by = $2 WHERE id = $1 AND is_folder = 0", values![item, user])
    }

    /// The working copy of a file; `None` if it isn't checked out, or hasn't been changed since it was.
    pub fn working_copy(&mut self, item: ItemId) -> Result<Option<WorkingCopy>> {
        let sql = "SELECT w.mime_type, w.file_sha256, w.quick_xor, w.size, i.drafts, w.modified_at
                   FROM working_copies w JOIN items i ON i.id = w.item_id WHERE w.item_id = $1";
        self.one(sql, values![item], |row| {
            Ok(WorkingCopy {
                file: FileFacet { mime_type: row.get()?, sha256: row.get()?, quick_xor: row.get()? },
                size: row.get()?,
                draft: row.get()?,
                modified_at: row.get()?,
            })
        })
    }

    /// Puts a blob that has been adopted in the same transaction, or that a version names, into the working copy of a file
    /// that is checked out. `size` in bytes.
    pub fn put_working_copy(&mut self, item: ItemId, file: &FileFacet, size: i64, now: Timestamp) -> Result<()> {
        let sql = "UPDATE items SET drafts = drafts + 1 WHERE id = $1 AND checked_out_by IS NOT NULL";
        self.change(sql, values![item])?;
        let sql = "INSERT INTO working_copies (item_id, mime_type, file_sha256, quick_xor, size, modified_at)
                   VALUES ($1, $2, $3, $4, $5, $6)
                   ON CONFLICT (item_id) DO UPDATE SET mime_type = excluded.mime_type, quick_xor = excluded.quick_xor,
                       file_sha256 = excluded.file_sha256, size = excluded.size, modified_at = excluded.modified_at";
        let values = values![item, &file.mime_type, file.sha256, file.quick_xor, size, now];
        self.execute(sql, values).map(drop)
    }

    /// Makes the working copy, if there is one, the content that everybody sees, and ends the check-out.
    pub fn check_in(&mut self, item: ItemId, comment: Option<&str>, change: &ItemChange, now: Timestamp) -> Result<()> {
        if let Some(copy) = self.working_copy(item)? {
            self.replace_content(item, &copy.file, copy.size, change, now)?;
        }
        if comment.is_some() {
            self.change("UPDATE items SET content_comment = $2 WHERE id = $1", values![item, comment])?;
        }
        self.discard_check_out(item)
    }

    /// Ends a check-out and forgets the working copy.
    pub fn discard_check_out(&mut self, item: ItemId) -> Result<()> {
        self.execute("DELETE FROM working_copies WHERE item_id = $1", values![item])?;
        self.change("UPDATE items SET checked_out_by = NULL WHERE id = $1", values![item])
    }

    /// The live files of a drive that are checked out by others than this person.
    pub fn checked_out_by_others(&mut self, drive: &DriveId, user: Option<UserId>) -> Result<Vec<ItemId>> {
        let sql = "SELECT id FROM items
                   WHERE drive_id = $1 AND checked_out_by IS NOT NULL AND checked_out_by <> $2 AND deleted_at IS NULL";
        self.all(sql, values![drive, user.map(|user| user.to_string()).unwrap_or_default()], only)
    }
}
