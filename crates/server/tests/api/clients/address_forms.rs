//! Every spelling of an address that clients were seen to send.

use serde_json::json;

use crate::steps::{at, id, names, put};
use crate::support::TestServer;
use crate::support::sharing::ALICE;

#[tokio::test]
async fn every_address_form_of_a_drive_resolves() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let drive = server.person(ALICE).drive.id.to_string();
    let encoded = drive.replace('!', "%21");
    let user = server.person(ALICE).user.id;
    for address in [
        "/me/drive".to_owned(),
        "/me/drive/".to_owned(),
        "/drive".to_owned(),
        format!("/drives/{drive}"),
        format!("/drives/{drive}/"),
        format!("/drives/{encoded}"),
        format!("/drives/{drive}/?select=quota"),
        format!("/drives/{drive}/?$select=quota"),
        format!("/me/drives/{drive}"),
        format!("/users/{ALICE}/drive"),
        format!("/users/{user}/drive"),
        "/users/me-token-to-replace/drive".to_owned(),
        format!("//drives/{drive}"),
    ] {
        for version in ["/v1.0", "/beta", "/v2.0", "/_api/v2.0"] {
            let found = alice.get(&format!("{version}{address}")).await.expect(200).json();
            assert_eq!(found["id"], drive.as_str(), "{version}{address}");
        }
    }
    for (owner, library) in [("groups", &server.demo.group), ("sites", &server.demo.site)] {
        let key = match library.owner {
            driveway_core::drive::DriveOwner::Group(id) => id.to_string(),
            driveway_core::drive::DriveOwner::Site(id) => id.to_string(),
            driveway_core::drive::DriveOwner::User(id) => id.to_string(),
        };
        for form in [format!("/v1.0/{owner}/{key}/drive"), format!("/v1.0/{owner}('{key}')/drive")] {
            assert_eq!(alice.get(&form).await.expect(200).json()["id"], library.id.as_str(), "{form}");
        }
        let listed = alice.get(&format!("/v1.0/{owner}/{key}/drives")).await.expect(200).json();
        assert_eq!(listed["value"][0]["id"], library.id.as_str());
    }
    assert_eq!(alice.get("/v1.0/me/drives").await.expect(200).json()["value"][0]["id"], drive.as_str());
    assert_eq!(
        alice.get("/v1.0/sites/root/drives").await.expect(200).json()["value"][0]["driveType"],
        "documentLibrary"
    );
}

#[tokio::test]
async fn every_address_form_of_the_root_resolves() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let drive = server.person(ALICE).drive.id.to_string();
    let root = server.person(ALICE).drive.root.to_string();
    for form in ["root", "root/", "items/root", "items/root/", "root:/", "root:/:", &format!("items/{root}:/")] {
        for place in ["/me/drive".to_owned(), format!("/drives/{drive}")] {
            let found = alice.get(&format!("/v1.0{place}/{form}")).await.expect(200).json();
            assert_eq!(id(&found), root, "{place}/{form}");
            assert!(found["root"].is_object() && found["parentReference"]["id"].is_null(), "{found}");
        }
    }
}

#[tokio::test]
async fn every_address_form_of_an_item_takes_what_follows_it() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let drive = server.person(ALICE).drive.id.to_string();
    let file = id(&put(&alice, "a/b c/it.txt", "x").await);
    let folder = id(&alice.get(&at("a/b%20c")).await.expect(200).json());
    for form in [
        format!("items/{folder}"),
        format!("items/{folder}:/:"),
        "root:/a/b%20c:".to_owned(),
        "root:/a%2Fb%20c:".to_owned(),
        "root:%2Fa%2Fb%20c:".to_owned(),
        "root:/.%2Fa%2Fb%20c:".to_owned(),
        "items/root:/a/b%20c:".to_owned(),
        "items/root%3A%2Fa%2Fb%20c%3A".to_owned(),
    ] {
        for place in
            ["/me/drive".to_owned(), format!("/drives/{drive}"), format!("/drives/{}", drive.replace('!', "%21"))]
        {
            let listed = alice.get(&format!("/v1.0{place}/{form}/children")).await.expect(200).json();
            assert_eq!(names(&listed), ["it.txt"], "{place}/{form}");
        }
    }
    for form in [
        format!("items/{folder}:/it.txt:"),
        format!("items/{folder}:/it.txt:/"),
        format!("items/{folder}/children/it.txt"),
        format!("items/{folder}/children('@a1')?@a1='it.txt'"),
        "root:/a/b%20c/it.txt:/".to_owned(),
    ] {
        let found = alice.get(&format!("/v1.0/me/drive/{form}")).await.expect(200).json();
        assert_eq!(id(&found), file, "{form}");
    }
    // The documented way of the SDKs made from the metadata: the whole path as the item's key.
    let link = format!("/v1.0/drives/{}/items/root%3A%2Fa%2Fb%20c%2Fit.txt%3A/createLink", drive.replace('!', "%21"));
    alice.post(&link, &json!({ "type": "view", "scope": "anonymous" })).await.expect(201);
}

#[tokio::test]
async fn marks_in_a_name_stand_for_themselves_and_a_plus_is_no_space() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let name = "a+b's & c;d=e,f@g$h!(i).txt";
    let made = put(&alice, &name.replace(' ', "%20"), "x").await;
    assert_eq!(made["name"], name);
    let encoded = "a%2Bb%27s%20%26%20c%3Bd%3De%2Cf%40g%24h%21%28i%29.txt";
    assert_eq!(id(&alice.get(&at(encoded)).await.expect(200).json()), id(&made));
    alice.get(&at("a%20b's%20&%20c;d=e,f@g$h!(i).txt")).await.error(404, "itemNotFound");
}

#[tokio::test]
async fn a_malformed_drive_id_is_a_mistake_and_a_well_formed_one_is_absent() {
    let server = TestServer::start().await;
    for malformed in ["nonsense", "b!x", "0123456789abcde", "b%21%2F"] {
        for rest in ["", "/root", "/items/root", "/root:/a:", "/root/children"] {
            server.alice().get(&format!("/v1.0/drives/{malformed}{rest}")).await.error(400, "invalidRequest");
        }
    }
    for unknown in ["b!AAAAAAAAAAAAAAAAAAAAAA", "0123456789abcdef"] {
        server.alice().get(&format!("/v1.0/drives/{unknown}/root")).await.error(404, "itemNotFound");
    }
    let pats = server.person("pat@personal.example").drive.id.to_string();
    for spelling in [pats.to_uppercase(), pats.to_lowercase()] {
        let found = server.pat().get(&format!("/v1.0/drives/{spelling}/root")).await.expect(200).json();
        assert_eq!(found["parentReference"]["driveId"], pats.as_str());
    }
}
