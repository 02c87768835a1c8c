//! Passwords of links and accounts: hashed with argon2id away from the request threads, and guessed at only so often.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use driveway_core::audit::{By, Refusal, Source};
use driveway_core::error::{Code, Error, Inner};
use driveway_core::id::PermissionId;
use driveway_core::permission::{LONGEST_PASSWORD, password_text};
use driveway_core::policy::redeem::Decision;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{Mutex, MutexGuard, Semaphore};

use super::gate::{self, Below, Passage};
use super::{Credentials, Result, audit};
use crate::app::App;
use crate::auth::token::Claims;

/// Hashings that may wait for their turn before the server says that it is busy.
const WAITING: usize = 64;

/// How many sources can try passwords side by side.
const TURNS: usize = 64;

/// The proof of having given a link's password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    /// The link.
    pub link: PermissionId,
    /// The version of the password that was right. A changed password ends the visit (P28).
    pub version: i64,
}

/// Hashes and verifies passwords, a few at a time: each takes 19 MiB and some tens of milliseconds by intent.
#[derive(Debug)]
pub struct Passwords {
    running: Semaphore,
    admitted: Semaphore,
    turns: [Mutex<()>; TURNS],
    hashed: AtomicU64,
}

impl Default for Passwords {
    fn default() -> Self {
        Self {
            running: Semaphore::new(2),
            admitted: Semaphore::new(WAITING),
            turns: [const { Mutex::const_new(()) }; TURNS],
            hashed: AtomicU64::new(0),
        }
    }
}

impl Passwords {
    /// The argon2id hash of a password, in PHC form.
    pub async fn hash(&self, password: SecretString, salt: [u8; 16]) -> Result<SecretString> {
        self.run(move || {
            let hash = argon2()
                .hash_password_with_salt(password.expose_secret().as_bytes(), &salt)
                .map_err(Error::internal)?;
            Ok(SecretString::from(hash.to_string()))
        })
        .await
    }

    /// Whether the password is the one that was hashed. The comparison takes the same time for every wrong one.
    pub async fn verify(&self, password: SecretString, hash: SecretString) -> Result<bool> {
        self.run(move || {
            Ok(argon2()
                .verify_password(
                    password_text(password.expose_secret()).expose_secret().as_bytes(),
                    hash.expose_secret(),
                )
                .is_ok())
        })
        .await
    }

    /// How many passwords have been hashed since the server started: by this work, and by no other, a guess can tell what it
    /// met (P16, P27).
    pub fn hashed(&self) -> u64 {
        self.hashed.load(Ordering::Relaxed)
    }

    /// Waits until it is this source's turn at this link or account. Right passwords that come together then clear the count one after
    /// the other, instead of counting against each other.
    pub(super) async fn turn(&self, of: impl Hash, source: &str) -> Option<MutexGuard<'_, ()>> {
        let mut hasher = DefaultHasher::new();
        (of, source).hash(&mut hasher);
        let at = usize::try_from(hasher.finish() % TURNS as u64).unwrap_or(0);
        match self.turns.get(at) {
            Some(turn) => Some(turn.lock().await),
            None => None,
        }
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        let _admitted = self.admitted.try_acquire().map_err(|_| Error::busy(2))?;
        let _turn = self.running.acquire().await.map_err(Error::internal)?;
        self.hashed.fetch_add(1, Ordering::Relaxed);
        tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
    }
}

fn argon2() -> Argon2<'static> {
    // OWASP's first recommendation for argon2id: 19 MiB, two passes, one lane; these are the crate's defaults too.
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

/// Refuses what can't be a password (AMB-46).
pub fn check_shape(password: &str) -> Result<()> {
    let refuse = |message: &'static str, inner| Err(Error::invalid("password", message).inner(inner));
    if password.trim().is_empty() {
        refuse("A password can't be empty or blank.", Inner::ParameterIsTooSmall)
    } else if password.chars().count() > LONGEST_PASSWORD {
        refuse("A password has at most 128 characters.", Inner::ParameterIsTooLong)
    } else {
        Ok(())
    }
}

/// A try of a password.
#[derive(Debug, Clone, Copy)]
pub struct Attempt {
    /// The link.
    pub link: PermissionId,
    /// Who tries, for the audit trail.
    pub by: By,
    /// The address that the try counts for.
    pub from: IpAddr,
    /// When.
    pub now: Timestamp,
}

/// Tries a password on a link from an address. Whatever the door, each try counts once and before it is looked at, so
/// that many at once can't slip under the limit (P25). Only tries on this link from this address count, so that nobody
/// can shut a link for others (P26).
pub async fn attempt(app: &App, attempt: Attempt, guess: SecretString, hash: SecretString) -> Result<bool> {
    let Attempt { link, by, from, now } = attempt;
    let limits = app.config.limits;
    let address = source(from);
    let window = limits.password_window_seconds;
    let key = address.clone();
    let _turn = app.passwords.turn(link, &address).await;
    let tries = app.db.write(move |tx| tx.record_failure(link, &key, now, window)).await?;
    if tries.count > limits.password_attempts {
        app.openings.refused(link, Refusal::TooManyPasswords, by, now);
        let passed = now.as_second().saturating_sub(tries.since.as_second());
        let left = i64::from(window).saturating_sub(passed).max(1);
        return Err(Error::new(Code::ActivityLimitReached, "Too many wrong passwords. Try again later.")
            .inner(Inner::ThrottledRequest)
            .retry_after(u32::try_from(left).unwrap_or(window)));
    }
    let shape_is_right = check_shape(guess.expose_secret()).is_ok();
    let is_right = shape_is_right && app.passwords.verify(guess, hash).await?;
    if is_right {
        app.db.write(move |tx| tx.clear_failures(link, &address)).await?;
    } else {
        app.openings.refused(link, Refusal::WrongPassword, by, now);
    }
    Ok(is_right)
}

/// The source that guesses are counted for: an IPv4 address, or the /64 that one IPv6 subscriber has.
pub(super) fn source(from: IpAddr) -> String {
    match from.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

/// Shows a password to a link that asks this visitor for one. `None` when it doesn't, or isn't there: the gate says the
/// rest. It is asked first, so that a link that is over takes no guesses and is like one that never was (P16).
pub async fn visit(
    app: &App,
    link: PermissionId,
    guess: SecretString,
    bearer: Option<Claims>,
    source: Source,
    from: IpAddr,
    now: Timestamp,
) -> Result<Option<Visit>> {
    let credentials = Credentials { bearer, link: Some(link), source, ..Credentials::default() };
    let attempt = Attempt { link, by: audit::by(&credentials), from, now };
    let passage = app.db.read(move |tx| gate::open_link(tx, link, Below::Shared, &credentials, now)).await?;
    let Passage::Closed(Decision::Password, Some(permission), _) = passage else { return Ok(None) };
    let Some(guard) = permission.link().and_then(|link| link.password.clone()) else { return Ok(None) };
    if self::attempt(app, attempt, guess, guard.hash).await? {
        Ok(Some(Visit { link, version: guard.version }))
    } else {
        Err(Error::access_denied("The password is wrong.").inner(Inner::PasswordMismatch))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_is_argon2id_and_verifies_its_password_only() {
        let passwords = Passwords::default();
        let hash = passwords.hash("harbour".into(), [7; 16]).await.unwrap();
        assert!(hash.expose_secret().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.expose_secret());
        assert!(passwords.verify("harbour".into(), hash.clone()).await.unwrap());
        assert!(!passwords.verify("Harbour".into(), hash).await.unwrap());
        let composed = passwords.hash("caf\u{e9}".into(), [7; 16]).await.unwrap();
        assert!(passwords.verify("cafe\u{301}".into(), composed).await.unwrap());
    }

    #[test]
    fn an_ipv6_subscriber_is_one_source() {
        assert_eq!(source("2001:db8:1:2:3::4".parse().unwrap()), source("2001:db8:1:2:ffff::1".parse().unwrap()));
        assert_ne!(source("2001:db8:1:2::".parse().unwrap()), source("2001:db8:1:3::".parse().unwrap()));
        assert_eq!(source("::ffff:10.0.0.1".parse().unwrap()), "10.0.0.1");
    }
}
