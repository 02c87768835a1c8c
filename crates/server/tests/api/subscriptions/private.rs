//! Whom the server calls, and whom it never does: itself and what lies beside it (SSRF).

use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use driveway::webhook::caller::HookCaller;
use driveway::webhook::names::Names;
use futures::future::BoxFuture;
use jiff::SignedDuration;
use serde_json::json;

use super::receiver::Receiver;
use super::{body, change, deliver, put_off, subscribe, told};
use crate::support::{Actor, TestServer};

/// Names that mean what a test says, and how often they were asked for.
#[derive(Debug, Clone, Default)]
struct Told {
    addresses: Arc<Mutex<Vec<IpAddr>>>,
    asked: Arc<Mutex<u32>>,
}

impl Told {
    fn mean(&self, addresses: &[&str]) {
        *self.addresses.lock().unwrap() = addresses.iter().map(|address| address.parse().unwrap()).collect();
    }

    fn asked(&self) -> u32 {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

impl Names for Told {
    fn look_up(&self, _name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        *self.asked.lock().unwrap() += 1;
        let found = self.addresses.lock().unwrap().clone();
        Box::pin(async move { Ok(found) })
    }
}

/// What is sent over TLS goes to who has a certificate for the name, by an authority that is believed.
#[tokio::test]
async fn an_encrypted_receiver_is_who_it_says() {
    let names = Told::default();
    names.mean(&["127.0.0.1"]);
    let (receiver, certificate) = Receiver::secure("hooks.example").await;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("authority.pem");
    std::fs::write(&file, certificate).unwrap();
    let hooks: Arc<dyn Names> = Arc::new(names.clone());
    let server = TestServer::start_adjusted(
        |config| {
            config.webhooks.allow_private = vec!["127.0.0.1".parse().unwrap()];
            config.webhooks.ca_file = Some(file.clone());
        },
        |app| app.hooks = HookCaller::open(&app.config.webhooks, &hooks).unwrap(),
    )
    .await;
    let alice = server.alice();
    let mut asked = body(&receiver, "/me/drive/root");
    asked["notificationUrl"] = json!(format!("https://other.example:{}/", receiver.port()));
    subscribe(&alice, &asked).await.error(400, "invalidRequest");
    asked["notificationUrl"] = json!(format!("https://hooks.example:{}/", receiver.port()));
    subscribe(&alice, &asked).await.expect(201);
    receiver.calls();
    change(&alice, "a.txt").await;
    assert_eq!(deliver(&server).await, told(1));
    assert_eq!(receiver.calls().len(), 1);
    let unbelieving = self::server(&names).await;
    subscribe(&unbelieving.alice(), &asked).await.error(400, "invalidRequest");
    assert!(receiver.calls().is_empty());
    std::fs::write(&file, "no certificate").unwrap();
    assert!(HookCaller::open(&server.app.config.webhooks, &hooks).is_err());
}

/// A server that may call one address of this machine and no other, and whose names are these.
async fn server(names: &Told) -> TestServer {
    let names: Arc<dyn Names> = Arc::new(names.clone());
    TestServer::start_adjusted(
        |config| config.webhooks.allow_private = vec!["127.0.0.1".parse().unwrap()],
        |app| app.hooks = HookCaller::open(&app.config.webhooks, &names).unwrap(),
    )
    .await
}

async fn is_refused(actor: &Actor, receiver: &Receiver, url: &str) {
    let mut asked = body(receiver, "/me/drive/root");
    for name in ["notificationUrl", "lifecycleNotificationUrl"] {
        asked["notificationUrl"] = json!(receiver.url("/"));
        asked[name] = json!(url);
        let error = subscribe(actor, &asked).await.error(400, "invalidRequest");
        assert_eq!(error["target"], name, "{url}: {error}");
        asked.as_object_mut().unwrap().remove("lifecycleNotificationUrl");
        receiver.calls();
    }
}

#[tokio::test]
async fn no_spelling_of_a_private_address_is_called() {
    // Nothing private is allowed, as on a server that nobody set up for it.
    let server = TestServer::start().await;
    let receiver = Receiver::open().await;
    let port = receiver.port();
    let mut asked = body(&receiver, "/me/drive/root");
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "%31%32%37.0.0.1",
        "１２７.0.0.1",
        "127。0。0。1",
        "0",
        "0.0.0.0",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[0:0:0:0:0:ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "169.254.169.254",
        "[fd00:ec2::254]",
        "[fe80::1]",
        "100.100.100.200",
        "168.63.129.16",
        "224.0.0.1",
        "255.255.255.255",
        "ip6-localhost.invalid",
    ] {
        for scheme in ["http", "https"] {
            asked["notificationUrl"] = json!(format!("{scheme}://{host}:{port}/"));
            let error = subscribe(&server.alice(), &asked).await.error(400, "invalidRequest");
            assert_eq!(error["target"], "notificationUrl", "{host}: {error}");
            // An absent name, a private one and a closed port are told apart by nobody.
            let message = error["message"].as_str().unwrap();
            assert!(message.contains("it can't be reached at a public address"), "{host}: {message}");
        }
    }
    assert!(receiver.calls().is_empty());
}

#[tokio::test]
async fn a_name_is_worth_its_addresses() {
    let names = Told::default();
    let (server, receiver) = (server(&names).await, Receiver::open().await);
    let alice = server.alice();
    let url = format!("http://hooks.example:{}/", receiver.port());
    for addresses in
        [&[][..], &["10.0.0.1"], &["127.0.0.2"], &["::1"], &["169.254.169.254", "::ffff:10.0.0.1"], &["8.8.8.8"]]
    {
        names.mean(addresses);
        is_refused(&alice, &receiver, &url).await;
    }
    // Of several addresses the ones that may be called are.
    names.mean(&["10.0.0.1", "127.0.0.1"]);
    let mut asked = body(&receiver, "/me/drive/root");
    asked["notificationUrl"] = json!(url);
    subscribe(&alice, &asked).await.expect(201);
    assert_eq!(receiver.call().headers["host"], format!("hooks.example:{}", receiver.port()));
}

/// A name that means something else afterwards is judged again, and there is one look-up for judgement and connection.
#[tokio::test]
async fn a_name_that_is_rebound_is_judged_again() {
    let names = Told::default();
    let (server, receiver) = (server(&names).await, Receiver::open().await);
    let alice = server.alice();
    names.mean(&["127.0.0.1"]);
    let mut asked = body(&receiver, "/me/drive/root");
    asked["notificationUrl"] = json!(format!("http://hooks.example:{}/", receiver.port()));
    subscribe(&alice, &asked).await.expect(201);
    assert_eq!((receiver.calls().len(), names.asked()), (1, 1));
    names.mean(&["127.0.0.2"]);
    change(&alice, "a.txt").await;
    assert_eq!(deliver(&server).await, put_off(1));
    assert_eq!((receiver.calls().len(), names.asked()), (0, 1));
    names.mean(&["127.0.0.1"]);
    server.advance(SignedDuration::from_secs(10));
    assert_eq!(deliver(&server).await, told(1));
    assert_eq!((receiver.calls().len(), names.asked()), (1, 1));
}

/// What was allowed when a subscription was made isn't for ever.
#[tokio::test]
async fn a_network_that_is_no_longer_allowed_is_not_called() {
    let (server, receiver) = (super::server().await, Receiver::open().await);
    super::to_own_root(&server.alice(), &receiver).await;
    change(&server.alice(), "a.txt").await;
    receiver.calls();
    let mut config = server.app.config.clone();
    config.webhooks.allow_private.clear();
    let mut next = driveway::app::App::open(config, driveway::entropy::Entropy::seeded(43)).unwrap();
    next.clock = driveway::clock::Clock::standing_at(server.app.clock.now());
    assert_eq!(driveway::ops::subscription::deliver(&next).await.unwrap(), put_off(1));
    assert!(receiver.calls().is_empty());
}
