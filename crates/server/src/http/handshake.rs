//! The beginning of an encrypted connection.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy, sink};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use crate::tls::Tls;

/// How long a client may take to agree on encryption. It holds a place among the connections meanwhile.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The first byte of every TLS handshake.
const HANDSHAKE: u8 = 0x16;

/// Bytes of a plain request that are read, so that its sender gets the answer and not a broken connection.
const PLAIN_BYTES: u64 = 64 * 1024;

const PLAIN_ANSWER: &[u8] =
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 52\r\n\
    Cache-Control: no-store\r\nConnection: close\r\n\r\nThis port speaks https. Begin the URL with https://\n";

/// Agrees on encryption. Nothing comes of a client that is too slow, speaks no TLS, or breaks off.
pub(super) async fn accept(tls: &Tls, stream: TcpStream) -> Option<TlsStream<TcpStream>> {
    within(TIMEOUT, tls, stream).await
}

async fn within(timeout: Duration, tls: &Tls, stream: TcpStream) -> Option<TlsStream<TcpStream>> {
    tokio::time::timeout(timeout, agree(tls, stream)).await.ok().flatten()
}

async fn agree(tls: &Tls, mut stream: TcpStream) -> Option<TlsStream<TcpStream>> {
    let mut first = [0];
    match stream.peek(&mut first).await {
        Ok(1) if first == [HANDSHAKE] => tls.acceptor().accept(stream).await.ok(),
        Ok(1) if first.iter().all(u8::is_ascii_uppercase) => {
            // A client that is gone by now misses nothing.
            let _ = tell(&mut stream).await;
            None
        }
        _ => None,
    }
}

/// Tells somebody who began with a plain request what is wrong.
async fn tell(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.write_all(PLAIN_ANSWER).await?;
    stream.shutdown().await?;
    copy(&mut stream.take(PLAIN_BYTES), &mut sink()).await.map(drop)
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;
    use crate::clock::Clock;
    use crate::config::{Config, TlsConfig, TlsMode};

    /// Whoever holds a place without saying anything, or goes on with half a hello, loses it.
    #[tokio::test]
    async fn a_handshake_that_takes_too_long_is_given_up() {
        let directory = tempfile::tempdir().unwrap();
        let tls = TlsConfig { mode: TlsMode::Local, ..TlsConfig::default() };
        let config = Config { data: directory.path().into(), tls, ..Config::default() };
        let tls = Tls::open(&config, Clock::ahead_by(0).machine_now()).unwrap().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        for begun in [&b""[..], b"\x16\x03\x01\x02\x00\x01\x00", b"GET / HTTP/1.1\r\n"] {
            let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
            client.write_all(begun).await.unwrap();
            let (stream, _) = listener.accept().await.unwrap();
            assert!(within(Duration::from_millis(1), &tls, stream).await.is_none());
        }
    }

    #[test]
    fn the_plain_answer_is_as_long_as_it_says() {
        let text = std::str::from_utf8(PLAIN_ANSWER).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("Content-Length: {}\r\n", body.len())), "{}", body.len());
    }
}
