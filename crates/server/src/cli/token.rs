//! `driveway token`: a bearer token for whoever can read the data directory.

use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use driveway_core::id::{ApplicationId, UserId};
use driveway_core::identity::TenantKind;

use super::{DataOptions, say};
use crate::auth::token::Subject;

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
    if app.db.read_blocking(move |tx| tx.application(client))?.is_none() {
        bail!("there is no application with the client id {client}; `driveway app list` shows those that there are");
    }
    let (tenant, subject) = match &options.user {
        Some(name) => {
            let wanted = name.clone();
            let user = app.db.read_blocking(move |tx| match UserId::parse(&wanted) {
                Ok(id) => tx.user(id),
                Err(_) => tx.user_by_principal_name(&wanted),
            })?;
            let user = user.with_context(|| format!("there is no user {name}"))?;
            (user.tenant, Subject::User(user.id))
        }
        None => {
            let tenants = app.db.read_blocking(|tx| tx.tenants())?;
            let organization = tenants
                .iter()
                .find(|tenant| tenant.kind == TenantKind::Organization)
                .context("there is no organization")?;
            (organization.id, Subject::Application)
        }
    };
    say(&app.tokens.mint(tenant, client, subject, &options.scope, app.clock.now(), options.lifetime)?);
    Ok(ExitCode::SUCCESS)
}
