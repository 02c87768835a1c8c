//! Administration: people, groups, sites, applications and the sharing policy.

use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand, ValueEnum};
use driveway_core::id::{ApplicationId, GroupId, UserId};
use driveway_core::identity::{Tenant, TenantKind};

use super::{DataOptions, say};
use crate::app::App;
use crate::ops::{directory, policy as policy_ops, provision};

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum AccountKind {
    /// Of the organization.
    Business,
    /// With a personal drive.
    Personal,
}

#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// Add a person with a drive.
    Add {
        #[command(flatten)]
        data: DataOptions,
        /// The user principal name, such as ann@example.com.
        upn: String,
        /// The name for people.
        #[arg(long, value_name = "NAME")]
        display_name: Option<String>,
        /// The kind of account.
        #[arg(long, value_enum, default_value = "business")]
        kind: AccountKind,
        /// Make them an administrator of the organization.
        #[arg(long)]
        administrator: bool,
    },
    /// List people.
    List(DataOptions),
    /// Take a person's rights away, and with them every link that they made.
    Disable(NamedUser),
    /// Give a person's rights back.
    Enable(NamedUser),
}

#[derive(Debug, Args)]
pub(super) struct NamedUser {
    #[command(flatten)]
    data: DataOptions,
    /// The user principal name.
    upn: String,
}

pub(super) fn user(command: UserCommand) -> anyhow::Result<ExitCode> {
    match command {
        UserCommand::Add { data, upn, display_name, kind, administrator } => {
            let app = data.open()?;
            let tenant = tenant(&app, kind)?;
            let display_name = display_name.unwrap_or_else(|| upn.split('@').next().unwrap_or(&upn).to_owned());
            let (user, drive) = provision::user(&app, &tenant, &upn, &display_name, administrator)?;
            say(&format!("{} {} drive {}", user.id, user.user_principal_name, drive.id));
        }
        UserCommand::List(data) => {
            for user in directory::users(&data.open()?)? {
                let state = if user.enabled { "" } else { " (disabled)" };
                say(&format!("{} {} {}{state}", user.id, user.user_principal_name, user.display_name));
            }
        }
        UserCommand::Disable(named) => set_user_enabled(&named, false)?,
        UserCommand::Enable(named) => set_user_enabled(&named, true)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn set_user_enabled(named: &NamedUser, enabled: bool) -> anyhow::Result<()> {
    let app = named.data.open()?;
    let id = find_user(&app, &named.upn)?;
    directory::set_user_enabled(&app, id, enabled)?;
    Ok(())
}

fn find_user(app: &App, upn: &str) -> anyhow::Result<UserId> {
    let user = directory::find_user(app, upn)?;
    user.map(|user| user.id).with_context(|| format!("there is no user {upn}"))
}

fn tenant(app: &App, kind: AccountKind) -> anyhow::Result<Tenant> {
    let kind = match kind {
        AccountKind::Business => TenantKind::Organization,
        AccountKind::Personal => TenantKind::Consumer,
    };
    directory::tenant(app, kind).context("the data directory has no such tenant yet; serve it once")
}

#[derive(Debug, Subcommand)]
pub(super) enum GroupCommand {
    /// Add a group with a document library.
    Add {
        #[command(flatten)]
        data: DataOptions,
        /// The name for people.
        display_name: String,
        /// An owner's user principal name; may be given several times.
        #[arg(long = "owner", value_name = "UPN", required = true)]
        owners: Vec<String>,
        /// A member's user principal name; may be given several times.
        #[arg(long = "member", value_name = "UPN")]
        members: Vec<String>,
    },
    /// List groups.
    List(DataOptions),
}

pub(super) fn group(command: GroupCommand) -> anyhow::Result<ExitCode> {
    match command {
        GroupCommand::Add { data, display_name, owners, members } => {
            let app = data.open()?;
            let find =
                |names: &[String]| names.iter().map(|name| find_user(&app, name)).collect::<anyhow::Result<Vec<_>>>();
            let tenant = tenant(&app, AccountKind::Business)?;
            let (group, drive) = provision::group(&app, &tenant, &display_name, &find(&owners)?, &find(&members)?)?;
            say(&format!("{} {} drive {}", group.id, group.display_name, drive.id));
        }
        GroupCommand::List(data) => {
            for group in directory::groups(&data.open()?)? {
                say(&format!("{} {}", group.id, group.display_name));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

#[derive(Debug, Subcommand)]
pub(super) enum SiteCommand {
    /// Add a site with a document library for a group.
    Add {
        #[command(flatten)]
        data: DataOptions,
        /// The last part of the site's path.
        name: String,
        /// The name for people.
        #[arg(long, value_name = "NAME")]
        display_name: Option<String>,
        /// The id of the group whose library it is.
        #[arg(long, value_name = "ID")]
        group: String,
    },
    /// List sites.
    List(DataOptions),
}

pub(super) fn site(command: SiteCommand) -> anyhow::Result<ExitCode> {
    match command {
        SiteCommand::Add { data, name, display_name, group } => {
            let app = data.open()?;
            if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.')) {
                bail!("a site's name consists of letters, digits, hyphens, underscores and dots");
            }
            let group = GroupId::parse(&group).context("--group")?;
            let tenant = tenant(&app, AccountKind::Business)?;
            let (site, drive) = provision::site(&app, &tenant, &name, display_name.as_deref().unwrap_or(&name), group)?;
            say(&format!("{} {} drive {}", site.id, site.name, drive.id));
        }
        SiteCommand::List(data) => {
            for site in directory::sites(&data.open()?)? {
                say(&format!("{} {} {}", site.id, site.name, site.display_name));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

#[derive(Debug, Subcommand)]
pub(super) enum AppCommand {
    /// Register an application and print its client id and secret. The secret is shown this once.
    Add(super::app::AddOptions),
    /// List applications.
    List(DataOptions),
    /// Refuse an application's tokens, and close the links that it made for itself.
    Disable(NamedApp),
    /// Accept an application's tokens again.
    Enable(NamedApp),
}

#[derive(Debug, Args)]
pub(super) struct NamedApp {
    #[command(flatten)]
    data: DataOptions,
    /// The client id.
    client_id: String,
}

pub(super) fn app(command: AppCommand) -> anyhow::Result<ExitCode> {
    match command {
        AppCommand::Add(options) => super::app::add(options)?,
        AppCommand::List(data) => {
            for application in directory::applications(&data.open()?)? {
                let state = if application.enabled { "" } else { " (disabled)" };
                say(&format!("{} {}{state}", application.id, application.display_name));
            }
        }
        AppCommand::Disable(named) => set_app_enabled(&named, false)?,
        AppCommand::Enable(named) => set_app_enabled(&named, true)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn set_app_enabled(named: &NamedApp, enabled: bool) -> anyhow::Result<()> {
    let app = named.data.open()?;
    let id = ApplicationId::parse(&named.client_id)?;
    directory::set_application_enabled(&app, id, enabled)?;
    Ok(())
}

#[derive(Debug, Subcommand)]
pub(super) enum PolicyCommand {
    /// Print the sharing policy as JSON.
    Show(PolicyOptions),
    /// Replace members of the sharing policy by those of a JSON object.
    Set {
        #[command(flatten)]
        of: PolicyOptions,
        /// Members to change, such as {"anonymousLinks":false}.
        json: String,
    },
}

#[derive(Debug, Args)]
pub(super) struct PolicyOptions {
    #[command(flatten)]
    data: DataOptions,
    /// Whose policy: the organization's, or that of personal accounts.
    #[arg(long, value_enum, default_value = "business")]
    kind: AccountKind,
}

pub(super) fn policy(command: PolicyCommand) -> anyhow::Result<ExitCode> {
    let (of, change) = match command {
        PolicyCommand::Show(of) => (of, None),
        PolicyCommand::Set { of, json } => (of, Some(json)),
    };
    let app = of.data.open()?;
    let tenant = tenant(&app, of.kind)?.id;
    let policy = match change {
        None => policy_ops::of(&app, tenant)?,
        Some(json) => {
            let members: serde_json::Map<String, serde_json::Value> =
                serde_json::from_str(&json).context("not a JSON object")?;
            policy_ops::change_of(&app, tenant, members.into_iter().collect())?
        }
    };
    say(&serde_json::to_string_pretty(&policy_ops::shown(&policy)?)?);
    Ok(ExitCode::SUCCESS)
}
