//! From a verified token to who is calling, as they stand now.

use driveway_core::caller::{Caller, Principal};
use driveway_core::identity::Application;

use super::{Result, Tx};
use crate::auth::token::{self, Claims};

/// The caller behind a token. A disabled account or application, or one that is gone, is as good as no token.
pub fn identify(tx: &mut Tx<'_>, claims: &Claims) -> Result<Caller> {
    let facts = tx.caller_facts(claims.user, claims.application, claims.tenant)?;
    let tenant = facts.tenant.ok_or_else(token::invalid_token)?;
    let pages = Some(Application::pages()).filter(|pages| pages.id == claims.application);
    let application =
        facts.application.or(pages).filter(|application| application.enabled).ok_or_else(token::invalid_token)?;
    let principal = if claims.user.is_some() {
        let is_good = |user: &driveway_core::identity::User| user.enabled && user.tenant == tenant.id;
        let (user, standing) = facts.user.filter(|(user, _)| is_good(user)).ok_or_else(token::invalid_token)?;
        Principal::User { user, standing }
    } else {
        Principal::Application
    };
    Ok(Caller { application, tenant: tenant.id, tenant_kind: tenant.kind, principal, scopes: claims.scopes })
}

/// The caller of a request that can't go without a token.
pub fn require(tx: &mut Tx<'_>, claims: Option<&Claims>) -> Result<Caller> {
    identify(tx, claims.ok_or_else(token::invalid_token)?)
}
