//! Openings and downloads: what is alike within a minute is counted, and no stranger can fill the disk.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{events, kinds, last, refusals};
use crate::link_life::set;
use crate::steps::{link, link_at, location, put, view};
use crate::support::TestServer;
use crate::support::sharing::{ALICE, BOB};
use driveway_core::audit::Addresses;

/// What happened by way of a link: kind, door, how often.
async fn used(server: &TestServer, made: &crate::steps::Link) -> Vec<(String, String, u64)> {
    let found = events(&server.pat(), made).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    found
        .iter()
        .skip(1)
        .map(|event| (text(&event["kind"]), text(&event["through"]), event["details"]["count"].as_u64().unwrap_or(1)))
        .collect()
}

fn one(kind: &str, through: &str, count: u64) -> (String, String, u64) {
    (kind.to_owned(), through.to_owned(), count)
}

#[tokio::test]
async fn pages_shares_and_downloads_are_written_down_each_by_its_door() {
    let server = TestServer::start().await;
    let (pat, stranger) = (server.pat(), server.anonymous());
    put(&pat, "a.txt", "the words").await;
    let made = view(&pat, "a.txt").await;
    stranger.get(&made.page()).await.expect(200);
    assert_eq!(used(&server, &made).await, [one("opened", "page", 1)]);
    stranger.get(&format!("{}?download=1", made.page())).await.expect(200);
    stranger.get(&made.graph("")).await.expect(200);
    let ticket = location(&stranger.get(&made.graph("/content")).await);
    stranger.get(&ticket).await.expect(200);
    let mut found = used(&server, &made).await;
    found.sort();
    let mut expected = vec![
        one("opened", "page", 1),
        one("downloaded", "page", 1),
        one("opened", "shares", 1),
        one("opened", "shares", 1),
        one("downloaded", "download", 1),
    ];
    expected.sort();
    assert_eq!(found, expected);
    assert_eq!(last(&pat, &made).await.get("by"), None, "a stranger is nobody");
    // A part of a file is no download, and can't be had unseen either.
    server.advance(SignedDuration::from_hours(1));
    stranger.with("range", "bytes=0-2").get(&format!("{}?download=1", made.page())).await.expect(206);
    assert_eq!(last(&pat, &made).await["kind"], "opened");
    assert_eq!(last(&pat, &made).await["dateTime"], "2026-11-23T13:00:00Z");
}

#[tokio::test]
async fn a_minute_of_looking_is_one_event_more() {
    let server = TestServer::start().await;
    let (pat, stranger) = (server.pat(), server.anonymous());
    put(&pat, "Box/a.txt", "x").await;
    let made = view(&pat, "Box").await;
    for _ in 0..5 {
        stranger.get(&made.page()).await.expect(200);
    }
    server.advance(SignedDuration::from_secs(59));
    stranger.get(&made.page()).await.expect(200);
    server.advance(SignedDuration::from_secs(1));
    stranger.get(&made.page()).await.expect(200);
    let found = used(&server, &made).await;
    assert_eq!(found, [one("opened", "page", 1), one("opened", "page", 5), one("opened", "page", 1)]);
}

#[tokio::test]
async fn limited_downloads_are_written_down_and_the_one_too_many() {
    let server = TestServer::start().await;
    let (pat, stranger) = (server.pat(), server.anonymous());
    put(&pat, "a.txt", "x").await;
    let made = view(&pat, "a.txt").await;
    set(&pat, &made, json!({"maximumDownloads": 1})).await;
    let page = format!("{}?download=1", made.page());
    stranger.get(&page).await.expect(200);
    stranger.get(&page).await.expect(404);
    let mut found = kinds(&pat, &made).await;
    found.sort();
    assert_eq!(found, ["changed", "created", "downloaded", "refused"]);
    assert_eq!(refusals(&pat, &made).await, [("usedUp".to_owned(), 1)]);
}

#[tokio::test]
async fn a_person_who_opens_a_link_is_named() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    let item = server.item(ALICE, "Welcome.txt");
    let made = link_at(&alice, &item, json!({"type": "view", "scope": "organization"})).await;
    bob.get(&made.page()).await.expect(200);
    let event = last(&alice, &made).await;
    assert_eq!(event["by"]["user"]["id"], server.person(BOB).user.id.to_string());
    bob.get(&format!("{}?download=1", made.page())).await.expect(200);
    let event = last(&alice, &made).await;
    assert_eq!((&event["kind"], &event["by"]["user"]["displayName"]), (&json!("downloaded"), &json!("Bob Lindqvist")));
}

/// However hard a stranger tries, a link gets so many events in an hour and one for the rest.
#[tokio::test]
async fn a_stranger_can_not_fill_the_disk() {
    let server = TestServer::start_with(|config| config.audit.events_per_hour = 4).await;
    let (pat, stranger) = (server.pat(), server.anonymous());
    put(&pat, "a.txt", "x").await;
    let made = view(&pat, "a.txt").await;
    for address in 0..10 {
        let from = stranger.with("x-forwarded-for", &format!("203.0.{address}.1"));
        from.get(&made.page()).await.expect(200);
    }
    let found = used(&server, &made).await;
    assert_eq!(found.len(), 5, "{found:?}");
    assert_eq!(found[4], one("dropped", "server", 6));
    assert_eq!(used(&server, &made).await.len(), 5, "asking makes no more of it");
}

#[tokio::test]
async fn addresses_are_kept_as_configured() {
    for (addresses, kept) in [
        (Addresses::Full, json!("203.0.113.77")),
        (Addresses::Shortened, json!("203.0.113.0/24")),
        (Addresses::None, Value::Null),
    ] {
        let server = TestServer::start_with(|config| config.audit.addresses = addresses).await;
        let pat = server.pat();
        put(&pat, "a.txt", "x").await;
        let made = link(&pat, "a.txt", json!({"type": "view", "scope": "anonymous"})).await;
        let visitor = server.anonymous().with("x-forwarded-for", "203.0.113.77");
        visitor.get(&made.page()).await.expect(200);
        assert_eq!(last(&pat, &made).await["address"], kept);
    }
}
