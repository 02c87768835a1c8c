//! Items that people follow, and those that they changed lately.

use driveway_core::permission::Role;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::steps::{at, id, names, put, view};
use crate::support::sharing::{ALICE, BOB};
use crate::support::{Actor, TestServer};

const FOLLOWING: &str = "/v1.0/me/drive/following";
const RECENT: &str = "/v1.0/me/drive/recent";

async fn list(actor: &Actor, path: &str) -> Vec<String> {
    names(&actor.get(path).await.expect(200).json())
}

async fn follow(actor: &Actor, item: &str) -> Value {
    actor.post(&format!("{item}/follow"), &json!({})).await.expect(200).json()
}

#[tokio::test]
async fn people_follow_items_and_leave_them_again() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let (file, folder) = (server.item(ALICE, "Welcome.txt"), server.item(ALICE, "Reports"));
    assert_eq!(list(&alice, FOLLOWING).await, [""; 0]);
    let followed = follow(&alice, &file).await;
    assert_eq!(followed["name"], "Welcome.txt");
    follow(&alice, &at("Reports")).await;
    follow(&alice, &file).await;
    let mut listed = list(&alice, FOLLOWING).await;
    listed.sort();
    assert_eq!(listed, ["Reports", "Welcome.txt"]);
    let one = alice.get(&format!("{FOLLOWING}/{}", id(&followed))).await.expect(200).json();
    assert_eq!((&one["name"], one.get("remoteItem")), (&json!("Welcome.txt"), None));
    let page = alice.get(&format!("{FOLLOWING}?$top=1&$select=name")).await.expect(200).json();
    let next = alice.get(page["@odata.nextLink"].as_str().unwrap()).await.expect(200).json();
    assert!(next.get("@odata.nextLink").is_none() && names(&page) != names(&next), "{page} {next}");
    alice.post(&format!("{folder}/unfollow"), &json!({})).await.expect(204);
    alice.post(&format!("{folder}/unfollow"), &json!({})).await.expect(204);
    alice.post(&format!("{FOLLOWING}/{}/unfollow", id(&followed)), &json!({})).await.expect(204);
    assert_eq!(list(&alice, FOLLOWING).await, [""; 0]);
    alice.post(&format!("{FOLLOWING}/{}/unfollow", id(&followed)), &json!({})).await.error(404, "itemNotFound");
    alice.get(&format!("{FOLLOWING}/{}", id(&followed))).await.error(404, "itemNotFound");
}

/// P18: a right that is lost hides the item, and brings it back with itself. Another's list is nobody's business.
#[tokio::test]
async fn p18_what_is_followed_is_shown_as_long_as_it_is_reached() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    let file = server.item(ALICE, "Welcome.txt");
    bob.post(&format!("{file}/follow"), &json!({})).await.error(404, "itemNotFound");
    let grant = server.grant(&file, BOB, Role::Read).await;
    let followed = follow(&bob, &file).await;
    let item = bob.get(&format!("{FOLLOWING}/{}", id(&followed))).await.expect(200).json();
    assert_eq!(item["remoteItem"]["parentReference"]["driveId"], server.person(ALICE).drive.id.to_string());
    server.withdraw(&grant).await;
    assert_eq!(list(&bob, FOLLOWING).await, [""; 0]);
    bob.get(&format!("{FOLLOWING}/{}", id(&followed))).await.error(404, "itemNotFound");
    server.grant(&file, BOB, Role::Read).await;
    assert_eq!(list(&bob, FOLLOWING).await, ["Welcome.txt"]);
    assert_eq!(list(&server.user(BOB, "Files.Read"), FOLLOWING).await, [""; 0], "a token for the own drive");
    bob.get(&format!("/v1.0/users/{ALICE}/drive/following")).await.error(404, "itemNotFound");
    alice.get(&format!("{FOLLOWING}/{}", id(&followed))).await.error(404, "itemNotFound");
    alice.delete(&file).await.expect(204);
    assert_eq!(list(&bob, FOLLOWING).await, [""; 0]);
    alice.post(&format!("{file}/permanentDelete"), &json!({})).await.expect(204);
    bob.post(&format!("{FOLLOWING}/{}/unfollow", id(&followed)), &json!({})).await.error(404, "itemNotFound");
}

#[tokio::test]
async fn what_only_a_link_shows_is_followed_once_it_is_redeemed() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    let shared = view(&alice, "Reports").await;
    let path = shared.graph("/follow");
    server.anonymous().post(&path, &json!({})).await.error(401, "InvalidAuthenticationToken");
    bob.post(&path, &json!({})).await.error(403, "accessDenied");
    bob.with("prefer", "redeemSharingLink").post(&path, &json!({})).await.expect(200);
    assert_eq!(list(&bob, FOLLOWING).await, ["Reports"]);
}

#[tokio::test]
async fn following_has_its_refusals_and_its_limit() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let file = server.item(ALICE, "Welcome.txt");
    let error = alice.post(&format!("{file}/follow"), &json!({ "loud": true })).await.error(400, "invalidRequest");
    assert_eq!(error["target"], "loud");
    server.application("Files.Read.All").post(&format!("{file}/follow"), &json!({})).await.error(400, "invalidRequest");
    alice.get(&format!("{FOLLOWING}?$orderby=name")).await.error(400, "invalidRequest");
    alice.get(&format!("{FOLLOWING}?$skiptoken=x")).await.error(400, "invalidRequest");
    alice.get(&format!("{FOLLOWING}/none")).await.error(404, "itemNotFound");
    let (user, drive, now) = (server.person(ALICE).user.id, server.person(ALICE).drive.clone(), server.app.clock.now());
    crate::search::many(&server, &drive, drive.root, "n", 1..1001).await;
    let all = (1..1001).map(|id| driveway_core::id::ItemId::from_uuid(uuid::Uuid::from_u128(id)));
    let follow_all = server.app.db.write(move |tx| all.clone().try_for_each(|item| tx.follow(user, item, now)));
    follow_all.await.unwrap();
    alice.post(&format!("{file}/follow"), &json!({})).await.error(403, "notAllowed");
}

/// The files that one was the last to change, the newest first, wherever they are; another's change takes them off the list.
#[tokio::test]
async fn recent_is_what_one_changed_last_and_still_reaches() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    let path = format!("{RECENT}?$top=3&$select=name,remoteItem");
    for name in ["one.txt", "two.txt", "three.txt"] {
        server.advance(SignedDuration::from_secs(1));
        put(&alice, name, "x").await;
    }
    assert_eq!(list(&alice, &path).await, ["three.txt", "two.txt", "one.txt"]);
    let shared = id(&alice.get(&at("two.txt")).await.json());
    let address = format!("/v1.0/drives/{}/items/{shared}", server.person(ALICE).drive.id);
    let grant = server.grant(&address, BOB, Role::Write).await;
    server.advance(SignedDuration::from_secs(1));
    bob.put(&format!("{address}/content"), "y").await.expect(200);
    let first = &bob.get(&path).await.expect(200).json()["value"][0];
    assert_eq!((&first["name"], &first["remoteItem"]["id"]), (&json!("two.txt"), &json!(shared)));
    assert!(!list(&alice, RECENT).await.contains(&"two.txt".to_owned()));
    server.withdraw(&grant).await;
    assert!(!list(&bob, RECENT).await.contains(&"two.txt".to_owned()));
    alice.delete(&at("three.txt")).await.expect(204);
    assert_eq!(list(&alice, &path).await[0], "one.txt");
    assert!(!list(&alice, RECENT).await.contains(&"Reports".to_owned()), "folders aren't worked on");
    bob.get(&format!("/v1.0/users/{ALICE}/drive/recent")).await.error(404, "itemNotFound");
    alice.get(&format!("{RECENT}?$skiptoken=x")).await.error(400, "invalidRequest");
    server.application("Files.Read.All").get(RECENT).await.error(400, "invalidRequest");
}
