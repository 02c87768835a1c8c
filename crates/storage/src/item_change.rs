//! Items: changing them, and keeping the sums of the folders above right.

use driveway_core::Result;
use driveway_core::error::Error;
use driveway_core::id::{ApplicationId, ItemId, UserId};
use driveway_core::item::FileFacet;
use jiff::Timestamp;

use crate::change::ChangeKind;
use crate::item::name_exists;
use crate::tx::{Tx, values};

/// What changes with an item besides its name, place or content: who does it, and members that `None` leaves alone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ItemChange {
    /// Free text; an empty one takes it away.
    pub description: Option<String>,
    /// When the client's file system says it was made.
    pub file_system_created_at: Option<Timestamp>,
    /// When the client's file system says it changed.
    pub file_system_modified_at: Option<Timestamp>,
    /// The person who changes it; nobody for a stranger with a link.
    pub author_user: Option<UserId>,
    /// The application through which it is changed.
    pub author_application: Option<ApplicationId>,
}

impl ItemChange {
    /// A change by somebody that leaves every member alone.
    pub fn by(author_user: Option<UserId>, author_application: Option<ApplicationId>) -> Self {
        Self { author_user, author_application, ..Self::default() }
    }

    /// Whether any member is to change.
    pub fn changes_anything(&self) -> bool {
        self.description.is_some() || self.file_system_created_at.is_some() || self.file_system_modified_at.is_some()
    }
}

/// What every change does to a row, with the first seven parameters: see `change_values`.
macro_rules! update_items {
    ($set:literal, $tail:literal) => {
        concat!(
            "UPDATE items SET revision = revision + 1, modified_at = $2, modified_by_user = $3,
                 modified_by_application = $4, description = NULLIF(COALESCE($5, description), ''),
                 file_system_created_at = COALESCE($6, file_system_created_at),
                 file_system_modified_at = COALESCE($7, file_system_modified_at)",
            $set,
            " WHERE id = $1 ",
            $tail
        )
    };
}

macro_rules! change_values {
    ($item:expr, $change:expr, $now:expr $(, $more:expr)* $(,)?) => {
        values![
            $item,
            $now,
            $change.author_user,
            $change.author_application,
            $change.description.as_deref(),
            $change.file_system_created_at,
            $change.file_system_modified_at
            $(, $more)*
        ]
    };
}

/// What an item weighs in the folders above it.
pub(crate) struct Weight {
    pub(crate) parent: Option<ItemId>,
    pub(crate) size: i64,
    pub(crate) live: bool,
}

impl Tx<'_> {
    /// Sets members of an item.
    pub fn change_item(&mut self, item: ItemId, change: &ItemChange, now: Timestamp) -> Result<()> {
        self.change(update_items!("", ""), change_values![item, change, now])?;
        self.note_change(item, ChangeKind::Content, Some(now))
    }

    /// Gives an item another name, another parent, or both. A sibling with the name is `nameAlreadyExists`; a parent
    /// that is the item itself, lies below it, is a file or belongs to another drive is `invalidRequest`.
    pub fn rename_or_move(
        &mut self,
        item: ItemId,
        parent: ItemId,
        name: &str,
        name_key: &str,
        change: &ItemChange,
        now: Timestamp,
    ) -> Result<()> {
        const SQL: &str = update_items!(", parent_id = $8, name = $9, name_key = $10", "AND parent_id IS NOT NULL");
        let weight = self.weight(item)?;
        let moves = weight.parent != Some(parent);
        if moves {
            self.require_place(item, parent)?;
        }
        if weight.live && self.is_name_taken(item, parent, name_key)? {
            return Err(name_exists());
        }
        if let Some(left) = weight.parent.filter(|_| moves) {
            self.note_move(item, left, now)?;
        }
        self.change(SQL, change_values![item, change, now, parent, name, name_key])?;
        self.note_change(item, ChangeKind::Content, Some(now))?;
        self.note_name_for_search(item)?;
        if moves && weight.live {
            self.adjust_folders(weight.parent, -weight.size, -1)?;
            self.adjust_folders(Some(parent), weight.size, 1)?;
        }
        Ok(())
    }

    /// Replaces a file's content by a blob that has been adopted in the same transaction, or that a version or a working
    /// copy names. `size` in bytes. What the content was is kept as a version.
    pub fn replace_content(
        &mut self,
        item: ItemId,
        file: &FileFacet,
        size: i64,
        change: &ItemChange,
        now: Timestamp,
    ) -> Result<()> {
        const SQL: &str = update_items!(
            ", mime_type = $8, file_sha256 = $9, quick_xor = $10, size = $11, content_revision = content_revision + 1,
             content_modified_at = $2, content_modified_by_user = $3, content_modified_by_application = $4,
             content_comment = NULL",
            "AND is_folder = 0"
        );
        let weight = self.weight(item)?;
        self.keep_version(item)?;
        let values = change_values![item, change, now, &file.mime_type, file.sha256, file.quick_xor, size];
        self.change(SQL, values)?;
        self.note_change(item, ChangeKind::Content, Some(now))?;
        self.note_text_for_search(item)?;
        if weight.live { self.adjust_folders(weight.parent, size - weight.size, 0) } else { Ok(()) }
    }

    /// Puts a live item into the recycle bin, and with it what lies below. A drive's root stays where it is.
    pub fn trash(&mut self, item: ItemId, now: Timestamp) -> Result<()> {
        let weight = self.weight(item)?;
        let sql = "UPDATE items SET deleted_at = $2, revision = revision + 1
                   WHERE id = $1 AND deleted_at IS NULL AND parent_id IS NOT NULL";
        self.change(sql, values![item, now])?;
        self.note_change(item, ChangeKind::Content, Some(now))?;
        self.adjust_folders(weight.parent, -weight.size, -1)
    }

    /// Says whether an item takes over the permissions of what lies above. Sharing changes no tag, so no revision.
    pub fn set_inherits(&mut self, item: ItemId, inherits: bool) -> Result<()> {
        self.change("UPDATE items SET inherits = $2, kept_for = NULL WHERE id = $1", values![item, inherits])?;
        self.note_change(item, ChangeKind::Sharing, None)
    }

    /// Ends that an item takes them over. What one person has from above may stay theirs (AMB-30).
    pub fn stop_inheriting(&mut self, item: ItemId, kept_for: Option<UserId>) -> Result<()> {
        self.change("UPDATE items SET inherits = 0, kept_for = $2 WHERE id = $1", values![item, kept_for])?;
        self.note_change(item, ChangeKind::Sharing, None)
    }

    /// Adds to the size of a folder and of all above it, and to the folder's own count of children. What is in the
    /// recycle bin weighs nothing further up.
    pub(crate) fn adjust_folders(&mut self, folder: Option<ItemId>, size: i64, children: i64) -> Result<()> {
        let sql = "WITH RECURSIVE up (id, parent_id, deleted_at) AS (
                       SELECT id, parent_id, deleted_at FROM items WHERE id = $1
                       UNION ALL
                       SELECT i.id, i.parent_id, i.deleted_at FROM up JOIN items i ON i.id = up.parent_id
                       WHERE up.deleted_at IS NULL
                   )
                   UPDATE items SET size = size + $2, child_count = child_count + CASE WHEN id = $1 THEN $3 ELSE 0 END
                   WHERE id IN (SELECT id FROM up)";
        match folder {
            Some(folder) if size != 0 || children != 0 => self.change(sql, values![folder, size, children]),
            _ => Ok(()),
        }
    }

    pub(crate) fn weight(&mut self, item: ItemId) -> Result<Weight> {
        let sql = "SELECT parent_id, size, deleted_at FROM items WHERE id = $1";
        let weight = self.one(sql, values![item], |row| {
            Ok(Weight { parent: row.maybe()?, size: row.get()?, live: row.maybe::<Timestamp>()?.is_none() })
        })?;
        weight.ok_or_else(Error::item_not_found)
    }

    /// Refuses a parent that would make a cycle, hold items without being a folder, or part an item from its drive.
    fn require_place(&mut self, item: ItemId, parent: ItemId) -> Result<()> {
        let sql = "WITH RECURSIVE up (id, parent_id) AS (
                       SELECT id, parent_id FROM items WHERE id = $2
                       UNION ALL
                       SELECT i.id, i.parent_id FROM up JOIN items i ON i.id = up.parent_id
                   )
                   SELECT COUNT(*) FROM items p JOIN items i ON i.drive_id = p.drive_id
                   WHERE p.id = $2 AND p.is_folder = 1 AND i.id = $1 AND $1 NOT IN (SELECT id FROM up)";
        match self.number(sql, values![item, parent])? {
            0 => Err(Error::invalid("parentReference", "The item can't be moved there.")),
            _ => Ok(()),
        }
    }

    pub(crate) fn is_name_taken(&mut self, item: ItemId, parent: ItemId, name_key: &str) -> Result<bool> {
        let sql = "SELECT COUNT(*) FROM items
                   WHERE parent_id = $2 AND name_key = $3 AND deleted_at IS NULL AND id <> $1";
        Ok(self.number(sql, values![item, parent, name_key])? > 0)
    }
}
