//! Who somebody is: an account's password, the session of a browser, the link that signs in once.

use std::net::IpAddr;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use driveway_core::error::{Code, Error, Inner};
use driveway_core::id::UserId;
use driveway_core::identity::{Tenant, User};
use driveway_core::item::Sha256;
use driveway_core::permission::password_text;
use driveway_storage::Session;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use sha2::Digest;

use super::password::{check_shape, source};
use super::{Result, Tx};
use crate::app::App;

/// What is hashed in the place of an account that isn't there, so that it takes as long as one that is. No password has this
/// hash.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// How many times as many wrong passwords one address may try on all accounts together as on one.
const ACCOUNTS: u32 = 10;

/// The fewest characters of an account's password.
const SHORTEST: usize = 8;

/// How long a link that signs somebody in is good.
const LINK: SignedDuration = SignedDuration::from_hours(1);

/// Somebody who proved who they are, as their account stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The account.
    pub user: User,
    /// Where it lives.
    pub tenant: Tenant,
    /// The version of the password that counts now.
    pub password_version: i64,
}

/// The person behind an account that may sign in, if there is one.
pub(super) fn person(tx: &mut Tx<'_>, id: UserId) -> Result<Option<Person>> {
    let Some(user) = tx.user(id)?.filter(|user| user.enabled) else { return Ok(None) };
    let (Some(tenant), Some(password)) = (tx.tenant(user.tenant)?, tx.user_password(id)?) else { return Ok(None) };
    Ok(Some(Person { user, tenant, password_version: password.version }))
}

/// The person, if their password is still the one that they signed in with.
pub(super) fn person_since(tx: &mut Tx<'_>, id: UserId, password_version: i64) -> Result<Option<Person>> {
    Ok(person(tx, id)?.filter(|person| person.password_version == password_version))
}

/// A new text that opens something, and the hash that is kept of it. It has 256 random bits, which no dictionary holds: a plain
/// hash is enough.
pub(super) fn new_secret(app: &App) -> (SecretString, Sha256) {
    let secret = BASE64URL_NOPAD.encode(&app.entropy.bytes::<32>());
    let hash = hash_of(&secret);
    (secret.into(), hash)
}

/// The hash under which such a text is kept.
pub(super) fn hash_of(secret: &str) -> Sha256 {
    Sha256(sha2::Sha256::digest(secret.as_bytes()).into())
}

/// Tries a password. `None` for a wrong one, for an account that isn't there and for one that may not sign in: the three can't
/// be told apart, not by time either. Each try counts for its account and address before it is looked at, as those at links do.
pub async fn try_password(
    app: &App,
    name: &str,
    guess: &SecretString,
    from: IpAddr,
    now: Timestamp,
) -> Result<Option<Person>> {
    let name = name.trim().to_lowercase();
    // What was typed may be a password in the wrong field: only its hash is kept.
    let account = format!("account:{}", HEXLOWER.encode(&hash_of(&name).0));
    let address = source(from);
    let limits = app.config.limits;
    let window = limits.password_window_seconds;
    let _turn = app.passwords.turn(&account, &address).await;
    let (key, at) = (account.clone(), address.clone());
    let window_start = now.saturating_sub(SignedDuration::from_secs(window.into())).unwrap_or(now);
    let (tries, of_all) = app
        .db
        .write(move |tx| {
            let of_all = tx.failures("accounts", &at, window_start)?;
            Ok((tx.record_failure(&key, &at, now, window)?, of_all))
        })
        .await?;
    if tries.count > limits.password_attempts || of_all >= limits.password_attempts.saturating_mul(ACCOUNTS) {
        let passed = now.as_second().saturating_sub(tries.since.as_second());
        let left = i64::from(window).saturating_sub(passed).max(1);
        return Err(Error::new(Code::ActivityLimitReached, "Too many wrong passwords. Try again later.")
            .inner(Inner::ThrottledRequest)
            .retry_after(u32::try_from(left).unwrap_or(window)));
    }
    let found = app
        .db
        .read(move |tx| {
            let Some(user) = tx.user_by_principal_name(&name)? else { return Ok(None) };
            let hash = tx.user_password(user.id)?.and_then(|password| password.hash);
            Ok(person(tx, user.id)?.zip(hash))
        })
        .await?;
    let (person, hash) = found.unzip();
    let hash = hash.unwrap_or_else(|| NOBODY.into());
    let shape_is_right = check_shape(guess.expose_secret()).is_ok();
    let guess = if shape_is_right { guess.clone() } else { SecretString::from("-") };
    let is_right = app.passwords.verify(guess, hash).await? && shape_is_right;
    let person = person.filter(|_| is_right);
    let is_nobody = person.is_none();
    app.db
        .write(move |tx| {
            if is_nobody {
                tx.record_failure("accounts", &address, now, window).map(drop)
            } else {
                tx.clear_failures(&account, &address)
            }
        })
        .await?;
    Ok(person)
}

/// Sets an account's password, which ends its sessions and what applications got.
pub async fn set_password(app: &App, user: UserId, password: &SecretString) -> Result<()> {
    let hash = hash_password(app, password).await?;
    app.db.write(move |tx| tx.set_user_password(user, &hash)).await
}

async fn hash_password(app: &App, password: &SecretString) -> Result<SecretString> {
    check_shape(password.expose_secret())?;
    if password.expose_secret().chars().count() < SHORTEST {
        return Err(
            Error::invalid("password", "A password has at least 8 characters.").inner(Inner::ParameterIsTooSmall)
        );
    }
    app.passwords.hash(password_text(password.expose_secret()), app.entropy.bytes()).await
}

/// Begins a session in the place of the one that the browser had, and returns what the browser keeps.
pub async fn begin_session(
    app: &App,
    person: &Person,
    former: Option<&SecretString>,
    now: Timestamp,
) -> Result<SecretString> {
    let (secret, hash) = new_secret(app);
    let former = former.map(|former| hash_of(former.expose_secret()));
    let session = session_of(app, person.user.id, person.password_version, now);
    app.db
        .write(move |tx| {
            if let Some(former) = former {
                tx.delete_session(former)?;
            }
            tx.insert_session(hash, &session)
        })
        .await?;
    Ok(secret)
}

fn session_of(app: &App, user: UserId, password_version: i64, now: Timestamp) -> Session {
    let length = SignedDuration::from_secs(app.config.sign_in.session_seconds.into());
    let expires_at = now.saturating_add(length).unwrap_or(now);
    Session { user, password_version, created_at: now, expires_at }
}

/// The person whose session this is. An ended one, or one of an account that may not sign in any more, is as good as none.
pub async fn session(app: &App, secret: &SecretString, now: Timestamp) -> Result<Option<Person>> {
    let hash = hash_of(secret.expose_secret());
    app.db
        .read(move |tx| match tx.session(hash)?.filter(|session| session.expires_at > now) {
            Some(session) => person_since(tx, session.user, session.password_version),
            None => Ok(None),
        })
        .await
}

/// Ends a session.
pub async fn end_session(app: &App, secret: &SecretString) -> Result<()> {
    let hash = hash_of(secret.expose_secret());
    app.db.write(move |tx| tx.delete_session(hash)).await
}

/// A link's secret that signs somebody in once, within the hour, to choose a password. For the command line, outside the runtime.
pub fn new_link(app: &App, user: UserId) -> Result<SecretString> {
    let (secret, hash) = new_secret(app);
    let expires_at = app.clock.now().saturating_add(LINK).unwrap_or(Timestamp::MAX);
    app.db.write_blocking(move |tx| tx.insert_sign_in_link(hash, user, expires_at))?;
    Ok(secret)
}

/// Whom a link signs in now.
pub async fn whose_link(app: &App, secret: &SecretString, now: Timestamp) -> Result<Option<Person>> {
    let hash = hash_of(secret.expose_secret());
    app.db
        .read(move |tx| match tx.sign_in_link(hash, now)? {
            Some(user) => person(tx, user),
            None => Ok(None),
        })
        .await
}

/// Uses a link up: sets the password and begins a session. `None` when the link is over.
pub async fn use_link(
    app: &App,
    secret: &SecretString,
    password: &SecretString,
    now: Timestamp,
) -> Result<Option<SecretString>> {
    if whose_link(app, secret, now).await?.is_none() {
        return Ok(None);
    }
    let hash = hash_password(app, password).await?;
    let link = hash_of(secret.expose_secret());
    let (session_secret, session_hash) = new_secret(app);
    let blank = session_of(app, UserId::from_uuid(uuid::Uuid::nil()), 0, now);
    app.db
        .write(move |tx| {
            // Looked at again: of two that came at once, one finds nothing.
            let Some(user) = tx.sign_in_link(link, now)? else { return Ok(None) };
            tx.set_user_password(user, &hash)?;
            let Some(person) = person(tx, user)? else { return Ok(None) };
            let session = Session { user, password_version: person.password_version, ..blank };
            tx.insert_session(session_hash, &session)?;
            Ok(Some(session_secret.clone()))
        })
        .await
}
