//! What is done to a link is written down: by whom, when, through what, and never with a secret.

use driveway_core::permission::Role;
use serde_json::{Value, json};

use super::{events, kinds, last, trail};
use crate::link_life::{managed, set};
use crate::steps::{Link, at, edit, id, link, link_at, put, view};
use crate::support::sharing::{ADMIN, ALICE, BOB};
use crate::support::{Actor, TestServer};

#[tokio::test]
async fn a_link_is_made_changed_and_taken_away_and_the_trail_stays() {
    let server = TestServer::start().await;
    let pat = server.pat();
    put(&pat, "a.txt", "x").await;
    let made = link(
        &pat,
        "a.txt",
        json!({"type": "view", "scope": "anonymous", "expirationDateTime": "2026-12-24T00:00:00Z"}),
    )
    .await;
    let first = last(&pat, &made).await;
    assert_eq!(
        (&first["sequence"], &first["kind"], &first["through"]),
        (&json!(1), &json!("created"), &json!("graph"))
    );
    assert_eq!(first["dateTime"], "2026-11-23T12:00:00Z");
    assert_eq!(first["by"]["user"]["displayName"], "Pat Marlowe");
    assert_eq!(first["by"]["application"]["displayName"], "Driveway Explorer");
    assert_eq!(first["address"], "127.0.0.0/24");
    let expected = json!({"type": "view", "scope": "anonymous", "hasPassword": false,
                          "expirationDateTime": "2026-12-24T00:00:00Z"});
    assert_eq!(first["details"], expected);
    // Finding the same link again is no event.
    server.advance(jiff::SignedDuration::from_secs(1));
    let body = json!({"type": "view", "scope": "anonymous"});
    pat.post(&format!("{}/createLink", at("a.txt")), &body).await.expect(200);
    let change = json!({"password": "canary-password", "name": "canary-name", "enabled": false, "maximumDownloads": 3,
                        "notBeforeDateTime": "2026-11-24T00:00:00Z"});
    set(&pat, &made, change).await;
    let changed = last(&pat, &made).await;
    let expected = json!({"password": "set", "name": "set", "enabled": false, "maximumDownloads": 3,
                          "notBeforeDateTime": "2026-11-24T00:00:00Z"});
    assert_eq!((&changed["details"], &changed["through"]), (&expected, &json!("driveway")));
    assert_eq!((&changed["sequence"], &changed["dateTime"]), (&json!(2), &json!("2026-11-23T12:00:01Z")));
    set(&pat, &made, json!({"password": null, "expirationDateTime": null})).await;
    assert_eq!(last(&pat, &made).await["details"], json!({"password": "cleared", "expirationDateTime": null}));
    let patch = json!({"expirationDateTime": "2027-01-01T00:00:00Z"});
    pat.patch(&format!("{}/permissions/{}", at("a.txt"), made.id), &patch).await.expect(200);
    let changed = last(&pat, &made).await;
    assert_eq!((&changed["details"], &changed["through"]), (&patch, &json!("graph")));
    // A change that is refused is none, and neither is one of nothing.
    set(&pat, &made, json!({})).await;
    pat.patch(&managed(&made), &json!({"maximumDownloads": 0})).await.expect(400);
    pat.delete(&managed(&made)).await.expect(204);
    assert_eq!(kinds(&pat, &made).await, ["created", "changed", "changed", "changed", "revoked"]);
    pat.get(&managed(&made)).await.expect(404);
    // The other way to take one away.
    let made = view(&pat, "a.txt").await;
    crate::steps::revoke(&pat, "a.txt", &made).await;
    assert_eq!(kinds(&pat, &made).await, ["created", "revoked"]);
    assert_eq!(last(&pat, &made).await["through"], "graph");
}

/// CL-23, AMB-29: libraries send `retainInheritedPermissions: false` unasked; where it had an effect, the trail says so.
#[tokio::test]
async fn cl_23_amb_29_the_trail_says_which_link_ended_inheritance() {
    let server = TestServer::start().await;
    let pat = server.pat();
    put(&pat, "a.txt", "x").await;
    let body = json!({"type": "view", "scope": "anonymous", "retainInheritedPermissions": false});
    let first = link(&pat, "a.txt", body.clone()).await;
    assert_eq!(last(&pat, &first).await["details"]["retainInheritedPermissions"], false);
    let mut again = body;
    again["type"] = json!("edit");
    let second = link(&pat, "a.txt", again).await;
    assert!(last(&pat, &second).await["details"].get("retainInheritedPermissions").is_none(), "it had no effect");
}

/// CL-23, AMB-29: with the switch the trail says which applications send the `false` that is passed over. An invitation has
/// no trail; what it did to the item stands in those of the links that are made there afterwards.
#[tokio::test]
async fn cl_23_amb_29_the_trail_says_what_was_passed_over_and_what_was_cut_off_before() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "Box/a.txt", "x").await;
    put(&alice, "Box/b.txt", "x").await;
    let people = json!({"recipients": [{"email": BOB}], "roles": ["read"], "requireSignIn": true,
                        "sendInvitation": false, "retainInheritedPermissions": false});
    alice.post(&format!("{}/invite", at("Box/a.txt")), &people).await.expect(200);
    let made = view(&alice, "Box/a.txt").await;
    let details = last(&alice, &made).await["details"].clone();
    assert_eq!((&details["inheritsPermissions"], details.get("retainInheritedPermissions")), (&json!(false), None));
    server.admin().set_policy(&json!({"ignoreUnaskedRetainInheritedPermissions": true})).await;
    let body = json!({"type": "view", "scope": "anonymous", "retainInheritedPermissions": false});
    let made = link(&alice, "Box/b.txt", body).await;
    let event = last(&alice, &made).await;
    assert_eq!(event["details"]["retainInheritedPermissions"], "ignored");
    assert_eq!(event["by"]["application"]["displayName"], "Driveway Explorer");
    assert!(event["details"].get("inheritsPermissions").is_none());
}

#[tokio::test]
async fn people_come_and_go_and_redeem() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    let item = server.item(ALICE, "Welcome.txt");
    let of = |name: &str| server.person(name).user.id.to_string();
    let body = json!({"type": "view", "scope": "users", "recipients": [{"email": BOB}]});
    let made = link_at(&alice, &item, body.clone()).await;
    assert_eq!(last(&alice, &made).await["details"]["people"], json!([of(BOB)]));
    let grant = format!("/v1.0/shares/{}/permission/grant", made.share_id);
    let people = json!({"recipients": [{"email": ADMIN}, {"email": BOB}], "roles": ["read"]});
    alice.post(&grant, &people).await.expect(200);
    let found = events(&alice, &made).await;
    let added = found.iter().find(|event| event["kind"] == "peopleAdded").unwrap();
    assert_eq!((&added["details"], &added["through"]), (&json!({"people": [of(ADMIN)]}), &json!("shares")));
    let off = json!({"grantees": [{"email": BOB}]});
    alice.post(&format!("{item}/permissions/{}/revokeGrants", made.id), &off).await.expect(200);
    assert_eq!(last(&alice, &made).await["details"], json!({"people": [of(BOB)]}));
    assert_eq!(last(&alice, &made).await["kind"], "peopleRemoved");
    // createLink with somebody new joins them to the link there is.
    alice.post(&format!("{item}/createLink"), &body).await.expect(200);
    assert_eq!(last(&alice, &made).await["kind"], "peopleAdded");
    let redeeming = bob.with("prefer", "redeemSharingLink");
    for _ in 0..2 {
        redeeming.get(&made.graph("")).await.expect(200);
    }
    let found = events(&alice, &made).await;
    let redeemed: Vec<&Value> = found.iter().filter(|event| event["kind"] == "redeemed").collect();
    assert_eq!(redeemed.len(), 1, "{found:?}");
    assert_eq!(redeemed[0]["by"]["user"]["id"], of(BOB));
}

/// P14: no secret is ever written down, not even in what the database holds.
#[tokio::test]
async fn p14_no_secret_gets_into_a_trail() {
    let server = TestServer::start().await;
    let (pat, stranger) = (server.pat(), server.anonymous());
    put(&pat, "a.txt", "x").await;
    let body = json!({"type": "view", "scope": "anonymous", "password": "canary-password"});
    let made = link(&pat, "a.txt", body.clone()).await;
    let mut wrong = body;
    wrong["password"] = json!("canary-guess");
    pat.post(&format!("{}/createLink", at("a.txt")), &wrong).await.expect(400);
    crate::steps::guess(&stranger, &made, "canary-guess").await.expect(403);
    let shown = stranger.with("driveway-link-password", "canary-password");
    shown.get(&format!("{}?download=1", made.page())).await.expect(200);
    set(&pat, &made, json!({"password": "canary-other", "name": "canary-name"})).await;
    let said = pat.get(&trail(&made)).await.expect(200).text();
    for word in ["created", "refused", "downloaded", "changed"] {
        assert!(said.contains(word), "{word} in {said}");
    }
    let database = rusqlite::Connection::open(server.app.config.data.join("driveway.db")).unwrap();
    let sql =
        "SELECT group_concat(link_id || kind || through || details || mac || coalesce(head, '')) FROM link_events";
    let kept: String = database.query_row(sql, [], |row| row.get(0)).unwrap();
    for secret in ["canary", "argon2", "$v=19", &made.token, &made.share_id] {
        assert!(!said.contains(secret) && !kept.contains(secret), "{secret} in {said} {kept}");
    }
}

#[tokio::test]
async fn grants_have_no_trail() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let item = server.item(ALICE, "Welcome.txt");
    let grant = server.grant(&item, BOB, Role::Read).await;
    alice.get(&format!("/driveway/v1/links/{grant}/audit")).await.error(404, "itemNotFound");
    alice.delete(&format!("{item}/permissions/{grant}")).await.expect(204);
    alice.get(&format!("/driveway/v1/links/{grant}/audit")).await.error(404, "itemNotFound");
}

/// Something is changed by way of a link.
#[tokio::test]
async fn what_is_written_through_a_link_is_told_apart() {
    let server = TestServer::start().await;
    let (pat, stranger) = (server.pat(), server.anonymous());
    put(&pat, "Box/a.txt", "x").await;
    let made = edit(&pat, "Box").await;
    stranger.put(&made.graph(":/b.txt:/content"), "words").await.expect(201);
    let event = last(&pat, &made).await;
    assert_eq!((&event["kind"], &event["through"], event.get("by")), (&json!("written"), &json!("shares"), None));
}

/// How often each kind of use stands in a trail, with the doors and people that it is of.
async fn uses(reader: &Actor, link: &Link) -> Vec<(String, String, u64)> {
    let mut found: Vec<(String, String, u64)> = Vec::new();
    for event in events(reader, link).await {
        let kind = event["kind"].as_str().unwrap().to_owned();
        if ["opened", "written", "copied", "downloaded"].contains(&kind.as_str()) {
            assert_eq!(event["by"]["user"]["displayName"], "Bob Lindqvist");
            let (door, count) = (event["through"].as_str().unwrap(), event["details"]["count"].as_u64().unwrap_or(1));
            match found.iter_mut().find(|(known, through, _)| *known == kind && through == door) {
                Some((_, _, sum)) => *sum += count,
                None => found.push((kind, door.to_owned(), count)),
            }
        }
    }
    found
}

fn used(kind: &str, door: &str, count: u64) -> (String, String, u64) {
    (kind.to_owned(), door.to_owned(), count)
}

/// SHARE-07: what is done by a link that one carries is written down as if the link had been shown.
#[tokio::test]
async fn share_07_what_is_written_by_a_carried_link_is_written_down_too() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    let file = id(&put(&alice, "Box/a.txt", "x").await);
    let folder = id(&alice.get(&at("Box")).await.expect(200).json());
    let made = link(&alice, "Box", json!({"type": "edit", "scope": "organization"})).await;
    bob.with("prefer", "redeemSharingLink").get(&made.graph("")).await.expect(200);
    let items = format!("/v1.0/drives/{}/items", server.person(ALICE).drive.id);
    bob.put(&format!("{items}/{file}/content"), "words").await.expect(200);
    bob.put(&format!("{items}/{folder}:/b.txt:/content"), "words").await.expect(201);
    let deep = json!({"name": "Deep", "folder": {}, "@microsoft.graph.conflictBehavior": "fail"});
    bob.post(&format!("{items}/{folder}/children"), &deep).await.expect(201);
    bob.patch(&format!("{items}/{file}"), &json!({"name": "c.txt"})).await.expect(200);
    bob.delete(&format!("{items}/{file}")).await.expect(204);
    // What fails has changed nothing.
    bob.post(&format!("{items}/{folder}/children"), &deep).await.expect(409);
    assert_eq!(uses(&alice, &made).await, [used("opened", "shares", 1), used("written", "graph", 5)]);
    // By a right of one's own no link is used.
    alice.put(&format!("{items}/{folder}:/d.txt:/content"), "words").await.expect(201);
    assert_eq!(uses(&alice, &made).await.len(), 2);
}

/// ITEM-04: a copy changes nothing where the link is, and takes the bytes away from it.
#[tokio::test]
async fn item_04_a_copy_by_way_of_a_link_is_no_change() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    let file = id(&put(&alice, "a.txt", "x").await);
    let made = link(&alice, "a.txt", json!({"type": "view", "scope": "organization"})).await;
    bob.with("prefer", "redeemSharingLink").get(&made.graph("")).await.expect(200);
    let home = server.person(BOB).drive.id.to_string();
    let to = |name: &str| json!({"name": name, "parentReference": {"driveId": home, "id": "root"}});
    let plain = format!("/v1.0/drives/{}/items/{file}/copy", server.person(ALICE).drive.id);
    bob.post(&plain, &to("one.txt")).await.expect(202);
    bob.post(&made.graph("/copy"), &to("two.txt")).await.expect(202);
    // A copy that is refused takes nothing.
    bob.post(&plain, &to("one.txt")).await.expect(409);
    let expected = [used("opened", "shares", 1), used("copied", "graph", 1), used("copied", "shares", 1)];
    assert_eq!(uses(&alice, &made).await, expected);
}
