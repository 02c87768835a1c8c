//! A network and a few files of a test's own, where Microsoft's names lead to it and the demo's authority is trusted.
//!
//! The test runs itself again inside: outside nothing is changed, and nothing there is reached.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::support::{installed, target};

/// Says to the test inside where its directory is.
const INSIDE: &str = "CLIENTS_INSIDE";

/// The names that onedrive knows, which the demo's certificate is for too.
const HOSTS: &str = "127.0.0.1 localhost graph.microsoft.com login.microsoftonline.com\n";

/// Where Debian's libcurl finds whom to trust.
const BUNDLE: &str = "/etc/ssl/certs/ca-certificates.crt";

const SET_UP: &str = r#"
mount --bind "$1" /etc/hosts
mount --bind "$2" "$3"
ip link set lo up
shift 3
exec "$@"
"#;

/// A place inside.
#[derive(Debug)]
pub(super) struct Inside {
    directory: PathBuf,
}

impl Inside {
    /// Lets everything inside trust one more authority.
    pub(super) fn trust(&self, ca: &Path) {
        let mut bundle = fs::read(BUNDLE).unwrap();
        bundle.extend(fs::read(ca).unwrap());
        // Written, not replaced: the file is mounted where everybody looks for it.
        fs::write(self.directory.join("bundle.pem"), bundle).unwrap();
    }
}

/// Inside the place; `None` outside, where the test of this name has now run inside and passed.
///
/// Where a machine lacks what it takes, `scripts/onedrive` has written down why, and this prints it.
pub(super) fn enter(test: &str) -> Option<Inside> {
    if let Some(directory) = std::env::var_os(INSIDE) {
        return Some(Inside { directory: directory.into() });
    }
    if let Ok(reason) = fs::read_to_string(target().join("onedrive/left-out")) {
        eprintln!("LEFT OUT ON THIS MACHINE: {reason}");
        return None;
    }
    let ways = fs::read_to_string(installed("onedrive/unshare", "scripts/onedrive")).unwrap();
    let directory = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let [hosts, bundle] = ["hosts", "bundle.pem"].map(|name| directory.path().join(name));
    fs::write(&hosts, HOSTS).unwrap();
    fs::copy(BUNDLE, &bundle).unwrap();
    let mut command = Command::new("unshare");
    command.args(ways.split_whitespace()).args(["sh", "-ec", SET_UP, "sh"]).args([&hosts, &bundle]).arg(BUNDLE);
    command.arg(std::env::current_exe().unwrap()).args([test, "--exact", "--nocapture"]);
    let output = command.env(INSIDE, directory.path()).output().unwrap();
    let [said, errors] = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    assert!(output.status.success() && said.contains(" 1 passed"), "{test} inside:\n{said}{errors}");
    None
}
