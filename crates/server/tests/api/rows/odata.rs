//! OData as it is spoken here (ODATA-01 to ODATA-16).

use serde_json::{Value, json};

use crate::steps::{at, names, put};
use crate::support::TestServer;
use crate::support::sharing::{ALICE, BOB};

/// ODATA-01, ODATA-02: an answer says what it is: `$metadata#permission` for one, a collection for many, by the prefix asked.
#[tokio::test]
async fn odata_01_odata_02_answers_say_what_they_are() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    for (prefix, status) in [("/v1.0/", 201), ("/beta/", 200)] {
        let item = item.replace("/v1.0/", prefix);
        let metadata = format!("http://driveway.test{prefix}$metadata");
        let link = alice.share(&item, &json!({})).await.expect(status).json();
        assert_eq!(link["@odata.context"], format!("{metadata}#permission"));
        assert_eq!(link["@odata.type"], "#microsoft.graph.permission");
        let list = alice.get(&format!("{item}/permissions")).await.expect(200).json();
        assert_eq!(list["@odata.context"], format!("{metadata}#Collection(permission)"));
        assert!(
            list["value"].as_array().unwrap().iter().all(|one| one["@odata.type"] == "#microsoft.graph.permission")
        );
        assert_eq!(alice.get(&item).await.json()["@odata.context"], format!("{metadata}#driveItem"));
    }
}

/// ODATA-03: a collection is a `value`, with a next link and a number only where there is one to tell.
#[tokio::test]
async fn odata_03_collections_have_a_value() {
    let server = TestServer::start().await;
    let alice = server.alice();
    for name in ["a.txt", "b.txt"] {
        put(&alice, &format!("Hold/{name}"), "x").await;
    }
    let all = alice.get(&format!("{}/children", at("Hold"))).await.expect(200).json();
    assert_eq!((names(&all).len(), all.get("@odata.nextLink"), all.get("@odata.count")), (2, None, None));
    let first = alice.get(&format!("{}/children?$top=1&$count=true", at("Hold"))).await.expect(200).json();
    assert_eq!((names(&first).len(), &first["@odata.count"]), (1, &json!(2)));
    assert!(first["@odata.nextLink"].is_string());
}

/// ODATA-04: members of OData's in a body are passed over, at every depth.
#[tokio::test]
async fn odata_04_types_in_bodies_are_passed_over() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let recipient = json!({ "@odata.type": "microsoft.graph.driveRecipient", "email": BOB });
    let body = json!({
        "@odata.type": "#microsoft.graph.createLinkRequestBody",
        "scope@odata.type": "String",
        "scope": "users",
        "recipients@odata.type": "#Collection(microsoft.graph.driveRecipient)",
        "recipients": [recipient],
    });
    alice.share(&item, &body).await.expect(201);
    let invitation = json!({ "@odata.type": "x", "requireSignIn": true, "roles": ["read"], "recipients": [recipient] });
    alice.post(&format!("{item}/invite"), &invitation).await.expect(200);
}

/// ODATA-05: what happens to a taken name: in the URL of an upload, in the body of a new folder, under both names that it has.
#[tokio::test]
async fn odata_05_what_happens_to_a_taken_name_is_asked_for() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "a.txt", "one").await;
    let content = format!("{}/content", at("a.txt"));
    for name in ["@microsoft.graph.conflictBehavior", "@name.conflictBehavior"] {
        alice.put(&format!("{content}?{name}=fail"), "x").await.error(409, "nameAlreadyExists");
        let renamed = alice.put(&format!("{content}?{name}=rename"), "x").await.expect(201).json();
        assert_ne!(renamed["name"], "a.txt");
        let folder = json!({ "name": "a.txt", "folder": {}, name: "fail" });
        alice.post("/v1.0/me/drive/root/children", &folder).await.error(409, "nameAlreadyExists");
    }
    assert_eq!(
        alice.put(&content, "three").await.expect(200).json()["size"],
        5,
        "an upload replaces if nothing is said"
    );
    let wrong = alice.put(&format!("{content}?@microsoft.graph.conflictBehavior=ask"), "x").await;
    wrong.error(400, "invalidRequest");
}

/// ODATA-07: nothing is fetched from a URL that a client names.
#[tokio::test]
async fn odata_07_nothing_is_fetched_from_elsewhere() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let other = TestServer::start().await;
    let source = format!("http://{}/health/live", other.address());
    for name in ["@microsoft.graph.sourceUrl", "@content.sourceUrl"] {
        let body = json!({ "name": "fetched.txt", "file": {}, name: source });
        let error = alice.post("/v1.0/me/drive/root/children", &body).await.error(400, "invalidRequest");
        assert_eq!(error["target"], "folder");
    }
    alice.get(&at("fetched.txt")).await.error(404, "itemNotFound");
}

/// ODATA-08: options are read with their `$`, without it and with it encoded; one option twice is refused, however written.
#[tokio::test]
async fn odata_08_options_are_read_with_and_without_their_dollar() {
    let server = TestServer::start().await;
    let alice = server.alice();
    for prefix in ["/v1.0", "/beta"] {
        for query in ["$top=1&$select=name", "top=1&select=name", "%24top=1&%24select=name"] {
            let page = alice.get(&format!("{prefix}/me/drive/root/children?{query}")).await.expect(200).json();
            assert_eq!(names(&page).len(), 1, "{query}");
            assert!(page["value"][0].get("size").is_none(), "{query}");
        }
        let twice = alice.get(&format!("{prefix}/me/drive/root/children?$top=1&top=2")).await;
        assert_eq!(twice.error(400, "invalidRequest")["target"], "$top");
    }
}

/// ODATA-09, ODATA-10: `unknownFutureValue` can't be written; words are texts, and all that there are come without asking.
#[tokio::test]
async fn odata_09_odata_10_words_are_texts() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    for member in ["type", "scope"] {
        let mut body = json!({});
        body[member] = json!("unknownFutureValue");
        assert_eq!(alice.share(&item, &body).await.error(400, "invalidRequest")["target"], member);
    }
    let newer = alice.share(&item, &json!({ "type": "blocksDownload" })).await.expect(201).json();
    assert_eq!(newer["link"]["type"], "blocksDownload", "without include-unknown-enum-members");
}

/// ODATA-11: identities may have more members than are declared; a person's address is one.
#[tokio::test]
async fn odata_11_people_have_an_address() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let invitation = json!({ "requireSignIn": true, "roles": ["read"], "recipients": [{ "email": BOB }] });
    let made = alice.post(&format!("{item}/invite"), &invitation).await.expect(200).json();
    let user = &made["value"][0]["grantedToV2"]["user"];
    assert_eq!((&user["email"], &user["displayName"]), (&json!(BOB), &json!("Bob Lindqvist")));
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.iter().any(has_null),
        Value::Object(members) => members.values().any(has_null),
        _ => false,
    }
}

/// ODATA-12, ODATA-13: what is absent is left out; instants are UTC with a `Z`, which every answer of these tests is checked for.
#[tokio::test]
async fn odata_12_odata_13_nothing_is_null_and_time_is_utc() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let link =
        alice.share(&item, &json!({ "scope": "anonymous", "expirationDateTime": "2026-12-31T02:00:00+02:00" })).await;
    assert_eq!(link.expect(201).json()["expirationDateTime"], "2026-12-31T00:00:00Z");
    for path in [
        "/v1.0/me/drive",
        "/v1.0/me/drives",
        "/v1.0/me/drive/root/children",
        &item,
        &format!("{item}/permissions"),
        "/v1.0/me/drive/sharedWithMe",
    ] {
        let body = alice.get(path).await.expect(200).json();
        assert!(!has_null(&body), "{path}: {body}");
    }
    let existing = alice.share(&item, &json!({ "scope": "existingAccess" })).await.expect(200).json();
    assert_eq!(existing["roles"], json!([]), "an empty collection is shown");
}

/// ODATA-15: a property that doesn't exist can't be selected; one that exists and isn't filled here can.
#[tokio::test]
async fn odata_15_what_does_not_exist_is_not_selected() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let link = alice.view_link(&item).await;
    let share = format!("/v1.0/shares/{}", link["shareId"].as_str().unwrap());
    let one = format!("{item}/permissions/{}", link["id"].as_str().unwrap());
    for path in [
        format!("{item}?$select=id,colour"),
        "/v1.0/me/drive/root/children?$select=colour".to_owned(),
        "/v1.0/me/drive/root?$expand=children($select=colour)".to_owned(),
        format!("{share}?$expand=driveItem($select=id;$expand=children($select=colour))"),
        format!("{item}/permissions?$select=size"),
        format!("{one}?$select=colour"),
        format!("{share}?$select=size"),
        "/v1.0/me/drive?$select=size".to_owned(),
    ] {
        let error = alice.get(&path).await.error(400, "invalidRequest");
        assert_eq!(
            (&error["target"], &error["innerError"]["code"]),
            (&json!("$select"), &json!("invalidQueryOption")),
            "{path}"
        );
    }
    for path in [
        format!(
            "{item}?$select=id,image,video,thumbnails,@microsoft.graph.downloadUrl,content.downloadUrl,parentReference/id,*"
        ),
        format!("{item}/permissions?$select=link,roles,invitation"),
        format!("{share}?$select=name,owner"),
        "/v1.0/me/drive?$select=quota,driveType,sharePointIds".to_owned(),
        "/v1.0/me/drive/sharedWithMe?$select=name,remoteItem".to_owned(),
    ] {
        alice.get(&path).await.expect(200).json();
    }
    // Secrets are for those who may have them, selected or not (PERM-03).
    let seen = server.anonymous().get(&format!("{share}/permission?$select=shareId,link")).await.expect(200).json();
    assert!(seen.get("shareId").is_none() && seen["link"].get("webUrl").is_none(), "{seen}");
}

/// The properties that a published type has, those of its bases included.
fn properties(types: &Value, of: &str) -> Vec<String> {
    let declared = &types[of];
    let own = ["properties", "navigation"].iter().filter_map(|kind| declared[kind].as_object());
    let mut names: Vec<String> = own.flat_map(|members| members.keys().cloned()).collect();
    if let Some(base) = declared["base"].as_str() {
        names.extend(properties(types, base));
    }
    names
}

/// ODATA-15: whatever the published types have can be selected, be it filled here or not.
#[tokio::test]
async fn odata_15_every_published_property_can_be_selected() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let link = alice.view_link(&item).await;
    let share = format!("/v1.0/shares/{}", link["shareId"].as_str().unwrap());
    let types: Value = serde_json::from_str(include_str!("../schema.json")).unwrap();
    for (of, path) in [
        ("driveItem", item.clone()),
        ("driveItem", "/v1.0/me/drive/root/children".to_owned()),
        ("permission", format!("{item}/permissions")),
        ("drive", "/v1.0/me/drive".to_owned()),
        ("sharedDriveItem", share),
    ] {
        let names = properties(&types, of);
        assert!(names.len() > 10, "{of}: {names:?}");
        alice.get(&format!("{path}?$select={}", names.join(","))).await.expect(200);
    }
}
