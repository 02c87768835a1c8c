//! How much a caller may send, and how much all of them together.

use serde_json::json;

use super::{Session, bytes, staged};
use crate::steps::{at, edit, put};
use crate::support::TestServer;

#[tokio::test]
async fn p35_a_fragment_and_a_file_have_a_greatest_length() {
    let server = TestServer::start_with(|config| {
        config.limits.fragment_bytes = 1000;
        config.limits.session_bytes = 5000;
    })
    .await;
    let session = Session::of_alice(&server, "a.bin").await;
    let error = session.put(&bytes(5000), 0, 1001).await.error(413, "invalidRequest");
    assert_eq!(error["innerError"]["code"], "maxFragmentLengthExceeded");
    let error = session.put(&bytes(5001), 0, 1000).await.error(413, "invalidRequest");
    assert_eq!(error["innerError"]["code"], "maxFileSizeExceeded");
    let far = session.put_as("bytes 0-9/9223372036854775807", vec![0; 10]).await;
    far.error(413, "invalidRequest");
    let path = format!("{}/createUploadSession", at("b.bin"));
    let error = server.alice().post(&path, &json!({"item": {"fileSize": 5001}})).await.error(413, "invalidRequest");
    assert_eq!(error["innerError"]["code"], "maxFileSizeExceeded");
    session.put(&bytes(5000), 0, 1000).await.expect(202);
}

#[tokio::test]
async fn p35_a_drive_takes_no_more_than_its_quota_on_the_way_either() {
    let server = TestServer::start_with(|config| config.limits.drive_bytes = 200_000).await;
    let alice = server.alice();
    let path = format!("{}/createUploadSession", at("b.bin"));
    alice.post(&path, &json!({"item": {"fileSize": 200_001}})).await.error(507, "quotaLimitReached");
    let session = Session::of_alice(&server, "a.bin").await;
    session.put(&bytes(200_001), 0, 10).await.error(507, "quotaLimitReached");
    session.put(&bytes(120_000), 0, 110_000).await.expect(202);
    let other = Session::of_alice(&server, "b.bin").await;
    other.put(&bytes(120_000), 0, 10).await.error(507, "quotaLimitReached");
    session.put(&bytes(120_000), 110_000, 120_000).await.expect(201);
    let over = Session::of_alice(&server, "a.bin").await;
    over.put(&bytes(120_000), 0, 120_000).await.expect(200);
}

#[tokio::test]
async fn p35_sessions_and_what_they_hold_together_are_limited() {
    let server = TestServer::start_with(|config| {
        config.limits.sessions = 2;
        config.limits.session_bytes = 1000;
        config.limits.staged_bytes = 1000;
    })
    .await;
    let alice = server.alice();
    let first = Session::of_alice(&server, "a.bin").await;
    let second = Session::of_alice(&server, "b.bin").await;
    let path = format!("{}/createUploadSession", at("c.bin"));
    let refused = alice.post(&path, &json!({})).await;
    refused.error(429, "activityLimitReached");
    assert_eq!(refused.header("retry-after"), "60");
    first.put(&bytes(700), 0, 600).await.expect(202);
    let full = second.put(&bytes(700), 0, 600).await;
    full.error(503, "serviceNotAvailable");
    assert_eq!(full.header("retry-after"), "60");
    assert_eq!(staged(&server), 1);
    first.cancel().await.expect(204);
    second.put(&bytes(700), 0, 600).await.expect(202);
    alice.post(&path, &json!({})).await.expect(200);
    // Strangers behind a link are counted apart from its maker.
    put(&alice, "Hold/x.txt", "x").await;
    let link = edit(&alice, "Hold").await;
    let stranger = server.anonymous();
    for (name, status) in [("a", 200), ("b", 200), ("c", 429)] {
        let path = link.graph(&format!(":/{name}.bin:/createUploadSession"));
        stranger.post(&path, &json!({})).await.expect(status);
    }
}

#[tokio::test]
async fn p35_a_flood_of_tiny_fragments_ends() {
    let server = TestServer::start().await;
    let session = Session::of_alice(&server, "a.bin").await;
    let file = bytes(2000);
    for start in 0..1000 {
        session.put(&file, start, start + 1).await.expect(202);
    }
    session.put(&file, 1000, 1001).await.error(400, "invalidRequest");
}
