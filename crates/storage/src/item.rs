//! Items: adding and finding them. [`item_change`](crate::item_change) changes them.

use driveway_core::Result;
use driveway_core::error::{Code, Error};
use driveway_core::id::{ApplicationId, DriveId, ItemId, UserId};
use driveway_core::item::{Author, DriveItem, Facet, FileFacet};
use jiff::Timestamp;

use crate::change::ChangeKind;
use crate::db::{Column, Row, only};
use crate::tx::{Tx, values};

/// What a new item is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewFacet {
    /// An empty folder.
    Folder,
    /// A file, whose blob has been adopted in the same transaction.
    File {
        /// The file's own members.
        file: FileFacet,
        /// Its size in bytes.
        size: i64,
    },
}

/// An item to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewItem {
    /// Its id.
    pub id: ItemId,
    /// Where it will live; the parent's drive.
    pub drive: DriveId,
    /// The folder to put it in.
    pub parent: ItemId,
    /// Its name.
    pub name: String,
    /// The folded name by which siblings are told apart and sorted; never empty.
    pub name_key: String,
    /// File or folder.
    pub facet: NewFacet,
    /// The person who makes it; nobody for a stranger with a link.
    pub author_user: Option<UserId>,
    /// The application through which it is made.
    pub author_application: Option<ApplicationId>,
    /// When it is made.
    pub created_at: Timestamp,
    /// When the client's file system says it was made.
    pub file_system_created_at: Timestamp,
    /// When the client's file system says it changed.
    pub file_system_modified_at: Timestamp,
}

macro_rules! items {
    ($($tail:literal),+ $(,)?) => {
        concat!(
            "SELECT i.id, i.drive_id, i.parent_id, i.name, i.is_folder, i.child_count, i.mime_type, i.file_sha256,
                    i.quick_xor, i.size, i.description, i.inherits, i.revision, i.content_revision, i.created_at, i.modified_at,
                    i.file_system_created_at, i.file_system_modified_at, i.deleted_at,
                    i.created_by_user, cu.display_name, i.created_by_application, ca.display_name,
                    i.modified_by_user, mu.display_name, i.modified_by_application, ma.display_name,
                    i.checked_out_by, ou.display_name
             FROM items i
             LEFT JOIN users cu ON cu.id = i.created_by_user
             LEFT JOIN applications ca ON ca.id = i.created_by_application
             LEFT JOIN users mu ON mu.id = i.modified_by_user
             LEFT JOIN applications ma ON ma.id = i.modified_by_application
             LEFT JOIN users ou ON ou.id = i.checked_out_by ",
            $($tail),+
        )
    };
}
pub(crate) use items;

impl Tx<'_> {
    /// Adds an item and counts it in the folders above. A sibling with its name is `nameAlreadyExists`, and the
    /// transaction can go on with another name.
    pub fn insert_item(&mut self, item: &NewItem) -> Result<()> {
        let sql = "INSERT INTO items (id, drive_id, parent_id, name, name_key, is_folder, mime_type, file_sha256,
                       quick_xor, size, created_at, modified_at, file_system_created_at,
                       file_system_modified_at, created_by_user, created_by_application, modified_by_user,
                       modified_by_application, content_modified_at, content_modified_by_user,
                       content_modified_by_application)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12, $13, $14, $15, $14, $15, $11, $14, $15)
                   ON CONFLICT (parent_id, name_key) WHERE deleted_at IS NULL DO NOTHING";
        let (file, size) = match &item.facet {
            NewFacet::Folder => (None, 0),
            NewFacet::File { file, size } => (Some(file), *size),
        };
        let values = values![
            item.id,
            &item.drive,
            item.parent,
            &item.name,
            &item.name_key,
            file.is_none(),
            file.map(|file| &file.mime_type),
            file.map(|file| file.sha256),
            file.map(|file| file.quick_xor),
            size,
            item.created_at,
            item.file_system_created_at,
            item.file_system_modified_at,
            item.author_user,
            item.author_application,
        ];
        if self.execute(sql, values)? == 0 {
            return Err(name_exists());
        }
        self.note_change(item.id, ChangeKind::Content, Some(item.created_at))?;
        self.note_for_search(item)?;
        self.adjust_folders(Some(item.parent), size, 1)
    }

    /// An item, be it live or in the recycle bin.
    pub fn item(&mut self, id: ItemId) -> Result<Option<DriveItem>> {
        self.one(items!("WHERE i.id = $1"), values![id], read_item)
    }

    /// An item of this drive, be it live or in the recycle bin.
    pub fn item_in_drive(&mut self, drive: &DriveId, id: ItemId) -> Result<Option<DriveItem>> {
        Ok(self.item(id)?.filter(|item| item.drive == *drive))
    }

    /// The live child of a folder that has this name.
    pub fn child(&mut self, parent: ItemId, name_key: &str) -> Result<Option<DriveItem>> {
        let sql = items!("WHERE i.parent_id = $1 AND i.name_key = $2 AND i.deleted_at IS NULL");
        self.one(sql, values![parent, name_key], read_item)
    }

    /// The live item at the end of a path of folded names below `start`; `start` itself, if it is live, for an empty
    /// path. What lies above `start` isn't looked at.
    pub fn resolve_path(&mut self, start: ItemId, keys: &[String]) -> Result<Option<DriveItem>> {
        let Some((last, folders)) = keys.split_last() else {
            return Ok(self.item(start)?.filter(|item| item.deleted_at.is_none()));
        };
        let sql = "SELECT id FROM items WHERE parent_id = $1 AND name_key = $2 AND deleted_at IS NULL";
        let mut folder = start;
        for key in folders {
            match self.one(sql, values![folder, key], only)? {
                Some(next) => folder = next,
                None => return Ok(None),
            }
        }
        self.child(folder, last)
    }

    /// At most `limit` items of a drive that don't take over permissions from above, the recycle bin aside.
    pub fn cut_off_items(&mut self, drive: &DriveId, limit: u32) -> Result<Vec<ItemId>> {
        let sql = "SELECT id FROM items WHERE drive_id = $1 AND inherits = 0 AND deleted_at IS NULL LIMIT $2";
        self.all(sql, values![drive, i64::from(limit)], only)
    }

    /// How many of the live items in a folder don't take over its permissions.
    pub fn cut_off_children(&mut self, folder: ItemId) -> Result<i64> {
        let sql = "SELECT COUNT(*) FROM items WHERE parent_id = $1 AND inherits = 0 AND deleted_at IS NULL";
        self.number(sql, values![folder])
    }

    /// At most `limit` live children of a folder, sorted by folded name, from the one after `after` on.
    pub fn children(&mut self, parent: ItemId, after: Option<&str>, limit: u32) -> Result<Vec<DriveItem>> {
        let sql =
            items!("WHERE i.parent_id = $1 AND i.deleted_at IS NULL AND i.name_key > $2 ORDER BY i.name_key LIMIT $3");
        self.all(sql, values![parent, after.unwrap_or_default(), i64::from(limit)], read_item)
    }

    /// The folded name by which a listing goes on after this item.
    pub fn name_key(&mut self, id: ItemId) -> Result<Option<String>> {
        self.one("SELECT name_key FROM items WHERE id = $1", values![id], only)
    }
}

/// A sibling has the name already.
pub(crate) fn name_exists() -> Error {
    Error::new(Code::NameAlreadyExists, "An item with this name already exists in the folder.")
}

pub(crate) fn read_item(row: &mut Row<'_>) -> crate::Result<DriveItem> {
    Ok(DriveItem {
        id: row.get()?,
        drive: row.get()?,
        parent: row.maybe()?,
        name: row.get()?,
        facet: read_facet(row)?,
        size: row.get()?,
        description: row.maybe()?,
        inherits: row.get()?,
        revision: row.get()?,
        content_revision: row.get()?,
        created_at: row.get()?,
        modified_at: row.get()?,
        file_system_created_at: row.get()?,
        file_system_modified_at: row.get()?,
        deleted_at: row.maybe()?,
        created_by: read_author(row)?,
        modified_by: read_author(row)?,
        checked_out_by: read_named(row)?,
        draft: None,
    })
}

fn read_facet(row: &mut Row<'_>) -> crate::Result<Facet> {
    if row.get()? {
        let child_count = row.get()?;
        row.skip(3);
        return Ok(Facet::Folder { child_count });
    }
    row.skip(1);
    Ok(Facet::File(FileFacet { mime_type: row.get()?, sha256: row.get()?, quick_xor: row.get()? }))
}

pub(crate) fn read_author(row: &mut Row<'_>) -> crate::Result<Author> {
    Ok(Author { user: read_named(row)?, application: read_named(row)? })
}

/// An id and its name; the name of what is gone is empty.
fn read_named<I: Column>(row: &mut Row<'_>) -> crate::Result<Option<(I, String)>> {
    let (id, name) = (row.maybe()?, row.maybe()?);
    Ok(id.map(|id| (id, name.unwrap_or_default())))
}
