//! Which certificate is shown, to whom, and when another one is.

use std::fs;

use driveway::config::TlsMode;
use driveway::tls::Tls;
use jiff::{SignedDuration, Timestamp};
use rustls::version::{TLS12, TLS13};

use super::{Hello, ca, encrypted, shown};
use crate::support::TestServer;

fn days(now: Timestamp, days: i64) -> Timestamp {
    now + SignedDuration::from_hours(24 * days)
}

#[tokio::test]
async fn the_certificate_is_for_this_machine_and_the_configured_names() {
    let server = TestServer::start_with(|config| {
        config.tls.mode = TlsMode::Local;
        config.tls.names.push("graph.example".into());
        config.public_url = Some("https://files.example.com".into());
    })
    .await;
    let (ca, now) = (ca(&server), server.app.clock.machine_now());
    let hello = Hello::new(&ca, now);
    let own = ["localhost", "127.0.0.1", "::1", "files.example.com"];
    for host in own.into_iter().chain(["graph.microsoft.com", "login.microsoftonline.com", "graph.example"]) {
        hello.shake(server.address(), host).await.unwrap_or_else(|error| panic!("{host}: {error}"));
    }
}

/// What a stranger asks for adds nothing: there is one certificate, and the client sees that it is for others.
#[tokio::test]
async fn no_certificate_is_made_for_a_name_that_a_client_asks_for() {
    let server = encrypted().await;
    let (ca, now) = (ca(&server), server.app.clock.machine_now());
    for host in ["bank.example", "www.microsoft.com", "192.0.2.1"] {
        let refused = Hello::new(&ca, now).shake(server.address(), host).await.unwrap_err();
        assert!(refused.to_string().contains("certificate"), "{host}: {refused}");
    }
}

#[tokio::test]
async fn tls_1_2_and_1_3_are_spoken_and_http_1_over_them() {
    let server = encrypted().await;
    let (ca, now) = (ca(&server), server.app.clock.machine_now());
    for version in [&TLS12, &TLS13] {
        let hello = Hello { versions: &[version], protocols: &["h2", "http/1.1"], ..Hello::new(&ca, now) };
        let stream = hello.shake(server.address(), "localhost").await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]), "{version:?}");
    }
    let only_h2 = Hello { protocols: &["h2"], ..Hello::new(&ca, now) };
    assert!(only_h2.shake(server.address(), "localhost").await.is_err());
}

/// A server that runs for months doesn't end up with a certificate that nobody believes.
#[tokio::test]
async fn a_local_certificate_is_renewed_while_the_server_runs() {
    let server = encrypted().await;
    let (ca, now) = (ca(&server), server.app.clock.machine_now());
    let tls = server.tls.as_ref().unwrap();
    let first = Hello::new(&ca, now).shake(server.address(), "localhost").await.unwrap();
    assert!(!tls.refresh(days(now, 59)).unwrap());
    let late = days(now, 91);
    Hello::new(&ca, late).shake(server.address(), "localhost").await.unwrap_err();
    assert!(tls.refresh(late).unwrap());
    let second = Hello::new(&ca, late).shake(server.address(), "localhost").await.unwrap();
    assert_ne!(shown(&first), shown(&second));
    assert!(!tls.refresh(late).unwrap());
    // A clock that was far ahead and was put right again.
    assert!(tls.refresh(now).unwrap());
    Hello::new(&ca, now).shake(server.address(), "localhost").await.unwrap();
}

/// The authority can't vouch for what it wasn't made for, so a changed configuration is told at the start.
#[tokio::test]
async fn an_authority_that_was_made_for_other_names_is_not_served() {
    let server = encrypted().await;
    let mut config = server.app.config.clone();
    config.public_url = Some("https://files.example.com".into());
    let refused = format!("{:#}", Tls::open(&config, server.app.clock.machine_now()).unwrap_err());
    assert!(refused.contains("files.example.com") && refused.contains("remove"), "{refused}");
    fs::remove_dir_all(config.data.join("tls")).unwrap();
    Tls::open(&config, server.app.clock.machine_now()).unwrap();
}

/// A certificate and its key, as an authority elsewhere gives them out.
fn issued(directory: &std::path::Path) -> Vec<u8> {
    let issued = rcgen::generate_simple_self_signed(["files.example.com".to_owned()]).unwrap();
    fs::write(directory.join("cert.pem"), issued.cert.pem()).unwrap();
    fs::write(directory.join("key.pem"), issued.signing_key.serialize_pem()).unwrap();
    issued.cert.pem().into_bytes()
}

#[tokio::test]
async fn files_are_read_again_when_they_change_and_bad_ones_change_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let files = directory.path();
    let first = issued(files);
    let mode = TlsMode::Files { certificate: files.join("cert.pem"), key: files.join("key.pem") };
    let server = TestServer::start_with(|config| config.tls.mode = mode).await;
    let (tls, now) = (server.tls.as_ref().unwrap(), server.app.clock.machine_now());
    assert!(tls.ca_certificate().is_none());
    Hello::new(&first, now).shake(server.address(), "files.example.com").await.unwrap();
    assert!(!tls.refresh(now).unwrap());

    let key = fs::read(files.join("key.pem")).unwrap();
    let second = issued(files);
    let new_key = fs::read(files.join("key.pem")).unwrap();
    for half_way in [&key[..], b"", b"nonsense"] {
        fs::write(files.join("key.pem"), half_way).unwrap();
        assert!(tls.refresh(now).is_err());
        Hello::new(&first, now).shake(server.address(), "files.example.com").await.unwrap();
    }
    fs::write(files.join("key.pem"), new_key).unwrap();
    assert!(tls.refresh(now).unwrap());
    Hello::new(&second, now).shake(server.address(), "files.example.com").await.unwrap();
    Hello::new(&first, now).shake(server.address(), "files.example.com").await.unwrap_err();
}
