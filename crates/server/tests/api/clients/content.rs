//! Bytes, up and down.

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::steps::{at, id, location, put, raw};
use crate::support::TestServer;
use crate::support::sharing::ALICE;

fn token(server: &TestServer) -> String {
    let user = server.person(ALICE).user.clone();
    let subject = driveway::auth::token::Subject::User(user.id);
    let (client, now) = (server.application_id(0), server.app.clock.now());
    server.app.tokens.mint(user.tenant, client, subject, "Files.ReadWrite.All", now, 3600).unwrap()
}

#[tokio::test]
async fn a_range_outside_the_content_says_how_long_that_is() {
    let server = TestServer::start().await;
    let alice = server.alice();
    for (name, content) in [("ten", "0123456789"), ("empty", "")] {
        put(&alice, name, content).await;
        let url = location(&alice.get(&format!("{}/content", at(name))).await);
        for range in [format!("bytes={}-", content.len()), "bytes=-0".to_owned(), "bytes=50-60".to_owned()] {
            let answer = server.anonymous().with("range", &range).get(&url).await;
            answer.error(416, "invalidRange");
            assert_eq!(answer.header("content-range"), format!("bytes */{}", content.len()), "{range}");
        }
    }
    let link = crate::steps::view(&alice, "ten").await;
    let page = format!("{}?download=1", link.page());
    let answer = server.anonymous().with("range", "bytes=99-").get(&page).await.expect(416);
    assert_eq!(answer.header("content-range"), "bytes */10");
}

#[tokio::test]
async fn content_is_a_redirect_for_get_and_head_that_keeps_no_secret_of_the_caller() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "a.txt", "0123456789").await;
    for version in ["/v1.0", "/v2.0"] {
        let content = format!("{version}/me/drive/root:/a.txt:/content");
        let url = location(&alice.get(&content).await);
        assert!(url.starts_with("http://driveway.test/download/"), "{url}");
        location(&alice.head(&content).await);
        let part = server.anonymous().with("range", "bytes=3-4").get(&url).await.expect(206);
        assert_eq!((part.text().as_str(), part.header("accept-ranges")), ("34", "bytes"));
        // Of several ranges the whole is given, as HTTP lets a server do.
        assert_eq!(server.anonymous().with("range", "bytes=0-1,5-6").get(&url).await.expect(200).text(), "0123456789");
        let head = server.anonymous().head(&url).await.expect(200);
        assert_eq!((head.header("content-length"), head.header("accept-ranges")), ("10", "bytes"));
    }
}

#[tokio::test]
async fn an_upload_waits_for_the_go_ahead_when_the_client_does() {
    let server = TestServer::start().await;
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let head = format!(
        "PUT /v1.0/me/drive/root:/waited.txt:/content HTTP/1.1\r\nHost: driveway.test\r\nAuthorization: bearer {}\r\n\
         Content-Type: application/octet-stream\r\nExpect: 100-continue\r\nContent-Length: 5\r\nConnection: close\r\n\r\n",
        token(&server)
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut line = [0; 25];
    stream.read_exact(&mut line).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&line), "HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"hello").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");

    // Whoever isn't let in hears so before sending a byte.
    let refused = head.replace("bearer ", "bearer x");
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    stream.write_all(refused.as_bytes()).await.unwrap();
    let mut line = [0; 13];
    stream.read_exact(&mut line).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&line), "HTTP/1.1 401 ");
}

#[tokio::test]
async fn a_body_of_another_length_than_it_says_leaves_nothing() {
    let server = TestServer::start().await;
    let put = |length: usize, body: &str| {
        format!(
            "PUT /v1.0/me/drive/root:/short.txt:/content HTTP/1.1\r\nHost: driveway.test\r\nAuthorization: Bearer {}\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n{body}",
            token(&server)
        )
    };
    raw(&server, put(10, "half").as_bytes()).await;
    server.alice().get(&at("short.txt")).await.error(404, "itemNotFound");
    raw(&server, put(4, "four and more").as_bytes()).await;
    assert_eq!(server.alice().get(&at("short.txt")).await.expect(200).json()["size"], 4);
}

#[tokio::test]
async fn the_current_version_has_an_alias_and_rclone_clears_the_others() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let file = put(&alice, "a.txt", "one").await;
    let item = format!("/v1.0/me/drive/items/{}", id(&file));
    for content in ["two", "three!"] {
        put(&alice, "a.txt", content).await;
    }
    let current = alice.get(&format!("{item}/versions/current")).await.expect(200).json();
    assert_eq!((&current["id"], &current["size"]), (&json!("3.0"), &json!(6)));
    let url = location(&alice.get(&format!("{item}/versions/current/content")).await);
    assert_eq!(server.anonymous().get(&url).await.expect(200).text(), "three!");
    alice.delete(&format!("{item}/versions/current")).await.error(400, "invalidRequest");

    let listed = alice.get(&format!("{item}/versions")).await.expect(200).json();
    let ids: Vec<&str> = listed["value"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["3.0", "2.0", "1.0"], "the newest first, which rclone keeps");
    for old in &ids[1..] {
        alice.delete(&format!("{item}/versions/{old}")).await.expect(204);
    }
    let left = alice.get(&format!("{item}/versions")).await.expect(200).json();
    assert_eq!(left["value"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_taken_name_is_replaced_by_an_upload_unless_the_client_says_otherwise() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let first = put(&alice, "a.txt", "one").await;
    let content = format!("{}/content", at("a.txt"));
    assert_eq!(id(&alice.put(&content, "two").await.expect(200).json()), id(&first));
    for name in ["@microsoft.graph.conflictBehavior", "@name.conflictBehavior"] {
        alice.put(&format!("{content}?{name}=fail"), "x").await.error(409, "nameAlreadyExists");
        assert_eq!(id(&alice.put(&format!("{content}?{name}=replace"), "x").await.expect(200).json()), id(&first));
        assert_ne!(id(&alice.put(&format!("{content}?{name}=rename"), "x").await.expect(201).json()), id(&first));
    }
    let session =
        alice.post(&format!("{}/createUploadSession", at("a.txt")), &json!({ "item": {} })).await.expect(200).json();
    let url = session["uploadUrl"].as_str().unwrap().to_owned();
    let done = server.anonymous().with("content-range", "bytes 0-3/4").put(&url, "four").await.expect(200).json();
    assert_eq!((id(&done), &done["size"]), (id(&first), &json!(4)));
}
