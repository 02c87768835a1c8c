//! Why a link didn't open stands in its trail and nowhere else.

use jiff::SignedDuration;
use serde_json::json;

use super::{events, kinds, last, refusals};
use crate::link_life::set;
use crate::steps::{at, guess, id, link, link_at, location, protected, put, revoke, view};
use crate::support::TestServer;
use crate::support::sharing::{ADMIN, ALICE, BOB, PAT};
use driveway_core::permission::Role;

fn once(reason: &str) -> (String, u64) {
    (reason.to_owned(), 1)
}

/// P16: to the visitor all of these are one answer; the owner reads the reason.
#[tokio::test]
async fn p16_the_reason_of_a_dead_link_is_told_to_its_owner_only() {
    let server = TestServer::start().await;
    let (pat, stranger) = (server.pat(), server.anonymous());
    put(&pat, "a.txt", "x").await;
    let made = view(&pat, "a.txt").await;
    let forged = format!("/s/{}x/", &made.token[..47]);
    let nothing = stranger.get(&forged).await.expect(404).text();
    let mut expected = Vec::new();
    for (change, reason) in [
        (json!({"enabled": false}), "off"),
        (json!({"enabled": true, "notBeforeDateTime": "2027-01-01T00:00:00Z"}), "notYet"),
        (json!({"notBeforeDateTime": null, "expirationDateTime": "2026-11-23T12:30:00Z"}), "expired"),
    ] {
        set(&pat, &made, change).await;
        if reason == "expired" {
            server.advance(SignedDuration::from_mins(30));
        }
        assert_eq!(stranger.get(&made.page()).await.expect(404).text(), nothing);
        expected.push(once(reason));
        assert_eq!(refusals(&pat, &made).await, expected);
        server.advance(SignedDuration::from_mins(2));
    }
    set(&pat, &made, json!({"expirationDateTime": null})).await;
    pat.delete(&at("a.txt")).await.expect(204);
    stranger.get(&made.graph("")).await.error(404, "itemNotFound");
    expected.push(once("itemDeleted"));
    assert_eq!(refusals(&pat, &made).await, expected);
}

#[tokio::test]
async fn a_revoked_link_and_its_tickets_are_refused_in_its_trail() {
    let server = TestServer::start().await;
    let (pat, stranger) = (server.pat(), server.anonymous());
    put(&pat, "a.txt", "x").await;
    let made = view(&pat, "a.txt").await;
    let ticket = location(&stranger.get(&made.graph("/content")).await);
    revoke(&pat, "a.txt", &made).await;
    stranger.get(&made.page()).await.expect(404);
    stranger.get(&made.page()).await.expect(404);
    stranger.get(&made.graph("")).await.expect(404);
    stranger.get(&ticket).await.expect(404);
    let found = events(&pat, &made).await;
    let mut doors: Vec<_> = found
        .iter()
        .filter(|event| event["kind"] == "refused")
        .map(|event| {
            assert_eq!(event["details"]["reason"], "revoked");
            (event["through"].as_str().unwrap(), event["details"]["count"].as_u64().unwrap_or(1))
        })
        .collect();
    doors.sort_unstable();
    assert_eq!(doors, [("download", 1), ("page", 1), ("page", 1), ("shares", 1)]);
}

/// The reason is the one of the moment at which the visitor was refused, whatever happens to the link before it is written.
#[tokio::test]
async fn a_refusal_keeps_the_reason_that_it_had() {
    let server = TestServer::start().await;
    let (pat, stranger) = (server.pat(), server.anonymous());
    put(&pat, "a.txt", "x").await;
    let made = view(&pat, "a.txt").await;
    set(&pat, &made, json!({"enabled": false})).await;
    for _ in 0..5 {
        stranger.get(&made.page()).await.expect(404);
    }
    revoke(&pat, "a.txt", &made).await;
    stranger.get(&made.page()).await.expect(404);
    assert_eq!(refusals(&pat, &made).await, [once("off"), once("revoked"), ("off".to_owned(), 4)]);
    // A link that is opened again doesn't forget that it was closed.
    let made = view(&pat, "a.txt").await;
    set(&pat, &made, json!({"enabled": false})).await;
    stranger.get(&made.graph("")).await.expect(404);
    set(&pat, &made, json!({"enabled": true})).await;
    stranger.get(&made.graph("")).await.expect(200);
    assert_eq!(refusals(&pat, &made).await, [once("off")]);
}

#[tokio::test]
async fn what_was_refused_while_the_item_was_in_the_bin_stays_once_it_is_restored() {
    let server = TestServer::start().await;
    let (pat, stranger) = (server.pat(), server.anonymous());
    let item = id(&put(&pat, "a.txt", "x").await);
    let made = view(&pat, "a.txt").await;
    let ticket = location(&stranger.get(&made.graph("/content")).await);
    pat.delete(&at("a.txt")).await.expect(204);
    for _ in 0..20 {
        stranger.get(&made.graph("")).await.expect(404);
    }
    stranger.get(&ticket).await.expect(404);
    pat.post(&format!("/v1.0/me/drive/items/{item}/restore"), &json!({})).await.expect(200);
    stranger.get(&made.graph("")).await.expect(200);
    let mut found = refusals(&pat, &made).await;
    found.sort_unstable();
    assert_eq!(found, [once("itemDeleted"), once("itemDeleted"), ("itemDeleted".to_owned(), 19)]);
}

#[tokio::test]
async fn wrong_passwords_by_every_door_are_counted() {
    let server = TestServer::start_with(|config| config.limits.password_attempts = 3).await;
    let (pat, stranger) = (server.pat(), server.anonymous());
    put(&pat, "a.txt", "x").await;
    let made = protected(&pat, "a.txt", "harbour").await;
    // Asking for the password is no refusal.
    stranger.get(&made.page()).await.expect(401);
    stranger.get(&made.graph("")).await.expect(401);
    assert_eq!(kinds(&pat, &made).await, ["created"]);
    guess(&stranger, &made, "wrong").await.expect(403);
    guess(&stranger, &made, "wrong").await.expect(403);
    stranger.with("driveway-link-password", "wrong").get(&made.graph("")).await.expect(403);
    guess(&stranger, &made, "harbour").await.expect(429);
    let found = refusals(&pat, &made).await;
    let of = |reason: &str| found.iter().filter(|(found, _)| found == reason).map(|(_, count)| count).sum::<u64>();
    assert_eq!((of("wrongPassword"), of("tooManyPasswords"), found.len()), (3, 1, 4), "{found:?}");
    // Who makes the same link with another password tries it too.
    let body = json!({"type": "view", "scope": "anonymous", "password": "other"});
    server.advance(SignedDuration::from_hours(1));
    server.pat().post(&format!("{}/createLink", at("a.txt")), &body).await.expect(400);
    let event = last(&server.pat(), &made).await;
    assert_eq!((&event["details"]["reason"], &event["through"]), (&json!("wrongPassword"), &json!("graph")));
    assert_eq!(event["by"]["user"]["id"], server.person(PAT).user.id.to_string());
}

#[tokio::test]
async fn policy_people_and_lost_rights_refuse() {
    let server = TestServer::start().await;
    let (alice, bob, stranger) = (server.alice(), server.bob(), server.anonymous());
    let item = server.item(ALICE, "Welcome.txt");
    let open = link_at(&alice, &item, json!({"type": "view", "scope": "anonymous"})).await;
    server.admin().set_policy(&json!({"anonymousLinks": false})).await;
    stranger.get(&open.page()).await.expect(404);
    assert_eq!(refusals(&alice, &open).await, [once("closedByPolicy")]);
    server.admin().set_policy(&json!({"anonymousLinks": true})).await;
    let body = json!({"type": "view", "scope": "users", "recipients": [{"email": ADMIN}]});
    let named = link_at(&alice, &item, body).await;
    bob.get(&named.page()).await.expect(403);
    bob.get(&named.graph("")).await.expect(403);
    stranger.get(&named.page()).await;
    assert_eq!(refusals(&alice, &named).await, [once("notForYou"), once("notForYou")]);
    assert_eq!(last(&alice, &named).await["by"]["user"]["id"], server.person(BOB).user.id.to_string());
    let report = server.item(ALICE, "Reports");
    let right = server.grant(&report, BOB, Role::Write).await;
    let his = link_at(&bob, &report, json!({"type": "view", "scope": "anonymous"})).await;
    server.withdraw(&right).await;
    stranger.get(&his.page()).await.expect(404);
    assert_eq!(refusals(&alice, &his).await, [once("creatorLostRight")]);
}

/// A request that fails for a reason of its own is no refusal by the link.
#[tokio::test]
async fn mistakes_at_an_open_link_are_no_refusals() {
    let server = TestServer::start().await;
    let (pat, stranger) = (server.pat(), server.anonymous());
    put(&pat, "Box/a.txt", "x").await;
    let outside = id(&put(&pat, "b.txt", "x").await);
    let made = view(&pat, "Box").await;
    stranger.get(&made.graph(":/nothing.txt:")).await.expect(404);
    stranger.get(&made.below(&outside)).await.expect(404);
    stranger.get(&format!("{}?page=x", made.page())).await.expect(400);
    stranger.put(&made.graph(":/c.txt:/content"), "x").await.expect(403);
    assert!(refusals(&pat, &made).await.is_empty());
    let other = link(&pat, "b.txt", json!({"type": "view", "scope": "anonymous"})).await;
    assert_eq!(kinds(&pat, &other).await, ["created"]);
}
