//! The recycle bin: what is in it, taking something out again, and making room for good.

use driveway_core::Result;
use driveway_core::audit::{By, Kind, Source, Through};
use driveway_core::error::Error;
use driveway_core::id::{ApplicationId, DriveId, ItemId, UserId};
use driveway_core::item::DriveItem;
use jiff::Timestamp;

use crate::audit::NewEvent;
use crate::change::ChangeKind;
use crate::db::only;
use crate::item::{items, name_exists, read_item};
use crate::item_change::ItemChange;
use crate::tx::{Tx, values};

impl Tx<'_> {
    /// At most `limit` items that were put into a drive's recycle bin, newest first, from behind `after` on: the instant and
    /// the id of the last one seen.
    pub fn recycle_bin(
        &mut self,
        drive: &DriveId,
        after: Option<(Timestamp, ItemId)>,
        limit: u32,
    ) -> Result<Vec<DriveItem>> {
        let sql = items!(
            "WHERE i.drive_id = $1 AND i.deleted_at IS NOT NULL AND i.purging = 0
               AND (i.deleted_at < $2 OR (i.deleted_at = $2 AND i.id < $3))
             ORDER BY i.deleted_at DESC, i.id DESC LIMIT $4"
        );
        let (deleted_at, id) = match after {
            Some((at, id)) => (driveway_core::time::to_micros(at), id.to_string()),
            None => (i64::MAX, String::new()),
        };
        self.all(sql, values![drive, deleted_at, id, i64::from(limit)], read_item)
    }

    /// Takes an item out of the recycle bin, with what lies below it, into a folder of the same drive. A live sibling with
    /// the name is `nameAlreadyExists`; a place below itself `invalidRequest`.
    pub fn restore(
        &mut self,
        item: ItemId,
        parent: ItemId,
        name: &str,
        name_key: &str,
        change: &ItemChange,
        now: Timestamp,
    ) -> Result<()> {
        let weight = self.weight(item)?;
        if weight.live {
            return Err(Error::item_not_found());
        }
        if self.is_name_taken(item, parent, name_key)? {
            return Err(name_exists());
        }
        self.rename_or_move(item, parent, name, name_key, change, now)?;
        let sql = "UPDATE items SET deleted_at = NULL WHERE id = $1 AND deleted_at IS NOT NULL AND purging = 0";
        self.change(sql, values![item])?;
        self.note_change(item, ChangeKind::Restored, Some(now))?;
        self.adjust_folders(Some(parent), weight.size, 1)
    }

    /// Condemns an item in the recycle bin: it can't be restored any more, and [`Tx::purge`] takes its rows.
    /// Who did it is kept until then.
    pub fn condemn(&mut self, item: ItemId, user: Option<UserId>, application: Option<ApplicationId>) -> Result<()> {
        let sql = "UPDATE items SET purging = 1, purged_by_user = $1, purged_by_application = $2
                   WHERE id = $3 AND deleted_at IS NOT NULL AND parent_id IS NOT NULL AND purging = 0";
        self.change(sql, values![user, application, item])
    }

    /// Condemns at most `limit` items that went into the recycle bin before an instant, and says how many.
    pub fn condemn_older(&mut self, before: Timestamp, limit: u32) -> Result<u64> {
        let sql = "UPDATE items SET purging = 1 WHERE id IN
                       (SELECT id FROM items WHERE deleted_at < $1 AND purging = 0 AND parent_id IS NOT NULL LIMIT $2)";
        self.execute(sql, values![before, i64::from(limit)])
    }

    /// Takes the rows of at most `limit` condemned items, leaves first, with their versions, permissions and links; says
    /// whether there is more to do.
    ///
    /// The trails of links stay, and say that the links went with their items, and by whom.
    pub fn purge(&mut self, limit: u32, now: Timestamp) -> Result<bool> {
        let sql = "SELECT i.id FROM items i
                   WHERE i.purging = 1 AND NOT EXISTS (SELECT 1 FROM items c WHERE c.parent_id = i.id) LIMIT $1";
        let leaves: Vec<ItemId> = self.all(sql, values![i64::from(limit)], only)?;
        for leaf in &leaves {
            self.remove_row(*leaf, now)?;
        }
        let sql = "UPDATE items
                   SET purging = 1,
                       purged_by_user = (SELECT a.purged_by_user FROM items a WHERE a.id = items.parent_id),
                       purged_by_application = (SELECT a.purged_by_application FROM items a WHERE a.id = items.parent_id)
                   WHERE id IN
                       (SELECT c.id FROM items c
                        WHERE c.parent_id IN (SELECT p.id FROM items p WHERE p.purging = 1) AND c.purging = 0 LIMIT $1)";
        let condemned = self.execute(sql, values![i64::from(limit)])?;
        Ok(!leaves.is_empty() || condemned > 0)
    }

    fn remove_row(&mut self, item: ItemId, now: Timestamp) -> Result<()> {
        let weight = self.weight(item)?;
        self.execute("DELETE FROM item_versions WHERE item_id = $1", values![item])?;
        self.execute("DELETE FROM working_copies WHERE item_id = $1", values![item])?;
        for permission in self.permissions_of(item)? {
            if permission.link().is_some() {
                let details = r#"{"reason":"itemDeleted"}"#.to_owned();
                let (link, by) = (permission.id, self.purged_by(item)?);
                self.append_event(&NewEvent { link, kind: Kind::Revoked, at: now, by, details })?;
            }
            self.execute("DELETE FROM permissions WHERE id = $1", values![permission.id])?;
        }
        self.outlive(item)?;
        self.note_gone_for_search(item)?;
        self.change("DELETE FROM items WHERE id = $1", values![item])?;
        if weight.live { self.adjust_folders(weight.parent, -weight.size, -1) } else { Ok(()) }
    }

    /// Who condemned an item. Only the drive API lets somebody do so; otherwise it was the server, by age.
    fn purged_by(&mut self, item: ItemId) -> Result<By> {
        let sql = "SELECT purged_by_user, purged_by_application FROM items WHERE id = $1";
        let found: Option<(Option<UserId>, Option<ApplicationId>)> =
            self.one(sql, values![item], |row| Ok((row.maybe()?, row.maybe()?)))?;
        let (user, application) = found.unwrap_or_default();
        let through = if application.is_some() { Through::Graph } else { Through::Server };
        Ok(By { user, application, source: Source { through, address: None } })
    }
}
