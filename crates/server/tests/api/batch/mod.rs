//! `POST /$batch`.

mod parts;
mod refused;
mod rights;

use serde_json::{Value, json};

use crate::support::{Actor, Answer};

/// Sends requests in one.
async fn send(actor: &Actor, requests: Value) -> Answer {
    actor.post("/v1.0/$batch", &json!({ "requests": requests })).await
}

/// The answers to requests in one, which the server took.
async fn batch(actor: &Actor, requests: Value) -> Value {
    send(actor, requests).await.expect(200).json()["responses"].clone()
}

/// The answer to the request of this id.
#[track_caller]
fn of<'a>(responses: &'a Value, id: &str) -> &'a Value {
    let found: Vec<&Value> = responses.as_array().unwrap().iter().filter(|response| response["id"] == id).collect();
    assert_eq!(found.len(), 1, "{id} in {responses}");
    found[0]
}

fn get(id: &str, url: &str) -> Value {
    json!({ "id": id, "method": "GET", "url": url })
}
