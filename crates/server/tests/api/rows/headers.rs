//! Request headers (HDR-01 to HDR-17) and what every answer says of itself (5.2).

use serde_json::{Value, json};

use crate::steps::{at, link, location, put};
use crate::support::TestServer;
use crate::support::sharing::{ALICE, BOB};

/// HDR-01: a bearer token for everything but the addresses that are a credential themselves.
#[tokio::test]
async fn hdr_01_everything_but_a_download_takes_a_token() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    put(&alice, "plan.txt", "x").await;
    let ticket = location(&alice.get(&format!("{}/content", at("plan.txt"))).await);
    stranger.get(&ticket).await.expect(200);
    for path in [at("plan.txt"), format!("{}/content", at("plan.txt")), format!("{}/permissions", at("plan.txt"))] {
        let answer = stranger.get(&path).await;
        answer.error(401, "InvalidAuthenticationToken");
        assert!(answer.header("www-authenticate").starts_with("Bearer"));
    }
}

/// HDR-02: a body is JSON, or 415.
#[tokio::test]
async fn hdr_02_a_body_is_json() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    for call in ["createLink", "invite"] {
        let answer = alice.send(reqwest::Method::POST, &format!("{item}/{call}"), "text/plain", "{\"a\":1}").await;
        assert_eq!(answer.error(415, "invalidRequest")["target"], "Content-Type");
    }
    alice.send(reqwest::Method::PATCH, &item, "application/xml", "<name/>").await.error(415, "invalidRequest");
}

/// HDR-03: tags stand in quotes and are compared to the letter; 412 where they guard, 304 where they ask.
#[tokio::test]
async fn hdr_03_tags_are_compared_to_the_letter() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let tag = alice.get(&item).await.json()["eTag"].as_str().unwrap().to_owned();
    let turned: String = tag
        .chars()
        .map(|c| if c.is_ascii_uppercase() { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() })
        .collect();
    assert_ne!(turned, tag);
    alice.with("if-none-match", &tag).get(&item).await.expect(304);
    alice.with("if-none-match", &turned).get(&item).await.expect(200);
    let change = json!({ "description": "x" });
    alice.with("if-match", &turned).patch(&item, &change).await.error(412, "resourceModified");
    let bare = alice.with("if-match", tag.trim_matches('"')).patch(&item, &change).await.error(400, "invalidRequest");
    assert_eq!(bare["innerError"]["code"], "malformedEntityTag");
    alice.with("if-match", &tag).patch(&item, &change).await.expect(200);
}

/// HDR-04, HDR-05: the two preferences for redeeming, each said back in `Preference-Applied` where it was honoured.
#[tokio::test]
async fn hdr_04_hdr_05_the_preferences_for_redeeming() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let item = put(&alice, "plan.txt", "x").await;
    let shared = link(&alice, "plan.txt", json!({ "scope": "organization" })).await;
    let plain = format!("/v1.0/drives/{}/items/{}", server.person(ALICE).drive.id, item["id"].as_str().unwrap());
    for (word, lasts) in [("redeemSharingLinkIfNecessary", false), ("redeemSharingLink", true)] {
        let answer = server.bob().with("prefer", word).get(&shared.graph("")).await.expect(200);
        assert_eq!(answer.header("preference-applied"), word);
        server.bob().get(&plain).await.expect(if lasts { 200 } else { 404 });
    }
}

/// HDR-06 to HDR-10, HDR-13 to HDR-16: preferences that nothing here answers to change nothing and are never said to have
/// been applied: the answer is whole, and there is nothing to go past, to wait for or to leave out.
#[tokio::test]
async fn hdr_07_hdr_08_hdr_09_hdr_10_hdr_13_hdr_15_hdr_16_preferences_that_change_nothing() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let whole = alice.patch(&item, &json!({ "description": "the same" })).await.expect(200).json();
    for preference in [
        "bypass-shared-lock",
        "respond-async",
        "include-unknown-enum-members",
        "return=minimal",
        "includesecuritywebhooks",
        "nonDurableRedeem",
        "hierarchicalsharing, deltashowsharingchanges",
    ] {
        let preferring = alice.with("prefer", preference);
        let answer = preferring.patch(&item, &json!({ "description": "the same" })).await.expect(200);
        assert!(answer.header("preference-applied").is_empty(), "{preference}");
        assert_eq!(answer.json()["id"], whole["id"], "{preference}");
        assert!(preferring.share(&item, &json!({})).await.json()["link"].is_object(), "{preference}");
    }
    alice.with("consistencylevel", "eventual").get(&item).await.expect(200);
    let link = alice.view_link(&item).await;
    alice
        .with("prefer", "bypass-shared-lock")
        .delete(&format!("{item}/permissions/{}", link["id"].as_str().unwrap()))
        .await
        .expect(204);
    alice.with("prefer", "bypass-shared-lock").delete(&item).await.expect(204);
}

/// HDR-11, HDR-12: the client's id for a request comes back, in the header and in errors, whether the echo is asked for or
/// not; without one it is ours.
#[tokio::test]
async fn hdr_11_hdr_12_the_clients_request_id_comes_back() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let given = "0f3d7a30-1111-4222-8333-444455556666";
    for actor in [
        alice.with("client-request-id", given),
        alice.with("client-request-id", given).with("return-client-request-id", "true"),
    ] {
        assert_eq!(actor.get("/v1.0/me/drive").await.expect(200).header("client-request-id"), given);
        let absent = actor.get(&at("nothing.txt")).await;
        assert_eq!(absent.header("client-request-id"), given);
        let error = absent.error(404, "itemNotFound");
        assert_eq!(error["innerError"]["client-request-id"], given);
        assert_eq!(error["innerError"]["request-id"], absent.header("request-id"));
    }
    let silent = alice.get("/v1.0/me/drive").await;
    assert_eq!(silent.header("client-request-id"), silent.header("request-id"));
}

/// HDR-17, ODATA-14: whatever metadata is asked for, the answer has the minimal ones and says so; sizes are numbers.
#[tokio::test]
async fn hdr_17_odata_14_answers_say_what_metadata_they_have() {
    let server = TestServer::start().await;
    let alice = server.alice();
    for accept in [
        "application/json",
        "application/json;odata.metadata=none",
        "application/json;odata.metadata=full;IEEE754Compatible=true",
        "*/*",
        "text/html",
    ] {
        for path in ["/v1.0/me/drive", "/v1.0/me/drive/root:/Welcome.txt:"] {
            let answer = alice.with("accept", accept).get(path).await.expect(200);
            let said =
                "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";
            assert_eq!(answer.header("content-type"), said, "{accept}");
            assert_eq!(answer.header("odata-version"), "4.0");
            let body = answer.json();
            let number: &Value = if path.ends_with("drive") { &body["quota"]["total"] } else { &body["size"] };
            assert!(number.is_i64(), "{number}");
            assert!(body["@odata.context"].as_str().unwrap().contains("/$metadata#"));
        }
    }
    // An error is JSON as well, for whoever asks.
    server.user(BOB, "").with("accept", "text/html").get("/v1.0/me/drive").await.error(403, "accessDenied");
}
