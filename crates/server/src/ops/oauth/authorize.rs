//! The sign-in to an application: what it asks, whether the person has allowed it, and the code that it gets.

use driveway_core::id::ApplicationId;
use driveway_core::identity::Registration;
use driveway_core::oauth::ScopeSet;
use driveway_storage::AuthorizationCode;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

use super::token::parse_scopes;
use super::{Kind, Outcome, Refusal, client};
use crate::app::App;
use crate::ops::Result;
use crate::ops::sign_in::{Person, new_secret};

/// How long a code is good: it is redeemed at once or not at all.
const CODE: SignedDuration = SignedDuration::from_mins(5);

/// What an application asks for, once it is known to be one that may ask.
#[derive(Debug, Clone)]
pub struct Question {
    /// The application.
    pub registration: Registration,
    /// What it asks for.
    pub scopes: ScopeSet,
    /// Where the answer goes.
    pub redirect_uri: String,
    /// The challenge that whoever redeems the code has to meet.
    pub challenge: Option<String>,
    /// What the id token has to repeat.
    pub nonce: Option<String>,
}

/// The application of a client id, if it is registered and enabled.
pub async fn application(app: &App, client_id: &str) -> Outcome<Registration> {
    let id = ApplicationId::parse(client_id).map_err(|_| client::unknown())?;
    let found = app.db.read(move |tx| tx.registration(id)).await?;
    found.filter(|registration| registration.application.enabled).ok_or_else(client::unknown)
}

/// The scopes that an application asks for.
pub fn scopes(registration: &Registration, text: &str, own_host: &str) -> Outcome<ScopeSet> {
    let set = parse_scopes(text, own_host)?;
    if set.is_empty() {
        return Err(Refusal::new(Kind::InvalidScope, 70_011, "The parameter scope is empty."));
    }
    Ok(set.with_default(&ScopeSet::kept(&registration.scopes)))
}

/// Whether the person needn't be asked: they allowed as much before, or whoever administers the server did for them.
pub async fn is_allowed(app: &App, registration: &Registration, scopes: &ScopeSet, person: &Person) -> Result<bool> {
    if registration.is_consented {
        return Ok(true);
    }
    let (user, client) = (person.user.id, registration.application.id);
    let kept = app.db.read(move |tx| tx.consent(user, client)).await?;
    Ok(kept.is_some_and(|kept| scopes.is_within(&ScopeSet::kept(&kept))))
}

/// Remembers that the person allows the application this, besides what they allowed before.
pub async fn allow(app: &App, registration: &Registration, scopes: &ScopeSet, person: &Person) -> Result<()> {
    let (user, client, scopes) = (person.user.id, registration.application.id, scopes.clone());
    app.db
        .write(move |tx| {
            let before = tx.consent(user, client)?.unwrap_or_default();
            tx.put_consent(user, client, &ScopeSet::kept(&before).and(&scopes).text())
        })
        .await
}

/// The code that the application redeems for tokens.
pub async fn code(app: &App, question: &Question, person: &Person, now: Timestamp) -> Result<SecretString> {
    let (secret, hash) = new_secret(app);
    let code = AuthorizationCode {
        application: question.registration.application.id,
        user: person.user.id,
        password_version: person.password_version,
        redirect_uri: question.redirect_uri.clone(),
        challenge: question.challenge.clone(),
        scopes: question.scopes.text(),
        nonce: question.nonce.clone(),
        expires_at: now.saturating_add(CODE).unwrap_or(now),
        grant: None,
    };
    app.db.write(move |tx| tx.insert_code(hash, &code)).await?;
    Ok(secret)
}
