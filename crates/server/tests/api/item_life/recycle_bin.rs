//! The recycle bin, and deleting for good.

use driveway_core::id::PermissionId;
use driveway_core::permission::Role;
use serde_json::{Value, json};

use crate::steps::{at, id, link_at, names, put, view};
use crate::support::sharing::{ALICE, BOB, PAT};
use crate::support::{Actor, TestServer};

fn item_of(server: &TestServer, item: &Value) -> String {
    format!("/v1.0/drives/{}/items/{}", server.person(ALICE).drive.id, id(item))
}

async fn restore(actor: &Actor, item: &str, body: Value) -> crate::support::Answer {
    actor.post(&format!("{item}/restore"), &body).await
}

fn bin(server: &TestServer) -> String {
    format!("/driveway/v1/drives/{}/recycleBin", server.person(ALICE).drive.id)
}

async fn sound(server: &TestServer) {
    assert_eq!(server.app.db.read(|tx| tx.check()).await.unwrap(), vec![]);
}

/// LINK-12: a link survives the recycle bin.
#[tokio::test]
async fn amb_28_item_08_what_is_restored_has_its_links_and_permissions_again() {
    let server = TestServer::start().await;
    let (alice, bob, stranger) = (server.alice(), server.bob(), server.anonymous());
    let file = put(&alice, "Box/plan.txt", "x").await;
    let folder = item_of(&server, &alice.get(&at("Box")).await.expect(200).json());
    let file = item_of(&server, &file);
    let (shared, below) = (view(&alice, "Box/plan.txt").await, view(&alice, "Box").await);
    let revoked = link_at(&alice, &file, json!({"type": "edit", "scope": "anonymous"})).await;
    let expiring = json!({"type": "view", "scope": "organization", "expirationDateTime": "2026-11-23T13:00:00Z"});
    let expiring = link_at(&alice, &file, expiring).await;
    server.grant(&folder, BOB, Role::Read).await;
    alice.delete(&format!("{file}/permissions/{}", revoked.id)).await.expect(204);

    alice.delete(&folder).await.expect(204);
    for dead in [shared.page(), below.page(), below.below(&id(&json!({"id": "x"}))), shared.graph("")] {
        stranger.get(&dead).await.expect(404);
    }
    alice.get(&file).await.error(404, "itemNotFound");
    bob.get(&file).await.error(404, "itemNotFound");
    server.advance(jiff::SignedDuration::from_hours(2));
    let (alice, bob) = (server.alice(), server.bob());
    let restored = restore(&alice, &folder, json!({})).await.expect(200).json();
    assert_eq!((restored["name"].as_str(), folder.ends_with(&id(&restored))), (Some("Box"), true));

    assert_eq!(stranger.get(&format!("{}?download=1", shared.page())).await.expect(200).text(), "x");
    stranger.get(&below.page()).await.expect(200);
    bob.get(&file).await.expect(200);
    // Time has gone on, and what was revoked stays so.
    bob.get(&expiring.graph("")).await.error(404, "itemNotFound");
    stranger.get(&revoked.page()).await.expect(404);
    sound(&server).await;
}

#[tokio::test]
async fn item_08_restore_takes_a_name_and_a_place_and_settles_conflicts() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let file = item_of(&server, &put(&alice, "a.txt", "first").await);
    put(&alice, "Box/inside.txt", "x").await;
    alice.delete(&file).await.expect(204);
    let second = put(&alice, "a.txt", "second").await;
    restore(&alice, &file, json!({})).await.error(409, "nameAlreadyExists");
    for (body, status, target) in [
        (json!({"name": "a/b"}), 400, "name"),
        (json!({"name": ""}), 400, "name"),
        (json!({"parentReference": {"id": "nothing"}}), 404, "parentReference"),
        (json!({"parentReference": {"id": id(&second)}}), 400, "parentReference"),
        (json!({"parentReference": {"driveId": server.demo.group.id.as_str(), "id": "root"}}), 400, "parentReference"),
        (json!({"where": "there"}), 400, "where"),
    ] {
        let answer = restore(&alice, &file, body.clone()).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["error"]["target"]), (status, &json!(target)), "{body}");
    }
    alice.get(&file).await.error(404, "itemNotFound");
    let drive = &server.person(ALICE).drive.id;
    let body = json!({"name": "b.txt", "parentReference": {"path": format!("/drives/{drive}/root:/Box")}});
    let restored = restore(&alice, &file, body).await.expect(200).json();
    assert_eq!((restored["name"].as_str(), restored["parentReference"]["name"].as_str()), (Some("b.txt"), Some("Box")));
    restore(&alice, &file, json!({})).await.error(400, "invalidRequest");
    alice.delete(&file).await.expect(204);
    let renamed = json!({"name": "inside.txt", "@microsoft.graph.conflictBehavior": "rename"});
    assert_eq!(restore(&alice, &file, renamed).await.expect(200).json()["name"], "inside 1.txt");

    // A folder that is gone itself can't take anything back; another one can.
    alice.delete(&file).await.expect(204);
    alice.delete(&at("Box")).await.expect(204);
    assert_eq!(restore(&alice, &file, json!({})).await.error(404, "itemNotFound")["target"], "parentReference");
    restore(&alice, &file, json!({"parentReference": {"id": "root"}})).await.expect(200);
    assert!(
        names(&alice.get("/v1.0/me/drive/root/children").await.expect(200).json()).contains(&"inside 1.txt".into())
    );
    sound(&server).await;
}

#[tokio::test]
async fn item_08_only_who_may_write_there_restores() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    let file = put(&alice, "Box/plan.txt", "x").await;
    let folder = item_of(&server, &alice.get(&at("Box")).await.expect(200).json());
    let (file, drive) = (item_of(&server, &file), server.person(ALICE).drive.id.clone());
    let link = link_at(&alice, &folder, json!({"type": "edit", "scope": "anonymous"})).await;
    let reader = server.grant(&folder, BOB, Role::Read).await;
    alice.delete(&file).await.expect(204);
    for (who, item) in [
        (&bob, file.clone()),
        (&server.pat(), file.clone()),
        (
            &server.anonymous(),
            link.graph("").replace("driveItem", &format!("items/{}", file.rsplit('/').next().unwrap())),
        ),
    ] {
        restore(who, &item, json!({})).await.error(404, "itemNotFound");
        who.post(&format!("{item}/permanentDelete"), &json!({})).await.error(404, "itemNotFound");
    }
    server.withdraw(&reader).await;
    let direct = server.grant(&file, BOB, Role::Write).await;
    restore(&bob, &file, json!({})).await.error(404, "itemNotFound");
    server.withdraw(&direct).await;
    server.grant(&folder, BOB, Role::Write).await;
    bob.get(&format!("/driveway/v1/drives/{drive}/recycleBin")).await.error(404, "itemNotFound");
    restore(&bob, &file, json!({})).await.expect(200);
    // A link doesn't delete for good, and the right to write does.
    let by_link = link.graph(":/plan.txt:/permanentDelete");
    server.anonymous().post(&by_link, &json!({})).await.error(403, "accessDenied");
    bob.post(&format!("{file}/permanentDelete"), &json!({})).await.expect(204);
    restore(&alice, &file, json!({})).await.error(404, "itemNotFound");
}

#[tokio::test]
async fn item_08_amb_28_permanent_delete_takes_everything_and_dead_links_stay_dead() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    put(&alice, "Box/Deep/a.txt", "old").await;
    let file = item_of(&server, &put(&alice, "Box/Deep/a.txt", "new").await);
    let folder = item_of(&server, &alice.get(&at("Box")).await.expect(200).json());
    let (one, two) = (view(&alice, "Box/Deep/a.txt").await, view(&alice, "Box").await);
    let never = view(&alice, "Welcome.txt").await;
    alice.delete(&format!("{}/permissions/{}", at("Welcome.txt"), never.id)).await.expect(204);
    let used = |drive: Value| drive["quota"]["used"].as_i64().unwrap();
    let before = used(alice.get("/v1.0/me/drive").await.expect(200).json());

    alice.post(&format!("{folder}/permanentDelete"), &json!({})).await.expect(204);
    assert_eq!(used(alice.get("/v1.0/me/drive").await.expect(200).json()), before - 3);
    for item in [&file, &folder] {
        alice.get(item).await.error(404, "itemNotFound");
        restore(&alice, item, json!({})).await.error(404, "itemNotFound");
        alice.post(&format!("{item}/permanentDelete"), &json!({})).await.error(404, "itemNotFound");
    }
    // P16: a dead link is like any other; P24: its token opens nothing that is made later.
    let revoked = stranger.get(&never.page()).await.expect(404);
    for link in [&one, &two] {
        let dead = stranger.get(&link.page()).await.expect(404);
        assert_eq!(dead.text().replace(&link.token, ""), revoked.text().replace(&never.token, ""));
        stranger.get(&link.graph("")).await.error(404, "itemNotFound");
    }
    put(&alice, "Box/Deep/a.txt", "again").await;
    let anew = view(&alice, "Box/Deep/a.txt").await;
    assert_ne!(anew.token, one.token);
    stranger.get(&one.page()).await.expect(404);
    let gone = PermissionId::parse(&one.id).unwrap();
    let left = server.app.db.read(move |tx| tx.permission(gone)).await.unwrap();
    assert!(left.is_none());
    sound(&server).await;

    // Out of the recycle bin as well; a root stays.
    let file = item_of(&server, &put(&alice, "b.txt", "x").await);
    alice.delete(&file).await.expect(204);
    alice.post(&format!("{file}/permanentDelete"), &json!({})).await.expect(204);
    restore(&alice, &file, json!({})).await.error(404, "itemNotFound");
    alice.post("/v1.0/me/drive/root/permanentDelete", &json!({})).await.error(400, "notSupported");
    let unknown = alice.post(&format!("{}/permanentDelete", at("Welcome.txt")), &json!({"x": 1})).await;
    assert_eq!(unknown.error(400, "invalidRequest")["target"], "x");
    alice.get(&at("Welcome.txt")).await.expect(200);
}

#[tokio::test]
async fn the_recycle_bin_is_listed_for_those_who_may_change_the_drive() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    for name in ["a.txt", "Box/b.txt", "c.txt"] {
        put(&alice, name, "x").await;
        alice.delete(&at(name)).await.expect(204);
        server.advance(jiff::SignedDuration::from_mins(1));
    }
    let page = alice.get(&format!("{}?$top=2", bin(&server))).await.expect(200).json();
    assert_eq!(names(&page), ["c.txt", "b.txt"]);
    let entry = &page["value"][1];
    assert!(entry["parentReference"]["path"].as_str().unwrap().ends_with("root:/Box"), "{entry}");
    assert_eq!((&entry["deletedDateTime"], &entry["size"]), (&json!("2026-11-23T12:01:00Z"), &json!(1)));
    let next = alice.get(page["@odata.nextLink"].as_str().unwrap()).await.expect(200).json();
    assert_eq!((names(&next), next.get("@odata.nextLink")), (vec!["a.txt".to_owned()], None));
    restore(&alice, &item_of(&server, &next["value"][0]), json!({})).await.expect(200);
    assert_eq!(names(&alice.get(&bin(&server)).await.expect(200).json()), ["c.txt", "b.txt"]);

    bob.get(&bin(&server)).await.error(404, "itemNotFound");
    server.pat().get(&bin(&server)).await.error(404, "itemNotFound");
    server.anonymous().get(&bin(&server)).await.error(401, "InvalidAuthenticationToken");
    server.user(ALICE, "User.Read").get(&bin(&server)).await.error(403, "accessDenied");
    for odd in ["$top=0", "$skiptoken=x", "$filter=x"] {
        alice.get(&format!("{}?{odd}", bin(&server))).await.error(400, "invalidRequest");
    }
    alice.post(&bin(&server), &json!({})).await.error(405, "notAllowed");
    assert_eq!(
        server
            .pat()
            .get(&format!("/driveway/v1/drives/{}/recycleBin", server.person(PAT).drive.id))
            .await
            .expect(200)
            .json(),
        json!({"value": []})
    );
}

#[tokio::test]
async fn the_recycle_bin_is_emptied_after_its_days_and_the_bytes_go() {
    let server = TestServer::start_with(|config| config.limits.recycle_bin_days = 30).await;
    let alice = server.alice();
    let old = item_of(&server, &put(&alice, "Box/old.txt", "old bytes").await);
    let folder = item_of(&server, &alice.get(&at("Box")).await.expect(200).json());
    alice.delete(&folder).await.expect(204);
    server.advance(jiff::SignedDuration::from_hours(24 * 20));
    let alice = server.alice();
    let young = item_of(&server, &put(&alice, "young.txt", "young").await);
    alice.delete(&young).await.expect(204);
    driveway::jobs::once(&server.app).await;
    assert_eq!(names(&alice.get(&bin(&server)).await.expect(200).json()), ["young.txt", "Box"]);
    server.advance(jiff::SignedDuration::from_hours(24 * 11));
    let alice = server.alice();
    driveway::jobs::once(&server.app).await;
    assert_eq!(names(&alice.get(&bin(&server)).await.expect(200).json()), ["young.txt"]);
    for gone in [&old, &folder] {
        restore(&alice, gone, json!({})).await.error(404, "itemNotFound");
    }
    restore(&alice, &young, json!({})).await.expect(200);
    sound(&server).await;
}

#[tokio::test]
async fn amb_29_nobody_deletes_for_good_what_they_may_not_change() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    put(&alice, "Ours/Box/secret.txt", "mine alone").await;
    let ours = item_of(&server, &alice.get(&at("Ours")).await.expect(200).json());
    let folder = item_of(&server, &alice.get(&at("Ours/Box")).await.expect(200).json());
    server.grant(&ours, BOB, Role::Write).await;
    let cut = json!({"type": "view", "scope": "organization", "retainInheritedPermissions": false});
    link_at(&alice, &item_of(&server, &alice.get(&at("Ours/Box/secret.txt")).await.json()), cut).await;
    bob.post(&format!("{folder}/permanentDelete"), &json!({})).await.error(403, "accessDenied");
    alice.delete(&folder).await.expect(204);
    bob.post(&format!("{folder}/permanentDelete"), &json!({})).await.error(403, "accessDenied");
    restore(&alice, &folder, json!({})).await.expect(200);
    alice.get(&at("Ours/Box/secret.txt")).await.expect(200);
    alice.post(&format!("{folder}/permanentDelete"), &json!({})).await.expect(204);
    sound(&server).await;
}
