//! The real `driveway` program as a process of its own, for what has to be seen from outside.
//!
//! A server ends with its value, also when a test panics.

#![allow(dead_code, reason = "each test and benchmark uses a part of it")]

pub(crate) mod drive;

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

/// The program under test.
pub(crate) const DRIVEWAY: &str = env!("CARGO_BIN_EXE_driveway");

/// How long a thing may take before it is called broken. Nothing waits this long unless it is.
const PATIENCE: Duration = Duration::from_mins(1);

/// How often it is looked whether a thing has happened.
const INTERVAL: Duration = Duration::from_millis(10);

/// What the ready file says, as far as tests ask.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Ready {
    pub(crate) base_url: String,
    pub(crate) graph_url: String,
    /// The authority to trust, with `--tls local`.
    pub(crate) ca_certificate: Option<PathBuf>,
    pub(crate) applications: Vec<Application>,
    pub(crate) users: Vec<User>,
    pub(crate) group: Library,
    pub(crate) site: Library,
    pub(crate) items: Vec<Item>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Application {
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct User {
    #[serde(rename = "userPrincipalName")]
    pub(crate) principal_name: String,
    pub(crate) kind: String,
    pub(crate) password: String,
    pub(crate) drive_id: String,
    pub(crate) access_token: String,
}

/// A document library: of the group or of the site.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Library {
    pub(crate) drive_id: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Item {
    pub(crate) drive_id: String,
    pub(crate) id: String,
    pub(crate) name: String,
}

impl Ready {
    /// The first user of a kind: `business`, `personal` or `admin`.
    pub(crate) fn user(&self, kind: &str) -> Result<&User> {
        self.users.iter().find(|user| user.kind == kind).with_context(|| format!("the demo has no {kind} user"))
    }

    /// A sample item at the top of a user's drive.
    pub(crate) fn item(&self, user: &User, name: &str) -> Result<&Item> {
        let found = self.items.iter().find(|item| item.drive_id == user.drive_id && item.name == name);
        found.with_context(|| format!("the demo has no {name} for {}", user.principal_name))
    }
}

/// A running `driveway demo`.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    pub(crate) ready: Ready,
}

impl Server {
    /// Starts the demo in `directory/data` on a free port and waits until it answers. What it prints goes to
    /// `directory/server.log`.
    pub(crate) async fn start(directory: &Path, config: Option<&Path>) -> Result<Self> {
        match config {
            Some(file) => Self::start_with(directory, &[OsStr::new("--config"), file.as_os_str()]).await,
            None => Self::start_with(directory, &[] as &[&OsStr]).await,
        }
    }

    /// The same, with more arguments to `driveway demo`. An address to listen on takes the place of the free port.
    pub(crate) async fn start_with(directory: &Path, arguments: &[impl AsRef<OsStr>]) -> Result<Self> {
        let ready_file = directory.join("ready.json");
        if ready_file.exists() {
            fs::remove_file(&ready_file)?;
        }
        let log = directory.join("server.log");
        let output = File::options().create(true).append(true).open(&log)?;
        let mut command = driveway();
        command.arg("demo").arg("--data").arg(data(directory)).arg("--ready-file").arg(&ready_file);
        command.env("DRIVEWAY_LISTEN", "127.0.0.1:0").args(arguments);
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let mut child = command.spawn().with_context(|| format!("can't start {DRIVEWAY}"))?;
        let ready = until("the server to be ready", || {
            if let Some(status) = child.try_wait()? {
                bail!("the server ended ({status}):\n{}", tail(&log));
            }
            Ok(fs::read(&ready_file).ok().and_then(|text| serde_json::from_slice(&text).ok()))
        })
        .await;
        match ready {
            Ok(ready) => Ok(Self { child, ready }),
            Err(error) => {
                end(&mut child);
                Err(error.context(tail(&log)))
            }
        }
    }

    /// The process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL: no handler runs, nothing is flushed.
    pub(crate) fn kill(&mut self) {
        end(&mut self.child);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// Ends a process that this one started, at once, and waits until it is gone.
pub(crate) fn end(child: &mut Child) {
    // Both fail only for a process that is gone already.
    drop(child.kill());
    drop(child.wait());
}

/// The data directory of a server that was started in this directory.
pub(crate) fn data(directory: &Path) -> PathBuf {
    directory.join("data")
}

/// Runs `driveway check` on the data directory and fails with what it found.
pub(crate) fn check(directory: &Path) -> Result<()> {
    let output = run(driveway().arg("check").arg("--data").arg(data(directory)))?;
    ensure!(output.status.success(), "driveway check: {}\n{}", output.status, said(&output));
    Ok(())
}

/// A bearer token of a user by way of an application, from `driveway token`.
pub(crate) fn token(directory: &Path, user: &User, application: &Application, scope: &str) -> Result<String> {
    let mut command = driveway();
    command.arg("token").arg("--data").arg(data(directory)).args(["--user", &user.principal_name]);
    let output = run(command.args(["--client-id", &application.client_id, "--scope", scope]))?;
    ensure!(output.status.success(), "driveway token: {}\n{}", output.status, said(&output));
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// Registers an application with `driveway app add`, in the directory of a server that may be running.
pub(crate) fn register(directory: &Path, name: &str, arguments: &[&str]) -> Result<()> {
    let mut command = driveway();
    let output = run(command.args(["app", "add", name, "--data"]).arg(data(directory)).args(arguments))?;
    ensure!(output.status.success(), "driveway app add: {}\n{}", output.status, said(&output));
    Ok(())
}

/// The program without the settings that the environment may hold.
fn driveway() -> Command {
    let mut command = Command::new(DRIVEWAY);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("DRIVEWAY_") {
            command.env_remove(name);
        }
    }
    command
}

fn run(command: &mut Command) -> Result<Output> {
    command.stdin(Stdio::null()).output().with_context(|| format!("can't run {DRIVEWAY}"))
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The last lines of a log.
fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines.iter().skip(lines.len().saturating_sub(20)).fold(String::new(), |all, line| all + line + "\n")
}

/// Looks again and again until something is there, and fails when it doesn't come.
pub(crate) async fn until<T>(what: &str, mut look: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let seek = async {
        loop {
            if let Some(found) = look()? {
                return Ok(found);
            }
            tokio::time::sleep(INTERVAL).await;
        }
    };
    tokio::time::timeout(PATIENCE, seek).await.with_context(|| format!("waited in vain for {what}"))?
}

/// A client that talks to this machine only, whatever proxy the environment names, and follows no redirect.
pub(crate) fn client() -> Result<reqwest::Client> {
    client_trusting(None)
}

/// The same, which believes the authority of this file and no other.
pub(crate) fn client_trusting(ca: Option<&Path>) -> Result<reqwest::Client> {
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).timeout(PATIENCE);
    let Some(ca) = ca else { return Ok(client.build()?) };
    let certificate = reqwest::Certificate::from_pem(&fs::read(ca)?)?;
    Ok(client.tls_certs_only([certificate]).build()?)
}
