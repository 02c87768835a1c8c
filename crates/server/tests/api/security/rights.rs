//! What a link is worth: never more than its creator's right, and never longer.

use serde_json::json;

use crate::steps::{at, edit, id, link_at, location, put, revoke, view};
use crate::support::TestServer;

fn in_group(server: &TestServer, rest: &str) -> String {
    format!("/v1.0/drives/{}/{rest}", server.demo.group.id)
}

#[tokio::test]
async fn p07_a_link_to_an_item_follows_the_item_and_not_its_path() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    put(&alice, "Hold/a.txt", "mine").await;
    let shared = edit(&alice, "Hold/a.txt").await;
    alice.patch(&at("Hold/a.txt"), &json!({"name": "b.txt", "parentReference": {"id": "root"}})).await.expect(200);
    put(&alice, "Hold/a.txt", "not shared").await;
    assert_eq!(stranger.get(&format!("{}?download=1", shared.page())).await.expect(200).text(), "mine");
    for (verb, path) in [("PATCH", "/../a.txt"), ("DELETE", "/%2E%2E/a.txt"), ("PUT", ":/..%2Fa.txt:/content")] {
        let method = reqwest::Method::from_bytes(verb.as_bytes()).unwrap();
        let answer = stranger.send(method, &shared.graph(path), "application/json", "{\"name\":\"x\"}").await;
        assert!(answer.status.is_client_error(), "{verb} {path}: {}", answer.status);
    }
    assert_eq!(alice.get(&at("Hold/a.txt")).await.expect(200).json()["size"], 10);
}

#[tokio::test]
async fn p09_p10_a_link_is_worth_no_more_than_its_creators_right_at_this_moment() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    let group_drive = server.demo.group.clone();
    let root = group_drive.root;
    let made = alice.put(&in_group(&server, "root:/shared.txt:/content"), "x").await.expect(201).json();
    let address = in_group(&server, &format!("items/{}", id(&made)));
    let shared = link_at(&alice, &address, json!({"type": "edit", "scope": "anonymous"})).await;
    stranger.put(&shared.graph("/content"), "changed").await.expect(200);
    let ticket = location(&stranger.get(&shared.graph("/content")).await);

    // The members' grant goes: alice may no longer write there, and no longer share.
    let tenant_grants = server.app.db.read(move |tx| tx.permissions_of(root)).await.unwrap();
    for grant in tenant_grants {
        if grant.role() < driveway_core::permission::Role::Owner {
            server.app.db.write(move |tx| tx.delete_permission(grant.id)).await.unwrap();
        }
    }
    alice.get(&address).await.error(404, "itemNotFound");
    stranger.get(&shared.url).await.expect(404);
    stranger.get(&shared.graph("")).await.error(404, "itemNotFound");
    stranger.put(&shared.graph("/content"), "again").await.error(404, "itemNotFound");
    stranger.get(&ticket).await.error(404, "itemNotFound");
}

#[tokio::test]
async fn p10_a_disabled_creator_or_application_takes_its_links_along() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    put(&alice, "a.txt", "x").await;
    let shared = view(&alice, "a.txt").await;
    let (user, application) = (server.person("alice@harbour.example").user.id, server.application_id(0));
    let db = &server.app.db;
    stranger.get(&shared.url).await.expect(200);
    db.write(move |tx| tx.set_user_enabled(user, false)).await.unwrap();
    stranger.get(&shared.url).await.expect(404);
    stranger.get(&shared.graph("")).await.error(404, "itemNotFound");
    db.write(move |tx| tx.set_user_enabled(user, true)).await.unwrap();
    stranger.get(&shared.url).await.expect(200);
    db.write(move |tx| tx.set_application_enabled(application, false)).await.unwrap();
    stranger.get(&shared.url).await.expect(404);
}

#[tokio::test]
async fn p11_nobody_makes_a_link_on_what_they_may_only_read() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    put(&alice, "a.txt", "x").await;
    let shared = view(&alice, "a.txt").await;
    for kind in ["view", "edit"] {
        let body = json!({"type": kind, "scope": "anonymous"});
        bob.post(&shared.graph("/createLink"), &body).await.error(403, "accessDenied");
        let stranger = server.anonymous().post(&shared.graph("/createLink"), &body).await;
        assert!(matches!(stranger.status.as_u16(), 401 | 403), "{}", stranger.text());
    }
}

#[tokio::test]
async fn p12_a_new_item_under_an_old_name_is_not_the_shared_one() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    let nothing = alice.post(&format!("{}/createLink", at("later.txt")), &json!({"type": "view"})).await;
    nothing.error(404, "itemNotFound");
    put(&alice, "a.txt", "old").await;
    let shared = view(&alice, "a.txt").await;
    alice.delete(&at("a.txt")).await.expect(204);
    put(&alice, "a.txt", "new").await;
    stranger.get(&shared.url).await.expect(404);
    stranger.get(&shared.graph("/content")).await.error(404, "itemNotFound");
}

#[tokio::test]
async fn p13_nobody_else_takes_a_link_away() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    let item = id(&put(&alice, "a.txt", "x").await);
    let shared = view(&alice, "a.txt").await;
    let drive = &server.person("alice@harbour.example").drive.id;
    let permission = format!("/v1.0/drives/{drive}/items/{item}/permissions/{}", shared.id);
    server.bob().delete(&permission).await.error(404, "itemNotFound");
    server.admin().delete(&permission).await.error(404, "itemNotFound");
    stranger.delete(&permission).await.error(401, "InvalidAuthenticationToken");
    let by_link = stranger.delete(&shared.graph(&format!("/permissions/{}", shared.id))).await;
    assert!(matches!(by_link.status.as_u16(), 401 | 403), "{}", by_link.text());
    stranger.get(&shared.url).await.expect(200);
}

#[tokio::test]
async fn p24_a_token_never_comes_back() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    put(&alice, "a.txt", "x").await;
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..20 {
        let shared = view(&alice, "a.txt").await;
        assert!(seen.insert(shared.token.clone()), "a token of a dead link");
        revoke(&alice, "a.txt", &shared).await;
        stranger.get(&shared.url).await.expect(404);
    }
}

#[tokio::test]
async fn p37_tokens_are_long_and_share_nothing_that_could_be_guessed() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let mut tails = std::collections::BTreeSet::new();
    let mut counts = std::collections::BTreeMap::<char, usize>::new();
    for n in 0..40 {
        put(&alice, &format!("{n}.txt"), "").await;
        let token = view(&alice, &format!("{n}.txt")).await.token;
        assert_eq!(token.len(), 48);
        let tail = token[24..].to_owned();
        tail.chars().for_each(|c| *counts.entry(c).or_default() += 1);
        assert!(tails.insert(tail));
    }
    // 960 characters of 64 kinds: about 15 of each. None missing would be luck; a lopsided source shows at once.
    assert!(counts.len() > 55 && counts.values().all(|count| *count < 45), "{counts:?}");
}
