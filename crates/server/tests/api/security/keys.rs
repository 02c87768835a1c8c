//! Keys and what is made of them: useless without them (P1), and in no line of the log (P14).

use std::io::Write;
use std::sync::{Arc, Mutex};

use driveway::ops::subscription;
use serde_json::json;
use tracing_subscriber::EnvFilter;

use crate::steps::{guess, protected, put, view};
use crate::subscriptions::receiver::{Manner, Receiver};
use crate::support::TestServer;

/// What the server writes to its log, as much as there is.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn p14_no_line_of_the_log_holds_a_secret() {
    let log = Log::default();
    let writing = log.clone();
    let filter = EnvFilter::new("driveway=trace,driveway_core=trace,driveway_storage=trace");
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(move || writing.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let server = TestServer::start().await;
    let (pat, stranger) = (server.pat(), server.anonymous());
    put(&pat, "a.txt", "x").await;
    let shared = protected(&pat, "a.txt", "canary-password").await;
    let visit = guess(&stranger, &shared, "canary-password").await.expect(303);
    guess(&stranger, &shared, "canary-guess").await.expect(403);
    let knowing = stranger.with("driveway-link-password", "canary-password");
    let ticket = crate::steps::location(&knowing.get(&shared.graph("/content")).await);
    // Faults are written with their causes: there has to be one.
    std::fs::remove_dir_all(server.app.config.data.join("blobs")).unwrap();
    for path in [&ticket, &format!("{}?download=1", shared.page())] {
        knowing.get(path).await;
    }
    let written = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(written.contains("ERROR"), "nothing was written: {written}");
    let cookie = crate::steps::cookie(&visit).split_once('=').unwrap().1.to_owned();
    let ticket = ticket.rsplit('/').next().unwrap();
    for secret in ["canary", "argon2", "$v=19", &shared.token, &cookie, ticket, "Bearer "] {
        assert!(!written.contains(secret), "{secret} in {written}");
    }
}

/// What a subscriber and its receiver know stays between them, also when the receiver fails.
#[tokio::test]
async fn p14_no_line_of_the_log_holds_a_receivers_secrets() {
    let log = Log::default();
    let writing = log.clone();
    let filter = EnvFilter::new("trace");
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(move || writing.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let (server, receiver) =
        (TestServer::start_with(|config| config.webhooks.allow_loopback()).await, Receiver::open().await);
    let pat = server.pat();
    let body = json!({
        "changeType": "updated",
        "resource": "/me/drive/root",
        "notificationUrl": receiver.url("/canary-path?key=canary-query"),
        "clientState": "canary-state",
        "expirationDateTime": "2026-12-01T00:00:00Z",
    });
    pat.post("/v1.0/subscriptions", &body).await.expect(201);
    receiver.be(Manner::Status(500));
    pat.post("/v1.0/subscriptions", &body).await.expect(400);
    put(&pat, "a.txt", "x").await;
    assert_eq!(subscription::deliver(&server.app).await.unwrap().put_off, 1);
    let written = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(written.contains("a notification wasn't taken"), "nothing was written: {written}");
    assert!(!written.contains("canary"), "{written}");
}

/// A server with another key, and the keys of this one in no place but its directory.
#[tokio::test]
async fn p01_with_another_key_or_none_nothing_opens() {
    let server = TestServer::start().await;
    let (pat, stranger) = (server.pat(), server.anonymous());
    put(&pat, "a.txt", "x").await;
    let shared = protected(&pat, "a.txt", "harbour").await;
    let visit = crate::steps::cookie(&guess(&stranger, &shared, "harbour").await.expect(303));
    let open = view(&pat, "a.txt").await;
    let ticket = crate::steps::location(&stranger.get(&open.graph("/content")).await);
    let key = server.app.config.data.join("keys/seal-1.key");
    let genuine = std::fs::read_to_string(&key).unwrap();
    for useless in ["", "00", "nonsense", &"00".repeat(32), &genuine[2..]] {
        std::fs::write(&key, useless).unwrap();
        let config = server.app.config.clone();
        let opened = driveway::app::App::open(config, driveway::entropy::Entropy::seeded(44));
        assert!(opened.is_err(), "{useless:?} is taken for a key");
    }
    std::fs::write(&key, "5a".repeat(32)).unwrap();
    let (_second, elsewhere) = crate::steps::restarted(&server).await;
    for path in [open.page(), open.graph(""), shared.page(), shared.graph("")] {
        elsewhere.with("cookie", &visit).with("driveway-link-password", "harbour").get(&path).await.expect(404);
    }
    elsewhere.get(&ticket).await.error(404, "itemNotFound");
    stranger.get(&open.page()).await.expect(200);
}
