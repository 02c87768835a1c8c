//! Sign-ins of devices without a browser (RFC 8628).

use std::net::IpAddr;
use std::sync::Arc;

use driveway_core::error::{Code, Error};
use driveway_core::identity::Registration;
use driveway_core::item::Sha256;
use driveway_core::oauth::{Authority, ScopeSet};
use driveway_storage::{DeviceState, NewDeviceCode};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};

use super::client::{self, ClientProof};
use super::issue::{Drawn, Granted};
use super::token::Asked;
use super::{Kind, Outcome, Refusal, authorize};
use crate::app::App;
use crate::ops::password::source;
use crate::ops::sign_in::{Person, hash_of, new_secret, person_since};
use crate::ops::{Result, Tx};

/// Seconds that somebody has for typing the code.
const LIFETIME: u32 = 15 * 60;

/// Seconds that a device waits between two questions, and how many more it has to after asking too soon.
const INTERVAL: i64 = 5;

/// The letters of a person's code: no vowels, so that it spells nothing, and no Y.
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";

/// Sign-ins of devices that one address may begin within the window in which passwords are counted.
const BEGINNINGS: u32 = 60;

/// Wrong codes that one address may type in that window.
const GUESSES: u32 = 20;

/// The sign-in of a device that has begun.
#[derive(Debug)]
pub struct Begun {
    /// What the device asks with.
    pub device_code: SecretString,
    /// What the person types.
    pub user_code: SecretString,
    /// Seconds until both are over.
    pub expires_in: u32,
    /// Seconds to wait between two questions.
    pub interval: i64,
}

/// A device that waits for somebody's answer.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The application on the device.
    pub registration: Registration,
    /// What it asks for.
    pub scopes: ScopeSet,
    authority: Authority,
    device: Sha256,
}

/// Begins the sign-in of a device.
pub async fn begin_device(app: &App, asked: &Asked, proof: ClientProof) -> Outcome<Begun> {
    let registration = match proof.secret {
        Some(_) => client::authenticate(app, proof, asked.from, asked.now).await?,
        // The application shows its secret when it redeems the code; who asks for one shows none.
        None => authorize::application(app, &proof.id).await?,
    };
    let text = asked.scope.as_deref().ok_or_else(|| Refusal::request("The parameter scope is missing."))?;
    let scopes = authorize::scopes(&registration, text, &asked.own_host)?;
    count(app, "devices", asked.from, asked.now, BEGINNINGS).await?;
    let (device_code, device) = new_secret(app);
    let user_code = user_code(app);
    let typed = hash_of(&user_code);
    let new = NewDeviceCode {
        application: registration.application.id,
        authority: asked.authority.to_string(),
        scopes: scopes.text(),
        interval_seconds: INTERVAL,
        expires_at: asked.now.saturating_add(SignedDuration::from_secs(LIFETIME.into())).unwrap_or(asked.now),
    };
    app.db.write(move |tx| tx.insert_device_code(device, typed, &new)).await?;
    Ok(Begun { device_code, user_code: user_code.into(), expires_in: LIFETIME, interval: INTERVAL })
}

fn user_code(app: &App) -> String {
    let drawn = u64::from_be_bytes(app.entropy.bytes());
    let base = LETTERS.len() as u64;
    let letter = |at: u32| LETTERS.iter().cycle().nth(usize::try_from(drawn / base.pow(at) % base).unwrap_or(0));
    (0..8).filter_map(letter).map(|letter| char::from(*letter)).collect()
}

/// Counts one more of something from an address, and refuses it when there were too many.
async fn count(app: &App, what: &'static str, from: IpAddr, now: Timestamp, most: u32) -> Result<()> {
    let (address, window) = (source(from), app.config.limits.password_window_seconds);
    let counted = app.db.write(move |tx| tx.record_failure(what, &address, now, window)).await?;
    if counted.count > most {
        let error = Error::new(Code::ActivityLimitReached, "Too many tries. Try again later.");
        return Err(error.retry_after(window));
    }
    Ok(())
}

/// The device that waits under a code that somebody typed. Wrong codes count for the address that they come from.
pub async fn waiting_device(
    app: &App,
    typed: &str,
    person: &Person,
    from: IpAddr,
    now: Timestamp,
) -> Result<Option<Waiting>> {
    let code: String = typed.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_uppercase()).collect();
    let hash = hash_of(&code);
    let found = app
        .db
        .read(move |tx| {
            let Some(code) = tx.device_code_of_user_code(hash, now)? else { return Ok(None) };
            let registration = tx.registration(code.new.application)?;
            Ok(registration.filter(|registration| registration.application.enabled).map(|found| (found, code)))
        })
        .await?;
    let waiting = found.and_then(|(registration, code)| {
        let authority = Authority::parse(&code.new.authority)?;
        Some(Waiting { registration, scopes: ScopeSet::kept(&code.new.scopes), authority, device: code.device })
    });
    let waiting = waiting.filter(|waiting| waiting.authority.takes(&person.tenant));
    if waiting.is_none() {
        count(app, "device codes", from, now, GUESSES).await?;
    }
    Ok(waiting)
}

/// Answers a device that waits. `false` when it doesn't any more.
pub async fn answer_device(app: &App, waiting: &Waiting, person: &Person, is_allowed: bool) -> Result<bool> {
    if is_allowed {
        authorize::allow(app, &waiting.registration, &waiting.scopes, person).await?;
    }
    let state = if is_allowed { DeviceState::Allowed } else { DeviceState::Denied };
    let (device, user, version) = (waiting.device, person.user.id, person.password_version);
    app.db.write(move |tx| tx.answer_device_code(device, state, user, version)).await
}

/// Redeems a device's code, once somebody has allowed it.
pub(super) async fn redeem(
    app: &Arc<App>,
    asked: &Asked,
    registration: &Registration,
    code: SecretString,
) -> Outcome<Granted> {
    let (drawn, asked, registration) = (Drawn::new(app, asked.now), asked.clone(), registration.clone());
    let hash = hash_of(code.expose_secret());
    app.db.write(move |tx| redeem_in(tx, hash, &asked, &registration, &drawn)).await?
}

fn redeem_in(
    tx: &mut Tx<'_>,
    hash: Sha256,
    asked: &Asked,
    registration: &Registration,
    drawn: &Drawn,
) -> Result<Outcome<Granted>> {
    let client = registration.application.id;
    let refuse = |kind, number, why: &'static str| Ok(Err(Refusal::new(kind, number, why)));
    let Some(code) = tx.device_code(hash)?.filter(|code| code.new.application == client) else {
        return refuse(Kind::BadVerificationCode, 70_000, "There is no such device code.");
    };
    if code.new.expires_at <= asked.now {
        return refuse(Kind::ExpiredToken, 70_020, "The device code has expired. Begin again.");
    }
    if code.state == DeviceState::Pending {
        let interval = code.new.interval_seconds;
        let next = |asked_at: Timestamp| asked_at.as_second().saturating_add(interval);
        if code.asked_at.is_some_and(|asked_at| asked.now.as_second() < next(asked_at)) {
            tx.ask_device_code(hash, asked.now, interval.saturating_add(INTERVAL))?;
            return refuse(Kind::SlowDown, 70_016, "Asked too soon. Wait five seconds longer from now on.");
        }
        tx.ask_device_code(hash, asked.now, interval)?;
        return refuse(Kind::AuthorizationPending, 70_016, "Nobody has typed the code yet.");
    }
    tx.delete_device_code(hash)?;
    if code.state == DeviceState::Denied {
        return refuse(Kind::AuthorizationDeclined, 70_018, "The person refused.");
    }
    let person = match code.user {
        Some((user, version)) => person_since(tx, user, version)?,
        None => None,
    };
    let Some(person) = person else { return Ok(Err(Refusal::grant())) };
    if !asked.authority.takes(&person.tenant) {
        return Ok(Err(Refusal::tenant()));
    }
    let scopes = ScopeSet::kept(&code.new.scopes);
    let refresh_token = drawn.keep(tx, &person, client, &scopes)?;
    Ok(Ok(Granted { person, scopes, nonce: None, refresh_token }))
}
