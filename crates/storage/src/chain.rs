//! Everything that decides about access to an item, in one statement: the most frequent read there is. Links decide
//! nothing until they are presented, and an item may carry thousands, so they have a statement of their own.

use std::ops::ControlFlow;

use driveway_core::Result;
use driveway_core::id::{ItemId, TenantId};
use driveway_core::item::DriveItem;
use driveway_core::permission::{LinkScope, Permission};
use driveway_core::policy::access::{Chain, ChainItem, Kept, Standing};
use jiff::Timestamp;

use crate::db::Row;
use crate::permission::{permission_columns, read_permission};
use crate::tx::{Tx, values};

/// CROSS JOIN keeps SQLite from walking all links there are in search of the few that lie on the way.
const LINKS_ABOVE: &str = concat!(
    "WITH RECURSIVE up (id, parent_id) AS (
         SELECT i.id, i.parent_id FROM items i WHERE i.id = $1
         UNION ALL
         SELECT i.id, i.parent_id FROM up JOIN items i ON i.id = up.parent_id
     )
     SELECT ",
    permission_columns!(),
    " FROM up CROSS JOIN permissions p WHERE p.item_id = up.id AND p.kind = 'link'"
);

/// One grant of one item on the way up, or an item without any.
struct Step {
    depth: i64,
    tenant: TenantId,
    item: ChainItem,
    grant: Option<Permission>,
}

impl Tx<'_> {
    /// An item and what lies above it, with the grants on each; `None` if there is no such item.
    pub fn chain(&mut self, item: ItemId) -> Result<Option<Chain>> {
        // The tenant goes along from the first row on: joined after the recursion it would make SQLite store all rows.
        const SQL: &str = concat!(
            "WITH RECURSIVE up (depth, tenant_id, id, parent_id, name, inherits, kept_for, deleted_at) AS (
                 SELECT 0, d.tenant_id, i.id, i.parent_id, i.name, i.inherits, i.kept_for, i.deleted_at
                 FROM items i JOIN drives d ON d.id = i.drive_id WHERE i.id = $1
                 UNION ALL
                 SELECT up.depth + 1, up.tenant_id, i.id, i.parent_id, i.name, i.inherits, i.kept_for, i.deleted_at
                 FROM up JOIN items i ON i.id = up.parent_id
             )
             SELECT up.depth, up.tenant_id, up.id, up.name, up.inherits, up.kept_for, up.deleted_at, ",
            permission_columns!(),
            " FROM up LEFT JOIN permissions p ON p.item_id = up.id AND p.kind <> 'link'"
        );
        let mut steps = self.all(SQL, values![item], read_step)?;
        // The database may give the rows in any order.
        steps.sort_by_key(|step| (step.depth, step.grant.as_ref().map(|found| (found.created_at, found.id))));
        let Some(tenant) = steps.first().map(|step| step.tenant) else { return Ok(None) };
        let mut items: Vec<ChainItem> = Vec::with_capacity(steps.len());
        for step in steps {
            if items.last().is_none_or(|last| last.id != step.item.id) {
                items.push(step.item);
                if let Some(kept) = items.last_mut().and_then(|item| item.keeps.as_mut()) {
                    kept.standing = self.standing(kept.user)?;
                }
            }
            if let (Some(grant), Some(last)) = (step.grant, items.last_mut()) {
                last.grants.push(grant);
            }
        }
        Ok(Some(Chain { tenant, items }))
    }

    /// The links on an item and on what lies above it, in no order. Whether they reach the item is for its
    /// [`Chain`] to say.
    pub fn links_above(&mut self, item: ItemId) -> Result<Vec<Permission>> {
        let mut links = self.all(LINKS_ABOVE, values![item], read_permission)?;
        links.iter_mut().try_for_each(|link| self.load_grantees(link))?;
        Ok(links)
    }

    /// The widest scope that those links have of which `counts` says so. Of thousands it looks only at as many as it
    /// takes to find one for everybody; the people of users links aren't loaded.
    pub fn widest_link_above(
        &mut self,
        item: ItemId,
        mut counts: impl FnMut(&Permission) -> bool,
    ) -> Result<Option<LinkScope>> {
        let mut widest = None;
        self.until(LINKS_ABOVE, values![item], |row| {
            let permission = read_permission(row)?;
            if counts(&permission) {
                widest = widest.max(permission.link().map(|link| link.scope));
            }
            Ok(if widest == Some(LinkScope::Anonymous) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })?;
        Ok(widest)
    }

    /// An item together with its chain.
    pub fn item_and_chain(&mut self, item: ItemId) -> Result<Option<(DriveItem, Chain)>> {
        let Some(chain) = self.chain(item)? else { return Ok(None) };
        Ok(self.item(item)?.map(|item| (item, chain)))
    }
}

fn read_step(row: &mut Row<'_>) -> crate::Result<Step> {
    Ok(Step {
        depth: row.get()?,
        tenant: row.get()?,
        item: ChainItem {
            id: row.get()?,
            name: row.get()?,
            inherits: row.get()?,
            keeps: row.maybe()?.map(|user| Kept { user, standing: Standing::default() }),
            deleted: row.maybe::<Timestamp>()?.is_some(),
            grants: Vec::new(),
        },
        grant: if row.is_null()? { None } else { Some(read_permission(row)?) },
    })
}
