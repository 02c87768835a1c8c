//! The seed's section "HTTP request": five addresses, each by id and by path, and the odd forms that clients write.

use driveway_core::drive::{Drive, DriveOwner};
use serde_json::json;

use crate::support::sharing::{ALICE, PAT};
use crate::support::{Actor, TestServer};

/// Asserts that every address leads to one and the same item: the first call makes its link, the others find it.
async fn all_are_one(actor: &Actor, addresses: &[String]) {
    let mut first: Option<String> = None;
    for address in addresses {
        let answer = actor.post(address, &json!({ "type": "view", "scope": "anonymous" })).await;
        let wanted = if first.is_none() { 201 } else { 200 };
        assert_eq!(answer.status, wanted, "{address}: {}", answer.text());
        let id = answer.json()["id"].as_str().unwrap().to_owned();
        assert_eq!(first.get_or_insert_with(|| id.clone()), &id, "{address}");
    }
}

/// A drive by id and by path, with and without the namespace before the action.
fn by_id_and_by_path(server: &TestServer, drive: &Drive, prefix: &str) -> Vec<String> {
    let welcome = server.item_in(drive, "Welcome.txt");
    let id = welcome.rsplit('/').next().unwrap();
    [
        format!("{prefix}/items/{id}/createLink"),
        format!("{prefix}/items/{id}/microsoft.graph.createLink"),
        format!("{prefix}/root:/Welcome.txt:/createLink"),
        format!("{prefix}/root:/Welcome.txt:/microsoft.graph.createLink"),
        format!("{prefix}/root:/WELCOME.TXT:/createLink"),
    ]
    .to_vec()
}

/// `POST /drives/{driveId}/items/{itemId}/createLink`
#[tokio::test]
async fn path_row_drives() {
    let server = TestServer::start().await;
    let drive = server.person(ALICE).drive.clone();
    let mut addresses = by_id_and_by_path(&server, &drive, &format!("/v1.0/drives/{}", drive.id));
    let percent = drive.id.as_str().replace('!', "%21");
    addresses.extend(by_id_and_by_path(&server, &drive, &format!("/v1.0/drives/{percent}")));
    all_are_one(&server.alice(), &addresses).await;
    let personal = server.person(PAT).drive.clone();
    let upper = personal.id.as_str().to_uppercase();
    all_are_one(&server.pat(), &by_id_and_by_path(&server, &personal, &format!("/v1.0/drives/{upper}"))).await;
}

/// `POST /groups/{groupId}/drive/items/{itemId}/createLink`
#[tokio::test]
async fn path_row_groups() {
    let server = TestServer::start().await;
    let drive = server.demo.group.clone();
    let DriveOwner::Group(group) = drive.owner else { panic!("a group's drive") };
    let addresses = by_id_and_by_path(&server, &drive, &format!("/v1.0/groups/{group}/drive"));
    all_are_one(&server.bob(), &addresses).await;
    server.pat().post(&addresses[0], &json!({})).await.error(404, "itemNotFound");
}

/// `POST /me/drive/items/{itemId}/createLink`
#[tokio::test]
async fn path_row_me() {
    let server = TestServer::start().await;
    let drive = server.person(PAT).drive.clone();
    let mut addresses = by_id_and_by_path(&server, &drive, "/v1.0/me/drive");
    addresses.extend(by_id_and_by_path(&server, &drive, "/v1.0/drive"));
    addresses.extend(by_id_and_by_path(&server, &drive, "/v1.0/users/me-token-to-replace/drive"));
    addresses.extend(by_id_and_by_path(&server, &drive, &format!("/v1.0/me/drives/{}", drive.id)));
    all_are_one(&server.pat(), &addresses).await;
    // An application has no drive of its own.
    let app = server.application("Files.ReadWrite.All");
    app.post(&addresses[0], &json!({})).await.error(400, "invalidRequest");
}

/// `POST /sites/{siteId}/drive/items/{itemId}/createLink`
#[tokio::test]
async fn path_row_sites() {
    let server = TestServer::start().await;
    let drive = server.demo.site.clone();
    let DriveOwner::Site(site) = drive.owner else { panic!("a site's drive") };
    let mut addresses = by_id_and_by_path(&server, &drive, &format!("/v1.0/sites/{site}/drive"));
    let composite = format!("/v1.0/sites/driveway.test,{site},{site}/drive");
    addresses.extend(by_id_and_by_path(&server, &drive, &composite));
    addresses.extend(by_id_and_by_path(&server, &drive, "/v1.0/sites/driveway.test:/sites/harbour:/drive"));
    all_are_one(&server.alice(), &addresses).await;
}

/// `POST /users/{userId}/drive/items/{itemId}/createLink`, the user by id or by principal name.
#[tokio::test]
async fn path_row_users() {
    let server = TestServer::start().await;
    let person = server.person(ALICE);
    let mut addresses = by_id_and_by_path(&server, &person.drive, &format!("/v1.0/users/{}/drive", person.user.id));
    addresses.extend(by_id_and_by_path(&server, &person.drive, "/v1.0/users/Alice@Harbour.example/drive"));
    addresses.extend(by_id_and_by_path(&server, &person.drive, &format!("/v1.0/users('{}')/drive", person.user.id)));
    all_are_one(&server.alice(), &addresses).await;
    server.bob().post(&addresses[0], &json!({})).await.error(404, "itemNotFound");
}

/// The forms that real clients write: slashes and colons encoded, doubled or trailing; keys in parentheses; paths below an
/// item; children by name; older prefixes; parameter aliases; unknown options.
#[tokio::test]
async fn paths_as_clients_write_them() {
    let server = TestServer::start().await;
    let (alice, drive) = (server.alice(), server.person(ALICE).drive.id.clone());
    let folder = server.sample(ALICE, "Reports");
    let file = alice.get("/v1.0/me/drive/root:/Reports/Q3 summary.md").await.expect(200).json();
    let (file, name) = (file["id"].as_str().unwrap(), "Q3%20summary.md");
    let me = "/v1.0/me/drive";
    all_are_one(
        &alice,
        &[
            format!("{me}/items/{file}/createLink"),
            format!("{me}/items/{file}/createLink/"),
            format!("{me}/items/{file}/createLink()"),
            format!("{me}/items/{file}/action.createLink"),
            format!("{me}/items/{file}/oneDrive.createLink"),
            format!("{me}/items/{file}/microsoft.graph.oneDrive.createLink"),
            format!("{me}/items('{file}')/createLink"),
            format!("{me}/items/{file}:/:/createLink"),
            format!("{me}/items/{folder}:/{name}:/createLink"),
            format!("{me}/items/{folder}/children/{name}/createLink"),
            format!("{me}/items/{folder}/children('{name}')/createLink"),
            format!("{me}/items/{folder}/children('@a1')/createLink?@a1='{name}'"),
            format!("{me}/items/root:/Reports/{name}:/createLink"),
            format!("{me}/items/root%3A%2FReports%2F{name}%3A/createLink"),
            format!("{me}/root:/Reports%2F{name}:/createLink"),
            format!("{me}/root:%2FReports%2F{name}:/createLink"),
            format!("{me}/root:/.%2FReports%2F{name}:/createLink"),
            format!("{me}/root:/Reports//{name}:/createLink"),
            format!("/v1.0//me//drive/items/{file}/createLink"),
            format!("/v1.0/drives('{drive}')/items('{file}')/createLink"),
            format!("/beta/drives/{drive}/items/{file}/createLink"),
            format!("/v2.0/drives/{drive}/items/{file}/createLink"),
            format!("/_api/v2.0/drives/{drive}/items/{file}/createLink"),
            format!("{me}/items/{file}/createLink?AVOverride=1"),
        ],
    )
    .await;
}
