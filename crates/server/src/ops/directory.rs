//! Who there is, for those who administer: people, groups, sites, applications.
//!
//! These run outside the async runtime, for the command line.

use driveway_core::error::Error;
use driveway_core::id::{ApplicationId, UserId};
use driveway_core::identity::{Application, Group, Site, Tenant, TenantKind, User};

use super::Result;
use crate::app::App;

/// The tenant of a kind. Every server that has served once has both.
pub fn tenant(app: &App, kind: TenantKind) -> Result<Tenant> {
    let tenants = app.db.read_blocking(|tx| tx.tenants())?;
    tenants.into_iter().find(|tenant| tenant.kind == kind).ok_or_else(|| Error::item_not_found().target("tenant"))
}

/// Everybody.
pub fn users(app: &App) -> Result<Vec<User>> {
    app.db.read_blocking(|tx| tx.users())
}

/// The person of this id or user principal name.
pub fn find_user(app: &App, key: &str) -> Result<Option<User>> {
    let key = key.to_owned();
    app.db.read_blocking(move |tx| tx.user_by_id_or_name(&key))
}

/// Takes a person's rights away, and with them their links; or gives both back.
pub fn set_user_enabled(app: &App, id: UserId, enabled: bool) -> Result<()> {
    app.db.write_blocking(move |tx| tx.set_user_enabled(id, enabled))
}

/// Every group.
pub fn groups(app: &App) -> Result<Vec<Group>> {
    app.db.read_blocking(|tx| tx.groups())
}

/// Every site.
pub fn sites(app: &App) -> Result<Vec<Site>> {
    app.db.read_blocking(|tx| tx.sites())
}

/// Every application.
pub fn applications(app: &App) -> Result<Vec<Application>> {
    app.db.read_blocking(|tx| tx.applications())
}

/// An application by its client id.
pub fn application(app: &App, id: ApplicationId) -> Result<Option<Application>> {
    app.db.read_blocking(move |tx| tx.application(id))
}

/// Refuses an application's tokens, which closes the links that it made; or accepts them again.
pub fn set_application_enabled(app: &App, id: ApplicationId, enabled: bool) -> Result<()> {
    app.db.write_blocking(move |tx| tx.set_application_enabled(id, enabled))
}
