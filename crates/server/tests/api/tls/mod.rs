//! Encryption at the server's own door: real handshakes, by clients that trust the server's authority and nothing else.

mod certificates;
mod strangers;
mod urls;

use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use driveway::config::TlsMode;
use jiff::Timestamp;
use rustls::client::ClientConfig;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::time_provider::TimeProvider;
use rustls::{RootCertStore, SupportedProtocolVersion};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::support::TestServer;

/// A server with an authority of its own.
async fn encrypted() -> TestServer {
    TestServer::start_with(|config| config.tls.mode = TlsMode::Local).await
}

fn ca(server: &TestServer) -> Vec<u8> {
    fs::read(server.tls.as_ref().unwrap().ca_certificate().unwrap()).unwrap()
}

/// A client that trusts the server's authority only, and finds these hosts at the server.
fn client(server: &TestServer, hosts: &[&str]) -> reqwest::Client {
    let ca = reqwest::Certificate::from_pem(&ca(server)).unwrap();
    let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).tls_certs_only([ca]);
    hosts.iter().fold(builder, |builder, host| builder.resolve(host, server.address())).build().unwrap()
}

/// The clock of a client.
#[derive(Debug)]
struct At(Timestamp);

impl TimeProvider for At {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(self.0.as_second()).unwrap())))
    }
}

/// How a client begins: whom it trusts, by which clock, with which versions and protocols.
struct Hello<'a> {
    ca: &'a [u8],
    now: Timestamp,
    versions: &'a [&'static SupportedProtocolVersion],
    protocols: &'a [&'a str],
}

impl<'a> Hello<'a> {
    fn new(ca: &'a [u8], now: Timestamp) -> Self {
        Self { ca, now, versions: rustls::DEFAULT_VERSIONS, protocols: &[] }
    }

    /// Agrees with a server on encryption, or says why not.
    async fn shake(&self, address: SocketAddr, host: &str) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(self.ca).unwrap()).unwrap();
        let mut config = ClientConfig::builder_with_details(Arc::new(default_provider()), Arc::new(At(self.now)))
            .with_protocol_versions(self.versions)
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = self.protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        let host = ServerName::try_from(host.to_owned()).unwrap();
        TlsConnector::from(Arc::new(config)).connect(host, TcpStream::connect(address).await.unwrap()).await
    }
}

/// The certificate that a connection was shown.
fn shown(stream: &TlsStream<TcpStream>) -> CertificateDer<'static> {
    stream.get_ref().1.peer_certificates().unwrap()[0].clone().into_owned()
}
