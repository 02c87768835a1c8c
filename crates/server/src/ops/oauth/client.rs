//! Which application asks, and whether it is the one.

use std::net::IpAddr;

use data_encoding::HEXLOWER;
use driveway_core::id::ApplicationId;
use driveway_core::identity::Registration;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use super::{Kind, Outcome, Refusal};
use crate::app::App;
use crate::ops::password::source;
use crate::ops::sign_in::hash_of;

/// Wrong secrets that one address may send within the window in which passwords are counted.
const TRIES: u32 = 100;

/// What an application shows of itself.
#[derive(Debug, Clone)]
pub struct ClientProof {
    /// The client id.
    pub id: String,
    /// The secret, if one was sent.
    pub secret: Option<SecretString>,
}

/// The registration of the application that shows this, if its secret is right. One that keeps no secret shows none.
pub async fn authenticate(app: &App, proof: ClientProof, from: IpAddr, now: Timestamp) -> Outcome<Registration> {
    let id = ApplicationId::parse(&proof.id).map_err(|_| unknown())?;
    let address = source(from);
    let window = app.config.limits.password_window_seconds;
    let since = now.saturating_sub(SignedDuration::from_secs(window.into())).unwrap_or(now);
    let at = address.clone();
    let (registration, secret_hash, failures) = app
        .db
        .read(move |tx| {
            Ok((tx.registration(id)?, tx.application_secret_hash(id)?, tx.failures("clients", &at, since)?))
        })
        .await?;
    let registration = registration.filter(|registration| registration.application.enabled).ok_or_else(unknown)?;
    let refusal = match (secret_hash, proof.secret) {
        (None, None) => return Ok(registration),
        (None, Some(_)) => Refusal::new(
            Kind::InvalidClient,
            700_025,
            "The application is registered without a secret and may not send one.",
        ),
        (Some(_), None) => Refusal::new(Kind::InvalidClient, 7_000_218, "The application's secret is missing."),
        (Some(_), Some(_)) if failures >= TRIES => {
            let mut refusal =
                Refusal::new(Kind::TemporarilyUnavailable, 50_196, "Too many wrong secrets. Try again later.");
            refusal.retry_after = Some(window);
            refusal.is_throttled = true;
            return Err(refusal);
        }
        (Some(hash), Some(secret)) => {
            let shown = HEXLOWER.encode(&hash_of(secret.expose_secret()).0);
            if bool::from(shown.as_bytes().ct_eq(hash.as_bytes())) {
                return Ok(registration);
            }
            app.db.write(move |tx| tx.record_failure("clients", &address, now, window)).await?;
            Refusal::new(Kind::InvalidClient, 7_000_215, "The application's secret is wrong.")
        }
    };
    Err(refusal)
}

/// An application that isn't registered or is disabled.
pub(super) fn unknown() -> Refusal {
    Refusal::new(Kind::UnauthorizedClient, 700_016, "No application of this client id is registered here.")
}
