//! What isn't for whoever follows: not the item, not its id, not that it is gone (P3, P17, P18).

use driveway_core::id::ItemId;
use driveway_core::permission::Role;

use super::*;
use crate::steps::{edit, link, view};
use crate::support::TestServer;
use crate::support::sharing::{ALICE, BOB};

/// Cuts an item off from what lies above it, or takes that back.
async fn cut_off(server: &TestServer, item: &str, is_cut_off: bool) {
    let item = ItemId::parse(item).unwrap();
    server.app.db.write(move |tx| tx.set_inherits(item, !is_cut_off)).await.unwrap();
}

fn drive(server: &TestServer) -> String {
    format!("/v1.0/drives/{}", server.person(ALICE).drive.id)
}

/// A folder that Bob may read, with something in it that is cut off from him.
async fn shared(server: &TestServer) -> (Vec<String>, String) {
    let alice = server.alice();
    let ids =
        plant(&alice, &["D/", "D/a.txt", "D/secret/", "D/secret/s.txt", "D/b/", "D/b/c.txt", "E/", "E/e.txt"]).await;
    cut_off(server, &ids[2], true).await;
    server.grant(&format!("/{}", ids[0]), BOB, Role::Read).await;
    let delta = format!("{}/items/{}/delta", drive(server), ids[0]);
    (ids, delta)
}

#[tokio::test]
async fn p18_who_reaches_a_folder_is_told_of_nothing_else() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    let (ids, delta) = shared(&server).await;
    let (told, mut link) = enumerate(&bob, &format!("{delta}?$top=2")).await;
    let mut found = names(&told);
    found.sort_unstable();
    assert_eq!(found, ["D", "a.txt", "b", "c.txt"]);
    assert_eq!(told[0]["folder"]["childCount"], 2, "what is hidden isn't counted either");
    put(&alice, "D/secret/s.txt", "other").await;
    put(&alice, "D/secret/new.txt", "new").await;
    put(&alice, "E/e.txt", "other").await;
    alice.delete(&by_id(&ids[7])).await.expect(204);
    alice.patch(&by_id(&ids[2]), &json!({"name": "secretly"})).await.expect(200);
    let answer = bob.get(&link).await.expect(200);
    assert_eq!(items(&answer.json()).len(), 0, "{}", answer.text());
    put(&alice, "D/b/c.txt", "changed").await;
    let changes = since(&bob, &mut link).await;
    assert_eq!(names(&changes), ["D", "b", "c.txt"]);
    alice.delete(&by_id(&ids[1])).await.expect(204);
    let changes = since(&bob, &mut link).await;
    assert_eq!(names(&changes), ["D", "a.txt"]);
    assert!(changes[1]["deleted"].is_object());
    for url in [format!("{}/root/delta", drive(&server)), format!("{}/items/{}/delta", drive(&server), ids[2])] {
        bob.get(&url).await.error(404, "itemNotFound");
    }
    server.user(BOB, "User.Read").get(&delta).await.error(403, "accessDenied");
    server.anonymous().get(&delta).await.error(401, "InvalidAuthenticationToken");
}

#[tokio::test]
async fn p18_who_loses_or_gains_something_begins_anew() {
    let server = TestServer::start().await;
    let bob = server.bob();
    let (ids, delta) = shared(&server).await;
    for (item, is_cut_off, names_now) in [
        (&ids[4], true, vec!["D", "a.txt"]),
        (&ids[4], false, vec!["D", "a.txt", "b", "c.txt"]),
        (&ids[2], false, vec!["D", "a.txt", "b", "c.txt", "s.txt", "secret"]),
    ] {
        let link = latest(&bob, &delta).await;
        cut_off(&server, item, is_cut_off).await;
        put(&server.alice(), "D/b/c.txt", &format!("{is_cut_off}")).await;
        let answer = bob.get(&link).await;
        let error = answer.error(410, "resyncRequired");
        assert_eq!(error["innerError"]["code"], "resyncChangesApplyDifferences");
        assert!(!answer.text().contains("c.txt"));
        let (told, _) = enumerate(&bob, answer.header("location")).await;
        let mut found = names(&told);
        found.sort_unstable();
        assert_eq!(found, names_now);
    }
    // Who follows the drive itself and owns it is told all the time.
    let (_, mut link) = enumerate(&server.alice(), ROOT).await;
    cut_off(&server, &ids[2], true).await;
    put(&server.alice(), "D/secret/s.txt", "again").await;
    assert_eq!(names(&since(&server.alice(), &mut link).await), ["root", "D", "secret", "s.txt"]);
}

#[tokio::test]
async fn p18_a_right_that_is_lost_ends_the_feed() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    let ids = plant(&alice, &["D/", "D/a.txt"]).await;
    let grant = server.grant(&format!("/{}", ids[0]), BOB, Role::Read).await;
    let delta = format!("{}/items/{}/delta", drive(&server), ids[0]);
    let link = latest(&bob, &delta).await;
    server.withdraw(&grant).await;
    put(&alice, "D/a.txt", "new").await;
    bob.get(&link).await.error(404, "itemNotFound");
    // Somebody else's link doesn't help, be it an owner's.
    bob.get(&latest(&alice, &format!("{}/delta", by_id(&ids[0]))).await).await.error(404, "itemNotFound");
    server.grant(&format!("/{}", ids[0]), BOB, Role::Read).await;
    let owners = latest(&alice, &format!("{}/delta", by_id(&ids[0]))).await;
    bob.get(&owners).await.error(410, "resyncRequired");
}

/// What leaves for a place out of reach is gone; what it is called there isn't told.
#[tokio::test]
async fn p18_what_moves_out_of_reach_is_gone_by_its_old_name() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    let (ids, delta) = shared(&server).await;
    let (told, mut link) = enumerate(&bob, &delta).await;
    let mut replica = Replica::of(&ids[0]);
    replica.apply(&told);
    move_to(&alice, &ids[5], &ids[6], "plans.txt").await.expect(200);
    move_to(&alice, &ids[1], &ids[2], "hidden.txt").await.expect(200);
    let answer = bob.get(&link).await.expect(200);
    assert!(!answer.text().contains("plans") && !answer.text().contains("hidden"), "{}", answer.text());
    let changes = since(&bob, &mut link).await;
    for (item, name) in [(&ids[5], "c.txt"), (&ids[1], "a.txt")] {
        let gone = find(&changes, item).unwrap();
        assert!(gone["deleted"].is_object() && gone["name"] == name, "{gone}");
    }
    replica.apply(&changes);
    assert_eq!(replica.tree(), tree(&bob, &drive(&server), &ids[0]).await);
    // From there it comes back with another name, and is told as what it is.
    move_to(&alice, &ids[5], &ids[4], "back.txt").await.expect(200);
    replica.apply(&since(&bob, &mut link).await);
    assert_eq!(replica.tree(), tree(&bob, &drive(&server), &ids[0]).await);
    // What was deleted in a folder before it came is nobody's business here.
    let more = plant(&alice, &["E/private/", "E/private/x/", "E/private/x/divorce.txt", "E/private/open.txt"]).await;
    alice.delete(&by_id(&more[1])).await.expect(204);
    alice.delete(&by_id(&more[3])).await.expect(204);
    move_to(&alice, &more[0], &ids[0], "private").await.expect(200);
    let answer = bob.get(&link).await;
    assert!(!answer.text().contains("divorce") && !answer.text().contains(&more[1]), "{}", answer.text());
    assert!(!answer.text().contains("open.txt"), "{}", answer.text());
}

#[tokio::test]
async fn p18_by_way_of_a_link_its_subtree_is_followed_and_nothing_above_is_told() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    let (ids, _) = shared(&server).await;
    let shown = view(&alice, "D").await;
    let (told, link) = enumerate(&stranger, &shown.graph("/delta?$top=1")).await;
    let mut link = link.replace("&$top=1", "");
    assert!(link.contains(&format!("/shares/{}/items/{}/delta?token=", shown.share_id, ids[0])), "{link}");
    let mut found = names(&told);
    found.sort_unstable();
    assert_eq!(found, ["D", "a.txt", "b", "c.txt"]);
    assert!(told[0]["parentReference"].get("id").is_none() && told[0]["parentReference"].get("path").is_none());
    let root = id(&alice.get("/v1.0/me/drive/root").await.json());
    assert!(told.iter().all(|item| !item.to_string().contains(&root)));
    put(&alice, "D/b/c.txt", "changed").await;
    put(&alice, "D/secret/s.txt", "changed").await;
    put(&alice, "E/e.txt", "changed").await;
    alice.delete(&by_id(&ids[1])).await.expect(204);
    let changes = since(&stranger, &mut link).await;
    assert_eq!(names(&changes), ["D", "b", "c.txt", "a.txt"]);
    assert_eq!(changes[3]["parentReference"]["id"], ids[0]);
    assert!(!changes[3].to_string().contains(&root));
    let part = format!("/v1.0/shares/{}/items/{}/delta", shown.share_id, ids[4]);
    assert_eq!(names(&enumerate(&stranger, &part).await.0), ["b", "c.txt"]);
    for hidden in [&ids[2], &ids[3], &ids[6], &root] {
        let url = format!("/v1.0/shares/{}/items/{hidden}/delta", shown.share_id);
        stranger.get(&url).await.error(404, "itemNotFound");
    }
    // Of another link the token is none of the feed's.
    let other = edit(&alice, "E").await;
    let token = link.split("token=").nth(1).unwrap();
    stranger.get(&other.graph(&format!("/delta?token={token}"))).await.error(400, "invalidRequest");
    crate::steps::revoke(&alice, "D", &shown).await;
    stranger.get(&link).await.error(404, "itemNotFound");
    let drop = self::link(&alice, "E", json!({"type": "createOnly", "scope": "anonymous"})).await;
    let answer = stranger.get(&drop.graph("/delta")).await;
    assert!(answer.status.is_client_error() && !answer.text().contains("e.txt"), "{}", answer.text());
}

/// A page that finds nothing in many looks still has something to say: clients take an empty one for the end.
#[tokio::test]
async fn item_05_a_page_that_goes_on_is_never_empty() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let ids = plant(&alice, &["D/", "E/"]).await;
    let (_, link) = enumerate(&alice, &format!("{}/delta", by_id(&ids[0]))).await;
    let drive = server.person(ALICE).drive.id.clone();
    let elsewhere = ItemId::parse(&ids[1]).unwrap();
    for batch in 0..11_u32 {
        let ids: Vec<ItemId> = (0..500).map(|_| ItemId::from_uuid(server.app.new_id())).collect();
        let (drive, now) = (drive.clone(), server.app.clock.now());
        server
            .app
            .db
            .write(move |tx| {
                ids.iter().enumerate().try_for_each(|(at, id)| {
                    tx.insert_item(&driveway_storage::NewItem {
                        id: *id,
                        drive: drive.clone(),
                        parent: elsewhere,
                        name: format!("{batch}-{at}"),
                        name_key: format!("{batch}-{at}"),
                        facet: driveway_storage::NewFacet::Folder,
                        author_user: None,
                        author_application: None,
                        created_at: now,
                        file_system_created_at: now,
                        file_system_modified_at: now,
                    })
                })
            })
            .await
            .unwrap();
    }
    plant(&alice, &["D/a.txt"]).await;
    let first = alice.get(&link).await.expect(200).json();
    assert_eq!(names(&items(&first)), ["D"], "the folder itself, where nothing was found yet");
    let (rest, _) = enumerate(&alice, first["@odata.nextLink"].as_str().unwrap()).await;
    assert_eq!(names(&rest).iter().filter(|name| **name == "a.txt").count(), 1);
    let (told, _) = enumerate(&alice, &format!("{}/delta?$top=1000", by_id(&ids[1]))).await;
    assert_eq!(told.len(), 5501);
}
