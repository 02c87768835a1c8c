//! Check-out and check-in on document libraries.

use driveway_core::permission::Role;
use serde_json::{Value, json};

use super::{bytes, versions};
use crate::steps::{Link, id, link_at, put};
use crate::support::sharing::{ALICE, BOB};
use crate::support::{Actor, TestServer};

/// A file of the group's library, by its id, and an anonymous link to change it.
async fn plant(server: &TestServer) -> (String, Link) {
    let drive = &server.demo.group.id;
    let made = server.alice().put(&format!("/v1.0/drives/{drive}/root:/plan.txt:/content"), "checked in").await;
    let item = format!("/v1.0/drives/{drive}/items/{}", id(&made.expect(201).json()));
    let link = link_at(&server.alice(), &item, json!({"type": "edit", "scope": "anonymous"})).await;
    (item, link)
}

async fn act(actor: &Actor, item: &str, action: &str) -> crate::support::Answer {
    actor.post(&format!("{item}/{action}"), &json!({})).await
}

async fn publication(actor: &Actor, item: &str) -> Value {
    actor.get(&format!("{item}?$select=publication")).await.expect(200).json()["publication"].clone()
}

#[tokio::test]
async fn amb_59_cl_29_everybody_else_sees_what_was_last_checked_in() {
    let server = TestServer::start().await;
    let (alice, bob, stranger) = (server.alice(), server.bob(), server.anonymous());
    let (item, link) = plant(&server).await;
    let before = bob.get(&item).await.expect(200).json();
    act(&alice, &item, "checkout").await.expect(204);
    act(&alice, &item, "checkout").await.expect(204);
    alice.put(&format!("{item}/content"), "still at work on it").await.expect(200);

    let own = alice.get(&item).await.expect(200).json();
    assert_eq!(own["size"], 19);
    assert_ne!((&own["eTag"], &own["cTag"]), (&before["eTag"], &before["cTag"]));
    assert_eq!(bytes(&alice, &format!("{item}/content")).await, "still at work on it");
    let siblings = format!("/v1.0/drives/{}/root/children", server.demo.group.id);
    for (who, size) in [(&alice, 19), (&bob, 10)] {
        let list = who.get(&siblings).await.expect(200).json();
        let listed = list["value"].as_array().unwrap().iter().find(|listed| id(listed) == id(&own)).unwrap().clone();
        assert_eq!(listed["size"], size);
    }
    // The one who has it checked out sees no more by the link than its other holders do.
    for (who, item) in [(&bob, item.clone()), (&stranger, link.graph("")), (&alice, link.graph(""))] {
        let seen = who.get(&item).await.expect(200).json();
        for member in ["eTag", "cTag", "size", "file", "lastModifiedDateTime"] {
            assert_eq!(seen[member], before[member], "{member}");
        }
        assert_eq!(bytes(who, &format!("{item}/content")).await, "checked in");
    }
    assert_eq!(stranger.get(&format!("{}?download=1", link.page())).await.expect(200).text(), "checked in");
    assert_eq!(versions(&bob, &item).await, ["1.0"]);

    act(&alice, &item, "checkin").await.expect(204);
    assert_eq!(stranger.get(&format!("{}?download=1", link.page())).await.expect(200).text(), "still at work on it");
    assert_eq!(bytes(&bob, &format!("{item}/content")).await, "still at work on it");
    assert_eq!(versions(&bob, &item).await, ["2.0", "1.0"]);
    bob.put(&format!("{item}/content"), "free again").await.expect(200);
    assert_eq!(server.app.db.read(|tx| tx.check()).await.unwrap(), vec![]);
}

#[tokio::test]
async fn item_01_while_it_is_checked_out_nobody_else_changes_it() {
    let server = TestServer::start().await;
    let (alice, bob, stranger) = (server.alice(), server.bob(), server.anonymous());
    let (item, link) = plant(&server).await;
    alice.put(&format!("{item}/content"), "twice").await.expect(200);
    act(&alice, &item, "checkout").await.expect(204);
    for (who, item) in [(&bob, item.clone()), (&stranger, link.graph("")), (&alice, link.graph(""))] {
        who.put(&format!("{item}/content"), "x").await.error(423, "resourceLocked");
        who.patch(&item, &json!({"description": "x"})).await.error(423, "resourceLocked");
    }
    bob.patch(&item, &json!({"name": "x.txt"})).await.error(423, "resourceLocked");
    bob.delete(&item).await.error(423, "resourceLocked");
    bob.delete(&format!("{item}/versions/1.0")).await.error(423, "resourceLocked");
    act(&bob, &item, "versions/1.0/restoreVersion").await.error(423, "resourceLocked");
    for action in ["checkout", "checkin", "discardCheckout"] {
        act(&bob, &item, action).await.error(423, "resourceLocked");
    }
    // Nor does it go with a folder, or to make room.
    let drive = &server.demo.group.id;
    let other = bob.put(&format!("/v1.0/drives/{drive}/root:/Box/b.txt:/content"), "b").await.expect(201).json();
    let other = format!("/v1.0/drives/{drive}/items/{}", id(&other));
    let replace =
        json!({"name": "plan.txt", "parentReference": {"id": "root"}, "@microsoft.graph.conflictBehavior": "replace"});
    bob.patch(&other, &replace).await.error(423, "resourceLocked");
    let parent = json!({"parentReference": {"path": format!("/drives/{drive}/root:/Box")}});
    alice.patch(&item, &parent).await.expect(200);
    bob.delete(&format!("/v1.0/drives/{drive}/root:/Box:")).await.error(423, "resourceLocked");
    // The one who has it may do all of that.
    act(&alice, &item, "versions/1.0/restoreVersion").await.expect(204);
    assert_eq!(bytes(&alice, &format!("{item}/content")).await, "checked in");
    assert_eq!(bytes(&bob, &format!("{item}/content")).await, "twice");
    alice.delete(&format!("/v1.0/drives/{drive}/root:/Box:")).await.expect(204);
}

#[tokio::test]
async fn item_01_discarding_forgets_the_working_copy_and_owners_may_do_it() {
    let server = TestServer::start().await;
    let (alice, bob, admin) = (server.alice(), server.bob(), server.admin());
    let (item, _) = plant(&server).await;
    let before = bob.get(&item).await.expect(200).json();
    let mut tags = Vec::new();
    for who in [&alice, &admin] {
        act(&alice, &item, "checkout").await.expect(204);
        alice.put(&format!("{item}/content"), "never mind").await.expect(200);
        tags.push(alice.get(&item).await.expect(200).json()["cTag"].clone());
        act(who, &item, "discardCheckout").await.expect(204);
        let after = alice.get(&item).await.expect(200).json();
        assert_eq!((&after["eTag"], &after["size"]), (&before["eTag"], &before["size"]));
    }
    assert_ne!(tags[0], tags[1], "no tag comes twice");
    assert_eq!(versions(&alice, &item).await, ["1.0"]);
    for action in ["checkin", "discardCheckout"] {
        act(&alice, &item, action).await.error(400, "invalidRequest");
    }
    assert_eq!(server.app.db.read(|tx| tx.check()).await.unwrap(), vec![]);
}

#[tokio::test]
async fn item_01_check_in_takes_a_level_and_a_comment() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let (item, _) = plant(&server).await;
    act(&alice, &item, "checkout").await.expect(204);
    alice.put(&format!("{item}/content"), "second").await.expect(200);
    let check_in = format!("{item}/checkin");
    for (body, target) in [
        (json!({"checkInAs": "draft"}), "checkInAs"),
        (json!({"comment": "x".repeat(1024)}), "comment"),
        (json!({"comment": 1}), "comment"),
        (json!({"level": "published"}), "level"),
    ] {
        assert_eq!(alice.post(&check_in, &body).await.error(400, "invalidRequest")["target"], target);
    }
    alice.post(&check_in, &json!({"checkInAs": "published", "comment": "Numbers of May"})).await.expect(204);
    let list = alice.get(&format!("{item}/versions")).await.expect(200).json();
    assert_eq!(list["value"][0]["@driveway.comment"], "Numbers of May");
    assert!(list["value"][1].get("@driveway.comment").is_none());
    // A check-in without a change makes no version.
    act(&alice, &item, "checkout").await.expect(204);
    alice.post(&check_in, &json!({"checkInAs": ""})).await.expect(204);
    assert_eq!(versions(&alice, &item).await, ["2.0", "1.0"]);
}

#[tokio::test]
async fn the_publication_facet_is_told_on_request_and_names_nobody_by_way_of_a_link() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    let (item, link) = plant(&server).await;
    assert!(alice.get(&item).await.expect(200).json().get("publication").is_none());
    let published = json!({"level": "published", "versionId": "1.0"});
    assert_eq!(publication(&bob, &item).await, published);
    act(&alice, &item, "checkout").await.expect(204);
    for who in [&alice, &bob] {
        let told = publication(who, &item).await;
        assert_eq!((&told["level"], &told["versionId"]), (&json!("checkout"), &json!("1.0")));
        assert_eq!(told["checkedOutBy"]["user"]["displayName"], "Alice Harbour");
    }
    assert_eq!(publication(&server.anonymous(), &link.graph("")).await, published);
    assert_eq!(publication(&bob, &link.graph("")).await, published);
}

#[tokio::test]
async fn item_01_only_people_with_the_right_to_write_check_files_of_libraries_out() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    let (item, link) = plant(&server).await;
    // Personal and business drives have none of it, folders neither.
    put(&alice, "mine.txt", "x").await;
    let library = format!("/v1.0/drives/{}/root", server.demo.group.id);
    for action in ["checkout", "checkin", "discardCheckout"] {
        act(&alice, "/v1.0/me/drive/root:/mine.txt:", action).await.error(400, "notSupported");
        act(&alice, &library, action).await.error(400, "notSupported");
        act(&server.application("Files.ReadWrite.All"), &item, action).await.error(
            if action == "discardCheckout" { 400 } else { 403 },
            if action == "discardCheckout" { "invalidRequest" } else { "accessDenied" },
        );
        let unknown = alice.post(&format!("{item}/{action}"), &json!({"x": 1})).await;
        assert_eq!(unknown.error(400, "invalidRequest")["target"], "x");
    }
    act(&server.anonymous(), &link.graph(""), "checkout").await.error(403, "accessDenied");
    act(&bob, &link.graph(""), "checkout").await.error(403, "accessDenied");
    let pats = server.item("pat@personal.example", "Welcome.txt");
    act(&server.pat(), &pats, "checkout").await.error(400, "notSupported");
    // A reader may not.
    let mine = server.item(ALICE, "Welcome.txt");
    server.grant(&mine, BOB, Role::Read).await;
    act(&bob, &mine, "checkout").await.error(403, "accessDenied");
    assert_eq!(publication(&alice, &item).await["level"], "published");
}
