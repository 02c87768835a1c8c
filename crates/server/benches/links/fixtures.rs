//! What the cases ask for: items with links, files large and small, and the servers that answer.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use reqwest::{StatusCode, Url};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::bare::Bare;
use crate::nginx::Nginx;
use crate::process::drive::{Drive, text};
use crate::process::{Server, client};

/// How many items have a link that createLink finds.
const ITEMS: usize = 64;

/// The link that is asked for in `existing` and that downloads go through.
pub(crate) const VIEW: &str = r#"{"type":"view","scope":"anonymous"}"#;

/// The running servers and what lies in them.
pub(crate) struct Fixtures {
    pub(crate) nginx: Nginx,
    pub(crate) bare: Bare,
    pub(crate) server: Server,
    pub(crate) drive: Drive,
    /// The file that lists the items with links.
    pub(crate) items: PathBuf,
    probe: String,
    /// The path and query that download 1 KiB and 100 MiB.
    pub(crate) small: String,
    pub(crate) large: String,
    directory: TempDir,
}

impl Fixtures {
    pub(crate) async fn prepare() -> Result<Self> {
        let directory = TempDir::new_in(env!("CARGO_TARGET_TMPDIR"))?;
        let config = directory.path().join("driveway.toml");
        fs::write(&config, "[limits]\nupload_bytes = 2147483648\n")?;
        let server = Server::start(directory.path(), Some(&config)).await?;
        let drive = Drive::of(client()?, &server.ready, server.ready.user("business")?);
        let items = directory.path().join("items.txt");
        let probe = items_with_links(&drive, "Links", &items).await?;
        let (small, large) = (noise(1024), noise(100 << 20));
        let nginx = Nginx::start(directory.path(), &[("small", &small), ("large", &large)]).await?;
        let small = download(&drive, "small.bin", small).await?;
        let large = download(&drive, "large.bin", large).await?;
        let answer = directory.path().join("permission.json");
        fs::write(&answer, drive.create_link(&probe, &view()).await?.to_string())?;
        let bare = Bare::start(&answer)?;
        Ok(Self { nginx, bare, server, drive, items, probe, small, large, directory })
    }

    /// Where scripts and lists may be kept.
    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// The address of Driveway.
    pub(crate) fn url(&self) -> &str {
        &self.server.ready.base_url
    }

    /// The path of the drive.
    pub(crate) fn drive_path(&self) -> Result<String> {
        Ok(Url::parse(self.drive.url())?.path().to_owned())
    }

    /// createLink on an item of the list finds what is there.
    pub(crate) async fn check_existing(&self) -> Result<()> {
        let status = self.drive.post_link(&self.probe, &view()).await?.status();
        ensure!(status == StatusCode::OK, "createLink for a link that exists: {status}");
        Ok(())
    }
}

/// The host and port of an address.
pub(crate) fn authority(url: &str) -> Result<&str> {
    url.strip_prefix("http://").context("an address that isn't http")
}

fn view() -> Value {
    json!({ "type": "view", "scope": "anonymous" })
}

pub(crate) async fn items_with_links(drive: &Drive, folder: &str, file: &Path) -> Result<String> {
    let (mut list, mut probe) = (String::new(), String::new());
    for number in 0..ITEMS {
        let item = drive.upload(&format!("{folder}/{number}.txt"), "with a link").await?;
        text(&item, "/id")?.clone_into(&mut probe);
        drive.create_link(&probe, &view()).await?;
        writeln!(list, "{probe}")?;
    }
    fs::write(file, list)?;
    Ok(probe)
}

/// Uploads a file, makes a link, and returns the path and query that download it.
pub(crate) async fn download(drive: &Drive, path: &str, content: Vec<u8>) -> Result<String> {
    let content = Bytes::from(content);
    let item = drive.upload(path, content.clone()).await?;
    let link = drive.create_link(text(&item, "/id")?, &view()).await?;
    let url = format!("{}?download=1", text(&link, "/link/webUrl")?);
    let response = client()?.get(&url).send().await?.error_for_status()?;
    ensure!(response.bytes().await? == content, "{url} doesn't give the file");
    let url = Url::parse(&url)?;
    Ok(format!("{}?{}", url.path(), url.query().unwrap_or_default()))
}

/// Bytes that nothing can compress, the same in every run.
pub(crate) fn noise(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    StdRng::seed_from_u64(7).fill_bytes(&mut bytes);
    bytes
}
