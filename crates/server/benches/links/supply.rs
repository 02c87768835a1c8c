//! Slots for new links, so many that none is asked for twice.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use serde_json::Value;
use tokio::task::JoinSet;

use crate::process::drive::{Drive, text};

/// The links that `new.lua` makes on one item: view and edit, anonymous and organization.
const LINKS_AN_ITEM: usize = 4;

/// How many uploads and checks run at once.
const AT_ONCE: usize = 64;

/// Files in a folder, and how many of their slots are used.
#[derive(Debug, Clone)]
pub(crate) struct Supply {
    drive: Drive,
    folder: String,
    items: Vec<String>,
    used: usize,
    list: PathBuf,
}

impl Supply {
    /// An empty supply in the folder at this path, whose list of items is kept in a file.
    pub(crate) fn open(drive: &Drive, folder: &str, list: PathBuf) -> Self {
        Self { drive: drive.clone(), folder: folder.to_owned(), items: Vec::new(), used: 0, list }
    }

    /// Makes sure that so many slots are free, and returns the first of them and the last there is.
    pub(crate) async fn reserve(&mut self, slots: usize) -> Result<(usize, usize)> {
        let have = self.items.len();
        let want = (self.used + slots).div_ceil(LINKS_AN_ITEM);
        if want > have {
            eprintln!("… {} files for links to come", want - have);
            self.upload(have, want).await?;
            let list = self.items.iter().fold(String::new(), |mut list, item| {
                let _ = writeln!(list, "{item}");
                list
            });
            fs::write(&self.list, list)?;
        }
        Ok((self.used, self.items.len() * LINKS_AN_ITEM - 1))
    }

    pub(crate) async fn upload(&mut self, from: usize, to: usize) -> Result<()> {
        let mut uploads = JoinSet::new();
        for lane in 0..AT_ONCE {
            let (drive, folder) = (self.drive.clone(), self.folder.clone());
            uploads.spawn(async move {
                let mut items = Vec::new();
                for number in (from + lane..to).step_by(AT_ONCE) {
                    let item = drive.upload(&format!("{folder}/{number}.txt"), "for a link").await?;
                    items.push(text(&item, "/id")?.to_owned());
                }
                anyhow::Ok(items)
            });
        }
        while let Some(items) = uploads.join_next().await {
            self.items.extend(items??);
        }
        Ok(())
    }

    /// The file that lists the items.
    pub(crate) fn list(&self) -> &Path {
        &self.list
    }

    /// Counts the links that are really there after a run from `first` to before `end` was answered 201 so many times.
    /// What was under way when the run ended may be there as well.
    pub(crate) async fn settle(&mut self, first: usize, end: usize, created: u64, under_way: u32) -> Result<()> {
        let there = self.count_links(first / LINKS_AN_ITEM, end.div_ceil(LINKS_AN_ITEM).min(self.items.len())).await?;
        ensure!(
            (created..=created + u64::from(under_way)).contains(&there),
            "{created} times 201, and {there} links are there"
        );
        self.used = end.next_multiple_of(LINKS_AN_ITEM);
        Ok(())
    }

    async fn count_links(&self, from: usize, to: usize) -> Result<u64> {
        let mut counts = JoinSet::new();
        for lane in 0..AT_ONCE {
            let drive = self.drive.clone();
            let items: Vec<String> =
                self.items.iter().take(to).skip(from).skip(lane).step_by(AT_ONCE).cloned().collect();
            counts.spawn(async move {
                let mut links = 0;
                for item in items {
                    let permissions = drive.permissions(&item).await?;
                    let is_own_link = |of: &&Value| of.get("link").is_some() && of.get("inheritedFrom").is_none();
                    links += permissions.iter().filter(is_own_link).count() as u64;
                }
                anyhow::Ok(links)
            });
        }
        let mut sum = 0;
        while let Some(count) = counts.join_next().await {
            sum += count??;
        }
        Ok(sum)
    }
}
