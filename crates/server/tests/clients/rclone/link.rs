//! `rclone link`, and what it prints opened without rclone.

use std::path::Path;

use reqwest::StatusCode;
use serde_json::Value;

use super::Rclone;
use crate::process::client;
use crate::process::drive::Drive;
use crate::support::Demo;

/// What a link's URL gives to somebody without an account.
async fn opened(url: &str) -> (StatusCode, Vec<u8>) {
    let answer = client().unwrap().get(format!("{url}?download=1")).send().await.unwrap();
    (answer.status(), answer.bytes().await.unwrap().to_vec())
}

fn welcome() -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/Welcome.txt")).unwrap()
}

/// The links of a file, newest last, as their owner sees them.
async fn links(demo: &Demo, kind: &str) -> Vec<Value> {
    let user = demo.ready().user(kind).unwrap();
    let item = demo.ready().item(user, "Welcome.txt").unwrap();
    let drive = Drive::of(client().unwrap(), demo.ready(), user);
    let mut links = drive.permissions(&item.id).await.unwrap();
    links.retain(|permission| permission.get("link").is_some());
    links
}

#[tokio::test]
async fn rclone_makes_links_that_open() {
    let demo = Demo::start().await;
    let rclone = Rclone::new(demo.ready(), demo.directory());
    for remote in ["business:", "personal:", "library:"] {
        let link = |more: &[&str]| {
            let printed = rclone.run(&[&["link", &format!("{remote}Welcome.txt")], more].concat());
            let url = printed.trim_end().to_owned();
            assert!(url.starts_with(&demo.ready().base_url), "rclone made something else of {url}");
            url
        };
        let view = link(&[]);
        assert_eq!(opened(&view).await, (StatusCode::OK, welcome()), "{remote}");
        assert_eq!(link(&[]), view, "the same request makes the same link");
        assert_eq!(link(&["--unlink"]), view, "rclone asks for the link here, too");
        assert_eq!(opened(&view).await.0, StatusCode::OK, "{remote}");

        let edit = link(&["--onedrive-link-type", "edit"]);
        assert_ne!(edit, view);
        assert_eq!(opened(&edit).await, (StatusCode::OK, welcome()), "{remote}");

        let folder = rclone.run(&["link", &format!("{remote}Reports")]);
        let page = client().unwrap().get(folder.trim_end()).send().await.unwrap().text().await.unwrap();
        assert!(page.contains("Q3 summary.md"), "{page}");
    }
}

#[tokio::test]
async fn rclone_makes_links_that_end() {
    for (remote, kind) in [("business:", "business"), ("personal:", "personal")] {
        let demo = Demo::start().await;
        let rclone = Rclone::new(demo.ready(), demo.directory());
        let url = rclone.run(&["link", &format!("{remote}Welcome.txt"), "--expire", "1h"]);
        assert_eq!(opened(url.trim_end()).await, (StatusCode::OK, welcome()), "{remote}");
        let links = links(&demo, kind).await;
        assert_eq!(links.len(), 1, "{links:?}");
        assert!(links[0]["expirationDateTime"].is_string(), "{links:?}");
        demo.advance(3_700).await;
        assert_eq!(opened(url.trim_end()).await.0, StatusCode::NOT_FOUND, "{remote}: the hour is over");
    }
}

#[tokio::test]
async fn rclone_makes_links_with_a_password() {
    let demo = Demo::start().await;
    let rclone = Rclone::new(demo.ready(), demo.directory());
    let ask = ["link", "personal:Welcome.txt", "--onedrive-link-password", "four harbours"];
    let url = rclone.run(&ask);
    assert_ne!(opened(url.trim_end()).await.1, welcome(), "nobody has said the password yet");
    assert_eq!(rclone.run(&ask), url, "the same request makes the same link");
    let shut = links(&demo, "personal").await;
    assert_eq!(shut[0]["hasPassword"], true, "{shut:?}");

    let refused = rclone.attempt(&["link", "business:Welcome.txt", "--onedrive-link-password", "four harbours"]);
    assert_eq!(refused.status, Some(1), "{}", refused.stdout);
    assert!(refused.stderr.contains("Passwords are for links in personal drives"), "{}", refused.stderr);
}

#[tokio::test]
async fn rclone_makes_links_for_the_organization_and_for_frames() {
    let demo = Demo::start().await;
    let rclone = Rclone::new(demo.ready(), demo.directory());
    let url = rclone.run(&["link", "business:Welcome.txt", "--onedrive-link-scope", "organization"]);
    assert_ne!(opened(url.trim_end()).await.0, StatusCode::OK, "nobody has signed in");
    let made = links(&demo, "business").await;
    assert_eq!(made[0]["link"]["scope"], "organization", "{made:?}");
    let refused = rclone.attempt(&["link", "personal:Welcome.txt", "--onedrive-link-scope", "organization"]);
    assert!(refused.stderr.contains("A personal drive belongs to no organization"), "{}", refused.stderr);

    let url = rclone.run(&["link", "personal:Welcome.txt", "--onedrive-link-type", "embed"]);
    let page = client().unwrap().get(url.trim_end()).send().await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    let refused = rclone.attempt(&["link", "business:Welcome.txt", "--onedrive-link-type", "embed"]);
    assert!(refused.stderr.contains("Embed links are for files in personal drives"), "{}", refused.stderr);
}

#[tokio::test]
async fn rclone_says_why_there_is_no_link() {
    let demo = Demo::start().await;
    let rclone = Rclone::new(demo.ready(), demo.directory());
    let missing = rclone.attempt(&["link", "business:No such file.txt"]);
    assert!(missing.stderr.contains("itemNotFound"), "{}", missing.stderr);
    let root = rclone.attempt(&["link", "business:"]);
    assert!(root.stderr.contains("The root of a drive can't be shared"), "{}", root.stderr);
    assert_eq!([missing.status, root.status], [Some(1), Some(1)]);
}
