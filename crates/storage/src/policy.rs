//! What each tenant says about sharing.

use driveway_core::Result;
use driveway_core::error::Error;
use driveway_core::id::TenantId;
use driveway_core::policy::sharing::SharingPolicy;

use crate::db::only;
use crate::tx::{Tx, values};

impl Tx<'_> {
    /// The tenant's policy; the default one until it is set.
    pub fn sharing_policy(&mut self, tenant: TenantId) -> Result<SharingPolicy> {
        let sql = "SELECT json FROM sharing_policies WHERE tenant_id = $1";
        match self.one(sql, values![tenant], only::<String>)? {
            Some(json) => serde_json::from_str(&json).map_err(Error::internal),
            None => Ok(SharingPolicy::default()),
        }
    }

    /// Sets or replaces the tenant's policy.
    pub fn set_sharing_policy(&mut self, tenant: TenantId, policy: &SharingPolicy) -> Result<()> {
        let json = serde_json::to_string(policy).map_err(Error::internal)?;
        let sql = "INSERT INTO sharing_policies (tenant_id, json) VALUES ($1, $2)
                   ON CONFLICT (tenant_id) DO UPDATE SET json = excluded.json";
        self.execute(sql, values![tenant, json]).map(drop)
    }
}
