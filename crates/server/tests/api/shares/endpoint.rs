//! What can be asked of a share (SHARE-01 to SHARE-19, AMB-31 to AMB-37).

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

use crate::steps::{at, edit, id, link, names, put, view};
use crate::support::sharing::{ALICE, by_share};
use crate::support::{Actor, TestServer};

/// The key of a URL (SHARE-01).
fn key(url: &str) -> String {
    format!("u!{}", BASE64URL_NOPAD.encode(url.as_bytes()))
}

async fn folder(owner: &Actor) {
    for name in ["a.txt", "b.txt", "Deep/c.txt"] {
        put(owner, &format!("Hold/{name}"), name).await;
    }
}

/// SHARE-03, SHARE-04: the item and its children come along where they are asked for.
#[tokio::test]
async fn share_03_share_04_the_item_and_its_children_are_expanded() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    folder(&alice).await;
    let shared = view(&alice, "Hold").await;
    let share = format!("/v1.0/shares/{}", shared.share_id);
    let bare = stranger.get(&share).await.expect(200).json();
    assert_eq!((bare["name"].as_str(), &bare["driveItem"]), (Some("Hold"), &Value::Null));
    let with = stranger.get(&format!("{share}?$expand=driveItem")).await.expect(200).json();
    assert_eq!(with["driveItem"]["name"], "Hold");
    assert!(with["driveItem"]["children"].is_null() && with["driveItem"]["folder"].is_object());
    let all = stranger.get(&format!("{share}?$expand=driveItem($expand=children)")).await.expect(200).json();
    let children = json!({ "value": all["driveItem"]["children"] });
    assert_eq!(names(&children), ["a.txt", "b.txt", "Deep"]);
    assert!(children["value"][0]["@microsoft.graph.downloadUrl"].is_string());
    let narrow =
        format!("{share}?$select=name&$expand=driveItem($select=id,name;$expand=children($select=name;$top=2))");
    let narrow = stranger.get(&narrow).await.expect(200).json();
    assert!(narrow["owner"].is_null() && narrow["driveItem"]["folder"].is_null());
    assert_eq!(narrow["driveItem"]["children"].as_array().map(Vec::len), Some(2));
    assert!(narrow["driveItem"]["children"][0]["size"].is_null());
    let next = narrow["driveItem"]["children@odata.nextLink"].as_str().unwrap().to_owned();
    let rest = stranger.get(&next).await.expect(200).json();
    assert_eq!(names(&rest), ["Deep"]);
    for old in ["root", "driveItem"] {
        let item = stranger.get(&format!("{share}/{old}?$expand=children")).await.expect(200).json();
        assert_eq!(item["children"].as_array().map(Vec::len), Some(3), "{old}");
    }
    for wrong in
        ["permission", "items", "driveItem($expand=permissions)", "driveItem($expand=children($expand=children))"]
    {
        stranger.get(&format!("{share}?$expand={wrong}")).await.error(400, "notSupported");
    }
}

/// SHARE-04, AMB-57: the same on every item, and on the folders of a listing.
#[tokio::test]
async fn share_04_amb_57_children_are_expanded_on_items_and_in_listings() {
    let server = TestServer::start().await;
    let alice = server.alice();
    folder(&alice).await;
    put(&alice, "Hold/Deep/d.txt", "d").await;
    let item = alice.get(&format!("{}?$expand=children($select=name)", at("Hold"))).await.expect(200).json();
    assert_eq!(names(&json!({ "value": item["children"] })), ["a.txt", "b.txt", "Deep"]);
    let file = alice.get(&format!("{}?$expand=children", at("Hold/a.txt"))).await.expect(200).json();
    assert_eq!(file["children"], json!([]));
    let listing = format!("{}/children?$top=3&$select=name&$expand=children($select=name;$top=1)", at("Hold"));
    let listed = alice.get(&listing).await.expect(200).json();
    let deep = listed["value"].as_array().unwrap().iter().find(|item| item["name"] == "Deep").unwrap();
    assert_eq!(names(&json!({ "value": deep["children"] })), ["c.txt"]);
    let next = deep["children@odata.nextLink"].as_str().unwrap();
    assert_eq!(names(&alice.get(next).await.expect(200).json()), ["d.txt"]);
    let one = alice.get(&format!("{}/children?$top=2&$expand=children($top=1)", at("Hold"))).await.expect(200).json();
    let rest = alice.get(one["@odata.nextLink"].as_str().unwrap()).await.expect(200).json();
    assert_eq!(rest["value"][0]["children"].as_array().map(Vec::len), Some(1), "the next page goes on expanding");
    alice.get(&format!("{}/children?$expand=permissions", at("Hold"))).await.error(400, "notSupported");
    alice.get(&format!("{}?$expand=children($filter=x)", at("Hold"))).await.error(400, "invalidRequest");
}

/// SHARE-04: one by one, and never all of them.
#[tokio::test]
async fn share_04_items_are_asked_for_one_by_one() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    folder(&alice).await;
    let deep = id(&alice.get(&at("Hold/Deep")).await.expect(200).json());
    let shared = view(&alice, "Hold").await;
    let share = format!("/v1.0/shares/{}", shared.share_id);
    assert_eq!(stranger.get(&format!("{share}/items/{deep}")).await.expect(200).json()["name"], "Deep");
    let below = stranger.get(&format!("{share}/items/{deep}:/c.txt:")).await.expect(200).json();
    assert_eq!(below["name"], "c.txt");
    stranger.get(&format!("{share}/items/{deep}:/nothing.txt:")).await.error(404, "itemNotFound");
    stranger.get(&format!("{share}/driveItem:/Deep/c.txt:/content")).await.expect(302);
    assert!(
        stranger.get(&format!("{share}/items")).await.error(400, "notSupported")["message"]
            .as_str()
            .unwrap()
            .contains("items/{id}")
    );
    for nothing in ["site", "list", "listItem"] {
        stranger.get(&format!("{share}/{nothing}")).await.error(400, "notSupported");
    }
}

/// SHARE-03, PERM-02, PERM-03: the link's own permission, its secrets for those who could make it.
#[tokio::test]
async fn share_03_perm_03_the_permission_behind_a_share() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    folder(&alice).await;
    let shared = edit(&alice, "Hold").await;
    let path = format!("/v1.0/shares/{}/permission", shared.share_id);
    let seen = stranger.get(&path).await.expect(200).json();
    assert_eq!((seen["id"].as_str(), &seen["roles"]), (Some(shared.id.as_str()), &json!(["write"])));
    assert_eq!((&seen["link"]["scope"], &seen["link"]["webUrl"]), (&json!("anonymous"), &Value::Null));
    assert!(seen["shareId"].is_null());
    let own = alice.get(&path).await.expect(200).json();
    assert_eq!(own["link"]["webUrl"], shared.url.as_str());
    assert_eq!(own["shareId"], shared.share_id.as_str());
}

/// SHARE-09, AMB-37: the plain URL of an item is a key for those who have a right to it.
#[tokio::test]
async fn share_09_amb_37_the_plain_url_of_an_item() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    folder(&alice).await;
    let sibling = id(&put(&alice, "outside.txt", "x").await);
    let item = alice.get(&at("Hold")).await.expect(200).json();
    let url = item["webUrl"].as_str().unwrap();
    let share = format!("/v1.0/shares/{}", key(url));
    let seen = alice.get(&format!("{share}?$expand=driveItem")).await.expect(200).json();
    assert_eq!((&seen["webUrl"], &seen["driveItem"]["id"]), (&item["webUrl"], &item["id"]));
    let below = alice.get(&format!("{share}/driveItem:/Deep/c.txt:")).await.expect(200).json();
    alice.get(&format!("{share}/items/{}", id(&below))).await.expect(200);
    alice.get(&format!("{share}/items/{sibling}")).await.error(404, "itemNotFound");
    alice.get(&format!("{share}/driveItem:/nothing:")).await.error(404, "itemNotFound");
    assert_eq!(names(&alice.get(&format!("{share}/driveItem/children")).await.expect(200).json()).len(), 3);
    alice.put(&format!("{share}/driveItem:/new.txt:/content"), "x").await.expect(201);
    let existing = alice.get(&format!("{share}/permission")).await.expect(200).json();
    assert_eq!(existing["id"], "00000000-0000-0000-0000-000000000000");
    assert_eq!((&existing["link"]["scope"], &existing["shareId"]), (&json!("existingAccess"), &Value::Null));
    // Nothing there and nothing for you are one answer.
    let drive = &server.person(ALICE).drive.id;
    let nothing = key(&format!("http://driveway.test/d/{drive}/01AAAAAAAAAAAAAAAAAAAAAAAAAA"));
    for rest in ["", "/driveItem", "/driveItem:/Deep/c.txt:", "/permission", "/driveItem/children"] {
        let closed = bob.get(&format!("{share}{rest}")).await.error(403, "accessDenied");
        let absent = bob.get(&format!("/v1.0/shares/{nothing}{rest}")).await;
        if absent.status == 403 {
            assert_eq!(absent.error(403, "accessDenied")["message"], closed["message"], "{rest}");
        } else {
            panic!("{rest}: {}", absent.text());
        }
        server.anonymous().get(&format!("{share}{rest}")).await.error(401, "InvalidAuthenticationToken");
    }
    server.user(ALICE, "User.Read").get(&share).await.error(403, "accessDenied");
}

/// SHARE-10, SHARE-19, AMB-35, AMB-36: what isn't a key, and whose key it is.
#[tokio::test]
async fn share_10_share_19_amb_35_keys_that_are_none() {
    let server = TestServer::start().await;
    let alice = server.alice();
    folder(&alice).await;
    let foreign = key("https://elsewhere.example/d/x/y");
    let long = format!("u!{}", "A".repeat(9000));
    for bad in [
        "nonsense",
        "s!",
        "u!",
        "u!***",
        &foreign,
        &long,
        &key("http://driveway.test/d/x"),
        &key("http://driveway.test/x"),
    ] {
        for rest in ["", "/driveItem", "/permission", "/items"] {
            for actor in [&alice, &server.anonymous()] {
                actor.get(&format!("/v1.0/shares/{bad}{rest}")).await.error(400, "invalidRequest");
            }
        }
    }
    let users = json!({"type": "view", "scope": "users", "recipients": [{"email": "bob@harbour.example"}]});
    let live = alice.share(&at("Hold"), &users).await.expect(201).json();
    server.anonymous().get(&by_share(&live)).await.error(401, "InvalidAuthenticationToken");
    server.admin().get(&by_share(&live)).await.error(403, "accessDenied");
    server.bob().get(&by_share(&live)).await.expect(200);
    let url = live["link"]["webUrl"].as_str().unwrap();
    for key in [key(url), key(url.trim_end_matches('/')), format!("{}=", key(url))] {
        server.bob().get(&format!("/beta/shares/{key}/driveItem")).await.expect(200);
    }
}

/// SHARE-13, SHARE-17, AMB-32: applications by themselves, and links that are somebody else's.
#[tokio::test]
async fn share_13_share_17_amb_32_who_needs_what() {
    let server = TestServer::start().await;
    let alice = server.alice();
    folder(&alice).await;
    let open = edit(&alice, "Hold").await;
    let application = server.application("Files.ReadWrite.All");
    for actor in [&server.anonymous(), &application, &server.pat()] {
        actor.get(&open.graph("")).await.expect(200);
        actor.put(&open.graph(":/a.txt:/content"), "changed").await.expect(200);
    }
    let internal = link(&alice, "Hold", json!({"type": "view", "scope": "organization"})).await;
    application.get(&internal.graph("")).await.error(403, "accessDenied");
}
