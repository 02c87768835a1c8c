//! Whether calls cost the same in a drive of a million items, 100,000 of them in one folder, as in a drive of a thousand.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use reqwest::{Method, Url};
use serde_json::Value;

use crate::cases::Bench;
use crate::load::Measured;
use crate::machine::cpu_micros;
use crate::process::drive::{Drive, accept, text};

/// The folders that are filled in the large drive, besides the wide one.
const FOLDERS: usize = 900;
const IN_EACH: usize = 1_000;
const IN_WIDE: usize = 100_000;
/// What is in each of the two folders of the small drive.
const FEW: usize = 500;
const A_PAGE: usize = 200;

const CONNECTIONS: u32 = 16;
const FILLING: u32 = 64;

/// So many folders are made in a second.
const A_MOMENT: usize = 1_000;

const FILL: &str = include_str!("lua/fill.lua");
const PATHS: &str = include_str!("lua/paths.lua");

/// What is asked in a drive of either size.
#[derive(Debug, Clone, Copy)]
enum Call {
    FirstPage,
    MiddlePage,
    ByPath,
    DeltaFirstPage,
    DeltaTenChanges,
    SearchOne,
    SearchAll,
    SearchNone,
}

const CALLS: [(Call, &str); 8] = [
    (Call::FirstPage, "first page"),
    (Call::MiddlePage, "page in the middle"),
    (Call::ByPath, "look up by path"),
    (Call::DeltaFirstPage, "delta, first page"),
    (Call::DeltaTenChanges, "delta, 10 changes"),
    (Call::SearchOne, "search, one match"),
    (Call::SearchAll, "search, all match"),
    (Call::SearchNone, "search, no match"),
];

/// What lies in the drive when it is measured: `f0` and on, and `Wide`.
#[derive(Debug, Clone, Copy)]
struct Tree {
    folders: usize,
    in_each: usize,
    in_wide: usize,
}

const THOUSAND: Tree = Tree { folders: 1, in_each: FEW, in_wide: FEW };
const MILLION: Tree = Tree { folders: FOLDERS, in_each: IN_EACH, in_wide: IN_WIDE };

/// For so long the server is looked at to see whether it rests.
const A_WHILE: Duration = Duration::from_secs(3);

/// The most that work in the background may take.
const PATIENCE: Duration = Duration::from_mins(30);

type Calls = Vec<(&'static str, Measured)>;

impl Bench<'_> {
    /// Each call in a drive of a thousand items, and in the same one when it has grown to a million.
    pub(crate) async fn many(&mut self) -> Result<()> {
        let drive = self.fixtures.drive.clone();
        let (wide, first) = (folder(&drive, "Wide").await?, folder(&drive, "f0").await?);
        drive.upload("zebra.txt", "striped").await?;
        self.fill(std::slice::from_ref(&wide), FEW, 0, FEW).await?;
        self.fill(std::slice::from_ref(&first), FEW, 0, FEW).await?;
        let small = self.calls(THOUSAND).await?;
        self.report_calls("1,000 items", &small, None);

        self.fill(&[wide], IN_WIDE, FEW, IN_WIDE).await?;
        self.fill(&[first], IN_EACH, FEW, IN_EACH).await?;
        let mut folders = Vec::new();
        for number in 1..FOLDERS {
            folders.push(folder(&drive, &format!("f{number}")).await?);
        }
        self.fill(&folders, IN_EACH, 0, folders.len() * IN_EACH).await?;
        self.rest().await?;
        let large = self.calls(MILLION).await?;
        self.report_calls("1,000,000 items", &large, Some(&small));
        Ok(())
    }

    /// Makes folders from one number to before another, so many in each of these. `wrk` ends with its time and not with its
    /// work: it goes on where it was, and what it had under way is left out.
    async fn fill(&self, parents: &[String], each: usize, from: usize, to: usize) -> Result<()> {
        let (start, list) = (Instant::now(), self.lines("parents.txt", parents)?);
        let seconds = if to - from > A_MOMENT { 10 } else { 1 };
        let (mut next, mut made) = (from, 0);
        while next < to {
            let mut values = self.to_driveway()?;
            values.insert("PARENTS", list.display().to_string());
            values.insert("EACH", each.to_string());
            values.insert("FIRST", next.to_string());
            values.insert("LAST", to.to_string());
            let filled = self.ask(FILL, values, FILLING, seconds).await?;
            ensure!(filled.errors() == 0, "{} folders weren't made", filled.errors());
            ensure!(filled.position() > next, "no folders were made");
            next = filled.position();
            made += filled.created();
        }
        eprintln!("… {made} folders in {:.0} s", start.elapsed().as_secs_f64());
        Ok(())
    }

    /// Waits until the server has nothing to do any more: what was made is put into the index of words afterwards.
    async fn rest(&self) -> Result<()> {
        let (start, server) = (Instant::now(), self.fixtures.server.pid());
        loop {
            let before = cpu_micros(server)?;
            tokio::time::sleep(A_WHILE).await;
            if Duration::from_micros(cpu_micros(server)? - before) < A_WHILE / 20 {
                eprintln!("… and {:.0} s of work in the background", start.elapsed().as_secs_f64());
                return Ok(());
            }
            ensure!(start.elapsed() < PATIENCE, "the server doesn't come to rest");
        }
    }

    async fn calls(&self, tree: Tree) -> Result<Calls> {
        let mut measured = Vec::new();
        for (call, name) in CALLS {
            let paths = paths(call, &self.fixtures.drive, tree).await.context(name)?;
            let list = self.lines("paths.txt", &paths)?;
            let mut values = self.to_driveway()?;
            values.insert("METHOD", "GET".to_owned());
            values.insert("PATHS", list.display().to_string());
            measured.push((name, self.ask(PATHS, values, CONNECTIONS, self.arguments.seconds).await?));
        }
        Ok(measured)
    }

    fn lines(&self, name: &str, lines: &[String]) -> Result<PathBuf> {
        let mut text = String::new();
        for line in lines {
            writeln!(text, "{line}")?;
        }
        let file = self.fixtures.directory().join(name);
        fs::write(&file, text)?;
        Ok(file)
    }

    fn report_calls(&mut self, place: &str, calls: &Calls, small: Option<&Calls>) {
        for (number, (name, measured)) in calls.iter().enumerate() {
            let small = small.and_then(|small| small.get(number)).map(|(_, measured)| measured);
            self.report.size(&format!("{name}, {place}"), CONNECTIONS, measured, small);
        }
    }
}

/// The paths that a call asks for, with their queries.
async fn paths(call: Call, drive: &Drive, tree: Tree) -> Result<Vec<String>> {
    let wide = format!("{}/root:/Wide:/children?$top={A_PAGE}", drive.url());
    let urls = match call {
        Call::FirstPage => vec![wide],
        Call::MiddlePage => vec![pages_on(drive, wide, tree.in_wide / A_PAGE / 2).await?],
        Call::ByPath => some_items(drive, tree).await?,
        Call::DeltaFirstPage => vec![format!("{}/root/delta?$top={A_PAGE}", drive.url())],
        Call::DeltaTenChanges => vec![after_ten_changes(drive, tree).await?],
        Call::SearchOne => vec![search(drive, "zebra")],
        Call::SearchAll => vec![search(drive, "report")],
        Call::SearchNone => vec![search(drive, "unicorn")],
    };
    urls.iter().map(|url| path(url)).collect()
}

/// The addresses of a thousand items by path. What was under way when filling paused may not be there.
async fn some_items(drive: &Drive, tree: Tree) -> Result<Vec<String>> {
    let mut there = Vec::new();
    for number in 0..1_000 {
        let below = format!("/root:/f{}/report-{}", number * 7 % tree.folders, number * 13 % tree.in_each);
        if drive.request(Method::GET, &below).send().await?.status().is_success() {
            there.push(format!("{}{below}", drive.url()));
        }
    }
    Ok(there)
}

fn search(drive: &Drive, word: &str) -> String {
    format!("{}/root/search(q='{word}')?$top={A_PAGE}", drive.url())
}

/// The address of a page that comes so many later.
async fn pages_on(drive: &Drive, first: String, pages: usize) -> Result<String> {
    let mut url = first;
    for _ in 0..pages {
        let page = get(drive, &url).await?;
        text(&page, "/@odata.nextLink")?.clone_into(&mut url);
    }
    Ok(url)
}

/// The address that tells of ten changes.
async fn after_ten_changes(drive: &Drive, tree: Tree) -> Result<String> {
    let latest = get(drive, &format!("{}/root/delta?token=latest", drive.url())).await?;
    for number in 0..10 {
        folder(drive, &format!("change-{number}-of-{}", tree.in_wide)).await?;
    }
    Ok(text(&latest, "/@odata.deltaLink")?.to_owned())
}

async fn get(drive: &Drive, url: &str) -> Result<Value> {
    let below = url.strip_prefix(drive.url()).context("an address of another drive")?;
    accept(drive.request(Method::GET, below).send().await?).await
}

async fn folder(drive: &Drive, name: &str) -> Result<String> {
    let folder = drive.create_folder("root", name).await?;
    Ok(text(&folder, "/id")?.to_owned())
}

fn path(url: &str) -> Result<String> {
    let url = Url::parse(url)?;
    Ok(url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path())))
}
