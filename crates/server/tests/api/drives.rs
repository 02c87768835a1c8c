//! Drives: their kinds, and every form of address by which clients reach them.

use driveway_core::drive::{Drive, DriveOwner};
use serde_json::json;

use crate::steps::{id, put};
use crate::support::{Actor, TestServer};

fn owner_id(drive: &Drive) -> String {
    match drive.owner {
        DriveOwner::User(id) => id.to_string(),
        DriveOwner::Group(id) => id.to_string(),
        DriveOwner::Site(id) => id.to_string(),
    }
}

async fn every_form_leads_to(actor: &Actor, drive: &Drive, kind: &str, forms: &[String]) {
    for form in forms {
        let found = actor.get(&format!("/v1.0{form}")).await.expect(200).json();
        assert_eq!(found["id"], drive.id.as_str(), "{form}");
        assert_eq!(found["driveType"], kind, "{form}");
        let root = actor.get(&format!("/v1.0{}/root", form.trim_end_matches('/'))).await.expect(200).json();
        assert_eq!(root["id"], drive.root.to_string(), "{form}/root");
        assert_eq!(root["parentReference"]["driveId"], drive.id.as_str(), "{form}/root");
    }
}

#[tokio::test]
async fn a_business_drive_answers_on_every_form_of_its_address() {
    let server = TestServer::start().await;
    let person = server.person("alice@harbour.example");
    let (user, drive) = (person.user.id, &person.drive);
    let forms = [
        "/me/drive".to_owned(),
        "/me/drive/".to_owned(),
        format!("/users/{user}/drive"),
        "/users/alice@harbour.example/drive".to_owned(),
        "/users/Alice%40HARBOUR.example/drive".to_owned(),
        "/users/me-token-to-replace/drive".to_owned(),
        format!("/users('{user}')/drive"),
        format!("/drives/{}", drive.id),
        format!("/drives/{}/", drive.id),
        format!("//drives/{}", drive.id),
        format!("/drives/{}", drive.id.as_str().replace('!', "%21")),
        format!("/drives('{}')", drive.id),
        format!("/me/drives/{}", drive.id),
    ];
    every_form_leads_to(&server.alice(), drive, "business", &forms).await;
}

#[tokio::test]
async fn a_personal_drive_answers_to_its_id_in_any_case() {
    let server = TestServer::start().await;
    let drive = &server.person("pat@personal.example").drive;
    assert_eq!(drive.id.as_str().len(), 16);
    let forms = [
        "/me/drive".to_owned(),
        format!("/drives/{}", drive.id),
        format!("/drives/{}", drive.id.as_str().to_uppercase()),
    ];
    every_form_leads_to(&server.pat(), drive, "personal", &forms).await;
}

#[tokio::test]
async fn libraries_of_groups_and_sites_answer_on_every_form_of_their_address() {
    let server = TestServer::start().await;
    let (group, site) = (&server.demo.group, &server.demo.site);
    let (group_id, site_id) = (owner_id(group), owner_id(site));
    let groups = [format!("/groups/{group_id}/drive"), format!("/drives/{}", group.id)];
    every_form_leads_to(&server.alice(), group, "documentLibrary", &groups).await;
    let sites = [
        format!("/sites/{site_id}/drive"),
        format!("/sites/driveway.test,{site_id},{site_id}/drive"),
        "/sites/root/drive".to_owned(),
        "/sites/driveway.test:/sites/harbour:/drive".to_owned(),
        format!("/drives/{}", site.id),
        format!("/sites/{site_id}/drives/{}", site.id),
    ];
    every_form_leads_to(&server.alice(), site, "documentLibrary", &sites).await;
}

#[tokio::test]
async fn the_lists_of_drives_hold_the_owners_drive() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let own = &server.person("alice@harbour.example").drive;
    let (group, site) = (&server.demo.group, &server.demo.site);
    for (form, drive) in [
        ("/me/drives".to_owned(), own),
        ("/drives".to_owned(), own),
        (format!("/groups/{}/drives", owner_id(group)), group),
        (format!("/sites/{}/drives", owner_id(site)), site),
    ] {
        let list = alice.get(&format!("/v1.0{form}")).await.expect(200).json();
        assert_eq!(list["value"][0]["id"], drive.id.as_str(), "{form}");
        assert_eq!(list["value"].as_array().unwrap().len(), 1, "{form}");
    }
}

#[tokio::test]
async fn a_drive_says_who_owns_it_and_how_full_it_is_in_whole_numbers() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let before = alice.get("/v1.0/me/drive").await.expect(200).json();
    put(&alice, "ten.txt", "0123456789").await;
    let after = alice.get("/v1.0/me/drive").await.expect(200).json();
    for member in ["total", "used", "remaining", "deleted"] {
        assert!(after["quota"][member].is_i64(), "{member}: {}", after["quota"]);
    }
    assert_eq!(after["quota"]["used"].as_i64().unwrap(), before["quota"]["used"].as_i64().unwrap() + 10);
    assert_eq!(
        after["quota"]["remaining"].as_i64().unwrap() + after["quota"]["used"].as_i64().unwrap(),
        after["quota"]["total"].as_i64().unwrap()
    );
    assert_eq!(after["quota"]["state"], "normal");
    assert_eq!(after["owner"]["user"]["displayName"], "Alice Harbour");
    let only = alice.get("/v1.0/me/drive?select=quota").await.expect(200).json();
    assert!(only["quota"].is_object() && only["owner"].is_null() && only["driveType"].is_null(), "{only}");
}

#[tokio::test]
async fn a_full_drive_takes_no_more_and_keeps_what_it_has() {
    let server = TestServer::start_with(|config| config.limits.drive_bytes = 100_000).await;
    let alice = server.alice();
    let used = alice.get("/v1.0/me/drive").await.expect(200).json()["quota"]["used"].as_i64().unwrap();
    let room = usize::try_from(100_000 - used).unwrap();
    alice.put("/v1.0/me/drive/root:/fits.bin:/content", vec![1; room]).await.expect(201);
    let state = alice.get("/v1.0/me/drive").await.expect(200).json()["quota"].clone();
    assert_eq!((&state["remaining"], &state["state"]), (&json!(0), &json!("exceeded")));

    alice.put("/v1.0/me/drive/root:/more.bin:/content", "x").await.error(507, "quotaLimitReached");
    alice.get("/v1.0/me/drive/root:/more.bin:").await.error(404, "itemNotFound");
    alice.put("/v1.0/me/drive/root:/fits.bin:/content", vec![2; room + 1]).await.error(507, "quotaLimitReached");
    alice.put("/v1.0/me/drive/root:/fits.bin:/content", vec![2; room]).await.expect(200);
    // What lies in the recycle bin no longer counts.
    alice.delete("/v1.0/me/drive/root:/fits.bin:").await.expect(204);
    alice.put("/v1.0/me/drive/root:/more.bin:/content", "x").await.expect(201);
}

#[tokio::test]
async fn drives_of_others_are_as_absent_as_none_and_malformed_ids_are_a_mistake() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let bobs = &server.person("bob@harbour.example").drive.id;
    let pats = server.person("pat@personal.example");
    for address in [
        format!("/drives/{bobs}"),
        format!("/drives/{bobs}/root"),
        "/users/bob@harbour.example/drive".to_owned(),
        format!("/users/{}/drive", pats.user.id),
        "/users/pat@personal.example/drive".to_owned(),
        format!("/drives/{}", pats.drive.id),
        "/drives/b!AAAAAAAAAAAAAAAAAAAAAA".to_owned(),
        "/drives/0123456789abcdef".to_owned(),
        "/users/nobody@harbour.example/drive".to_owned(),
        "/groups/00000000-0000-4000-8000-000000000000/drive".to_owned(),
        "/sites/nowhere/drive".to_owned(),
    ] {
        alice.get(&format!("/v1.0{address}")).await.error(404, "itemNotFound");
    }
    alice.get("/v1.0/drives/not-an-id/root").await.error(400, "invalidRequest");
    server.pat().get(&format!("/v1.0/drives/{bobs}")).await.error(404, "itemNotFound");
}

#[tokio::test]
async fn the_root_is_a_folder_with_no_parent_that_keeps_its_place() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let root = alice.get("/v1.0/me/drive/root").await.expect(200).json();
    assert!(root["root"].is_object() && root["folder"]["childCount"].is_i64(), "{root}");
    assert!(root["parentReference"]["id"].is_null() && root["parentReference"]["path"].is_null(), "{root}");
    for address in ["/me/drive/root/", "/me/drive/items/root", "/me/drive/root:/", "/drive/root"] {
        assert_eq!(id(&alice.get(&format!("/v1.0{address}")).await.expect(200).json()), id(&root), "{address}");
    }
    alice.delete("/v1.0/me/drive/root").await.error(400, "notSupported");
    alice.patch("/v1.0/me/drive/root", &json!({"name": "other"})).await.error(400, "notSupported");
}
