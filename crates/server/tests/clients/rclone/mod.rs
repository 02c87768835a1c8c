//! rclone with its onedrive backend, as it comes, and `tenant_url` pointing here.

mod arrange;
mod https;
mod large;
mod link;
mod look;
mod name;
mod overlay;
mod permission;
mod refresh;
mod transfer;
mod tree;
mod version;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::json;

use crate::process::Ready;
use crate::support::installed;

/// rclone with four remotes: `business:`, `personal:`, `library:` for a member and `owned:` for an owner of the same site.
///
/// Nothing is tried twice, so that an answer that rclone can't use is a failure and not a delay.
#[derive(Debug)]
pub(super) struct Rclone {
    program: PathBuf,
    home: PathBuf,
    ca: Option<PathBuf>,
}

/// What rclone did.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) status: Option<i32>,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl Rclone {
    /// Writes the configuration into a directory.
    pub(super) fn new(ready: &Ready, home: &Path) -> Self {
        let [business, personal, admin] = ["business", "personal", "admin"].map(|kind| ready.user(kind).unwrap());
        let remotes = [
            ("business", "business", &business.drive_id, business),
            ("personal", "personal", &personal.drive_id, personal),
            ("library", "documentLibrary", &ready.site.drive_id, business),
            ("owned", "documentLibrary", &ready.site.drive_id, admin),
        ];
        let config: String = remotes
            .iter()
            .map(|(name, kind, drive, user)| {
                let token = json!({
                    "access_token": user.access_token, "token_type": "Bearer", "expiry": "2099-01-01T00:00:00Z",
                });
                let base = &ready.base_url;
                format!(
                    "[{name}]\ntype = onedrive\ntenant_url = {base}\ndrive_type = {kind}\ndrive_id = {drive}\n\
                     token = {token}\n\n"
                )
            })
            .collect();
        fs::write(home.join("rclone.conf"), config).unwrap();
        Self {
            program: installed("rclone/bin/rclone", "scripts/rclone"),
            home: home.to_owned(),
            ca: ready.ca_certificate.clone(),
        }
    }

    /// A command in the directory of the configuration, where relative paths begin.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.env_clear().env("HOME", &self.home).env("RCLONE_CONFIG", self.home.join("rclone.conf"));
        if let Some(ca) = &self.ca {
            // `--ca-cert` wouldn't do: rclone asks how a copy goes on with another client.
            command.env("SSL_CERT_FILE", ca);
        }
        command.args(["--retries", "1", "--low-level-retries", "1"]).args(arguments);
        command.current_dir(&self.home).stdin(Stdio::null());
        command
    }

    /// Runs a command that has to succeed without a word of error, and returns what it printed.
    #[track_caller]
    pub(super) fn run(&self, arguments: &[&str]) -> String {
        let done = self.attempt(arguments);
        assert_eq!(done.status, Some(0), "rclone {arguments:?}\n{}{}", done.stdout, done.stderr);
        assert!(!done.stderr.contains("ERROR"), "rclone {arguments:?}\n{}", done.stderr);
        done.stdout
    }

    /// Runs a command, however it ends.
    pub(super) fn attempt(&self, arguments: &[&str]) -> Done {
        let Output { status, stdout, stderr } = self.command(arguments).output().unwrap();
        let [stdout, stderr] = [stdout, stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
        Done { status: status.code(), stdout, stderr }
    }
}
