//! What known clients send and depend on.

use serde_json::json;

use super::{Session, bytes, content, ranges};
use crate::steps::{at, id};
use crate::support::TestServer;

#[tokio::test]
async fn item_07_the_python_sdk_sends_5_mib_and_a_byte_and_repeats_its_last_range() {
    let server = TestServer::start().await;
    let (alice, file, slice) = (server.alice(), bytes(12 * 1024 * 1024), 5 * 1024 * 1024 + 1);
    let mut session = Session::of_alice(&server, "video.bin").await;
    session.client = alice.clone();
    let mut at_byte = 0;
    while file.len() - at_byte > slice {
        let more = session.put(&file, at_byte, at_byte + slice).await.expect(202).json();
        at_byte += slice;
        assert_eq!(ranges(&more), [format!("{at_byte}-{}", file.len() - 1)]);
    }
    let made = session.put(&file, at_byte, file.len()).await.expect(201).json();
    let again = session.put(&file, at_byte, file.len()).await.expect(200).json();
    assert_eq!((id(&again), &again["eTag"]), (id(&made), &made["eTag"]), "told again, and not made again");
    session.put_as(&format!("bytes 0-9/{}", file.len()), vec![0; 10]).await.error(404, "itemNotFound");
    assert!(content(&alice, &at("video.bin")).await == file);
}

#[tokio::test]
async fn item_07_the_python_sdk_repeats_the_range_of_a_small_file_without_its_bytes() {
    let server = TestServer::start().await;
    let (alice, file) = (server.alice(), bytes(1000));
    let session = Session::of_alice(&server, "note.bin").await;
    let empty = |range: &'static str| session.put_as(range, Vec::new());
    let early = empty("bytes 0-999/1000").await.error(400, "invalidRequest");
    assert_eq!(early["innerError"]["code"], "fragmentLengthMismatch");
    let made = session.put(&file, 0, 1000).await.expect(201).json();
    assert_eq!(id(&empty("bytes 0-999/1000").await.expect(200).json()), id(&made));
    for other in ["bytes 0-998/1000", "bytes 1-999/1000", "bytes 0-999/1001"] {
        empty(other).await.error(400, "invalidRequest");
    }
    assert!(content(&alice, &at("note.bin")).await == file);
    alice.delete(&at("note.bin")).await.expect(204);
    empty("bytes 0-999/1000").await.error(404, "itemNotFound");
}

#[tokio::test]
async fn item_07_what_each_client_begins_with_is_taken() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let drive = &server.person("alice@harbour.example").drive;
    let rclone = json!({"item": {"fileSystemInfo": {"createdDateTime": "0001-01-01T00:00:00Z",
        "lastModifiedDateTime": "2026-01-02T03:04:05.123Z"}}});
    let linux = json!({"item": {"@microsoft.graph.conflictBehavior": "replace",
        "fileSystemInfo": {"lastModifiedDateTime": "2026-01-02T03:04:05.1234567Z"}}});
    let js = json!({"item": {"@microsoft.graph.conflictBehavior": "rename", "name": "c.bin"}});
    let dotnet = json!({"item": {"@odata.type": "microsoft.graph.driveItemUploadableProperties",
        "@microsoft.graph.conflictBehavior": "replace"}, "deferCommit": null});
    for (address, body) in [
        (format!("/v2.0/drives/{}/items/{}:/a.bin:", drive.id, drive.root), rclone),
        (format!("/v1.0/drives/{}/items/{}:/b.bin:", drive.id, drive.root), linux),
        ("/v1.0/me/drive/root:/c.bin:".into(), js),
        (format!("/v1.0/drives/{}/items/root:/d.bin:", drive.id), dotnet),
        (format!("/v1.0//drives/{}/items/root:/e.bin:", drive.id), json!({})),
    ] {
        let session = Session::begin(&server, &alice, &address, &body).await;
        session.put(b"hello", 0, 5).await.expect(201);
    }
    let namespaced = "/v1.0/me/drive/root:/f.bin:/microsoft.graph.createUploadSession";
    alice.post(namespaced, &json!({})).await.expect(200);
    alice.post("/v1.0/me/drive/root:/f.bin:/oneDrive.createUploadSession", &json!({})).await.expect(200);
}

#[tokio::test]
async fn item_07_the_url_needs_no_token_and_passes_over_one_that_is_sent() {
    let server = TestServer::start().await;
    let mut session = Session::of_alice(&server, "a.bin").await;
    for client in [server.anonymous(), server.alice(), server.pat(), server.bearer("nonsense")] {
        session.client = client;
        assert_eq!(session.expected().await.len(), 1);
    }
    session.put(b"hello", 0, 5).await.expect(201);
    let patched = session.client.patch(&session.url, &json!({})).await;
    patched.error(405, "notAllowed");
    assert_eq!(patched.header("allow"), "GET, PUT, POST, DELETE");
}
