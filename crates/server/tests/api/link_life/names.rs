//! Names, and several links in what would be one slot.

use jiff::SignedDuration;
use serde_json::json;

use super::{look, managed, set};
use crate::steps::{at, id, link, protected, put, view};
use crate::support::TestServer;
use crate::support::sharing::ALICE;

#[tokio::test]
async fn amb_01_a_name_is_part_of_the_slot() {
    let server = TestServer::start().await;
    let pat = server.pat();
    put(&pat, "a.txt", "x").await;
    let ask = |name: &str| json!({"type": "view", "scope": "anonymous", "@driveway.name": name});
    let plain = view(&pat, "a.txt").await;
    let press = pat.share(&at("a.txt"), &ask("press")).await.expect(201).json();
    let family = pat.share(&at("a.txt"), &ask("family")).await.expect(201).json();
    assert_eq!((&press["@driveway.name"], &family["@driveway.name"]), (&json!("press"), &json!("family")));
    // The same again is the same link, and no name still is no name.
    let again = pat.share(&at("a.txt"), &ask(" press ")).await.expect(200).json();
    assert_eq!(again["id"], press["id"]);
    assert_eq!(id(&pat.view_link(&at("a.txt")).await), plain.id);
    // Names that look alike are one.
    let composed = pat.share(&at("a.txt"), &ask("caf\u{e9}")).await.expect(201).json();
    assert_eq!(pat.share(&at("a.txt"), &ask("cafe\u{301}")).await.expect(200).json()["id"], composed["id"]);
    assert_eq!(pat.permissions(&at("a.txt")).await.len(), 4);
    for bad in ["", "  ", "a\tb", &"x".repeat(101)] {
        let refused = pat.share(&at("a.txt"), &ask(bad)).await.error(400, "invalidRequest");
        assert_eq!(refused["target"], "@driveway.name");
    }
}

#[tokio::test]
async fn other_members_of_ours_are_refused_by_name() {
    let server = TestServer::start().await;
    let pat = server.pat();
    put(&pat, "a.txt", "x").await;
    let body = json!({"type": "view", "scope": "anonymous", "@driveway.maximumDownloads": 1});
    let refused = pat.share(&at("a.txt"), &body).await.error(400, "invalidRequest");
    assert_eq!(refused["target"], "@driveway.maximumDownloads");
}

#[tokio::test]
async fn equal_requests_for_one_name_at_once_make_one_link() {
    let server = TestServer::start().await;
    let pat = server.pat();
    put(&pat, "a.txt", "x").await;
    let body = json!({"type": "view", "scope": "anonymous", "@driveway.name": "press"});
    let address = at("a.txt");
    let answers = futures::future::join_all((0..16).map(|_| pat.share(&address, &body))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    let ids: std::collections::BTreeSet<String> = answers.iter().map(|answer| id(&answer.json())).collect();
    assert_eq!(ids.len(), 1);
}

#[tokio::test]
async fn perm_03_a_name_is_shown_to_those_who_see_secrets() {
    let server = TestServer::start().await;
    let item = server.item(ALICE, "Reports");
    let alice = server.alice();
    let made =
        crate::steps::link_at(&alice, &item, json!({"type": "view", "scope": "organization", "@driveway.name": "all"}))
            .await;
    let seen = alice.permissions(&item).await;
    assert!(seen.iter().any(|permission| permission["@driveway.name"] == "all"), "{seen:?}");
    // Who comes by the link sees the permission and neither its URL nor its name.
    let read = server.user(ALICE, "Files.Read.All");
    let shown = read.get(&format!("{item}/permissions/{}", made.id)).await.expect(200).json();
    assert!(shown.get("@driveway.name").is_none() && shown.get("shareId").is_none(), "{shown}");
}

#[tokio::test]
async fn a_link_is_renamed_into_a_slot_that_is_free_only() {
    let server = TestServer::start().await;
    let pat = server.pat();
    put(&pat, "a.txt", "x").await;
    let first = view(&pat, "a.txt").await;
    assert_eq!(set(&pat, &first, json!({"name": "press"})).await["name"], "press");
    let second = view(&pat, "a.txt").await;
    assert_ne!(first.id, second.id);
    let refused = pat.patch(&managed(&second), &json!({"name": "press"})).await.error(409, "nameAlreadyExists");
    assert_eq!(refused["target"], "name");
    // A password moves a link into the protected slot, and that can be taken as well.
    let third = protected(&pat, "a.txt", "harbour").await;
    pat.patch(&managed(&second), &json!({"password": "x"})).await.error(409, "nameAlreadyExists");
    assert_eq!(look(&pat, &second).await["permission"]["hasPassword"], false);
    set(&pat, &second, json!({"password": "x", "name": "guarded"})).await;
    assert_eq!(set(&pat, &third, json!({"name": null})).await.get("name"), None);
    pat.patch(&managed(&first), &json!({"name": null})).await.expect(200);
    assert_eq!(id(&pat.view_link(&at("a.txt")).await), first.id);
}

#[tokio::test]
async fn a_link_that_is_off_makes_room_and_comes_back_when_there_is_room() {
    let server = TestServer::start().await;
    let pat = server.pat();
    put(&pat, "a.txt", "x").await;
    let first = view(&pat, "a.txt").await;
    set(&pat, &first, json!({"enabled": false})).await;
    let second = view(&pat, "a.txt").await;
    assert_ne!(first.id, second.id);
    // Two live links in one slot there never are.
    pat.patch(&managed(&first), &json!({"enabled": true})).await.error(409, "nameAlreadyExists");
    server.anonymous().get(&first.url).await.expect(404);
    set(&pat, &first, json!({"enabled": true, "name": "first"})).await;
    server.anonymous().get(&first.url).await.expect(200);
    // And when the other one is off, its slot is free.
    set(&pat, &second, json!({"enabled": false})).await;
    set(&pat, &first, json!({"name": null})).await;
    assert_eq!(id(&pat.view_link(&at("a.txt")).await), first.id);
    assert_eq!(server.app.db.read(|tx| tx.check()).await.unwrap(), vec![]);
}

#[tokio::test]
async fn an_expired_link_makes_room_for_one_that_is_extended() {
    let server = TestServer::start().await;
    let pat = server.pat();
    put(&pat, "a.txt", "x").await;
    let timed = json!({"type": "view", "scope": "anonymous", "expirationDateTime": "2026-11-23T12:10:00Z"});
    let first = link(&pat, "a.txt", timed.clone()).await;
    server.advance(SignedDuration::from_mins(20));
    let pat = server.pat();
    let second = view(&pat, "a.txt").await;
    let extend = json!({"expirationDateTime": "2026-11-24T12:00:00Z"});
    pat.patch(&managed(&first), &extend).await.error(409, "nameAlreadyExists");
    pat.delete(&managed(&second)).await.expect(204);
    set(&pat, &first, extend).await;
    assert_eq!(id(&pat.view_link(&at("a.txt")).await), first.id);
}
