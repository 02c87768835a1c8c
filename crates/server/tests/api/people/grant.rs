//! `grant` and `revokeGrants` on links for specific people (GRANT-01 to GRANT-07, AMB-54, AMB-55; P13).

use serde_json::{Value, json};

use crate::support::TestServer;
use crate::support::sharing::{ADMIN, ALICE, BOB, PAT, by_share, url};

fn grant_path(link: &Value) -> String {
    format!("/v1.0/shares/{}/permission/grant", link["shareId"].as_str().unwrap())
}

fn people(names: &[&str], roles: &str) -> Value {
    let recipients: Vec<Value> = names.iter().map(|name| json!({ "email": name })).collect();
    json!({ "recipients": recipients, "roles": [roles] })
}

fn users_link(names: &[&str]) -> Value {
    let mut body = people(names, "read");
    body.as_object_mut().unwrap().remove("roles");
    body["type"] = json!("view");
    body["scope"] = json!("users");
    body
}

fn names(link: &Value) -> Vec<String> {
    let found = link["grantedToIdentitiesV2"].as_array().cloned().unwrap_or_default();
    let mut names: Vec<String> =
        found.iter().map(|person| person["user"]["email"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

/// GRANT-01, GRANT-03: people join the link, by its share id and by its encoded URL; the answer is the link.
#[tokio::test]
async fn grant_01_grant_03_people_join_the_link() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let link = alice.share(&item, &users_link(&[BOB])).await.expect(201).json();
    server.admin().get(&by_share(&link)).await.error(403, "accessDenied");
    let encoded = data_encoding::BASE64URL_NOPAD.encode(url(&link).as_bytes());
    for path in [grant_path(&link), format!("/v1.0/shares/u!{encoded}/permission/grant")] {
        let body = alice.post(&path, &people(&[ADMIN], "read")).await.expect(200).json();
        let updated = &body["value"][0];
        assert_eq!((body["value"].as_array().unwrap().len(), &updated["id"]), (1, &link["id"]));
        assert_eq!((&updated["link"], names(updated)), (&link["link"], vec![ADMIN.to_owned(), BOB.to_owned()]));
    }
    server.admin().get(&by_share(&link)).await.expect(200).json();
}

/// GRANT-02: the roles are those that the link gives; the link is one for specific people.
#[tokio::test]
async fn grant_02_roles_are_those_of_the_link() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let link = alice.share(&item, &users_link(&[BOB])).await.expect(201).json();
    for (body, target) in [
        (people(&[ADMIN], "write"), "roles"),
        (json!({ "recipients": [{ "email": ADMIN }] }), "roles"),
        (people(&[], "read"), "recipients"),
        (people(&["nobody@harbour.example"], "read"), "recipients"),
        (json!({ "recipients": [{ "email": ADMIN }], "roles": ["read"], "message": "x" }), "message"),
    ] {
        let error = alice.post(&grant_path(&link), &body).await.error(400, "invalidRequest");
        assert_eq!(error["target"], target, "{body}");
    }
    for scope in ["anonymous", "organization"] {
        let other = alice.share(&item, &json!({ "type": "view", "scope": scope })).await.expect(201).json();
        alice.post(&grant_path(&other), &people(&[ADMIN], "read")).await.error(400, "notSupported");
    }
    let one = format!("{item}/permissions/{}", link["id"].as_str().unwrap());
    assert_eq!(names(&alice.get(&one).await.json()), [BOB]);
}

/// GRANT-05, AMB-54, P13: it takes the right to share the item; an application has it, whoever the link is for hasn't.
#[tokio::test]
async fn amb_54_granting_takes_the_right_to_share() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let link = alice.share(&item, &users_link(&[BOB])).await.expect(201).json();
    let path = grant_path(&link);
    let body = people(&[ADMIN], "read");
    server.anonymous().post(&path, &body).await.error(401, "InvalidAuthenticationToken");
    server.bob().post(&path, &body).await.error(403, "accessDenied");
    server.pat().post(&path, &body).await.error(403, "accessDenied");
    server.user(ALICE, "Files.Read.All").post(&path, &body).await.error(403, "accessDenied");
    server.admin().get(&by_share(&link)).await.error(403, "accessDenied");
    server.application("Files.ReadWrite.All").post(&path, &body).await.expect(200);
    server.admin().get(&by_share(&link)).await.expect(200);
    alice.delete(&format!("{item}/permissions/{}", link["id"].as_str().unwrap())).await.expect(204);
    alice.post(&path, &body).await.error(404, "itemNotFound");
}

/// GRANT-06, GRANT-07, AMB-55: people are taken off the link, at once, down to the last one, on both prefixes.
#[tokio::test]
async fn grant_06_people_are_taken_off_the_link() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let link = alice.share(&item, &users_link(&[BOB, ADMIN])).await.expect(201).json();
    let revoke = |item: &str| format!("{item}/permissions/{}/revokeGrants", link["id"].as_str().unwrap());
    server.bob().get(&by_share(&link)).await.expect(200);
    let left = alice.post(&revoke(&item), &json!({ "grantees": [{ "email": BOB }] })).await.expect(200).json();
    assert_eq!((names(&left), &left["link"]), (vec![ADMIN.to_owned()], &link["link"]));
    server.bob().get(&by_share(&link)).await.error(403, "accessDenied");
    for unknown in [BOB, "nobody@harbour.example", PAT] {
        let error = alice.post(&revoke(&item), &json!({ "grantees": [{ "email": unknown }] })).await;
        let error = error.error(400, "invalidRequest");
        assert_eq!(
            (&error["target"], &error["message"]),
            (&json!("grantees"), &json!("Could not find the recipient."))
        );
    }
    let both = json!({ "grantees": [{ "email": ADMIN }, { "email": BOB }] });
    alice.post(&revoke(&item), &both).await.error(400, "invalidRequest");
    server.admin().get(&by_share(&link)).await.expect(200);
    let beta = revoke(&item.replace("/v1.0/", "/beta/"));
    let empty = alice.post(&beta, &json!({ "grantees": [{ "alias": ADMIN }] })).await.expect(200).json();
    assert_eq!((names(&empty).len(), &empty["id"]), (0, &link["id"]));
    server.admin().get(&by_share(&link)).await.error(403, "accessDenied");
}

/// GRANT-06, PERM-12, P13: what revokeGrants refuses.
#[tokio::test]
async fn grant_06_what_revoking_refuses() {
    let server = TestServer::start().await;
    let item = server.item_in(&server.demo.group, "Welcome.txt");
    let link = server.bob().share(&item, &users_link(&[ADMIN])).await.expect(201).json();
    let path = format!("{item}/permissions/{}/revokeGrants", link["id"].as_str().unwrap());
    let body = json!({ "grantees": [{ "email": ADMIN }] });
    server.alice().post(&path, &body).await.error(404, "itemNotFound");
    server.pat().post(&path, &body).await.error(404, "itemNotFound");
    server.anonymous().post(&path, &body).await.error(401, "InvalidAuthenticationToken");
    server.user(BOB, "Files.Read.All").post(&path, &body).await.error(403, "accessDenied");
    let stale = server.bob().with("if-match", "\"x\"").post(&path, &body).await;
    stale.error(412, "resourceModified");
    server.bob().post(&path, &json!({})).await.error(400, "invalidRequest");
    let other = server.bob().view_link(&item).await;
    let others = format!("{item}/permissions/{}/revokeGrants", other["id"].as_str().unwrap());
    server.bob().post(&others, &body).await.error(400, "notSupported");
    server.admin().get(&by_share(&link)).await.expect(200);
    server.bob().post(&path, &body).await.expect(200);
}
