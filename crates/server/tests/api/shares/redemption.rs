//! Links that people make their own (SHARE-05 to SHARE-07, SHARE-12, SHARE-14; AMB-24, AMB-34; P38).

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::steps::{Link, at, id, link, location, protected, put, revoke};
use crate::support::sharing::{ALICE, BOB};
use crate::support::{Actor, TestServer};

const REDEEM: &str = "redeemSharingLink";
const THIS_ONCE: &str = "redeemSharingLinkIfNecessary";

fn redeeming(actor: &Actor) -> Actor {
    actor.with("prefer", REDEEM)
}

/// The address of an item of Alice's that needs a right to it.
fn plain(server: &TestServer, item: &Value) -> String {
    format!("/v1.0/drives/{}/items/{}", server.person(ALICE).drive.id, id(item))
}

async fn organization(owner: &Actor, path: &str, kind: &str) -> Link {
    link(owner, path, json!({"type": kind, "scope": "organization"})).await
}

/// SHARE-05, SHARE-07: the right lasts, reaches what lies below and no further, and gives the link's role.
#[tokio::test]
async fn share_05_share_07_a_redeemed_link_is_a_right_of_ones_own() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    let inside = put(&alice, "Hold/Deep/a.txt", "internal").await;
    let outside = put(&alice, "b.txt", "private").await;
    let hold = alice.get(&at("Hold")).await.expect(200).json();
    let shared = organization(&alice, "Hold", "view").await;
    bob.get(&plain(&server, &inside)).await.error(404, "itemNotFound");
    let answer = redeeming(&bob).get(&shared.graph("")).await.expect(200);
    assert_eq!(answer.header("preference-applied"), REDEEM);
    for item in [&hold, &inside] {
        bob.get(&plain(&server, item)).await.expect(200);
    }
    let bytes = location(&bob.get(&format!("{}/content", plain(&server, &inside))).await);
    assert_eq!(server.anonymous().get(&bytes).await.expect(200).text(), "internal");
    bob.get(&format!("{}/children", plain(&server, &hold))).await.expect(200);
    bob.get(&shared.graph("")).await.expect(200);
    bob.get(&plain(&server, &outside)).await.error(404, "itemNotFound");
    bob.get(&format!("/v1.0/drives/{}/root/children", server.person(ALICE).drive.id)).await.error(404, "itemNotFound");
    bob.put(&format!("{}/content", plain(&server, &inside)), "x").await.error(403, "accessDenied");
    bob.post(&format!("{}/createLink", plain(&server, &hold)), &json!({"type": "view"}))
        .await
        .error(403, "accessDenied");
    server.admin().get(&plain(&server, &hold)).await.error(404, "itemNotFound");
    server.user(BOB, "Files.Read").get(&plain(&server, &hold)).await.error(403, "accessDenied");
    assert!(!bob.get(&plain(&server, &inside)).await.text().contains("/root:"), "nothing above the link is told");
}

/// SHARE-07, P11: an edit link lets write, and doesn't let its holder share or throw away the shared item.
#[tokio::test]
async fn share_07_p11_a_redeemed_edit_link_lets_write_and_no_more() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    let inside = put(&alice, "Hold/a.txt", "old").await;
    let hold = alice.get(&at("Hold")).await.expect(200).json();
    let shared = organization(&alice, "Hold", "edit").await;
    redeeming(&bob).get(&format!("/v1.0/shares/{}", shared.share_id)).await.expect(200);
    let changed = bob.put(&format!("{}/content", plain(&server, &inside)), "new").await.expect(200).json();
    assert_eq!(changed["lastModifiedBy"]["user"]["displayName"], "Bob Lindqvist");
    bob.put(&format!("{}:/c.txt:/content", plain(&server, &hold)), "new").await.expect(201);
    bob.delete(&plain(&server, &hold)).await.error(403, "accessDenied");
    bob.patch(&plain(&server, &hold), &json!({"name": "Mine"})).await.error(403, "accessDenied");
    for kind in ["view", "edit"] {
        let body = json!({"type": kind, "scope": "anonymous"});
        bob.post(&format!("{}/createLink", plain(&server, &inside)), &body).await.error(403, "accessDenied");
    }
    bob.delete(&format!("{}/permissions/{}", plain(&server, &hold), shared.id)).await.error(403, "accessDenied");
}

/// SHARE-06, AMB-34, P38: without being asked nothing lasts, and an organization's link wants to be redeemed.
#[tokio::test]
async fn share_06_amb_34_p38_for_this_request_only() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    let item = put(&alice, "plan.txt", "internal").await;
    let shared = organization(&alice, "plan.txt", "view").await;
    let refused = bob.get(&shared.graph("")).await.error(403, "accessDenied");
    assert_eq!(refused["innerError"]["code"], "redemptionRequired");
    alice.get(&shared.graph("")).await.expect(200);
    let once = bob.with("prefer", "return=representation, redeemsharinglinkifnecessary");
    let answer = once.get(&shared.graph("")).await.expect(200);
    assert_eq!(answer.header("preference-applied"), THIS_ONCE);
    // The browser's page opens as before, and stores nothing either.
    bob.get(&shared.url).await.expect(200);
    bob.get(&plain(&server, &item)).await.error(404, "itemNotFound");
    bob.get(&shared.graph("")).await.error(403, "accessDenied");
    assert!(bob.get(&shared.graph("")).await.header("preference-applied").is_empty());
    let listed = alice.get(&format!("{}/permissions/{}", at("plan.txt"), shared.id)).await.expect(200).json();
    assert!(listed["grantedToIdentitiesV2"].is_null());
}

/// AMB-24, AMB-34: who redeemed is listed on the link, to owners; a visitor learns of nobody but themselves.
#[tokio::test]
async fn amb_24_the_people_who_redeemed_are_listed_on_the_link() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "plan.txt", "x").await;
    let shared = link(&alice, "plan.txt", json!({"type": "view", "scope": "anonymous"})).await;
    let permission = format!("/v1.0/shares/{}/permission", shared.share_id);
    for actor in [server.bob(), server.pat(), server.bob(), server.alice()] {
        redeeming(&actor).get(&permission).await.expect(200);
    }
    let people = |permission: &Value| -> Vec<String> {
        let list = permission["grantedToIdentitiesV2"].as_array().cloned().unwrap_or_default();
        list.iter().map(|who| who["user"]["email"].as_str().unwrap().to_owned()).collect()
    };
    let mut listed = people(&alice.get(&format!("{}/permissions/{}", at("plan.txt"), shared.id)).await.json());
    listed.sort();
    assert_eq!(listed, [BOB, "pat@personal.example"]);
    assert_eq!(people(&server.bob().get(&permission).await.expect(200).json()), [BOB]);
    assert!(people(&server.admin().get(&permission).await.expect(200).json()).is_empty());
    assert!(people(&server.anonymous().get(&permission).await.expect(200).json()).is_empty());
    // A stranger can't carry anything: the wish is passed over, and it says so by its silence.
    let answer = redeeming(&server.anonymous()).get(&permission).await.expect(200);
    assert!(answer.header("preference-applied").is_empty());
}

/// AMB-24, P10, P38: the right ends with the link, whatever ended it.
#[tokio::test]
async fn amb_24_p10_p38_the_right_ends_with_the_link() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    let item = put(&alice, "plan.txt", "x").await;
    let address = plain(&server, &item);
    let timed = json!({"type": "view", "scope": "anonymous", "expirationDateTime": "2026-11-23T13:00:00Z"});
    let expiring = link(&alice, "plan.txt", timed).await;
    redeeming(&bob).get(&expiring.graph("")).await.expect(200);
    let ticket = location(&bob.get(&format!("{address}/content")).await);
    server.anonymous().get(&ticket).await.expect(200);

    server.admin().set_policy(&json!({"anonymousLinks": false})).await;
    bob.get(&address).await.error(404, "itemNotFound");
    server.anonymous().get(&ticket).await.error(404, "itemNotFound");
    server.admin().set_policy(&json!({"anonymousLinks": true})).await;
    bob.get(&address).await.expect(200);

    server.set_enabled(ALICE, false).await;
    bob.get(&address).await.error(404, "itemNotFound");
    server.set_enabled(ALICE, true).await;
    bob.get(&address).await.expect(200);

    server.advance(SignedDuration::from_mins(61));
    let (alice, bob) = (server.alice(), server.bob());
    bob.get(&address).await.error(404, "itemNotFound");

    let revoked = organization(&alice, "plan.txt", "view").await;
    redeeming(&bob).get(&revoked.graph("")).await.expect(200);
    bob.get(&address).await.expect(200);
    revoke(&alice, "plan.txt", &revoked).await;
    bob.get(&address).await.error(404, "itemNotFound");
    let again = organization(&alice, "plan.txt", "view").await;
    bob.get(&address).await.error(404, "itemNotFound");
    redeeming(&bob).get(&again.graph("")).await.expect(200);
    alice.delete(&at("plan.txt")).await.expect(204);
    bob.get(&address).await.error(404, "itemNotFound");
}

/// SHARE-12: of many first calls at once each is let in.
#[tokio::test]
async fn share_12_parallel_redemptions_are_one() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let item = put(&alice, "plan.txt", "x").await;
    let shared = organization(&alice, "plan.txt", "view").await;
    let bob = redeeming(&server.bob());
    let path = shared.graph("");
    let answers = futures::future::join_all((0..12).map(|_| bob.get(&path))).await;
    for answer in answers {
        answer.expect(200);
    }
    server.bob().get(&plain(&server, &item)).await.expect(200);
    let listed = alice.get(&format!("{}/permissions/{}", at("plan.txt"), shared.id)).await.json();
    assert_eq!(listed["grantedToIdentitiesV2"].as_array().map(Vec::len), Some(1));
}

/// SHARE-14, AMB-33: a protected link is redeemed by who shows its password, and by nobody else.
#[tokio::test]
async fn share_14_amb_33_a_protected_link_is_redeemed_with_its_password() {
    let server = TestServer::start().await;
    let (pat, bob) = (server.pat(), server.bob());
    let item = put(&pat, "plan.txt", "x").await;
    let shared = protected(&pat, "plan.txt", "harbour").await;
    let address = format!("/v1.0/drives/{}/items/{}", server.person("pat@personal.example").drive.id, id(&item));
    redeeming(&bob).get(&shared.graph("")).await.expect(401);
    redeeming(&bob).with("driveway-link-password", "wrong").get(&shared.graph("")).await.expect(403);
    bob.get(&address).await.error(404, "itemNotFound");
    redeeming(&bob).with("driveway-link-password", "harbour").get(&shared.graph("")).await.expect(200);
    bob.get(&address).await.expect(200);
}

/// SHARE-17, SWM-03: nobody redeems a link that isn't for them; those whom it names have the item at its own address too.
#[tokio::test]
async fn share_17_nobody_redeems_a_link_that_is_not_theirs() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let item = put(&alice, "plan.txt", "x").await;
    let body = json!({"type": "view", "scope": "users", "recipients": [{"email": BOB}]});
    let shared = link(&alice, "plan.txt", body).await;
    for other in [server.admin(), server.pat()] {
        redeeming(&other).get(&shared.graph("")).await.error(403, "accessDenied");
        other.get(&plain(&server, &item)).await.error(404, "itemNotFound");
    }
    redeeming(&server.user(BOB, "User.Read")).get(&shared.graph("")).await.error(403, "accessDenied");
    server.bob().get(&plain(&server, &item)).await.expect(200);
    server.bob().put(&format!("{}/content", plain(&server, &item)), "y").await.error(403, "accessDenied");
    server.bob().get(&shared.graph("")).await.expect(200);
    redeeming(&server.bob()).get(&shared.graph("")).await.expect(200);
    server.bob().get(&plain(&server, &item)).await.expect(200);
}

/// SHARE-07, SHARE-14: whoever carries a protected edit link moves things about inside it, and not out of it.
#[tokio::test]
async fn share_07_share_14_moves_inside_a_carried_protected_link() {
    let server = TestServer::start().await;
    let (pat, bob) = (server.pat(), server.bob());
    let item = put(&pat, "Hold/a.txt", "x").await;
    put(&pat, "Hold/Deep/b.txt", "x").await;
    let deep = pat.get(&at("Hold/Deep")).await.expect(200).json();
    let body = json!({"type": "edit", "scope": "anonymous", "password": "harbour"});
    let shared = link(&pat, "Hold", body).await;
    redeeming(&bob).with("driveway-link-password", "harbour").get(&shared.graph("")).await.expect(200);
    let drive = format!("/v1.0/drives/{}", server.person("pat@personal.example").drive.id);
    let address = format!("{drive}/items/{}", id(&item));
    bob.patch(&address, &json!({"parentReference": {"id": id(&deep)}})).await.expect(200);
    pat.get(&at("Hold/Deep/a.txt")).await.expect(200);
    let out = bob.patch(&address, &json!({"parentReference": {"id": "root"}})).await;
    assert!(matches!(out.status.as_u16(), 400 | 403 | 404), "{}", out.text());
    pat.get(&at("Hold/Deep/a.txt")).await.expect(200);
}
