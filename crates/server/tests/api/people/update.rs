//! PATCH of a permission (PERM-08 to PERM-12, AMB-11, AMB-12; P13).

use driveway_core::permission::Role;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::TestServer;
use crate::support::sharing::{ADMIN, ALICE, BOB, by_share};

fn at(item: &str, id: &Value) -> String {
    format!("{item}/permissions/{}", id.as_str().unwrap())
}

/// PERM-08, PERM-11: the role of a person's grant is raised and lowered, and counts on the next request.
#[tokio::test]
async fn perm_08_the_role_of_a_grant_is_changed() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let one = at(&item, &json!(server.grant(&item, BOB, Role::Read).await));
    let content = format!("{item}/content");
    server.bob().put(&content, "x").await.error(403, "accessDenied");
    let changed = alice.patch(&one, &json!({ "roles": ["write"] })).await.expect(200).json();
    assert_eq!((&changed["roles"], &changed["grantedToV2"]["user"]["email"]), (&json!(["write"]), &json!(BOB)));
    server.bob().put(&content, "x").await.expect(200);
    assert_eq!(alice.patch(&one, &json!({})).await.expect(200).json(), alice.get(&one).await.json());
    alice.patch(&one, &json!({ "roles": ["READ"] })).await.expect(200);
    server.bob().put(&content, "y").await.error(403, "accessDenied");
}

/// PERM-08: an owner makes another one, and unmakes them; the row of the drive's owner stays.
#[tokio::test]
async fn perm_08_owners_are_made_and_unmade_by_owners() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let one = at(&item, &json!(server.grant(&item, BOB, Role::Write).await));
    server.bob().patch(&one, &json!({ "roles": ["owner"] })).await.error(403, "accessDenied");
    alice.patch(&one, &json!({ "roles": ["owner"] })).await.expect(200);
    let others = at(&item, &json!(server.grant(&item, ADMIN, Role::Read).await));
    server.bob().patch(&others, &json!({ "roles": ["write"] })).await.expect(200);
    alice.patch(&one, &json!({ "roles": ["read"] })).await.expect(200);
    server.bob().patch(&others, &json!({ "roles": ["read"] })).await.error(403, "accessDenied");
    alice.patch(&one, &json!({ "roles": ["owner"] })).await.expect(200);
    alice.delete(&one).await.expect(204);
    server.bob().get(&item).await.error(404, "itemNotFound");
    let root = "/v1.0/me/drive/root";
    let owner = alice.permissions(root).await[0]["id"].clone();
    alice.patch(&at(root, &owner), &json!({ "roles": ["read"] })).await.error(403, "notAllowed");
    alice.delete(&at(root, &owner)).await.error(403, "notAllowed");
}

/// PERM-08, AMB-10, AMB-11: the expiry of an anonymous link is set, extended and cleared.
#[tokio::test]
async fn perm_08_the_expiry_of_an_anonymous_link_is_changed() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let link = alice.view_link(&item).await;
    let one = at(&item, &link["id"]);
    for (wanted, shown) in [
        (json!("2026-11-25T00:00:00Z"), json!("2026-11-25T00:00:00Z")),
        (json!("2026-12-24T00:00:00+00:00"), json!("2026-12-24T00:00:00Z")),
        (Value::Null, Value::Null),
        (json!("2026-11-24T00:00:00Z"), json!("2026-11-24T00:00:00Z")),
        (json!("0001-01-01T00:00:00Z"), Value::Null),
        (json!("2026-11-24T00:00:00Z"), json!("2026-11-24T00:00:00Z")),
    ] {
        let changed = alice.patch(&one, &json!({ "expirationDateTime": wanted })).await.expect(200).json();
        assert_eq!(changed["expirationDateTime"], shown, "{wanted}");
        assert_eq!((&changed["id"], &changed["link"]), (&link["id"], &link["link"]));
    }
    for past in ["2026-11-23T12:00:00Z", "2020-01-01T00:00:00Z", "tomorrow"] {
        let error = alice.patch(&one, &json!({ "expirationDateTime": past })).await.error(400, "invalidRequest");
        assert_eq!(
            (&error["target"], &error["innerError"]["code"]),
            (&json!("expirationDateTime"), &json!("invalidParameterFormat"))
        );
    }
    server.advance(SignedDuration::from_hours(12));
    server.anonymous().get(&by_share(&link)).await.error(404, "itemNotFound");
    // What has ended stays ended.
    let error = server.alice().patch(&one, &json!({ "expirationDateTime": null })).await.error(403, "accessDenied");
    assert_eq!(error["innerError"]["code"], "linkExpired");
    server.anonymous().get(&by_share(&link)).await.error(404, "itemNotFound");
}

/// AMB-10, AMB-11: a maximum pulls back what is later, and asking again doesn't outlive it.
#[tokio::test]
async fn amb_10_the_maximum_counts_from_the_making() {
    let server = TestServer::start().await;
    let item = server.item(ALICE, "Welcome.txt");
    server.admin().set_policy(&json!({ "maximumExpirationDays": 10 })).await;
    let link = server.alice().view_link(&item).await;
    let one = at(&item, &link["id"]);
    server.advance(SignedDuration::from_hours(72));
    for (wanted, shown) in [
        (json!("2027-12-24T00:00:00Z"), "2026-12-03T12:00:00Z"),
        (json!("2026-11-27T00:00:00Z"), "2026-11-27T00:00:00Z"),
        (Value::Null, "2026-12-03T12:00:00Z"),
    ] {
        let changed = server.alice().patch(&one, &json!({ "expirationDateTime": wanted })).await.expect(200).json();
        assert_eq!(changed["expirationDateTime"], shown);
    }
}

/// AMB-11: other links have no expiry to change.
#[tokio::test]
async fn amb_11_other_links_take_no_expiry() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    for body in [
        json!({ "type": "view", "scope": "organization" }),
        json!({ "type": "view", "scope": "users", "recipients": [{ "email": BOB }] }),
    ] {
        let link = alice.share(&item, &body).await.expect(201).json();
        let change = json!({ "expirationDateTime": "2026-12-24T00:00:00Z" });
        let error = alice.patch(&at(&item, &link["id"]), &change).await.error(400, "notSupported");
        assert_eq!(error["target"], "expirationDateTime");
    }
}

/// PERM-09, PERM-10, AMB-11: everything else is refused by name.
#[tokio::test]
async fn perm_09_perm_10_everything_else_is_refused_by_name() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let link = alice.view_link(&item).await;
    let grant = json!(server.grant(&item, BOB, Role::Read).await);
    let refused = |error: Value, target: &str| {
        assert_eq!(error["target"], target);
        assert_eq!(error["innerError"]["code"], "propertyNotUpdateable", "{target}");
    };
    let link_roles = alice.patch(&at(&item, &link["id"]), &json!({ "roles": ["write"] })).await;
    refused(link_roles.error(400, "invalidRequest"), "roles");
    let grant_expiry = alice.patch(&at(&item, &grant), &json!({ "expirationDateTime": null })).await;
    refused(grant_expiry.error(400, "invalidRequest"), "expirationDateTime");
    for (member, value) in [
        ("id", json!("x")),
        ("link", json!({ "scope": "organization" })),
        ("hasPassword", json!(false)),
        ("shareId", json!("s!x")),
        ("inheritedFrom", json!({})),
        ("invitation", json!({})),
        ("grantedToV2", json!({})),
        ("grantedToIdentitiesV2", json!([])),
    ] {
        for id in [&link["id"], &grant] {
            let answer = alice.patch(&at(&item, id), &json!({ member: value })).await;
            refused(answer.error(400, "invalidRequest"), member);
        }
    }
    for roles in [json!([]), json!("write"), json!(["fullcontrol"]), json!([1])] {
        let answer = alice.patch(&at(&item, &grant), &json!({ "roles": roles })).await;
        assert_eq!(answer.error(400, "invalidRequest")["target"], "roles");
    }
    let unknown = alice.patch(&at(&item, &grant), &json!({ "role": "write" })).await.error(400, "invalidRequest");
    assert_eq!(unknown["target"], "role");
    assert_eq!(alice.get(&at(&item, &link["id"])).await.json()["link"], link["link"]);
}

/// AMB-11: what is inherited is changed where it is; the refusal names the folder.
#[tokio::test]
async fn amb_11_inherited_permissions_are_changed_at_their_ancestor() {
    let server = TestServer::start().await;
    let (alice, folder) = (server.alice(), server.item(ALICE, "Reports"));
    let link = alice.view_link(&folder).await;
    let child = "/v1.0/me/drive/root:/Reports/Q3%20summary.md:";
    let change = json!({ "expirationDateTime": "2026-12-24T00:00:00Z" });
    let error = alice.patch(&at(child, &link["id"]), &change).await.error(403, "notAllowed");
    assert!(error["message"].as_str().unwrap().contains("Reports"));
    assert_eq!(alice.get(&at(&folder, &link["id"])).await.json().get("expirationDateTime"), None);
}

/// P13: a link is changed by an owner or its maker; a grant by an owner; by nobody else, and nothing changes.
#[tokio::test]
async fn p13_owners_and_makers_change_links_and_nobody_else() {
    let server = TestServer::start().await;
    let item = server.item_in(&server.demo.group, "Welcome.txt");
    let view = json!({ "type": "view", "scope": "anonymous" });
    let link = server.bob().share(&item, &view).await.expect(201).json();
    let grant = at(&item, &json!(server.grant(&item, BOB, Role::Write).await));
    let change = json!({ "expirationDateTime": "2026-12-24T00:00:00Z" });
    let one = at(&item, &link["id"]);
    server.alice().patch(&one, &change).await.error(404, "itemNotFound");
    server.pat().patch(&one, &change).await.error(404, "itemNotFound");
    server.anonymous().patch(&one, &change).await.error(401, "InvalidAuthenticationToken");
    server.user(BOB, "Files.Read.All").patch(&one, &change).await.error(403, "accessDenied");
    server.bob().patch(&grant, &json!({ "roles": ["read"] })).await.error(403, "accessDenied");
    assert_eq!(server.bob().get(&one).await.json().get("expirationDateTime"), None);
    server.bob().patch(&one, &change).await.expect(200);
    server.admin().patch(&one, &json!({ "expirationDateTime": null })).await.expect(200);
    server.admin().patch(&grant, &json!({ "roles": ["read"] })).await.expect(200);
}

/// PERM-12, AMB-12: if-match names the item's eTag or cTag, which the change doesn't move.
#[tokio::test]
async fn perm_12_if_match_is_the_items_tag() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let before = alice.get(&item).await.expect(200).json();
    let one = at(&item, &alice.view_link(&item).await["id"]);
    let change = json!({ "expirationDateTime": "2026-12-24T00:00:00Z" });
    let stale = alice.with("if-match", "\"{00000000-0000-0000-0000-000000000000},1\"").patch(&one, &change).await;
    assert_eq!(stale.error(412, "resourceModified")["innerError"]["code"], "entityTagDoesNotMatch");
    assert_eq!(alice.get(&one).await.json().get("expirationDateTime"), None);
    for tag in [before["eTag"].as_str().unwrap(), before["cTag"].as_str().unwrap(), "*"] {
        alice.with("if-match", tag).patch(&one, &change).await.expect(200);
    }
    let unquoted = alice.with("if-match", "abc").patch(&one, &change).await.error(400, "invalidRequest");
    assert_eq!(unquoted["innerError"]["code"], "malformedEntityTag");
    assert_eq!(alice.get(&item).await.json()["eTag"], before["eTag"]);
}
