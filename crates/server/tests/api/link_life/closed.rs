//! Links that their own life leaves open, and policy or their maker's lost right doesn't.

use driveway_core::permission::Role;
use serde_json::{Value, json};

use super::{look, managed, set};
use crate::steps::{at, link_at, put, view};
use crate::support::sharing::{ALICE, BOB};
use crate::support::{Actor, TestServer};

/// What the list of links says of the one link that there is.
async fn listed(actor: &Actor, query: &str) -> Value {
    let list = actor.get(&format!("/driveway/v1/links{query}")).await.expect(200).json();
    assert_eq!(list["value"].as_array().unwrap().len(), 1, "{list}");
    list["value"][0].clone()
}

/// AMB-20: a link that policy closes is live in its own life, and says who closed it.
#[tokio::test]
async fn amb_20_a_link_that_policy_closed_says_so() {
    let server = TestServer::start().await;
    let (alice, admin) = (server.alice(), server.admin());
    put(&alice, "a.txt", "x").await;
    let made = view(&alice, "a.txt").await;
    assert!(look(&alice, &made).await.get("closedBy").is_none());
    for close in [json!({ "anonymousLinks": false }), json!({ "sharingCapability": "disabled" })] {
        admin.set_policy(&close).await;
        server.anonymous().get(&made.graph("")).await.error(403, "notAllowed");
        for shown in [
            look(&alice, &made).await,
            listed(&alice, "").await,
            listed(&alice, "?state=live").await,
            listed(&admin, "?all=true").await,
        ] {
            assert_eq!((&shown["state"], &shown["closedBy"]), (&json!("live"), &json!("policy")));
        }
    }
    // The link's own life goes on beside it.
    assert_eq!(set(&alice, &made, json!({ "enabled": false })).await["closedBy"], "policy");
    assert_eq!(look(&alice, &made).await["state"], "off");
    admin.set_policy(&json!({ "anonymousLinks": true })).await;
    assert!(listed(&admin, "?all=true").await.get("closedBy").is_none());
    // On a business drive embed links are policy's too.
    admin.set_policy(&json!({ "embedOnBusiness": true })).await;
    let embed = link_at(&alice, &at("a.txt"), json!({ "type": "embed", "scope": "anonymous" })).await;
    admin.set_policy(&json!({ "embedOnBusiness": false })).await;
    assert_eq!(look(&alice, &embed).await["closedBy"], "policy");
}

/// P9: what its maker has lost, a link has lost; its owners see by whom.
#[tokio::test]
async fn p09_a_link_whose_maker_lost_the_right_says_so() {
    let server = TestServer::start().await;
    let (alice, admin, item) = (server.alice(), server.admin(), server.item(ALICE, "Welcome.txt"));
    let grant = server.grant(&item, BOB, Role::Write).await;
    let made = link_at(&server.bob(), &item, json!({ "type": "view", "scope": "anonymous" })).await;
    server.anonymous().get(&made.url).await.expect(200);
    assert!(listed(&alice, "").await.get("closedBy").is_none());
    server.withdraw(&grant).await;
    let reads = server.grant(&item, BOB, Role::Read).await;
    server.anonymous().get(&made.url).await.expect(404);
    for shown in [look(&alice, &made).await, listed(&alice, "").await, listed(&admin, "?all=true").await] {
        assert_eq!((&shown["state"], &shown["closedBy"]), (&json!("live"), &json!("maker")));
    }
    assert_eq!(look(&server.bob(), &made).await["closedBy"], "maker");
    server.withdraw(&reads).await;
    server.grant(&item, BOB, Role::Write).await;
    assert!(look(&alice, &made).await.get("closedBy").is_none());
    server.set_enabled(BOB, false).await;
    assert_eq!(look(&alice, &made).await["closedBy"], "maker");
    assert_eq!(listed(&admin, "?all=true").await["closedBy"], "maker");
}

/// POLICY-10, POLICY-15: what its maker couldn't make now may be narrowed, by either API, and not widened.
#[tokio::test]
async fn policy_10_policy_15_what_could_not_be_made_now_is_only_narrowed() {
    let server = TestServer::start().await;
    let (alice, admin) = (server.alice(), server.admin());
    put(&alice, "a.txt", "x").await;
    let made = view(&alice, "a.txt").await;
    let graph = format!("{}/permissions/{}", at("a.txt"), made.id);
    let end = |day: u8| json!({ "expirationDateTime": format!("2026-12-{day:02}T00:00:00Z") });
    for close in [json!({ "anonymousLinkGroups": [] }), json!({ "anonymousLinks": false })] {
        set(&alice, &made, json!({ "enabled": true, "maximumDownloads": null, "expirationDateTime": null })).await;
        admin.set_policy(&close).await;
        let narrow = json!({ "name": "n", "maximumDownloads": 5, "notBeforeDateTime": "2026-11-25T00:00:00Z" });
        set(&alice, &made, narrow).await;
        set(&alice, &made, json!({ "maximumDownloads": 4, "notBeforeDateTime": "2026-11-26T00:00:00Z" })).await;
        set(&alice, &made, end(20)).await;
        alice.patch(&graph, &end(19)).await.expect(200);
        let before = set(&alice, &made, json!({ "enabled": false, "name": null })).await;
        for (member, value) in [
            ("enabled", json!(true)),
            ("maximumDownloads", json!(5)),
            ("maximumDownloads", json!(null)),
            ("notBeforeDateTime", json!(null)),
            ("notBeforeDateTime", json!("2026-11-25T00:00:00Z")),
            ("expirationDateTime", json!(null)),
            ("expirationDateTime", end(21)["expirationDateTime"].clone()),
        ] {
            let error = alice.patch(&managed(&made), &json!({ member: value })).await.error(403, "notAllowed");
            assert_eq!((&error["target"], &error["innerError"]["code"]), (&json!(member), &json!("sharingDisabled")));
        }
        for later in [end(21), json!({ "expirationDateTime": null })] {
            let error = alice.patch(&graph, &later).await.error(403, "notAllowed");
            assert_eq!(error["target"], "expirationDateTime");
        }
        assert_eq!(look(&alice, &made).await, before);
        admin.set_policy(&json!({ "anonymousLinkGroups": null, "anonymousLinks": true })).await;
        set(&alice, &made, json!({ "notBeforeDateTime": null })).await;
    }
}
