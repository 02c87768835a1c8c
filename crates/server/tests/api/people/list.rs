//! Lists of permissions: conditions, pages, selections (PERM-07, AMB-12, AMB-56).

use driveway_core::permission::Role;
use serde_json::{Value, json};

use crate::support::TestServer;
use crate::support::sharing::{ALICE, BOB};

/// PERM-07, AMB-12: the item's own tags give 304 as documented. Sharing moves neither, so that the list has a tag too.
#[tokio::test]
async fn perm_07_if_none_match_takes_the_items_tag_and_the_lists() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let list = format!("{item}/permissions");
    let shown = alice.get(&item).await.expect(200).json();
    let first = alice.get(&list).await.expect(200);
    let tag = first.header("etag").to_owned();
    for seen in [shown["eTag"].as_str().unwrap(), shown["cTag"].as_str().unwrap(), "*", &tag] {
        let answer = alice.with("if-none-match", seen).get(&list).await.expect(304);
        assert_eq!((answer.body.len(), answer.header("etag")), (0, tag.as_str()));
    }
    alice.with("if-none-match", "\"other\"").get(&list).await.expect(200);
    server.grant(&item, BOB, Role::Read).await;
    let after = alice.with("if-none-match", &tag).get(&list).await.expect(200);
    assert_eq!(after.json()["value"].as_array().unwrap().len(), 2);
    assert_eq!(alice.get(&item).await.json()["eTag"], shown["eTag"]);
    // Whoever may not see the item isn't told that a tag is right.
    server.pat().with("if-none-match", shown["eTag"].as_str().unwrap()).get(&list).await.error(404, "itemNotFound");
}

/// AMB-56: `$top` parts the list into pages that neither lose nor repeat anything.
#[tokio::test]
async fn amb_56_pages_follow_each_other() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    for _ in 0..205 {
        server.grant(&item, BOB, Role::Read).await;
    }
    let whole = alice.get(&format!("{item}/permissions")).await.expect(200).json();
    assert_eq!(whole["value"].as_array().unwrap().len(), 200);
    for first in [format!("{item}/permissions"), format!("{item}/permissions?$top=60&$select=roles")] {
        let mut next = Some(first);
        let mut seen: Vec<Value> = Vec::new();
        while let Some(url) = next {
            let page = alice.get(&url).await.expect(200).json();
            seen.extend(page["value"].as_array().unwrap().iter().map(|permission| permission["id"].clone()));
            if url.contains("select") {
                assert!(page["value"][0].get("grantedToV2").is_none());
            }
            next = page["@odata.nextLink"].as_str().map(str::to_owned);
        }
        assert_eq!(seen.len(), 206);
        seen.sort_by_key(Value::to_string);
        seen.dedup();
        assert_eq!(seen.len(), 206);
    }
    for token in ["x", "permissions%2F0"] {
        let answer = alice.get(&format!("{item}/permissions?$skiptoken={token}")).await;
        assert_eq!(answer.error(400, "invalidRequest")["target"], "$skiptoken");
    }
}

/// AMB-56: a page by path goes on by path, and `$select` keeps what it names on the list and on one permission.
#[tokio::test]
async fn amb_56_pages_by_path_and_selected_members() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let item = "/v1.0/me/drive/root:/Reports/Q3%20summary.md:";
    alice.view_link(item).await;
    let page = alice.get(&format!("{item}/permissions?$top=1&$select=link")).await.expect(200).json();
    let rest = alice.get(page["@odata.nextLink"].as_str().unwrap()).await.expect(200).json();
    assert_eq!(rest.get("@odata.nextLink"), None);
    assert_eq!((page["value"].as_array().unwrap().len(), rest["value"].as_array().unwrap().len()), (1, 1));
    assert!(page["value"][0].get("link").is_some() && page["value"][0].get("roles").is_none());
    let id = page["value"][0]["id"].as_str().unwrap();
    let one = alice.get(&format!("{item}/permissions/{id}?$select=hasPassword")).await.expect(200).json();
    assert_eq!((&one["hasPassword"], one.get("link")), (&json!(false), None));
}
