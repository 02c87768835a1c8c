//! What the tests of all clients begin with: a demo of their own, and the client's program.

use std::path::{Path, PathBuf};

use reqwest::Client;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::drive::accept;
use crate::process::{Ready, Server, client_trusting};

/// A running demo in a directory of its own. Both end with this value.
#[derive(Debug)]
pub(crate) struct Demo {
    server: Server,
    directory: TempDir,
}

impl Demo {
    /// Starts the demo on a free port of loopback and waits until it answers.
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// The same over https, with an authority of the demo's own.
    pub(crate) async fn start_https() -> Self {
        Self::start_with(&["--tls", "local"]).await
    }

    /// The same, with more arguments to `driveway demo`.
    pub(crate) async fn start_with(arguments: &[&str]) -> Self {
        let directory = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let server = Server::start_with(directory.path(), arguments).await.unwrap();
        Self { server, directory }
    }

    /// What the ready file says.
    pub(crate) fn ready(&self) -> &Ready {
        &self.server.ready
    }

    /// A client for what a test asks the demo itself. It trusts the demo's authority and follows no redirect.
    pub(crate) fn http(&self) -> Client {
        client_trusting(self.ready().ca_certificate.as_deref()).unwrap()
    }

    /// What the token endpoint says to a form, which has to be yes.
    pub(crate) async fn tokens(&self, form: &[(&str, &str)]) -> Value {
        let url = format!("{}/common/oauth2/v2.0/token", self.ready().base_url);
        accept(self.http().post(url).form(form).send().await.unwrap()).await.unwrap()
    }

    /// Moves the demo's clock on. Clients don't see that: what they count from their own clock is earlier then.
    pub(crate) async fn advance(&self, seconds: u64) {
        let clock = self.http().patch(format!("{}/driveway/v1/clock", self.ready().base_url));
        let request = clock.bearer_auth(&self.ready().user("admin").unwrap().access_token);
        let answer = request.json(&json!({ "advanceSeconds": seconds })).send().await.unwrap();
        assert!(answer.status().is_success(), "{answer:?}");
    }

    /// A directory for the test's own files. The demo's `data`, `ready.json` and `server.log` are in it too.
    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }
}

/// The directory that Cargo builds in, below which scripts install clients.
pub(crate) fn target() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap()
}

/// A file below `target/`, where a script has installed it.
pub(crate) fn installed(path: &str, script: &str) -> PathBuf {
    let file = target().join(path);
    assert!(file.exists(), "{} isn't there: run {script}, which installs it", file.display());
    file
}
