//! Who comes to the encrypted door with something else.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{client, encrypted};
use crate::support::TestServer;

async fn exchange(server: &TestServer, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    // A server may also cut the connection; what it said before that counts.
    let _ = stream.read_to_end(&mut answer).await;
    answer
}

async fn still_serves(server: &TestServer) {
    let url = format!("https://localhost:{}/health/live", server.address().port());
    assert_eq!(client(server, &["localhost"]).get(url).send().await.unwrap().status().as_u16(), 200);
}

#[tokio::test]
async fn a_plain_request_is_told_to_use_https() {
    let server = encrypted().await;
    for request in
        ["GET /v1.0/me HTTP/1.1\r\nHost: localhost\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nab"]
    {
        let answer = String::from_utf8(exchange(&server, request.as_bytes()).await).unwrap();
        assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{answer}");
        assert!(answer.ends_with("This port speaks https. Begin the URL with https://\n"), "{answer}");
    }
    still_serves(&server).await;
}

#[tokio::test]
async fn garbage_is_cut_off() {
    let server = encrypted().await;
    assert!(exchange(&server, b"\0\0\0\0").await.is_empty());
    assert!(exchange(&server, b"\r\n\r\n").await.is_empty());
    // A record that claims to be a handshake and isn't: an alert at most.
    let answer = exchange(&server, b"\x16\x03\x01\x00\x05nonsense and more of it").await;
    assert!(answer.is_empty() || answer[0] == 0x15, "{answer:?}");
    still_serves(&server).await;
}

/// Who says nothing, or half of a hello, waits alone.
#[tokio::test]
async fn clients_that_never_finish_a_handshake_keep_nobody_waiting() {
    let server = encrypted().await;
    let mut waiting = Vec::new();
    for at in 0..40 {
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        if at % 2 == 0 {
            stream.write_all(b"\x16\x03\x01\x02\x00\x01\x00").await.unwrap();
        }
        waiting.push(stream);
    }
    still_serves(&server).await;
}
