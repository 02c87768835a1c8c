//! Errors, and the headers that clients look at.

use jiff::SignedDuration;
use serde_json::json;

use crate::steps::{at, put};
use crate::support::TestServer;
use crate::support::sharing::ALICE;

/// rclone gets a new token when it finds `expired_token` in the one `WWW-Authenticate`, and gives up otherwise.
#[tokio::test]
async fn an_expired_token_says_so_in_the_word_that_rclone_looks_for() {
    let server = TestServer::start().await;
    let alice = server.alice();
    server.advance(SignedDuration::from_secs(3700));
    let answer = alice.get("/v1.0/me/drive").await;
    let error = answer.error(401, "InvalidAuthenticationToken");
    assert_eq!(error["innerError"]["code"], "tokenExpired");
    assert_eq!(answer.headers.get_all("www-authenticate").iter().count(), 1);
    assert!(answer.header("www-authenticate").contains("error=\"expired_token\""), "{:?}", answer.headers);
    for stranger in [server.anonymous(), server.bearer("nonsense")] {
        let answer = stranger.get("/v1.0/me/drive").await;
        answer.error(401, "InvalidAuthenticationToken");
        assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"Driveway\"");
    }
}

/// The ids of a request are in its answer, whichever door it came to, and in its error.
#[tokio::test]
async fn every_door_says_by_which_ids_a_request_goes() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let item = put(&alice, "a.txt", "x").await;
    let session = alice.post(&format!("{}/createUploadSession", at("b.txt")), &json!({})).await.expect(200).json();
    let upload = session["uploadUrl"].as_str().unwrap().to_owned();
    let download = item["@microsoft.graph.downloadUrl"].as_str().unwrap().to_owned();
    let named = alice.with("client-request-id", "0f3d7a30-1111-4222-8333-444455556666");
    for path in [
        "/v1.0/me/drive",
        "/v1.0/me/drive/items/none",
        &upload,
        "/upload/none",
        &download,
        "/download/none",
        "/monitor/none",
        "/driveway/v1/links",
        "/driveway/v1/links/none",
        "/driveway/v1/clock",
    ] {
        let answer = named.get(path).await;
        assert_eq!(answer.header("client-request-id"), "0f3d7a30-1111-4222-8333-444455556666", "{path}");
        let id = answer.header("request-id").to_owned();
        assert_eq!(id.len(), 36, "{path}");
        if answer.status.is_client_error() {
            let inner = answer.json()["error"]["innerError"].clone();
            assert_eq!(
                (&inner["request-id"], &inner["client-request-id"]),
                (&json!(id), &json!("0f3d7a30-1111-4222-8333-444455556666"))
            );
        }
    }
    let refused = server.anonymous().with("content-range", "bytes 7-9/10").put(&upload, "xyz").await;
    refused.error(416, "invalidRange");
    assert!(!refused.header("request-id").is_empty());
}

#[tokio::test]
async fn headers_that_mean_nothing_here_are_tolerated() {
    let server = TestServer::start().await;
    let item = server.item(ALICE, "Welcome.txt");
    for (name, value) in [
        ("prefer", "Include-Feature=AddToOneDrive"),
        ("prefer", "respond-async"),
        ("sdkversion", "graph-js/3.0.7"),
        ("retry-attempt", "2"),
        ("client-request-id", "not a uuid"),
        ("return-client-request-id", "true"),
        ("odata-maxversion", "4.0"),
        ("accept", "application/json;odata.metadata=full"),
        ("accept-encoding", "gzip, deflate, br"),
    ] {
        let answer = server.alice().with(name, value).get(&item).await.expect(200);
        assert!(answer.header("preference-applied").is_empty(), "{name}: {value}");
        answer.json();
    }
    let copy = format!("{item}/copy?@microsoft.graph.conflictBehavior=replace");
    let body =
        json!({ "name": "Copy.txt", "parentReference": { "id": "root", "driveId": "", "path": "", "driveType": "" } });
    let copied = server.alice().with("prefer", "respond-async").post(&copy, &body).await.expect(202);
    assert_eq!(copied.header("preference-applied"), "respond-async");
    assert!(copied.header("location").starts_with("http://driveway.test/monitor/"));
}
