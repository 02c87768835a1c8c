//! What each tenant says about sharing, and how its sites and drives narrow it.

use driveway_core::Result;
use driveway_core::error::Error;
use driveway_core::id::{DriveId, SiteId, TenantId};
use driveway_core::policy::sharing::{Limits, SharingPolicy};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::db::only;
use crate::tx::{Tx, values};

/// What has limits of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LimitedPlace {
    /// A site: they count in all of its drives.
    Site(SiteId),
    /// A drive.
    Drive(DriveId),
}

impl LimitedPlace {
    fn columns(&self) -> (&'static str, String) {
        match self {
            Self::Site(id) => ("site", id.to_string()),
            Self::Drive(id) => ("drive", id.to_string()),
        }
    }
}

impl Tx<'_> {
    /// The policy that holds in a drive: its tenant's, narrowed by the limits of its site and by its own. This is asked on each
    /// request that has to do with sharing, and is one statement.
    pub fn sharing_policy(&mut self, drive: &DriveId) -> Result<SharingPolicy> {
        let sql = "SELECT p.json, s.json, o.json FROM drives d
                   LEFT JOIN sharing_policies p ON p.tenant_id = d.tenant_id
                   LEFT JOIN sharing_limits s
                       ON d.owner_kind = 'site' AND s.place_kind = d.owner_kind AND s.place_id = d.owner_id
                   LEFT JOIN sharing_limits o ON o.place_kind = 'drive' AND o.place_id = d.id
                   WHERE d.id = $1";
        let found = self.one(sql, values![drive], |row| {
            Ok([row.maybe::<String>()?, row.maybe::<String>()?, row.maybe::<String>()?])
        })?;
        let [policy, limits @ ..] = found.ok_or_else(Error::item_not_found)?;
        let policy = policy.as_deref().map_or_else(|| Ok(SharingPolicy::default()), parse)?;
        limits.iter().flatten().try_fold(policy, |policy, json| Ok(policy.narrowed(&parse::<Limits>(json)?)))
    }

    /// What the tenant itself says, before sites and drives narrow it; the default until it is set.
    pub fn tenant_policy(&mut self, tenant: TenantId) -> Result<SharingPolicy> {
        let sql = "SELECT json FROM sharing_policies WHERE tenant_id = $1";
        match self.one(sql, values![tenant], only::<String>)? {
            Some(json) => parse(&json),
            None => Ok(SharingPolicy::default()),
        }
    }

    /// Sets or replaces the tenant's policy.
    pub fn set_sharing_policy(&mut self, tenant: TenantId, policy: &SharingPolicy) -> Result<()> {
        let json = write(policy)?;
        let sql = "INSERT INTO sharing_policies (tenant_id, json) VALUES ($1, $2)
                   ON CONFLICT (tenant_id) DO UPDATE SET json = excluded.json";
        self.execute(sql, values![tenant, json]).map(drop)
    }

    /// The limits of a site or a drive, if it has any of its own.
    pub fn limits(&mut self, place: &LimitedPlace) -> Result<Option<Limits>> {
        let (kind, id) = place.columns();
        let sql = "SELECT json FROM sharing_limits WHERE place_kind = $1 AND place_id = $2";
        self.one(sql, values![kind, id], only::<String>)?.as_deref().map(parse).transpose()
    }

    /// What narrows the tenant's policy in a drive: the limits of its site and its own, together.
    pub fn limits_in(&mut self, drive: &DriveId) -> Result<Limits> {
        let sql = "SELECT l.json FROM drives d JOIN sharing_limits l
                       ON (l.place_kind = 'drive' AND l.place_id = d.id)
                       OR (d.owner_kind = 'site' AND l.place_kind = 'site' AND l.place_id = d.owner_id)
                   WHERE d.id = $1";
        let found = self.all(sql, values![drive], only::<String>)?;
        found.iter().try_fold(Limits::default(), |limits, json| Ok(limits.meet(&parse(json)?)))
    }

    /// The limits of all sites and drives of a tenant that have some.
    pub fn limits_of_tenant(&mut self, tenant: TenantId) -> Result<Vec<Limits>> {
        let sql = "SELECT json FROM sharing_limits WHERE tenant_id = $1 ORDER BY place_kind, place_id";
        self.all(sql, values![tenant], only::<String>)?.iter().map(|json| parse(json)).collect()
    }

    /// Sets or replaces the limits of a site or a drive of the tenant.
    pub fn set_limits(&mut self, tenant: TenantId, place: &LimitedPlace, limits: &Limits) -> Result<()> {
        let (kind, id) = place.columns();
        let json = write(limits)?;
        let sql = "INSERT INTO sharing_limits (place_kind, place_id, tenant_id, json) VALUES ($1, $2, $3, $4)
                   ON CONFLICT (place_kind, place_id) DO UPDATE SET json = excluded.json";
        self.execute(sql, values![kind, id, tenant, json]).map(drop)
    }

    /// Lifts the limits of a site or a drive; whether there were any.
    pub fn delete_limits(&mut self, place: &LimitedPlace) -> Result<bool> {
        let (kind, id) = place.columns();
        let sql = "DELETE FROM sharing_limits WHERE place_kind = $1 AND place_id = $2";
        Ok(self.execute(sql, values![kind, id])? > 0)
    }
}

fn parse<T: DeserializeOwned>(json: &str) -> Result<T> {
    serde_json::from_str(json).map_err(Error::internal)
}

fn write<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use driveway_core::policy::sharing::SharingCapability;

    use super::*;

    /// What databases from before the levels of sharing hold.
    #[test]
    fn the_oldest_policies_are_read() {
        let old = |anonymous: bool| {
            let json = format!(
                r#"{{"anonymousLinks":{anonymous},"defaultLinkType":"view","defaultLinkScope":"anonymous",
                     "defaultExpirationDays":null,"maximumExpirationDays":30,"passwordsOnBusiness":true,
                     "embedOnBusiness":false,"addressBarLinks":false}}"#
            );
            parse::<SharingPolicy>(&json).unwrap()
        };
        assert_eq!(old(true).sharing_capability, SharingCapability::ExternalUserAndGuestSharing);
        assert_eq!(old(false).sharing_capability, SharingCapability::ExternalUserSharingOnly);
        assert_eq!(old(false).maximum_expiration_days, Some(30));
        assert_eq!(parse::<SharingPolicy>(&write(&old(false)).unwrap()).unwrap(), old(false));
    }
}
