//! Sessions by way of links: those that edit, and those that only take files (P35).

use serde_json::json;

use super::{Session, bytes, content};
use crate::steps::{at, edit, id, link, names, put, revoke, view};
use crate::support::TestServer;

#[tokio::test]
async fn p35_by_an_edit_link_files_below_it_are_made_and_replaced() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    let old = put(&alice, "Hold/old.txt", "old").await;
    let shared = edit(&alice, "Hold").await;
    let session = Session::begin(&server, &stranger, &shared.graph(":/New/a.txt:"), &json!({})).await;
    session.put(&bytes(10), 0, 5).await.expect(202);
    let made = session.put(&bytes(10), 5, 10).await.expect(201).json();
    assert!(
        made["createdBy"].is_null() && made["parentReference"]["path"].as_str().unwrap().ends_with("/New"),
        "{made}"
    );
    let session = Session::begin(&server, &stranger, &shared.graph(":/old.txt:"), &json!({})).await;
    assert_eq!(id(&session.put(b"new", 0, 3).await.expect(200).json()), id(&old));
    let file = edit(&alice, "Hold/old.txt").await;
    let session = Session::begin(&server, &stranger, &file.graph(""), &json!({})).await;
    session.put(b"newer", 0, 5).await.expect(200);
    assert_eq!(content(&alice, &at("Hold/old.txt")).await, b"newer");
}

#[tokio::test]
async fn p35_a_view_link_begins_no_session_and_none_reaches_beside_the_shared_item() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    put(&alice, "Hold/a.txt", "x").await;
    let outside = id(&put(&alice, "outside.txt", "x").await);
    let (looking, editing) = (view(&alice, "Hold").await, edit(&alice, "Hold").await);
    let begin = |address: String| format!("{address}/createUploadSession");
    for address in [":/a.txt:", ":/b.txt:", ":/New/b.txt:"] {
        stranger.post(&begin(looking.graph(address)), &json!({})).await.error(403, "accessDenied");
    }
    let beside = format!("/v1.0/shares/{}/items/{outside}", editing.share_id);
    stranger.post(&begin(beside), &json!({})).await.error(404, "itemNotFound");
    stranger.post(&begin(at("Hold/a.txt")), &json!({})).await.error(401, "InvalidAuthenticationToken");
}

#[tokio::test]
async fn p35_p10_a_session_ends_with_its_link_between_two_fragments() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    put(&alice, "Hold/a.txt", "x").await;
    let shared = edit(&alice, "Hold").await;
    let session = Session::begin(&server, &stranger, &shared.graph(":/b.txt:"), &json!({})).await;
    session.put(&bytes(10), 0, 5).await.expect(202);
    revoke(&alice, "Hold", &shared).await;
    session.put(&bytes(10), 5, 6).await.error(404, "itemNotFound");
    session.put(&bytes(10), 5, 10).await.error(404, "itemNotFound");
    session.commit().await.error(400, "invalidRequest");
    alice.get(&at("Hold/b.txt")).await.error(404, "itemNotFound");
    // What came may still be thrown away.
    session.cancel().await.expect(204);
}

#[tokio::test]
async fn p35_a_drop_link_session_cannot_read_list_overwrite_or_delete() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    put(&alice, "Box/secret.txt", "secret").await;
    let drop = link(&alice, "Box", json!({"type": "createOnly", "scope": "anonymous"})).await;
    let say = json!({"item": {"@microsoft.graph.conflictBehavior": "replace"}});
    let session = Session::begin(&server, &stranger, &drop.graph(":/secret.txt:"), &say).await;
    let told = session.put(b"mine!", 0, 3).await.expect(202).text() + &session.status().await.expect(200).text();
    assert!(!told.contains("secret") && !told.contains("Box"), "{told}");
    let receipt = session.put(b"mine!", 3, 5).await.expect(201).json();
    let again = session.put(b"mine!", 3, 5).await.expect(200).json();
    assert_eq!(id(&receipt), id(&again));
    for receipt in [&receipt, &again] {
        assert!(receipt["name"].is_null() && receipt["parentReference"].is_null(), "{receipt}");
        assert!(receipt["@microsoft.graph.downloadUrl"].is_null() && receipt["webUrl"].is_null(), "{receipt}");
    }
    session.cancel().await.error(404, "itemNotFound");
    assert_eq!(content(&alice, &at("Box/secret.txt")).await, b"secret");
    let listed = names(&alice.get(&format!("{}/children", at("Box"))).await.json());
    assert_eq!(listed, ["secret 1.txt", "secret.txt"]);
    let secret = id(&alice.get(&at("Box/secret.txt")).await.json());
    for address in
        [drop.graph(""), drop.graph(":/New/a.txt:"), format!("/v1.0/shares/{}/items/{secret}", drop.share_id)]
    {
        stranger.post(&format!("{address}/createUploadSession"), &json!({})).await.error(403, "accessDenied");
    }
    let tagged = stranger.with("if-match", "*");
    tagged.post(&drop.graph(":/a.txt:/createUploadSession"), &json!({})).await.error(403, "accessDenied");
}

#[tokio::test]
async fn p35_a_password_is_asked_for_at_the_beginning_and_its_change_ends_the_session() {
    let server = TestServer::start().await;
    let (pat, stranger) = (server.pat(), server.anonymous());
    put(&pat, "Hold/a.txt", "x").await;
    let body = json!({"type": "edit", "scope": "anonymous", "password": "harbour"});
    let shared = link(&pat, "Hold", body).await;
    let path = shared.graph(":/b.txt:/createUploadSession");
    stranger.post(&path, &json!({})).await.error(401, "InvalidAuthenticationToken");
    let knowing = stranger.with("driveway-link-password", "harbour");
    let session = Session::begin(&server, &knowing, &shared.graph(":/b.txt:"), &json!({})).await;
    session.put(&bytes(10), 0, 5).await.expect(202);
    let changed = pat.patch(&format!("/driveway/v1/links/{}", shared.id), &json!({"password": "other pier"})).await;
    changed.expect(200);
    session.put(&bytes(10), 5, 10).await.error(404, "itemNotFound");
}

#[tokio::test]
async fn p35_by_an_organization_link_a_person_begins_and_anybody_with_the_url_goes_on() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    put(&alice, "Hold/a.txt", "x").await;
    let shared = link(&alice, "Hold", json!({"type": "edit", "scope": "organization"})).await;
    let redeeming = bob.with("prefer", "redeemSharingLinkIfNecessary");
    let session = Session::begin(&server, &redeeming, &shared.graph(":/b.txt:"), &json!({})).await;
    session.put(&bytes(10), 0, 5).await.expect(202);
    let made = session.put(&bytes(10), 5, 10).await.expect(201).json();
    let name = &server.person("bob@harbour.example").user.display_name;
    assert_eq!(made["createdBy"]["user"]["displayName"], name.as_str());
}
