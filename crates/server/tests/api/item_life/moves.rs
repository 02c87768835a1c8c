//! Moves re-inherit: what reaches an item is what its place gives it, and what is put on it goes along.

use driveway_core::permission::Role;
use serde_json::{Value, json};

use crate::steps::{at, id, link, link_at, put, view};
use crate::support::sharing::{ALICE, BOB};
use crate::support::{Actor, TestServer};

fn place(server: &TestServer, item: &str) -> String {
    format!("/v1.0/drives/{}/items/{item}", server.person(ALICE).drive.id)
}

async fn id_of(actor: &Actor, path: &str) -> String {
    id(&actor.get(&at(path)).await.expect(200).json())
}

async fn move_to(actor: &Actor, path: &str, folder: &str) -> Value {
    let body = json!({"parentReference": {"id": folder}});
    actor.patch(&at(path), &body).await.expect(200).json()
}

/// A path of so many folders, from the top down, with a file at its end.
fn deep(depth: usize) -> String {
    let folders: String = (0..depth).map(|level| format!("d{level}/")).collect();
    format!("{folders}file.txt")
}

#[tokio::test]
async fn amb_25_a_move_changes_what_is_inherited_and_keeps_what_is_direct() {
    let server = TestServer::start().await;
    let (alice, bob, stranger) = (server.alice(), server.bob(), server.anonymous());
    put(&alice, "From/In/a.txt", "a").await;
    put(&alice, "To/x.txt", "x").await;
    let (from, to) = (id_of(&alice, "From").await, id_of(&alice, "To").await);
    let (folder, file) = (id_of(&alice, "From/In").await, id_of(&alice, "From/In/a.txt").await);
    server.grant(&place(&server, &from), BOB, Role::Read).await;
    let (old, new, own) = (view(&alice, "From").await, view(&alice, "To").await, view(&alice, "From/In/a.txt").await);
    stranger.get(&old.below(&file)).await.expect(200);
    stranger.get(&new.below(&file)).await.expect(404);
    bob.get(&place(&server, &file)).await.expect(200);

    move_to(&alice, "From/In", &to).await;
    stranger.get(&old.below(&file)).await.expect(404);
    stranger.get(&new.below(&file)).await.expect(200);
    assert_eq!(stranger.get(&format!("{}?download=1", own.page())).await.expect(200).text(), "a");
    bob.get(&place(&server, &file)).await.error(404, "itemNotFound");
    let inherited: Vec<Value> = alice.permissions(&at("To/In/a.txt")).await;
    let sources: Vec<&Value> =
        inherited.iter().filter(|p| p["link"].is_object()).map(|p| &p["inheritedFrom"]["id"]).collect();
    assert_eq!(sources.len(), 2);
    assert!(sources.contains(&&json!(to)) && sources.contains(&&Value::Null), "{inherited:?}");
    assert_eq!(id_of(&alice, "To/In").await, folder, "ids stay");
}

#[tokio::test]
async fn amb_25_p10_a_link_ends_where_its_maker_has_no_right_and_comes_back_with_it() {
    let server = TestServer::start().await;
    let (alice, bob, stranger) = (server.alice(), server.bob(), server.anonymous());
    put(&alice, "Ours/a.txt", "a").await;
    put(&alice, "Mine/x.txt", "x").await;
    let (ours, mine) = (id_of(&alice, "Ours").await, id_of(&alice, "Mine").await);
    let file = place(&server, &id_of(&alice, "Ours/a.txt").await);
    server.grant(&place(&server, &ours), BOB, Role::Write).await;
    let by_bob = link_at(&bob, &file, json!({"type": "view", "scope": "anonymous"})).await;
    stranger.get(&by_bob.page()).await.expect(200);
    move_to(&alice, "Ours/a.txt", &mine).await;
    stranger.get(&by_bob.page()).await.expect(404);
    stranger.get(&by_bob.graph("")).await.error(404, "itemNotFound");
    bob.get(&file).await.error(404, "itemNotFound");
    move_to(&alice, "Mine/a.txt", &ours).await;
    stranger.get(&by_bob.page()).await.expect(200);
}

#[tokio::test]
async fn amb_26_a_move_to_another_drive_is_refused_and_changes_nothing() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    put(&alice, "a.txt", "a").await;
    let shared = view(&alice, "a.txt").await;
    let group = &server.demo.group;
    for body in [
        json!({"parentReference": {"driveId": group.id.as_str(), "id": "root"}}),
        json!({"parentReference": {"driveId": group.id.as_str()}}),
        json!({"parentReference": {"id": group.root.to_string()}}),
        json!({"parentReference": {"path": format!("/drives/{}/root:", group.id)}}),
    ] {
        alice.patch(&at("a.txt"), &body).await.error(400, "notSupported");
    }
    stranger.get(&shared.page()).await.expect(200);
}

#[tokio::test]
async fn amb_29_a_cut_in_the_middle_stays_with_its_folder_through_moves_and_restores() {
    let server = TestServer::start().await;
    let (alice, bob, stranger) = (server.alice(), server.bob(), server.anonymous());
    put(&alice, "Top/Middle/Low/a.txt", "a").await;
    put(&alice, "Other/x.txt", "x").await;
    let (top, other) = (id_of(&alice, "Top").await, id_of(&alice, "Other").await);
    let file = id_of(&alice, "Top/Middle/Low/a.txt").await;
    server.grant(&place(&server, &top), BOB, Role::Read).await;
    server.grant(&place(&server, &other), BOB, Role::Read).await;
    let (above, beside) = (view(&alice, "Top").await, view(&alice, "Other").await);
    bob.get(&place(&server, &file)).await.expect(200);
    let cut = json!({"type": "view", "scope": "anonymous", "retainInheritedPermissions": false});
    let inside = link(&alice, "Top/Middle", cut).await;
    let closed = async || {
        bob.get(&place(&server, &file)).await.error(404, "itemNotFound");
        stranger.get(&above.below(&file)).await.expect(404);
        stranger.get(&beside.below(&file)).await.expect(404);
        stranger.get(&inside.below(&file)).await.expect(200);
        alice.get(&place(&server, &file)).await.expect(200);
    };
    closed().await;
    move_to(&alice, "Top/Middle", &other).await;
    closed().await;
    let middle = place(&server, &id_of(&alice, "Other/Middle").await);
    alice.delete(&middle).await.expect(204);
    stranger.get(&inside.below(&file)).await.expect(404);
    alice.post(&format!("{middle}/restore"), &json!({"parentReference": {"id": top}})).await.expect(200);
    closed().await;
    // What lay below the cut and leaves it inherits again.
    move_to(&alice, "Top/Middle/Low", &other).await;
    bob.get(&place(&server, &file)).await.expect(200);
    stranger.get(&beside.below(&file)).await.expect(200);
    stranger.get(&inside.below(&file)).await.expect(404);
}

#[tokio::test]
async fn amb_25_amb_27_amb_28_fifty_folders_deep_it_is_the_same() {
    let server = TestServer::start().await;
    let (alice, bob, stranger) = (server.alice(), server.bob(), server.anonymous());
    put(&alice, &deep(50), "deep").await;
    put(&alice, "To/x.txt", "x").await;
    let (top, to, file) = (id_of(&alice, "d0").await, id_of(&alice, "To").await, id_of(&alice, &deep(50)).await);
    server.grant(&place(&server, &top), BOB, Role::Read).await;
    let (old, new) = (view(&alice, "d0").await, view(&alice, "To").await);
    bob.get(&place(&server, &file)).await.expect(200);
    stranger.get(&old.below(&file)).await.expect(200);

    let copied = alice.post(&format!("{}/copy", at("d0/d1")), &json!({"parentReference": {"id": to}})).await;
    copied.expect(202);
    driveway::ops::copy::work_through(&server.app).await.unwrap();
    let rest = deep(50).split_once('/').unwrap().1.to_owned();
    let copy = id_of(&alice, &format!("To/{rest}")).await;
    stranger.get(&new.below(&copy)).await.expect(200);
    bob.get(&place(&server, &copy)).await.error(404, "itemNotFound");

    alice.delete(&at("To/d1")).await.expect(204);
    move_to(&alice, "d0/d1", &to).await;
    bob.get(&place(&server, &file)).await.error(404, "itemNotFound");
    stranger.get(&old.below(&file)).await.expect(404);
    stranger.get(&new.below(&file)).await.expect(200);
    let moved = place(&server, &id_of(&alice, "To/d1").await);
    alice.delete(&moved).await.expect(204);
    stranger.get(&new.below(&file)).await.expect(404);
    alice.post(&format!("{moved}/restore"), &json!({"parentReference": {"id": top}})).await.expect(200);
    bob.get(&place(&server, &file)).await.expect(200);
    stranger.get(&old.below(&file)).await.expect(200);
    assert_eq!(server.app.db.read(|tx| tx.check()).await.unwrap(), vec![]);
}

#[tokio::test]
async fn amb_29_nobody_displaces_what_they_may_not_change() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    put(&alice, "Ours/secret.txt", "mine alone").await;
    put(&alice, "Ours/other.txt", "other").await;
    let (ours, other) = (id_of(&alice, "Ours").await, id_of(&alice, "Ours/other.txt").await);
    server.grant(&place(&server, &ours), BOB, Role::Write).await;
    link(
        &alice,
        "Ours/secret.txt",
        json!({"type": "view", "scope": "organization", "retainInheritedPermissions": false}),
    )
    .await;
    let replace = json!({"name": "secret.txt", "@microsoft.graph.conflictBehavior": "replace"});
    bob.patch(&place(&server, &other), &replace).await.error(409, "nameAlreadyExists");
    bob.post(&format!("{}/copy", place(&server, &other)), &replace).await.error(409, "nameAlreadyExists");
    assert_eq!(alice.get(&at("Ours/secret.txt")).await.expect(200).json()["size"], 10);
    alice.patch(&place(&server, &other), &replace).await.expect(200);
}
