//! `--create-share-link`, and what it prints opened without the client.

use reqwest::{Method, StatusCode};

use super::OneDrive;
use super::namespace::enter;
use crate::process::drive::accept;

#[tokio::test]
async fn onedrive_makes_a_link_that_opens() {
    let Some(inside) = enter("onedrive::link::onedrive_makes_a_link_that_opens") else { return };
    let client = OneDrive::sign_in(&inside, "business").await;
    client.write("to share/Notes & more.txt", b"for all", 1);
    client.run(&["--synchronize", "--upload-only"]);
    let uploaded = client.drive.request(Method::GET, "/root:/to%20share/Notes%20&%20more.txt").send().await.unwrap();
    assert_eq!(accept(uploaded).await.unwrap()["size"], 7);
    let link = || {
        let said = client.run(&["--create-share-link", "to share/Notes & more.txt"]);
        let url = said.lines().find_map(|line| line.split_once("File Shareable Link: ")).map(|(_, url)| url.trim());
        url.unwrap_or_else(|| panic!("no link: {said}")).to_owned()
    };
    let url = link();
    let opened = client.demo.http().get(format!("{url}?download=1")).send().await.unwrap();
    assert_eq!(opened.status(), StatusCode::OK, "{url}");
    assert_eq!(opened.bytes().await.unwrap(), "for all");
    assert_eq!(link(), url, "the same request makes the same link");
}
