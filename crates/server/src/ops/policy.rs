//! The organization's sharing policy: read and changed by administrators.

use driveway_core::caller::{Caller, Scope};
use driveway_core::error::Error;
use driveway_core::id::TenantId;
use driveway_core::policy::sharing::SharingPolicy;

use super::{Credentials, Result, Tx, caller};
use crate::app::App;

/// The policy of the caller's tenant.
pub fn get(tx: &mut Tx<'_>, credentials: &Credentials) -> Result<SharingPolicy> {
    let caller = caller::require(tx, credentials.bearer.as_ref())?;
    require_administrator(&caller, &[Scope::SettingsReadAll, Scope::SettingsReadWriteAll])?;
    tx.sharing_policy(caller.tenant)
}

/// Changes the policy of the caller's tenant; what it closes is closed from the next request on.
pub fn change(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    change: impl Fn(SharingPolicy) -> Result<SharingPolicy>,
) -> Result<SharingPolicy> {
    let caller = caller::require(tx, credentials.bearer.as_ref())?;
    require_administrator(&caller, &[Scope::SettingsReadWriteAll])?;
    let policy = change(tx.sharing_policy(caller.tenant)?)?;
    policy.validate()?;
    tx.set_sharing_policy(caller.tenant, &policy)?;
    Ok(policy)
}

/// The policy of a tenant, for the command line.
pub fn of(app: &App, tenant: TenantId) -> Result<SharingPolicy> {
    app.db.read_blocking(move |tx| tx.sharing_policy(tenant))
}

/// Replaces the policy of a tenant, for the command line.
pub fn replace(app: &App, tenant: TenantId, policy: SharingPolicy) -> Result<()> {
    policy.validate()?;
    app.db.write_blocking(move |tx| tx.set_sharing_policy(tenant, &policy))
}

/// POLICY-17: the scope for settings, and an administrator behind a delegated token.
fn require_administrator(caller: &Caller, scopes: &[Scope]) -> Result<()> {
    let is_administrator = caller.user().is_none_or(|user| user.administrator);
    if is_administrator && caller.scopes.any(scopes) {
        Ok(())
    } else {
        Err(Error::access_denied("Settings are for administrators, with a SharePointTenantSettings scope."))
    }
}
