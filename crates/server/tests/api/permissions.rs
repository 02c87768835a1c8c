//! Permissions: who sees which, what of them, and who may remove them.

use driveway_core::permission::Role;
use serde_json::{Value, json};

use crate::support::TestServer;
use crate::support::sharing::{ADMIN, ALICE, BOB, PAT, by_share, url};

const FILE: &str = "/v1.0/me/drive/root:/Reports/Q3%20summary.md:";

fn ids(permissions: &[Value]) -> Vec<&str> {
    permissions.iter().map(|permission| permission["id"].as_str().unwrap()).collect()
}

fn path(item: &str, permission: &Value) -> String {
    format!("{item}/permissions/{}", permission["id"].as_str().unwrap())
}

/// PERM-01, AMB-15, AMB-58: own ones first, owners before grants before links by age; then the nearest ancestor's.
#[tokio::test]
async fn perm_01_perm_16_amb_15_amb_58_the_list_tells_own_from_inherited_in_a_stable_order() {
    let server = TestServer::start().await;
    let (alice, folder) = (server.alice(), server.item(ALICE, "Reports"));
    let above = alice.view_link(&folder).await;
    let item = alice.get(FILE).await.expect(200).json();
    let file = format!("/v1.0/me/drive/items/{}", item["id"].as_str().unwrap());
    let first = alice.view_link(&file).await;
    server.advance(jiff::SignedDuration::from_secs(1));
    let second = alice.share(&file, &json!({ "type": "edit", "scope": "organization" })).await.expect(201).json();
    let grant = server.grant(&file, BOB, Role::Read).await;
    let listed = alice.permissions(&file).await;
    let wanted = [&grant, first["id"].as_str().unwrap(), second["id"].as_str().unwrap(), above["id"].as_str().unwrap()];
    assert_eq!(ids(&listed)[..4], wanted);
    assert_eq!((listed.len(), &listed[4]["roles"]), (5, &json!(["owner"])));
    assert!(listed[..3].iter().all(|permission| permission.get("inheritedFrom").is_none()));

    let drive = server.person(ALICE).drive.clone();
    let from = |id: &str, name: &str, path: &str| json!({ "driveId": drive.id.as_str(), "driveType": "business", "id": id, "name": name, "path": path });
    let root = alice.get("/v1.0/me/drive/root").await.expect(200).json();
    let reports = server.sample(ALICE, "Reports");
    let at = format!("/drives/{}/root", drive.id);
    assert_eq!(listed[3]["inheritedFrom"], from(&reports, "Reports", &format!("{at}:/Reports")));
    let named = root["name"].as_str().unwrap();
    assert_eq!(listed[4]["inheritedFrom"], from(root["id"].as_str().unwrap(), named, &at));
    assert_eq!(alice.permissions(&file).await, listed);
    for permission in &listed {
        let one = alice.get(&path(&file, permission)).await.expect(200).json();
        assert_eq!(one["inheritedFrom"], permission["inheritedFrom"]);
    }
}

/// PERM-02, AMB-17: owners see every permission; a reader sees their own, and a link only where it is for them, without
/// its secrets.
#[tokio::test]
async fn perm_02_amb_17_a_reader_sees_what_is_theirs() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let grant = server.grant(&item, BOB, Role::Read).await;
    server.grant(&item, ADMIN, Role::Read).await;
    let anonymous = alice.view_link(&item).await;
    let recipients = json!([{ "email": BOB }]);
    let users = alice.share(&item, &json!({ "type": "view", "scope": "users", "recipients": recipients })).await.json();
    assert_eq!(alice.permissions(&item).await.len(), 5);

    let seen = server.bob().permissions(&item).await;
    assert_eq!(ids(&seen), [&grant, users["id"].as_str().unwrap()]);
    assert_eq!(seen[1].get("shareId"), None);
    assert_eq!(seen[1]["link"].get("webUrl"), None);
    assert_eq!(seen[1]["link"]["scope"], "users");
    server.bob().get(&path(&item, &anonymous)).await.error(404, "itemNotFound");
    server.pat().get(&path(&item, &anonymous)).await.error(404, "itemNotFound");
    server.anonymous().get(&path(&item, &anonymous)).await.error(401, "InvalidAuthenticationToken");
}

/// PERM-03, AMB-17: secrets go to those who could make the link now: the right, the scopes and the policy count.
#[tokio::test]
async fn perm_03_amb_17_secrets_are_for_those_who_could_make_the_link() {
    let server = TestServer::start().await;
    let item = server.item(ALICE, "Welcome.txt");
    let link = server.alice().view_link(&item).await;
    let one = path(&item, &link);
    let has_secrets = |shown: &Value| {
        let found = [shown.get("shareId").is_some(), shown["link"].get("webUrl").is_some()];
        assert_eq!(found[0], found[1], "{shown}");
        assert_eq!(shown["link"]["type"], "view", "the rest of the link stays");
        found[0]
    };
    assert!(has_secrets(&server.alice().get(&one).await.expect(200).json()));
    assert!(has_secrets(&server.user_through(ALICE, 1, "Files.ReadWrite").get(&one).await.expect(200).json()));
    assert!(!has_secrets(&server.user(ALICE, "Files.Read").get(&one).await.expect(200).json()));
    assert!(!has_secrets(&server.application("Files.Read.All").get(&one).await.expect(200).json()));
    server.admin().set_policy(&json!({ "anonymousLinks": false })).await;
    assert!(!has_secrets(&server.alice().get(&one).await.expect(200).json()));
    let listed = server.alice().permissions(&item).await;
    assert!(!has_secrets(listed.iter().find(|permission| permission["id"] == link["id"]).unwrap()));
}

/// AMB-16, AMB-18, AMB-19: grants tell whom in the old and the new member; links have a password flag and an application.
#[tokio::test]
async fn perm_20_amb_16_amb_18_amb_19_grants_and_links_have_their_own_members() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    server.grant(&item, BOB, Role::Write).await;
    alice.view_link(&item).await;
    let listed = alice.permissions(&item).await;
    let (grant, link) = (&listed[0], &listed[1]);
    assert_eq!(grant["roles"], json!(["write"]));
    assert_eq!(grant["grantedToV2"]["user"]["displayName"], "Bob Lindqvist");
    assert_eq!(grant["grantedTo"], grant["grantedToV2"]);
    assert!(grant.get("hasPassword").is_none() && grant.get("link").is_none() && grant.get("shareId").is_none());
    assert_eq!(link["hasPassword"], false);
    assert_eq!(link["link"]["application"]["id"], server.application_id(0).to_string());
    assert!(link.get("grantedTo").is_none() && link.get("grantedToV2").is_none());
}

/// A personal drive has one owner, who isn't listed; a business drive's is.
#[tokio::test]
async fn a_personal_owner_is_not_listed() {
    let server = TestServer::start().await;
    assert_eq!(server.pat().permissions(&server.item(PAT, "Welcome.txt")).await, Vec::<Value>::new());
    let business = server.alice().permissions(&server.item(ALICE, "Welcome.txt")).await;
    assert_eq!(business[0]["grantedToV2"]["user"]["displayName"], "Alice Harbour");
    let library = server.admin().permissions(&server.item_in(&server.demo.group, "Welcome.txt")).await;
    let roles: Vec<&Value> = library.iter().map(|permission| &permission["roles"][0]).collect();
    assert_eq!(roles, ["owner", "write"]);
    assert!(library.iter().all(|permission| permission["grantedToV2"]["group"]["id"].is_string()));
}

/// PERM-04, AMB-56, AMB-57: what isn't offered is refused and never passed over; `$select` is.
#[tokio::test]
async fn perm_04_perm_05_amb_57_odata_16_query_options_of_permissions() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let link = alice.view_link(&item).await;
    alice.get(&format!("{item}?$expand=permissions")).await.error(400, "notSupported");
    for (query, code, target) in [
        ("$expand=link", "notSupported", "$expand"),
        ("$filter=link ne null", "invalidRequest", "$filter"),
        ("$search=x", "invalidRequest", "$search"),
        ("$orderby=id", "invalidRequest", "$orderby"),
    ] {
        for path in [format!("{item}/permissions"), path(&item, &link)] {
            assert_eq!(alice.get(&format!("{path}?{query}")).await.error(400, code)["target"], target, "{query}");
        }
    }
    let selected = alice.get(&format!("{}?$select=roles", path(&item, &link))).await.expect(200).json();
    let mut members: Vec<&String> =
        selected.as_object().unwrap().keys().filter(|name| !name.starts_with('@')).collect();
    members.sort();
    assert_eq!(members, ["id", "roles"]);
    assert_eq!(alice.head(&path(&item, &link)).await.expect(200).body, b"");
}

/// AMB-13, PERM-13: an inherited permission is removed where it is; the refusal names the folder.
#[tokio::test]
async fn perm_13_amb_13_an_inherited_permission_is_removed_at_its_ancestor() {
    let server = TestServer::start().await;
    let (alice, folder) = (server.alice(), server.item(ALICE, "Reports"));
    let above = alice.view_link(&folder).await;
    let error = alice.delete(&path(FILE, &above)).await.error(403, "notAllowed");
    assert!(error["message"].as_str().unwrap().contains("Reports"), "{error}");
    server.anonymous().get(&by_share(&above)).await.expect(200).json();
    alice.delete(&path(&folder, &above)).await.expect(204);
    assert_eq!(alice.permissions(FILE).await.len(), 1);
}

/// AMB-13, PERM-14: an owner's permission isn't removed, and that isn't said with a 204.
#[tokio::test]
async fn perm_14_amb_13_an_owners_permission_is_not_removed() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let root = "/v1.0/me/drive/root";
    let owner = alice.permissions(root).await[0].clone();
    assert_eq!(owner["roles"], json!(["owner"]));
    alice.delete(&path(root, &owner)).await.error(403, "notAllowed");
    assert_eq!(alice.permissions(root).await, [owner]);
}

/// AMB-13: what is unknown, of another item, malformed or deleted already isn't there.
#[tokio::test]
async fn amb_13_unknown_permissions_are_not_there() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let other = server.item(ALICE, "Budget.csv");
    let link = alice.view_link(&item).await;
    alice.delete(&path(&item, &link)).await.expect(204);
    let others = alice.view_link(&other).await;
    for id in [
        link["id"].as_str().unwrap(),
        others["id"].as_str().unwrap(),
        "00000000-0000-0000-0000-000000000000",
        "nonsense",
        "%20",
        "'",
    ] {
        let path = format!("{item}/permissions/{id}");
        alice.get(&path).await.error(404, "itemNotFound");
        alice.delete(&path).await.error(404, "itemNotFound");
    }
    alice.get(&path(&other, &others)).await.expect(200).json();
}

/// AMB-14, P13: an owner removes any link, through any application; its maker removes their own; nobody else's is theirs.
#[tokio::test]
async fn amb_14_links_are_removed_by_owners_and_makers() {
    let server = TestServer::start().await;
    let item = server.item_in(&server.demo.group, "Welcome.txt");
    let view = json!({ "type": "view", "scope": "anonymous" });
    let edit = json!({ "type": "edit", "scope": "anonymous" });
    let bobs = server.bob().share(&item, &view).await.expect(201).json();
    let alices = server.alice().share(&item, &edit).await.expect(201).json();
    // A colleague who may write and owns nothing.
    let refused = server.alice().delete(&path(&item, &bobs)).await;
    refused.error(404, "itemNotFound");
    server.pat().delete(&path(&item, &bobs)).await.error(404, "itemNotFound");
    server.anonymous().delete(&path(&item, &bobs)).await.error(401, "InvalidAuthenticationToken");
    server.anonymous().get(&by_share(&bobs)).await.expect(200).json();
    server.user_through(BOB, 1, "Files.ReadWrite.All").delete(&path(&item, &bobs)).await.expect(204);
    server.admin().delete(&path(&item, &alices)).await.expect(204);
    for link in [bobs, alices] {
        server.anonymous().get(&by_share(&link)).await.error(404, "itemNotFound");
    }
}

/// A scope for reading removes nothing, and neither does a link.
#[tokio::test]
async fn removing_takes_a_scope_for_writing() {
    let server = TestServer::start().await;
    let item = server.item(ALICE, "Welcome.txt");
    let link = server.alice().share(&item, &json!({ "type": "edit", "scope": "anonymous" })).await.json();
    server.user(ALICE, "Files.Read.All").delete(&path(&item, &link)).await.error(403, "accessDenied");
    let by_link = path(&by_share(&link), &link);
    let answer = server.anonymous().delete(&by_link).await;
    assert!(answer.status.is_client_error(), "{}", answer.text());
    answer.json();
    server.anonymous().get(&by_share(&link)).await.expect(200).json();
}

/// LINK-04, AMB-23: a removed link is dead on the next request, at every door, and never comes back.
#[tokio::test]
async fn link_04_amb_23_a_removed_link_is_dead_at_once_and_for_good() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let old = alice.view_link(&item).await;
    let stranger = server.anonymous();
    let ticket = stranger.get(&format!("{}/content", by_share(&old))).await.expect(302).header("location").to_owned();
    let doors = [url(&old).to_owned(), format!("{}?download=1", url(&old)), by_share(&old), ticket];
    for door in &doors {
        stranger.get(door).await.expect(200);
    }
    alice.delete(&path(&item, &old)).await.expect(204);
    for door in &doors {
        stranger.get(door).await.expect(404);
    }
    let new = alice.share(&item, &json!({ "type": "view", "scope": "anonymous" })).await.expect(201).json();
    assert!(new["id"] != old["id"] && new["shareId"] != old["shareId"] && url(&new) != url(&old));
    for door in &doors {
        stranger.get(door).await.expect(404);
    }
}

/// AMB-12, PERM-12: if-match is compared with the item's eTag or cTag, which sharing doesn't move.
#[tokio::test]
async fn perm_12_amb_12_if_match_is_the_items_tag() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let before = alice.get(&item).await.expect(200).json();
    for tag in [before["eTag"].as_str().unwrap(), before["cTag"].as_str().unwrap(), "*"] {
        let link = alice.view_link(&item).await;
        let one = path(&item, &link);
        let wrong = alice.with("if-match", "\"{00000000-0000-0000-0000-000000000000},1\"").delete(&one).await;
        assert_eq!(wrong.error(412, "resourceModified")["innerError"]["code"], "entityTagDoesNotMatch");
        alice.get(&one).await.expect(200).json();
        alice.with("if-match", tag).delete(&one).await.expect(204);
    }
    let after = alice.get(&item).await.expect(200).json();
    assert_eq!((&after["eTag"], &after["cTag"]), (&before["eTag"], &before["cTag"]));
}

/// What a holder of a link sees: the one permission that they came by, without its secrets.
#[tokio::test]
async fn a_holder_sees_the_link_and_nothing_else() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    alice.share(&item, &json!({ "type": "edit", "scope": "organization" })).await.expect(201);
    let link = alice.view_link(&item).await;
    let answer = server.bob().get(&format!("{}/permissions", by_share(&link))).await.expect(200).json();
    let seen = answer["value"].as_array().unwrap();
    assert_eq!(ids(seen), [link["id"].as_str().unwrap()]);
    assert!(seen[0].get("shareId").is_none() && seen[0]["link"].get("webUrl").is_none());
}

/// P5, AMB-15: by way of a link its permission is inherited from the shared folder, and nothing above that is named.
#[tokio::test]
async fn p05_by_a_link_a_permission_is_inherited_from_nowhere_above_it() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let file = "/v1.0/me/drive/root:/Above/Shared/Deep/a.txt:";
    alice.put(&format!("{file}/content"), "x").await.expect(201);
    let folder = "/v1.0/me/drive/root:/Above/Shared:";
    let shared = alice.get(folder).await.expect(200).json();
    let link = alice.share(folder, &json!({ "type": "view", "scope": "anonymous" })).await.expect(201).json();
    let key = link["shareId"].as_str().unwrap();
    let (drive, top) = (&server.person(ALICE).drive.id, shared["id"].as_str().unwrap());
    let below = format!("/v1.0/shares/{key}/driveItem:/Deep/a.txt:/permissions");
    for actor in [server.anonymous(), server.bob()] {
        let listed = actor.get(&below).await.expect(200);
        let from = &listed.json()["value"][0]["inheritedFrom"];
        assert_eq!(from["path"], format!("/drives/{drive}/items/{top}"), "{from}");
        assert_eq!((&from["name"], &from["id"]), (&json!("Shared"), &json!(top)));
        assert!(!listed.text().contains("Above"));
    }
    let own = alice.get(&format!("{file}/permissions")).await.expect(200).json();
    let from = own["value"].as_array().unwrap().iter().find(|one| one["id"] == link["id"]).unwrap();
    assert_eq!(from["inheritedFrom"]["path"], format!("/drives/{drive}/root:/Above/Shared"));
}
