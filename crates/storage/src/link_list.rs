//! "All my links": the links of a maker, of a drive or of a tenant, newest first, a page at a time.

use driveway_core::Result;
use driveway_core::id::{DriveId, PermissionId, TenantId, UserId};
use driveway_core::permission::{LinkScope, LinkType, Permission};
use driveway_core::policy::access::Standing;
use driveway_core::policy::redeem::State;
use driveway_core::time;
use jiff::{SignedDuration, Timestamp};

use crate::db::{Value, only};
use crate::permission::{permission_columns, read_permission};
use crate::tx::{Tx, values};

/// Whose links are listed. Each is found by an index of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkSource {
    /// Those that a person made.
    Maker(UserId),
    /// Those on the items of a drive.
    Drive(DriveId),
    /// Those of a whole tenant.
    Tenant(TenantId),
}

/// Which of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LinkFilter {
    /// Those for these people.
    pub scope: Option<LinkScope>,
    /// Those of this type.
    pub link_type: Option<LinkType>,
    /// Those that stand so, at `now`.
    pub state: Option<State>,
    /// Those on items of this drive.
    pub drive: Option<DriveId>,
    /// Those that end before this.
    pub expiring_before: Option<Timestamp>,
    /// When the question is asked.
    pub now: Timestamp,
    /// The longest life of anonymous links that the tenant's policy lets, in days.
    pub maximum_days: Option<u32>,
    /// The shortest of all the lives that some policy gives some link, in days: where ended or ending links are asked for,
    /// younger ones aren't looked at. What is found is for the caller to look at more closely.
    pub shortest_days: Option<u32>,
}

/// A place in the order of links: behind the one that was made then and has this id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LinkPlace {
    /// When it was made.
    pub created_at: Timestamp,
    /// Its id.
    pub id: PermissionId,
}

/// The statement over one index. Row values let the index find the place; everything else is looked at on the way.
macro_rules! links {
    ($source:literal) => {
        concat!(
            "SELECT ",
            permission_columns!(),
            " FROM permissions p WHERE p.kind = 'link' AND ",
            $source,
            " = $1 AND (p.created_at, p.id) < ($2, $3)
              AND (CAST($4 AS TEXT) IS NULL OR p.link_scope = $4)
              AND (CAST($5 AS TEXT) IS NULL OR p.link_type = $5)
              AND (CAST($6 AS TEXT) IS NULL OR $6 = CASE
                      WHEN p.enabled = 0 THEN 'off'
                      WHEN p.expires_at <= $8 OR (p.link_scope = 'anonymous' AND p.created_at <= $9) THEN 'expired'
                      WHEN p.downloads >= p.maximum_downloads THEN 'usedUp'
                      WHEN p.not_before > $8 THEN 'pending'
                      ELSE 'live' END
                   OR ($6 = 'expired' AND p.enabled = 1 AND p.created_at <= $13))
              AND (CAST($7 AS TEXT) IS NULL OR p.drive_id = $7)
              AND (CAST($10 AS BIGINT) IS NULL OR p.expires_at < $10
                      OR p.created_at < $11)
              ORDER BY p.created_at DESC, p.id DESC LIMIT $12"
        )
    };
}

impl Tx<'_> {
    /// At most `limit` links of a source, newest first, from behind `after` on.
    pub fn links(
        &mut self,
        source: &LinkSource,
        filter: &LinkFilter,
        after: Option<LinkPlace>,
        limit: u32,
    ) -> Result<Vec<Permission>> {
        let (sql, key): (_, Value<'_>) = match source {
            LinkSource::Maker(user) => (links!("p.created_by_user"), (*user).into()),
            LinkSource::Drive(drive) => (links!("p.drive_id"), drive.into()),
            LinkSource::Tenant(tenant) => (links!("p.tenant_id"), (*tenant).into()),
        };
        let (created_at, id) =
            after.map_or((i64::MAX, String::new()), |place| (time::to_micros(place.created_at), place.id.to_string()));
        let values = &[
            key,
            created_at.into(),
            id.into(),
            filter.scope.map(LinkScope::as_str).into(),
            filter.link_type.map(LinkType::as_str).into(),
            filter.state.map(State::as_str).into(),
            filter.drive.as_ref().map(DriveId::as_str).into(),
            filter.now.into(),
            made_by(filter.maximum_days, Some(filter.now)).into(),
            filter.expiring_before.into(),
            made_by(filter.shortest_days, filter.expiring_before).into(),
            i64::from(limit).into(),
            made_by(filter.shortest_days, Some(filter.now)).into(),
        ];
        let mut links = self.all(sql, values, read_permission)?;
        links.iter_mut().try_for_each(|link| self.load_grantees(link))?;
        Ok(links)
    }

    /// The drives whose root a person owns, alone or with a group.
    pub fn owned_drives(&mut self, user: UserId, standing: &Standing) -> Result<Vec<DriveId>> {
        let sql = "SELECT d.id FROM permissions p JOIN drives d ON d.root_item_id = p.item_id
                   WHERE p.kind = 'grant' AND p.grantee_kind = $1 AND p.grantee_id = $2 AND p.role = 'owner'
                   ORDER BY d.id";
        let mut drives = self.all(sql, values!["user", user], only::<DriveId>)?;
        for group in standing.member_of.iter().chain(&standing.owner_of) {
            drives.extend(self.all(sql, values!["group", *group], only::<DriveId>)?);
        }
        for group in &standing.owner_of {
            drives.extend(self.all(sql, values!["groupOwners", *group], only::<DriveId>)?);
        }
        drives.sort_by(|one, other| one.as_str().cmp(other.as_str()));
        drives.dedup();
        Ok(drives)
    }
}

/// When the youngest link was made that ends by an instant after so many days; long ago if none does.
fn made_by(days: Option<u32>, instant: Option<Timestamp>) -> i64 {
    let Some((days, instant)) = days.zip(instant) else { return i64::MIN };
    let life = SignedDuration::from_hours(i64::from(days) * 24);
    instant.saturating_sub(life).map_or(i64::MIN, time::to_micros)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DatabaseUrl, Db, DbOptions};

    /// A page reads its own rows and no others: each source has an index in the order of the list.
    #[test]
    fn every_source_has_an_index_in_the_right_order() {
        let home = tempfile::tempdir().unwrap();
        let db = Db::open(&DatabaseUrl::Sqlite(home.path().join("driveway.db")), DbOptions::default()).unwrap();
        let plans = db
            .read_blocking(|tx| {
                let nulls: Vec<Value<'_>> = (0..13).map(|_| Value::Null).collect();
                let mut plan = |sql| {
                    tx.all(sql, &nulls, |row| {
                        row.skip(3);
                        row.get::<String>()
                    })
                };
                Ok([
                    ("links_of_maker", plan(concat!("EXPLAIN QUERY PLAN ", links!("p.created_by_user")))?),
                    ("links_of_drive", plan(concat!("EXPLAIN QUERY PLAN ", links!("p.drive_id")))?),
                    ("links_of_tenant", plan(concat!("EXPLAIN QUERY PLAN ", links!("p.tenant_id")))?),
                ])
            })
            .unwrap();
        for (index, plan) in plans {
            let plan = plan.join("; ");
            assert!(plan.contains(&format!("USING INDEX {index} ")), "{plan}");
            assert!(!plan.contains("TEMP B-TREE") && !plan.contains("SCAN"), "{plan}");
        }
    }
}
