//! Subscriptions, against receivers on loopback that run inside the tests.

mod bad_input;
mod delivery;
mod lasting;
mod life;
mod private;
mod receiver;
mod rights;

use driveway::ops::subscription::{self, Tally};
use serde_json::{Value, json};

use self::receiver::Receiver;
use crate::support::{Actor, Answer, TestServer};

/// A server that may call this machine.
async fn server() -> TestServer {
    TestServer::start_with(|config| config.webhooks.allow_loopback()).await
}

/// What a subscription to a resource is asked for with.
fn body(receiver: &Receiver, resource: &str) -> Value {
    json!({
        "changeType": "updated",
        "notificationUrl": receiver.url("/changes"),
        "resource": resource,
        "expirationDateTime": "2026-12-20T12:00:00Z",
        "clientState": "only we two know",
    })
}

async fn subscribe(actor: &Actor, body: &Value) -> Answer {
    actor.post("/v1.0/subscriptions", body).await
}

/// A subscription to the root of one's own drive.
async fn to_own_root(actor: &Actor, receiver: &Receiver) -> String {
    id(&subscribe(actor, &body(receiver, "/me/drive/root")).await.expect(201))
}

fn id(answer: &Answer) -> String {
    answer.json()["id"].as_str().unwrap().to_owned()
}

fn at(id: &str) -> String {
    format!("/v1.0/subscriptions/{id}")
}

/// Puts a file into one's own drive.
async fn change(actor: &Actor, path: &str) {
    let answer = actor.put(&format!("/v1.0/me/drive/root:/{path}:/content"), "x").await;
    assert!(answer.status.is_success(), "{}", answer.text());
}

/// Tells what is due, as the job does.
async fn deliver(server: &TestServer) -> Tally {
    subscription::deliver(&server.app).await.unwrap()
}

const NOTHING: Tally = Tally { told: 0, put_off: 0, given_up: 0, removed: 0 };

fn told(number: u32) -> Tally {
    Tally { told: number, ..NOTHING }
}

fn put_off(number: u32) -> Tally {
    Tally { put_off: number, ..NOTHING }
}
