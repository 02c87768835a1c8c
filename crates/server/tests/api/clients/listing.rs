//! Listings: every order, page by page, while others change the folder.

use serde_json::{Value, json};

use crate::steps::{at, id, names, put};
use crate::support::{Actor, TestServer};

const MANY: &str = "/v1.0/me/drive/root:/Many:/children";

/// Files of several sizes and instants in a folder, put in this order: delta, alpha, charlie, bravo.
async fn many(server: &TestServer) -> Actor {
    let alice = server.alice();
    for (name, content) in [("delta", "1"), ("alpha", "4444"), ("charlie", "22"), ("bravo", "22")] {
        put(&alice, &format!("Many/{name}"), content).await;
        server.advance(jiff::SignedDuration::from_secs(10));
    }
    alice.patch(&at("Many/alpha"), &json!({ "description": "changed last" })).await.expect(200);
    alice
}

/// The names of a whole listing, a page at a time.
async fn walk(actor: &Actor, url: &str) -> Vec<String> {
    let (mut next, mut seen) = (Some(url.to_owned()), Vec::new());
    while let Some(url) = next {
        let page = actor.get(&url).await.expect(200).json();
        assert!(!names(&page).is_empty(), "an empty page ends a listing for clients");
        seen.extend(names(&page));
        next = page["@odata.nextLink"].as_str().map(str::to_owned);
    }
    seen
}

#[tokio::test]
async fn a_listing_comes_in_the_order_that_is_asked_for() {
    let server = TestServer::start().await;
    let alice = many(&server).await;
    for (order, wanted) in [
        ("name", ["alpha", "bravo", "charlie", "delta"]),
        ("name%20desc", ["delta", "charlie", "bravo", "alpha"]),
        ("size", ["delta", "charlie", "bravo", "alpha"]),
        ("size%20desc", ["alpha", "bravo", "charlie", "delta"]),
        ("createdDateTime", ["delta", "alpha", "charlie", "bravo"]),
        ("createdDateTime+desc", ["bravo", "charlie", "alpha", "delta"]),
        ("lastModifiedDateTime%20asc", ["delta", "charlie", "bravo", "alpha"]),
        ("lastModifiedDateTime%20desc", ["alpha", "bravo", "charlie", "delta"]),
    ] {
        for query in
            [format!("$orderby={order}"), format!("orderby={order}&$top=1"), format!("$top=3&$orderBy={order}")]
        {
            assert_eq!(walk(&alice, &format!("{MANY}?{query}")).await, wanted, "{query}");
        }
    }
}

#[tokio::test]
async fn pages_in_any_order_hold_what_nobody_touched_once_while_others_come_and_go() {
    let server = TestServer::start().await;
    let alice = server.alice();
    for n in 0..12 {
        put(&alice, &format!("Many/file{n:02}"), &"x".repeat(n % 3 + 1)).await;
        server.advance(jiff::SignedDuration::from_secs(1));
    }
    for order in ["name", "name%20desc", "size%20desc", "createdDateTime", "lastModifiedDateTime%20desc"] {
        put(&alice, "Many/passing", "x").await;
        let first = alice.get(&format!("{MANY}?$top=5&$orderby={order}")).await.expect(200).json();
        alice.delete(&at("Many/passing")).await.expect(204);
        put(&alice, &format!("Many/{}", order.replace('%', "")), "new").await;
        let mut seen: Vec<String> = names(&first);
        seen.extend(walk(&alice, first["@odata.nextLink"].as_str().unwrap()).await);
        let mut files: Vec<String> = seen.into_iter().filter(|name| name.starts_with("file")).collect();
        files.sort();
        assert_eq!(files, (0..12).map(|n| format!("file{n:02}")).collect::<Vec<_>>(), "{order}");
    }
}

#[tokio::test]
async fn a_paging_token_is_opaque_and_good_for_its_own_list_and_order() {
    let server = TestServer::start().await;
    let alice = many(&server).await;
    let token = async |query: &str| {
        let page = alice.get(&format!("{MANY}?$top=1&{query}")).await.expect(200).json();
        let next = page["@odata.nextLink"].as_str().unwrap().to_owned();
        assert!(next.starts_with("http://driveway.test/v1.0/drives/"), "{next}");
        next.split("$skiptoken=").nth(1).unwrap().split('&').next().unwrap().to_owned()
    };
    let (by_name, by_size) = (token("").await, token("$orderby=size").await);
    alice.get(&format!("{MANY}?$skiptoken={by_name}&$orderby=name")).await.expect(200);
    alice.get(&format!("{MANY}?$skipToken={by_size}&$orderby=size")).await.expect(200);
    for (token, order) in [(&by_name, "size"), (&by_name, "name%20desc"), (&by_size, "size%20desc"), (&by_size, "name")]
    {
        alice.get(&format!("{MANY}?$skiptoken={token}&$orderby={order}")).await.error(400, "invalidRequest");
    }
    let versions = at("Many/alpha");
    put(&alice, "Many/alpha", "again").await;
    let page = alice.get(&format!("{versions}/versions?$top=1")).await.expect(200).json();
    let other = page["@odata.nextLink"].as_str().unwrap().split("$skiptoken=").nth(1).unwrap().to_owned();
    alice.get(&format!("{MANY}?$skiptoken={other}")).await.error(400, "invalidRequest");
}

#[tokio::test]
async fn what_a_folder_holds_is_counted_as_text_and_in_the_list() {
    let server = TestServer::start().await;
    let alice = many(&server).await;
    let count = alice.get(&format!("{MANY}/$count")).await.expect(200);
    assert_eq!((count.text().as_str(), count.header("content-type")), ("4", "text/plain;charset=utf-8"));
    assert_eq!(alice.get(&format!("{MANY}/%24count")).await.expect(200).text(), "4");
    let page = alice.get(&format!("{MANY}?$count=true&$top=1")).await.expect(200).json();
    assert_eq!(page["@odata.count"], 4);
    let next = alice.get(page["@odata.nextLink"].as_str().unwrap()).await.expect(200).json();
    assert_eq!(next["@odata.count"], 4, "on each page");
    assert_eq!(alice.get(&format!("{}/children/$count", at("Many/alpha"))).await.expect(200).text(), "0");
    alice.get(&format!("{MANY}/$count?$filter=size%20gt%201")).await.error(400, "invalidRequest");
    server
        .bob()
        .get(&format!("/v1.0/drives/{}/root/children/$count", server.person(crate::support::sharing::ALICE).drive.id))
        .await
        .error(404, "itemNotFound");
    // A file of that name has an address of its own.
    put(&alice, "Many/$count", "x").await;
    assert_eq!(alice.get(&at("Many/$count")).await.expect(200).json()["name"], "$count");
}

/// P3: and nothing is counted or listed that isn't reached, nor does a page stay empty because of it.
#[tokio::test]
async fn p03_hidden_items_leave_no_empty_page_in_any_order_and_are_not_counted() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    let folder = format!("/v1.0/drives/{}/root:/Plans", server.demo.group.id);
    for n in 0..6 {
        alice.put(&format!("{folder}/{n}.txt:/content"), "x").await.expect(201);
        server.advance(jiff::SignedDuration::from_secs(1));
    }
    let cut = json!({"type": "view", "scope": "organization", "retainInheritedPermissions": false});
    for n in [0, 1, 2, 4, 5] {
        alice.post(&format!("{folder}/{n}.txt:/createLink"), &cut).await.expect(201);
    }
    for order in ["name", "name%20desc", "size", "createdDateTime%20desc", "lastModifiedDateTime"] {
        let url = format!("{folder}:/children?$top=1&$orderby={order}");
        let page = bob.get(&url).await.expect(200).json();
        assert_eq!(names(&page), ["3.txt"], "{order}");
        let mut next: Option<String> = page["@odata.nextLink"].as_str().map(str::to_owned);
        while let Some(url) = next {
            let page: Value = bob.get(&url).await.expect(200).json();
            assert_eq!(
                (names(&page).len(), &page["@odata.nextLink"]),
                (0, &Value::Null),
                "only the last page is empty"
            );
            next = None;
        }
    }
    assert_eq!(bob.get(&format!("{folder}:/children/$count")).await.expect(200).text(), "1");
    assert_eq!(alice.get(&format!("{folder}:/children/$count")).await.expect(200).text(), "6");
}

#[tokio::test]
async fn a_page_has_as_many_as_rclone_asks_for_and_a_thousand_at_the_most() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let root = server.person(crate::support::sharing::ALICE).drive.clone();
    let now = server.app.clock.now();
    server
        .app
        .db
        .write(move |tx| {
            (0..1005_u128).try_for_each(|n| {
                let name = format!("folder {n:04}");
                tx.insert_item(&driveway_storage::NewItem {
                    id: driveway_core::id::ItemId::from_uuid(uuid::Uuid::from_u128(0xabc_0000 + n)),
                    drive: root.id.clone(),
                    parent: root.root,
                    name_key: name.clone(),
                    name,
                    facet: driveway_storage::NewFacet::Folder,
                    author_user: None,
                    author_application: None,
                    created_at: now,
                    file_system_created_at: now,
                    file_system_modified_at: now,
                })
            })
        })
        .await
        .unwrap();
    for top in ["$top=1000", "$top=5000", "top=999999999999"] {
        let page = alice.get(&format!("/v1.0/me/drive/root/children?{top}")).await.expect(200).json();
        assert_eq!(names(&page).len(), 1000, "{top}");
        let rest = alice.get(page["@odata.nextLink"].as_str().unwrap()).await.expect(200).json();
        assert!(names(&rest).len() < 100 && rest["@odata.nextLink"].is_null());
    }
    let o365 = alice.get("/v1.0/me/drive/root/children?$top=999").await.expect(200).json();
    assert_eq!(names(&o365).len(), 999);
    assert_eq!(id(&o365["value"][0]).len(), 28);
}
