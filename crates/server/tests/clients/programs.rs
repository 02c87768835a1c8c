//! Programs with a client library as it comes, each a list of named checks.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::process::{register, token};
use crate::support::Demo;

/// What installs the libraries.
pub(crate) const SCRIPT: &str = "scripts/graph-sdks";

/// The scopes of the token that the checks of the directory have: the demo's own reach files only.
const DIRECTORY: &str = "Files.ReadWrite.All Sites.ReadWrite.All User.Read.All Group.Read.All Organization.Read.All";

/// An application that runs on people's machines and keeps no secret, for signing in.
const PUBLIC_CLIENT: &str = "d21e00ff-0000-4000-8000-0000000000ff";

/// A demo that is reached by https, because that is where these clients send their tokens to.
pub(crate) async fn demo() -> Demo {
    Demo::start_with(&["--tls", "local"]).await
}

/// The directory of the sources of a language's programs.
pub(crate) fn sources(language: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients").join(language)
}

/// Runs a program against a demo and sees to it that exactly these checks were made, in this order, and that all passed.
#[track_caller]
pub(crate) fn run(demo: &Demo, interpreter: &Path, arguments: &[&OsStr], checks: &[&str]) {
    let (directory, ready) = (demo.directory(), demo.ready());
    let ca = directory.join("data/tls/ca.pem");
    let alice = ready.user("business").unwrap();
    let mut command = Command::new(interpreter);
    command.args(arguments).current_dir(directory).stdin(Stdio::null());
    // Nothing of this machine's settings, such as a proxy, stands between a client and the demo.
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", directory);
    command.env("DRIVEWAY_READY_FILE", directory.join("ready.json"));
    command.env("DIRECTORY_TOKEN", token(directory, alice, &ready.applications[0], DIRECTORY).unwrap());
    let public = ["--client-id", PUBLIC_CLIENT, "--public", "--redirect-uri", "http://localhost/"];
    register(directory, "Public sample", &public).unwrap();
    command.env("PUBLIC_CLIENT_ID", PUBLIC_CLIENT);
    for variable in ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"] {
        command.env(variable, &ca);
    }
    let output = command.output().unwrap();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    eprintln!("{stdout}\n{stderr}");
    let passed: Vec<&str> = stdout.lines().filter_map(|line| line.strip_prefix("passed: ")).collect();
    assert_eq!(passed, checks, "these checks passed, and those have to");
    assert!(output.status.success(), "the program ended with {}", output.status);
}
