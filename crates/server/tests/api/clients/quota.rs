//! How full a drive is: rclone's `about`, and what the Linux client decides by.

use driveway_core::id::DriveId;
use serde_json::{Value, json};

use crate::steps::{at, put};
use crate::support::sharing::ALICE;
use crate::support::{Actor, TestServer};

async fn quota(actor: &Actor) -> Value {
    actor.get("/v1.0/me/drive?select=quota").await.expect(200).json()["quota"].clone()
}

async fn set(server: &TestServer, bytes: i64) {
    let drive: DriveId = server.person(ALICE).drive.id.clone();
    assert!(server.app.db.write(move |tx| tx.set_drive_quota(&drive, bytes)).await.unwrap());
}

#[tokio::test]
async fn what_lies_in_the_recycle_bin_is_told_apart() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "Old/a.bin", &"x".repeat(1000)).await;
    put(&alice, "Old/b.bin", &"x".repeat(500)).await;
    let before = quota(&alice).await;
    let change = |after: &Value, name: &str| after[name].as_i64().unwrap() - before[name].as_i64().unwrap();
    assert_eq!(before["deleted"], 0);
    alice.delete(&at("Old/b.bin")).await.expect(204);
    alice.delete(&at("Old")).await.expect(204);
    let after = quota(&alice).await;
    assert_eq!((change(&after, "used"), change(&after, "remaining"), change(&after, "deleted")), (-1500, 1500, 1500));
    let drive = &server.person(ALICE).drive.id;
    let bin = alice.get(&format!("/driveway/v1/drives/{drive}/recycleBin")).await.expect(200).json();
    let folder = bin["value"].as_array().unwrap().iter().find(|item| item["name"] == "Old").unwrap();
    let address = format!("/v1.0/me/drive/items/{}", folder["id"].as_str().unwrap());
    alice.post(&format!("{address}/restore"), &json!({})).await.expect(200);
    assert_eq!(change(&quota(&alice).await, "deleted"), 500);
    alice.post(&format!("{address}/permanentDelete"), &json!({})).await.expect(204);
    assert_eq!(quota(&alice).await["deleted"], 0, "what was deleted before the folder went with it");
}

#[tokio::test]
async fn the_state_says_how_near_the_end_is() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let used = quota(&alice).await["used"].as_i64().unwrap();
    for (total, state) in [
        (used * 2, "normal"),
        (used * 100 / 95, "nearing"),
        (used + used / 200, "critical"),
        (used, "exceeded"),
        (used / 2, "exceeded"),
    ] {
        set(&server, total).await;
        let quota = quota(&alice).await;
        assert_eq!((&quota["state"], quota["total"].as_i64()), (&json!(state), Some(total)), "{quota}");
        assert!(quota["remaining"].as_i64().unwrap() >= 0, "{quota}");
    }
    alice.put(&format!("{}/content", at("more.txt")), "x").await.error(507, "quotaLimitReached");
    alice.delete(&at("Harbour.png")).await.expect(204);
    set(&server, used).await;
    put(&alice, "more.txt", "x").await;
}
