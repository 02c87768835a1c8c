//! Links over time (LINK-01 to LINK-14, with AMB-20, AMB-25 and AMB-26).

use driveway_core::permission::Role;
use serde_json::json;

use crate::steps::{at, edit, id, link, location, put, view};
use crate::support::TestServer;
use crate::support::sharing::{ALICE, BOB};

/// LINK-01, LINK-02: an anonymous link helps whoever has it, an organization's whoever belongs to it, one for people them.
#[tokio::test]
async fn link_01_link_02_whom_a_link_helps() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "plan.txt", "x").await;
    let people = json!([{ "email": BOB }]);
    let anonymous = view(&alice, "plan.txt").await;
    let organization = link(&alice, "plan.txt", json!({ "scope": "organization" })).await;
    let users = link(&alice, "plan.txt", json!({ "scope": "users", "recipients": people })).await;
    let visitors = [server.bob(), server.admin(), server.pat(), server.anonymous()];
    for (link, statuses) in
        [(anonymous, [200, 200, 200, 200]), (organization, [200, 200, 403, 401]), (users, [200, 403, 403, 401])]
    {
        for (visitor, status) in visitors.iter().zip(statuses) {
            visitor.get(&link.url).await.expect(status);
        }
    }
}

/// LINK-03: an organization's link gives a colleague nothing until they redeem it; then they are counted among its people.
#[tokio::test]
async fn link_03_an_organizations_link_gives_nothing_until_it_is_redeemed() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    let item = id(&put(&alice, "plan.txt", "x").await);
    let shared = link(&alice, "plan.txt", json!({ "scope": "organization" })).await;
    let plain = format!("/v1.0/drives/{}/items/{item}", server.person(ALICE).drive.id);
    let permission = format!("{}/permissions/{}", at("plan.txt"), shared.id);
    bob.get(&plain).await.error(404, "itemNotFound");
    assert!(alice.get(&permission).await.json().get("grantedToIdentitiesV2").is_none());
    bob.with("prefer", "redeemSharingLink").get(&shared.graph("")).await.expect(200);
    bob.get(&plain).await.expect(200);
    assert_eq!(alice.get(&permission).await.json()["grantedToIdentitiesV2"][0]["user"]["email"], BOB);
}

/// LINK-05, AMB-20: off is off at once, owners still see the link, and on again the same link opens, unless it was removed.
#[tokio::test]
async fn link_05_amb_20_anonymous_links_come_back_with_the_switch() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    put(&alice, "plan.txt", "x").await;
    let (kept, removed) = (view(&alice, "plan.txt").await, edit(&alice, "plan.txt").await);
    let ticket = location(&stranger.get(&kept.graph("/content")).await);
    server.admin().set_policy(&json!({ "anonymousLinks": false })).await;
    for link in [&kept, &removed] {
        let error = stranger.get(&link.graph("")).await.error(403, "notAllowed");
        assert_eq!(error["innerError"]["code"], "sharingDisabled");
    }
    stranger.get(&ticket).await.error(404, "itemNotFound");
    let listed = alice.permissions(&at("plan.txt")).await;
    assert!(listed.iter().any(|permission| permission["id"] == kept.id.as_str()), "owners still see it");
    alice.delete(&format!("{}/permissions/{}", at("plan.txt"), removed.id)).await.expect(204);
    server.admin().set_policy(&json!({ "anonymousLinks": true })).await;
    stranger.get(&kept.graph("")).await.expect(200);
    stranger.get(&removed.graph("")).await.error(404, "itemNotFound");
}

/// LINK-08, AMB-25: a renamed and moved item keeps its link; what it inherits is the new folder's.
#[tokio::test]
async fn link_08_amb_25_a_link_goes_along_with_its_item() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    let item = id(&put(&alice, "Old/plan.txt", "the plan").await);
    put(&alice, "New/other.txt", "x").await;
    let shared = view(&alice, "Old/plan.txt").await;
    let folder = |name: &str| format!("{}/permissions", at(name));
    let new_id = id(&alice.get(&at("New")).await.json());
    let drive = server.person(ALICE).drive.id.to_string();
    server.grant(&format!("/v1.0/drives/{drive}/items/{new_id}"), BOB, Role::Read).await;
    let above_old = view(&alice, "Old").await;
    let by_id = format!("/v1.0/drives/{drive}/items/{item}");
    bob.get(&by_id).await.error(404, "itemNotFound");

    let change = json!({ "name": "schedule.txt", "parentReference": { "id": new_id } });
    alice.patch(&at("Old/plan.txt"), &change).await.expect(200);
    bob.get(&by_id).await.expect(200);
    let listed = alice.permissions(&at("New/schedule.txt")).await;
    let own = listed.iter().find(|permission| permission["id"] == shared.id.as_str()).unwrap();
    assert_eq!(
        (own["link"]["webUrl"].as_str(), own["shareId"].as_str()),
        (Some(&*shared.url), Some(&*shared.share_id))
    );
    assert!(listed.iter().all(|permission| permission["id"] != above_old.id.as_str()));
    assert!(listed.iter().any(|permission| permission["inheritedFrom"]["name"] == "New"));
    let seen = server.anonymous().get(&shared.graph("")).await.expect(200).json();
    assert_eq!(seen["name"], "schedule.txt");
    server.anonymous().get(&above_old.graph(":/plan.txt:")).await.error(404, "itemNotFound");
    assert_eq!(alice.get(&folder("Old")).await.json()["value"].as_array().map(Vec::len), Some(2));
}

/// LINK-09, AMB-26: another drive isn't reached by PATCH, and the link is what it was.
#[tokio::test]
async fn link_09_amb_26_an_item_does_not_move_across_drives() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "plan.txt", "x").await;
    let shared = view(&alice, "plan.txt").await;
    let group = server.demo.group.clone();
    let to = json!({ "parentReference": { "driveId": group.id.as_str(), "id": group.root.to_string() } });
    alice.patch(&at("plan.txt"), &to).await.error(400, "notSupported");
    server.anonymous().get(&shared.graph("")).await.expect(200);
}

/// LINK-11: a link outlives a move and a new password, where other servers lost it.
#[tokio::test]
async fn link_11_a_link_outlives_a_move_and_a_new_password() {
    let server = TestServer::start().await;
    let (pat, stranger) = (server.pat(), server.anonymous());
    put(&pat, "Old/plan.txt", "x").await;
    put(&pat, "New/other.txt", "x").await;
    let shared = view(&pat, "Old/plan.txt").await;
    let new = id(&pat.get(&at("New")).await.json());
    pat.patch(&at("Old/plan.txt"), &json!({ "parentReference": { "id": new } })).await.expect(200);
    let managed = format!("/driveway/v1/links/{}", shared.id);
    pat.patch(&managed, &json!({ "password": "harbour" })).await.expect(200);
    stranger.get(&shared.graph("")).await.error(401, "InvalidAuthenticationToken");
    stranger.with("driveway-link-password", "harbour").get(&shared.graph("")).await.expect(200);
    pat.patch(&managed, &json!({ "password": null })).await.expect(200);
    stranger.get(&shared.url).await.expect(200);
}

/// LINK-13: the link of a deleted item isn't there, at any door.
#[tokio::test]
async fn link_13_the_link_of_a_deleted_item_is_not_there() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    put(&alice, "Hold/plan.txt", "x").await;
    let links = [view(&alice, "Hold").await, view(&alice, "Hold/plan.txt").await];
    let ticket = location(&stranger.get(&links[1].graph("/content")).await);
    alice.delete(&at("Hold")).await.expect(204);
    for link in &links {
        stranger.get(&link.url).await.expect(404);
        stranger.get(&link.graph("")).await.error(404, "itemNotFound");
    }
    stranger.get(&ticket).await.error(404, "itemNotFound");
}
