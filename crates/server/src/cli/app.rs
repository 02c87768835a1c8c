//! `driveway app add`: registering an application.

use anyhow::{Context, bail};
use clap::Args;
use data_encoding::BASE64URL_NOPAD;
use driveway_core::id::ApplicationId;
use driveway_core::identity::{Application, Registration};
use secrecy::{ExposeSecret, SecretString};

use super::{DataOptions, say};
use crate::ops::oauth::register::register;

#[derive(Debug, Args)]
pub(super) struct AddOptions {
    #[command(flatten)]
    data: DataOptions,
    /// The name for people.
    display_name: String,
    /// The client id, for a program that has one built in; without it a new one is drawn.
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// The application runs on people's machines and keeps no secret.
    #[arg(long)]
    public: bool,
    /// Where codes may be sent; may be given several times. Any port of a loopback address will do, and a public application may
    /// use any loopback address.
    #[arg(long = "redirect-uri", value_name = "URL")]
    redirect_uris: Vec<String>,
    /// The delegated scopes that `.default` stands for, parted by spaces.
    #[arg(long, value_name = "SCOPES", default_value = "Files.ReadWrite.All Sites.ReadWrite.All User.Read")]
    scope: String,
    /// What the application may do for itself, such as `Files.Read.All`, parted by spaces.
    #[arg(long, value_name = "ROLES", default_value = "", conflicts_with = "public")]
    role: String,
    /// Don't ask people whether they allow it what it asks for.
    #[arg(long)]
    consented: bool,
    /// Take codes without a PKCE proof, for an old program that sends none.
    #[arg(long, requires = "public")]
    without_pkce: bool,
}

/// Registers an application and prints what it needs to know.
pub(super) fn add(options: AddOptions) -> anyhow::Result<()> {
    let app = options.data.open()?;
    let id = match &options.client_id {
        Some(id) => ApplicationId::parse(id).context("--client-id")?,
        None => ApplicationId::from_uuid(app.entropy.opaque_id()),
    };
    if id == Application::pages().id {
        bail!("this client id is the server's own");
    }
    let secret = (!options.public).then(|| SecretString::from(BASE64URL_NOPAD.encode(&app.entropy.bytes::<32>())));
    let registration = Registration {
        application: Application { id, display_name: options.display_name, enabled: true },
        is_public: options.public,
        redirect_uris: options.redirect_uris,
        scopes: options.scope,
        roles: options.role,
        is_consented: options.consented,
        is_without_pkce: options.without_pkce,
    };
    register(&app, registration, secret.as_ref())?;
    say(&format!("client id {id}"));
    if let Some(secret) = secret {
        say(&format!("client secret {}", secret.expose_secret()));
    }
    Ok(())
}
