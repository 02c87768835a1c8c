//! Drives that aren't one's own: a site's library, and what others share.

use reqwest::Method;
use serde_json::json;

use super::OneDrive;
use super::namespace::enter;
use crate::process::drive::{Drive, accept};

#[tokio::test]
async fn onedrive_finds_a_sites_library_and_fills_it() {
    let Some(inside) = enter("onedrive::elsewhere::onedrive_finds_a_sites_library_and_fills_it") else { return };
    let client = OneDrive::sign_in(&inside, "business").await;
    let library = client.demo.ready().site.drive_id.clone();
    let said = client.run(&["--get-O365-drive-id", "Harbour"]);
    assert!(said.lines().any(|line| line.split_whitespace().eq(["drive_id:", library.as_str()])), "{said}");

    client.set(&format!("drive_id = \"{library}\""));
    client.write("for the crew.txt", b"all hands", 1);
    client.run(&["--synchronize", "--resync", "--resync-auth", "--upload-only"]);
    let url = format!("{}/drives/{library}/root:/for%20the%20crew.txt", client.demo.ready().graph_url);
    let token = &client.demo.ready().user("business").unwrap().access_token;
    let item = accept(client.demo.http().get(url).bearer_auth(token).send().await.unwrap()).await.unwrap();
    assert_eq!(item["size"], 9, "{item}");
}

#[tokio::test]
async fn onedrive_lists_what_others_share() {
    let Some(inside) = enter("onedrive::elsewhere::onedrive_lists_what_others_share") else { return };
    let client = OneDrive::sign_in(&inside, "business").await;
    let ready = client.demo.ready();
    let other = ready.users.iter().rfind(|user| user.kind == "business").unwrap();
    let body =
        json!({ "recipients": [{ "email": client.user.principal_name }], "roles": ["write"], "requireSignIn": true });
    let invite = Drive::of(client.demo.http(), ready, other).request(Method::POST, "/root:/Reports:/invite");
    accept(invite.json(&body).send().await.unwrap()).await.unwrap();
    let said = client.run(&["--list-shared-folders", "--verbose"]);
    for line in ["Shared Folder:   Reports".to_owned(), format!("Parent Drive Id: {}", other.drive_id)] {
        assert!(said.contains(&line), "{line}: {said}");
    }
}
