//! Codes: what a browser carries from the sign-in to the application, which redeems it once.

use std::sync::Arc;

use driveway_core::identity::Registration;
use driveway_core::oauth::{Challenge, ScopeSet};
use driveway_storage::AuthorizationCode;
use secrecy::{ExposeSecret, SecretString};

use super::issue::{Drawn, Granted};
use super::token::Asked;
use super::{Kind, Outcome, Refusal};
use crate::app::App;
use crate::ops::sign_in::{hash_of, person_since};
use crate::ops::{Result, Tx};

/// What is shown to redeem a code.
pub(super) struct Shown {
    pub(super) code: SecretString,
    pub(super) redirect_uri: String,
    pub(super) verifier: Option<SecretString>,
}

/// Redeems a code. Whatever comes of it, the code is used up; one that is used again ends what the first use came to, since one
/// of the two wasn't meant to have it (RFC 6749, 4.1.2).
pub(super) async fn redeem(
    app: &Arc<App>,
    asked: &Asked,
    registration: &Registration,
    shown: Shown,
) -> Outcome<Granted> {
    let (drawn, asked, registration) = (Drawn::new(app, asked.now), asked.clone(), registration.clone());
    app.db.write(move |tx| redeem_in(tx, &asked, &registration, &shown, &drawn)).await?
}

fn redeem_in(
    tx: &mut Tx<'_>,
    asked: &Asked,
    registration: &Registration,
    shown: &Shown,
    drawn: &Drawn,
) -> Result<Outcome<Granted>> {
    let hash = hash_of(shown.code.expose_secret());
    let client = registration.application.id;
    let Some(code) = tx.code(hash)?.filter(|code| code.application == client) else { return Ok(Err(Refusal::grant())) };
    if let Some(grant) = code.grant {
        tx.delete_oauth_grant(grant)?;
        let why = "The code was redeemed before. What came of it has ended.";
        return Ok(Err(Refusal::new(Kind::InvalidGrant, 54_005, why)));
    }
    tx.use_code(hash, drawn.grant())?;
    if code.expires_at <= asked.now {
        return Ok(Err(Refusal::grant()));
    }
    if let Err(refusal) = check_proof(&code, registration, shown) {
        return Ok(Err(refusal));
    }
    let Some(person) = person_since(tx, code.user, code.password_version)? else { return Ok(Err(Refusal::grant())) };
    if !asked.authority.takes(&person.tenant) {
        return Ok(Err(Refusal::tenant()));
    }
    let allowed = ScopeSet::kept(&code.scopes);
    let scopes = match super::token::scopes(asked, registration) {
        // Libraries send again what they asked for at the sign-in: it tells how they spell it.
        Ok(Some(again)) if again.is_within(&allowed) => again.and(&allowed),
        Ok(_) => allowed,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let refresh_token = drawn.keep(tx, &person, client, &scopes)?;
    Ok(Ok(Granted { person, scopes, nonce: code.nonce, refresh_token }))
}

fn check_proof(code: &AuthorizationCode, registration: &Registration, shown: &Shown) -> Outcome<()> {
    if code.redirect_uri != shown.redirect_uri {
        let why = "The code was sent to another redirect_uri.";
        return Err(Refusal::new(Kind::InvalidGrant, 70_000, why));
    }
    let challenge = code.challenge.as_deref().and_then(Challenge::parse);
    let is_met = match (challenge, &shown.verifier) {
        (Some(challenge), Some(verifier)) => challenge.is_met_by(verifier.expose_secret()),
        (None, None) => !registration.is_public || registration.is_without_pkce,
        _ => false,
    };
    if is_met {
        Ok(())
    } else {
        Err(Refusal::new(Kind::InvalidGrant, 501_481, "The code_verifier doesn't fit the code_challenge."))
    }
}
