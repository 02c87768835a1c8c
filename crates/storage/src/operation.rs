//! Operations: copies that go on after their request was answered, a few rows at a time.

use driveway_core::Result;
use driveway_core::id::{DriveId, ItemId};
use driveway_core::operation::{OperationStatus, Progress};
use jiff::Timestamp;
use uuid::Uuid;

use crate::db::Row;
use crate::tx::{Tx, values};

/// An operation to begin, or one that is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// Its id.
    pub id: Uuid,
    /// Who began it: of one caller only so many may be under way.
    pub caller: String,
    /// By which right the source is read, in the words of whoever began it.
    pub source_right: String,
    /// By which right the target is written.
    pub target_right: String,
    /// What happens when a name is taken.
    pub conflict: String,
    /// Whether the versions of files are copied too.
    pub versions: bool,
    /// The drive of what is made.
    pub drive: DriveId,
    /// What is made: the copy, or the folder that takes the copies.
    pub result: ItemId,
    /// How many items there are to copy.
    pub total: i64,
}

/// A folder whose items are still to be copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationFolder {
    /// Its number in the operation.
    pub number: i64,
    /// The folder to copy from.
    pub source: ItemId,
    /// The folder to copy into.
    pub target: ItemId,
    /// The folded name behind which it goes on; empty at the start.
    pub after: String,
}

impl Tx<'_> {
    /// Begins an operation.
    pub fn insert_operation(&mut self, operation: &Operation, now: Timestamp) -> Result<()> {
        let sql =
            "INSERT INTO operations (id, caller, status, source_right, target_right, conflict, versions, drive_id,
                       result_id, total, done, created_at)
                   VALUES ($1, $2, 'inProgress', $3, $4, $5, $6, $7, $8, $9, 0, $10)";
        let values = values![
            operation.id.to_string(),
            &operation.caller,
            &operation.source_right,
            &operation.target_right,
            &operation.conflict,
            operation.versions,
            &operation.drive,
            operation.result,
            operation.total,
            now,
        ];
        self.execute(sql, values).map(drop)
    }

    /// An operation that is under way.
    pub fn operation(&mut self, id: Uuid) -> Result<Option<Operation>> {
        let sql = "SELECT caller, source_right, target_right, conflict, versions, drive_id, result_id, total
                   FROM operations WHERE id = $1 AND ended_at IS NULL";
        self.one(sql, values![id.to_string()], |row| {
            Ok(Operation {
                id,
                caller: row.get()?,
                source_right: row.get()?,
                target_right: row.get()?,
                conflict: row.get()?,
                versions: row.get()?,
                drive: row.get()?,
                result: row.get()?,
                total: row.get()?,
            })
        })
    }

    /// At most `limit` operations that are under way, oldest first.
    pub fn operations_under_way(&mut self, limit: u32) -> Result<Vec<Uuid>> {
        let sql = "SELECT id FROM operations WHERE ended_at IS NULL ORDER BY created_at, id LIMIT $1";
        let texts: Vec<String> = self.all(sql, values![i64::from(limit)], crate::db::only)?;
        Ok(texts.iter().filter_map(|text| Uuid::try_parse(text).ok()).collect())
    }

    /// How many operations a caller has under way.
    pub fn operations_of(&mut self, caller: &str) -> Result<i64> {
        self.number("SELECT COUNT(*) FROM operations WHERE ended_at IS NULL AND caller = $1", values![caller])
    }

    /// How far an operation is.
    pub fn progress(&mut self, id: Uuid) -> Result<Option<Progress>> {
        let sql = "SELECT status, done, total, drive_id, result_id, error_code, error FROM operations WHERE id = $1";
        self.one(sql, values![id.to_string()], read_progress)
    }

    /// Adds a folder whose items are to be copied.
    pub fn push_operation_folder(&mut self, operation: Uuid, source: ItemId, target: ItemId) -> Result<()> {
        let sql = "INSERT INTO operation_folders (operation_id, number, source_id, target_id, after_key)
                   SELECT $1, COALESCE(MAX(number), 0) + 1, $2, $3, '' FROM operation_folders WHERE operation_id = $1";
        self.execute(sql, values![operation.to_string(), source, target]).map(drop)
    }

    /// The folder to go on with: the one that was added last, so that few wait at any time.
    pub fn next_operation_folder(&mut self, operation: Uuid) -> Result<Option<OperationFolder>> {
        let sql = "SELECT number, source_id, target_id, after_key FROM operation_folders
                   WHERE operation_id = $1 ORDER BY number DESC LIMIT 1";
        self.one(sql, values![operation.to_string()], |row| {
            Ok(OperationFolder { number: row.get()?, source: row.get()?, target: row.get()?, after: row.get()? })
        })
    }

    /// Notes how far a folder is: behind which name it goes on, or that it is done.
    pub fn advance_operation_folder(&mut self, operation: Uuid, number: i64, after: Option<&str>) -> Result<()> {
        match after {
            Some(after) => {
                let sql = "UPDATE operation_folders SET after_key = $3 WHERE operation_id = $1 AND number = $2";
                self.change(sql, values![operation.to_string(), number, after])
            }
            None => {
                let sql = "DELETE FROM operation_folders WHERE operation_id = $1 AND number = $2";
                self.change(sql, values![operation.to_string(), number])
            }
        }
    }

    /// Counts items that are done.
    pub fn count_operation(&mut self, operation: Uuid, items: i64) -> Result<()> {
        let sql = "UPDATE operations SET done = done + $2 WHERE id = $1";
        self.change(sql, values![operation.to_string(), items])
    }

    /// Ends an operation: well, or with the code and the sentence of what went wrong.
    pub fn end_operation(&mut self, operation: Uuid, error: Option<(&str, &str)>, now: Timestamp) -> Result<()> {
        let status = if error.is_some() { OperationStatus::Failed } else { OperationStatus::Completed };
        let sql = "UPDATE operations SET status = $2, error_code = $3, error = $4, ended_at = $5 WHERE id = $1";
        let (code, message) = error.unzip();
        self.change(sql, values![operation.to_string(), status.as_str(), code, message, now])?;
        self.execute("DELETE FROM operation_folders WHERE operation_id = $1", values![operation.to_string()]).map(drop)
    }

    /// Forgets operations that ended before an instant.
    pub fn prune_operations(&mut self, before: Timestamp) -> Result<u64> {
        self.execute("DELETE FROM operations WHERE ended_at < $1", values![before])
    }

    /// How many live items lie below a folder, those in folders of the recycle bin aside.
    pub fn count_below(&mut self, folder: ItemId) -> Result<i64> {
        let sql = "WITH RECURSIVE down (id) AS (
                       SELECT id FROM items WHERE parent_id = $1 AND deleted_at IS NULL
                       UNION ALL
                       SELECT i.id FROM down JOIN items i ON i.parent_id = down.id WHERE i.deleted_at IS NULL
                   )
                   SELECT COUNT(*) FROM down";
        self.number(sql, values![folder])
    }
}

fn read_progress(row: &mut Row<'_>) -> crate::Result<Progress> {
    let status = row.word(OperationStatus::parse)?;
    let (done, total, drive, result) = (row.get()?, row.get()?, row.get()?, row.get()?);
    let (code, message): (Option<String>, Option<String>) = (row.maybe()?, row.maybe()?);
    Ok(Progress { status, done, total, drive, result, error: code.zip(message) })
}
