//! Bodies, in and out.

use reqwest::Method;
use serde_json::{Value, json};

use crate::steps::{at, id, put};
use crate::support::TestServer;
use crate::support::sharing::ALICE;

fn every_member(value: &Value, look: &mut impl FnMut(&str, &Value)) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, member)| {
            look(name, member);
            every_member(member, look);
        }),
        Value::Array(list) => list.iter().for_each(|member| every_member(member, look)),
        _ => {}
    }
}

#[tokio::test]
async fn nothing_is_null_times_end_in_z_numbers_are_whole_and_the_type_is_json() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let item = server.item(ALICE, "Welcome.txt");
    put(&alice, "Reports/new.txt", "x").await;
    alice.view_link(&item).await;
    for path in [
        "/v1.0/me/drive".to_owned(),
        "/v1.0/me/drives".to_owned(),
        "/v1.0/me/drive/root".to_owned(),
        "/v1.0/me/drive/root/children?$count=true".to_owned(),
        item.clone(),
        format!("{item}/permissions"),
        format!("{item}/versions"),
        format!("{item}/nothing"),
        "/v1.0/me/drive/items/nothing".to_owned(),
    ] {
        let answer = alice.get(&path).await;
        assert!(answer.header("content-type").starts_with("application/json"), "{path}");
        let body = answer.json();
        assert!(answer.status.is_client_error() || body["@odata.context"].is_string(), "{path}: {body}");
        every_member(&body, &mut |name, member| {
            assert!(!member.is_null(), "{name} in {path}");
            if name.ends_with("DateTime") {
                let text = member.as_str().unwrap();
                assert!(text.ends_with('Z') && (20..=30).contains(&text.len()), "{name} in {path}: {text}");
            }
            if ["size", "childCount", "total", "used", "remaining", "deleted"].contains(&name) {
                assert!(member.is_i64(), "{name} in {path}: {member}");
            }
        });
    }
}

#[tokio::test]
async fn actions_without_a_body_work() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let item = server.item(ALICE, "Welcome.txt");
    for (action, status) in [("createLink", 201), ("createUploadSession", 200), ("permanentDelete", 204)] {
        let bare = alice.request(Method::POST, &format!("{item}/{action}")).header("content-length", "0");
        let answer = crate::support::Answer::read(bare.send().await.unwrap()).await;
        assert_eq!(answer.status.as_u16(), status, "{action}: {}", answer.text());
    }
}

#[tokio::test]
async fn what_odata_adds_to_a_body_is_passed_over() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let body =
        json!({ "@odata.type": "#microsoft.graph.driveItem", "name": "Office365", "folder": { "@odata.type": "x" } });
    alice.post("/v1.0/me/drive/root:/:/children", &body).await.expect(201);
    let change = json!({ "@odata.type": "#microsoft.graph.driveItem", "fileSystemInfo":
        { "@odata.type": "#microsoft.graph.fileSystemInfo", "createdDateTime": "0001-01-01T00:00:00Z" } });
    alice.patch(&at("Office365"), &change).await.expect(200);
}

#[tokio::test]
async fn times_come_in_with_any_fraction_and_offset_and_go_out_in_utc() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "old.txt", "x").await;
    for (said, told) in [
        ("2024-02-29T12:00:00Z", "2024-02-29T12:00:00Z"),
        ("2024-02-29T12:00:00.5Z", "2024-02-29T12:00:00.500Z"),
        ("2024-02-29T12:00:00.123456789Z", "2024-02-29T12:00:00.123Z"),
        ("2024-02-29T12:00:00.1234567Z", "2024-02-29T12:00:00.123Z"),
        ("2024-02-29T13:00:00.123456+01:00", "2024-02-29T12:00:00.123Z"),
        ("2024-02-29T12:00:00+00:00", "2024-02-29T12:00:00Z"),
    ] {
        let times = json!({ "createdDateTime": said, "lastModifiedDateTime": said });
        let item = alice.patch(&at("old.txt"), &json!({ "fileSystemInfo": times })).await.expect(200).json();
        assert_eq!(item["fileSystemInfo"], json!({ "createdDateTime": told, "lastModifiedDateTime": told }), "{said}");
        // rclone doesn't know when a file was made and sends the zero date.
        let unset = json!({ "createdDateTime": "0001-01-01T00:00:00Z", "lastModifiedDateTime": said });
        let item = alice.patch(&at("old.txt"), &json!({ "fileSystemInfo": unset })).await.expect(200).json();
        assert_eq!(item["fileSystemInfo"]["createdDateTime"], told);
    }
    let wrong = json!({ "fileSystemInfo": { "createdDateTime": "yesterday" } });
    let error = alice.patch(&at("old.txt"), &wrong).await.error(400, "invalidRequest");
    assert_eq!(error["target"], "fileSystemInfo.createdDateTime");
}

/// A folder in each of the ways in which clients say what to do about a taken name.
#[tokio::test]
async fn a_folder_is_made_with_each_spelling_of_the_conflict_behaviour() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let children = "/v1.0/me/drive/root/children";
    let first = alice.post(children, &json!({ "name": "Dir", "folder": {} })).await.expect(201).json();
    alice.post(children, &json!({ "name": "dir", "folder": {} })).await.error(409, "nameAlreadyExists");
    for name in ["@microsoft.graph.conflictBehavior", "@name.conflictBehavior"] {
        let body = |behaviour: &str| json!({ "name": "Dir", "folder": {}, name: behaviour });
        alice.post(children, &body("fail")).await.error(409, "nameAlreadyExists");
        assert_ne!(id(&alice.post(children, &body("rename")).await.expect(201).json()), id(&first));
        assert_eq!(id(&alice.post(children, &body("replace")).await.expect(201).json()), id(&first));
        alice.post(children, &body("merge")).await.error(400, "invalidRequest");
        let plain = json!({ "name": "Dir", "folder": {} });
        let query = |behaviour: &str| format!("/v1.0/me/drive/root:/:/children?{name}={behaviour}");
        alice.post(&query("fail"), &plain).await.error(409, "nameAlreadyExists");
        alice.post(&query("rename"), &plain).await.expect(201);
        assert_eq!(id(&alice.post(&query("replace"), &plain).await.expect(201).json()), id(&first));
        alice.post(&query("merge"), &plain).await.error(400, "invalidRequest");
    }
}
