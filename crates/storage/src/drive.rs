//! Drives.

use driveway_core::Result;
use driveway_core::drive::{Drive, DriveKind, DriveOwner};
use driveway_core::id::{DriveId, GroupId, ItemId, SiteId, UserId};
use jiff::Timestamp;

use crate::db::Row;
use crate::error::Error;
use crate::tx::{Tx, values};

macro_rules! drives {
    ($tail:literal) => {
        concat!(
            "SELECT d.id, d.tenant_id, d.kind, d.owner_kind, d.owner_id,
                    COALESCE(u.display_name, g.display_name, s.display_name, ''),
                    d.root_item_id, d.name, d.quota_bytes, d.created_at
             FROM drives d
             LEFT JOIN users u ON d.owner_kind = 'user' AND u.id = d.owner_id
             LEFT JOIN groups g ON d.owner_kind = 'group' AND g.id = d.owner_id
             LEFT JOIN sites s ON d.owner_kind = 'site' AND s.id = d.owner_id ",
            $tail
        )
    };
}

impl Tx<'_> {
    /// Adds a drive and its empty root, named `root`. Grants on the root are up to the caller.
    pub fn insert_drive(&mut self, drive: &Drive, now: Timestamp) -> Result<()> {
        let sql = "INSERT INTO drives (id, tenant_id, kind, owner_kind, owner_id, root_item_id, name, quota_bytes,
                                       created_at)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let (owner_kind, owner_id) = owner_columns(drive.owner);
        let values = values![
            &drive.id,
            drive.tenant,
            drive.kind.as_str(),
            owner_kind,
            owner_id,
            drive.root,
            &drive.name,
            drive.quota_bytes,
            drive.created_at,
        ];
        self.execute(sql, values)?;
        let root = "INSERT INTO items (id, drive_id, name, name_key, is_folder, size, created_at, modified_at,
                                       file_system_created_at, file_system_modified_at)
                    VALUES ($1, $2, 'root', 'root', 1, 0, $3, $3, $3, $3)";
        self.execute(root, values![drive.root, &drive.id, now]).map(drop)
    }

    /// A drive.
    pub fn drive(&mut self, id: &DriveId) -> Result<Option<Drive>> {
        self.one(drives!("WHERE d.id = $1"), values![id], read_drive)
    }

    /// The owner's drive; their first one if they have several.
    pub fn drive_of(&mut self, owner: DriveOwner) -> Result<Option<Drive>> {
        Ok(self.drives_of(owner)?.into_iter().next())
    }

    /// The owner's drives, oldest first.
    pub fn drives_of(&mut self, owner: DriveOwner) -> Result<Vec<Drive>> {
        let (owner_kind, owner_id) = owner_columns(owner);
        let sql = drives!("WHERE d.owner_kind = $1 AND d.owner_id = $2 ORDER BY d.created_at, d.id");
        self.all(sql, values![owner_kind, owner_id], read_drive)
    }

    /// How many bytes lie in a drive's recycle bin, for as long as they can be restored.
    pub fn recycled_bytes(&mut self, drive: &DriveId) -> Result<i64> {
        let sql = "SELECT COALESCE(SUM(size), 0) FROM items
                   WHERE drive_id = $1 AND purging = 0 AND deleted_at IS NOT NULL";
        self.number(sql, values![drive])
    }

    /// Says how many bytes a drive may hold; `false` if there is no such drive.
    pub fn set_drive_quota(&mut self, drive: &DriveId, bytes: i64) -> Result<bool> {
        Ok(self.execute("UPDATE drives SET quota_bytes = $2 WHERE id = $1", values![drive, bytes])? > 0)
    }

    /// Every drive, oldest first.
    pub fn drives(&mut self) -> Result<Vec<Drive>> {
        self.all(drives!("ORDER BY d.created_at, d.id"), values![], read_drive)
    }

    /// The drive that an item is in.
    pub fn drive_of_item(&mut self, item: ItemId) -> Result<Option<Drive>> {
        let sql = drives!("WHERE d.id = (SELECT drive_id FROM items WHERE id = $1)");
        self.one(sql, values![item], read_drive)
    }
}

fn owner_columns(owner: DriveOwner) -> (&'static str, String) {
    match owner {
        DriveOwner::User(id) => ("user", id.to_string()),
        DriveOwner::Group(id) => ("group", id.to_string()),
        DriveOwner::Site(id) => ("site", id.to_string()),
    }
}

fn read_drive(row: &mut Row<'_>) -> crate::Result<Drive> {
    Ok(Drive {
        id: row.get()?,
        tenant: row.get()?,
        kind: row.word(DriveKind::parse)?,
        owner: read_owner(row)?,
        owner_name: row.get()?,
        root: row.get()?,
        name: row.get()?,
        quota_bytes: row.get()?,
        created_at: row.get()?,
    })
}

fn read_owner(row: &mut Row<'_>) -> crate::Result<DriveOwner> {
    let kind: String = row.get()?;
    match kind.as_str() {
        "user" => row.get::<UserId>().map(DriveOwner::User),
        "group" => row.get::<GroupId>().map(DriveOwner::Group),
        "site" => row.get::<SiteId>().map(DriveOwner::Site),
        _ => Err(Error::Malformed("drive owner")),
    }
}
