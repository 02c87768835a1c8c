//! Tenants, users, groups, sites and applications.

use driveway_core::Result;
use driveway_core::error::Error;
use driveway_core::id::{ApplicationId, GroupId, SiteId, TenantId, UserId};
use driveway_core::identity::{Application, Group, Site, Tenant, TenantKind, User};
use driveway_core::mail_address;
use driveway_core::policy::access::Standing;

use crate::db::{Row, only};
use crate::tx::{Tx, values};

/// What every request needs to know about who calls. What isn't there, or is disabled, is for the caller to judge.
#[derive(Debug, Clone)]
pub struct CallerFacts {
    /// The tenant that the token is for.
    pub tenant: Option<Tenant>,
    /// The person and their groups, if the token is a person's.
    pub user: Option<(User, Standing)>,
    /// The application.
    pub application: Option<Application>,
}

macro_rules! user_columns {
    ($alias:literal) => {
        concat!(
            $alias,
            ".id, ",
            $alias,
            ".tenant_id, ",
            $alias,
            ".user_principal_name, ",
            $alias,
            ".display_name, ",
            $alias,
            ".mail, ",
            $alias,
            ".enabled, ",
            $alias,
            ".administrator, ",
            $alias,
            ".created_at"
        )
    };
}

pub(crate) use user_columns;

macro_rules! users {
    ($tail:literal) => {
        concat!("SELECT ", user_columns!("u"), " FROM users u ", $tail)
    };
}

impl Tx<'_> {
    /// Everything about a caller, in one statement and a second one for the groups.
    pub fn caller_facts(
        &mut self,
        user: Option<UserId>,
        application: ApplicationId,
        tenant: TenantId,
    ) -> Result<CallerFacts> {
        const SQL: &str = concat!(
            "SELECT t.id, t.kind, t.display_name, a.id, a.display_name, a.enabled, ",
            user_columns!("u"),
            " FROM (SELECT 1 AS one) o
             LEFT JOIN tenants t ON t.id = $1 LEFT JOIN applications a ON a.id = $2 LEFT JOIN users u ON u.id = $3"
        );
        let found = self.one(SQL, values![tenant, application, user], |row| {
            Ok((maybe_row(row, 3, read_tenant)?, maybe_row(row, 3, read_application)?, maybe_row(row, 8, read_user)?))
        })?;
        let (tenant, application, user) = found.unwrap_or_default();
        let user = match user {
            Some(user) => {
                let standing = self.standing(user.id)?;
                Some((user, standing))
            }
            None => None,
        };
        Ok(CallerFacts { tenant, user, application })
    }

    /// The person of this id or principal name.
    pub fn user_by_id_or_name(&mut self, key: &str) -> Result<Option<User>> {
        match UserId::parse(key) {
            Ok(id) => self.user(id),
            Err(_) => self.user_by_principal_name(key),
        }
    }

    /// Adds a tenant.
    pub fn insert_tenant(&mut self, tenant: &Tenant) -> Result<()> {
        let sql = "INSERT INTO tenants (id, kind, display_name) VALUES ($1, $2, $3)";
        self.execute(sql, values![tenant.id, tenant.kind.as_str(), &tenant.display_name]).map(drop)
    }

    /// A tenant.
    pub fn tenant(&mut self, id: TenantId) -> Result<Option<Tenant>> {
        self.one("SELECT id, kind, display_name FROM tenants WHERE id = $1", values![id], read_tenant)
    }

    /// Every tenant, by id.
    pub fn tenants(&mut self) -> Result<Vec<Tenant>> {
        self.all("SELECT id, kind, display_name FROM tenants ORDER BY id", &[], read_tenant)
    }

    /// Adds a user. A principal name that differs in case only is taken (`nameAlreadyExists`).
    pub fn insert_user(&mut self, user: &User) -> Result<()> {
        let sql = "INSERT INTO users (id, tenant_id, user_principal_name, upn_key, display_name, mail, enabled,
                                      administrator, created_at)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let values = values![
            user.id,
            user.tenant,
            &user.user_principal_name,
            upn_key(&user.user_principal_name),
            &user.display_name,
            user.mail.as_deref(),
            user.enabled,
            user.administrator,
            user.created_at,
        ];
        self.execute(sql, values).map(drop)
    }

    /// A user.
    pub fn user(&mut self, id: UserId) -> Result<Option<User>> {
        self.one(users!("WHERE u.id = $1"), values![id], read_user)
    }

    /// A user by principal name, without regard to case.
    pub fn user_by_principal_name(&mut self, name: &str) -> Result<Option<User>> {
        self.one(users!("WHERE u.upn_key = $1"), values![upn_key(name)], read_user)
    }

    /// Every user, by principal name.
    pub fn users(&mut self) -> Result<Vec<User>> {
        self.all(users!("ORDER BY u.upn_key"), &[], read_user)
    }

    /// Enables or disables an account.
    pub fn set_user_enabled(&mut self, id: UserId, enabled: bool) -> Result<()> {
        self.change("UPDATE users SET enabled = $2 WHERE id = $1", values![id, enabled])
    }

    /// The groups that a person belongs to or owns.
    pub fn standing(&mut self, user: UserId) -> Result<Standing> {
        let sql = "SELECT group_id, is_owner FROM group_members WHERE user_id = $1 ORDER BY group_id";
        let mut standing = Standing::default();
        for (group, is_owner) in self.all(sql, values![user], |row| Ok((row.get()?, row.get()?)))? {
            if is_owner { standing.owner_of.push(group) } else { standing.member_of.push(group) }
        }
        Ok(standing)
    }

    /// Adds a group.
    pub fn insert_group(&mut self, group: &Group) -> Result<()> {
        let sql = "INSERT INTO groups (id, tenant_id, display_name) VALUES ($1, $2, $3)";
        self.execute(sql, values![group.id, group.tenant, &group.display_name]).map(drop)
    }

    /// A group.
    pub fn group(&mut self, id: GroupId) -> Result<Option<Group>> {
        self.one("SELECT id, tenant_id, display_name FROM groups WHERE id = $1", values![id], read_group)
    }

    /// Every group, by name.
    pub fn groups(&mut self) -> Result<Vec<Group>> {
        self.all("SELECT id, tenant_id, display_name FROM groups ORDER BY display_name, id", &[], read_group)
    }

    /// Makes a person a member or an owner of a group, whatever they were before.
    pub fn put_group_member(&mut self, group: GroupId, user: UserId, owner: bool) -> Result<()> {
        let sql = "INSERT INTO group_members (group_id, user_id, is_owner) VALUES ($1, $2, $3)
                   ON CONFLICT (group_id, user_id) DO UPDATE SET is_owner = excluded.is_owner";
        self.execute(sql, values![group, user, owner]).map(drop)
    }

    /// The members of a group, and which of them own it.
    pub fn group_members(&mut self, group: GroupId) -> Result<Vec<(UserId, bool)>> {
        let sql = "SELECT user_id, is_owner FROM group_members WHERE group_id = $1 ORDER BY user_id";
        self.all(sql, values![group], |row| Ok((row.get()?, row.get()?)))
    }

    /// Adds a site. Its name is unique in the tenant (`nameAlreadyExists`).
    pub fn insert_site(&mut self, site: &Site) -> Result<()> {
        let sql = "INSERT INTO sites (id, tenant_id, name, display_name) VALUES ($1, $2, $3, $4)";
        self.execute(sql, values![site.id, site.tenant, &site.name, &site.display_name]).map(drop)
    }

    /// A site.
    pub fn site(&mut self, id: SiteId) -> Result<Option<Site>> {
        self.one("SELECT id, tenant_id, name, display_name FROM sites WHERE id = $1", values![id], read_site)
    }

    /// A site by the last part of its path.
    pub fn site_by_name(&mut self, tenant: TenantId, name: &str) -> Result<Option<Site>> {
        let sql = "SELECT id, tenant_id, name, display_name FROM sites WHERE tenant_id = $1 AND name = $2";
        self.one(sql, values![tenant, name], read_site)
    }

    /// Every site, by name.
    pub fn sites(&mut self) -> Result<Vec<Site>> {
        self.all("SELECT id, tenant_id, name, display_name FROM sites ORDER BY name, id", &[], read_site)
    }

    /// Adds an application; a public one has no secret.
    pub fn insert_application(&mut self, application: &Application, secret_hash: Option<&str>) -> Result<()> {
        let sql = "INSERT INTO applications (id, display_name, secret_hash, enabled) VALUES ($1, $2, $3, $4)";
        let values = values![application.id, &application.display_name, secret_hash, application.enabled];
        self.execute(sql, values).map(drop)
    }

    /// An application.
    pub fn application(&mut self, id: ApplicationId) -> Result<Option<Application>> {
        let sql = "SELECT id, display_name, enabled FROM applications WHERE id = $1";
        self.one(sql, values![id], read_application)
    }

    /// Every application, by name.
    pub fn applications(&mut self) -> Result<Vec<Application>> {
        let sql = "SELECT id, display_name, enabled FROM applications ORDER BY display_name, id";
        self.all(sql, &[], read_application)
    }

    /// The hash of an application's secret; `None` for a public or unknown one.
    pub fn application_secret_hash(&mut self, id: ApplicationId) -> Result<Option<String>> {
        let sql = "SELECT secret_hash FROM applications WHERE id = $1 AND secret_hash IS NOT NULL";
        self.one(sql, values![id], only)
    }

    /// Accepts an application's tokens or refuses them.
    pub fn set_application_enabled(&mut self, id: ApplicationId, enabled: bool) -> Result<()> {
        self.change("UPDATE applications SET enabled = $2 WHERE id = $1", values![id, enabled])
    }

    /// Changes one row that has to be there.
    pub(crate) fn change(&mut self, sql: &'static str, values: &[crate::db::Value<'_>]) -> Result<()> {
        match self.execute(sql, values)? {
            0 => Err(Error::item_not_found()),
            _ => Ok(()),
        }
    }
}

/// Principal names are compared in this form.
fn upn_key(name: &str) -> String {
    mail_address::key(name)
}

/// Reads the columns of a LEFT JOIN, whose first is NULL when there is no such row.
fn maybe_row<T>(
    row: &mut Row<'_>,
    columns: usize,
    read: fn(&mut Row<'_>) -> crate::Result<T>,
) -> crate::Result<Option<T>> {
    if row.is_null()? {
        row.skip(columns);
        return Ok(None);
    }
    read(row).map(Some)
}

fn read_tenant(row: &mut Row<'_>) -> crate::Result<Tenant> {
    Ok(Tenant { id: row.get()?, kind: row.word(TenantKind::parse)?, display_name: row.get()? })
}

pub(crate) fn read_user(row: &mut Row<'_>) -> crate::Result<User> {
    Ok(User {
        id: row.get()?,
        tenant: row.get()?,
        user_principal_name: row.get()?,
        display_name: row.get()?,
        mail: row.maybe()?,
        enabled: row.get()?,
        administrator: row.get()?,
        created_at: row.get()?,
    })
}

pub(crate) fn read_group(row: &mut Row<'_>) -> crate::Result<Group> {
    Ok(Group { id: row.get()?, tenant: row.get()?, display_name: row.get()? })
}

pub(crate) fn read_site(row: &mut Row<'_>) -> crate::Result<Site> {
    Ok(Site { id: row.get()?, tenant: row.get()?, name: row.get()?, display_name: row.get()? })
}

fn read_application(row: &mut Row<'_>) -> crate::Result<Application> {
    Ok(Application { id: row.get()?, display_name: row.get()?, enabled: row.get()? })
}
