//! A link is worth what its creator may do now (P9, P10), and so is the slot that it holds.

use driveway_core::permission::Role;
use serde_json::json;

use crate::support::TestServer;
use crate::support::sharing::{ALICE, BOB, by_share, url};

/// A disabled account's links are dead at once, and live again with the account.
#[tokio::test]
async fn links_of_a_disabled_creator_are_dead() {
    let server = TestServer::start().await;
    let item = server.item_in(&server.demo.group, "Welcome.txt");
    let link = server.bob().view_link(&item).await;
    let stranger = server.anonymous();
    stranger.get(&by_share(&link)).await.expect(200).json();
    server.set_enabled(BOB, false).await;
    stranger.get(&by_share(&link)).await.error(404, "itemNotFound");
    stranger.get(url(&link)).await.expect(404);
    server.set_enabled(BOB, true).await;
    stranger.get(&by_share(&link)).await.expect(200).json();
}

/// The dead link has left its slot: a colleague's call makes a link that works, and it isn't the dead one.
#[tokio::test]
async fn a_dead_creators_link_leaves_its_slot() {
    let server = TestServer::start().await;
    let item = server.item_in(&server.demo.group, "Welcome.txt");
    let body = json!({ "type": "view", "scope": "anonymous" });
    let dead = server.bob().share(&item, &body).await.expect(201).json();
    server.set_enabled(BOB, false).await;
    let new = server.alice().share(&item, &body).await.expect(201).json();
    assert_ne!(new["id"], dead["id"]);
    server.anonymous().get(&by_share(&new)).await.expect(200).json();
    assert_eq!(server.alice().share(&item, &body).await.expect(200).json()["id"], new["id"]);
}

/// A creator who has lost the right to share has lost the link.
#[tokio::test]
async fn a_creator_who_loses_the_right_loses_the_link() {
    let server = TestServer::start().await;
    let item = server.item(ALICE, "Welcome.txt");
    let grant = server.grant(&item, BOB, Role::Write).await;
    let link = server.bob().view_link(&item).await;
    server.anonymous().get(&by_share(&link)).await.expect(200).json();
    server.withdraw(&grant).await;
    server.anonymous().get(&by_share(&link)).await.error(404, "itemNotFound");
    server.grant(&item, BOB, Role::Read).await;
    server.anonymous().get(&by_share(&link)).await.error(404, "itemNotFound");
}

/// An application's own links end with the application.
#[tokio::test]
async fn links_of_a_disabled_application_are_dead() {
    let server = TestServer::start().await;
    let item = server.item(ALICE, "Welcome.txt");
    let link = server.application("Files.ReadWrite.All").view_link(&item).await;
    server.anonymous().get(&by_share(&link)).await.expect(200).json();
    let application = server.application_id(0);
    server.app.db.write(move |tx| tx.set_application_enabled(application, false)).await.unwrap();
    server.anonymous().get(&by_share(&link)).await.error(404, "itemNotFound");
}

/// Links are made on the item itself, never by way of another link, however much that one gives.
#[tokio::test]
async fn a_link_does_not_beget_links() {
    let server = TestServer::start().await;
    let item = server.item(ALICE, "Welcome.txt");
    let edit = server.alice().share(&item, &json!({ "type": "edit", "scope": "anonymous" })).await.expect(201).json();
    let body = json!({ "type": "view", "scope": "anonymous" });
    server.bob().share(&by_share(&edit), &body).await.error(403, "accessDenied");
    server.anonymous().share(&by_share(&edit), &body).await.error(401, "InvalidAuthenticationToken");
    assert_eq!(server.alice().permissions(&item).await.len(), 2);
}
