//! Debian's onedrive, as it comes, which believes it talks to Microsoft.

mod namespace;

mod elsewhere;
mod link;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use crate::process::drive::Drive;
use crate::process::{User, register};
use crate::support::Demo;

use namespace::Inside;

/// The client id that onedrive has built in, and where it has codes sent.
const CLIENT_ID: &str = "d50ca740-c83f-4d1b-b616-12c519384f0c";
const REDIRECT: &str = "https://login.microsoftonline.com/common/oauth2/nativeclient";

/// The client with its configuration, a folder that it keeps like a drive, and that drive as the test sees it.
#[derive(Debug)]
pub(super) struct OneDrive {
    home: PathBuf,
    pub(super) user: User,
    pub(super) drive: Drive,
    pub(super) demo: Demo,
}

impl OneDrive {
    /// Starts a demo inside, and signs in as its user of a kind.
    async fn sign_in(inside: &Inside, kind: &str) -> Self {
        let demo = Demo::start_with(&["--listen", "127.0.0.1:443", "--tls", "local"]).await;
        inside.trust(demo.ready().ca_certificate.as_ref().unwrap());
        let home = demo.directory().join("home");
        for folder in ["conf", "OneDrive"] {
            fs::create_dir_all(home.join(folder)).unwrap();
        }
        let settings = format!("sync_dir = \"{}\"\n", home.join("OneDrive").display());
        fs::write(home.join("conf/config"), settings).unwrap();
        let user = demo.ready().user(kind).unwrap().clone();
        let client = Self { home, drive: Drive::of(demo.http(), demo.ready(), &user), user, demo };
        client.authorize().await;
        client
    }

    /// Adds a line to the client's settings.
    pub(super) fn set(&self, line: &str) {
        let file = self.home.join("conf/config");
        fs::write(&file, format!("{}{line}\n", fs::read_to_string(&file).unwrap())).unwrap();
    }

    /// A file or folder of the kept folder.
    pub(super) fn local(&self, path: &str) -> PathBuf {
        self.home.join("OneDrive").join(path)
    }

    /// Writes a file as if at another time: onedrive looks at times before it looks at content.
    pub(super) fn write(&self, path: &str, content: &[u8], days: u64) {
        let file = self.local(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, content).unwrap();
        let time = SystemTime::UNIX_EPOCH + Duration::from_hours(24 * (18_000 + days));
        fs::File::options().append(true).open(&file).unwrap().set_modified(time).unwrap();
    }

    /// Runs a command that has to succeed without a word of error.
    #[track_caller]
    pub(super) fn run(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
        assert!(
            output.status.success() && !said.contains("ERROR"),
            "onedrive {arguments:?}: {}\n{said}",
            output.status
        );
        said
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("onedrive");
        command.env_clear().env("HOME", &self.home).env("PATH", "/usr/bin:/bin").env("LANG", "C.UTF-8");
        command.arg("--confdir").arg(self.home.join("conf")).arg("--disable-notifications").args(arguments);
        command.current_dir(&self.home).stdin(Stdio::null());
        command
    }

    /// Puts the client's refresh token where it keeps it.
    async fn authorize(&self) {
        let application = ["--public", "--without-pkce", "--consented", "--client-id", CLIENT_ID];
        register(self.demo.directory(), "OneDrive", &[&application[..], &["--redirect-uri", REDIRECT]].concat())
            .unwrap();
        let form = [
            ("grant_type", "password"),
            ("client_id", CLIENT_ID),
            ("username", &self.user.principal_name),
            ("password", &self.user.password),
            ("scope", "Files.ReadWrite Files.ReadWrite.All Sites.ReadWrite.All offline_access"),
        ];
        let tokens = self.demo.tokens(&form).await;
        fs::write(self.home.join("conf/refresh_token"), tokens["refresh_token"].as_str().unwrap()).unwrap();
    }
}
