//! Steps that many tests take: a file, a link on it, words over a bare connection, a second server on the same data.

use std::sync::Arc;

use driveway::app::App;
use driveway::clock::Clock;
use driveway::config::Config;
use driveway::entropy::Entropy;
use driveway::http::Server;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Actor, Answer, TestServer};

/// A link that somebody made.
#[derive(Debug, Clone)]
pub struct Link {
    /// Its permission's id.
    pub id: String,
    /// Its URL.
    pub url: String,
    /// The secret part of the URL.
    pub token: String,
    /// The key of `/shares/{key}`.
    pub share_id: String,
}

impl Link {
    /// The page, as a path.
    pub fn page(&self) -> String {
        format!("/s/{}/", self.token)
    }

    /// The page of an item below the shared one.
    pub fn below(&self, item: &str) -> String {
        format!("/s/{}/items/{item}/", self.token)
    }

    /// The shared item in the Graph API, with what follows it.
    pub fn graph(&self, rest: &str) -> String {
        format!("/v1.0/shares/{}/driveItem{rest}", self.share_id)
    }
}

/// Makes a link on an item of one's own drive, given by its path from the root.
pub async fn link(owner: &Actor, path: &str, body: Value) -> Link {
    link_at(owner, &at(path), body).await
}

/// Makes a link on an item, given by its Graph address.
pub async fn link_at(owner: &Actor, address: &str, body: Value) -> Link {
    let made = owner.post(&format!("{address}/createLink"), &body).await.expect(201).json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let url = text(&made["link"]["webUrl"]);
    let token = url.split("/s/").nth(1).unwrap().trim_end_matches('/').to_owned();
    Link { id: text(&made["id"]), token, share_id: text(&made["shareId"]), url }
}

/// An anonymous link to look at an item of one's own drive.
pub async fn view(owner: &Actor, path: &str) -> Link {
    link(owner, path, json!({"type": "view", "scope": "anonymous"})).await
}

/// An anonymous link to change an item of one's own drive.
pub async fn edit(owner: &Actor, path: &str) -> Link {
    link(owner, path, json!({"type": "edit", "scope": "anonymous"})).await
}

/// An anonymous link to look at an item of one's own drive, with a password; for personal drives.
pub async fn protected(owner: &Actor, path: &str, password: &str) -> Link {
    link(owner, path, json!({"type": "view", "scope": "anonymous", "password": password})).await
}

/// Takes a link away again.
pub async fn revoke(owner: &Actor, path: &str, link: &Link) {
    owner.delete(&format!("{}/permissions/{}", at(path), link.id)).await.expect(204);
}

/// The address of an item by its path from the root of one's own drive.
pub fn at(path: &str) -> String {
    format!("/v1.0/me/drive/root:/{path}:")
}

/// Puts a file at a path and returns the item.
pub async fn put(owner: &Actor, path: &str, content: &str) -> Value {
    let answer = owner.put(&format!("{}/content", at(path)), content.to_owned()).await;
    assert!(answer.status.is_success(), "{}", answer.text());
    answer.json()
}

/// The id of an item.
pub fn id(item: &Value) -> String {
    item["id"].as_str().unwrap().to_owned()
}

/// The names in a listing, in its order.
pub fn names(listing: &Value) -> Vec<String> {
    listing["value"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

/// Where a redirect leads.
pub fn location(answer: &Answer) -> String {
    assert_eq!(answer.status.as_u16(), 302, "{}", answer.text());
    answer.header("location").to_owned()
}

/// Sends a password by the form of a page.
pub async fn guess(visitor: &Actor, link: &Link, password: &str) -> Answer {
    visitor
        .send(
            reqwest::Method::POST,
            &link.page(),
            "application/x-www-form-urlencoded",
            format!("password={}", password.replace(' ', "+")),
        )
        .await
}

/// The cookie that an answer sets, as a request sends it back.
pub fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

/// Says something over a bare connection, closes that side of it and reads what comes back until the end.
pub async fn raw(server: &TestServer, words: &[u8]) -> String {
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    stream.write_all(words).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = Vec::new();
    // A server that gives up on a connection may reset it; what came until then is what counts.
    drop(stream.read_to_end(&mut answer).await);
    String::from_utf8_lossy(&answer).into_owned()
}

/// A server started anew on the data of another, and a stranger who uses it.
pub async fn restarted(server: &TestServer) -> (Arc<App>, Actor) {
    let config = Config {
        listen: "127.0.0.1:0".parse().unwrap(),
        limits: server.app.config.limits,
        ..server.app.config.clone()
    };
    let mut app = App::open(config, Entropy::seeded(43)).unwrap();
    app.clock = Clock::standing_at(server.app.clock.now());
    let app = Arc::new(app);
    let second = Server::bind(Arc::clone(&app)).await.unwrap();
    let address = second.address().unwrap();
    #[expect(clippy::disallowed_methods, reason = "ends with the test's process")]
    tokio::spawn(second.run(std::future::pending()));
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    (app, Actor::new(client, address, None))
}

/// How many files lie below a directory.
pub fn files_below(directory: &std::path::Path) -> usize {
    let Ok(entries) = std::fs::read_dir(directory) else { return 0 };
    entries.map(|entry| entry.unwrap().path()).map(|path| if path.is_dir() { files_below(&path) } else { 1 }).sum()
}
