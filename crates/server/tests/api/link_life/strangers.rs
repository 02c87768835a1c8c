//! Who may manage a link: its maker and the item's owners. For all others it isn't there.

use driveway_core::permission::Role;
use serde_json::json;

use super::{look, managed, set};
use crate::steps::{link_at, put, view};
use crate::support::sharing::{ALICE, BOB};
use crate::support::{Answer, TestServer};

/// What a stranger can tell of an answer.
fn seen(answer: &Answer) -> (u16, String) {
    let mut body = answer.json();
    for own in ["date", "request-id", "client-request-id"] {
        body["error"]["innerError"].as_object_mut().unwrap().remove(own);
    }
    (answer.status.as_u16(), body.to_string())
}

#[tokio::test]
async fn p13_for_everybody_else_a_link_is_like_one_that_never_was() {
    let server = TestServer::start().await;
    let item = server.item(ALICE, "Reports");
    let made = link_at(&server.alice(), &item, json!({"type": "edit", "scope": "organization"})).await;
    let unknown = "/driveway/v1/links/0193a7c2-8c1e-7d0a-9f55-2b1f5e6a7c90";
    // A colleague who may even use the link, somebody of another organization, an administrator who owns nothing here.
    for other in [server.bob(), server.pat(), server.admin()] {
        for (verb, body) in [("GET", ""), ("PATCH", "{\"enabled\":false}"), ("DELETE", "")] {
            let method = reqwest::Method::from_bytes(verb.as_bytes()).unwrap();
            let real = other.send(method.clone(), &managed(&made), "application/json", body).await;
            real.error(404, "itemNotFound");
            let never = other.send(method, unknown, "application/json", body).await;
            assert_eq!(seen(&real), seen(&never), "{verb}");
        }
    }
    assert_eq!(look(&server.alice(), &made).await["state"], "live");
}

#[tokio::test]
async fn without_a_token_or_with_a_narrow_one_nothing_is_told() {
    let server = TestServer::start().await;
    let item = server.item(ALICE, "Reports");
    let made = link_at(&server.alice(), &item, json!({"type": "view", "scope": "anonymous"})).await;
    let unknown = "/driveway/v1/links/0193a7c2-8c1e-7d0a-9f55-2b1f5e6a7c90";
    for path in [managed(&made).as_str(), unknown, "/driveway/v1/links/nonsense"] {
        server.anonymous().get(path).await.error(401, "InvalidAuthenticationToken");
        server.anonymous().patch(path, &json!({"nonsense": 1})).await.error(401, "InvalidAuthenticationToken");
        server.anonymous().delete(path).await.error(401, "InvalidAuthenticationToken");
    }
    let narrow = server.user(ALICE, "User.Read");
    let reader = server.user(ALICE, "Files.Read.All");
    for path in [managed(&made).as_str(), unknown] {
        narrow.get(path).await.error(403, "accessDenied");
        reader.patch(path, &json!({"enabled": false})).await.error(403, "accessDenied");
        reader.delete(path).await.error(403, "accessDenied");
    }
    // Who may only read sees the link without its secrets.
    let shown = reader.get(&managed(&made)).await.expect(200).json();
    assert!(shown["permission"].get("shareId").is_none() && shown["permission"]["link"].get("webUrl").is_none());
    let verbs = server.alice().post(&managed(&made), &json!({})).await;
    assert_eq!((verbs.status.as_u16(), verbs.header("allow")), (405, "GET, PATCH, DELETE"));
}

#[tokio::test]
async fn makers_and_owners_manage_a_link_and_who_lost_the_item_lost_it_too() {
    let server = TestServer::start().await;
    let (alice, bob, item) = (server.alice(), server.bob(), server.item(ALICE, "Reports"));
    let grant = server.grant(&item, BOB, Role::Write).await;
    let made = link_at(&bob, &item, json!({"type": "view", "scope": "anonymous"})).await;
    set(&bob, &made, json!({"name": "Bob's"})).await;
    set(&alice, &made, json!({"enabled": false})).await;
    set(&bob, &made, json!({"enabled": true})).await;
    // P09: the maker has become a reader. The link is dead and nothing that he does revives it.
    server.withdraw(&grant).await;
    let read = server.grant(&item, BOB, Role::Read).await;
    bob.patch(&managed(&made), &json!({"enabled": true})).await.error(403, "accessDenied");
    server.anonymous().get(&made.url).await.expect(404);
    server.withdraw(&read).await;
    bob.get(&managed(&made)).await.error(404, "itemNotFound");
    alice.delete(&managed(&made)).await.expect(204);
    alice.get(&managed(&made)).await.error(404, "itemNotFound");
    alice.delete(&managed(&made)).await.error(404, "itemNotFound");
}

#[tokio::test]
async fn a_removed_link_and_a_removed_item_are_gone_for_their_maker_too() {
    let server = TestServer::start().await;
    let pat = server.pat();
    put(&pat, "a.txt", "x").await;
    let made = view(&pat, "a.txt").await;
    pat.delete(&crate::steps::at("a.txt")).await.expect(204);
    pat.get(&managed(&made)).await.error(404, "itemNotFound");
    pat.patch(&managed(&made), &json!({"enabled": true})).await.error(404, "itemNotFound");
}

#[tokio::test]
async fn a_grant_is_no_link() {
    let server = TestServer::start().await;
    let item = server.item(ALICE, "Reports");
    let grant = server.grant(&item, BOB, Role::Write).await;
    server.alice().get(&format!("/driveway/v1/links/{grant}")).await.error(404, "itemNotFound");
    server.alice().delete(&format!("/driveway/v1/links/{grant}")).await.error(404, "itemNotFound");
}
