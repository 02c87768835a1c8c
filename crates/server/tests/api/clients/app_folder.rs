//! `Files.ReadWrite.AppFolder`: a token that reaches the folder of its application and nothing else.

use serde_json::json;

use crate::steps::{at, id, location, names, put};
use crate::support::sharing::{ALICE, BOB};
use crate::support::{Actor, TestServer};

const SCOPE: &str = "Files.ReadWrite.AppFolder";
const FOLDER: &str = "/v1.0/me/drive/special/approot";

fn confined(server: &TestServer) -> Actor {
    server.user(ALICE, SCOPE)
}

#[tokio::test]
async fn a_confined_token_works_in_the_folder_of_its_application() {
    let server = TestServer::start().await;
    let app = confined(&server);
    let file = app.put(&format!("{FOLDER}:/notes/a.txt:/content"), "one").await.expect(201).json();
    let item = format!("/v1.0/me/drive/items/{}", id(&file));
    assert_eq!(app.get(FOLDER).await.expect(200).json()["name"], "Driveway Explorer");
    assert_eq!(names(&app.get(&format!("{FOLDER}/children")).await.expect(200).json()), ["notes"]);
    assert_eq!(app.get(&format!("{FOLDER}/children/$count")).await.expect(200).text(), "1");
    let url = location(&app.get(&format!("{item}/content")).await);
    assert_eq!(server.anonymous().get(&url).await.expect(200).text(), "one");
    app.put(&format!("{item}/content"), "two").await.expect(200);
    assert_eq!(app.get(&format!("{item}/versions")).await.expect(200).json()["value"].as_array().unwrap().len(), 2);
    let folder =
        app.post(&format!("{FOLDER}/children"), &json!({ "name": "Box", "folder": {} })).await.expect(201).json();
    let moved = json!({ "name": "b.txt", "parentReference": { "id": id(&folder) } });
    app.patch(&item, &moved).await.expect(200);
    let by_path = at("Apps/Driveway%20Explorer/Box/b.txt");
    assert_eq!(id(&app.get(&by_path).await.expect(200).json()), id(&file), "the same by any address");
    let session = app.post(&format!("{FOLDER}:/big.bin:/createUploadSession"), &json!({})).await.expect(200).json();
    let upload = session["uploadUrl"].as_str().unwrap().to_owned();
    server.anonymous().with("content-range", "bytes 0-3/4").put(&upload, "four").await.expect(201);
    app.delete(&item).await.expect(204);
}

#[tokio::test]
async fn a_confined_token_finds_nothing_outside_and_takes_nothing_there() {
    let server = TestServer::start().await;
    let (app, alice) = (confined(&server), server.alice());
    let file = id(&app.put(&format!("{FOLDER}:/a.txt:/content"), "x").await.expect(201).json());
    let inside = format!("/v1.0/me/drive/items/{file}");
    put(&alice, "Dir/secret.txt", "x").await;
    let other = server.user_through(ALICE, 1, SCOPE);
    let others = id(&other.put(&format!("{FOLDER}:/other.txt:/content"), "x").await.expect(201).json());
    for address in [
        server.item(ALICE, "Welcome.txt"),
        "/v1.0/me/drive/root".to_owned(),
        at("Dir/secret.txt"),
        at("Dir/none.txt"),
        at("Apps"),
        format!("/v1.0/me/drive/items/{others}"),
        "/v1.0/me/drive/special/documents".to_owned(),
    ] {
        app.get(&address).await.error(404, "itemNotFound");
        app.get(&format!("{address}/children")).await.error(404, "itemNotFound");
        app.patch(&address, &json!({ "description": "x" })).await.error(404, "itemNotFound");
        app.delete(&address).await.error(404, "itemNotFound");
    }
    for path in ["new.txt", "Dir/new.txt", "New/new.txt", "Apps/new.txt"] {
        app.put(&format!("{}/content", at(path)), "x").await.error(404, "itemNotFound");
        app.post(&format!("{}/createUploadSession", at(path)), &json!({})).await.error(404, "itemNotFound");
        alice.get(&at(path)).await.error(404, "itemNotFound");
    }
    for parent in
        [json!({ "id": "root" }), json!({ "path": "/drive/root:/Dir" }), json!({ "path": "/drive/root:/none" })]
    {
        app.patch(&inside, &json!({ "parentReference": parent })).await.error(404, "itemNotFound");
    }
    for drive in
        [server.person(BOB).drive.id.to_string(), server.demo.group.id.to_string(), "0123456789abcdef".to_owned()]
    {
        app.get(&format!("/v1.0/drives/{drive}/root")).await.error(403, "accessDenied");
    }
    assert_eq!(alice.get(&at("Apps/Driveway%20Explorer/a.txt")).await.expect(200).json()["id"], file.as_str());
}

#[tokio::test]
async fn a_confined_token_shares_nothing_and_reads_nothing_else() {
    let server = TestServer::start().await;
    let app = confined(&server);
    let file = id(&app.put(&format!("{FOLDER}:/a.txt:/content"), "x").await.expect(201).json());
    let inside = format!("/v1.0/me/drive/items/{file}");
    let invite = json!({ "requireSignIn": true, "roles": ["read"], "recipients": [{ "email": BOB }] });
    app.post(&format!("{inside}/createLink"), &json!({ "type": "view" })).await.error(403, "accessDenied");
    app.post(&format!("{inside}/invite"), &invite).await.error(403, "accessDenied");
    app.post(&format!("{inside}/copy"), &json!({ "name": "b.txt" })).await.error(403, "accessDenied");
    for path in ["/v1.0/me/drive", "/v1.0/me/drives", "/v1.0/me", "/v1.0/me/drive/sharedWithMe", "/driveway/v1/links"] {
        app.get(path).await.error(403, "accessDenied");
    }
    app.get(&format!("{inside}/permissions")).await.error(403, "accessDenied");
    let application = server.application(SCOPE);
    let drive = &server.person(ALICE).drive.id;
    application.get(&format!("/v1.0/drives/{drive}/items/{file}")).await.error(403, "accessDenied");
    // A wider scope beside it counts as ever.
    server.user(ALICE, "Files.ReadWrite.AppFolder Files.Read").get("/v1.0/me/drive/root").await.expect(200);
}
