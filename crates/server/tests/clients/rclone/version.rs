//! Old versions and the recycle bin, which rclone goes around when it is told to.

use std::fs;

use crate::process::client;
use crate::process::drive::{Drive, accept};
use crate::support::Demo;
use reqwest::Method;

use super::Rclone;

/// The ids of a file's versions.
async fn versions(drive: &Drive, path: &str) -> Vec<String> {
    let list =
        accept(drive.request(Method::GET, &format!("/root:/{path}:/versions")).send().await.unwrap()).await.unwrap();
    list["value"].as_array().unwrap().iter().map(|version| version["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn rclone_takes_old_versions_away() {
    let demo = Demo::start().await;
    let rclone = Rclone::new(demo.ready(), demo.directory());
    for (remote, kind) in [("business:", "business"), ("personal:", "personal")] {
        let drive = Drive::of(client().unwrap(), demo.ready(), demo.ready().user(kind).unwrap());
        let write = |text: &str, flags: &[&str]| {
            fs::write(demo.directory().join("file.txt"), text).unwrap();
            rclone.run(&[&["copyto", "file.txt", &format!("{remote}v/file.txt")], flags].concat());
        };
        for text in ["1", "22", "333"] {
            write(text, &[]);
        }
        assert_eq!(versions(&drive, "v/file.txt").await, ["3.0", "2.0", "1.0"], "{remote}");
        rclone.run(&["cleanup", &format!("{remote}v")]);
        assert_eq!(versions(&drive, "v/file.txt").await, ["3.0"], "{remote}");
        write("4444", &["--onedrive-no-versions"]);
        assert_eq!(versions(&drive, "v/file.txt").await, ["4.0"], "{remote}");
        assert_eq!(rclone.run(&["cat", &format!("{remote}v/file.txt")]), "4444");
    }
}

#[tokio::test]
async fn rclone_deletes_for_good_when_it_is_told_to() {
    let demo = Demo::start().await;
    let rclone = Rclone::new(demo.ready(), demo.directory());
    for (remote, kind) in [("business:", "business"), ("personal:", "personal")] {
        let drive = Drive::of(client().unwrap(), demo.ready(), demo.ready().user(kind).unwrap());
        for (name, flags) in [("Budget.csv", &[] as &[&str]), ("Harbour.png", &["--onedrive-hard-delete"])] {
            let id = demo.ready().item(demo.ready().user(kind).unwrap(), name).unwrap().id.clone();
            rclone.run(&[&["deletefile", &format!("{remote}{name}")], flags].concat());
            let restored = drive.request(Method::POST, &format!("/items/{id}/restore")).json(&serde_json::json!({}));
            let status = restored.send().await.unwrap().status().as_u16();
            assert_eq!(status, if flags.is_empty() { 200 } else { 404 }, "{remote}{name}");
        }
        let left = rclone.run(&["lsf", remote]);
        assert!(left.contains("Budget.csv") && !left.contains("Harbour.png"), "{left}");
    }
}
