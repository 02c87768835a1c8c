//! Renames and moves, in the shapes that clients send.

use serde_json::{Value, json};

use crate::steps::{at, id, put};
use crate::support::TestServer;
use crate::support::sharing::ALICE;

#[tokio::test]
async fn a_parent_is_named_by_id_or_by_any_form_of_its_path() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let drive = server.person(ALICE).drive.id.to_string();
    let file = put(&alice, "mover.txt", "x").await;
    put(&alice, "Dir/sub dir/keep", "x").await;
    let (dir, sub) = (at("Dir"), at("Dir/sub%20dir"));
    let (dir_id, sub_id) = (id(&alice.get(&dir).await.json()), id(&alice.get(&sub).await.json()));
    let root = server.person(ALICE).drive.root.to_string();
    let item = format!("/v1.0/me/drive/items/{}", id(&file));
    for (reference, parent) in [
        (json!({ "driveId": drive, "id": dir_id, "path": "", "driveType": "" }), &dir_id),
        (json!({ "driveId": drive, "id": sub_id }), &sub_id),
        (json!({ "path": "/drive/root" }), &root),
        (json!({ "path": "/drive/root:/Dir" }), &dir_id),
        (json!({ "path": "/drive/root:%2FDir%2Fsub%20dir:" }), &sub_id),
        (json!({ "path": "/me/drive/root:/Dir:" }), &dir_id),
        (json!({ "path": format!("/drive/items/{sub_id}") }), &sub_id),
        (json!({ "path": format!("/drives/{drive}/root:") }), &root),
        (json!({ "path": format!("/drives/{drive}/root:/Dir/sub dir") }), &sub_id),
        (json!({ "path": format!("/drives/{drive}/items/root") }), &root),
        (json!({ "id": dir_id, "path": "/drive/root:/elsewhere" }), &dir_id),
    ] {
        let moved = alice.patch(&item, &json!({ "parentReference": reference })).await.expect(200).json();
        assert_eq!(&moved["parentReference"]["id"], parent, "{reference}");
    }
    for path in ["/drive/root:/none", "/drive/items/none"] {
        let error =
            alice.patch(&item, &json!({ "parentReference": { "path": path } })).await.error(404, "itemNotFound");
        assert_eq!(error["target"], "parentReference");
    }
    alice.patch(&item, &json!({ "parentReference": { "path": "nonsense" } })).await.error(400, "invalidRequest");
}

#[tokio::test]
async fn a_move_and_a_rename_in_one_with_each_conflict_behaviour() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let taken = put(&alice, "Dir/taken.txt", "old").await;
    let change = |behaviour: Option<&str>| -> Value {
        let mut body = json!({ "name": "taken.txt", "parentReference": { "path": "/drive/root:/Dir" } });
        if let Some(behaviour) = behaviour {
            body["@microsoft.graph.conflictBehavior"] = json!(behaviour);
        }
        body
    };
    let file = put(&alice, "mover.txt", "new").await;
    let item = format!("/v1.0/me/drive/items/{}", id(&file));
    alice.patch(&item, &change(None)).await.error(409, "nameAlreadyExists");
    alice.patch(&item, &change(Some("fail"))).await.error(409, "nameAlreadyExists");
    alice
        .patch(&format!("{item}?@microsoft.graph.conflictBehavior=fail"), &change(None))
        .await
        .error(409, "nameAlreadyExists");
    let renamed = alice.patch(&item, &change(Some("rename"))).await.expect(200).json();
    assert_eq!(renamed["name"], "taken 1.txt");
    let replaced = alice.patch(&format!("{item}?@microsoft.graph.conflictBehavior=replace"), &change(None)).await;
    let replaced = replaced.expect(200).json();
    assert_eq!((id(&replaced), &replaced["name"]), (id(&file), &json!("taken.txt")));
    alice.get(&format!("/v1.0/me/drive/items/{}", id(&taken))).await.error(404, "itemNotFound");
    alice.patch(&item, &change(Some("merge"))).await.error(400, "invalidRequest");
}

/// rclone changes the case of a name by way of another one; the others do it at once.
#[tokio::test]
async fn a_rename_may_change_nothing_but_the_case() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let file = put(&alice, "case.txt", "x").await;
    for name in ["CASE.txt", "Case.TXT", "rclone-tmp", "case.txt"] {
        let item = format!("/v1.0/me/drive/items/{}", id(&file));
        let body = json!({ "name": name, "fileSystemInfo": { "lastModifiedDateTime": "2026-01-02T03:04:05Z" } });
        let renamed = alice.patch(&item, &body).await.expect(200).json();
        assert_eq!((&renamed["name"], id(&renamed)), (&json!(name), id(&file)));
        assert_eq!(renamed["fileSystemInfo"]["lastModifiedDateTime"], "2026-01-02T03:04:05Z");
    }
    let described = alice.patch(&at("case.txt"), &json!({ "description": "words" })).await.expect(200).json();
    assert_eq!(described["description"], "words");
    let cleared = alice.patch(&at("case.txt"), &json!({ "description": "" })).await.expect(200).json();
    assert!(cleared["description"].is_null());
}
