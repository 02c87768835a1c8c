//! How a session begins, and what it asks for.

use serde_json::json;

use super::{Session, bytes, content, ranges};
use crate::steps::{at, id, put};
use crate::support::TestServer;

#[tokio::test]
async fn item_07_a_file_comes_in_fragments_of_any_size() {
    let server = TestServer::start().await;
    let (alice, file) = (server.alice(), bytes(900_001));
    let begun = alice.post(&format!("{}/createUploadSession", at("New/big.bin")), &json!({})).await.expect(200).json();
    assert_eq!(ranges(&begun), ["0-"]);
    assert_eq!(begun["expirationDateTime"], "2026-11-24T12:00:00Z");
    let session = Session { url: begun["uploadUrl"].as_str().unwrap().into(), client: server.anonymous() };
    assert!(session.url.starts_with("http://driveway.test/upload/") && !session.url.contains("big"), "{}", session.url);
    server.advance(jiff::SignedDuration::from_mins(1));
    let more = session.put(&file, 0, 327_681).await.expect(202).json();
    assert_eq!(ranges(&more), ["327681-900000"], "closed, once the total is known");
    assert_eq!(more["expirationDateTime"], "2026-11-24T12:01:00Z", "the end slides");
    assert_eq!(session.expected().await, ["327681-900000"]);
    alice.get(&at("New")).await.error(404, "itemNotFound");
    session.put(&file, 327_681, 327_682).await.expect(202);
    let made = session.put(&file, 327_682, 900_001).await.expect(201).json();
    assert_eq!((made["name"].as_str(), made["size"].as_u64()), (Some("big.bin"), Some(900_001)));
    assert_eq!(made["createdBy"]["user"]["id"], server.person("alice@harbour.example").user.id.to_string());
    assert_eq!(content(&alice, &at("New/big.bin")).await, file);
    session.status().await.error(404, "itemNotFound");
    session.cancel().await.error(404, "itemNotFound");
    assert_eq!(super::staged(&server), 0);
    // The same bytes in one request have the same hashes.
    let whole = alice.put(&format!("{}/content", at("whole.bin")), file).await.expect(201).json();
    assert_eq!(whole["file"]["hashes"], made["file"]["hashes"]);
}

#[tokio::test]
async fn item_07_a_taken_name_is_replaced_unless_the_client_says_otherwise() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let old = put(&alice, "a.txt", "old").await;
    let say = |word: &str| json!({"item": {"@microsoft.graph.conflictBehavior": word, "name": "a.txt"}});
    let replace = Session::of_alice(&server, "a.txt").await;
    let replaced = replace.put(b"first", 0, 5).await.expect(200).json();
    assert_eq!(id(&replaced), id(&old));
    assert_eq!(alice.get(&format!("{}/versions", at("a.txt"))).await.json()["value"].as_array().unwrap().len(), 2);
    let rename = Session::begin(&server, &alice, &at("a.txt"), &say("rename")).await;
    assert_eq!(rename.put(b"second", 0, 6).await.expect(201).json()["name"], "a 1.txt");
    alice.post(&format!("{}/createUploadSession", at("a.txt")), &say("fail")).await.error(409, "nameAlreadyExists");
    let fail =
        Session::begin(&server, &alice, &at("b.txt"), &json!({"item": {"@name.conflictBehavior": "fail"}})).await;
    put(&alice, "b.txt", "faster").await;
    fail.put(b"slower", 0, 6).await.error(409, "nameAlreadyExists");
    assert_eq!(content(&alice, &at("b.txt")).await, b"faster");
    alice.delete(&at("b.txt")).await.expect(204);
    fail.put(b"slower", 0, 6).await.expect(201);
}

#[tokio::test]
async fn item_07_by_id_the_very_file_is_replaced_and_tags_are_heeded() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let old = put(&alice, "a.txt", "old").await;
    let address = format!("/v1.0/me/drive/items/{}", id(&old));
    let path = format!("{address}/createUploadSession");
    let guarded = alice.with("if-match", old["eTag"].as_str().unwrap());
    let session = Session::begin(&server, &guarded, &address, &json!({"item": {"fileSize": 3}})).await;
    alice.patch(&address, &json!({"name": "b.txt"})).await.expect(200);
    session.put(b"new", 0, 3).await.error(412, "resourceModified");
    alice.with("if-match", "\"{00},1\"").post(&path, &json!({})).await.error(412, "resourceModified");
    alice.with("if-match", "unquoted").post(&path, &json!({})).await.error(400, "invalidRequest");
    alice.with("if-none-match", "*").post(&path, &json!({})).await.error(412, "resourceModified");
    let session = Session::begin(&server, &alice, &address, &json!({})).await;
    let replaced = session.put(b"new", 0, 3).await.expect(200).json();
    assert_eq!((id(&replaced), replaced["name"].as_str()), (id(&old), Some("b.txt")));
    alice.post(&format!("{}/createUploadSession", at("Reports")), &json!({})).await.error(409, "nameAlreadyExists");
    let nowhere = "/v1.0/me/drive/items/01AAAAAAAAAAAAAAAAAAAAAAAAAA/createUploadSession";
    alice.post(nowhere, &json!({})).await.error(404, "itemNotFound");
}

#[tokio::test]
async fn item_07_description_and_times_go_with_the_file() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let item = json!({"name": "A.txt", "fileSize": 2, "description": "Draft",
        "fileSystemInfo": {"createdDateTime": "2017-01-01T00:00:00Z", "lastModifiedDateTime": "2018-02-03T04:05:06.789Z"}});
    let begun = alice.post(&format!("{}/createUploadSession", at("a.txt")), &json!({"item": item})).await.expect(200);
    assert_eq!(ranges(&begun.json()), ["0-1"], "closed from the start, where the size is known");
    let session = Session { url: begun.json()["uploadUrl"].as_str().unwrap().into(), client: server.anonymous() };
    let made = session.put(b"hi", 0, 2).await.expect(201).json();
    let times = json!({"createdDateTime": "2017-01-01T00:00:00Z", "lastModifiedDateTime": "2018-02-03T04:05:06.789Z"});
    assert_eq!((&made["description"], &made["fileSystemInfo"]), (&json!("Draft"), &times));
    let again = json!({"item": {"fileSystemInfo": {"lastModifiedDateTime": "2019-01-01T00:00:00Z"}}});
    let session = Session::begin(&server, &alice, &at("a.txt"), &again).await;
    let replaced = session.put(b"ho", 0, 2).await.expect(200).json();
    assert_eq!(replaced["fileSystemInfo"]["lastModifiedDateTime"], "2019-01-01T00:00:00Z");
    assert_eq!(replaced["fileSystemInfo"]["createdDateTime"], "2017-01-01T00:00:00Z");
}

#[tokio::test]
async fn item_07_what_is_wrong_with_the_request_is_named() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let path = format!("{}/createUploadSession", at("a.txt"));
    for (body, target) in [
        (json!({"item": {"fileSize": -1}}), "item.fileSize"),
        (json!({"item": {"fileSize": "10"}}), "item.fileSize"),
        (json!({"item": {"fileSize": 1.5}}), "item.fileSize"),
        (json!({"item": {"fileSize": u64::MAX}}), "item.fileSize"),
        (json!({"item": {"name": "b.txt"}}), "item.name"),
        (json!({"item": {"colour": "red"}}), "item.colour"),
        (
            json!({"item": {"fileSystemInfo": {"lastModifiedDateTime": "yesterday"}}}),
            "item.fileSystemInfo.lastModifiedDateTime",
        ),
        (json!({"item": "a.txt"}), "item"),
        (json!({"deferCommit": "yes"}), "deferCommit"),
        (json!({"sourceUrl": "x"}), "sourceUrl"),
        (json!({"item": {"@microsoft.graph.conflictBehavior": "perhaps"}}), "@microsoft.graph.conflictBehavior"),
    ] {
        let error = alice.post(&path, &body).await.error(400, "invalidRequest");
        assert_eq!(error["target"], target, "{body}");
    }
    alice.post(&format!("{}/createUploadSession", at("b%3Fd.txt")), &json!({})).await.error(400, "invalidRequest");
    alice.post(&format!("{}/createUploadSession", at("Welcome.txt/b")), &json!({})).await.error(400, "invalidRequest");
    alice.get(&path).await.error(405, "notAllowed");
    alice.get(&at("a.txt")).await.error(404, "itemNotFound");
}
