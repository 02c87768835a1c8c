//! Who there is in one tenant, page by page.

use driveway_core::Result;
use driveway_core::id::{GroupId, TenantId, UserId};
use driveway_core::identity::{Group, Site, User};

use crate::identity::{read_group, read_site, read_user, user_columns};
use crate::tx::{Tx, values};

impl Tx<'_> {
    /// Users of a tenant by principal name, those behind `after`.
    pub fn users_of(&mut self, tenant: TenantId, after: Option<&str>, limit: u32) -> Result<Vec<User>> {
        let sql = concat!(
            "SELECT ",
            user_columns!("u"),
            " FROM users u WHERE u.tenant_id = $1 AND u.upn_key > $2 ORDER BY u.upn_key LIMIT $3"
        );
        self.all(sql, values![tenant, after.unwrap_or_default().to_lowercase(), i64::from(limit)], read_user)
    }

    /// Groups of a tenant by id, those behind `after`.
    pub fn groups_of(&mut self, tenant: TenantId, after: Option<GroupId>, limit: u32) -> Result<Vec<Group>> {
        let sql =
            "SELECT id, tenant_id, display_name FROM groups WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3";
        self.all(
            sql,
            values![tenant, after.map_or_else(String::new, |id| id.to_string()), i64::from(limit)],
            read_group,
        )
    }

    /// Groups that a person belongs to or owns, by id, those behind `after`.
    pub fn groups_of_user(&mut self, user: UserId, after: Option<GroupId>, limit: u32) -> Result<Vec<Group>> {
        let sql = "SELECT g.id, g.tenant_id, g.display_name FROM group_members m JOIN groups g ON g.id = m.group_id
                   WHERE m.user_id = $1 AND m.group_id > $2 ORDER BY m.group_id LIMIT $3";
        self.all(sql, values![user, after.map_or_else(String::new, |id| id.to_string()), i64::from(limit)], read_group)
    }

    /// Sites of a tenant by the last part of their path, those behind `after`.
    pub fn sites_of(&mut self, tenant: TenantId, after: Option<&str>, limit: u32) -> Result<Vec<Site>> {
        let sql = "SELECT id, tenant_id, name, display_name FROM sites WHERE tenant_id = $1 AND name > $2
                   ORDER BY name LIMIT $3";
        self.all(sql, values![tenant, after.unwrap_or_default(), i64::from(limit)], read_site)
    }
}
