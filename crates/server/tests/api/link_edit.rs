//! Edit links: what their holders may change, and what they may not.

use serde_json::json;

use crate::steps::{at, edit, id, link, names, put, view};
use crate::support::TestServer;
use data_encoding::{BASE64, BASE64URL_NOPAD};

#[tokio::test]
async fn an_edit_link_replaces_the_content_by_share_id_and_by_encoded_url() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    let item = put(&alice, "draft.txt", "first").await;
    let shared = edit(&alice, "draft.txt").await;
    let replaced = stranger.put(&shared.graph("/content"), "second").await.expect(200).json();
    assert_eq!(id(&replaced), id(&item));
    assert!(replaced["lastModifiedBy"].is_null(), "a stranger has no name: {replaced}");
    let padded = BASE64.encode(shared.url.as_bytes()).replace('/', "%2F");
    for key in [
        format!("u!{}", BASE64URL_NOPAD.encode(shared.url.as_bytes())),
        format!("u!{}", BASE64URL_NOPAD.encode(shared.url.trim_end_matches('/').as_bytes())),
        format!("u!{padded}"),
    ] {
        let content = format!("by {key}");
        stranger.put(&format!("/v1.0/shares/{key}/driveItem/content"), content.clone()).await.expect(200);
        let read = stranger.get(&format!("{}?download=1", shared.page())).await.expect(200);
        assert_eq!(read.text(), content);
        stranger.put(&format!("/v1.0/shares/{key}/root/content"), "by root").await.expect(200);
    }
    assert!(stranger.get(&shared.url).await.expect(200).text().contains("can edit this file"));
}

#[tokio::test]
async fn keys_that_are_none_are_a_mistake_and_those_of_other_hosts_too() {
    let server = TestServer::start().await;
    let stranger = server.anonymous();
    let foreign = BASE64URL_NOPAD.encode(b"https://elsewhere.example/s/token/");
    for key in ["nonsense", "s!", "u!", "u!***", &format!("u!{foreign}")] {
        stranger.get(&format!("/v1.0/shares/{key}/driveItem")).await.error(400, "invalidRequest");
    }
    stranger.get("/v1.0/shares/s!AAAA/driveItem").await.error(404, "itemNotFound");
}

#[tokio::test]
async fn a_view_link_changes_nothing() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    put(&alice, "Hold/draft.txt", "first").await;
    let (file, folder) = (view(&alice, "Hold/draft.txt").await, view(&alice, "Hold").await);
    stranger.put(&file.graph("/content"), "second").await.error(403, "accessDenied");
    stranger.put(&folder.graph(":/draft.txt:/content"), "second").await.error(403, "accessDenied");
    stranger.put(&folder.graph(":/new.txt:/content"), "second").await.error(403, "accessDenied");
    stranger.put(&folder.graph(":/New/new.txt:/content"), "second").await.error(403, "accessDenied");
    stranger.post(&folder.graph("/children"), &json!({"name": "New", "folder": {}})).await.error(403, "accessDenied");
    stranger.patch(&folder.graph(":/draft.txt:"), &json!({"name": "x"})).await.error(403, "accessDenied");
    stranger.delete(&folder.graph(":/draft.txt:")).await.error(403, "accessDenied");
    assert_eq!(names(&alice.get(&format!("{}/children", at("Hold"))).await.expect(200).json()), ["draft.txt"]);
    assert_eq!(alice.get(&at("Hold/draft.txt")).await.expect(200).json()["size"], 5);
}

#[tokio::test]
async fn the_shared_item_itself_keeps_its_name_its_place_and_its_life() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    put(&alice, "Hold/draft.txt", "first").await;
    let (file, folder) = (edit(&alice, "Hold/draft.txt").await, edit(&alice, "Hold").await);
    for shared in [&file, &folder] {
        stranger.patch(&shared.graph(""), &json!({"name": "mine"})).await.error(403, "accessDenied");
        let up = json!({"parentReference": {"id": "root"}});
        stranger.patch(&shared.graph(""), &up).await.error(403, "accessDenied");
        stranger.delete(&shared.graph("")).await.error(403, "accessDenied");
    }
    alice.get(&at("Hold/draft.txt")).await.expect(200);
}

#[tokio::test]
async fn below_an_edited_folder_things_are_made_renamed_moved_and_deleted() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    put(&alice, "Hold/draft.txt", "first").await;
    put(&alice, "outside.txt", "x").await;
    let shared = edit(&alice, "Hold").await;
    let made = stranger.put(&shared.graph(":/New/Deck/a.txt:/content"), "a").await.expect(201).json();
    assert!(made["createdBy"].is_null(), "{made}");
    let folder = stranger.post(&shared.graph("/children"), &json!({"name": "Box", "folder": {}})).await.expect(201);
    let below = |item: &str| format!("/v1.0/shares/{}/items/{item}", shared.share_id);
    let to = json!({"name": "b.txt", "parentReference": {"id": id(&folder.json())}});
    let moved = stranger.patch(&below(&id(&made)), &to).await.expect(200).json();
    assert_eq!(moved["name"], "b.txt");
    assert_eq!(id(&alice.get(&at("Hold/Box/b.txt")).await.expect(200).json()), id(&made));
    let root = server.person("alice@harbour.example").drive.root.to_string();
    for out in [
        json!({"id": "root"}),
        json!({"id": root}),
        json!({"path": "/drive/root"}),
        json!({"path": "/drive/root:/Reports"}),
    ] {
        let answer = stranger.patch(&below(&id(&made)), &json!({"parentReference": out})).await;
        answer.error(404, "itemNotFound");
    }
    stranger.delete(&below(&id(&made))).await.expect(204);
    alice.get(&at("Hold/Box/b.txt")).await.error(404, "itemNotFound");
    let outside = id(&alice.get(&at("outside.txt")).await.expect(200).json());
    stranger.delete(&below(&outside)).await.error(404, "itemNotFound");
    stranger.put(&format!("{}/content", below(&outside)), "y").await.error(404, "itemNotFound");
}

#[tokio::test]
async fn an_edit_link_ends_between_two_writes() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    put(&alice, "draft.txt", "first").await;
    let shared = edit(&alice, "draft.txt").await;
    stranger.put(&shared.graph("/content"), "second").await.expect(200);
    crate::steps::revoke(&alice, "draft.txt", &shared).await;
    stranger.put(&shared.graph("/content"), "third").await.error(404, "itemNotFound");
    assert_eq!(alice.get(&at("draft.txt")).await.expect(200).json()["size"], 6);
}

#[tokio::test]
async fn a_password_guards_writing_as_well() {
    let server = TestServer::start().await;
    let (pat, stranger) = (server.pat(), server.anonymous());
    put(&pat, "draft.txt", "first").await;
    let body = json!({"type": "edit", "scope": "anonymous", "password": "harbour"});
    let shared = link(&pat, "draft.txt", body).await;
    stranger.put(&shared.graph("/content"), "second").await.error(401, "InvalidAuthenticationToken");
    let knowing = stranger.with("driveway-link-password", "harbour");
    knowing.put(&shared.graph("/content"), "second").await.expect(200);
}
