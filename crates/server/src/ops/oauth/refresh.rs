//! Refresh tokens: each is good for one renewal and brings the next.

use std::sync::Arc;

use driveway_core::identity::Registration;
use driveway_core::oauth::ScopeSet;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};

use super::issue::{Drawn, Granted};
use super::token::Asked;
use super::{Outcome, Refusal};
use crate::app::App;
use crate::ops::sign_in::{hash_of, person_since};
use crate::ops::{Result, Tx};

/// How long a refresh token that was replaced still renews. An answer can get lost, and two processes can share a token file:
/// both ask again at once. Whoever comes later with it, thief or owner, ends the family; a thief who comes within the minute isn't
/// found out.
const GRACE: SignedDuration = SignedDuration::from_secs(60);

/// Renews a grant.
pub(super) async fn renew(
    app: &Arc<App>,
    asked: &Asked,
    registration: &Registration,
    token: SecretString,
) -> Outcome<Granted> {
    let (drawn, asked, registration) = (Drawn::new(app, asked.now), asked.clone(), registration.clone());
    app.db.write(move |tx| renew_in(tx, &asked, &registration, &token, &drawn)).await?
}

fn renew_in(
    tx: &mut Tx<'_>,
    asked: &Asked,
    registration: &Registration,
    token: &SecretString,
    drawn: &Drawn,
) -> Result<Outcome<Granted>> {
    let hash = hash_of(token.expose_secret());
    let client = registration.application.id;
    let Some(known) = tx.refresh_token(hash)? else { return Ok(Err(Refusal::grant())) };
    let Some(grant) = tx.oauth_grant(known.grant)?.filter(|grant| grant.application == client) else {
        return Ok(Err(Refusal::grant()));
    };
    if known.replaced_at.is_some_and(|replaced_at| is_late(replaced_at, asked.now)) {
        tx.delete_oauth_grant(grant.id)?;
        return Ok(Err(Refusal::grant()));
    }
    let person = person_since(tx, grant.user, grant.password_version)?;
    let Some(person) = person.filter(|_| known.expires_at > asked.now) else { return Ok(Err(Refusal::grant())) };
    if !asked.authority.takes(&person.tenant) {
        return Ok(Err(Refusal::tenant()));
    }
    let allowed = ScopeSet::kept(&grant.scopes);
    let scopes = match super::token::scopes(asked, registration) {
        Ok(None) => allowed,
        Ok(Some(scopes)) => {
            let consented = tx.consent(person.user.id, client)?.unwrap_or_default();
            let more = allowed.clone().and(&ScopeSet::kept(&consented));
            if !registration.is_consented && !scopes.is_within(&more) {
                return Ok(Err(Refusal::consent()));
            }
            scopes
        }
        Err(refusal) => return Ok(Err(refusal)),
    };
    tx.replace_refresh_token(hash, asked.now)?;
    let refresh_token = drawn.renew(tx, grant.id)?;
    Ok(Ok(Granted { person, scopes, nonce: None, refresh_token: Some(refresh_token) }))
}

fn is_late(replaced_at: Timestamp, now: Timestamp) -> bool {
    replaced_at.saturating_add(GRACE).is_ok_and(|end| now > end)
}
