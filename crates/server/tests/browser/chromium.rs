//! A Chromium of our own, with a profile of its own, that ends with its value.

use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::{client, end, until};
use crate::webdriver::Session;

/// What to type where the browser is missing.
const INSTALL: &str = "the browser tests need Chromium and its driver: run scripts/test, which installs them, or \
                       `apt-get install chromium chromium-driver`";

/// What makes this browser different from one in front of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nothing.
    Ordinary,
    /// Pages may not run scripts.
    WithoutScript,
    /// A small telephone: 320 by 568 pixels.
    Small,
}

/// A browser with one window.
#[derive(Debug)]
pub(crate) struct Browser {
    session: Session,
    _driver: Driver,
    directory: TempDir,
}

#[derive(Debug)]
struct Driver {
    child: Child,
    port: u16,
    session: Option<String>,
}

impl Browser {
    /// Starts it. Fails, and never passes over, where it isn't installed.
    pub(crate) async fn start(kind: Kind) -> Result<Self> {
        let directory = TempDir::new_in(env!("CARGO_TARGET_TMPDIR"))?;
        fs::create_dir(directory.path().join("downloads"))?;
        let mut driver = Driver::start(directory.path()).await?;
        let address = format!("http://{}:{}", Ipv4Addr::LOCALHOST, driver.port);
        let session = Session::open(client()?, &address, &capabilities(directory.path(), kind)).await;
        let session = session.map_err(|error| match error.to_string() {
            message if message.contains("binary") => anyhow!("{INSTALL}: {message}"),
            _ => error,
        })?;
        driver.session = session.path();
        Ok(Self { session, _driver: driver, directory })
    }

    /// The directory where downloads arrive.
    pub(crate) fn downloads(&self) -> PathBuf {
        self.directory.path().join("downloads")
    }

    /// Leaves a picture of what is seen in `target/screenshots`.
    pub(crate) async fn keep_picture(&self, name: &str) -> Result<()> {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().context("target/tmp lies in target")?;
        let directory = target.join("screenshots");
        fs::create_dir_all(&directory)?;
        self.session.picture(&directory.join(format!("{name}.png"))).await
    }
}

impl Deref for Browser {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.session
    }
}

fn capabilities(directory: &Path, kind: Kind) -> Value {
    let mut arguments = vec![
        "--headless".to_owned(),
        "--no-sandbox".to_owned(),
        "--disable-gpu".to_owned(),
        "--disable-dev-shm-usage".to_owned(),
        "--disable-quic".to_owned(),
        "--no-first-run".to_owned(),
        "--no-proxy-server".to_owned(),
        "--disable-background-networking".to_owned(),
        "--disable-component-update".to_owned(),
        "--disable-sync".to_owned(),
        "--lang=en-US".to_owned(),
        "--window-size=1280,900".to_owned(),
        format!("--user-data-dir={}", directory.join("profile").display()),
    ];
    let mut options = json!({
        "prefs": {
            "download.default_directory": directory.join("downloads"),
            "download.prompt_for_download": false,
            "intl.accept_languages": "en-US",
        },
    });
    match kind {
        Kind::Ordinary => {}
        Kind::WithoutScript => arguments.push("--blink-settings=scriptEnabled=false".to_owned()),
        Kind::Small => {
            options["mobileEmulation"] = json!({ "deviceMetrics": { "width": 320, "height": 568, "pixelRatio": 2.0 } });
        }
    }
    options["args"] = json!(arguments);
    json!({ "browserName": "chrome", "goog:chromeOptions": options })
}

impl Driver {
    async fn start(directory: &Path) -> Result<Self> {
        let log = directory.join("chromedriver.log");
        let output = File::create(&log)?;
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let child = command.spawn().map_err(|error| match error.kind() {
            ErrorKind::NotFound => anyhow!(INSTALL),
            _ => error.into(),
        })?;
        let mut driver = Self { child, port: 0, session: None };
        driver.port = until("chromedriver to listen", || {
            if let Some(status) = driver.child.try_wait()? {
                bail!("chromedriver ended: {status}");
            }
            Ok(port(&fs::read_to_string(&log)?))
        })
        .await?;
        Ok(driver)
    }

    /// Ends the session, and with it the browser: without that the browser would outlive its driver.
    fn close_session(&self, path: &str) -> std::io::Result<()> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        write!(
            stream,
            "DELETE {path} HTTP/1.1\r\nHost: localhost:{}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            self.port
        )?;
        let mut status = [0; 12];
        stream.read_exact(&mut status)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // A browser that is gone already has no session to end.
        drop(self.session.take().map(|path| self.close_session(&path)));
        end(&mut self.child);
    }
}

/// The port in the driver's message that it was started successfully.
fn port(log: &str) -> Option<u16> {
    let (_, rest) = log.split_once("successfully on port ")?;
    let (port, _) = rest.split_once('.')?;
    port.parse().ok()
}
