//! Items: addressed in every way that clients do, renamed, moved, redated, deleted.

use serde_json::json;

use crate::steps::{at, id, names, put};
use crate::support::TestServer;

#[tokio::test]
async fn an_item_answers_on_every_odd_form_of_its_address() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let drive = server.person("alice@harbour.example").drive.id.to_string();
    let file = put(&alice, "Ships/Log book/day one.txt", "calm").await;
    let ships = id(&alice.get(&at("Ships")).await.expect(200).json());
    let root = server.person("alice@harbour.example").drive.root.to_string();
    let file_id = id(&file);
    for address in [
        format!("/me/drive/items/{file_id}"),
        format!("/me/drive/items/{file_id}/"),
        format!("/me/drive/items/{file_id}:/"),
        format!("/me/drive/items/{file_id}:"),
        format!("/drives/{drive}/items/{file_id}"),
        format!("//drives/{drive}//items/{file_id}"),
        format!("/me/drive/items('{file_id}')"),
        "/me/drive/root:/Ships/Log%20book/day%20one.txt".to_owned(),
        "/me/drive/root:/Ships/Log%20book/day%20one.txt:".to_owned(),
        "/me/drive/root:/Ships/Log%20book/day%20one.txt:/".to_owned(),
        "/me/drive/root:/ships/LOG%20BOOK/Day%20One.TXT:".to_owned(),
        "/me/drive/root:/Ships%2FLog%20book%2Fday%20one.txt:".to_owned(),
        "/me/drive/root:%2FShips%2FLog%20book%2Fday%20one.txt".to_owned(),
        "/me/drive/root:/.%2FShips%2FLog%20book%2Fday%20one.txt:".to_owned(),
        "/me/drive/items/root:/Ships/Log%20book/day%20one.txt:".to_owned(),
        "/me/drive/items/root%3A%2FShips%2FLog%20book%2Fday%20one.txt%3A".to_owned(),
        format!("/me/drive/items/{ships}:/Log%20book/day%20one.txt:"),
        format!("/me/drive/items/{root}:/Ships/Log%20book/day%20one.txt"),
        format!("/me/drive/items/{ships}/children/Log%20book/children/day%20one.txt"),
        "/me/drive/root/children/Ships/children/Log%20book/children/day%20one.txt".to_owned(),
    ] {
        for version in ["/v1.0", "/beta", "/v2.0", "/_api/v2.0"] {
            let found = alice.get(&format!("{version}{address}")).await.expect(200).json();
            assert_eq!(id(&found), file_id, "{version}{address}");
        }
    }
}

#[tokio::test]
async fn names_with_odd_characters_are_reached_raw_and_encoded() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let name = "it's; a=b+c, d@e $f! (g) &h.txt";
    let raw = name.replace(' ', "%20");
    let encoded: String = name
        .bytes()
        .map(|b| if b.is_ascii_alphanumeric() || b == b'.' { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect();
    let made = alice.put(&format!("/v1.0/me/drive/root:/{raw}:/content"), "x").await.expect(201).json();
    assert_eq!(made["name"], name);
    for form in [&raw, &encoded] {
        assert_eq!(id(&alice.get(&at(form)).await.expect(200).json()), id(&made), "{form}");
    }
    put(&alice, "100%25%20%23%20%C3%BC%20%F0%9F%9A%A2.txt", "x").await;
    let listed = names(&alice.get("/v1.0/me/drive/root/children").await.expect(200).json());
    assert!(listed.contains(&"100% # ü 🚢.txt".to_owned()), "{listed:?}");
}

#[tokio::test]
async fn paths_that_climb_or_do_not_parse_are_mistakes_and_unknown_ones_are_absent() {
    let server = TestServer::start().await;
    let alice = server.alice();
    for address in ["root:/a%2F..%2FWelcome.txt:", "root:/%2E%2E%2FWelcome.txt:", "root:/a%00b:", "root:/%FF:"] {
        alice.get(&format!("/v1.0/me/drive/{address}")).await.error(400, "invalidRequest");
    }
    for address in ["root:/nothing.txt:", "root:/Welcome.txt/deeper:", "items/nonsense", "special/nothing"] {
        alice.get(&format!("/v1.0/me/drive/{address}")).await.error(404, "itemNotFound");
    }
    let bobs = server.sample("bob@harbour.example", "Welcome.txt");
    alice.get(&format!("/v1.0/me/drive/items/{bobs}")).await.error(404, "itemNotFound");
}

#[tokio::test]
async fn an_item_says_what_clients_read_and_nothing_is_null() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "Ships/one.txt", "calm").await;
    let answer = alice.get(&at("Ships/one.txt")).await.expect(200);
    assert!(answer.header("content-type").starts_with("application/json"));
    let item = answer.json();
    assert!(!answer.text().contains("null"), "{item}");
    assert_eq!(item["size"], 4);
    assert_eq!(item["file"]["mimeType"], "text/plain");
    assert_eq!(item["createdBy"]["user"]["displayName"], "Alice Harbour");
    assert_eq!(item["createdBy"]["application"]["displayName"], "Driveway Explorer");
    assert_eq!(item["parentReference"]["name"], "Ships");
    assert!(item["parentReference"]["path"].as_str().unwrap().ends_with("root:/Ships"), "{item}");
    for member in ["createdDateTime", "lastModifiedDateTime"] {
        let text = item[member].as_str().unwrap();
        assert!(text.ends_with('Z') && (20..=30).contains(&text.len()), "{text}");
    }
    let folder = alice.get(&at("Ships")).await.expect(200).json();
    assert_eq!((&folder["folder"]["childCount"], &folder["size"]), (&json!(1), &json!(4)));
}

#[tokio::test]
async fn a_rename_keeps_the_id_and_may_change_only_the_case() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let file = put(&alice, "notes.txt", "x").await;
    let renamed = alice.patch(&at("notes.txt"), &json!({"name": "NOTES.txt"})).await.expect(200).json();
    assert_eq!((id(&renamed), renamed["name"].as_str().unwrap()), (id(&file), "NOTES.txt"));
    let other = alice.patch(&at("notes.txt"), &json!({"name": "diary.txt"})).await.expect(200).json();
    assert_eq!(id(&other), id(&file));
    alice.get(&at("notes.txt")).await.error(404, "itemNotFound");
    alice.patch(&at("diary.txt"), &json!({"name": "welcome.TXT"})).await.error(409, "nameAlreadyExists");
    let numbered = alice
        .patch(&at("diary.txt"), &json!({"name": "welcome.TXT", "@microsoft.graph.conflictBehavior": "rename"}))
        .await
        .expect(200)
        .json();
    assert_eq!(numbered["name"], "welcome 1.TXT");
}

#[tokio::test]
async fn a_move_takes_the_shapes_that_clients_send() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let drive = server.person("alice@harbour.example").drive.id.to_string();
    let file = put(&alice, "cargo.txt", "x").await;
    put(&alice, "Hold/Deck two/keep.txt", "x").await;
    let hold = id(&alice.get(&at("Hold")).await.expect(200).json());
    let address = format!("/v1.0/me/drive/items/{}", id(&file));
    for (reference, place) in [
        (json!({"driveId": drive, "id": hold, "path": "", "driveType": ""}), "Hold/cargo.txt"),
        (json!({"id": "root"}), "cargo.txt"),
        (json!({"path": "/drive/root:/Hold"}), "Hold/cargo.txt"),
        (json!({"path": "/drive/root"}), "cargo.txt"),
        (json!({"path": "/drive/root:%2FHold%2FDeck%20two:"}), "Hold/Deck%20two/cargo.txt"),
        (json!({"path": format!("/drive/items/{hold}")}), "Hold/cargo.txt"),
        (json!({"path": format!("/drives/{drive}/root:/Hold/Deck two")}), "Hold/Deck%20two/cargo.txt"),
        (json!({"driveId": "", "id": hold, "driveType": "business", "name": "Hold"}), "Hold/cargo.txt"),
    ] {
        let moved = alice.patch(&address, &json!({"parentReference": reference})).await.expect(200).json();
        assert_eq!(id(&moved), id(&file));
        assert_eq!(id(&alice.get(&at(place)).await.expect(200).json()), id(&file), "{reference}");
    }
    let renamed = alice.patch(&address, &json!({"parentReference": {"id": "root"}, "name": "load.txt"})).await;
    assert_eq!(renamed.expect(200).json()["name"], "load.txt");
}

#[tokio::test]
async fn a_move_onto_a_taken_name_is_a_conflict_that_replace_settles() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "a.txt", "new").await;
    let old = put(&alice, "Hold/a.txt", "old").await;
    let body = json!({"parentReference": {"path": "/drive/root:/Hold"}});
    alice.patch(&at("a.txt"), &body).await.error(409, "nameAlreadyExists");
    let mut replacing = body;
    replacing["@microsoft.graph.conflictBehavior"] = json!("replace");
    alice.patch(&at("a.txt"), &replacing).await.expect(200);
    alice.get(&format!("/v1.0/me/drive/items/{}", id(&old))).await.error(404, "itemNotFound");
    let held = alice.get(&at("Hold/a.txt")).await.expect(200).json();
    assert_eq!(held["size"], 3);
}

#[tokio::test]
async fn a_folder_moves_neither_into_itself_nor_across_drives_nor_into_a_file() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "Hold/Deck/a.txt", "x").await;
    let (hold, deck) = (at("Hold"), id(&alice.get(&at("Hold/Deck")).await.expect(200).json()));
    let group = &server.demo.group;
    let to = |reference| json!({"parentReference": reference});
    alice.patch(&hold, &to(json!({"id": deck}))).await.error(400, "invalidRequest");
    let own = id(&alice.get(&hold).await.expect(200).json());
    alice.patch(&hold, &to(json!({"id": own}))).await.error(400, "invalidRequest");
    alice.patch(&hold, &to(json!({"path": "/drive/root:/Welcome.txt"}))).await.error(400, "invalidRequest");
    alice.patch(&hold, &to(json!({"path": "/drive/root:/nowhere"}))).await.error(404, "itemNotFound");
    for elsewhere in [
        json!({"id": group.root.to_string()}),
        json!({"driveId": group.id.as_str(), "id": "root"}),
        json!({"driveId": group.id.as_str(), "path": "/drive/root:/Reports"}),
        json!({"path": format!("/drives/{}/root:/Reports", group.id)}),
    ] {
        alice.patch(&hold, &to(elsewhere)).await.error(400, "notSupported");
    }
    alice.patch(&hold, &to(json!({"driveId": "nonsense", "id": "root"}))).await.error(400, "invalidRequest");
    assert_eq!(id(&alice.get(&at("Hold/Deck")).await.expect(200).json()), deck, "nothing moved");
}

#[tokio::test]
async fn the_clients_own_times_come_back_exactly() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "old.txt", "x").await;
    let times = json!({"createdDateTime": "2017-01-01T00:00:00Z", "lastModifiedDateTime": "2018-02-03T04:05:06.789Z"});
    let changed = alice.patch(&at("old.txt"), &json!({"fileSystemInfo": times})).await.expect(200).json();
    assert_eq!(changed["fileSystemInfo"], times);
    // Offsets and seven digits are read, milliseconds are told; the zero date leaves a time alone.
    let said =
        json!({"createdDateTime": "0001-01-01T00:00:00Z", "lastModifiedDateTime": "2020-06-01T12:00:00.1234567+01:00"});
    let changed = alice.patch(&at("old.txt"), &json!({"fileSystemInfo": said})).await.expect(200).json();
    assert_eq!(changed["fileSystemInfo"]["createdDateTime"], "2017-01-01T00:00:00Z");
    assert_eq!(changed["fileSystemInfo"]["lastModifiedDateTime"], "2020-06-01T11:00:00.123Z");
    let fixed = alice.patch(&at("old.txt"), &json!({"size": 5})).await.error(400, "invalidRequest");
    assert_eq!(fixed["innerError"]["code"], "propertyNotUpdateable");
    assert_eq!(fixed["target"], "size");
}

#[tokio::test]
async fn a_deleted_folder_takes_everything_below_with_it() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let file = put(&alice, "Hold/Deck/a.txt", "x").await;
    let deck = id(&alice.get(&at("Hold/Deck")).await.expect(200).json());
    alice.delete(&at("Hold")).await.expect(204);
    for address in [format!("items/{}", id(&file)), format!("items/{deck}"), format!("items/{deck}/children")] {
        alice.get(&format!("/v1.0/me/drive/{address}")).await.error(404, "itemNotFound");
    }
    alice.get(&at("Hold/Deck/a.txt")).await.error(404, "itemNotFound");
    alice.delete(&at("Hold")).await.error(404, "itemNotFound");
    let fresh = put(&alice, "Hold/Deck/a.txt", "y").await;
    assert_ne!(id(&fresh), id(&file), "a new item under an old name");
}

#[tokio::test]
async fn tags_change_with_the_item_and_guard_it() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let first = put(&alice, "a.txt", "one").await;
    let tag = |value: &serde_json::Value, name: &str| value[name].as_str().unwrap().to_owned();
    let renamed = alice.patch(&at("a.txt"), &json!({"name": "b.txt"})).await.expect(200).json();
    assert_ne!(tag(&first, "eTag"), tag(&renamed, "eTag"));
    assert_eq!(tag(&first, "cTag"), tag(&renamed, "cTag"), "the content is the same");
    let replaced = put(&alice, "b.txt", "two").await;
    assert_ne!(tag(&renamed, "cTag"), tag(&replaced, "cTag"));

    let stale = alice.with("if-match", &tag(&first, "eTag"));
    stale.patch(&at("b.txt"), &json!({"name": "c.txt"})).await.error(412, "resourceModified");
    stale.delete(&at("b.txt")).await.error(412, "resourceModified");
    stale.put(&format!("{}/content", at("b.txt")), "three").await.error(412, "resourceModified");
    for good in [tag(&replaced, "eTag"), "*".to_owned(), format!("\"x\", {}", tag(&replaced, "cTag"))] {
        alice.with("if-match", &good).patch(&at("b.txt"), &json!({"description": ""})).await.expect(200);
    }
    let now = alice.get(&at("b.txt")).await.expect(200);
    assert_eq!(now.header("etag"), tag(&now.json(), "eTag"));
    let known = alice.with("if-none-match", now.header("etag")).get(&at("b.txt")).await.expect(304);
    assert!(known.body.is_empty() && known.header("etag") == now.header("etag"));
    alice.with("if-none-match", &tag(&first, "eTag")).get(&at("b.txt")).await.expect(200);
}
