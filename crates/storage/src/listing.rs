//! The items of a folder, sorted, a page at a time.
//!
//! Every order but that by size is one of an index, so that a page costs what it costs however many items the folder has.

use driveway_core::Result;
use driveway_core::error::{Code, Error};
use driveway_core::id::ItemId;
use driveway_core::item::DriveItem;
use driveway_core::listing::{MOST_SORTED_BY_SIZE, Order, Place, SortKey};

use crate::item::{items, read_item};
use crate::tx::{Tx, values};

/// The live children of `$1` on one side of a place, by a number and the id.
macro_rules! by_number {
    ($key:literal, $side:literal, $direction:literal) => {
        items!(
            "WHERE i.parent_id = $1 AND i.deleted_at IS NULL AND (i.",
            $key,
            ", i.id) ",
            $side,
            " ($2, $3) ORDER BY i.",
            $key,
            $direction,
            ", i.id",
            $direction,
            " LIMIT $4"
        )
    };
}

/// The same by size. Only the rows of the page are read whole.
macro_rules! by_size {
    ($side:literal, $direction:literal) => {
        items!(
            "WHERE i.id IN (SELECT c.id FROM items c
                            WHERE c.parent_id = $1 AND c.deleted_at IS NULL AND (c.size, c.id) ",
            $side,
            " ($2, $3) ORDER BY c.size",
            $direction,
            ", c.id",
            $direction,
            " LIMIT $4) ORDER BY i.size",
            $direction,
            ", i.id",
            $direction
        )
    };
}

impl Tx<'_> {
    /// At most `limit` live children of a folder in an order, from behind `after` on.
    ///
    /// By size, a folder of more than [`MOST_SORTED_BY_SIZE`] items is `notSupported`.
    pub fn children_in_order(
        &mut self,
        parent: ItemId,
        order: Order,
        after: Option<&Place>,
        limit: u32,
    ) -> Result<Vec<DriveItem>> {
        let name = match after {
            Some(Place::Name(name)) => Some(name.as_str()),
            _ => None,
        };
        match (order.by, order.descending) {
            (SortKey::Name, false) => self.children(parent, name, limit),
            (SortKey::Name, true) => self.children_from_last(parent, name, limit),
            (SortKey::Size, _) => {
                self.require_few_children(parent)?;
                let sql = if order.descending { by_size!("<", " DESC") } else { by_size!(">", "") };
                self.children_by_number(sql, parent, (order, after), limit)
            }
            (SortKey::Created, false) => {
                self.children_by_number(by_number!("created_at", ">", ""), parent, (order, after), limit)
            }
            (SortKey::Created, true) => {
                self.children_by_number(by_number!("created_at", "<", " DESC"), parent, (order, after), limit)
            }
            (SortKey::Modified, false) => {
                self.children_by_number(by_number!("modified_at", ">", ""), parent, (order, after), limit)
            }
            (SortKey::Modified, true) => {
                self.children_by_number(by_number!("modified_at", "<", " DESC"), parent, (order, after), limit)
            }
        }
    }

    fn children_from_last(&mut self, parent: ItemId, before: Option<&str>, limit: u32) -> Result<Vec<DriveItem>> {
        let Some(before) = before else {
            let sql = items!("WHERE i.parent_id = $1 AND i.deleted_at IS NULL ORDER BY i.name_key DESC LIMIT $2");
            return self.all(sql, values![parent, i64::from(limit)], read_item);
        };
        let sql = items!(
            "WHERE i.parent_id = $1 AND i.deleted_at IS NULL AND i.name_key < $2 ORDER BY i.name_key DESC LIMIT $3"
        );
        self.all(sql, values![parent, before, i64::from(limit)], read_item)
    }

    fn children_by_number(
        &mut self,
        sql: &'static str,
        parent: ItemId,
        (order, after): (Order, Option<&Place>),
        limit: u32,
    ) -> Result<Vec<DriveItem>> {
        let (number, id) = match after {
            Some(Place::Number(number, id)) => (*number, id.to_string()),
            _ if order.descending => (i64::MAX, String::new()),
            _ => (i64::MIN, String::new()),
        };
        self.all(sql, values![parent, number, id, i64::from(limit)], read_item)
    }

    fn require_few_children(&mut self, parent: ItemId) -> Result<()> {
        let sql = "SELECT child_count FROM items WHERE id = $1";
        let count: Option<i64> = self.one(sql, values![parent], crate::db::only)?;
        if count.is_some_and(|count| count > MOST_SORTED_BY_SIZE) {
            let message = format!(
                "A folder of more than {MOST_SORTED_BY_SIZE} items isn't sorted by size. It is by name and by either time."
            );
            return Err(Error::new(Code::NotSupported, message).target("$orderby"));
        }
        Ok(())
    }
}
