//! The command line: a contract, as `docs/architecture.md` says.

mod admin;
mod app;
mod audit;
mod check;
mod demo;
mod drive;
mod mail;
mod reach;
mod ready_file;
mod serve;
mod token;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::app::App;
use crate::config::{Config, Secret, TlsMode};
use crate::entropy::Entropy;

/// A drive with sharing links that speaks the Microsoft Graph v1.0 drive API.
#[derive(Debug, Parser)]
#[command(name = "driveway", version, propagate_version = true)]
struct Command {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Serve a data directory, making it on the first start.
    Serve(ServeOptions),
    /// Serve a sample tenant to try things on, and print what to paste next.
    Demo(demo::DemoOptions),
    /// Print a bearer token.
    Token(token::TokenOptions),
    /// List drives, or say how much one may hold.
    #[command(subcommand)]
    Drive(drive::DriveCommand),
    /// Add, list, disable or enable people.
    #[command(subcommand)]
    User(admin::UserCommand),
    /// Add or list groups.
    #[command(subcommand)]
    Group(admin::GroupCommand),
    /// Add or list sites.
    #[command(subcommand)]
    Site(admin::SiteCommand),
    /// Register, list, disable or enable applications.
    #[command(subcommand)]
    App(admin::AppCommand),
    /// Show or change the sharing policy of the organization.
    #[command(subcommand)]
    Policy(admin::PolicyCommand),
    /// Print the audit trail of a link, and whether all of it is there.
    Audit(audit::AuditOptions),
    /// Look for anything in the data directory that isn't as it should be.
    Check(check::CheckOptions),
    /// Say whether mail is set up, whether the mail server lets us in, and what waits.
    Mail(mail::MailOptions),
    /// Print the configuration that the flags, the environment and the file amount to.
    Config(ServeOptions),
}

/// Where the data is.
#[derive(Debug, Clone, Args)]
struct DataOptions {
    /// The data directory.
    #[arg(long, value_name = "DIR", env = "DRIVEWAY_DATA")]
    data: Option<PathBuf>,
    /// A TOML file of settings; flags go over it.
    #[arg(long, value_name = "FILE", env = "DRIVEWAY_CONFIG")]
    config: Option<PathBuf>,
    /// The database, such as `sqlite:PATH`.
    #[arg(long, value_name = "URL", env = "DRIVEWAY_DATABASE")]
    database: Option<String>,
    /// The blobs, such as `file:DIR` or `memory:`.
    #[arg(long, value_name = "URL", env = "DRIVEWAY_BLOBS")]
    blobs: Option<String>,
}

/// How to serve.
#[derive(Debug, Clone, Args)]
struct ServeOptions {
    #[command(flatten)]
    data: DataOptions,
    /// The address to listen on; port 0 takes any that is free.
    #[arg(long, value_name = "ADDR", env = "DRIVEWAY_LISTEN")]
    listen: Option<SocketAddr>,
    /// The scheme and host under which the world sees this server.
    #[arg(long, value_name = "URL", env = "DRIVEWAY_PUBLIC_URL")]
    public_url: Option<String>,
    /// Encryption of connections: `off`, `local` for an authority of the server's own, or `CERT.pem,KEY.pem`.
    #[arg(long, value_name = "MODE", env = "DRIVEWAY_TLS")]
    tls: Option<TlsMode>,
}

impl DataOptions {
    fn config(&self) -> anyhow::Result<Config> {
        let mut config = self.config.as_deref().map(Config::read).transpose()?.unwrap_or_default();
        if let Some(data) = &self.data {
            config.data.clone_from(data);
        }
        config.mail.password = mail_password().or(config.mail.password);
        config.database = self.database.clone().or(config.database);
        config.blobs = self.blobs.clone().or(config.blobs);
        config.validate()?;
        Ok(config)
    }

    /// Opens the data directory, which has to exist.
    fn open(&self) -> anyhow::Result<App> {
        let config = self.config()?;
        open(config)
    }
}

/// Opens a data directory that has to exist: commands that administer must not make one by a slip of the pen.
fn open(config: Config) -> anyhow::Result<App> {
    if !config.data.join("keys").is_dir() {
        anyhow::bail!("{} isn't a data directory; `driveway serve` makes one", config.data.display());
    }
    App::open(config, Entropy::System)
}

/// The mail server's password. There is no flag for it: flags are shown to whoever lists processes.
#[expect(clippy::disallowed_methods, reason = "the environment is read here, by the command line")]
fn mail_password() -> Option<Secret> {
    std::env::var("DRIVEWAY_MAIL_PASSWORD").ok().filter(|password| !password.is_empty()).map(Secret::from)
}

impl ServeOptions {
    fn config(&self) -> anyhow::Result<Config> {
        let mut config = self.data.config()?;
        config.listen = self.listen.unwrap_or(config.listen);
        config.public_url = self.public_url.clone().or(config.public_url);
        config.tls.mode = self.tls.clone().unwrap_or(config.tls.mode);
        config.validate_serving()?;
        Ok(config)
    }
}

/// Runs the program with the process's arguments.
pub fn main() -> ExitCode {
    let command = Command::parse();
    match run(command.what) {
        Ok(code) => code,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stderr, reason = "the command line speaks to a person here")]
fn complain(error: &anyhow::Error) {
    eprintln!("driveway: {error:#}");
}

#[expect(clippy::print_stdout, reason = "the command line speaks to a person here")]
fn say(text: &str) {
    println!("{text}");
}

fn run(what: What) -> anyhow::Result<ExitCode> {
    match what {
        What::Serve(options) => serve::run(&options),
        What::Demo(options) => demo::run(&options),
        What::Token(options) => token::run(&options),
        What::Drive(command) => drive::drive(command),
        What::User(command) => admin::user(command),
        What::Group(command) => admin::group(command),
        What::Site(command) => admin::site(command),
        What::App(command) => admin::app(command),
        What::Policy(command) => admin::policy(command),
        What::Audit(options) => audit::run(&options),
        What::Check(options) => check::run(&options),
        What::Mail(options) => mail::run(&options),
        What::Config(options) => {
            say(toml::to_string(&options.config()?)?.trim_end());
            Ok(ExitCode::SUCCESS)
        }
    }
}
