//! The SMTP server, a process of its own that ends with its value, and the mails that it keeps.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use driveway::config::{MailConfig, Secret};
use serde::Deserialize;
use tempfile::TempDir;

const INSTALL: &str = "the tests of mail need an SMTP server: run scripts/smtp-server, which installs it";

/// A mail as the server took it.
#[derive(Debug, Clone, Deserialize)]
pub struct Mail {
    pub from: String,
    pub to: Vec<String>,
    pub tls: bool,
    pub user: Option<String>,
    content: String,
}

impl Mail {
    /// The headers as they came, without what they fold.
    pub fn header(&self, name: &str) -> Vec<&str> {
        let head = self.content.split_once("\r\n\r\n").unwrap().0;
        let start = format!("{name}: ");
        head.split("\r\n").filter_map(|line| line.strip_prefix(start.as_str())).collect()
    }

    /// The parts, decoded as far as texts of our own need it.
    pub fn text(&self) -> String {
        let mut bytes = Vec::new();
        let joined = self.content.replace("=\r\n", "");
        let mut rest = joined.as_bytes();
        while let Some((first, tail)) = rest.split_first() {
            let code = tail.get(..2).and_then(|code| std::str::from_utf8(code).ok());
            match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
                Some(byte) if *first == b'=' => {
                    bytes.push(byte);
                    rest = &tail[2..];
                }
                _ => {
                    bytes.push(*first);
                    rest = tail;
                }
            }
        }
        String::from_utf8(bytes).unwrap().replace("\r\n", "\n")
    }

    /// The URL of the link in it.
    #[track_caller]
    pub fn url(&self) -> String {
        let text = self.text();
        let url = text.lines().find(|line| line.starts_with("http://"));
        url.unwrap_or_else(|| panic!("no URL in {text}")).to_owned()
    }
}

/// The server.
pub struct Postbox {
    folder: TempDir,
    port: u16,
    child: Option<Child>,
    security: Option<Security>,
}

/// How a server that insists on it is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    StartTls,
    Tls,
}

impl Postbox {
    /// One that takes everything, on loopback and unencrypted.
    pub fn open() -> Self {
        Self::start(None)
    }

    /// One that insists on encryption, with a certificate of its own authority, and on a password.
    pub fn secure(security: Security) -> Self {
        Self::start(Some(security))
    }

    fn start(security: Option<Security>) -> Self {
        let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        if security.is_some() {
            let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
            fs::write(folder.path().join("certificate.pem"), made.cert.pem()).unwrap();
            fs::write(folder.path().join("key.pem"), made.signing_key.serialize_pem()).unwrap();
        }
        let mut postbox = Self { folder, port: 0, child: None, security };
        postbox.begin();
        postbox
    }

    /// Starts the process, on the port that it had before.
    pub fn begin(&mut self) {
        let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/smtp/server.py");
        let python = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("smtp-server/bin/python");
        assert!(python.exists(), "{INSTALL} ({} isn't there)", python.display());
        let mut command = Command::new(python);
        command.arg(tests).arg(self.folder.path()).arg(self.port.to_string());
        if let Some(security) = self.security {
            command.arg(if security == Security::StartTls { "starttls" } else { "tls" });
            command.arg(self.file("certificate.pem")).arg(self.file("key.pem")).args(["files", "s3cret"]);
        }
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        self.child = Some(child);
        self.port = line.trim().parse().unwrap_or_else(|_| panic!("{INSTALL} (it said {line:?})"));
    }

    /// Ends the process.
    pub fn end(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// The settings that lead here.
    pub fn set_up(&self, mail: &mut MailConfig) {
        mail.from = Some("Driveway <files@driveway.test>".to_owned());
        if let Some(security) = self.security {
            let scheme = if security == Security::StartTls { "smtp" } else { "smtps" };
            mail.server = Some(format!("{scheme}://files@127.0.0.1:{}", self.port));
            mail.ca_file = Some(self.file("certificate.pem"));
            mail.password = Some(Secret::from("s3cret".to_owned()));
        } else {
            mail.server = Some(format!("smtp://127.0.0.1:{}", self.port));
            mail.unencrypted = true;
        }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What came, in its order.
    pub fn mails(&self) -> Vec<Mail> {
        let files = fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<PathBuf> =
            files.filter(|path| path.extension().is_some_and(|extension| extension == "json")).collect();
        files.sort();
        files.iter().map(|path| serde_json::from_slice(&fs::read(path).unwrap()).unwrap()).collect()
    }

    /// The only one that came.
    #[track_caller]
    pub fn mail(&self) -> Mail {
        let mails = self.mails();
        assert_eq!(mails.len(), 1, "{mails:?}");
        mails[0].clone()
    }
}

impl Drop for Postbox {
    fn drop(&mut self) {
        self.end();
    }
}
