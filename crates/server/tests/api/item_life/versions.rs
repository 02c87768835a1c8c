//! Versions: every replacement keeps what was.

use driveway_core::permission::Role;
use serde_json::json;

use super::{bytes, versions};
use crate::steps::{at, edit, id, link, location, put, view};
use crate::support::TestServer;
use crate::support::sharing::{ALICE, BOB};

#[tokio::test]
async fn e26_versions_are_listed_newest_first_and_say_who_and_when() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "v.txt", "one").await;
    server.advance(jiff::SignedDuration::from_mins(1));
    put(&alice, "v.txt", "second").await;
    server.advance(jiff::SignedDuration::from_mins(1));
    let shared = edit(&alice, "v.txt").await;
    server.anonymous().put(&shared.graph("/content"), "by a stranger").await.expect(200);
    server.advance(jiff::SignedDuration::from_mins(1));
    alice.patch(&at("v.txt"), &json!({"name": "w.txt"})).await.expect(200);

    let list = alice.get(&format!("{}/versions", at("w.txt"))).await.expect(200).json();
    let told: Vec<(&str, i64, &str)> = list["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|version| {
            let text = |name: &str| version[name].as_str().unwrap();
            (text("id"), version["size"].as_i64().unwrap(), text("lastModifiedDateTime"))
        })
        .collect();
    let wanted =
        [("3.0", 13, "2026-11-23T12:02:00Z"), ("2.0", 6, "2026-11-23T12:01:00Z"), ("1.0", 3, "2026-11-23T12:00:00Z")];
    assert_eq!(told, wanted);
    assert!(list["value"][0].get("lastModifiedBy").is_none(), "a stranger has no name");
    assert_eq!(list["value"][1]["lastModifiedBy"]["user"]["displayName"], "Alice Harbour");
    let one = alice.get(&format!("{}/versions/2.0", at("w.txt"))).await.expect(200).json();
    assert_eq!((&one["id"], &one["size"]), (&json!("2.0"), &json!(6)));
    let one = alice.get(&format!("{}/versions('1.0')?$select=size", at("w.txt"))).await.expect(200).json();
    assert_eq!(one["size"], 3);
    assert!(one.get("lastModifiedDateTime").is_none());
}

#[tokio::test]
async fn e26_versions_come_in_pages() {
    let server = TestServer::start().await;
    let alice = server.alice();
    for content in ["a", "b", "c", "d", "e"] {
        put(&alice, "v.txt", content).await;
    }
    let mut seen = Vec::new();
    let mut next = format!("{}/versions?$top=2", at("v.txt"));
    loop {
        let page = alice.get(&next).await.expect(200).json();
        seen.extend(page["value"].as_array().unwrap().iter().map(id));
        let Some(link) = page["@odata.nextLink"].as_str() else { break };
        next = link.to_owned();
    }
    assert_eq!(seen, ["5.0", "4.0", "3.0", "2.0", "1.0"]);
    for odd in ["$skiptoken=x", "$top=0", "$expand=children"] {
        assert_eq!(alice.get(&format!("{}/versions?{odd}", at("v.txt"))).await.status, 400, "{odd}");
    }
}

#[tokio::test]
async fn e26_the_bytes_of_a_version_come_by_a_short_lived_url() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "v.txt", "old bytes").await;
    put(&alice, "v.txt", "new").await;
    let content = format!("{}/versions/1.0/content", at("v.txt"));
    assert_eq!(bytes(&alice, &content).await, "old bytes");
    assert_eq!(bytes(&alice, &format!("{}/versions/2.0/content", at("v.txt"))).await, "new");
    assert_eq!(bytes(&alice, &format!("{}/content", at("v.txt"))).await, "new");

    let url = location(&alice.get(&content).await);
    let stranger = server.anonymous();
    let part = stranger.with("range", "bytes=4-6").get(&url).await.expect(206);
    assert_eq!((part.text().as_str(), part.header("content-range")), ("byt", "bytes 4-6/9"));
    let tag = part.header("etag").to_owned();
    alice.with("if-none-match", &tag).get(&content).await.expect(304);
    stranger.with("if-none-match", &tag).get(&url).await.expect(304);
    let listed = alice.get(&format!("{}/versions", at("v.txt"))).await.expect(200).json();
    let listed = listed["value"][1]["@microsoft.graph.downloadUrl"].as_str().unwrap();
    assert_eq!(stranger.get(listed).await.expect(200).text(), "old bytes");

    // The URL is worth no more than the right, the version and the time (P15, P30).
    alice.delete(&format!("{}/versions/1.0", at("v.txt"))).await.expect(204);
    stranger.get(&url).await.error(404, "itemNotFound");
    let url = location(&alice.get(&format!("{}/versions/2.0/content", at("v.txt"))).await);
    server.set_enabled(ALICE, false).await;
    stranger.get(&url).await.error(404, "itemNotFound");
    server.set_enabled(ALICE, true).await;
    stranger.get(&url).await.expect(200);
    server.advance(jiff::SignedDuration::from_hours(2));
    stranger.get(&url).await.error(404, "itemNotFound");
}

#[tokio::test]
async fn e26_restoring_makes_a_new_version_of_old_bytes() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let item = put(&alice, "v.txt", "first").await;
    put(&alice, "v.txt", "second!").await;
    let shared = view(&alice, "v.txt").await;
    alice.post(&format!("{}/versions/1.0/restoreVersion", at("v.txt")), &json!({})).await.expect(204);
    assert_eq!(versions(&alice, &at("v.txt")).await, ["3.0", "2.0", "1.0"]);
    assert_eq!(bytes(&alice, &format!("{}/content", at("v.txt"))).await, "first");
    let now = alice.get(&at("v.txt")).await.expect(200).json();
    assert_eq!((id(&now), &now["size"]), (id(&item), &json!(5)));
    assert_ne!(now["cTag"], item["cTag"], "a client downloads it again");
    // CL-29: a link always shows what the file says now.
    assert_eq!(server.anonymous().get(&format!("{}?download=1", shared.page())).await.expect(200).text(), "first");
    // Of the current one there is nothing to do.
    alice.post(&format!("{}/versions/3.0/restoreVersion", at("v.txt")), &json!({})).await.expect(204);
    assert_eq!(versions(&alice, &at("v.txt")).await.len(), 3);
    assert_eq!(server.app.db.read(|tx| tx.check()).await.unwrap(), vec![]);
}

#[tokio::test]
async fn e26_what_is_no_version_is_refused_and_the_current_one_stays() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "v.txt", "first").await;
    put(&alice, "v.txt", "second").await;
    for odd in ["3.0", "0.0", "-1.0", "1", "1.1", "01.0", "Current", "99999999999999999999.0"] {
        let address = format!("{}/versions/{odd}", at("v.txt"));
        alice.get(&address).await.error(404, "itemNotFound");
        alice.get(&format!("{address}/content")).await.error(404, "itemNotFound");
        alice.delete(&address).await.error(404, "itemNotFound");
        alice.post(&format!("{address}/restoreVersion"), &json!({})).await.error(404, "itemNotFound");
    }
    alice.delete(&format!("{}/versions/2.0", at("v.txt"))).await.error(400, "invalidRequest");
    let unknown = alice.post(&format!("{}/versions/1.0/restoreVersion", at("v.txt")), &json!({"x": 1})).await;
    assert_eq!(unknown.error(400, "invalidRequest")["target"], "x");
    alice.get(&format!("{}/versions", at("Reports"))).await.error(400, "notSupported");
    assert_eq!(versions(&alice, &at("v.txt")).await, ["2.0", "1.0"]);
    alice.delete(&format!("{}/versions/1.0", at("v.txt"))).await.expect(204);
    assert_eq!(versions(&alice, &at("v.txt")).await, ["2.0"]);
}

#[tokio::test]
async fn e26_as_many_are_kept_as_the_settings_say() {
    let server = TestServer::start_with(|config| config.limits.versions = 2).await;
    let alice = server.alice();
    for content in ["a", "b", "c", "d"] {
        put(&alice, "v.txt", content).await;
    }
    assert_eq!(versions(&alice, &at("v.txt")).await, ["4.0", "3.0", "2.0"]);
    alice.post(&format!("{}/versions/2.0/restoreVersion", at("v.txt")), &json!({})).await.expect(204);
    assert_eq!(versions(&alice, &at("v.txt")).await, ["5.0", "4.0", "3.0"]);
    assert_eq!(bytes(&alice, &format!("{}/content", at("v.txt"))).await, "b");
}

#[tokio::test]
async fn e26_readers_see_versions_and_change_none() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    put(&alice, "v.txt", "first").await;
    let item = id(&put(&alice, "v.txt", "second").await);
    let drive = &server.person(ALICE).drive.id;
    let item = format!("/v1.0/drives/{drive}/items/{item}");
    bob.get(&format!("{item}/versions")).await.error(404, "itemNotFound");
    server.grant(&item, BOB, Role::Read).await;
    assert_eq!(versions(&bob, &item).await, ["2.0", "1.0"]);
    assert_eq!(bytes(&bob, &format!("{item}/versions/1.0/content")).await, "first");
    bob.delete(&format!("{item}/versions/1.0")).await.error(403, "accessDenied");
    bob.post(&format!("{item}/versions/1.0/restoreVersion"), &json!({})).await.error(403, "accessDenied");
    assert_eq!(versions(&alice, &item).await.len(), 2);
}

#[tokio::test]
async fn p03_by_way_of_a_link_there_are_no_versions() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    put(&alice, "v.txt", "what was written in anger").await;
    let item = id(&put(&alice, "v.txt", "kind words").await);
    let shared = edit(&alice, "v.txt").await;
    let carried = link(&alice, "v.txt", json!({"type": "edit", "scope": "organization"})).await;
    let ordinary = format!("/v1.0/drives/{}/items/{item}", server.person(ALICE).drive.id);
    bob.with("prefer", "redeemSharingLink").get(&carried.graph("")).await.expect(200);
    bob.get(&ordinary).await.expect(200);
    for (who, item) in [
        (server.anonymous(), shared.graph("")),
        (bob.clone(), shared.graph("")),
        (bob.with("prefer", "redeemSharingLink"), carried.graph("")),
        (bob, ordinary),
    ] {
        for tail in ["versions", "versions/1.0", "versions/1.0/content", "versions/2.0/content"] {
            who.get(&format!("{item}/{tail}")).await.error(404, "itemNotFound");
        }
        who.delete(&format!("{item}/versions/1.0")).await.error(404, "itemNotFound");
        who.post(&format!("{item}/versions/1.0/restoreVersion"), &json!({})).await.error(404, "itemNotFound");
    }
    assert_eq!(versions(&alice, &at("v.txt")).await, ["2.0", "1.0"]);
}
