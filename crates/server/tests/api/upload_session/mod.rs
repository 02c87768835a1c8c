//! Upload sessions (ITEM-07): files that come in fragments, over HTTP, as clients send them.

mod begin;
mod clients;
mod fragments;
mod lasting;
mod limits;
mod links;
mod random;
mod rights;

use reqwest::Method;
use serde_json::{Value, json};

use crate::steps::at;
use crate::support::{Actor, Answer, TestServer};

/// Bytes that differ everywhere.
fn bytes(length: usize) -> Vec<u8> {
    (0..u32::try_from(length).unwrap()).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

/// A session, as the client that uses it has it: its URL and nothing else.
#[derive(Clone)]
struct Session {
    url: String,
    client: Actor,
}

impl Session {
    /// Begins a session at an address.
    async fn begin(server: &TestServer, actor: &Actor, address: &str, body: &Value) -> Self {
        let begun = actor.post(&format!("{address}/createUploadSession"), body).await.expect(200).json();
        Self { url: begun["uploadUrl"].as_str().unwrap().to_owned(), client: server.anonymous() }
    }

    /// Begins a session of Alice's for a file at a path.
    async fn of_alice(server: &TestServer, path: &str) -> Self {
        Self::begin(server, &server.alice(), &at(path), &json!({})).await
    }

    /// Puts a part of a content: its bytes from `start` to before `end`.
    async fn put(&self, content: &[u8], start: usize, end: usize) -> Answer {
        let range = format!("bytes {start}-{}/{}", end - 1, content.len());
        self.put_as(&range, content[start..end].to_vec()).await
    }

    /// Puts bytes as some part.
    async fn put_as(&self, range: &str, body: impl Into<reqwest::Body>) -> Answer {
        self.client.with("content-range", range).put(&self.url, body).await
    }

    async fn status(&self) -> Answer {
        self.client.get(&self.url).await
    }

    /// What is expected next.
    async fn expected(&self) -> Vec<String> {
        ranges(&self.status().await.expect(200).json())
    }

    async fn commit(&self) -> Answer {
        self.client.send(Method::POST, &self.url, "application/octet-stream", "").await
    }

    async fn cancel(&self) -> Answer {
        self.client.delete(&self.url).await
    }
}

fn ranges(answer: &Value) -> Vec<String> {
    answer["nextExpectedRanges"].as_array().unwrap().iter().map(|range| range.as_str().unwrap().to_owned()).collect()
}

/// What a file holds.
async fn content(actor: &Actor, address: &str) -> Vec<u8> {
    let url = crate::steps::location(&actor.get(&format!("{address}/content")).await);
    actor.get(&url).await.expect(200).body
}

/// The files of fragments.
fn staged(server: &TestServer) -> usize {
    crate::steps::files_below(&server.app.config.data.join("blobs/sessions"))
}
