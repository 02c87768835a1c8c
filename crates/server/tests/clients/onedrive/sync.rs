//! Both sides are made alike, whichever of them changed.

use std::fs;
use std::path::Path;

use reqwest::{Method, StatusCode};
use serde_json::json;

use super::OneDrive;
use super::namespace::enter;
use crate::process::drive::accept;

/// Everything below a folder, by path, with what files hold.
fn tree(folder: &Path) -> Vec<(String, Option<Vec<u8>>)> {
    fn walk(folder: &Path, prefix: &str, found: &mut Vec<(String, Option<Vec<u8>>)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{prefix}{}", path.file_name().unwrap().to_str().unwrap());
            if path.is_dir() {
                found.push((format!("{name}/"), None));
                walk(&path, &format!("{name}/"), found);
            } else {
                found.push((name, Some(fs::read(&path).unwrap())));
            }
        }
    }
    let mut found = Vec::new();
    walk(folder, "", &mut found);
    found.sort();
    found
}

/// The sample files of every demo drive.
fn samples() -> Vec<(String, Option<Vec<u8>>)> {
    let mut samples = tree(&Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo"));
    samples.retain(|(name, _)| name != "generate.py");
    samples
}

impl OneDrive {
    /// Makes both sides alike, and returns what the client said.
    #[track_caller]
    fn sync(&self) -> String {
        self.run(&["--synchronize", "--verbose"])
    }

    /// What somebody else finds at a path of the drive.
    async fn remote(&self, path: &str) -> Option<Vec<u8>> {
        let found = self.drive.request(Method::GET, &format!("/root:/{path}")).send().await.unwrap();
        if found.status() == StatusCode::NOT_FOUND {
            return None;
        }
        let item = accept(found).await.unwrap();
        let url = item["@microsoft.graph.downloadUrl"].as_str().unwrap().to_owned();
        Some(self.demo.http().get(url).send().await.unwrap().bytes().await.unwrap().to_vec())
    }

    async fn change(&self, method: Method, path: &str, body: Option<serde_json::Value>) {
        let mut request = self.drive.request(method, &format!("/root:/{path}"));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {answer:?}");
    }
}

/// The whole life of a drive that is kept on a disk too.
async fn live(client: &OneDrive) {
    let said = client.sync();
    assert_eq!(tree(&client.local("")), samples(), "{said}");
    let said = client.sync();
    assert!(!said.contains("Downloading") && !said.contains("Uploading file"), "nothing has changed: {said}");

    comes_up(client).await;
    comes_down(client).await;
    goes_away(client).await;
}

/// New and changed files and folders of the disk.
async fn comes_up(client: &OneDrive) {
    let large: Vec<u8> = (0..5_000_000_u32).map(|number| (number % 251) as u8).collect();
    let files: [(&str, &str, &[u8]); 5] = [
        ("new/a b + c & d.txt", "new/a%20b%20+%20c%20&%20d.txt", b"plain"),
        ("new/déjà vu/ü 100%.txt", "new/d%C3%A9j%C3%A0%20vu/%C3%BC%20100%25.txt", b"deep"),
        ("new/large.bin", "new/large.bin", &large),
        ("empty", "empty", b""),
        ("Budget.csv", "Budget.csv", b"changed here"),
    ];
    for (path, _, content) in &files {
        client.write(path, content, 1);
    }
    let said = client.sync();
    for (path, address, content) in files {
        assert!(client.remote(address).await.as_deref() == Some(content), "{path}: {said}");
    }

    fs::rename(client.local("new/large.bin"), client.local("moved.bin")).unwrap();
    fs::rename(client.local("new/déjà vu"), client.local("new/vu")).unwrap();
    let said = client.sync();
    assert_eq!(client.remote("moved.bin").await, Some(large), "{said}");
    assert_eq!(client.remote("new/large.bin").await, None, "{said}");
    assert_eq!(client.remote("new/vu/%C3%BC%20100%25.txt").await.as_deref(), Some(&b"deep"[..]), "{said}");
}

/// What somebody else did to the drive.
async fn comes_down(client: &OneDrive) {
    client.drive.upload("Reports/Q4%20summary.md", "later").await.unwrap();
    client.drive.upload("new/far/away/file.txt", "far").await.unwrap();
    client.drive.upload("Welcome.txt", "changed there").await.unwrap();
    client.change(Method::PATCH, "Harbour.png", Some(json!({ "name": "Hafen.png" }))).await;
    let parent = json!({ "parentReference": { "path": "/drive/root:/Reports" } });
    client.change(Method::PATCH, "Reading%20list.md", Some(parent)).await;
    let said = client.sync();

    let read = |path: &str| fs::read(client.local(path)).unwrap_or_else(|error| panic!("{path}: {error}\n{said}"));
    assert_eq!(read("Reports/Q4 summary.md"), b"later");
    assert_eq!(read("new/far/away/file.txt"), b"far");
    assert_eq!(read("Welcome.txt"), b"changed there");
    let sample = |name: &str| samples().into_iter().find(|(path, _)| path == name).unwrap().1.unwrap();
    assert_eq!(read("Hafen.png"), sample("Harbour.png"));
    assert_eq!(read("Reports/Reading list.md"), sample("Reading list.md"));
    assert!(!client.local("Harbour.png").exists() && !client.local("Reading list.md").exists(), "{said}");
}

/// Deletions on either side.
async fn goes_away(client: &OneDrive) {
    fs::remove_file(client.local("empty")).unwrap();
    fs::remove_dir_all(client.local("new/vu")).unwrap();
    client.change(Method::DELETE, "moved.bin", None).await;
    client.change(Method::DELETE, "new/far", None).await;
    let said = client.sync();
    for path in ["empty", "new/vu", "moved.bin", "new/far"] {
        assert_eq!(client.remote(path).await, None, "{path}: {said}");
        assert!(!client.local(path).exists(), "{path}: {said}");
    }
    let said = client.sync();
    assert!(!said.contains("Deleting") && !said.contains("Downloading"), "both sides are alike: {said}");
}

#[tokio::test]
async fn onedrive_keeps_a_business_drive() {
    let Some(inside) = enter("onedrive::sync::onedrive_keeps_a_business_drive") else { return };
    live(&OneDrive::sign_in(&inside, "business").await).await;
}

#[tokio::test]
async fn onedrive_keeps_a_personal_drive() {
    let Some(inside) = enter("onedrive::sync::onedrive_keeps_a_personal_drive") else { return };
    live(&OneDrive::sign_in(&inside, "personal").await).await;
}
