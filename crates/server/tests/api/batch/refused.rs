//! What is wrong with a batch is refused whole, before any of its requests runs (MISC-01).

use reqwest::Method;
use serde_json::{Value, json};

use super::{batch, get, of, send};
use crate::support::TestServer;

/// A request that would show if any of the batch had run.
fn make() -> Value {
    json!({ "id": "make", "method": "POST", "url": "/me/drive/root/children", "body": { "name": "Made", "folder": {} } })
}

async fn nothing_was_made(server: &TestServer) {
    server.alice().get("/v1.0/me/drive/root:/Made:").await.error(404, "itemNotFound");
}

#[tokio::test]
async fn misc_01_what_is_wrong_with_a_batch_is_named_and_nothing_runs() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let url = |url: &str| json!({ "id": "x", "method": "GET", "url": url });
    for (part, target) in [
        (json!({ "method": "GET", "url": "/me" }), "requests[1].id"),
        (json!({ "id": 7, "method": "GET", "url": "/me" }), "requests[1].id"),
        (json!({ "id": "", "method": "GET", "url": "/me" }), "requests[1].id"),
        (json!({ "id": "x".repeat(129), "method": "GET", "url": "/me" }), "requests[1].id"),
        (json!({ "id": "MAKE", "method": "GET", "url": "/me" }), "requests[1].id"),
        (json!({ "id": "x", "url": "/me" }), "requests[1].method"),
        (json!({ "id": "x", "method": "TRACE", "url": "/me" }), "requests[1].method"),
        (json!({ "id": "x", "method": "HEAD", "url": "/me" }), "requests[1].method"),
        (json!({ "id": "x", "method": "GET" }), "requests[1].url"),
        (url("https://elsewhere.example/v1.0/me"), "requests[1].url"),
        (url("https://driveway.test/v1.0/me"), "requests[1].url"),
        (url("http://driveway.test.elsewhere.example/v1.0/me"), "requests[1].url"),
        (url("http://driveway.test/beta/me"), "requests[1].url"),
        (url("http://driveway.test/driveway/v1/links"), "requests[1].url"),
        (url("http://driveway.test/v1.0//elsewhere.example"), "requests[1].url"),
        (url("http://driveway.test/v1.0/$batch"), "requests[1].url"),
        (url("//elsewhere.example/me"), "requests[1].url"),
        (url("/$batch"), "requests[1].url"),
        (url("/%24batch"), "requests[1].url"),
        (url("//$batch"), "requests[1].url"),
        (url("/./$batch?x=1"), "requests[1].url"),
        (url("/me/drive/root:/a b:"), "requests[1].url"),
        (json!({ "id": "x", "method": "GET", "url": "/me", "headers": "x" }), "requests[1].headers"),
        (json!({ "id": "x", "method": "GET", "url": "/me", "headers": { "a": 1 } }), "requests[1].headers"),
        (json!({ "id": "x", "method": "GET", "url": "/me", "headers": { "a b": "c" } }), "requests[1].headers"),
        (json!({ "id": "x", "method": "GET", "url": "/me", "headers": { "a": "b\r\nc: d" } }), "requests[1].headers"),
        (json!({ "id": "x", "method": "GET", "url": "/me", "body": "no base64!" }), "requests[1].body"),
        (json!({ "id": "x", "method": "GET", "url": "/me", "dependsOn": "make" }), "requests[1].dependsOn"),
        (json!({ "id": "x", "method": "GET", "url": "/me", "dependsOn": ["other"] }), "requests[1].dependsOn"),
        (json!({ "id": "x", "method": "GET", "url": "/me", "dependsOn": [1] }), "requests[1].dependsOn"),
        (json!({ "id": "x", "method": "GET", "url": "/me", "depends_on": ["other"] }), "requests[1].depends_on"),
        (json!({ "id": "x", "method": "GET", "url": "/me", "dependsOn": ["x"] }), "requests"),
        (json!({ "id": "x", "method": "GET", "url": "/me", "atomicityGroup": "g" }), "requests[1].atomicityGroup"),
        (json!("x"), "requests"),
    ] {
        let error = send(&alice, json!([make(), part])).await.error(400, "invalidRequest");
        assert_eq!(error["target"], target, "{part}");
    }
    let circle = json!([make(), { "id": "a", "method": "GET", "url": "/me", "dependsOn": ["b"] },
                        { "id": "b", "method": "GET", "url": "/me", "dependsOn": ["a"] }]);
    assert_eq!(send(&alice, circle).await.error(400, "invalidRequest")["target"], "requests");
    nothing_was_made(&server).await;
}

/// MISC-01: twenty requests and no more, and at least one.
#[tokio::test]
async fn misc_01_a_batch_has_one_to_twenty_requests() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let parts = |count: usize| (0..count).map(|n| get(&n.to_string(), "/me/drive")).collect::<Vec<_>>();
    let responses = batch(&alice, json!(parts(20))).await;
    assert!((0..20).all(|n| of(&responses, &n.to_string())["status"] == 200));
    let mut more = parts(20);
    more.insert(0, make());
    let error = send(&alice, json!(more)).await.error(400, "invalidRequest");
    assert_eq!(error["innerError"]["code"], "parameterIsTooLong");
    for body in [
        json!({}),
        json!({ "requests": [] }),
        json!({ "requests": null }),
        json!({ "requests": {} }),
        json!({ "requests": [get("1", "/me/drive")], "more": 1 }),
    ] {
        alice.post("/v1.0/$batch", &body).await.error(400, "invalidRequest");
    }
    for body in ["", "[]", "{", "x"] {
        alice.send(Method::POST, "/v1.0/$batch", "application/json", body).await.error(400, "invalidRequest");
    }
    alice.send(Method::POST, "/v1.0/$batch", "text/plain", "{}x").await.error(415, "invalidRequest");
    nothing_was_made(&server).await;
}

/// The batch has a limit, and each request in it has the one that it has alone.
#[tokio::test]
async fn a_batch_and_its_requests_have_limits_of_their_own() {
    let server = TestServer::start_with(|config| config.limits.batch_bytes = 100_000).await;
    let alice = server.alice();
    let named = |length: usize| {
        json!([make(), { "id": "x", "method": "POST", "url": "/me/drive/root/children",
                         "body": { "name": "n".repeat(length), "folder": {} } }])
    };
    send(&alice, named(100_000)).await.error(413, "invalidRequest");
    nothing_was_made(&server).await;
    let responses = batch(&alice, named(70_000)).await;
    assert_eq!((&of(&responses, "make")["status"], &of(&responses, "x")["status"]), (&json!(201), &json!(413)));
}

/// A URL of a request leads where it would lead alone, and nowhere beside the API.
#[tokio::test]
async fn misc_06_urls_of_requests_lead_nowhere_else() {
    let server = TestServer::start().await;
    let responses = batch(
        &server.admin(),
        json!([
            get("1", "/../driveway/v1/policy/sharing"),
            get("2", "/%2e%2e/driveway/v1/policy/sharing"),
            get("3", "/v1.0/me/drive"),
            get("4", "/driveway/v1/policy/sharing"),
            get("5", "/../metrics"),
            get("6", "/me/drive?$select=planet"),
            get("7", "/me/drive/root:/%zz:"),
        ]),
    )
    .await;
    for (id, status) in [("1", 400), ("2", 400), ("3", 404), ("4", 404), ("5", 400), ("6", 400), ("7", 400)] {
        assert_eq!(of(&responses, id)["status"], status, "{responses:#}");
    }
}
