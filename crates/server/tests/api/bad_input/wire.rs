//! Headers and bytes that no client library would send.

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::TestServer;
use crate::support::sharing::ALICE;

/// Sends bytes on a connection of their own and reads what comes back until the server closes it.
async fn exchange(server: &TestServer, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    stream.write_all(request).await.unwrap();
    if !request.ends_with(b"\r\n\r\n") {
        stream.shutdown().await.unwrap();
    }
    let mut answer = Vec::new();
    // A server may also cut the connection; what it said before that counts.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

fn request(headers: &str) -> Vec<u8> {
    format!(
        "POST /v1.0/me/drive/root:/a:/createLink HTTP/1.1\r\nHost: driveway.test\r\nConnection: close\r\n{headers}\r\n"
    )
    .into_bytes()
}

/// What isn't HTTP is refused before it reaches anything, and the server goes on.
#[tokio::test]
async fn what_is_no_http() {
    let server = TestServer::start().await;
    for headers in [
        "client-request-id: a\0b\r\n",
        "client-request-id: a\rb: c\r\n",
        "bad header: x\r\n",
        ": x\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: 1\r\nContent-Length: 2\r\n",
    ] {
        let answer = exchange(&server, &request(headers)).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{headers:?}: {answer}");
    }
    for garbage in [&b"GET\r\n\r\n"[..], b"\0\0\0\0", b"POST /v1.0 HTTP/9.9\r\n\r\n", b"\r\n\r\n\r\nx"] {
        let answer = exchange(&server, garbage).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400 "), "{garbage:?}: {answer}");
    }
    let many = "x: 1\r\n".repeat(300);
    assert!(exchange(&server, &request(&many)).await.starts_with("HTTP/1.1 431 "));
    server.alice().get("/v1.0/me/drive").await.expect(200).json();
}

/// A client's request id comes back as it was sent, unless it is too long to be one; no header is made of it.
#[tokio::test]
async fn odd_request_ids() {
    let server = TestServer::start().await;
    let path = "/v1.0/me/drive/items/none/createLink";
    for id in ["7a5c", "a%0d%0aSet-Cookie:%20x=1", "\"quoted\"<b>", &"i".repeat(128)] {
        let answer = server.alice().with("client-request-id", id).post(path, &json!({})).await;
        assert_eq!(answer.header("client-request-id"), id);
        assert_eq!(answer.error(404, "itemNotFound")["innerError"]["client-request-id"], id);
        assert!(!answer.headers.contains_key("set-cookie"));
    }
    for id in ["i".repeat(129), "ä".to_owned()] {
        let answer = server.alice().with("client-request-id", &id).post(path, &json!({})).await;
        let error = answer.error(404, "itemNotFound");
        assert_eq!(error["innerError"]["client-request-id"], error["innerError"]["request-id"]);
    }
}

/// A host that isn't one makes no links that point anywhere else.
#[tokio::test]
async fn odd_hosts() {
    let server = TestServer::start().await;
    for host in ["", "evil.example/path", "user@evil.example", "evil.example\" onload=\"x", "a b"] {
        let text =
            format!("POST /v1.0/me/drive/root:/a:/createLink HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let answer = exchange(&server, text.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{host}: {answer}");
        assert!(!answer.contains("evil.example"), "{answer}");
    }
}

/// Headers with which other servers were led astray.
#[tokio::test]
async fn headers_that_mean_nothing_here() {
    let server = TestServer::start().await;
    let (item, body) = (server.item(ALICE, "Welcome.txt"), json!({ "type": "view", "scope": "anonymous" }));
    let first = server.alice().view_link(&item).await;
    for (name, value) in [
        ("x-http-method-override", "GET"),
        ("x-original-url", "/driveway/v1/policy/sharing"),
        ("x-rewrite-url", "/v1.0/me/drive/root"),
        ("prefer", "return=minimal, respond-async, include-unknown-enum-members"),
        ("accept", "text/html"),
        ("consistencylevel", "eventual"),
        ("sdkversion", "Graph-Go-1"),
        ("if-match", "\"{nonsense},1\""),
        ("cookie", "session=1"),
    ] {
        let answer = server.alice().with(name, value).share(&item, &body).await;
        assert_eq!(answer.status, 200, "{name}: {}", answer.text());
        assert_eq!(answer.json()["id"], first["id"], "{name}");
    }
    server.anonymous().with("x-user", "alice").share(&item, &body).await.error(401, "InvalidAuthenticationToken");
}
