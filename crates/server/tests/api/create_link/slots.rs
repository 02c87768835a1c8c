//! Which link is "the existing one": the slot (AMB-01 to AMB-07).

use std::collections::HashSet;

use driveway_core::permission::Role;
use serde_json::{Value, json};

use crate::support::TestServer;
use crate::support::sharing::{ADMIN, ALICE, BOB, PAT};

/// AMB-01, CL-03: type, resolved scope and calling application each make a link of its own; each is found again.
#[tokio::test]
async fn amb_01_cl_03_each_application_type_and_scope_has_its_own_link() {
    let server = TestServer::start().await;
    let item = server.item(ALICE, "Welcome.txt");
    let applications = [server.alice(), server.user_through(ALICE, 1, "Files.ReadWrite")];
    let mut ids = HashSet::new();
    for round in [201, 200] {
        for application in &applications {
            for link_type in ["view", "edit"] {
                for scope in ["anonymous", "organization"] {
                    let body = json!({ "type": link_type, "scope": scope });
                    let link = application.share(&item, &body).await.expect(round).json();
                    assert_eq!((&link["link"]["type"], &link["link"]["scope"]), (&json!(link_type), &json!(scope)));
                    ids.insert(link["id"].to_string());
                }
            }
        }
        assert_eq!(ids.len(), 8);
    }
}

/// AMB-01, CL-31: a link on a folder above isn't the item's own, and one on another item isn't either.
#[tokio::test]
async fn amb_01_cl_31_a_link_of_a_folder_above_is_not_the_items_own() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let body = json!({ "type": "view", "scope": "anonymous" });
    let above = alice.share(&server.item(ALICE, "Reports"), &body).await.expect(201).json();
    for name in ["Q3%20summary.md", "Q3%20figures.csv"] {
        let own = alice.share(&format!("/v1.0/me/drive/root:/Reports/{name}:"), &body).await.expect(201).json();
        assert_ne!(own["id"], above["id"]);
        assert_eq!(own.get("inheritedFrom"), None);
    }
}

/// AMB-02: another expiry doesn't change the link that is there, and neither does none.
#[tokio::test]
async fn amb_02_the_existing_link_keeps_its_expiry() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let view = |expiry: Value| json!({ "type": "view", "scope": "anonymous", "expirationDateTime": expiry });
    let first = alice.share(&item, &view(json!("2026-12-24T00:00:00Z"))).await.expect(201).json();
    for expiry in [json!("2026-12-01T00:00:00Z"), json!("2030-01-01T00:00:00Z"), Value::Null] {
        assert_eq!(alice.share(&item, &view(expiry)).await.expect(200).json(), first);
    }
    // A request that is wrong in itself is refused even where there is a link to find.
    alice.share(&item, &view(json!("2020-01-01T00:00:00Z"))).await.error(400, "invalidRequest");
}

/// AMB-03, CL-04: the protected link stands beside the open one; nobody who asks for a password gets a link without.
#[tokio::test]
async fn amb_03_cl_04_a_protected_link_stands_beside_the_open_one() {
    let server = TestServer::start().await;
    let (pat, item) = (server.pat(), server.item(PAT, "Welcome.txt"));
    let open = pat.view_link(&item).await;
    let body = json!({ "type": "view", "scope": "anonymous", "password": "harbour" });
    let protected = pat.share(&item, &body).await.expect(201).json();
    assert_eq!((&open["hasPassword"], &protected["hasPassword"]), (&json!(false), &json!(true)));
    assert_ne!(open["id"], protected["id"]);
    assert_eq!(pat.view_link(&item).await["id"], open["id"]);
}

/// AMB-04: the protected link is found with its password; another one is refused and changes nothing.
#[tokio::test]
async fn amb_04_the_protected_link_is_found_with_its_password_only() {
    let server = TestServer::start().await;
    let (pat, item) = (server.pat(), server.item(PAT, "Welcome.txt"));
    let with = |password: &str| json!({ "type": "view", "scope": "anonymous", "password": password });
    let first = pat.share(&item, &with("harbour")).await.expect(201).json();
    let refused = pat.share(&item, &with("Harbour")).await.error(400, "invalidRequest");
    assert_eq!(refused["target"], "password");
    assert_eq!(refused["innerError"]["code"], "passwordMismatch");
    assert_eq!(pat.share(&item, &with("harbour")).await.expect(200).json(), first);
    assert_eq!(pat.permissions(&item).await.len(), 1);
}

/// AMB-04: guesses here are limited as they are at the link's own door.
#[tokio::test]
async fn amb_04_guessing_at_the_protected_link_is_limited() {
    let server = TestServer::start_with(|config| config.limits.password_attempts = 3).await;
    let (pat, item) = (server.pat(), server.item(PAT, "Welcome.txt"));
    let with = |password: &str| json!({ "type": "view", "scope": "anonymous", "password": password });
    pat.share(&item, &with("harbour")).await.expect(201);
    for guess in ["a", "b", "c"] {
        pat.share(&item, &with(guess)).await.error(400, "invalidRequest");
    }
    let answer = pat.share(&item, &with("harbour")).await;
    assert_eq!(answer.error(429, "activityLimitReached")["innerError"]["code"], "throttledRequest");
    assert!(answer.header("retry-after").parse::<u32>().unwrap() > 0);
    server.advance(jiff::SignedDuration::from_secs(15 * 60));
    pat.share(&item, &with("harbour")).await.expect(200);
}

/// AMB-06: the person isn't part of the slot; a second one is given the first one's link, which they could have made.
#[tokio::test]
async fn amb_06_a_second_person_of_the_application_is_given_the_same_link() {
    let server = TestServer::start().await;
    let item = server.item_in(&server.demo.group, "Welcome.txt");
    let first = server.alice().view_link(&item).await;
    let second = server.bob().share(&item, &json!({ "type": "view", "scope": "anonymous" })).await.expect(200).json();
    assert_eq!(second, first);
    let by_the_application = server.application("Files.ReadWrite.All").view_link(&item).await;
    assert_eq!(by_the_application["id"], first["id"]);
}

/// AMB-06: and one who may only read is given nothing.
#[tokio::test]
async fn amb_06_a_reader_is_not_given_the_existing_link() {
    let server = TestServer::start().await;
    let item = server.item(ALICE, "Welcome.txt");
    server.alice().view_link(&item).await;
    server.grant(&item, BOB, Role::Read).await;
    let body = json!({ "type": "view", "scope": "anonymous" });
    server.bob().share(&item, &body).await.error(403, "accessDenied");
    server.admin().share(&item, &body).await.error(404, "itemNotFound");
}

/// AMB-07, AMB-48, CL-06, CL-08: whatever is missing, `null` or without a body is the default, and the default is one slot.
#[tokio::test]
async fn cl_06_cl_08_amb_07_amb_48_what_is_missing_is_filled_in_before_the_slot_is_looked_up() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let first = alice.share(&item, &json!({})).await.expect(201).json();
    assert_eq!((&first["link"]["type"], &first["link"]["scope"]), (&json!("view"), &json!("anonymous")));
    for body in [
        json!({ "type": "view" }),
        json!({ "scope": "anonymous" }),
        json!({ "type": null, "scope": null, "password": null, "expirationDateTime": null, "recipients": null }),
        json!({ "scope": "" }),
        json!({ "expirationDateTime": "0001-01-01T00:00:00Z" }),
        json!({ "@odata.type": "#microsoft.graph.createLink", "retainInheritedPermissions": true, "recipients": [] }),
        json!({ "sendNotification": false, "message": null, "retainInheritedPermissions": null }),
    ] {
        let found = alice.share(&item, &body).await;
        assert_eq!(found.status, 200, "{body}: {}", found.text());
        assert_eq!(found.json(), first, "{body}");
    }
    let path = format!("{item}/createLink");
    let empty = alice.request(reqwest::Method::POST, &path).send().await.unwrap();
    assert_eq!(empty.status(), 200);
    assert_eq!(alice.send(reqwest::Method::POST, &path, "text/plain", "").await.expect(200).json(), first);
}

/// CL-12, AMB-47: types and scopes are read without regard to case and written in one.
#[tokio::test]
async fn cl_12_amb_47_words_are_read_without_regard_to_case() {
    let server = TestServer::start().await;
    let (pat, item) = (server.pat(), server.item(PAT, "Harbour.png"));
    for (link_type, scope) in [("VIEW", "Anonymous"), ("Edit", "ANONYMOUS"), ("eMBED", "anonymous")] {
        let link = pat.share(&item, &json!({ "type": link_type, "scope": scope })).await.expect(201).json();
        assert_eq!(link["link"]["type"], link_type.to_lowercase());
        assert_eq!(link["link"]["scope"], "anonymous");
    }
}

/// CL-14: view reads, edit writes, embed reads.
#[tokio::test]
async fn cl_14_amb_09_roles_follow_the_type() {
    let server = TestServer::start().await;
    let (pat, item) = (server.pat(), server.item(PAT, "Harbour.png"));
    for (link_type, role) in [("view", "read"), ("edit", "write"), ("embed", "read")] {
        let link = pat.share(&item, &json!({ "type": link_type, "scope": "anonymous" })).await.expect(201).json();
        assert_eq!(link["roles"], json!([role]), "{link_type}");
    }
}

/// CL-28: the root of a drive can't be shared, whatever its kind and however it is addressed.
#[tokio::test]
async fn cl_28_the_root_of_a_drive_is_not_shared() {
    let server = TestServer::start().await;
    for (actor, person) in [(server.pat(), PAT), (server.admin(), ADMIN)] {
        let drive = server.person(person).drive.clone();
        for root in
            ["/v1.0/me/drive/root", "/v1.0/me/drive/items/root", &format!("/v1.0/me/drive/items/{}", drive.root)]
        {
            let error = actor.share(root, &json!({ "type": "view" })).await.error(400, "notSupported");
            assert_eq!(error["innerError"]["code"], "objectNotSupported", "{root}");
        }
    }
}

/// AMB-23: a removed link's slot is free, and the new link has nothing of the old one.
#[tokio::test]
async fn amb_23_a_removed_link_leaves_its_slot() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let body = json!({ "type": "view", "scope": "anonymous" });
    let old = alice.share(&item, &body).await.expect(201).json();
    alice.delete(&format!("{item}/permissions/{}", old["id"].as_str().unwrap())).await.expect(204);
    let new = alice.share(&item, &body).await.expect(201).json();
    assert_ne!(new["id"], old["id"]);
    assert_ne!(new["shareId"], old["shareId"]);
    assert_ne!(new["link"]["webUrl"], old["link"]["webUrl"]);
}
