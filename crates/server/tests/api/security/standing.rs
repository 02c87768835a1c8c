//! What stands by the way the house is built: P2, P22, P23, P29, P35, P36, P38.

use serde_json::json;

use crate::steps::{at, edit, protected, put, view};
use crate::support::TestServer;

/// P2: no diagnostic route answers, and what is counted names no token.
#[tokio::test]
async fn p02_nothing_diagnostic_answers_and_metrics_hold_no_secret() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "a.txt", "a").await;
    let link = view(&alice, "a.txt").await;
    let stranger = server.anonymous();
    stranger.get(&link.page()).await.expect(200);
    for path in [
        "/debug",
        "/debug/pprof",
        "/phpinfo",
        "/env",
        "/config",
        "/.env",
        "/driveway-data/keys/seal-1.key",
        "/v1.0/$debug",
    ] {
        stranger.get(path).await.expect(404);
    }
    let metrics = stranger.get("/metrics").await.expect(200).text();
    assert!(metrics.contains("driveway_http_requests_total"), "{metrics}");
    assert!(!metrics.contains(&link.token) && !metrics.contains("a.txt"), "{metrics}");
}

/// P22: what lies in the data directory besides the drive's own bytes can't be reached by any name.
#[tokio::test]
async fn p22_names_are_not_places_of_the_file_system() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let secret = server.app.config.data.join("keys/seal-1.key");
    assert!(secret.exists());
    for name in ["..%2Fkeys%2Fseal-1.key", "%2E%2E/keys/seal-1.key", "keys%2Fseal-1.key", "%2Fetc%2Fpasswd"] {
        let answer = alice.get(&format!("/v1.0/me/drive/root:/{name}:/content")).await;
        assert!(answer.status.is_client_error(), "{name}: {}", answer.text());
    }
}

/// P23: every live credential to an item is among its permissions and can be removed there.
#[tokio::test]
async fn p23_every_link_is_listed_and_ends_when_it_is_removed() {
    let server = TestServer::start().await;
    let (pat, second) = (server.pat(), server.user_through("pat@personal.example", 1, "Files.ReadWrite.All"));
    let mut pages = Vec::new();
    for actor in [&pat, &second] {
        for body in [
            json!({"type": "view"}),
            json!({"type": "edit"}),
            json!({"type": "embed"}),
            json!({"type": "view", "password": "harbour"}),
        ] {
            let link = actor.post(&format!("{}/createLink", at("Welcome.txt")), &body).await.expect(201).json();
            pages.push(link["link"]["webUrl"].as_str().unwrap().to_owned());
        }
    }
    let permissions = pat.get(&format!("{}/permissions", at("Welcome.txt"))).await.expect(200).json();
    let listed = permissions["value"].as_array().unwrap();
    assert_eq!(listed.iter().filter(|permission| permission.get("link").is_some()).count(), pages.len());
    for permission in listed {
        let id = permission["id"].as_str().unwrap();
        pat.delete(&format!("{}/permissions/{id}", at("Welcome.txt"))).await.expect(204);
    }
    for page in pages {
        server.anonymous().get(&page).await.expect(404);
    }
}

/// P29: what a page shows of a file has the gate of the file.
#[tokio::test]
async fn p29_a_picture_in_a_page_asks_for_the_password_too() {
    let server = TestServer::start().await;
    let link = protected(&server.pat(), "Harbour.png", "harbour").await;
    let inline = format!("{}inline", link.page());
    let stranger = server.anonymous();
    let refused = stranger.get(&inline).await.expect(401);
    assert!(!refused.body.starts_with(b"\x89PNG"));
    stranger.with("driveway-link-password", "harbour").get(&inline).await.expect(200);
}

/// P35: an upload that says something else than it sends changes nothing.
#[tokio::test]
async fn p35_odd_lengths_and_ranges_of_uploads_change_nothing() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "a.txt", "before").await;
    let path = format!("{}/content", at("a.txt"));
    alice.with("content-range", "bytes 0-1/9").put(&path, "xx").await.error(400, "invalidRequest");
    alice.with("if-match", "\"another\"").put(&path, "xx").await.error(412, "resourceModified");
    let link = edit(&alice, "a.txt").await;
    assert_eq!(server.anonymous().get(&format!("{}?download=1", link.page())).await.expect(200).text(), "before");
}

/// P36: a page shows only the beginning of a text, however long it is, and nothing of what isn't one.
#[tokio::test]
async fn p36_previews_are_bounded() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "long.txt", &"0123456789abcdef".repeat(100_000)).await;
    put(&alice, "broken.txt", "ok \u{0}").await;
    let page = server.anonymous().get(&view(&alice, "long.txt").await.page()).await.expect(200);
    assert!(page.body.len() < 64 * 1024, "{}", page.body.len());
    server.anonymous().get(&view(&alice, "broken.txt").await.page()).await.expect(200);
}

/// P38: opening a link leaves no right behind, and policy that is closed and opened revives nothing that was revoked.
#[tokio::test]
async fn p38_a_link_leaves_nothing_behind() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    let item = put(&alice, "a.txt", "a").await;
    let link = edit(&alice, "a.txt").await;
    bob.get(&link.page()).await.expect(200);
    let path = format!(
        "/v1.0/drives/{}/items/{}",
        server.person("alice@harbour.example").drive.id,
        item["id"].as_str().unwrap()
    );
    bob.get(&path).await.error(404, "itemNotFound");

    let kept = view(&alice, "a.txt").await;
    crate::steps::revoke(&alice, "a.txt", &link).await;
    for on in [false, true] {
        server.admin().patch("/driveway/v1/policy/sharing", &json!({"anonymousLinks": on})).await.expect(200);
        server.anonymous().get(&link.page()).await.expect(404);
        server.anonymous().get(&kept.page()).await.expect(if on { 200 } else { 404 });
    }
}
