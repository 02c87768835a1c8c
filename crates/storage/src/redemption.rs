//! Redemptions: who made a link's right their own. What the right amounts to is asked of the link each time; here stands
//! only that somebody carries it.

use driveway_core::Result;
use driveway_core::id::{ItemId, PermissionId, UserId};
use jiff::Timestamp;

use crate::db::{Row, only};
use crate::tx::{Tx, values};

/// A link that a person carries with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Redemption {
    /// The link.
    pub link: PermissionId,
    /// The version of the link's password that the person had shown, if it had one: a new password ends the right (P28).
    pub password_version: Option<i64>,
}

impl Tx<'_> {
    /// Writes down that a person redeemed a link; once more changes only the password's version. A link that isn't there
    /// is `itemNotFound`.
    pub fn redeem_link(&mut self, redemption: &Redemption, user: UserId, now: Timestamp) -> Result<()> {
        let sql = "INSERT INTO link_redemptions (permission_id, user_id, item_id, password_version, redeemed_at)
                   SELECT p.id, $2, p.item_id, $3, $4 FROM permissions p WHERE p.id = $1 AND p.kind = 'link'
                   ON CONFLICT (permission_id, user_id) DO UPDATE SET password_version = excluded.password_version";
        let written = self.execute(sql, values![redemption.link, user, redemption.password_version, now])?;
        if written == 0 { Err(driveway_core::Error::item_not_found()) } else { Ok(()) }
    }

    /// A person's redemption of a link.
    pub fn redemption(&mut self, link: PermissionId, user: UserId) -> Result<Option<Redemption>> {
        let sql = "SELECT permission_id, password_version FROM link_redemptions
                   WHERE permission_id = $1 AND user_id = $2";
        self.one(sql, values![link, user], read_redemption)
    }

    /// The links on an item and above it that a person carries, the nearest first: those that they redeemed, and those that are
    /// for them by name.
    pub fn carried_links(&mut self, item: ItemId, user: UserId) -> Result<Vec<Redemption>> {
        let sql = "WITH RECURSIVE up (depth, id, parent_id) AS (
                       SELECT 0, id, parent_id FROM items WHERE id = $1
                       UNION ALL
                       SELECT up.depth + 1, i.id, i.parent_id FROM up JOIN items i ON i.id = up.parent_id
                   )
                   SELECT r.permission_id, r.password_version, up.depth
                   FROM up JOIN link_redemptions r ON r.user_id = $2 AND r.item_id = up.id
                   UNION ALL
                   SELECT g.permission_id, NULL, up.depth
                   FROM link_grantees g CROSS JOIN permissions p CROSS JOIN up
                   WHERE g.user_id = $2 AND p.id = g.permission_id AND up.id = p.item_id
                   ORDER BY 3, 1";
        self.all(sql, values![item, user], read_redemption)
    }

    /// The people who redeemed a link, in the order in which they did.
    pub fn redeemers(&mut self, link: PermissionId) -> Result<Vec<UserId>> {
        let sql = "SELECT user_id FROM link_redemptions WHERE permission_id = $1 ORDER BY redeemed_at, user_id";
        self.all(sql, values![link], only)
    }
}

fn read_redemption(row: &mut Row<'_>) -> crate::Result<Redemption> {
    Ok(Redemption { link: row.get()?, password_version: row.maybe()? })
}
