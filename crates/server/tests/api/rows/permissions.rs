//! Permissions, invitations and grants (PERM, INV, GRANT), where `people/` doesn't show them.

use data_encoding::BASE64URL_NOPAD;
use driveway_core::permission::Role;
use serde_json::{Value, json};

use crate::support::sharing::{ADMIN, ALICE, BOB, by_share, url};
use crate::support::{Actor, Answer, TestServer};

const FILE: &str = "/v1.0/me/drive/root:/Reports/Q3%20summary.md:";

async fn invite(actor: &Actor, item: &str, email: &str, role: &str) -> Answer {
    let body = json!({ "requireSignIn": true, "roles": [role], "recipients": [{ "email": email }] });
    actor.post(&format!("{item}/invite"), &body).await
}

/// The address of `grant` on what a URL leads to.
fn grant_at(url: &str) -> String {
    format!("/v1.0/shares/u!{}/permission/grant", BASE64URL_NOPAD.encode(url.as_bytes()))
}

/// PERM-19: who is invited and has no account yet is listed at once, before they accept anything.
#[tokio::test]
async fn perm_19_who_is_invited_is_listed_at_once() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    invite(&alice, &item, "carol@elsewhere.example", "read").await.expect(200);
    let listed = alice.permissions(&item).await;
    let waiting = listed.iter().find(|permission| permission.get("invitation").is_some()).unwrap();
    assert_eq!(waiting["invitation"]["email"], "carol@elsewhere.example");
    assert!(waiting.get("grantedToV2").is_none());
}

/// PERM-21: what a folder above gives already doesn't stand in the way of giving it, or more, on the item itself.
#[tokio::test]
async fn perm_21_an_inherited_permission_stands_in_nobodys_way() {
    let server = TestServer::start().await;
    let (alice, folder) = (server.alice(), server.item(ALICE, "Reports"));
    let above = alice.view_link(&folder).await;
    invite(&alice, &folder, BOB, "read").await.expect(200);
    let own = alice.share(FILE, &json!({ "type": "view", "scope": "anonymous" })).await.expect(201).json();
    assert_ne!(own["id"], above["id"]);
    invite(&alice, FILE, BOB, "write").await.expect(200);
    let drive = server.person(ALICE).drive.id.to_string();
    let by_path = format!("/v1.0/drives/{drive}/root:/Reports/Q3%20summary.md:");
    server.bob().put(&format!("{by_path}/content"), "x").await.expect(200);
    let roles: Vec<Value> = alice.permissions(FILE).await.iter().map(|found| found["roles"][0].clone()).collect();
    assert_eq!(json!(roles), json!(["write", "read", "read", "read", "owner"]));
}

/// PERM-24: each permission has one role, and each of them is listed once.
#[tokio::test]
async fn perm_24_each_permission_has_one_role_and_is_listed_once() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    invite(&alice, &item, BOB, "read").await.expect(200);
    invite(&alice, &item, BOB, "write").await.expect(200);
    alice.share(&item, &json!({ "type": "edit", "scope": "organization" })).await.expect(201);
    let listed = alice.permissions(&item).await;
    assert_eq!(listed.len(), 3);
    assert!(listed.iter().all(|permission| permission["roles"].as_array().unwrap().len() == 1));
    let mut ids: Vec<&str> = listed.iter().map(|permission| permission["id"].as_str().unwrap()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 3);
}

/// PERM-06, ODATA-03: the list says how many there are if asked, and no permission is cut off.
#[tokio::test]
async fn perm_06_odata_03_a_list_tells_how_many_there_are() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    for _ in 0..120 {
        server.grant(&item, BOB, Role::Read).await;
    }
    let list = format!("{item}/permissions");
    let whole = alice.get(&list).await.expect(200).json();
    assert_eq!((whole["value"].as_array().unwrap().len(), whole.get("@odata.count")), (121, None));
    assert_eq!(whole.get("@odata.nextLink"), None);
    let page = alice.get(&format!("{list}?$top=100&$count=true")).await.expect(200).json();
    assert_eq!(page["@odata.count"], 121);
    let rest = alice.get(page["@odata.nextLink"].as_str().unwrap()).await.expect(200).json();
    assert_eq!((&rest["@odata.count"], rest["value"].as_array().unwrap().len()), (&json!(121), 21));
    // Of what they may not see, nobody is told the number either.
    let bobs = server.bob().get(&format!("{list}?$count=true&$top=1")).await.expect(200).json();
    assert_eq!(bobs["@odata.count"], 120);
}

/// INV-11: the inner code of a recipient that failed.
#[tokio::test]
async fn inv_11_a_recipient_that_fails_has_the_inner_code_that_was_seen() {
    let server = TestServer::start().await;
    let beta = server.item(ALICE, "Welcome.txt").replace("/v1.0/", "/beta/");
    let answer = invite(&server.alice(), &beta, "no address", "read").await.expect(207);
    let body: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(body["value"][0]["error"]["innererror"]["code"], "secureSharingInvalidRequest");
}

/// GRANT-02, GRANT-03: by the plain URL of an item people really get the roles; the answer has what points at the item and
/// their permissions.
#[tokio::test]
async fn grant_02_grant_03_existing_access_really_grants() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let existing = alice.share(&item, &json!({ "scope": "existingAccess" })).await.expect(200).json();
    let path = grant_at(url(&existing));
    let people = json!([{ "email": BOB }, { "email": "carol@elsewhere.example" }]);
    let body = json!({ "roles": ["write"], "recipients": people });
    for refused in [server.bob(), server.pat()] {
        refused.post(&path, &body).await.error(403, "accessDenied");
    }
    server.anonymous().post(&path, &body).await.error(401, "InvalidAuthenticationToken");
    server.user(ALICE, "Files.Read.All").post(&path, &body).await.error(403, "accessDenied");
    let answer = alice.post(&path, &body).await.expect(200).json();
    let value = answer["value"].as_array().unwrap();
    assert_eq!(value.len(), 3);
    assert_eq!((&value[0]["link"]["scope"], &value[0]["id"]), (&json!("existingAccess"), &existing["id"]));
    assert_eq!(value[0]["link"]["webUrl"], existing["link"]["webUrl"]);
    assert_eq!((&value[1]["roles"], &value[1]["grantedToV2"]["user"]["email"]), (&json!(["write"]), &json!(BOB)));
    assert_eq!(value[2]["invitation"]["email"], "carol@elsewhere.example");
    server.bob().put(&format!("{item}/content"), "x").await.expect(200);
    for (body, target) in [
        (json!({ "recipients": [{ "email": ADMIN }] }), "roles"),
        (json!({ "roles": ["owner"], "recipients": [{ "email": ADMIN }] }), "roles"),
        (json!({ "roles": ["read"], "recipients": [] }), "recipients"),
        (json!({ "roles": ["read"], "recipients": [{ "email": "nobody" }] }), "recipients[0]"),
    ] {
        assert_eq!(alice.post(&path, &body).await.error(400, "invalidRequest")["target"], target, "{body}");
    }
    assert_eq!(alice.permissions(&item).await.len(), 3);
}

/// GRANT-04, LINK-14: the answer of `grant` has the link's URL as it is from then on, which here is the one that it had.
#[tokio::test]
async fn grant_04_link_14_the_answer_has_the_url_that_counts() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let body = json!({ "type": "view", "scope": "users", "recipients": [{ "email": BOB }] });
    let link = alice.share(&item, &body).await.expect(201).json();
    let more = json!({ "roles": ["read"], "recipients": [{ "email": ADMIN }] });
    let answer = alice.post(&grant_at(url(&link)), &more).await.expect(200).json();
    assert_eq!(answer["value"][0]["link"]["webUrl"], link["link"]["webUrl"]);
    for actor in [server.bob(), server.admin()] {
        actor.get(url(&answer["value"][0])).await.expect(200);
        actor.get(&by_share(&link)).await.expect(200);
    }
}
