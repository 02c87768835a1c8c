//! The organization's sharing policy: read and changed by administrators.

pub mod dry_run;
pub mod limits;

use driveway_core::caller::{Caller, Scope};
use driveway_core::error::Error;
use driveway_core::id::TenantId;
use driveway_core::policy::sharing::{SharingCapability, SharingPolicy};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Credentials, Result, Tx, caller};
use crate::app::App;

/// The members that a change names, each with its new value.
pub type Changes = Vec<(String, Value)>;

/// What the caller's tenant says.
pub fn get(tx: &mut Tx<'_>, credentials: &Credentials) -> Result<SharingPolicy> {
    let caller = require_reader(tx, credentials)?;
    tx.tenant_policy(caller.tenant)
}

/// Changes what the caller's tenant says; what that closes is closed from the next request on.
pub fn change(tx: &mut Tx<'_>, credentials: &Credentials, changes: &Changes) -> Result<SharingPolicy> {
    let caller = require_writer(tx, credentials)?;
    let policy = changed(&tx.tenant_policy(caller.tenant)?, changes)?;
    tx.set_sharing_policy(caller.tenant, &policy)?;
    Ok(policy)
}

/// What a tenant says, for the command line.
pub fn of(app: &App, tenant: TenantId) -> Result<SharingPolicy> {
    app.db.read_blocking(move |tx| tx.tenant_policy(tenant))
}

/// Changes what a tenant says, for the command line.
pub fn change_of(app: &App, tenant: TenantId, changes: Changes) -> Result<SharingPolicy> {
    app.db.write_blocking(move |tx| {
        let policy = changed(&tx.tenant_policy(tenant)?, &changes)?;
        tx.set_sharing_policy(tenant, &policy)?;
        Ok(policy)
    })
}

/// A policy as it is shown: with the short word for its highest level besides.
pub fn shown(policy: &SharingPolicy) -> Result<Value> {
    let mut shown = serde_json::to_value(policy).map_err(Error::internal)?;
    if let Some(members) = shown.as_object_mut() {
        members.insert(ANONYMOUS.to_owned(), policy.allows_anonymous().into());
    }
    Ok(shown)
}

/// The member that stands for the highest level of sharing: links for anyone.
const ANONYMOUS: &str = "anonymousLinks";
const CAPABILITY: &str = "sharingCapability";

/// The policy that changes make of another.
fn changed(policy: &SharingPolicy, changes: &Changes) -> Result<SharingPolicy> {
    let (anonymous, others): (Changes, Changes) = changes.iter().cloned().partition(|(name, _)| name == ANONYMOUS);
    let mut policy = merged(policy, &others)?;
    match anonymous.first().map(|(_, value)| value) {
        None | Some(Value::Null) => {}
        Some(Value::Bool(on)) if others.iter().any(|(name, _)| name == CAPABILITY) => {
            if *on != policy.allows_anonymous() {
                return Err(Error::invalid(ANONYMOUS, "anonymousLinks says otherwise than sharingCapability."));
            }
        }
        Some(Value::Bool(true)) => policy.sharing_capability = SharingCapability::ExternalUserAndGuestSharing,
        Some(Value::Bool(false)) => {
            policy.sharing_capability = policy.sharing_capability.min(SharingCapability::ExternalUserSharingOnly);
        }
        Some(_) => return Err(Error::invalid(ANONYMOUS, "anonymousLinks has to be true or false.")),
    }
    policy.validate()?;
    Ok(policy)
}

/// Puts members in the place of others. What isn't one, or has no such value, is named; `null` clears a member that may be
/// missing, and says nothing of the others (AMB-47).
fn merged<T: Serialize + DeserializeOwned + Clone>(current: &T, changes: &Changes) -> Result<T> {
    let mut merged = current.clone();
    for (name, value) in changes {
        let mut whole = serde_json::to_value(&merged).map_err(Error::internal)?;
        let member = whole.as_object_mut().and_then(|members| members.get_mut(name));
        let Some(member) = member else {
            let shown: String = name.chars().take(64).collect();
            return Err(Error::invalid(shown.clone(), format!("The property '{shown}' doesn't exist here.")));
        };
        member.clone_from(value);
        match serde_json::from_value(whole) {
            Ok(read) if has_kind_of(&read, name, value)? => merged = read,
            Err(_) if value.is_null() => {}
            _ => return Err(Error::invalid(name.clone(), format!("{name} has no such value."))),
        }
    }
    Ok(merged)
}

/// Whether a member is written as it was said. What is kept may be read from older or longer spellings, such as the `false`
/// of the oldest databases; nobody is to send one.
fn has_kind_of<T: Serialize>(read: &T, name: &str, said: &Value) -> Result<bool> {
    let written = serde_json::to_value(read).map_err(Error::internal)?;
    Ok(written.get(name).is_some_and(|written| std::mem::discriminant(written) == std::mem::discriminant(said)))
}

fn require_reader(tx: &mut Tx<'_>, credentials: &Credentials) -> Result<Caller> {
    require_administrator(tx, credentials, &[Scope::SettingsReadAll, Scope::SettingsReadWriteAll])
}

fn require_writer(tx: &mut Tx<'_>, credentials: &Credentials) -> Result<Caller> {
    require_administrator(tx, credentials, &[Scope::SettingsReadWriteAll])
}

/// POLICY-17: the scope for settings, and an administrator behind a delegated token.
fn require_administrator(tx: &mut Tx<'_>, credentials: &Credentials, scopes: &[Scope]) -> Result<Caller> {
    let caller = caller::require(tx, credentials.bearer.as_ref())?;
    let is_administrator = caller.user().is_none_or(|user| user.administrator);
    if is_administrator && caller.scopes.any(scopes) {
        Ok(caller)
    } else {
        Err(Error::access_denied("Settings are for administrators, with a SharePointTenantSettings scope."))
    }
}
