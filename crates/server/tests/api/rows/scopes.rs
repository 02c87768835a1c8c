//! Scopes (SCOPE-01 to SCOPE-06).

use driveway_core::permission::Role;
use serde_json::json;

use crate::support::TestServer;
use crate::support::sharing::{ALICE, BOB, by_share};

/// SCOPE-01: any link takes a scope that writes, a view link too.
#[tokio::test]
async fn scope_01_a_view_link_takes_a_scope_that_writes() {
    let server = TestServer::start().await;
    let (item, body) = (server.item(ALICE, "Welcome.txt"), json!({ "type": "view", "scope": "anonymous" }));
    for scopes in ["Files.Read", "Files.Read.All", "Sites.Read.All"] {
        server.user(ALICE, scopes).share(&item, &body).await.error(403, "accessDenied");
    }
    server.user(ALICE, "Files.ReadWrite").share(&item, &body).await.expect(201);
}

/// SCOPE-02: what a token allows and what its person may do both count; neither makes up for the other.
#[tokio::test]
async fn scope_02_scopes_and_rights_both_count() {
    let server = TestServer::start().await;
    let item = server.item(ALICE, "Welcome.txt");
    server.grant(&item, BOB, Role::Read).await;
    let everything = server.user(BOB, "Files.ReadWrite.All Sites.ReadWrite.All");
    everything.get(&item).await.expect(200);
    everything.share(&item, &json!({ "type": "view" })).await.error(403, "accessDenied");
    everything.put(&format!("{item}/content"), "x").await.error(403, "accessDenied");
    let owner = server.user(ALICE, "Files.Read");
    owner.share(&item, &json!({ "type": "view" })).await.error(403, "accessDenied");
}

/// SCOPE-03: without `.All` a scope reaches the caller's own drive, and what others share with them it doesn't.
#[tokio::test]
async fn scope_03_a_narrow_scope_reaches_ones_own_drive() {
    let server = TestServer::start().await;
    let (own, others) = (server.item(BOB, "Welcome.txt"), server.item(ALICE, "Welcome.txt"));
    server.grant(&others, BOB, Role::Write).await;
    let narrow = server.user(BOB, "Files.ReadWrite");
    narrow.get(&own).await.expect(200);
    narrow.share(&own, &json!({})).await.expect(201);
    for refused in [narrow.get(&others).await, narrow.share(&others, &json!({})).await] {
        refused.error(403, "accessDenied");
    }
    server.user(BOB, "Files.ReadWrite.All").share(&others, &json!({})).await.expect(201);
}

/// SCOPE-04: permissions are read with scopes that read; changing them takes more.
#[tokio::test]
async fn scope_04_permissions_are_read_with_scopes_that_read() {
    let server = TestServer::start().await;
    let item = server.item(ALICE, "Welcome.txt");
    let link = server.alice().view_link(&item).await;
    let one = format!("{item}/permissions/{}", link["id"].as_str().unwrap());
    for scopes in ["Files.Read", "Files.Read.All", "Sites.Read.All", "Files.ReadWrite"] {
        let reader = server.user(ALICE, scopes);
        assert_eq!(reader.permissions(&item).await.len(), 2, "{scopes}");
        reader.get(&one).await.expect(200);
    }
    let reader = server.user(ALICE, "Files.Read.All");
    reader.delete(&one).await.error(403, "accessDenied");
    reader.patch(&one, &json!({ "expirationDateTime": null })).await.error(403, "accessDenied");
}

/// SCOPE-05: the Selected scopes give nothing here, and break nothing.
#[tokio::test]
async fn scope_05_selected_scopes_give_nothing() {
    let server = TestServer::start().await;
    let item = server.item(ALICE, "Welcome.txt");
    for scopes in [
        "Sites.Selected",
        "Files.SelectedOperations.Selected",
        "ListItems.SelectedOperations.Selected",
        "Files.ReadWrite.Selected",
    ] {
        for actor in [server.user(ALICE, scopes), server.application(scopes)] {
            actor.get(&item).await.error(403, "accessDenied");
            actor.share(&item, &json!({})).await.error(403, "accessDenied");
        }
    }
    assert_eq!(server.alice().permissions(&item).await.len(), 1);
}

/// SCOPE-06: to read what a share holds, a scope that reads is enough; to change it, one that writes is asked for.
#[tokio::test]
async fn scope_06_a_share_is_read_with_a_scope_that_reads() {
    let server = TestServer::start().await;
    let people = json!([{ "email": BOB }]);
    let body = json!({ "type": "edit", "scope": "users", "recipients": people });
    let link = server.alice().share(&server.item(ALICE, "Welcome.txt"), &body).await.expect(201).json();
    let reader = server.user(BOB, "Files.Read.All");
    reader.get(&by_share(&link)).await.expect(200);
    reader.get(&format!("{}/content", by_share(&link))).await.expect(302);
    reader.put(&format!("{}/content", by_share(&link)), "x").await.error(403, "accessDenied");
    server.user(BOB, "User.Read").get(&by_share(&link)).await.error(403, "accessDenied");
    server.user(BOB, "Files.ReadWrite.All").put(&format!("{}/content", by_share(&link)), "x").await.expect(200);
}
