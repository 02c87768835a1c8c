//! Downloads that are counted, and links that are good for so many.

use reqwest::Method;
use serde_json::{Value, json};

use super::{look, managed, set};
use crate::steps::{Link, at, id, location, put, view};
use crate::support::{Actor, TestServer};

fn download(link: &Link) -> String {
    format!("{}?download=1", link.page())
}

async fn count(owner: &Actor, link: &Link) -> Value {
    look(owner, link).await["downloads"].clone()
}

#[tokio::test]
async fn a_link_is_good_for_so_many_downloads_and_then_dead() {
    let server = TestServer::start().await;
    let (pat, stranger) = (server.pat(), server.anonymous());
    put(&pat, "a.txt", "the words").await;
    let made = view(&pat, "a.txt").await;
    let shown = set(&pat, &made, json!({"maximumDownloads": 2})).await;
    assert_eq!((&shown["maximumDownloads"], &shown["downloads"]), (&json!(2), &json!(0)));
    let ticket = location(&stranger.get(&made.graph("/content")).await);
    assert_eq!(stranger.get(&download(&made)).await.expect(200).text(), "the words");
    assert_eq!(count(&pat, &made).await, 1);
    assert_eq!(stranger.get(&ticket).await.expect(200).text(), "the words");
    let shown = look(&pat, &made).await;
    assert_eq!((&shown["downloads"], &shown["state"]), (&json!(2), &json!("usedUp")));
    // P16: every way in is as dead as that of a link that never was.
    for path in [download(&made), made.page(), format!("{}inline", made.page())] {
        stranger.get(&path).await.expect(404);
        stranger.with("range", "bytes=0-0").get(&path).await.expect(404);
        stranger.head(&path).await.expect(404);
    }
    stranger.get(&ticket).await.error(404, "itemNotFound");
    stranger.get(&made.graph("")).await.error(404, "itemNotFound");
    // The owner makes it good for more, or for any number.
    set(&pat, &made, json!({"maximumDownloads": 3})).await;
    stranger.get(&download(&made)).await.expect(200);
    stranger.get(&download(&made)).await.expect(404);
    set(&pat, &made, json!({"maximumDownloads": null})).await;
    stranger.get(&download(&made)).await.expect(200);
    assert_eq!(count(&pat, &made).await, 4);
}

#[tokio::test]
async fn parts_heads_pages_previews_and_what_is_known_use_nothing_up() {
    let server = TestServer::start().await;
    let (pat, stranger) = (server.pat(), server.anonymous());
    put(&pat, "a.txt", "the words").await;
    let made = view(&pat, "a.txt").await;
    set(&pat, &made, json!({"maximumDownloads": 1})).await;
    let ticket = location(&stranger.get(&made.graph("/content")).await);
    for path in [download(&made), ticket.clone()] {
        stranger.head(&path).await.expect(200);
        assert_eq!(stranger.with("range", "bytes=0-2").get(&path).await.expect(206).text(), "the");
        stranger.with("range", "bytes=4-").get(&path).await.expect(206);
        stranger.with("range", "bytes=90-").get(&path).await.expect(416);
        stranger.with("if-none-match", "*").get(&path).await.expect(304);
    }
    stranger.get(&made.page()).await.expect(200);
    stranger.get(&made.graph("")).await.expect(200);
    for bot in ["Slackbot-LinkExpanding 1.0", "TelegramBot (like TwitterBot)", "WhatsApp/2.23.20.0"] {
        let bot = stranger.with("user-agent", bot);
        let page = bot.get(&download(&made)).await.expect(200);
        assert!(page.header("content-type").starts_with("text/html"), "a bot gets the page");
        bot.get(&ticket).await.error(403, "notAllowed");
    }
    stranger.with("sec-purpose", "prefetch").get(&ticket).await.error(403, "notAllowed");
    assert_eq!(count(&pat, &made).await, 0);
    // A "part" that is the whole is a download.
    stranger.with("range", "bytes=0-").get(&download(&made)).await.expect(206);
    assert_eq!(count(&pat, &made).await, 1);
    stranger.get(&download(&made)).await.expect(404);
}

#[tokio::test]
async fn downloads_of_links_without_a_limit_are_counted_too_and_the_last_opening_is_known() {
    let server = TestServer::start().await;
    let (pat, stranger) = (server.pat(), server.anonymous());
    put(&pat, "a.txt", "the words").await;
    put(&pat, "empty.txt", "").await;
    let made = view(&pat, "a.txt").await;
    assert!(look(&pat, &made).await.get("lastOpenedDateTime").is_none());
    stranger.get(&made.page()).await.expect(200);
    assert_eq!(look(&pat, &made).await["lastOpenedDateTime"], "2026-11-23T12:00:00Z");
    server.advance(jiff::SignedDuration::from_mins(1));
    for _ in 0..3 {
        stranger.get(&download(&made)).await.expect(200);
    }
    let shown = look(&pat, &made).await;
    assert_eq!((&shown["downloads"], &shown["lastOpenedDateTime"]), (&json!(3), &json!("2026-11-23T12:01:00Z")));
    server.advance(jiff::SignedDuration::from_mins(1));
    stranger.get(&made.graph("")).await.expect(200);
    assert_eq!(look(&pat, &made).await["lastOpenedDateTime"], "2026-11-23T12:02:00Z");
    // A file without bytes can be downloaded as well.
    let empty = view(&pat, "empty.txt").await;
    set(&pat, &empty, json!({"maximumDownloads": 1})).await;
    stranger.get(&download(&empty)).await.expect(200);
    assert_eq!(count(&pat, &empty).await, 1);
    // The owner's own way to the file is none by the link.
    let own = location(&pat.get(&format!("{}/content", at("a.txt"))).await);
    stranger.get(&own).await.expect(200);
    assert_eq!(count(&pat, &made).await, 3);
}

#[tokio::test]
async fn a_folders_link_counts_the_downloads_of_all_that_lies_below() {
    let server = TestServer::start().await;
    let (pat, stranger) = (server.pat(), server.anonymous());
    let first = id(&put(&pat, "Hold/a.txt", "a").await);
    let second = id(&put(&pat, "Hold/b.txt", "b").await);
    let made = view(&pat, "Hold").await;
    set(&pat, &made, json!({"maximumDownloads": 1})).await;
    stranger.get(&made.page()).await.expect(200);
    stranger.get(&format!("{}?download=1", made.below(&first))).await.expect(200);
    stranger.get(&format!("{}?download=1", made.below(&second))).await.expect(404);
    stranger.get(&made.page()).await.expect(404);
}

#[tokio::test]
async fn of_many_who_want_the_last_download_one_gets_it() {
    let server = TestServer::start().await;
    let (pat, stranger) = (server.pat(), server.anonymous());
    put(&pat, "a.txt", "the words").await;
    let made = view(&pat, "a.txt").await;
    set(&pat, &made, json!({"maximumDownloads": 3})).await;
    let path = download(&made);
    let answers = futures::future::join_all((0..24).map(|_| stranger.get(&path))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 3);
    assert!(answers.iter().all(|answer| matches!(answer.status.as_u16(), 200 | 404)));
    assert_eq!(count(&pat, &made).await, 3);
}

#[tokio::test]
async fn a_download_that_breaks_off_is_given_back() {
    let server = TestServer::start().await;
    let (pat, stranger) = (server.pat(), server.anonymous());
    // More than what the connection's buffers take in one go.
    put(&pat, "large.bin", &"x".repeat(48 * 1024 * 1024)).await;
    let made = view(&pat, "large.bin").await;
    set(&pat, &made, json!({"maximumDownloads": 1})).await;
    let mut begun = stranger.request(Method::GET, &download(&made)).send().await.unwrap();
    assert_eq!(begun.status().as_u16(), 200);
    assert!(begun.chunk().await.unwrap().is_some());
    // Under way it counts, so that nobody else gets the last one meanwhile.
    assert_eq!(count(&pat, &made).await, 1);
    stranger.get(&download(&made)).await.expect(404);
    drop(begun);
    let mut tries = 0;
    while count(&pat, &made).await != 0 {
        tries += 1;
        assert!(tries < 10_000, "it was never given back");
    }
    assert_eq!(stranger.get(&download(&made)).await.expect(200).body.len(), 48 * 1024 * 1024);
    assert_eq!(count(&pat, &made).await, 1);
}

#[tokio::test]
async fn what_was_under_way_when_the_server_ended_is_given_back() {
    let server = TestServer::start().await;
    let pat = server.pat();
    put(&pat, "a.txt", "x").await;
    let made = view(&pat, "a.txt").await;
    set(&pat, &made, json!({"maximumDownloads": 1})).await;
    let link = driveway_core::id::PermissionId::parse(&made.id).unwrap();
    let (reservation, former_run) = (uuid::Uuid::from_u128(1), uuid::Uuid::from_u128(2));
    assert!(server.app.db.write(move |tx| tx.reserve_download(link, reservation, former_run)).await.unwrap());
    server.anonymous().get(&made.page()).await.expect(404);
    let (_, stranger) = crate::steps::restarted(&server).await;
    stranger.get(&made.page()).await.expect(200);
    assert_eq!(count(&pat, &made).await, 0);
}

#[tokio::test]
async fn each_link_has_a_count_of_its_own() {
    let server = TestServer::start().await;
    let (pat, stranger) = (server.pat(), server.anonymous());
    put(&pat, "a.txt", "x").await;
    let first = view(&pat, "a.txt").await;
    set(&pat, &first, json!({"maximumDownloads": 1, "name": "first"})).await;
    let second = view(&pat, "a.txt").await;
    assert!(look(&pat, &second).await.get("maximumDownloads").is_none());
    stranger.get(&download(&first)).await.expect(200);
    stranger.get(&download(&first)).await.expect(404);
    stranger.get(&download(&second)).await.expect(200);
    assert_eq!((count(&pat, &first).await, count(&pat, &second).await), (json!(1), json!(1)));
    // A removed link takes its count with it; a new one in its slot starts from nothing.
    pat.delete(&managed(&second)).await.expect(204);
    assert_eq!(count(&pat, &view(&pat, "a.txt").await).await, 0);
}
