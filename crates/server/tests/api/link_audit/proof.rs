//! Tampering shows, retention doesn't look like it.

use jiff::SignedDuration;
use serde_json::json;

use super::{events, kinds, tamper, trail};
use crate::link_life::set;
use crate::steps::{put, restarted, revoke, view};
use crate::support::TestServer;
use driveway::ops::{audit, openings, upkeep};

#[tokio::test]
async fn a_trail_that_was_tampered_with_says_where() {
    let server = TestServer::start().await;
    let pat = server.pat();
    put(&pat, "a.txt", "x").await;
    let made = view(&pat, "a.txt").await;
    for enabled in [false, true] {
        set(&pat, &made, json!({"enabled": enabled})).await;
    }
    tamper(&server, "UPDATE link_events SET details = '{\"enabled\":true}' WHERE sequence = 2");
    let body = pat.get(&trail(&made)).await.expect(200).json();
    assert_eq!((&body["@driveway.chain"], &body["@driveway.brokenAt"]), (&json!("broken"), &json!(2)));
    let findings = upkeep::check(&server.app, upkeep::Look::Outside).await.unwrap();
    assert_eq!(findings, [format!("the link's audit trail is broken: {}, event 2", made.id)]);
    // What happens from now on doesn't mend it, and doesn't fail either.
    set(&pat, &made, json!({"enabled": false})).await;
    assert_eq!(pat.get(&trail(&made)).await.json()["@driveway.brokenAt"], 2);
    tamper(&server, "UPDATE link_events SET kind = 'x', user_id = 'x', application_id = 'x', details = 'x', at = 'x'");
    let body = pat.get(&trail(&made)).await.expect(200).json();
    assert_eq!(body["@driveway.brokenAt"], 1);
}

#[tokio::test]
async fn a_cut_off_end_shows() {
    let server = TestServer::start().await;
    let pat = server.pat();
    put(&pat, "a.txt", "x").await;
    let made = view(&pat, "a.txt").await;
    set(&pat, &made, json!({"enabled": false})).await;
    tamper(&server, "DELETE FROM link_events WHERE sequence = 2");
    assert_eq!(pat.get(&trail(&made)).await.json()["@driveway.brokenAt"], 2);
    tamper(&server, "DELETE FROM link_events");
    let body = pat.get(&trail(&made)).await.expect(200).json();
    assert_eq!((&body["@driveway.brokenAt"], &body["value"]), (&json!(1), &json!([])));
    let findings = upkeep::check(&server.app, upkeep::Look::Outside).await.unwrap();
    assert_eq!(findings, [format!("the link has no audit trail: {}", made.id)]);
}

#[tokio::test]
async fn what_is_older_than_trails_are_kept_goes_and_the_rest_verifies() {
    let server = TestServer::start_with(|config| config.audit.retention_days = 30).await;
    put(&server.pat(), "a.txt", "x").await;
    put(&server.pat(), "b.txt", "x").await;
    let (kept, gone) = (view(&server.pat(), "a.txt").await, view(&server.pat(), "b.txt").await);
    revoke(&server.pat(), "b.txt", &gone).await;
    server.advance(SignedDuration::from_hours(24 * 30));
    assert_eq!(audit::prune(&server.app).await.unwrap(), 0, "thirty days are kept");
    set(&server.pat(), &kept, json!({"enabled": false})).await;
    server.advance(SignedDuration::from_secs(1));
    assert_eq!(audit::prune(&server.app).await.unwrap(), 3);
    assert_eq!(kinds(&server.pat(), &kept).await, ["pruned", "changed"]);
    server.pat().get(&trail(&gone)).await.error(404, "itemNotFound");
    server.advance(SignedDuration::from_hours(24 * 31));
    assert_eq!(audit::prune(&server.app).await.unwrap(), 2);
    assert_eq!(audit::prune(&server.app).await.unwrap(), 0);
    set(&server.pat(), &kept, json!({"enabled": true})).await;
    let found = events(&server.pat(), &kept).await;
    assert_eq!(found.iter().map(|event| event["sequence"].as_i64().unwrap()).collect::<Vec<_>>(), [2, 3]);
    assert!(upkeep::check(&server.app, upkeep::Look::Outside).await.unwrap().is_empty());
}

#[tokio::test]
async fn without_a_limit_everything_is_kept() {
    let server = TestServer::start_with(|config| config.audit.retention_days = 0).await;
    put(&server.pat(), "a.txt", "x").await;
    let made = view(&server.pat(), "a.txt").await;
    server.advance(SignedDuration::from_hours(24 * 4000));
    assert_eq!(audit::prune(&server.app).await.unwrap(), 0);
    assert_eq!(kinds(&server.pat(), &made).await, ["created"]);
}

/// Links from before there were trails get theirs when the server starts; once.
#[tokio::test]
async fn older_links_get_a_trail_once() {
    let server = TestServer::start().await;
    let pat = server.pat();
    put(&pat, "a.txt", "x").await;
    let made = view(&pat, "a.txt").await;
    tamper(&server, "DELETE FROM link_events; DELETE FROM instance_settings WHERE key = 'trails_begun'");
    drop(restarted(&server).await);
    assert_eq!(kinds(&pat, &made).await, ["adopted"]);
    tamper(&server, "DELETE FROM link_events");
    drop(restarted(&server).await);
    assert_eq!(pat.get(&trail(&made)).await.expect(200).json()["@driveway.chain"], "broken", "and never again");
}

/// Openings are written soon, without anybody asking for the trail.
#[tokio::test]
async fn what_is_noted_is_written_with_the_rest() {
    let server = TestServer::start().await;
    let pat = server.pat();
    put(&pat, "a.txt", "x").await;
    let made = view(&pat, "a.txt").await;
    for _ in 0..3 {
        server.anonymous().get(&made.page()).await.expect(200);
    }
    openings::flush(&server.app).await.unwrap();
    let database = rusqlite::Connection::open(server.app.config.data.join("driveway.db")).unwrap();
    let count = |sql: &str| database.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(count("SELECT COUNT(*) FROM link_events"), 2, "the first at once");
    openings::flush_all(&server.app).await.unwrap();
    assert_eq!(count("SELECT COUNT(*) FROM link_events"), 3, "and what is like it, counted");
}

/// Many at once at one link: the chain is one all the same.
#[tokio::test]
async fn what_happens_together_is_chained_one_behind_the_other() {
    let server = TestServer::start().await;
    let pat = server.pat();
    put(&pat, "a.txt", "x").await;
    let made = view(&pat, "a.txt").await;
    let rounds = (0..20).map(|number| {
        let visitor = server.anonymous().with("x-forwarded-for", &format!("203.0.{number}.1"));
        let (pat, made) = (pat.clone(), made.clone());
        async move {
            set(&pat, &made, json!({"maximumDownloads": 1000 + number})).await;
            visitor.get(&format!("{}?download=1", made.page())).await.expect(200);
            kinds(&pat, &made).await;
        }
    });
    futures::future::join_all(rounds).await;
    let found = kinds(&pat, &made).await;
    let count = |kind: &str| found.iter().filter(|found| *found == kind).count();
    assert_eq!((count("created"), count("changed"), count("downloaded"), found.len()), (1, 20, 20, 41));
    assert!(upkeep::check(&server.app, upkeep::Look::Outside).await.unwrap().is_empty());
}
