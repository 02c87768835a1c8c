//! `driveway token`: a bearer token for whoever can read the data directory.

use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use driveway_core::id::ApplicationId;
use driveway_core::identity::TenantKind;

use super::{DataOptions, say};
use crate::auth::token::Subject;
use crate::ops::directory;

#[derive(Debug, Args)]
#[group(id = "whose", required = true, multiple = false, args = ["user", "app_only"])]
pub(super) struct TokenOptions {
    #[command(flatten)]
    data: DataOptions,
    /// The person's user principal name or id.
    #[arg(long, value_name = "UPN")]
    user: Option<String>,
    /// A token of the application itself.
    #[arg(long)]
    app_only: bool,
    /// The application's client id.
    #[arg(long, value_name = "ID")]
    client_id: String,
    /// The scopes, or an application's roles, parted by spaces.
    #[arg(long, value_name = "SCOPES", default_value = "")]
    scope: String,
    /// Seconds for which the token is good.
    #[arg(long, value_name = "SECONDS", default_value_t = 3600, value_parser = clap::value_parser!(u32).range(1..=31_536_000))]
    lifetime: u32,
}

pub(super) fn run(options: &TokenOptions) -> anyhow::Result<ExitCode> {
    let app = options.data.open()?;
    let client = ApplicationId::parse(&options.client_id).context("--client-id")?;
    if directory::application(&app, client)?.is_none() {
        bail!("there is no application with the client id {client}; `driveway app list` shows those that there are");
    }
    let (tenant, subject) = match &options.user {
        Some(name) => {
            let user = directory::find_user(&app, name)?.with_context(|| format!("there is no user {name}"))?;
            (user.tenant, Subject::User(user.id))
        }
        None => (directory::tenant(&app, TenantKind::Organization)?.id, Subject::Application),
    };
    say(&app.tokens.mint(tenant, client, subject, &options.scope, app.clock.now(), options.lifetime)?);
    Ok(ExitCode::SUCCESS)
}
