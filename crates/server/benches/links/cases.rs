//! The cases, each beside its ceiling.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Result, ensure};

use crate::fixtures::{Fixtures, VIEW, authority};
use crate::load::{self, Load, Measured};
use crate::report::{Report, Unit};
use crate::supply::Supply;
use crate::{Arguments, Case, memory, nginx};

const FIXED: &str = include_str!("lua/fixed.lua");
const ITEMS: &str = include_str!("lua/items.lua");
const NEW: &str = include_str!("lua/new.lua");
const UPLOAD: &str = include_str!("lua/upload.lua");

/// Everything that a case needs.
pub(crate) struct Bench<'a> {
    pub(crate) arguments: &'a Arguments,
    pub(crate) fixtures: Fixtures,
    supply: Supply,
    pub(crate) report: Report,
}

/// Measures what the arguments ask for, and prints it.
pub(crate) async fn measure(arguments: &Arguments) -> Result<()> {
    nginx::program()?;
    load::is_installed().await?;
    eprintln!("… starting servers and uploading 100 MiB");
    let fixtures = Fixtures::prepare().await?;
    let supply = Supply::open(&fixtures.drive, "Supply", fixtures.directory().join("supply.txt"));
    let mut bench = Bench { arguments, fixtures, supply, report: Report::default() };
    // First of all, while the server is fresh: memory that load has left behind would hide what a transfer takes.
    let memory = if arguments.wants(Case::Memory) { Some(memory::measure(&bench.fixtures).await?) } else { None };
    Report::head(arguments.seconds);
    for &connections in &arguments.connections {
        bench.links(connections).await?;
        bench.uploads(connections).await?;
        bench.downloads(Case::Small, connections).await?;
        bench.downloads(Case::Large, connections).await?;
    }
    if arguments.wants(Case::Shapes) {
        bench.shapes().await?;
    }
    if arguments.wants(Case::Durable) {
        bench.durable().await?;
    }
    if arguments.wants(Case::Many) {
        bench.many().await?;
    }
    if let Some(memory) = memory {
        bench.report.memory(&memory);
    }
    bench.report.verdicts();
    Ok(())
}

impl Bench<'_> {
    /// createLink and the list of permissions, below the bare handler that takes the same request.
    async fn links(&mut self, connections: u32) -> Result<()> {
        if ![Case::New, Case::Existing, Case::List].iter().any(|case| self.arguments.wants(*case)) {
            return Ok(());
        }
        let bare = self.bare("POST", VIEW.to_owned(), connections).await?;
        self.report.ceiling("bare axum, createLink's bytes", connections, &bare, Unit::Request);
        if self.arguments.wants(Case::New) {
            let mut supply = self.supply.clone();
            let new = self.new_links(&mut supply, connections, bare.rate()).await?;
            self.supply = supply;
            self.report.case(Case::New, connections, &new, &bare, Unit::Request);
        }
        if self.arguments.wants(Case::Existing) {
            self.fixtures.check_existing().await?;
            let existing = self.on_items("POST", "/createLink", Some(VIEW), connections).await?;
            self.fixtures.check_existing().await?;
            self.report.case(Case::Existing, connections, &existing, &bare, Unit::Request);
        }
        if self.arguments.wants(Case::List) {
            let list = self.on_items("GET", "/permissions", None, connections).await?;
            self.report.case(Case::List, connections, &list, &bare, Unit::Request);
        }
        Ok(())
    }

    pub(crate) async fn bare(&self, method: &str, body: String, connections: u32) -> Result<Measured> {
        let bare = &self.fixtures.bare;
        let values = HashMap::from([
            ("HOST", authority(bare.url())?.to_owned()),
            ("TOKEN", self.fixtures.drive.token().to_owned()),
            ("METHOD", method.to_owned()),
            ("PATH", "/permission".to_owned()),
            ("BODY", body),
        ]);
        self.run(bare.url(), bare.pid(), FIXED, values, connections, self.arguments.seconds).await
    }

    /// New links only: a first second tells how many slots the measured ones will need.
    pub(crate) async fn new_links(&self, supply: &mut Supply, connections: u32, ceiling: f64) -> Result<Measured> {
        let first = self.new_links_for(supply, connections, 1, ceiling * 0.3).await?;
        let rate = first.created() as f64 * 1.3;
        let slots = rate * f64::from(self.arguments.seconds);
        self.new_links_for(supply, connections, self.arguments.seconds, slots).await
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a positive estimate")]
    async fn new_links_for(&self, supply: &mut Supply, connections: u32, seconds: u32, slots: f64) -> Result<Measured> {
        let (first, last) = supply.reserve(slots as usize + 4 * connections as usize).await?;
        let mut values = self.to_driveway()?;
        values.insert("ITEMS", supply.list().display().to_string());
        values.insert("FIRST", first.to_string());
        values.insert("LAST", last.to_string());
        let measured = self.ask(NEW, values, connections, seconds).await?;
        supply.settle(first, measured.position(), measured.created(), connections).await?;
        ensure!(
            measured.errors() == 0,
            "{} of {} createLink calls weren't answered 201",
            measured.errors(),
            measured.requests()
        );
        Ok(measured)
    }

    async fn on_items(&self, method: &str, below: &str, body: Option<&str>, connections: u32) -> Result<Measured> {
        self.on_listed(&self.fixtures.items, method, below, body, connections).await
    }

    /// The same call on one item of a list after the other.
    pub(crate) async fn on_listed(
        &self,
        list: &Path,
        method: &str,
        below: &str,
        body: Option<&str>,
        connections: u32,
    ) -> Result<Measured> {
        let mut values = self.to_driveway()?;
        values.insert("ITEMS", list.display().to_string());
        values.insert("METHOD", method.to_owned());
        values.insert("BELOW", below.to_owned());
        if let Some(body) = body {
            values.insert("BODY", body.to_owned());
        }
        self.ask(ITEMS, values, connections, self.arguments.seconds).await
    }

    /// Uploads of 1 KiB, below the bare handler that takes as much.
    async fn uploads(&mut self, connections: u32) -> Result<()> {
        if !self.arguments.wants(Case::Upload) {
            return Ok(());
        }
        let bare = self.bare("PUT", "x".repeat(1024), connections).await?;
        self.report.ceiling("bare axum, 1 KiB bodies", connections, &bare, Unit::Request);
        let folder = format!("Uploads-{connections}");
        self.fixtures.drive.create_folder("root", &folder).await?;
        let mut values = self.to_driveway()?;
        values.insert("FOLDER", format!("{}/root:/{folder}/", self.fixtures.drive_path()?));
        values.insert("SUFFIX", ":/content".to_owned());
        values.insert("RUN", connections.to_string());
        let upload = self.ask(UPLOAD, values, connections, self.arguments.seconds).await?;
        self.report.case(Case::Upload, connections, &upload, &bare, Unit::Request);
        Ok(())
    }

    /// Anonymous downloads by link, below nginx with the same file.
    async fn downloads(&mut self, case: Case, connections: u32) -> Result<()> {
        if !self.arguments.wants(case) {
            return Ok(());
        }
        let (nginx, fixtures) = (&self.fixtures.nginx, &self.fixtures);
        let (file, path, unit) = match case {
            Case::Large => ("/large", &fixtures.large, Unit::Byte),
            _ => ("/small", &fixtures.small, Unit::Request),
        };
        let seconds = self.arguments.seconds;
        let ceiling = self.run(nginx.url(), nginx.pid(), FIXED, get(nginx.url(), file)?, connections, seconds).await?;
        let measured = self.download(path, connections).await?;
        let what = if case == Case::Large { "nginx, 100 MiB" } else { "nginx, 1 KiB" };
        self.report.ceiling(what, connections, &ceiling, unit);
        self.report.case(case, connections, &measured, &ceiling, unit);
        Ok(())
    }

    /// A download by link.
    pub(crate) async fn download(&self, path: &str, connections: u32) -> Result<Measured> {
        self.ask(FIXED, get(self.fixtures.url(), path)?, connections, self.arguments.seconds).await
    }

    pub(crate) fn to_driveway(&self) -> Result<HashMap<&'static str, String>> {
        Ok(HashMap::from([
            ("HOST", authority(self.fixtures.url())?.to_owned()),
            ("TOKEN", self.fixtures.drive.token().to_owned()),
            ("DRIVE", self.fixtures.drive_path()?),
        ]))
    }

    /// Asks Driveway.
    pub(crate) async fn ask(
        &self,
        script: &str,
        values: HashMap<&str, String>,
        connections: u32,
        seconds: u32,
    ) -> Result<Measured> {
        self.run(self.fixtures.url(), self.fixtures.server.pid(), script, values, connections, seconds).await
    }

    async fn run(
        &self,
        url: &str,
        pid: u32,
        script: &str,
        values: HashMap<&str, String>,
        connections: u32,
        seconds: u32,
    ) -> Result<Measured> {
        Load { url, script, values, connections, seconds, pid }.run(self.fixtures.directory()).await
    }
}

fn get(url: &str, path: &str) -> Result<HashMap<&'static str, String>> {
    let host = authority(url)?.to_owned();
    Ok(HashMap::from([("HOST", host), ("METHOD", "GET".to_owned()), ("PATH", path.to_owned())]))
}
