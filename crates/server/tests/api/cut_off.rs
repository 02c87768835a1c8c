//! Items that don't take over permissions from above: whoever can't reach them doesn't see them, and can't throw them away.

use serde_json::json;

use crate::support::{Actor, TestServer};

const FOLDER: &str = "/v1.0/me/drive/root:/Plans";

/// Alice's folder `Plans` with `open.txt`, and with `box/secret.txt`, which is cut off. Returns the folder's link.
async fn plans(alice: &Actor, link_type: &str) -> String {
    alice.put(&format!("{FOLDER}/open.txt:/content"), "open").await.expect(201);
    alice.put(&format!("{FOLDER}/box/secret.txt:/content"), "secret").await.expect(201);
    let cut = json!({"type": "view", "scope": "users", "recipients": [{"email": "bob@harbour.example"}],
                     "retainInheritedPermissions": false});
    alice.post(&format!("{FOLDER}/box/secret.txt:/createLink"), &cut).await.expect(201);
    let link = alice.post(&format!("{FOLDER}:/createLink"), &json!({"type": link_type, "scope": "anonymous"})).await;
    link.expect(201).json()["shareId"].as_str().unwrap().to_owned()
}

async fn id(alice: &Actor, path: &str) -> String {
    alice.get(&format!("{FOLDER}{path}")).await.expect(200).json()["id"].as_str().unwrap().to_owned()
}

/// P3: a listing by way of a link shows what the link opens.
#[tokio::test]
async fn p03_a_listing_shows_nothing_that_the_link_does_not_open() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let share = plans(&alice, "view").await;
    let held = id(&alice, "/box").await;
    let stranger = server.anonymous();

    let listed = stranger.get(&format!("/v1.0/shares/{share}/items/{held}/children")).await.expect(200);
    assert_eq!(listed.json()["value"], json!([]));
    let token = share.strip_prefix("s!").unwrap();
    let page = stranger.get(&format!("/s/{token}/items/{held}/")).await.expect(200).text();
    assert!(!page.contains("secret.txt"), "{page}");
    let owner = alice.get(&format!("{FOLDER}/box:/children")).await.expect(200);
    assert_eq!(owner.json()["value"][0]["name"], "secret.txt", "the owner sees it as before");
}

/// P3: so does a listing in a library, and a page isn't empty before the end.
#[tokio::test]
async fn p03_a_member_is_not_shown_what_another_cut_off() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    let drive = format!("/v1.0/drives/{}", server.demo.group.id);
    for name in ["a.txt", "b.txt"] {
        alice.put(&format!("{drive}/root:/Plans/{name}:/content"), name).await.expect(201);
    }
    let cut = json!({"type": "view", "scope": "organization", "retainInheritedPermissions": false});
    alice.post(&format!("{drive}/root:/Plans/a.txt:/createLink"), &cut).await.expect(201);

    bob.get(&format!("{drive}/root:/Plans/a.txt")).await.error(404, "itemNotFound");
    let page = bob.get(&format!("{drive}/root:/Plans:/children?$top=1")).await.expect(200).json();
    assert_eq!(page["value"][0]["name"], "b.txt");
    assert_eq!(alice.get(&format!("{drive}/root:/Plans:/children")).await.json()["value"].as_array().unwrap().len(), 2);
}

/// What a holder can't change goes into no recycle bin with the folder around it.
#[tokio::test]
async fn a_folder_is_not_thrown_away_with_what_is_cut_off_in_it() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let share = plans(&alice, "edit").await;
    let (held, open) = (id(&alice, "/box").await, id(&alice, "/open.txt").await);
    let stranger = server.anonymous();

    stranger.delete(&format!("/v1.0/shares/{share}/items/{held}")).await.error(403, "accessDenied");
    alice.get(&format!("{FOLDER}/box/secret.txt")).await.expect(200);
    stranger.delete(&format!("/v1.0/shares/{share}/items/{open}")).await.expect(204);
    alice.delete(&format!("{FOLDER}/box")).await.expect(204);
}

/// P3: nor does it weigh in the sums of the folder, and whoever may make a conflict with its name doesn't win it.
#[tokio::test]
async fn p03_what_is_cut_off_is_neither_replaced_nor_weighed() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let share = plans(&alice, "edit").await;
    let cut = json!({"type": "view", "scope": "users", "recipients": [{"email": "bob@harbour.example"}],
                     "retainInheritedPermissions": false});
    alice.put(&format!("{FOLDER}/shut/inside.txt:/content"), "inside").await.expect(201);
    alice.post(&format!("{FOLDER}/shut:/createLink"), &cut).await.expect(201);
    let (held, shut, open) = (id(&alice, "/box").await, id(&alice, "/shut").await, id(&alice, "/open.txt").await);
    let stranger = server.anonymous();

    let folder = stranger.get(&format!("/v1.0/shares/{share}/driveItem?$expand=children")).await.expect(200).json();
    assert_eq!((&folder["size"], &folder["folder"]["childCount"]), (&json!(4), &json!(2)), "{folder}");
    assert_eq!(folder["children"][0]["id"], held.as_str());
    assert_eq!(
        (&folder["children"][0]["size"], &folder["children"][0]["folder"]["childCount"]),
        (&json!(0), &json!(0))
    );
    let counted =
        stranger.get(&format!("/v1.0/shares/{share}/driveItem/children?$count=true")).await.expect(200).json();
    assert_eq!((&counted["@odata.count"], counted["value"].as_array().unwrap().len()), (&json!(2), 2));
    let own = alice.get(FOLDER).await.expect(200).json();
    assert_eq!((&own["size"], &own["folder"]["childCount"]), (&json!(16), &json!(3)), "{own}");

    let replace = "@microsoft.graph.conflictBehavior";
    let items = format!("/v1.0/shares/{share}/items");
    let over_it = json!({"name": "secret.txt", "parentReference": {"id": held}, replace: "replace"});
    stranger.patch(&format!("{items}/{open}"), &over_it).await.error(409, "nameAlreadyExists");
    let into_it = json!({"name": "shut", "folder": {}, replace: "replace"});
    let told = stranger.post(&format!("/v1.0/shares/{share}/driveItem/children"), &into_it).await;
    told.error(409, "nameAlreadyExists");
    assert!(!told.text().contains(&shut));
    stranger.put(&format!("{items}/{held}:/secret.txt:/content"), "mine").await.error(409, "nameAlreadyExists");
    assert_eq!(id(&alice, "/shut").await, shut);
    assert_eq!(alice.get(&format!("{FOLDER}/box/secret.txt")).await.expect(200).json()["size"], 6);
    alice.patch(&format!("{FOLDER}/open.txt"), &over_it).await.expect(200);
}

/// P3: where too much is cut off to look at each of it, folders tell nothing that depends on what can be reached.
#[tokio::test]
async fn p03_where_much_is_cut_off_folders_tell_no_sums() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let share = plans(&alice, "view").await;
    let cut = json!({"type": "view", "scope": "organization", "retainInheritedPermissions": false});
    for number in 0..130 {
        alice.put(&format!("{FOLDER}/{number}.txt:/content"), "cut off").await.expect(201);
        alice.post(&format!("{FOLDER}/{number}.txt:/createLink"), &cut).await.expect(201);
    }
    let told = server.anonymous().get(&format!("/v1.0/shares/{share}/driveItem")).await.expect(200).json();
    assert_eq!((&told["size"], &told["folder"]["childCount"]), (&json!(0), &json!(2)), "open.txt and box: {told}");
    let own = alice.get(FOLDER).await.expect(200).json();
    assert_eq!((&own["size"], &own["folder"]["childCount"]), (&json!(130 * 7 + 10), &json!(132)), "{own}");
}
