//! Who may read a trail, and in which pages.

use driveway_core::permission::Role;
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};

use super::{events, refusals, trail};
use crate::link_life::set;
use crate::steps::{at, edit, id, link_at, put, revoke, view};
use crate::support::TestServer;
use crate::support::sharing::{ADMIN, ALICE, BOB};

#[tokio::test]
async fn p13_owners_makers_and_administrators_read_and_nobody_else() {
    let server = TestServer::start().await;
    let (alice, bob, admin) = (server.alice(), server.bob(), server.admin());
    let item = server.item(ALICE, "Reports");
    let right = server.grant(&item, BOB, Role::Write).await;
    let made = link_at(&bob, &item, json!({"type": "view", "scope": "anonymous"})).await;
    let path = trail(&made);
    for reader in [&alice, &bob, &admin] {
        let body = reader.get(&path).await.expect(200).json();
        assert_eq!((&body["@driveway.chain"], &body["@driveway.provedFrom"]), (&json!("intact"), &json!(1)));
        assert_eq!(body["value"][0]["by"]["user"]["displayName"], "Bob Lindqvist");
    }
    let narrow =
        [server.pat(), server.user(ADMIN, "Files.ReadWrite.All"), server.user_through(ALICE, 1, "Files.Read.All")];
    narrow[0].get(&path).await.error(404, "itemNotFound");
    narrow[1].get(&path).await.error(404, "itemNotFound");
    narrow[2].get(&path).await.expect(200);
    server.anonymous().get(&path).await.expect(401);
    server.user(ALICE, "User.Read").get(&path).await.error(403, "accessDenied");
    // A reader of the item isn't an owner of it.
    server.grant(&item, ADMIN, Role::Write).await;
    narrow[1].get(&path).await.error(404, "itemNotFound");
    // The maker reads for as long as they see the link.
    server.withdraw(&right).await;
    bob.get(&path).await.error(404, "itemNotFound");
    alice.delete(&format!("{item}/permissions/{}", made.id)).await.expect(204);
    for (reader, status) in [(&alice, 200), (&admin, 200), (&bob, 404)] {
        reader.get(&path).await.expect(status);
    }
    // A link that never was and one that isn't yours are one answer.
    let absent = "/driveway/v1/links/00000000-0000-4000-8000-000000000000/audit";
    alice.get(absent).await.error(404, "itemNotFound");
    alice.get("/driveway/v1/links/nonsense/audit").await.error(404, "itemNotFound");
}

/// ITEM-08: what goes for good takes its links with it and not what is known of them: by whom they went, and before that
/// what they were used for. Whoever owns all of the drive reads it, and whoever owned the item only doesn't any more.
#[tokio::test]
async fn item_08_the_trail_outlives_what_was_deleted_for_good() {
    let server = TestServer::start().await;
    let (alice, bob, admin) = (server.alice(), server.bob(), server.admin());
    put(&alice, "Box/Deep/a.txt", "x").await;
    let (inner, outer) = (view(&alice, "Box/Deep/a.txt").await, view(&alice, "Box").await);
    let early = view(&alice, "Box/Deep").await;
    revoke(&alice, "Box/Deep", &early).await;
    server.grant(&id(&alice.get(&at("Box")).await.expect(200).json()), BOB, Role::Write).await;
    alice.post(&format!("{}/permanentDelete", at("Box")), &json!({})).await.expect(204);
    for made in [&inner, &outer] {
        server.anonymous().get(&made.page()).await.expect(404);
        let found = events(&alice, made).await;
        let gone = found.iter().find(|event| event["kind"] == "revoked").unwrap();
        assert_eq!((&gone["details"], &gone["through"]), (&json!({"reason": "itemDeleted"}), &json!("graph")));
        assert_eq!(gone["by"]["user"]["id"], server.person(ALICE).user.id.to_string());
        assert_eq!(gone["by"]["application"]["displayName"], "Driveway Explorer");
        assert_eq!(refusals(&alice, made).await, [("revoked".to_owned(), 1)]);
    }
    for made in [&inner, &outer, &early] {
        for (reader, status) in [(&alice, 200), (&admin, 200), (&bob, 404)] {
            reader.get(&trail(made)).await.expect(status);
        }
        server.pat().get(&trail(made)).await.error(404, "itemNotFound");
    }
    // By age, nobody did it.
    put(&alice, "old.txt", "x").await;
    let made = view(&alice, "old.txt").await;
    alice.delete(&at("old.txt")).await.expect(204);
    server.advance(SignedDuration::from_hours(24 * 400));
    driveway::ops::recycle_bin::empty(&server.app).await.unwrap();
    let found = events(&server.alice(), &made).await;
    let gone = found.last().unwrap();
    assert_eq!((&gone["kind"], &gone["through"], gone.get("by")), (&json!("revoked"), &json!("server"), None));
}

#[tokio::test]
async fn trails_come_in_pages_the_newest_first() {
    let server = TestServer::start().await;
    let pat = server.pat();
    put(&pat, "a.txt", "x").await;
    let made = view(&pat, "a.txt").await;
    for number in 0..6 {
        set(&pat, &made, json!({"enabled": number % 2 == 1})).await;
    }
    let mut next = Some(format!("{}?$top=3", trail(&made)));
    let mut found = Vec::new();
    while let Some(page) = next {
        let body = pat.get(&page).await.expect(200).json();
        let events = body["value"].as_array().unwrap();
        assert!(events.len() <= 3);
        found.extend(events.iter().map(|event| event["sequence"].as_i64().unwrap()));
        next = body["@odata.nextLink"].as_str().map(str::to_owned);
    }
    assert_eq!(found, [7, 6, 5, 4, 3, 2, 1]);
    let other = edit(&pat, "a.txt").await;
    let body = pat.get(&format!("{}?$top=1", trail(&made))).await.expect(200).json();
    let token = body["@odata.nextLink"].as_str().unwrap().split("skiptoken=").nth(1).unwrap().to_owned();
    let elsewhere = format!("{}?$skiptoken={token}", trail(&other));
    for bad in ["?$top=0", "?$top=x", "?$top=1&top=2", "?$skiptoken=x", "?$filter=x", "?x=%ff"] {
        let error = pat.get(&format!("{}{bad}", trail(&made))).await.error(400, "invalidRequest");
        assert!(error["target"].is_string(), "{bad}: {error}");
    }
    pat.get(&elsewhere).await.error(400, "invalidRequest");
    let answer = pat.send(Method::DELETE, &trail(&made), "application/json", "").await;
    answer.error(405, "notAllowed");
    let most: Value = pat.get(&format!("{}?$top=100000", trail(&made))).await.expect(200).json();
    assert_eq!(most["value"].as_array().unwrap().len(), 7, "more than the most is taken for the most");
}
