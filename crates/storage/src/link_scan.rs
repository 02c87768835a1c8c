//! Every link of a tenant, a page at a time, with what policy asks about it: for looking at what a change would do.

use driveway_core::Result;
use driveway_core::drive::DriveKind;
use driveway_core::id::{DriveId, PermissionId, SiteId, TenantId};
use driveway_core::permission::{LinkScope, Permission};
use driveway_core::time;

use crate::db::Row;
use crate::link_list::LinkPlace;
use crate::permission::{permission_columns, read_permission};
use crate::policy::LimitedPlace;
use crate::tx::{Tx, values};

/// A link with its circumstances.
#[derive(Debug, Clone)]
pub struct ScannedLink {
    /// The link.
    pub permission: Permission,
    /// The drive that it is in.
    pub drive: DriveId,
    /// The drive's kind.
    pub drive_kind: DriveKind,
    /// Whether it is on a folder.
    pub is_folder: bool,
    /// The addresses of its maker, if they are of another tenant.
    pub outside_maker: Option<Vec<String>>,
    /// The addresses of each of those whom it is for that are of another tenant.
    pub outside_people: Vec<Vec<String>>,
}

/// The links from behind a place on, newest first, in the order of the index. What is in the recycle bin is left out.
macro_rules! scan {
    ($before:literal) => {
        concat!(
            $before,
            "SELECT p.drive_id, d.kind, i.is_folder, m.user_principal_name, m.mail, ",
            permission_columns!(),
            " FROM permissions p
             JOIN items i ON i.id = p.item_id AND i.deleted_at IS NULL
             JOIN drives d ON d.id = p.drive_id
             LEFT JOIN users m ON m.id = p.created_by_user AND m.tenant_id <> $1
             WHERE p.kind = 'link' AND p.tenant_id = $1 AND (p.created_at, p.id) < ($2, $3)
               AND (CAST($4 AS TEXT) IS NULL OR p.drive_id = $4)
               AND (CAST($5 AS TEXT) IS NULL OR (d.owner_kind = 'site' AND d.owner_id = $5))
             ORDER BY p.created_at DESC, p.id DESC LIMIT $6"
        )
    };
}

impl Tx<'_> {
    /// At most `limit` links of the tenant, of one place of it where one is given, newest first, from behind `after` on.
    pub fn scan_links(
        &mut self,
        tenant: TenantId,
        place: Option<&LimitedPlace>,
        after: Option<LinkPlace>,
        limit: u32,
    ) -> Result<Vec<ScannedLink>> {
        let (created_at, id) =
            after.map_or((i64::MAX, String::new()), |place| (time::to_micros(place.created_at), place.id.to_string()));
        let (drive, site): (Option<&DriveId>, Option<SiteId>) = match place {
            None => (None, None),
            Some(LimitedPlace::Drive(drive)) => (Some(drive), None),
            Some(LimitedPlace::Site(site)) => (None, Some(*site)),
        };
        let values = values![tenant, created_at, id, drive, site, i64::from(limit)];
        let mut links = self.all(scan!(""), values, read_scanned)?;
        for link in &mut links {
            if link.permission.link().is_some_and(|link| link.scope == LinkScope::Users) {
                link.outside_people = self.outside_grantees(link.permission.id, tenant)?;
            }
        }
        Ok(links)
    }

    fn outside_grantees(&mut self, link: PermissionId, tenant: TenantId) -> Result<Vec<Vec<String>>> {
        let sql = "SELECT u.user_principal_name, u.mail FROM link_grantees g JOIN users u ON u.id = g.user_id
                   WHERE g.permission_id = $1 AND u.tenant_id <> $2 ORDER BY u.id";
        self.all(sql, values![link, tenant], |row| Ok(read_addresses(row)?.unwrap_or_default()))
    }
}

fn read_scanned(row: &mut Row<'_>) -> crate::Result<ScannedLink> {
    Ok(ScannedLink {
        drive: row.get()?,
        drive_kind: row.word(DriveKind::parse)?,
        is_folder: row.get()?,
        outside_maker: read_addresses(row)?,
        outside_people: Vec::new(),
        permission: read_permission(row)?,
    })
}

fn read_addresses(row: &mut Row<'_>) -> crate::Result<Option<Vec<String>>> {
    let (name, mail): (Option<String>, Option<String>) = (row.maybe()?, row.maybe()?);
    Ok(name.map(|name| std::iter::once(name).chain(mail).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Value;
    use crate::{DatabaseUrl, Db, DbOptions};

    /// A page of a hundred thousand links reads its own rows: the index has the order.
    #[test]
    fn the_scan_follows_the_index() {
        let home = tempfile::tempdir().unwrap();
        let db = Db::open(&DatabaseUrl::Sqlite(home.path().join("driveway.db")), DbOptions::default()).unwrap();
        let plan = db
            .read_blocking(|tx| {
                let nulls: Vec<Value<'_>> = (0..6).map(|_| Value::Null).collect();
                tx.all(scan!("EXPLAIN QUERY PLAN "), &nulls, |row| {
                    row.skip(3);
                    row.get::<String>()
                })
            })
            .unwrap()
            .join("; ");
        assert!(plan.contains("USING INDEX links_of_tenant "), "{plan}");
        assert!(!plan.contains("TEMP B-TREE") && !plan.contains("SCAN"), "{plan}");
    }
}
