//! Copies: answered at once, watched without a token, and worth no more than the rights behind them at any moment.

use driveway::auth::token::Subject;
use driveway::ops::Credentials;
use driveway::ops::copy::{self, NewCopy};
use driveway::ops::item::NewParent;
use driveway_core::address::{DriveKey, ItemAddress, Start};
use driveway_core::id::ItemId;
use driveway_core::name::ConflictBehavior;
use driveway_core::permission::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{bytes, versions};
use crate::steps::{at, edit, id, link, names, put, restarted, view};
use crate::support::sharing::{ALICE, BOB, PAT};
use crate::support::{Actor, Answer, TestServer};

async fn copy(actor: &Actor, item: &str, body: Value) -> Answer {
    actor.post(&format!("{item}/copy"), &body).await
}

/// Where a copy that has begun can be watched.
fn monitor(answer: &Answer) -> String {
    assert_eq!((answer.status.as_u16(), answer.body.len()), (202, 0), "{}", answer.text());
    let url = answer.header("location").to_owned();
    assert!(url.starts_with("http://driveway.test/monitor/"), "{url}");
    url
}

/// What a copy came to, once all that is under way has ended.
async fn ended(server: &TestServer, answer: &Answer) -> Value {
    let url = monitor(answer);
    copy::work_through(&server.app).await.unwrap();
    server.anonymous().get(&url).await.expect(200).json()
}

async fn completed(server: &TestServer, answer: &Answer) -> String {
    let told = ended(server, answer).await;
    assert_eq!((&told["status"], &told["percentageComplete"]), (&json!("completed"), &json!(100)), "{told}");
    assert_eq!(told["operation"], "itemCopy");
    told["resourceId"].as_str().unwrap().to_owned()
}

async fn listed(actor: &Actor, folder: &str) -> Vec<String> {
    names(&actor.get(&format!("{folder}/children")).await.expect(200).json())
}

async fn sound(server: &TestServer) {
    assert_eq!(server.app.db.read(|tx| tx.check()).await.unwrap(), vec![]);
}

fn place(server: &TestServer, person: &str, item: &str) -> String {
    format!("/v1.0/drives/{}/items/{item}", server.person(person).drive.id)
}

#[tokio::test]
async fn item_04_a_copy_is_answered_at_once_and_watched_without_a_token() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let file = put(&alice, "Box/a.txt", "bytes").await;
    let begun = copy(&alice, &at("Box/a.txt"), json!({"name": "b.txt"})).await;
    let made = completed(&server, &begun).await;
    let told = server.anonymous().get(&monitor(&begun)).await.expect(200).json();
    let made_at = told["resourceLocation"].as_str().unwrap();
    assert_eq!(alice.get(made_at).await.expect(200).json()["name"], "b.txt");
    assert_ne!(made, id(&file));
    assert_eq!(bytes(&alice, &format!("{}/content", at("Box/b.txt"))).await, "bytes");
    let (from, to) = (alice.get(&at("Box/a.txt")).await.json(), alice.get(&at("Box/b.txt")).await.json());
    assert_eq!((&from["file"], &from["fileSystemInfo"]), (&to["file"], &to["fileSystemInfo"]));

    // As rclone and the SDKs send it, to another folder, with the behaviour in the query.
    put(&alice, "There/x.txt", "x").await;
    let there = id(&alice.get(&at("There")).await.expect(200).json());
    let body =
        json!({"name": "a.txt", "parentReference": {"driveId": server.person(ALICE).drive.id.as_str(), "id": there}});
    let url = format!("{}/copy?@microsoft.graph.conflictBehavior=replace", at("Box/a.txt"));
    let begun = alice.with("prefer", "respond-async").post(&url, &body).await;
    completed(&server, &begun).await;
    assert_eq!(listed(&alice, &at("There")).await, ["a.txt", "x.txt"]);

    // The URL is a secret, tells no name, and ends.
    assert!(!server.anonymous().get(&monitor(&begun)).await.text().contains("a.txt"));
    let url = monitor(&begun);
    server.anonymous().get(&format!("{url}x")).await.error(404, "itemNotFound");
    server.anonymous().get("/monitor/x").await.error(404, "itemNotFound");
    server.anonymous().post(&url, &json!({})).await.error(405, "notAllowed");
    server.advance(jiff::SignedDuration::from_hours(24 * 8));
    driveway::jobs::once(&server.app).await;
    server.anonymous().get(&url).await.error(404, "itemNotFound");
    sound(&server).await;
}

/// LINK-10: copies take no links along.
#[tokio::test]
async fn item_04_amb_27_a_tree_is_copied_without_its_links_and_permissions() {
    let server = TestServer::start().await;
    let (alice, bob, stranger) = (server.alice(), server.bob(), server.anonymous());
    for name in ["a.txt", "Deep/b.txt", "Deep/Deeper/c.txt"] {
        put(&alice, &format!("Box/{name}"), name).await;
    }
    put(&alice, "Open/x.txt", "x").await;
    let granted = place(&server, ALICE, &id(&alice.get(&at("Box/Deep")).await.json()));
    server.grant(&granted, BOB, Role::Write).await;
    let on_source = view(&alice, "Box/Deep").await;
    let on_target = view(&alice, "Open").await;
    let cut = json!({"type": "view", "scope": "organization", "retainInheritedPermissions": false});
    link(&alice, "Box/Deep/Deeper", cut).await;
    let drive = &server.person(ALICE).drive.id;
    let body = json!({"parentReference": {"path": format!("/drives/{drive}/root:/Open")}, "name": "Copied"});
    let made = completed(&server, &copy(&alice, &at("Box"), body).await).await;

    assert_eq!(bytes(&alice, &format!("{}/content", at("Open/Copied/Deep/Deeper/c.txt"))).await, "Deep/Deeper/c.txt");
    let item = alice.get(&at("Open/Copied")).await.expect(200).json();
    assert_eq!((id(&item), &item["size"]), (made, &alice.get(&at("Box")).await.json()["size"]));
    for copied in ["Open/Copied", "Open/Copied/Deep", "Open/Copied/Deep/Deeper"] {
        let all = alice.permissions(&at(copied)).await;
        assert!(all.iter().all(|permission| permission["inheritedFrom"].is_object()), "{copied}: {all:?}");
    }
    // It inherits from where it is now, all the way down: the cut didn't travel.
    let deep = id(&alice.get(&at("Open/Copied/Deep/Deeper/c.txt")).await.json());
    stranger.get(&on_target.below(&deep)).await.expect(200);
    stranger.get(&on_source.below(&deep)).await.expect(404);
    bob.get(&place(&server, ALICE, &deep)).await.error(404, "itemNotFound");
    sound(&server).await;
}

#[tokio::test]
async fn item_04_names_that_are_taken_fail_are_replaced_or_give_way() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "a.txt", "a").await;
    let taken = put(&alice, "b.txt", "b").await;
    let shared = view(&alice, "b.txt").await;
    put(&alice, "Box/x.txt", "x").await;
    copy(&alice, &at("a.txt"), json!({})).await.error(409, "nameAlreadyExists");
    copy(&alice, &at("a.txt"), json!({"name": "B.TXT"})).await.error(409, "nameAlreadyExists");
    for folder in [json!({"name": "a.txt"}), json!({"name": "a.txt", "@microsoft.graph.conflictBehavior": "replace"})] {
        copy(&alice, &at("Box"), folder).await.error(409, "nameAlreadyExists");
    }
    let itself = json!({"@microsoft.graph.conflictBehavior": "replace"});
    copy(&alice, &at("a.txt"), itself).await.error(409, "nameAlreadyExists");
    let rename = json!({"@microsoft.graph.conflictBehavior": "rename"});
    completed(&server, &copy(&alice, &at("a.txt"), rename).await).await;
    alice.get(&at("a 1.txt")).await.expect(200);
    let replace = json!({"name": "b.txt", "@microsoft.graph.conflictBehavior": "replace"});
    let made = completed(&server, &copy(&alice, &at("a.txt"), replace).await).await;
    assert_eq!(id(&alice.get(&at("b.txt")).await.json()), made);
    // What was replaced is in the recycle bin, and its link doesn't open what took its place.
    server.anonymous().get(&shared.page()).await.expect(404);
    let restored = json!({"name": "old b.txt"});
    let item = place(&server, ALICE, &id(&taken));
    alice.post(&format!("{item}/restore"), &restored).await.expect(200);
    server.anonymous().get(&shared.page()).await.expect(200);
    sound(&server).await;
}

#[tokio::test]
async fn item_04_what_is_wrong_is_refused_before_anything_is_made() {
    let server = TestServer::start_with(|config| config.limits.drive_bytes = 1_000_000).await;
    let (alice, pat) = (server.alice(), server.pat());
    put(&alice, "Box/Deep/a.txt", "a").await;
    let inside = id(&alice.get(&at("Box/Deep")).await.json());
    let file = id(&alice.get(&at("Box/Deep/a.txt")).await.json());
    let before = listed(&alice, "/v1.0/me/drive/root").await;
    for (body, status, target) in [
        (json!({"name": "a/b"}), 400, "name"),
        (json!({"name": ""}), 400, "name"),
        (json!({"parentReference": {"id": inside}}), 400, "parentReference"),
        (json!({"parentReference": {"id": file}}), 400, "parentReference"),
        (json!({"parentReference": {"id": "nothing"}}), 404, "parentReference"),
        (json!({"parentReference": {"driveId": server.person(PAT).drive.id.as_str()}}), 404, "parentReference"),
        (json!({"childrenOnly": "yes"}), 400, "childrenOnly"),
        (json!({"childrenOnly": true, "name": "x", "parentReference": {"path": "/drive/root:"}}), 400, "name"),
        (json!({"to": "there"}), 400, "to"),
        (json!({"@microsoft.graph.conflictBehavior": "merge"}), 400, "@microsoft.graph.conflictBehavior"),
    ] {
        let answer = copy(&alice, &at("Box"), body.clone()).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["error"]["target"]), (status, &json!(target)), "{body}");
    }
    copy(&alice, &at("Box/Deep/a.txt"), json!({"childrenOnly": true})).await.error(400, "invalidRequest");
    let root = json!({"parentReference": {"id": inside}});
    copy(&alice, "/v1.0/me/drive/root", root).await.error(400, "invalidRequest");
    alice.put(&format!("{}/content", at("Box/big")), vec![0_u8; 600_000]).await.expect(201);
    copy(&alice, &at("Box"), json!({"name": "More"})).await.error(507, "quotaLimitReached");
    assert_eq!(listed(&alice, "/v1.0/me/drive/root").await, before);
    pat.get("/v1.0/me/drive").await.expect(200);
    sound(&server).await;
}

#[tokio::test]
async fn item_04_children_only_and_versions_and_other_drives() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    put(&alice, "Box/a.txt", "one").await;
    put(&alice, "Box/a.txt", "two").await;
    put(&alice, "Box/Deep/b.txt", "b").await;
    let group = &server.demo.group.id;
    let body = json!({"childrenOnly": true, "parentReference": {"driveId": group.as_str(), "id": "root"}});
    let with_versions = json!({"includeAllVersionHistory": true, "parentReference": {"driveId": group.as_str(), "id": "root"}, "name": "Whole"});
    completed(&server, &copy(&alice, &at("Box"), body.clone()).await).await;
    completed(&server, &copy(&alice, &at("Box"), with_versions).await).await;
    let root = format!("/v1.0/drives/{group}/root");
    let there = listed(&bob, &root).await;
    for name in ["a.txt", "Deep", "Whole"] {
        assert!(there.contains(&name.to_owned()), "{there:?}");
    }
    assert_eq!(versions(&bob, &format!("{root}:/a.txt:")).await, ["1.0"]);
    assert_eq!(versions(&bob, &format!("{root}:/Whole/a.txt:")).await, ["2.0", "1.0"]);
    assert_eq!(bytes(&bob, &format!("{root}:/Whole/a.txt:/versions/1.0/content")).await, "one");
    // A second time the names are taken; it says so where it is watched, and what is there stays.
    let failed = ended(&server, &copy(&alice, &at("Box"), body).await).await;
    assert_eq!((&failed["status"], &failed["errorCode"]), (&json!("failed"), &json!("nameAlreadyExists")));
    sound(&server).await;
}

#[tokio::test]
async fn item_04_p03_by_way_of_a_link_only_what_it_reaches_is_copied() {
    let server = TestServer::start().await;
    let (alice, bob, stranger) = (server.alice(), server.bob(), server.anonymous());
    put(&alice, "Box/a.txt", "a").await;
    put(&alice, "Box/Cut/secret.txt", "s").await;
    link(&alice, "Box/Cut", json!({"type": "view", "scope": "organization", "retainInheritedPermissions": false}))
        .await;
    let shared = view(&alice, "Box").await;
    let home = server.person(BOB).drive.id.clone();
    let body = json!({"name": "Mine", "parentReference": {"driveId": home.as_str(), "id": "root"}});
    stranger.post(&shared.graph("/copy"), &body).await.error(401, "InvalidAuthenticationToken");
    bob.post(&shared.graph("/copy"), &json!({"name": "Mine"})).await.error(400, "invalidRequest");
    let begun = bob.post(&shared.graph("/copy"), &body).await;
    completed(&server, &begun).await;
    assert_eq!(listed(&bob, &at("Mine")).await, ["a.txt"]);
    // A link that only lets look lets nobody copy (AMB-38).
    let looking = link(&alice, "Box", json!({"type": "blocksDownload", "scope": "anonymous"})).await;
    bob.post(&looking.graph("/copy"), &body).await.error(403, "accessDenied");
    // Nor one whose downloads are counted: a copy would be one that isn't.
    let counted = view(&alice, "Box/a.txt").await;
    let limit = json!({"maximumDownloads": 1});
    alice.patch(&format!("/driveway/v1/links/{}", counted.id), &limit).await.expect(200);
    bob.post(&counted.graph("/copy"), &body).await.error(403, "accessDenied");
    // Nor does reading let write where it was read.
    let drive = server.person(ALICE).drive.id.clone();
    let back = json!({"name": "Mine", "parentReference": {"driveId": drive.as_str(), "id": "root"}});
    bob.post(&shared.graph("/copy"), &back).await.error(404, "itemNotFound");
    let writable = edit(&alice, "Box").await;
    bob.post(&writable.graph("/copy"), &back).await.error(404, "itemNotFound");
    sound(&server).await;
}

/// A copy of alice's `Box` to her root as `Copy`, begun and not gone on with.
async fn begin(server: &TestServer, who: &str, source: &str, target: &str) -> Uuid {
    let user = server.person(who).user.clone();
    let now = server.app.clock.now();
    let scopes = "Files.ReadWrite.All";
    let token = server
        .app
        .tokens
        .mint(user.tenant, server.application_id(0), Subject::User(user.id), scopes, now, 3600)
        .unwrap();
    let bearer = Some(server.app.tokens.verify(&token, now).unwrap());
    let credentials = Credentials { bearer, ..Credentials::default() };
    let drive = DriveKey::Id(server.person(ALICE).drive.id.as_str().to_owned());
    let address = ItemAddress { drive, start: Start::Id(source.to_owned()), path: Vec::new() };
    let new = NewCopy {
        name: Some("Copy".into()),
        parent: Some(NewParent::Id(target.to_owned())),
        parent_drive: Some(server.person(who).drive.id.clone()),
        conflict: ConflictBehavior::Fail,
        children_only: false,
        versions: false,
    };
    let ids = (server.app.entropy.opaque_id(), ItemId::from_uuid(server.app.new_id()));
    server.app.db.write(move |tx| copy::begin(tx, &credentials, &address, &new, ids, now)).await.unwrap();
    ids.0
}

/// A folder of so many files, and its id.
async fn wide(alice: &Actor, files: usize) -> String {
    put(alice, "Box/Sub/last.txt", "x").await;
    for n in 0..files {
        put(alice, &format!("Box/{n:03}.txt"), "x").await;
    }
    id(&alice.get(&at("Box")).await.expect(200).json())
}

async fn progress(server: &TestServer, operation: Uuid) -> (String, i64) {
    let found = server.app.db.read(move |tx| tx.progress(operation)).await.unwrap().unwrap();
    (found.status.as_str().to_owned(), found.percentage())
}

#[tokio::test]
async fn item_04_a_copy_goes_on_after_a_restart_with_nothing_twice_and_nothing_missing() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let source = wide(&alice, 150).await;
    let operation = begin(&server, ALICE, &source, "root").await;
    assert_eq!(progress(&server, operation).await.0, "inProgress");
    assert!(copy::step(&server.app, operation).await.unwrap());
    let secret = server.app.seal.seal(driveway_core::seal::Purpose::Operation, operation.as_bytes());
    let told = server.anonymous().get(&format!("/monitor/{secret}")).await.expect(202).json();
    let percentage = told["percentageComplete"].as_i64().unwrap();
    assert_eq!(told["status"], "inProgress");
    assert!((50..100).contains(&percentage), "{told}");
    assert!(told.get("resourceId").is_none());

    // Another run of the server, on the same data, goes on where the first one was.
    let (app, _) = restarted(&server).await;
    copy::work_through(&app).await.unwrap();
    assert_eq!(progress(&server, operation).await, ("completed".to_owned(), 100));
    let (from, to) = (alice.get(&at("Box")).await.json(), alice.get(&at("Copy")).await.json());
    assert_eq!((&from["folder"], &from["size"]), (&to["folder"], &to["size"]));
    alice.get(&at("Copy/Sub/last.txt")).await.expect(200);
    sound(&server).await;
}

#[tokio::test]
async fn p10_a_right_that_is_lost_on_the_way_ends_the_copy() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let source = wide(&alice, 150).await;
    let granted = server.grant(&place(&server, ALICE, &source), BOB, Role::Read).await;
    for lost in ["grant", "account"] {
        let target = put(&server.bob(), &format!("{lost}/x.txt"), "x").await;
        let folder = target["parentReference"]["id"].as_str().unwrap().to_owned();
        let operation = begin(&server, BOB, &source, &folder).await;
        assert!(copy::step(&server.app, operation).await.unwrap());
        match lost {
            "account" => server.set_enabled(BOB, false).await,
            _ => server.withdraw(&granted).await,
        }
        assert!(!copy::step(&server.app, operation).await.unwrap());
        assert_eq!(progress(&server, operation).await.0, "failed", "{lost}");
        assert!(!copy::step(&server.app, operation).await.unwrap());
        server.set_enabled(BOB, true).await;
        // What was copied while the right was there stays.
        let copied = server.bob().get(&at(&format!("{lost}/Copy"))).await.expect(200).json();
        assert_eq!(copied["folder"]["childCount"], 100);
        server.grant(&place(&server, ALICE, &source), BOB, Role::Read).await;
    }
    sound(&server).await;
}

#[tokio::test]
async fn item_04_of_one_caller_only_so_many_are_under_way() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let source = wide(&alice, 1).await;
    for n in 0..20 {
        let target = put(&alice, &format!("To{n}/x.txt"), "x").await;
        begin(&server, ALICE, &source, target["parentReference"]["id"].as_str().unwrap()).await;
    }
    let refused = copy(&alice, &at("Box"), json!({"name": "One too many"})).await;
    refused.error(429, "activityLimitReached");
    assert_eq!(refused.header("retry-after"), "5");
    copy::work_through(&server.app).await.unwrap();
    completed(&server, &copy(&alice, &at("Box"), json!({"name": "Now"})).await).await;
}
