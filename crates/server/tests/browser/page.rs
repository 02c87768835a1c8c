//! What all the tests do on pages.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::chromium::Browser;
use crate::process::drive::{Drive, text};
use crate::process::{Item, Ready, Server, client, until};
use crate::webdriver::Element;

/// How long a page may take before it is called broken, and how often it is looked for.
const PATIENCE: Duration = Duration::from_secs(30);
const INTERVAL: Duration = Duration::from_millis(10);

/// A running demo and the drive of one of its users.
pub(crate) struct Demo {
    pub(crate) drive: Drive,
    pub(crate) ready: Ready,
    kind: &'static str,
    _server: Server,
    _directory: TempDir,
}

impl Demo {
    /// Starts the demo and takes the drive of the first user of a kind.
    pub(crate) async fn start(kind: &'static str) -> Result<Self> {
        let directory = TempDir::new_in(env!("CARGO_TARGET_TMPDIR"))?;
        let server = Server::start(directory.path(), None).await?;
        let ready = server.ready.clone();
        let drive = Drive::of(client()?, &ready, ready.user(kind)?);
        Ok(Self { drive, ready, kind, _server: server, _directory: directory })
    }

    /// A sample item at the top of the drive.
    pub(crate) fn item(&self, name: &str) -> Result<&Item> {
        self.ready.item(self.ready.user(self.kind)?, name)
    }

    /// Makes a link on an item, and returns its URL and the permission's id.
    pub(crate) async fn link(&self, item: &str, body: Value) -> Result<(String, String)> {
        let permission = self.drive.create_link(item, &body).await?;
        Ok((text(&permission, "/link/webUrl")?.to_owned(), text(&permission, "/id")?.to_owned()))
    }

    /// An anonymous view link.
    pub(crate) async fn view_link(&self, item: &str) -> Result<String> {
        Ok(self.link(item, json!({ "type": "view", "scope": "anonymous" })).await?.0)
    }

    /// The display name of the drive's owner.
    pub(crate) async fn owner(&self) -> Result<String> {
        Ok(text(&self.drive.describe().await?, "/owner/user/displayName")?.to_owned())
    }
}

impl Browser {
    /// The only element that a selector finds.
    pub(crate) async fn one(&self, selector: &str) -> Result<Element> {
        let found = self.find(selector).await?;
        ensure!(
            found.len() == 1,
            "{} elements are {selector} on {}:\n{}",
            found.len(),
            self.url().await?,
            self.source().await?
        );
        found.into_iter().next().context("one element")
    }

    /// The text of the only element that a selector finds.
    pub(crate) async fn text_of(&self, selector: &str) -> Result<String> {
        self.text(&self.one(selector).await?).await
    }

    /// Clicks what leads to another page, and waits for that page by its heading.
    pub(crate) async fn follow(&self, element: &Element, heading: &str) -> Result<()> {
        self.click(element).await?;
        self.see_heading(heading).await
    }

    /// Waits until the page's heading is this one.
    pub(crate) async fn see_heading(&self, heading: &str) -> Result<()> {
        self.see("h1", heading).await
    }

    /// Waits until the only element that a selector finds has this text.
    pub(crate) async fn see(&self, selector: &str, text: &str) -> Result<()> {
        let seek = async {
            // While one page goes and the next comes there may be no such element for a moment.
            while self.text_of(selector).await.ok().as_deref() != Some(text) {
                tokio::time::sleep(INTERVAL).await;
            }
        };
        if tokio::time::timeout(PATIENCE, seek).await.is_err() {
            self.keep_picture("failed").await?;
            ensure!(
                self.text_of(selector).await? == text,
                "no {text} on {}:\n{}",
                self.url().await?,
                self.source().await?
            );
        }
        Ok(())
    }

    /// Clicks Download, and returns the bytes that arrive under this name.
    pub(crate) async fn download(&self, link: &Element, name: &str) -> Result<Vec<u8>> {
        self.click(link).await?;
        // Chromium gives a download its name when it is whole.
        let file = self.downloads().join(name);
        until(name, || Ok(file.exists().then(|| fs::read(&file)).transpose()?)).await
    }
}
