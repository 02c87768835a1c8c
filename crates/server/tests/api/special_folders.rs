//! Special folders: `/drive/special/{name}`.

use driveway_core::permission::Role;
use serde_json::json;

use crate::steps::{id, put};
use crate::support::TestServer;
use crate::support::sharing::{ALICE, BOB};

#[tokio::test]
async fn they_are_made_on_first_use_and_keep_their_name() {
    let server = TestServer::start().await;
    let alice = server.alice();
    for (name, path) in [
        ("documents", "Documents"),
        ("photos", "Pictures"),
        ("cameraroll", "Pictures/Camera Roll"),
        ("music", "Music"),
        ("approot", "Apps/Driveway Explorer"),
    ] {
        let first = alice.get(&format!("/v1.0/me/drive/special/{name}")).await.expect(200).json();
        assert_eq!(first["specialFolder"]["name"], name);
        let there = alice.get(&format!("/v1.0/me/drive/root:/{path}:")).await.expect(200).json();
        assert_eq!((id(&first), &first["specialFolder"]), (id(&there), &there["specialFolder"]), "{path}");
    }
    let file = alice.put("/v1.0/me/drive/special/documents:/Plans/a.txt:/content", "x").await.expect(201).json();
    let listed = alice.get("/v1.0/me/drive/special/documents/children").await.expect(200).json();
    assert_eq!(listed["value"][0]["name"], "Plans");
    let documents = alice.get("/v1.0/me/drive/special/Documents").await.expect(200).json();
    alice.patch("/v1.0/me/drive/special/documents", &json!({ "name": "Papers" })).await.expect(200);
    let renamed = alice.get("/v1.0/me/drive/special/documents").await.expect(200).json();
    assert_eq!((id(&renamed), &renamed["name"]), (id(&documents), &json!("Papers")));
    let found = alice.get("/v1.0/me/drive/special/documents:/Plans/a.txt:").await.expect(200).json();
    assert_eq!(id(&found), id(&file));

    // Deleted, it is made again; what was deleted comes back as the folder that it is, without the name.
    for verb in ["delete", "permanentDelete"] {
        let before = alice.get("/v1.0/me/drive/special/documents").await.expect(200).json();
        if verb == "delete" {
            alice.delete("/v1.0/me/drive/special/documents").await.expect(204);
            alice.delete("/v1.0/me/drive/special/documents").await.error(404, "itemNotFound");
        } else {
            alice.post("/v1.0/me/drive/special/documents/permanentDelete", &json!({})).await.expect(204);
        }
        let again = alice.get("/v1.0/me/drive/special/documents").await.expect(200).json();
        assert_ne!(id(&again), id(&before), "{verb}");
    }
}

#[tokio::test]
async fn what_is_there_already_becomes_the_folder() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "music/song.txt", "x").await;
    let folder = alice.get("/v1.0/me/drive/root:/music:").await.expect(200).json();
    assert!(folder.get("specialFolder").is_none(), "{folder}");
    let music = alice.get("/v1.0/me/drive/special/music").await.expect(200).json();
    assert_eq!((id(&music), &music["name"]), (id(&folder), &json!("music")));
    // A file isn't a folder, and stays what it is.
    put(&alice, "Documents", "x").await;
    let documents = alice.get("/v1.0/me/drive/special/documents").await.expect(200).json();
    assert!(documents["folder"].is_object() && documents["name"] != "Documents", "{documents}");
}

#[tokio::test]
async fn each_application_has_a_folder_of_its_own() {
    let server = TestServer::start().await;
    let scopes = "Files.ReadWrite";
    let (first, second) = (server.user_through(ALICE, 0, scopes), server.user_through(ALICE, 1, scopes));
    let own = |app: &str| format!("/v1.0/me/drive/root:/Apps/{app}/a.txt:");
    first.put("/v1.0/me/drive/special/approot:/a.txt:/content", "1").await.expect(201);
    second.put("/v1.0/me/drive/special/approot:/a.txt:/content", "2").await.expect(201);
    let ids = [own("Driveway Explorer"), own("Driveway Sample App")].map(|path| (path, first.clone()));
    let mut seen = Vec::new();
    for (path, actor) in ids {
        seen.push(id(&actor.get(&path).await.expect(200).json()));
    }
    assert_ne!(seen[0], seen[1]);
    assert_eq!(id(&second.get("/v1.0/me/drive/special/approot:/a.txt:").await.expect(200).json()), seen[1]);
    let documents = first.get("/v1.0/me/drive/special/documents").await.expect(200).json();
    assert_eq!(id(&second.get("/v1.0/me/drive/special/documents").await.expect(200).json()), id(&documents));
}

#[tokio::test]
async fn they_give_nobody_a_right() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    let drive = server.person(ALICE).drive.id.to_string();
    let path = format!("/v1.0/drives/{drive}/special/photos");
    // Who may only read makes nothing, and who may nothing learns nothing.
    server.user(ALICE, "Files.Read").get("/v1.0/me/drive/special/photos").await.error(404, "itemNotFound");
    bob.get(&path).await.error(404, "itemNotFound");
    bob.put(&format!("{path}:/x.txt:/content"), "x").await.error(404, "itemNotFound");
    server.user(BOB, "Files.Read").get(&path).await.error(403, "accessDenied");
    server.anonymous().get(&path).await.error(401, "InvalidAuthenticationToken");
    alice.get("/v1.0/me/drive/root:/Pictures:").await.error(404, "itemNotFound");

    let photos = alice.get("/v1.0/me/drive/special/photos").await.expect(200).json();
    bob.get(&path).await.error(404, "itemNotFound");
    server.grant(&format!("/v1.0/drives/{drive}/items/{}", id(&photos)), BOB, Role::Read).await;
    assert_eq!(id(&bob.get(&path).await.expect(200).json()), id(&photos));
    bob.put(&format!("{path}:/x.txt:/content"), "x").await.error(403, "accessDenied");
    server.user(ALICE, "Files.Read").get("/v1.0/me/drive/special/photos").await.expect(200);

    for name in ["nothing", "root", "..%2f", "%00"] {
        let status = alice.get(&format!("/v1.0/me/drive/special/{name}")).await.status;
        assert!(status == 404 || status == 400, "{name}: {status}");
    }
    // By way of a link a folder doesn't say what it is to its owner.
    let link = alice.view_link(&format!("/v1.0/drives/{drive}/items/{}", id(&photos))).await;
    let shared = format!("/v1.0/shares/{}/driveItem", link["shareId"].as_str().unwrap());
    assert!(server.anonymous().get(&shared).await.expect(200).json().get("specialFolder").is_none());
}
