//! Everything that decides about access to an item, in one statement: the most frequent read there is.

use driveway_core::Result;
use driveway_core::id::{ItemId, TenantId};
use driveway_core::item::DriveItem;
use driveway_core::permission::Permission;
use driveway_core::policy::access::{Chain, ChainItem};
use jiff::Timestamp;

use crate::db::Row;
use crate::permission::{permission_columns, read_permission};
use crate::tx::{Tx, values};

/// One permission of one item on the way up, or an item without any.
struct Link {
    depth: i64,
    tenant: TenantId,
    item: ChainItem,
    permission: Option<Permission>,
}

impl Tx<'_> {
    /// An item and what lies above it, with the permissions on each; `None` if there is no such item.
    pub fn chain(&mut self, item: ItemId) -> Result<Option<Chain>> {
        // The tenant goes along from the first row on: joined after the recursion it would make SQLite store all rows.
        const SQL: &str = concat!(
            "WITH RECURSIVE up (depth, tenant_id, id, parent_id, name, inherits, deleted_at) AS (
                 SELECT 0, d.tenant_id, i.id, i.parent_id, i.name, i.inherits, i.deleted_at
                 FROM items i JOIN drives d ON d.id = i.drive_id WHERE i.id = $1
                 UNION ALL
                 SELECT up.depth + 1, up.tenant_id, i.id, i.parent_id, i.name, i.inherits, i.deleted_at
                 FROM up JOIN items i ON i.id = up.parent_id
             )
             SELECT up.depth, up.tenant_id, up.id, up.name, up.inherits, up.deleted_at, ",
            permission_columns!(),
            " FROM up LEFT JOIN permissions p ON p.item_id = up.id"
        );
        let mut links = self.all(SQL, values![item], read_chain_link)?;
        // The database may give the rows in any order.
        links.sort_by_key(|link| (link.depth, link.permission.as_ref().map(|found| (found.created_at, found.id))));
        let Some(tenant) = links.first().map(|link| link.tenant) else { return Ok(None) };
        let mut items: Vec<ChainItem> = Vec::with_capacity(links.len());
        for link in links {
            if items.last().is_none_or(|last| last.id != link.item.id) {
                items.push(link.item);
            }
            if let (Some(mut permission), Some(last)) = (link.permission, items.last_mut()) {
                self.load_grantees(&mut permission)?;
                last.permissions.push(permission);
            }
        }
        Ok(Some(Chain { tenant, items }))
    }

    /// An item together with its chain.
    pub fn item_and_chain(&mut self, item: ItemId) -> Result<Option<(DriveItem, Chain)>> {
        let Some(chain) = self.chain(item)? else { return Ok(None) };
        Ok(self.item(item)?.map(|item| (item, chain)))
    }
}

fn read_chain_link(row: &mut Row<'_>) -> crate::Result<Link> {
    Ok(Link {
        depth: row.get()?,
        tenant: row.get()?,
        item: ChainItem {
            id: row.get()?,
            name: row.get()?,
            inherits: row.get()?,
            deleted: row.maybe::<Timestamp>()?.is_some(),
            permissions: Vec::new(),
        },
        permission: if row.is_null()? { None } else { Some(read_permission(row)?) },
    })
}
