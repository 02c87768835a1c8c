//! Whether links and rights cost the same wherever the item lies: near the root, 50 folders down, among 100,000
//! siblings, and below a folder with 10,000 links.

use std::path::PathBuf;

use anyhow::{Result, ensure};
use serde_json::json;
use tokio::task::JoinSet;

use crate::cases::Bench;
use crate::fixtures::{VIEW, download, items_with_links, noise};
use crate::load::Measured;
use crate::process::drive::{Drive, text};
use crate::supply::Supply;

const DEPTH: usize = 50;
const SIBLINGS: usize = 100_000;
const LINKS: usize = 10_000;
const CONNECTIONS: u32 = 64;

/// What was measured of one shape of tree.
struct Shape {
    existing: Measured,
    new: Measured,
    look: Measured,
    open: Measured,
}

impl Shape {
    fn calls(&self) -> [(&'static str, &Measured); 4] {
        [
            ("existing link", &self.existing),
            ("new link", &self.new),
            ("look at the item", &self.look),
            ("open 1 KiB", &self.open),
        ]
    }
}

impl Bench<'_> {
    /// Every call in every shape of tree, beside the same call near the root.
    pub(crate) async fn shapes(&mut self) -> Result<()> {
        let ceiling = self.bare("POST", VIEW.to_owned(), CONNECTIONS).await?.rate();
        let near_root = self.shape("Near", ceiling).await?;
        self.report_shape("near the root", &near_root, None);
        let deep = vec!["d"; DEPTH].join("/");
        let deep = self.shape(&deep, ceiling).await?;
        self.report_shape("50 folders down", &deep, Some(&near_root));
        eprintln!("… {SIBLINGS} files in one folder");
        let drive = self.fixtures.drive.clone();
        Supply::open(&drive, "Wide", self.list("siblings.txt")).upload(1_000_000, 1_000_000 + SIBLINGS).await?;
        let wide = self.shape("Wide", ceiling).await?;
        self.report_shape("100,000 siblings", &wide, Some(&near_root));
        eprintln!("… {LINKS} links on one folder");
        links_on_folder(&drive, "Crowded").await?;
        let crowded = self.shape("Crowded", ceiling).await?;
        self.report_shape("10,000 links above", &crowded, Some(&near_root));
        Ok(())
    }

    async fn shape(&self, folder: &str, ceiling: f64) -> Result<Shape> {
        let drive = &self.fixtures.drive;
        let list = self.list("shape.txt");
        items_with_links(drive, folder, &list).await?;
        let path = download(drive, &format!("{folder}/small.bin"), noise(1024)).await?;
        let mut supply = Supply::open(drive, &format!("{folder}/new"), self.list("shape-supply.txt"));
        Ok(Shape {
            existing: self.on_listed(&list, "POST", "/createLink", Some(VIEW), CONNECTIONS).await?,
            new: self.new_links(&mut supply, CONNECTIONS, ceiling).await?,
            look: self.on_listed(&list, "GET", "", None, CONNECTIONS).await?,
            open: self.download(&path, CONNECTIONS).await?,
        })
    }

    fn list(&self, name: &str) -> PathBuf {
        self.fixtures.directory().join(name)
    }

    fn report_shape(&mut self, place: &str, shape: &Shape, near_root: Option<&Shape>) {
        let near_root = near_root.map(Shape::calls);
        for (number, (call, measured)) in shape.calls().into_iter().enumerate() {
            let near_root = near_root.and_then(|calls| calls.get(number).map(|(_, measured)| *measured));
            self.report.shape(&format!("{call}, {place}"), CONNECTIONS, measured, near_root);
        }
    }
}

/// A folder with so many links, told apart by their names.
async fn links_on_folder(drive: &Drive, name: &str) -> Result<()> {
    let folder = drive.create_folder("root", name).await?;
    let folder = text(&folder, "/id")?.to_owned();
    let mut lanes = JoinSet::new();
    for lane in 0..64 {
        let (drive, folder) = (drive.clone(), folder.clone());
        lanes.spawn(async move {
            for number in (lane..LINKS).step_by(64) {
                let link = json!({ "type": "view", "scope": "anonymous", "@driveway.name": number.to_string() });
                let response = drive.post_link(&folder, &link).await?;
                ensure!(response.status().as_u16() == 201, "a named link: {}", response.status());
            }
            anyhow::Ok(())
        });
    }
    while let Some(lane) = lanes.join_next().await {
        lane??;
    }
    Ok(())
}
