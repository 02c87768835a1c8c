//! Fragments in and out of order, whole and cut off; cancelling; deferred commits.

use bytes::Bytes;
use futures::stream;
use serde_json::json;

use super::{Session, bytes, content, ranges, staged};
use crate::steps::{at, raw};
use crate::support::TestServer;

#[tokio::test]
async fn p35_what_leaves_a_gap_or_overlaps_is_416_and_changes_nothing() {
    let server = TestServer::start().await;
    let file = bytes(1000);
    let session = Session::of_alice(&server, "a.bin").await;
    session.put(&file, 100, 200).await.error(416, "invalidRange");
    session.put(&file, 0, 400).await.expect(202);
    for (start, end, inner) in
        [(500, 600, "fragmentOutOfOrder"), (399, 500, "fragmentOverlap"), (0, 401, "fragmentOverlap")]
    {
        let error = session.put(&file, start, end).await.error(416, "invalidRange");
        assert_eq!((&error["innerError"]["code"], &error["target"]), (&json!(inner), &json!("Content-Range")));
        assert!(error["message"].as_str().unwrap().contains("400"), "{error}");
    }
    assert_eq!(session.expected().await, ["400-999"]);
    session.put_as("bytes 400-499/1001", vec![0; 100]).await.error(400, "invalidRequest");
    session.put(&file, 400, 1000).await.expect(201);
    assert_eq!(content(&server.alice(), &at("a.bin")).await, file);
}

#[tokio::test]
async fn item_07_a_fragment_that_is_there_is_known_again_by_its_bytes() {
    let server = TestServer::start().await;
    let file = bytes(1000);
    let session = Session::of_alice(&server, "a.bin").await;
    session.put(&file, 0, 400).await.expect(202);
    session.put(&file, 400, 700).await.expect(202);
    for (start, end) in [(0, 400), (400, 700)] {
        assert_eq!(ranges(&session.put(&file, start, end).await.expect(202).json()), ["700-999"]);
    }
    let error = session.put_as("bytes 0-399/1000", vec![1; 400]).await.error(416, "invalidRange");
    assert_eq!(error["innerError"]["code"], "fragmentOverlap");
    session.put(&file, 0, 399).await.error(416, "invalidRange");
    session.put(&file, 1, 400).await.error(416, "invalidRange");
    session.put(&file, 700, 1000).await.expect(201);
    assert_eq!(content(&server.alice(), &at("a.bin")).await, file);
}

#[tokio::test]
async fn p35_ranges_and_lengths_that_are_none_are_refused() {
    let server = TestServer::start().await;
    let session = Session::of_alice(&server, "a.bin").await;
    for range in [
        "",
        "bytes",
        "bytes 0-9",
        "bytes 0-9/*",
        "bytes 9-0/10",
        "bytes 0-10/10",
        "bytes -1-8/10",
        "items 0-9/10",
        "bytes */10",
    ] {
        session.put_as(range, vec![0; 10]).await.error(400, "invalidRequest");
    }
    let bare = session.client.put(&session.url, vec![0; 10]).await.error(400, "invalidRequest");
    assert_eq!(bare["target"], "Content-Range");
    for length in [9, 11] {
        let error = session.put_as("bytes 0-9/20", vec![0; length]).await.error(400, "invalidRequest");
        assert_eq!(error["innerError"]["code"], "fragmentLengthMismatch");
        // The same without a length that is said beforehand, for one in the middle and for the last one.
        for range in ["bytes 0-9/20", "bytes 0-9/10"] {
            let chunks = vec![Ok::<_, std::io::Error>(Bytes::from(vec![0; length]))];
            let error = session.put_as(range, reqwest::Body::wrap_stream(stream::iter(chunks))).await;
            assert_eq!(error.error(400, "invalidRequest")["innerError"]["code"], "fragmentLengthMismatch");
        }
    }
    let encoded = session.client.with("content-encoding", "gzip").with("content-range", "bytes 0-9/10");
    encoded.put(&session.url, vec![0; 10]).await.error(415, "invalidRequest");
    assert_eq!((session.expected().await, staged(&server)), (vec!["0-".to_owned()], 0));
    session.put_as("bytes 0-9/10", vec![7; 10]).await.expect(201);
}

#[tokio::test]
async fn p35_a_fragment_that_breaks_off_is_dropped_and_the_rest_stays() {
    let server = TestServer::start().await;
    let file = bytes(600_000);
    let session = Session::of_alice(&server, "a.bin").await;
    session.put(&file, 0, 100_000).await.expect(202);
    let path = session.url.strip_prefix("http://driveway.test").unwrap();
    for range in ["bytes 100000-499999/600000", "bytes 100000-599999/600000"] {
        let (start, end) = range.strip_prefix("bytes 100000-").unwrap().split_once('/').unwrap();
        let length = start.parse::<usize>().unwrap() + 1 - 100_000;
        let head = format!(
            "PUT {path} HTTP/1.1\r\nhost: driveway.test\r\ncontent-length: {length}\r\ncontent-range: {range}\r\n\r\n"
        );
        let words = [head.as_bytes(), &file[100_000..450_000]].concat();
        assert_eq!(end, "600000");
        let answer = raw(&server, &words).await;
        assert!(!answer.starts_with("HTTP/1.1 2"), "{answer}");
        assert_eq!(session.expected().await, ["100000-599999"]);
    }
    session.put(&file, 100_000, 600_000).await.expect(201);
    assert_eq!(content(&server.alice(), &at("a.bin")).await, file);
}

#[tokio::test]
async fn item_07_a_cancelled_session_leaves_nothing() {
    let server = TestServer::start().await;
    let file = bytes(1000);
    let session = Session::of_alice(&server, "a.bin").await;
    session.put(&file, 0, 500).await.expect(202);
    assert_eq!(staged(&server), 1);
    assert!(session.cancel().await.expect(204).body.is_empty());
    assert_eq!(staged(&server), 0);
    session.put(&file, 500, 1000).await.error(404, "itemNotFound");
    let error = session.status().await.error(404, "itemNotFound");
    assert_eq!(error["innerError"]["code"], "uploadSessionNotFound");
    session.cancel().await.error(404, "itemNotFound");
    session.commit().await.error(404, "itemNotFound");
    server.alice().get(&at("a.bin")).await.error(404, "itemNotFound");
}

#[tokio::test]
async fn item_07_a_deferred_commit_waits_for_the_client() {
    let server = TestServer::start().await;
    let (alice, file) = (server.alice(), bytes(400_000));
    let session = Session::begin(&server, &alice, &at("a.bin"), &json!({"deferCommit": true})).await;
    session.put(&file, 0, 300_000).await.expect(202);
    let error = session.commit().await.error(400, "invalidRequest");
    assert_eq!(error["innerError"]["code"], "uploadSessionIncomplete");
    let last = session.put(&file, 300_000, 400_000).await.expect(202).json();
    assert_eq!(ranges(&last), [""; 0]);
    session.put(&file, 300_000, 400_000).await.expect(202);
    assert_eq!(session.expected().await, [""; 0]);
    alice.get(&at("a.bin")).await.error(404, "itemNotFound");
    let body = session.client.send(reqwest::Method::POST, &session.url, "application/json", "{\"name\":\"b\"}").await;
    body.error(400, "invalidRequest");
    let made = session.commit().await.expect(201).json();
    assert_eq!(made["size"], 400_000);
    assert_eq!(session.commit().await.expect(200).json()["id"], made["id"], "saying so again gives the same file");
    assert_eq!(content(&alice, &at("a.bin")).await, file);
    assert_eq!(staged(&server), 0);
}

#[tokio::test]
async fn item_07_an_empty_file_comes_in_one_empty_fragment() {
    let server = TestServer::start().await;
    for (name, range) in [("a.bin", "bytes */0"), ("b.bin", "bytes 0--1/0")] {
        let body = json!({"item": {"fileSize": 0}});
        let session = Session::begin(&server, &server.alice(), &at(name), &body).await;
        session.put_as("bytes 0-0/1", "x").await.error(400, "invalidRequest");
        let made = session.put_as(range, "").await.expect(201).json();
        assert_eq!(made["size"], 0);
    }
    let body = json!({"item": {"fileSize": 0}, "deferCommit": true});
    let session = Session::begin(&server, &server.alice(), &at("c.bin"), &body).await;
    assert_eq!(session.commit().await.expect(201).json()["size"], 0);
    let body = json!({"deferCommit": true});
    let session = Session::begin(&server, &server.alice(), &at("d.bin"), &body).await;
    session.put_as("bytes */0", "").await.expect(202);
    session.put_as("bytes */0", "").await.expect(202);
    assert_eq!(session.commit().await.expect(201).json()["size"], 0);
}

#[tokio::test]
async fn item_07_of_equal_last_fragments_at_once_one_makes_the_file() {
    let server = TestServer::start().await;
    let file = bytes(700_000);
    let session = Session::of_alice(&server, "a.bin").await;
    session.put(&file, 0, 350_000).await.expect(202);
    let puts = (0..6).map(|_| session.put(&file, 350_000, 700_000));
    let answers = futures::future::join_all(puts).await;
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(made, 1, "{answers:?}");
    for answer in &answers {
        assert!([200, 201, 503].contains(&answer.status.as_u16()), "{}", answer.text());
    }
    session.put(&file, 350_000, 700_000).await.expect(200);
    assert_eq!(content(&server.alice(), &at("a.bin")).await, file);
    let versions = server.alice().get(&format!("{}/versions", at("a.bin"))).await.json();
    assert_eq!(versions["value"].as_array().unwrap().len(), 1);
}
