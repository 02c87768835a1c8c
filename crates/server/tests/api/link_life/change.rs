//! Password, expiry, switch, beginning: set, changed, cleared.

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::json;

use super::{look, managed, set};
use crate::steps::{at, cookie, guess, link, protected, put, view};
use crate::support::TestServer;
use crate::support::sharing::ALICE;

#[tokio::test]
async fn a_link_is_shown_with_its_item_and_its_maker() {
    let server = TestServer::start().await;
    let pat = server.pat();
    let item = put(&pat, "Trips/a.txt", "x").await;
    let made = view(&pat, "Trips/a.txt").await;
    let shown = look(&pat, &made).await;
    assert_eq!(shown["id"], made.id);
    assert_eq!((&shown["state"], &shown["enabled"], &shown["downloads"]), (&json!("live"), &json!(true), &json!(0)));
    assert_eq!(shown["createdDateTime"], "2026-11-23T12:00:00Z");
    assert_eq!((&shown["item"]["id"], &shown["item"]["name"]), (&item["id"], &json!("a.txt")));
    assert!(shown["item"]["path"].as_str().unwrap().ends_with("/root:/Trips/a.txt"), "{shown}");
    assert_eq!(shown["createdBy"]["user"]["id"], server.person("pat@personal.example").user.id.to_string());
    assert!(shown["createdBy"]["application"]["id"].is_string());
    // The permission in it is the very one that Graph shows.
    let graph = pat.get(&format!("{}/permissions/{}", at("Trips/a.txt"), made.id)).await.expect(200).json();
    let mut graph = graph.as_object().unwrap().clone();
    graph.remove("@odata.context");
    assert_eq!(shown["permission"].as_object().unwrap(), &graph);
    for absent in ["name", "maximumDownloads", "notBeforeDateTime", "expirationDateTime", "lastOpenedDateTime"] {
        assert!(shown.get(absent).is_none(), "{absent} in {shown}");
    }
}

#[tokio::test]
async fn p28_a_password_is_set_changed_and_cleared_and_ends_old_visits() {
    let server = TestServer::start().await;
    let pat = server.pat();
    put(&pat, "a.txt", "the words").await;
    let made = view(&pat, "a.txt").await;
    let stranger = server.anonymous();
    stranger.get(&made.url).await.expect(200);
    assert_eq!(set(&pat, &made, json!({"password": "harbour"})).await["permission"]["hasPassword"], true);
    stranger.get(&made.url).await.expect(401);
    let visit = cookie(&guess(&stranger, &made, "harbour").await.expect(303));
    let visitor = stranger.with("cookie", &visit);
    visitor.get(&made.url).await.expect(200);
    let ticket = visitor.get(&made.graph("/content")).await;
    assert_eq!(ticket.status, 401, "a visit is for the pages");
    let known = stranger.with("driveway-link-password", "harbour");
    let ticket = crate::steps::location(&known.get(&made.graph("/content")).await);
    assert_eq!(stranger.get(&ticket).await.expect(200).text(), "the words");
    // Another password, and even the same one set anew, ends visits and tickets.
    for password in ["lighthouse", "lighthouse"] {
        set(&pat, &made, json!({"password": password})).await;
        visitor.get(&made.url).await.expect(401);
        stranger.get(&ticket).await.expect(404);
    }
    guess(&stranger, &made, "harbour").await.expect(403);
    guess(&stranger, &made, "lighthouse").await.expect(303);
    assert_eq!(set(&pat, &made, json!({"password": null})).await["permission"]["hasPassword"], false);
    stranger.get(&made.url).await.expect(200);
}

#[tokio::test]
async fn amb_45_a_password_is_for_every_kind_of_link() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Reports"));
    let business = crate::steps::link_at(&alice, &item, json!({"type": "view", "scope": "anonymous"})).await;
    let organization = crate::steps::link_at(&alice, &item, json!({"type": "view", "scope": "organization"})).await;
    let bob = server.bob().with("prefer", "redeemSharingLinkIfNecessary");
    for (link, visitor) in [(&business, server.anonymous()), (&organization, bob)] {
        let shared = format!("/v1.0/shares/{}/driveItem", link.share_id);
        visitor.get(&shared).await.expect(200);
        set(&alice, link, json!({"password": "tide"})).await;
        visitor.get(&shared).await.expect(401);
        visitor.with("driveway-link-password", "tide").get(&shared).await.expect(200);
        set(&alice, link, json!({"password": null})).await;
        visitor.get(&shared).await.expect(200);
    }
    let pat = server.pat();
    let own = server.item("pat@personal.example", "Welcome.txt");
    let frame = crate::steps::link_at(&pat, &own, json!({"type": "embed"})).await;
    let refused = pat.patch(&managed(&frame), &json!({"password": "x"})).await.error(400, "invalidRequest");
    assert_eq!(refused["target"], "password");
    for empty in ["", "   "] {
        alice.patch(&managed(&business), &json!({"password": empty})).await.error(400, "invalidRequest");
    }
}

#[tokio::test]
async fn an_expiry_is_set_extended_and_cleared_on_links_of_every_scope() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Reports"));
    for scope in ["anonymous", "organization"] {
        let made = crate::steps::link_at(&alice, &item, json!({"type": "view", "scope": scope})).await;
        let until = |time: &str| json!({ "expirationDateTime": time });
        let shown = set(&alice, &made, until("2026-11-23T13:00:00Z")).await;
        assert_eq!(shown["expirationDateTime"], "2026-11-23T13:00:00Z");
        assert_eq!(shown["permission"]["expirationDateTime"], "2026-11-23T13:00:00Z");
        set(&alice, &made, until("2026-11-23T14:00:00Z")).await;
        assert!(set(&alice, &made, json!({"expirationDateTime": null})).await.get("expirationDateTime").is_none());
        // AMB-10: some clients spell "none" as the first instant of all.
        set(&alice, &made, until("2026-11-23T14:00:00Z")).await;
        assert!(set(&alice, &made, until("0001-01-01T00:00:00Z")).await.get("expirationDateTime").is_none());
        for past in ["2026-11-23T12:00:00Z", "2020-01-01T00:00:00Z", "soon", ""] {
            let refused = alice.patch(&managed(&made), &until(past)).await.error(400, "invalidRequest");
            assert_eq!(refused["target"], "expirationDateTime", "{past}");
        }
    }
}

#[tokio::test]
async fn an_expired_link_lives_again_when_it_is_extended() {
    let server = TestServer::start().await;
    let pat = server.pat();
    put(&pat, "a.txt", "x").await;
    let made = link(
        &pat,
        "a.txt",
        json!({"type": "view", "scope": "anonymous", "expirationDateTime": "2026-11-23T13:00:00Z"}),
    )
    .await;
    server.advance(SignedDuration::from_hours(1));
    let pat = server.pat();
    server.anonymous().get(&made.url).await.expect(404);
    assert_eq!(look(&pat, &made).await["state"], "expired");
    assert_eq!(set(&pat, &made, json!({"expirationDateTime": "2026-11-23T15:00:00Z"})).await["state"], "live");
    server.anonymous().get(&made.url).await.expect(200);
}

#[tokio::test]
async fn amb_10_policy_pulls_an_expiry_back_to_its_maximum() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Reports"));
    let made = crate::steps::link_at(&alice, &item, json!({"type": "view", "scope": "anonymous"})).await;
    server.admin().set_policy(&json!({"maximumExpirationDays": 7})).await;
    let shown = set(&alice, &made, json!({"expirationDateTime": "2027-11-23T12:00:00Z"})).await;
    assert_eq!(shown["expirationDateTime"], "2026-11-30T12:00:00Z");
    // Clearing it leaves what the organization says.
    let shown = set(&alice, &made, json!({"expirationDateTime": null})).await;
    assert_eq!(shown["expirationDateTime"], "2026-11-30T12:00:00Z");
    server.advance(SignedDuration::from_hours(8 * 24));
    let change = json!({"expirationDateTime": "2027-11-23T12:00:00Z"});
    let refused = server.alice().patch(&managed(&made), &change).await.error(403, "notAllowed");
    assert_eq!(refused["target"], "expirationDateTime");
}

#[tokio::test]
async fn p16_a_link_that_is_off_is_dead_to_everybody_and_on_again_the_same() {
    let server = TestServer::start().await;
    let pat = server.pat();
    put(&pat, "a.txt", "x").await;
    let made = view(&pat, "a.txt").await;
    let ticket = crate::steps::location(&server.anonymous().get(&made.graph("/content")).await);
    assert_eq!(set(&pat, &made, json!({"enabled": false})).await["state"], "off");
    for visitor in [server.anonymous(), pat.clone(), server.alice()] {
        visitor.get(&made.url).await.expect(404);
        visitor.get(&made.graph("")).await.error(404, "itemNotFound");
    }
    server.anonymous().get(&ticket).await.error(404, "itemNotFound");
    let shown = set(&pat, &made, json!({"enabled": true})).await;
    assert_eq!((&shown["state"], &shown["permission"]["link"]["webUrl"]), (&json!("live"), &json!(made.url)));
    server.anonymous().get(&made.url).await.expect(200);
    server.anonymous().get(&ticket).await.expect(200);
}

#[tokio::test]
async fn p16_a_link_is_dead_before_it_begins() {
    let server = TestServer::start().await;
    let pat = server.pat();
    put(&pat, "a.txt", "x").await;
    let made = view(&pat, "a.txt").await;
    let shown = set(&pat, &made, json!({"notBeforeDateTime": "2026-11-23T12:30:00Z"})).await;
    assert_eq!((&shown["state"], &shown["notBeforeDateTime"]), (&json!("pending"), &json!("2026-11-23T12:30:00Z")));
    server.anonymous().get(&made.url).await.expect(404);
    // It keeps its slot: who asks for such a link again gets this one.
    assert_eq!(crate::steps::id(&pat.view_link(&at("a.txt")).await), made.id);
    server.advance(SignedDuration::from_mins(30));
    server.anonymous().get(&made.url).await.expect(200);
    set(&pat, &made, json!({"notBeforeDateTime": "2026-11-23T12:50:00Z"})).await;
    server.anonymous().get(&made.url).await.expect(404);
    set(&pat, &made, json!({"notBeforeDateTime": null})).await;
    server.anonymous().get(&made.url).await.expect(200);
    set(&pat, &made, json!({"expirationDateTime": "2026-11-23T14:00:00Z"})).await;
    let never = json!({"notBeforeDateTime": "2026-11-23T14:00:00Z"});
    assert_eq!(pat.patch(&managed(&made), &never).await.error(400, "invalidRequest")["target"], "notBeforeDateTime");
}

#[tokio::test]
async fn members_that_do_not_exist_or_have_the_wrong_type_are_refused_and_nothing_changes() {
    let server = TestServer::start().await;
    let pat = server.pat();
    put(&pat, "a.txt", "x").await;
    let made = protected(&pat, "a.txt", "harbour").await;
    let before = look(&pat, &made).await;
    for (body, target) in [
        (json!({"enabled": false, "roles": ["write"]}), "roles"),
        (json!({"enabled": false, "id": "x"}), "id"),
        (json!({"enabled": "no"}), "enabled"),
        (json!({"enabled": false, "maximumDownloads": 0}), "maximumDownloads"),
        (json!({"enabled": false, "maximumDownloads": -1}), "maximumDownloads"),
        (json!({"enabled": false, "maximumDownloads": 1.5}), "maximumDownloads"),
        (json!({"enabled": false, "maximumDownloads": "3"}), "maximumDownloads"),
        (json!({"enabled": false, "maximumDownloads": 4_000_000_000_u64}), "maximumDownloads"),
        (json!({"enabled": false, "name": "a\nb"}), "name"),
        (json!({"enabled": false, "name": "x".repeat(101)}), "name"),
        (json!({"enabled": false, "downloads": 0}), "downloads"),
        (json!({"enabled": false, "@driveway.name": "x"}), "@driveway.name"),
    ] {
        let refused = pat.patch(&managed(&made), &body).await.error(400, "invalidRequest");
        assert_eq!(refused["target"], target, "{body}");
    }
    assert_eq!(set(&pat, &made, json!({})).await, before);
    assert_eq!(set(&pat, &made, json!({"enabled": null, "@odata.type": "x"})).await, before);
    let wrong_type = pat.send(Method::PATCH, &managed(&made), "text/plain", "{}x").await;
    wrong_type.error(415, "invalidRequest");
}

#[tokio::test]
async fn changes_survive_a_restart() {
    let server = TestServer::start().await;
    let pat = server.pat();
    put(&pat, "a.txt", "x").await;
    let made = view(&pat, "a.txt").await;
    set(&pat, &made, json!({"enabled": false, "name": "press"})).await;
    let (_, stranger) = crate::steps::restarted(&server).await;
    stranger.get(&made.page()).await.expect(404);
    set(&pat, &made, json!({"enabled": true})).await;
    stranger.get(&made.page()).await.expect(200);
}
