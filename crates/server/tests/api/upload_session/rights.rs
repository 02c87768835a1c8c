//! Whose session it is, and how long they may.

use serde_json::json;

use super::{Session, bytes};
use crate::steps::{at, id, put};
use crate::support::TestServer;

#[tokio::test]
async fn p35_the_url_cannot_be_made_up_and_opens_nothing_else() {
    let server = TestServer::start().await;
    let session = Session::of_alice(&server, "a.bin").await;
    let (start, secret) = session.url.rsplit_once('/').unwrap();
    let link = crate::steps::view(&server.alice(), "Welcome.txt").await;
    let mut forged = secret.to_owned();
    forged.replace_range(10..11, if &secret[10..11] == "A" { "B" } else { "A" });
    for wrong in [forged.as_str(), "nonsense", &link.token, "AAAA"] {
        let client = Session { url: format!("{start}/{wrong}"), client: server.alice() };
        client.status().await.error(404, "itemNotFound");
        client.put(b"hello", 0, 5).await.error(404, "itemNotFound");
        client.commit().await.error(404, "itemNotFound");
        client.cancel().await.error(404, "itemNotFound");
    }
    server.anonymous().get(&format!("/s/{secret}/")).await.expect(404);
    server.anonymous().get(&format!("/download/{secret}")).await.error(404, "itemNotFound");
    session.status().await.expect(200);
}

#[tokio::test]
async fn p10_a_right_that_is_lost_ends_the_session() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    let folder = put(&alice, "Hold/a.txt", "x").await["parentReference"].clone();
    let address = format!("/v1.0/drives/{}/items/{}", folder["driveId"].as_str().unwrap(), id(&folder));
    let bobs = &server.person("bob@harbour.example").user;
    let invited = json!({"recipients": [{"objectId": bobs.id.to_string()}], "roles": ["write"], "requireSignIn": true});
    let granted = alice.post(&format!("{address}/invite"), &invited).await.expect(200).json();
    let session = Session::begin(&server, &bob, &format!("{address}:/b.bin:"), &json!({})).await;
    session.put(&bytes(10), 0, 5).await.expect(202);
    let permission = granted["value"][0]["id"].as_str().unwrap();
    alice.delete(&format!("{address}/permissions/{permission}")).await.expect(204);
    session.put(&bytes(10), 5, 6).await.error(404, "itemNotFound");
    session.put(&bytes(10), 5, 10).await.error(404, "itemNotFound");
    alice.get(&at("Hold/b.bin")).await.error(404, "itemNotFound");
    alice.post(&format!("{address}/invite"), &invited).await.expect(200);
    session.put(&bytes(10), 5, 7).await.expect(202);
    let user = bobs.id;
    server.app.db.write(move |tx| tx.set_user_enabled(user, false)).await.unwrap();
    session.put(&bytes(10), 7, 10).await.error(404, "itemNotFound");
    server.app.db.write(move |tx| tx.set_user_enabled(user, true)).await.unwrap();
    session.put(&bytes(10), 7, 10).await.expect(201);
}

#[tokio::test]
async fn item_07_a_session_follows_its_folder_and_ends_with_it() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "Hold/a.txt", "x").await;
    let session = Session::of_alice(&server, "Hold/b.bin").await;
    alice.patch(&at("Hold"), &json!({"name": "Deck"})).await.expect(200);
    session.put(&bytes(10), 0, 5).await.expect(202);
    session.put(&bytes(10), 5, 10).await.expect(201);
    alice.get(&at("Deck/b.bin")).await.expect(200);
    alice.get(&at("Hold")).await.error(404, "itemNotFound");
    let session = Session::of_alice(&server, "Deck/c.bin").await;
    alice.delete(&at("Deck")).await.expect(204);
    session.put(&bytes(10), 0, 10).await.error(404, "itemNotFound");
}

#[tokio::test]
async fn item_07_a_file_that_somebody_else_has_checked_out_is_locked() {
    let server = TestServer::start().await;
    let (admin, bob) = (server.admin(), server.bob());
    let library = |path: &str| format!("/v1.0/sites/root/drive/root:/{path}:");
    admin.put(&format!("{}/content", library("plan.txt")), "x").await.expect(201);
    let session = Session::begin(&server, &admin, &library("plan.txt"), &json!({})).await;
    session.put(&bytes(10), 0, 5).await.expect(202);
    bob.post(&format!("{}/checkout", library("plan.txt")), &json!({})).await.expect(204);
    session.put(&bytes(10), 5, 10).await.error(423, "resourceLocked");
    bob.post(&format!("{}/checkin", library("plan.txt")), &json!({"checkInAs": "published"})).await.expect(204);
    session.put(&bytes(10), 5, 10).await.expect(200);
}
