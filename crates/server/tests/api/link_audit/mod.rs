//! The audit trail of a link: `/driveway/v1/links/{id}/audit`.

mod changes;
mod openings;
mod proof;
mod readers;
mod refusals;

use serde_json::Value;

use crate::steps::Link;
use crate::support::{Actor, TestServer};

/// The trail of a link.
pub fn trail(link: &Link) -> String {
    format!("/driveway/v1/links/{}/audit", link.id)
}

/// The events of a link, the oldest first; the trail is intact.
pub async fn events(reader: &Actor, link: &Link) -> Vec<Value> {
    let body = reader.get(&format!("{}?$top=200", trail(link))).await.expect(200).json();
    assert_eq!(body["@driveway.chain"], "intact", "{body}");
    let mut events = body["value"].as_array().unwrap().clone();
    events.reverse();
    events
}

/// What happened to a link, in words, the oldest first.
pub async fn kinds(reader: &Actor, link: &Link) -> Vec<String> {
    events(reader, link).await.iter().map(|event| event["kind"].as_str().unwrap().to_owned()).collect()
}

/// The newest event of a link.
pub async fn last(reader: &Actor, link: &Link) -> Value {
    events(reader, link).await.pop().unwrap()
}

/// The reasons for which a link refused, the oldest first, each with how often.
pub async fn refusals(reader: &Actor, link: &Link) -> Vec<(String, u64)> {
    let events = events(reader, link).await;
    let refused = events.iter().filter(|event| event["kind"] == "refused");
    let reason = |event: &Value| event["details"]["reason"].as_str().unwrap().to_owned();
    refused.map(|event| (reason(event), event["details"]["count"].as_u64().unwrap_or(1))).collect()
}

/// Changes the database by hand.
pub fn tamper(server: &TestServer, sql: &str) {
    let database = rusqlite::Connection::open(server.app.config.data.join("driveway.db")).unwrap();
    database.execute_batch(sql).unwrap();
}
