//! `retainInheritedPermissions: false` (CL-23, AMB-29, AMB-30).

use driveway_core::permission::Role;
use serde_json::{Value, json};

use crate::support::TestServer;
use crate::support::sharing::{ALICE, BOB, by_share};

const FILE: &str = "/v1.0/me/drive/root:/Reports/Q3%20summary.md:";

fn breaking() -> Value {
    json!({ "type": "view", "scope": "anonymous", "retainInheritedPermissions": false })
}

/// On the first sharing, what flowed in from above is gone, links made there before and later included.
#[tokio::test]
async fn cl_23_perm_17_amb_29_permissions_from_above_stop_at_the_item() {
    let server = TestServer::start().await;
    let (alice, folder) = (server.alice(), server.item(ALICE, "Reports"));
    server.grant(&folder, BOB, Role::Read).await;
    let above = alice.view_link(&folder).await;
    let through = |link: &Value| format!("{}:/Q3%20summary.md", by_share(link));
    let drive = server.person(ALICE).drive.id.clone();
    let bobs = format!("/v1.0/drives/{drive}/root:/Reports/Q3%20summary.md");
    server.bob().get(&bobs).await.expect(200).json();
    server.anonymous().get(&through(&above)).await.expect(200).json();

    let own = alice.share(FILE, &breaking()).await.expect(201).json();
    server.bob().get(&bobs).await.error(404, "itemNotFound");
    server.anonymous().get(&through(&above)).await.error(404, "itemNotFound");
    server.anonymous().get(&by_share(&own)).await.expect(200).json();
    let edit = json!({ "type": "edit", "scope": "anonymous" });
    let later = alice.share(&folder, &edit).await.expect(201).json();
    server.anonymous().get(&through(&later)).await.error(404, "itemNotFound");
    // The folder itself goes on as it was.
    server.anonymous().get(&by_share(&above)).await.expect(200).json();
}

/// The owner keeps what is theirs, and sees it listed.
#[tokio::test]
async fn amb_30_the_owner_is_never_locked_out() {
    let server = TestServer::start().await;
    let alice = server.alice();
    alice.share(FILE, &breaking()).await.expect(201);
    alice.get(FILE).await.expect(200).json();
    let listed = alice.permissions(FILE).await;
    let roles: Vec<&Value> = listed.iter().map(|permission| &permission["roles"][0]).collect();
    assert_eq!(roles, ["read", "owner"]);
}

/// A caller who isn't an owner keeps the role that they had, as a grant of their own.
#[tokio::test]
async fn amb_30_the_caller_is_never_locked_out() {
    let server = TestServer::start().await;
    let group = server.demo.group.clone();
    let item = server.item_in(&group, "Welcome.txt");
    server.bob().share(&item, &breaking()).await.expect(201);
    server.bob().put(&format!("{item}/content"), "still mine to write").await.expect(200);
    server.alice().get(&item).await.error(404, "itemNotFound");
    server.admin().get(&item).await.expect(200).json();
}

/// Only the first sharing counts: an item that was shared keeps what it inherits.
#[tokio::test]
async fn cl_23_amb_29_a_shared_item_keeps_what_it_inherits() {
    let server = TestServer::start().await;
    let (alice, folder) = (server.alice(), server.item(ALICE, "Reports"));
    let above = alice.view_link(&folder).await;
    let edit = json!({ "type": "edit", "scope": "anonymous" });
    alice.share(FILE, &edit).await.expect(201);
    alice.share(FILE, &breaking()).await.expect(201);
    let through = format!("{}:/Q3%20summary.md", by_share(&above));
    server.anonymous().get(&through).await.expect(200).json();
}

/// CL-24: absent and `null` mean `true`, so that no client loses access by what its generator writes.
#[tokio::test]
async fn cl_24_amb_29_absent_and_null_retain() {
    let server = TestServer::start().await;
    let (alice, folder) = (server.alice(), server.item(ALICE, "Reports"));
    let above = alice.view_link(&folder).await;
    let body = json!({ "type": "view", "scope": "anonymous", "retainInheritedPermissions": null });
    alice.share(FILE, &body).await.expect(201);
    let through = format!("{}:/Q3%20summary.md", by_share(&above));
    server.anonymous().get(&through).await.expect(200).json();
    alice.view_link("/v1.0/me/drive/root:/Reports/Q3%20figures.csv:").await;
    let other = format!("{}:/Q3%20figures.csv", by_share(&above));
    server.anonymous().get(&other).await.expect(200).json();
}

/// AMB-30, P10, INV-03: what the caller keeps is what they have above, and it ends where that ends.
#[tokio::test]
async fn amb_30_p10_what_the_caller_keeps_ends_with_what_they_have_above() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    let folder = server.item(ALICE, "Reports");
    let drive = server.person(ALICE).drive.id.clone();
    let file = format!("/v1.0/drives/{drive}/root:/Reports/Q3%20summary.md:");
    let invite = json!({ "requireSignIn": true, "roles": ["write"], "recipients": [{ "email": BOB }],
                         "expirationDateTime": "2026-11-23T13:00:00Z" });
    let granted = alice.post(&format!("{folder}/invite"), &invite).await.expect(200).json()["value"][0].clone();
    let organization = json!({ "type": "view", "scope": "organization", "retainInheritedPermissions": false });
    bob.share(&file, &organization).await.expect(201);
    bob.put(&format!("{file}/content"), "still mine to write").await.expect(200);
    let kept = bob.permissions(&file).await.into_iter().find(|found| found["id"] == granted["id"]);
    assert_eq!(kept.unwrap()["inheritedFrom"]["name"], "Reports", "the right is still that of above");

    alice
        .patch(&format!("{folder}/permissions/{}", granted["id"].as_str().unwrap()), &json!({ "roles": ["read"] }))
        .await
        .expect(200);
    bob.put(&format!("{file}/content"), "no more").await.error(403, "accessDenied");
    server.advance(jiff::SignedDuration::from_hours(2));
    server.bob().get(&file).await.error(404, "itemNotFound");
}

/// Where an item is said to inherit, or not.
fn switch(item: &str) -> String {
    item.replace("/v1.0/", "/driveway/v1/")
}

/// CL-23, AMB-29: owners take back what ended inheritance; from the next request on it flows again.
#[tokio::test]
async fn cl_23_amb_29_an_item_inherits_again_when_its_owner_says_so() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    let folder = server.item(ALICE, "Reports");
    server.grant(&folder, BOB, Role::Read).await;
    let above = alice.view_link(&folder).await;
    let own = alice.share(FILE, &breaking()).await.expect(201).json();
    let file = alice.get(FILE).await.json();
    let drive = &server.person(ALICE).drive.id;
    let file_id = file["id"].as_str().unwrap();
    let item = format!("/v1.0/drives/{drive}/items/{file_id}");
    let cut =
        json!({ "driveId": drive.to_string(), "id": file_id, "name": "Q3 summary.md", "inheritsPermissions": false });
    assert_eq!(alice.get(&switch(&item)).await.expect(200).json(), cut);
    bob.get(&item).await.error(404, "itemNotFound");

    let on = json!({ "inheritsPermissions": true });
    let back = alice.patch(&switch(&item), &on).await.expect(200).json();
    let mut inherits = cut;
    inherits["inheritsPermissions"] = json!(true);
    assert_eq!(back, inherits);
    assert_eq!(alice.get(&switch(&item)).await.expect(200).json(), inherits);
    bob.get(&item).await.expect(200);
    server.anonymous().get(&format!("{}:/Q3%20summary.md", by_share(&above))).await.expect(200);
    // What was put on the item itself stays; and saying it again changes nothing.
    server.anonymous().get(&by_share(&own)).await.expect(200);
    for body in [on, json!({}), json!({ "inheritsPermissions": null })] {
        assert_eq!(alice.patch(&switch(&item), &body).await.expect(200).json(), inherits);
    }
}

/// Everybody else is told what they would be told elsewhere; nothing else can be said there.
#[tokio::test]
async fn cl_23_inheritance_comes_back_by_owners_alone() {
    let server = TestServer::start().await;
    let (alice, bob, item) = (server.alice(), server.bob(), server.item(ALICE, "Welcome.txt"));
    let link = alice.share(&item, &json!({ "type": "edit", "scope": "anonymous" })).await.expect(201).json();
    server.grant(&item, BOB, Role::Write).await;
    let (place, on) = (switch(&item), json!({ "inheritsPermissions": true }));
    bob.get(&place).await.error(403, "accessDenied");
    bob.patch(&place, &on).await.error(403, "accessDenied");
    for stranger in [server.pat(), server.admin()] {
        stranger.get(&place).await.error(404, "itemNotFound");
        stranger.patch(&place, &on).await.error(404, "itemNotFound");
    }
    server.anonymous().patch(&place, &on).await.error(401, "InvalidAuthenticationToken");
    // A link is no way to it, also not for who has redeemed it.
    let pat = server.pat();
    pat.with("prefer", "redeemSharingLink").get(&by_share(&link)).await.expect(200);
    let refused = pat.patch(&place, &on).await;
    assert!(matches!(refused.status.as_u16(), 403 | 404), "{}", refused.status);

    for (body, code, target) in [
        (json!({ "inheritsPermissions": false }), "notSupported", "inheritsPermissions"),
        (json!({ "inheritsPermissions": "true" }), "invalidRequest", "inheritsPermissions"),
        (json!({ "inheritsPermissions": true, "name": "x" }), "invalidRequest", "name"),
    ] {
        assert_eq!(alice.patch(&place, &body).await.error(400, code)["target"], target);
    }
    let elsewhere = format!("/driveway/v1/drives/{}/items/none", server.person(ALICE).drive.id);
    alice.patch(&elsewhere, &on).await.error(404, "itemNotFound");
    alice.delete(&place).await.error(405, "notAllowed");
    alice.delete(&item).await.expect(204);
    alice.get(&place).await.error(404, "itemNotFound");
}
