//! What people follow, and what they changed last.

use driveway_core::Result;
use driveway_core::id::{ItemId, UserId};
use jiff::Timestamp;

use crate::tx::{Tx, values};

impl Tx<'_> {
    /// Makes a person follow an item; once more changes nothing.
    pub fn follow(&mut self, user: UserId, item: ItemId, now: Timestamp) -> Result<()> {
        let sql = "INSERT INTO follows (user_id, item_id, followed_at) VALUES ($1, $2, $3)
                   ON CONFLICT (user_id, item_id) DO NOTHING";
        self.execute(sql, values![user, item, now]).map(drop)
    }

    /// Ends it; `false` if they didn't.
    pub fn unfollow(&mut self, user: UserId, item: ItemId) -> Result<bool> {
        Ok(self.execute("DELETE FROM follows WHERE user_id = $1 AND item_id = $2", values![user, item])? > 0)
    }

    /// Whether a person follows an item.
    pub fn follows(&mut self, user: UserId, item: ItemId) -> Result<bool> {
        let sql = "SELECT COUNT(*) FROM follows WHERE user_id = $1 AND item_id = $2";
        Ok(self.number(sql, values![user, item])? > 0)
    }

    /// How many items a person follows.
    pub fn count_follows(&mut self, user: UserId) -> Result<i64> {
        self.number("SELECT COUNT(*) FROM follows WHERE user_id = $1", values![user])
    }

    /// At most `limit` items that a person follows, by their ids, from behind `after` on.
    pub fn followed_items(&mut self, user: UserId, after: Option<ItemId>, limit: u32) -> Result<Vec<ItemId>> {
        let sql = "SELECT item_id FROM follows WHERE user_id = $1 AND item_id > $2 ORDER BY item_id LIMIT $3";
        let after = after.map(|item| item.to_string()).unwrap_or_default();
        self.all(sql, values![user, after, i64::from(limit)], crate::db::only)
    }

    /// At most `limit` files that a person was the last one to change, the newest first.
    pub fn changed_by(&mut self, user: UserId, limit: u32) -> Result<Vec<ItemId>> {
        let sql = "SELECT id FROM items
                   WHERE modified_by_user = $1 AND is_folder = 0 AND deleted_at IS NULL
                   ORDER BY modified_at DESC LIMIT $2";
        self.all(sql, values![user, i64::from(limit)], crate::db::only)
    }
}
