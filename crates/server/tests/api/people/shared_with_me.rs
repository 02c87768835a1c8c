//! What is shared with whom: `sharedWithMe` and the `shared` facet (SWM-01 to SWM-03, AMB-62).

use driveway_core::permission::Role;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::sharing::{ALICE, BOB, PAT};
use crate::support::{Actor, TestServer};

const PATH: &str = "/v1.0/me/drive/sharedWithMe";

async fn shared(actor: &Actor, path: &str) -> Vec<Value> {
    actor.get(path).await.expect(200).json()["value"].as_array().unwrap().clone()
}

async fn invite(actor: &Actor, item: &str, email: &str) -> Value {
    let body = json!({ "requireSignIn": true, "roles": ["read"], "recipients": [{ "email": email }] });
    actor.post(&format!("{item}/invite"), &body).await.expect(200).json()["value"][0].clone()
}

fn names(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["name"].as_str().unwrap()).collect()
}

/// SWM-01: what is granted to the caller or is behind a link for them, the newest first; it points to the real item.
#[tokio::test]
async fn swm_01_items_point_to_the_real_ones() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    let (file, folder) = (server.item(ALICE, "Welcome.txt"), server.item(ALICE, "Reports"));
    assert!(shared(&bob, PATH).await.is_empty());
    let granted = invite(&alice, &file, BOB).await;
    server.advance(SignedDuration::from_secs(1));
    let users = json!({ "type": "view", "scope": "users", "recipients": [{ "email": BOB }] });
    let link = alice.share(&folder, &users).await.expect(201).json();
    alice.view_link(&server.item(ALICE, "Budget.csv")).await;
    let found = shared(&bob, PATH).await;
    assert_eq!(names(&found), ["Reports", "Welcome.txt"]);
    let remote = &found[1]["remoteItem"];
    assert_eq!(remote["id"], server.sample(ALICE, "Welcome.txt"));
    let drive = server.person(ALICE).drive.id.to_string();
    assert_eq!(remote["parentReference"], json!({ "driveId": drive, "driveType": "business" }));
    assert_eq!(remote["shared"]["sharedBy"]["user"]["displayName"], "Alice Harbour");
    assert_eq!(
        (&remote["shared"]["scope"], &remote["shared"]["sharedDateTime"]),
        (&json!("users"), &json!("2026-11-23T12:00:00Z"))
    );
    assert!(found[0]["folder"].is_object() && found[0]["remoteItem"]["folder"].is_object());
    bob.get(&file).await.expect(200);
    assert!(found.iter().all(|item| !item.to_string().contains("downloadUrl")));
    assert!(shared(&alice, PATH).await.is_empty() && shared(&bob, "/v1.0/me/drive/sharedWithMe()").await.len() == 2);
    // It ends with what it stands on.
    let one = |item: &str, permission: &Value| format!("{item}/permissions/{}", permission["id"].as_str().unwrap());
    alice.delete(&one(&file, &granted)).await.expect(204);
    assert_eq!(names(&shared(&bob, PATH).await), ["Reports"]);
    alice.delete(&one(&folder, &link)).await.expect(204);
    assert!(shared(&bob, PATH).await.is_empty());
}

/// SWM-02: what lives in another organization comes where it is asked for.
#[tokio::test]
async fn swm_02_others_organizations_are_asked_for() {
    let server = TestServer::start().await;
    invite(&server.pat(), &server.item(PAT, "Welcome.txt"), BOB).await;
    assert!(shared(&server.bob(), PATH).await.is_empty());
    assert!(shared(&server.bob(), &format!("{PATH}?allowexternal=false")).await.is_empty());
    assert_eq!(shared(&server.bob(), &format!("{PATH}?allowexternal=true")).await.len(), 1);
    server.bob().get(&format!("{PATH}?allowexternal=maybe")).await.error(400, "invalidRequest");
}

/// SWM-03, AMB-56: the list is the caller's own, comes in pages, and shows no item twice, dead or deleted.
#[tokio::test]
async fn swm_03_the_list_is_the_callers_own() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    for name in ["Welcome.txt", "Budget.csv", "Reports"] {
        let item = server.item(ALICE, name);
        invite(&alice, &item, BOB).await;
        let users = json!({ "type": "view", "scope": "users", "recipients": [{ "email": BOB }] });
        alice.share(&item, &users).await.expect(201);
    }
    let drive = server.person(BOB).drive.id.to_string();
    assert_eq!(shared(&bob, &format!("/v1.0/drives/{drive}/sharedWithMe")).await.len(), 3);
    alice.get(&format!("/v1.0/drives/{drive}/sharedWithMe")).await.error(404, "itemNotFound");
    let first = bob.get(&format!("{PATH}?$top=2&$select=name")).await.expect(200).json();
    assert_eq!((first["value"].as_array().unwrap().len(), first["value"][0].get("remoteItem")), (2, None));
    let rest = bob.get(first["@odata.nextLink"].as_str().unwrap()).await.expect(200).json();
    assert_eq!((rest["value"].as_array().unwrap().len(), rest.get("@odata.nextLink")), (1, None));
    alice.delete(&server.item(ALICE, "Reports")).await.expect(204);
    assert_eq!(shared(&bob, PATH).await.len(), 2);
    server.set_enabled(ALICE, false).await;
    assert_eq!(shared(&bob, PATH).await.len(), 2, "grants stay, though her links are closed");
    server.user(BOB, "User.Read").get(PATH).await.error(403, "accessDenied");
}

/// AMB-62, PERM-18: the facet is on the shared item and on what lies below, in the widest scope, and goes again.
#[tokio::test]
async fn amb_62_the_shared_facet_reaches_down_and_goes() {
    let server = TestServer::start().await;
    let (alice, folder) = (server.alice(), server.item(ALICE, "Reports"));
    let file = "/v1.0/me/drive/root:/Reports/Q3%20summary.md:";
    let scopes = async || {
        let mut found = Vec::new();
        for item in [folder.as_str(), file, "/v1.0/me/drive/root"] {
            found.push(server.alice().get(item).await.expect(200).json()["shared"]["scope"].clone());
        }
        found
    };
    let nothing = json!([null, null, null]);
    assert_eq!(json!(scopes().await), nothing);
    let grant = server.grant(&folder, BOB, Role::Read).await;
    assert_eq!(json!(scopes().await), json!(["users", "users", null]));
    let until = json!({ "type": "view", "scope": "anonymous", "expirationDateTime": "2026-11-23T12:30:00Z" });
    alice.share(&folder, &until).await.expect(201);
    assert_eq!(json!(scopes().await), json!(["anonymous", "anonymous", null]));
    server.advance(SignedDuration::from_mins(30));
    assert_eq!(json!(scopes().await), json!(["users", "users", null]));
    server.withdraw(&grant).await;
    assert_eq!(json!(scopes().await), nothing);
    // Membership of a library isn't sharing.
    let library = server.item_in(&server.demo.group, "Welcome.txt");
    assert_eq!(server.alice().get(&library).await.json().get("shared"), None);
}

/// AMB-39: a folder that only takes files shows nothing, among what is shared with somebody either.
#[tokio::test]
async fn amb_39_a_folder_that_takes_files_is_not_among_what_is_shared_with_me() {
    let server = TestServer::start().await;
    let (alice, folder) = (server.alice(), server.item(ALICE, "Reports"));
    let body = |link_type: &str| json!({ "type": link_type, "scope": "users", "recipients": [{ "email": BOB }] });
    alice.share(&folder, &body("createOnly")).await.expect(201);
    let listed = async || server.bob().get("/v1.0/me/drive/sharedWithMe").await.expect(200).json()["value"].clone();
    assert_eq!(listed().await, json!([]));
    alice.share(&folder, &body("view")).await.expect(201);
    assert_eq!(listed().await[0]["name"], "Reports");
}
