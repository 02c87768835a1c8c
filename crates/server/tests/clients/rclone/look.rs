//! What is there to see.

use std::path::Path;

use serde_json::Value;

use super::Rclone;
use crate::support::Demo;

const SAMPLES: [&str; 8] = [
    "Budget.csv",
    "Driveway in one page.pdf",
    "Harbour.png",
    "Reading list.md",
    "Reports/",
    "Reports/Q3 figures.csv",
    "Reports/Q3 summary.md",
    "Welcome.txt",
];

#[track_caller]
fn names(rclone: &Rclone, arguments: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = rclone.run(arguments).lines().map(str::to_owned).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn rclone_lists_every_kind_of_drive() {
    let demo = Demo::start().await;
    let rclone = Rclone::new(demo.ready(), demo.directory());
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo");
    for remote in ["business:", "personal:", "library:"] {
        assert_eq!(names(&rclone, &["lsf", "-R", remote]), SAMPLES, "{remote}");
        assert_eq!(
            names(&rclone, &["lsf", "-R", remote, "--onedrive-list-chunk", "2"]),
            SAMPLES,
            "{remote}, pages of 2"
        );
        assert_eq!(
            names(&rclone, &["lsf", "-R", remote, "--fast-list", "--onedrive-delta"]),
            SAMPLES,
            "{remote}, at once"
        );

        let items: Vec<Value> =
            serde_json::from_str(&rclone.run(&["lsjson", "-R", "--hash", "--metadata", remote])).unwrap();
        assert_eq!(items.len(), SAMPLES.len(), "{remote}");
        for item in items.iter().filter(|item| item["IsDir"] == false) {
            let local = assets.join(item["Path"].as_str().unwrap());
            assert_eq!(item["Size"].as_u64(), Some(local.metadata().unwrap().len()), "{item}");
            assert_eq!(item["Hashes"]["quickxor"].as_str().unwrap().len(), 40, "{item}");
            assert!(item["Metadata"]["created-by-display-name"].is_string(), "{item}");
        }
        let checked = rclone.attempt(&["check", remote, assets.to_str().unwrap(), "--one-way"]);
        assert!(checked.stderr.contains(": 7 matching files"), "{}", checked.stderr);
    }
}

#[tokio::test]
async fn rclone_counts_what_a_drive_holds() {
    let demo = Demo::start().await;
    let rclone = Rclone::new(demo.ready(), demo.directory());
    for remote in ["business:", "personal:", "library:"] {
        let about = || -> [u64; 3] {
            let about: Value = serde_json::from_str(&rclone.run(&["about", "--json", remote])).unwrap();
            ["total", "used", "free"]
                .map(|member| about[member].as_u64().unwrap_or_else(|| panic!("{member} in {about}")))
        };
        let [total, used, free] = about();
        assert_eq!(used + free, total, "{remote}");
        rclone.run(&["copyto", &format!("{remote}Harbour.png"), &format!("{remote}More.png")]);
        let size = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/Harbour.png").metadata().unwrap().len();
        assert_eq!(about(), [total, used + size, free - size], "{remote}");
    }
}

#[tokio::test]
async fn rclone_hashes_as_the_server_does() {
    let demo = Demo::start().await;
    let rclone = Rclone::new(demo.ready(), demo.directory());
    let local = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/Harbour.png");
    for hash in ["quickxor", "sha256"] {
        let ours = rclone.run(&["hashsum", hash, "business:Harbour.png", "--onedrive-hash-type", hash]);
        assert_eq!(ours, rclone.run(&["hashsum", hash, local.to_str().unwrap()]), "{hash}");
    }
}
