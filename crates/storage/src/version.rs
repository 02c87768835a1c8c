//! Versions of files: what the content was before. The current one is in the item's own row.

use driveway_core::Result;
use driveway_core::id::ItemId;
use driveway_core::item::FileFacet;
use driveway_core::version::FileVersion;

use crate::db::Row;
use crate::item::read_author;
use crate::tx::{Tx, values};

macro_rules! versions {
    ($tail:literal) => {
        concat!(
            "SELECT v.number, v.mime_type, v.file_sha256, v.quick_xor, v.size, v.comment, v.modified_at,
                    v.modified_by_user, mu.display_name, v.modified_by_application, ma.display_name
             FROM (SELECT content_revision AS number, mime_type, file_sha256, quick_xor, size, content_comment AS comment,
                          content_modified_at AS modified_at, content_modified_by_user AS modified_by_user,
                          content_modified_by_application AS modified_by_application
                   FROM items WHERE id = $1 AND is_folder = 0
                   UNION ALL
                   SELECT number, mime_type, file_sha256, quick_xor, size, comment, modified_at, modified_by_user,
                          modified_by_application
                   FROM item_versions WHERE item_id = $1) v
             LEFT JOIN users mu ON mu.id = v.modified_by_user
             LEFT JOIN applications ma ON ma.id = v.modified_by_application ",
            $tail
        )
    };
}

impl Tx<'_> {
    /// At most `limit` versions of a file, the current one among them, newest first, from the one older than `before` on.
    pub fn versions(&mut self, item: ItemId, before: Option<i64>, limit: u32) -> Result<Vec<FileVersion>> {
        let sql = versions!("WHERE v.number < $2 ORDER BY v.number DESC LIMIT $3");
        self.all(sql, values![item, before.unwrap_or(i64::MAX), i64::from(limit)], read_version)
    }

    /// A version of a file, which may be the current one.
    pub fn version(&mut self, item: ItemId, number: i64) -> Result<Option<FileVersion>> {
        self.one(versions!("WHERE v.number = $2"), values![item, number], read_version)
    }

    /// Forgets a version that isn't the current one; `false` if there is none.
    pub fn delete_version(&mut self, item: ItemId, number: i64) -> Result<bool> {
        let sql = "DELETE FROM item_versions WHERE item_id = $1 AND number = $2";
        Ok(self.execute(sql, values![item, number])? > 0)
    }

    /// Forgets all versions but the newest `keep`, the current one not counted.
    pub fn prune_versions(&mut self, item: ItemId, keep: u32) -> Result<u64> {
        let sql = "DELETE FROM item_versions WHERE item_id = $1 AND number NOT IN
                       (SELECT number FROM item_versions WHERE item_id = $1 ORDER BY number DESC LIMIT $2)";
        self.execute(sql, values![item, i64::from(keep)])
    }

    /// Gives a new file the versions of another, under their numbers; its own content comes after them.
    pub fn copy_versions(&mut self, from: ItemId, to: ItemId) -> Result<()> {
        let sql =
            "INSERT INTO item_versions (item_id, number, mime_type, file_sha256, quick_xor, size, comment, modified_at,
                       modified_by_user, modified_by_application)
                   SELECT $2, number, mime_type, file_sha256, quick_xor, size, comment, modified_at, modified_by_user,
                       modified_by_application
                   FROM item_versions WHERE item_id = $1";
        self.execute(sql, values![from, to])?;
        let sql = "UPDATE items SET content_revision = (SELECT o.content_revision FROM items o WHERE o.id = $1) WHERE id = $2";
        self.change(sql, values![from, to])
    }

    /// Keeps the content that a file has now as a version, before another takes its place.
    pub(crate) fn keep_version(&mut self, item: ItemId) -> Result<()> {
        let sql =
            "INSERT INTO item_versions (item_id, number, mime_type, file_sha256, quick_xor, size, comment, modified_at,
                       modified_by_user, modified_by_application)
                   SELECT id, content_revision, mime_type, file_sha256, quick_xor, size, content_comment,
                       content_modified_at, content_modified_by_user, content_modified_by_application
                   FROM items WHERE id = $1 AND is_folder = 0";
        self.execute(sql, values![item]).map(drop)
    }
}

fn read_version(row: &mut Row<'_>) -> crate::Result<FileVersion> {
    Ok(FileVersion {
        number: row.get()?,
        file: FileFacet { mime_type: row.get()?, sha256: row.get()?, quick_xor: row.get()? },
        size: row.get()?,
        comment: row.maybe()?,
        modified_at: row.get()?,
        modified_by: read_author(row)?,
    })
}
