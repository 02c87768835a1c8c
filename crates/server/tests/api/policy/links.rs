//! What policy says of new links, and what becomes of those that are there.

use driveway_core::permission::Role;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{POLICY, group_and_site, is_disabled};
use crate::support::TestServer;
use crate::support::sharing::{ALICE, BOB, PAT, by_share};

const DAY: i64 = 24 * 3600;

fn end(link: &Value) -> &str {
    link["expirationDateTime"].as_str().unwrap_or_default()
}

fn kind(link: &Value) -> (&str, &str) {
    (link["link"]["type"].as_str().unwrap(), link["link"]["scope"].as_str().unwrap())
}

/// POLICY-03, POLICY-04: the default link; where its scope or type isn't at home, the next narrower one.
#[tokio::test]
async fn policy_03_policy_04_the_default_degrades() {
    let server = TestServer::start().await;
    let (alice, admin) = (server.alice(), server.admin());
    let (file, folder) = (server.item(ALICE, "Welcome.txt"), server.item(ALICE, "Reports"));
    admin.set_policy(&json!({ "defaultLinkType": "review", "defaultLinkScope": "anonymous" })).await;
    assert_eq!(kind(&alice.share(&file, &json!({})).await.expect(201).json()), ("review", "organization"));
    assert_eq!(kind(&alice.share(&folder, &json!({})).await.expect(201).json()), ("view", "anonymous"));
    admin.set_policy(&json!({ "defaultLinkType": "edit", "anonymousFileLinkType": "view" })).await;
    assert_eq!(kind(&alice.share(&file, &json!({})).await.expect(201).json()), ("edit", "organization"));
    admin.set_policy(&json!({ "defaultLinkType": "blocksDownload", "anonymousLinks": false })).await;
    assert_eq!(kind(&alice.share(&file, &json!({})).await.expect(201).json()), ("blocksDownload", "organization"));
}

/// POLICY-05: the plain address is the default for whoever names neither type nor scope, also for those who only read.
#[tokio::test]
async fn policy_05_existing_access_is_the_default() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    server.admin().set_policy(&json!({ "defaultToExistingAccess": true })).await;
    server.grant(&item, BOB, Role::Read).await;
    let before = alice.permissions(&item).await;
    for caller in [&alice, &server.bob()] {
        let answer = caller.share(&item, &json!({})).await.expect(200).json();
        assert_eq!(answer["id"], "00000000-0000-0000-0000-000000000000");
    }
    assert_eq!(alice.permissions(&item).await, before);
    alice.share(&item, &json!({ "type": "view" })).await.expect(201);
    alice.share(&item, &json!({ "scope": "organization" })).await.expect(201);
}

/// POLICY-06, CL-20, LINK-06: recommended where none is asked, pulled back to the maximum, shortened and given back.
#[tokio::test]
async fn policy_06_link_06_a_maximum_shortens_links_that_are_there() {
    let server = TestServer::start().await;
    let (alice, admin) = (server.alice(), server.admin());
    let item = server.item(ALICE, "Welcome.txt");
    let made = alice.view_link(&item).await;
    let one = format!("{item}/permissions/{}", made["id"].as_str().unwrap());
    assert_eq!(end(&made), "");
    admin.set_policy(&json!({ "defaultExpirationDays": 3, "maximumExpirationDays": 10 })).await;
    assert_eq!(end(&alice.get(&one).await.json()), "2026-12-03T12:00:00Z");
    let other = alice.share(&server.item(ALICE, "Harbour.png"), &json!({ "type": "view", "scope": "anonymous" })).await;
    assert_eq!(end(&other.expect(201).json()), "2026-11-26T12:00:00Z");
    let late = json!({ "type": "edit", "scope": "anonymous", "expirationDateTime": "2027-12-31T00:00:00Z" });
    assert_eq!(end(&alice.share(&item, &late).await.expect(201).json()), "2026-12-03T12:00:00Z");
    server.advance(SignedDuration::from_secs(10 * DAY));
    server.anonymous().get(&by_share(&made)).await.error(404, "itemNotFound");
    // The link itself says no end: a longer maximum, or none, gives it back.
    // The tokens are of days ago.
    server.admin().set_policy(&json!({ "maximumExpirationDays": 20 })).await;
    server.anonymous().get(&by_share(&made)).await.expect(200);
    server.admin().set_policy(&json!({ "maximumExpirationDays": null })).await;
    let admin_view = server.admin().get(POLICY).await.json();
    assert_eq!(admin_view["maximumExpirationDays"], Value::Null);
    server.anonymous().get(&by_share(&made)).await.expect(200);
}

/// POLICY-07: the same for links of the organization, and only for them.
#[tokio::test]
async fn policy_07_organization_links_have_limits_of_their_own() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let first = alice.share(&item, &json!({ "type": "view", "scope": "organization" })).await.expect(201).json();
    let change = json!({ "organizationDefaultExpirationDays": 7, "organizationMaximumExpirationDays": 30 });
    server.admin().set_policy(&change).await;
    let one = format!("{item}/permissions/{}", first["id"].as_str().unwrap());
    assert_eq!(end(&alice.get(&one).await.json()), "2026-12-23T12:00:00Z");
    let second = alice.share(&item, &json!({ "type": "edit", "scope": "organization" })).await.expect(201).json();
    assert_eq!(end(&second), "2026-11-30T12:00:00Z");
    assert_eq!(end(&alice.view_link(&item).await), "");
    server.advance(SignedDuration::from_secs(30 * DAY));
    let bob = server.bob().with("prefer", "redeemSharingLinkIfNecessary");
    bob.get(&by_share(&first)).await.error(404, "itemNotFound");
    let expired = server.admin().get("/driveway/v1/links?all=true&state=expired").await.expect(200).json();
    assert_eq!(expired["value"].as_array().unwrap().len(), 2);
}

/// POLICY-08, POLICY-15: what anonymous links may give; what is forbidden is refused, never downgraded, and dormant where it
/// is there.
#[tokio::test]
async fn policy_08_policy_15_what_anonymous_links_may_give() {
    let server = TestServer::start().await;
    let (alice, admin) = (server.alice(), server.admin());
    let (file, folder) = (server.item(ALICE, "Welcome.txt"), server.item(ALICE, "Reports"));
    let body = |kind: &str| json!({ "type": kind, "scope": "anonymous" });
    let edit = alice.share(&folder, &body("edit")).await.expect(201).json();
    let take = alice.share(&folder, &body("createOnly")).await.expect(201).json();
    admin.set_policy(&json!({ "anonymousFolderLinkType": "viewUpload" })).await;
    is_disabled(&alice.share(&folder, &body("edit")).await, "type");
    is_disabled(&server.anonymous().get(&by_share(&edit)).await, "scope");
    // What lies in a folder is ruled by the folder's link.
    is_disabled(&server.anonymous().get(&format!("{}:/Q3 figures.csv:", by_share(&edit))).await, "scope");
    let put = format!("{}:/new.txt:/content", by_share(&take));
    server.anonymous().put(&put, "x").await.expect(201);
    admin.set_policy(&json!({ "anonymousFolderLinkType": "view" })).await;
    is_disabled(&server.anonymous().put(&put, "x").await, "scope");
    alice.share(&folder, &body("view")).await.expect(201);
    alice.share(&file, &body("edit")).await.expect(201);
    admin.set_policy(&json!({ "anonymousFileLinkType": "view" })).await;
    is_disabled(&alice.share(&file, &body("edit")).await, "type");
    alice.share(&file, &json!({ "type": "edit", "scope": "organization" })).await.expect(201);
    admin.set_policy(&json!({ "anonymousFolderLinkType": "edit" })).await;
    server.anonymous().get(&by_share(&edit)).await.expect(200);
}

/// POLICY-10: only the people of some groups make anonymous links; others' default goes down.
#[tokio::test]
async fn policy_10_some_groups_make_anonymous_links() {
    let server = TestServer::start().await;
    let (alice, admin, item) = (server.alice(), server.admin(), server.item(ALICE, "Welcome.txt"));
    let anonymous = json!({ "type": "view", "scope": "anonymous" });
    let link = alice.view_link(&item).await;
    admin.set_policy(&json!({ "anonymousLinkGroups": [] })).await;
    is_disabled(&alice.share(&item, &json!({ "type": "edit", "scope": "anonymous" })).await, "scope");
    is_disabled(&alice.share(&item, &anonymous).await, "scope");
    is_disabled(&server.application("Files.ReadWrite.All").share(&item, &anonymous).await, "scope");
    assert_eq!(kind(&alice.share(&item, &json!({})).await.expect(201).json()), ("view", "organization"));
    // Making is what the list is about: what is there stays open, and its secrets are for those who could make it.
    server.anonymous().get(&by_share(&link)).await.expect(200);
    let one = format!("{item}/permissions/{}", link["id"].as_str().unwrap());
    assert!(alice.get(&one).await.json()["link"].get("webUrl").is_none());
    let (group, _) = group_and_site(&server);
    admin.set_policy(&json!({ "anonymousLinkGroups": [group] })).await;
    assert_eq!(alice.share(&item, &anonymous).await.expect(200).json()["id"], link["id"]);
    admin.set_policy(&json!({ "anonymousLinkGroups": null })).await;
    server.application("Files.ReadWrite.All").share(&item, &anonymous).await.expect(200);
}

/// POLICY-12: links that only take files are off, or end sooner than others.
#[tokio::test]
async fn policy_12_links_that_take_files_have_a_switch_and_a_maximum() {
    let server = TestServer::start().await;
    let (alice, admin, folder) = (server.alice(), server.admin(), server.item(ALICE, "Reports"));
    admin.set_policy(&json!({ "createOnlyMaximumExpirationDays": 2 })).await;
    let body = |scope: &str| json!({ "type": "createOnly", "scope": scope });
    let link = alice.share(&folder, &body("anonymous")).await.expect(201).json();
    assert_eq!(end(&link), "2026-11-25T12:00:00Z");
    admin.set_policy(&json!({ "createOnlyLinks": false })).await;
    for scope in ["anonymous", "organization"] {
        is_disabled(&alice.share(&folder, &body(scope)).await, "type");
    }
    let put = format!("{}:/new.txt:/content", by_share(&link));
    is_disabled(&server.anonymous().put(&put, "x").await, "scope");
    admin.set_policy(&json!({ "createOnlyLinks": true })).await;
    server.anonymous().put(&put, "x").await.expect(201);
}

/// CL-23, AMB-29: with the switch, the `false` that SDKs send unasked is as if it weren't there.
#[tokio::test]
async fn cl_23_amb_29_the_unasked_false_can_be_ignored() {
    let server = TestServer::start().await;
    let (alice, admin) = (server.alice(), server.admin());
    let (folder, inside) = (server.item(ALICE, "Reports"), "Q3 figures.csv");
    server.grant(&folder, BOB, Role::Read).await;
    let file = format!("{folder}:/{inside}:");
    admin.set_policy(&json!({ "ignoreUnaskedRetainInheritedPermissions": true })).await;
    let body = json!({ "type": "view", "scope": "organization", "retainInheritedPermissions": false });
    alice.share(&file, &body).await.expect(201);
    server.bob().get(&file).await.expect(200);
    let existing = json!({ "scope": "existingAccess", "retainInheritedPermissions": false });
    alice.share(&file, &existing).await.expect(200);
    let mut invitation = super::invitation("new@elsewhere.example", "read");
    invitation["retainInheritedPermissions"] = json!(false);
    alice.post(&format!("{folder}:/Q3 summary.md:/invite"), &invitation).await.expect(200);
    server.bob().get(&format!("{folder}:/Q3 summary.md:")).await.expect(200);
}

/// P9: an item that is moved out of its link's creator's reach takes the link along; moved back, it opens again.
#[tokio::test]
async fn p09_an_item_moved_out_of_the_creators_reach_closes_the_link() {
    let server = TestServer::start().await;
    let (alice, admin) = (server.alice(), server.admin());
    let drive = format!("/v1.0/drives/{}", server.demo.group.id);
    let hold = admin.post(&format!("{drive}/root/children"), &json!({ "name": "Hold", "folder": {} })).await;
    let hold = hold.expect(201).json()["id"].as_str().unwrap().to_owned();
    let mut invitation = super::invitation(PAT, "read");
    invitation["retainInheritedPermissions"] = json!(false);
    admin.post(&format!("{drive}/items/{hold}/invite"), &invitation).await.expect(200);
    let item = server.item_in(&server.demo.group, "Welcome.txt");
    let link = alice.view_link(&item).await;
    server.anonymous().get(&by_share(&link)).await.expect(200);
    admin.patch(&item, &json!({ "parentReference": { "id": hold } })).await.expect(200);
    alice.get(&item).await.error(404, "itemNotFound");
    server.anonymous().get(&by_share(&link)).await.error(404, "itemNotFound");
    admin.patch(&item, &json!({ "parentReference": { "id": "root" } })).await.expect(200);
    server.anonymous().get(&by_share(&link)).await.expect(200);
}
