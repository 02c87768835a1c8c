//! Registering applications, for whoever administers the server. These run outside the async runtime.

use data_encoding::HEXLOWER;
use driveway_core::caller::scope_name;
use driveway_core::error::Error;
use driveway_core::identity::Registration;
use driveway_core::oauth::RedirectUri;
use secrecy::{ExposeSecret, SecretString};

use crate::app::App;
use crate::ops::Result;
use crate::ops::sign_in::hash_of;

/// Registers an application with its secret, if it keeps one.
pub fn register(app: &App, registration: Registration, secret: Option<&SecretString>) -> Result<()> {
    check(&registration)?;
    let hash = secret.map(|secret| HEXLOWER.encode(&hash_of(secret.expose_secret()).0));
    app.db.write_blocking(move |tx| {
        tx.insert_application(&registration.application, hash.as_deref())?;
        tx.set_registration(&registration)
    })
}

/// Changes how an application that there is is registered.
pub fn change(app: &App, registration: Registration) -> Result<()> {
    check(&registration)?;
    app.db.write_blocking(move |tx| tx.set_registration(&registration))
}

fn check(registration: &Registration) -> Result<()> {
    for uri in &registration.redirect_uris {
        if RedirectUri::parse(uri).is_none() {
            return Err(Error::invalid("redirect-uri", format!("{uri} can't be a redirect URI.")));
        }
    }
    let names = registration.scopes.split_ascii_whitespace().chain(registration.roles.split_ascii_whitespace());
    for name in names {
        if scope_name(name).is_none() {
            return Err(Error::invalid("scope", format!("There is no scope {name}.")));
        }
    }
    Ok(())
}
