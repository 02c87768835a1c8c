//! `invite` (INV-01 to INV-11, AMB-51 to AMB-53; P13).

use driveway::ops::{directory, provision};
use driveway_core::identity::TenantKind;
use driveway_core::permission::Role;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::sharing::{ADMIN, ALICE, BOB, PAT};
use crate::support::{Actor, Answer, TestServer};

async fn invite(actor: &Actor, item: &str, people: &Value, more: &Value) -> Answer {
    let mut body = json!({ "requireSignIn": true, "sendInvitation": false, "roles": ["read"], "recipients": people });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    actor.post(&format!("{item}/invite"), &body).await
}

fn only(answer: &Answer) -> Value {
    let body = answer.json();
    let permissions = body["value"].as_array().unwrap();
    assert_eq!(permissions.len(), 1, "{body}");
    permissions[0].clone()
}

fn none() -> Value {
    json!({})
}

/// INV-01, INV-05, INV-08, PERM-20: people are named in three ways, get their role at once, and each has a permission.
#[tokio::test]
async fn inv_05_people_get_their_role_at_once() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    server.bob().get(&item).await.error(404, "itemNotFound");
    let before = alice.get(&item).await.json();
    let admin = server.person(ADMIN).user.id.to_string();
    let people = json!([{ "email": "Bob@Harbour.example" }, { "objectId": admin }]);
    let body = invite(&alice, &item, &people, &none()).await.expect(200).json();
    let made = body["value"].as_array().unwrap();
    assert_eq!(made.len(), 2);
    assert_eq!(made[0]["grantedToV2"]["user"]["email"], BOB);
    assert_eq!(made[0]["grantedTo"], made[0]["grantedToV2"]);
    assert_eq!(made[0]["invitation"]["invitedBy"]["user"]["displayName"], "Alice Harbour");
    assert_eq!(
        (&made[0]["invitation"]["email"], &made[0]["invitation"]["signInRequired"]),
        (&json!(BOB), &json!(true))
    );
    assert!(made.iter().all(|permission| permission["roles"] == json!(["read"]) && permission.get("link").is_none()));
    for actor in [server.bob(), server.admin()] {
        actor.get(&item).await.expect(200).json();
        actor.put(&format!("{item}/content"), "x").await.error(403, "accessDenied");
    }
    let listed = alice.permissions(&item).await;
    assert!(made.iter().all(|permission| listed.contains(permission)), "{listed:?}");
    // Who is invited sees their own and no other.
    assert_eq!(server.bob().permissions(&item).await, [made[0].clone()]);
    assert_eq!(alice.get(&item).await.json()["eTag"], before["eTag"]);
    let alias = invite(&alice, &item, &json!([{ "alias": "bob" }]), &none()).await;
    assert_eq!(only(&alias.expect(200))["id"], made[0]["id"]);
}

/// A group is invited by its id, and its members get the role.
#[tokio::test]
async fn inv_05_a_group_is_invited_by_id() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let id = alice.permissions(&server.item_in(&server.demo.group, "Welcome.txt")).await;
    let group = id[0]["grantedToV2"]["group"]["id"].clone();
    let made = only(&invite(&alice, &item, &json!([{ "objectId": group }]), &none()).await.expect(200));
    assert_eq!((&made["grantedToV2"]["group"]["id"], made["invitation"].get("email")), (&group, None));
    server.bob().get(&item).await.expect(200).json();
}

/// INV-05: who has as much keeps it, who has less is raised, nobody is lowered; the permission stays the same one.
#[tokio::test]
async fn inv_05_inviting_again_changes_nothing_or_raises() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let people = json!([{ "email": BOB }]);
    let first = only(&invite(&alice, &item, &people, &none()).await.expect(200));
    assert_eq!(only(&invite(&alice, &item, &people, &none()).await.expect(200)), first);
    let write = json!({ "roles": ["write"] });
    let raised = only(&invite(&alice, &item, &people, &write).await.expect(200));
    assert_eq!((&raised["id"], &raised["roles"]), (&first["id"], &json!(["write"])));
    server.bob().put(&format!("{item}/content"), "x").await.expect(200);
    assert_eq!(only(&invite(&alice, &item, &people, &none()).await.expect(200)), raised);
    let twice = json!([{ "email": ADMIN }, { "email": ADMIN }]);
    let body = invite(&alice, &item, &twice, &none()).await.expect(200).json();
    assert_eq!(body["value"][0], body["value"][1]);
    assert_eq!(alice.permissions(&item).await.len(), 3);
    // A grant that came in another way is raised too.
    let other = server.item(ALICE, "Budget.csv");
    let grant = server.grant(&other, BOB, Role::Read).await;
    assert_eq!(only(&invite(&alice, &other, &people, &write).await.expect(200))["id"], grant);
    server.bob().put(&format!("{other}/content"), "x").await.expect(200);
}

/// INV-03, AMB-64: a grant with a date gives nothing from that instant on, neither to its holder nor to their links.
#[tokio::test]
async fn inv_03_a_grant_ends_with_its_date() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let until = json!({ "roles": ["write"], "expirationDateTime": "2026-11-23T13:00:00Z" });
    let made = only(&invite(&alice, &item, &json!([{ "email": BOB }]), &until).await.expect(200));
    assert_eq!(made["expirationDateTime"], "2026-11-23T13:00:00Z");
    let link = server.bob().view_link(&item).await;
    let by_share = crate::support::sharing::by_share(&link);
    let ticket = server.bob().get(&format!("{item}/content")).await.expect(302).header("location").to_owned();
    server.advance(SignedDuration::from_mins(60) - SignedDuration::from_secs(1));
    server.bob().get(&item).await.expect(200);
    server.anonymous().get(&by_share).await.expect(200);
    server.advance(SignedDuration::from_secs(1));
    server.bob().get(&item).await.error(404, "itemNotFound");
    server.anonymous().get(&by_share).await.error(404, "itemNotFound");
    server.anonymous().get(&ticket).await.expect(404);
    assert!(server.bob().get("/v1.0/me/drive/sharedWithMe").await.json()["value"].as_array().unwrap().is_empty());
    let alice = server.alice();
    let listed = alice.permissions(&item).await;
    assert!(listed.iter().any(|permission| permission["id"] == made["id"]), "owners still see it");
    // Inviting again begins anew.
    let again = only(&invite(&alice, &item, &json!([{ "email": BOB }]), &none()).await.expect(200));
    assert_eq!((again.get("expirationDateTime"), &again["roles"]), (None, &json!(["read"])));
    server.bob().get(&item).await.expect(200);
    for past in ["2020-01-01T00:00:00Z", "soon"] {
        let refused = invite(&alice, &item, &json!([{ "email": ADMIN }]), &json!({ "expirationDateTime": past })).await;
        assert_eq!(refused.error(400, "invalidRequest")["innerError"]["code"], "invalidParameterFormat");
    }
}

/// AMB-53, INV-09: an unknown address waits, listed at once, and becomes a grant with the account; it can be withdrawn.
#[tokio::test]
async fn amb_53_an_unknown_address_waits_for_its_account() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let other = server.item(ALICE, "Budget.csv");
    let people = json!([{ "email": "Carol@new.example" }]);
    let waiting = only(&invite(&alice, &item, &people, &none()).await.expect(200));
    assert_eq!(waiting["invitation"]["email"], "Carol@new.example");
    assert!(waiting.get("grantedToV2").is_none() && waiting.get("grantedTo").is_none());
    assert!(alice.permissions(&item).await.contains(&waiting));
    let again = invite(&alice, &item, &json!([{ "email": "carol@NEW.example" }]), &json!({ "roles": ["write"] })).await;
    let again = only(&again.expect(200));
    assert_eq!((&again["id"], &again["roles"]), (&waiting["id"], &json!(["write"])));
    let withdrawn = only(&invite(&alice, &other, &people, &none()).await.expect(200));
    let one = format!("{other}/permissions/{}", withdrawn["id"].as_str().unwrap());
    server.bob().delete(&one).await.error(404, "itemNotFound");
    alice.delete(&one).await.expect(204);
    alice.get(&one).await.error(404, "itemNotFound");

    let app = std::sync::Arc::clone(&server.app);
    let (carol, _) = tokio::task::spawn_blocking(move || {
        let tenant = directory::tenant(&app, TenantKind::Organization).unwrap();
        provision::user(&app, &tenant, "carol@new.example", "Carol", false).unwrap()
    })
    .await
    .unwrap();
    let subject = driveway::auth::token::Subject::User(carol.id);
    let token = server.app.tokens.mint(
        carol.tenant,
        server.application_id(0),
        subject,
        "Files.ReadWrite.All",
        server.app.clock.now(),
        3600,
    );
    let carol_calls = server.bearer(&token.unwrap());
    carol_calls.put(&format!("{item}/content"), "x").await.expect(200);
    carol_calls.get(&other).await.error(404, "itemNotFound");
    let shown = alice.get(&format!("{item}/permissions/{}", waiting["id"].as_str().unwrap())).await.json();
    assert_eq!(shown["grantedToV2"]["user"]["id"], carol.id.to_string());
    assert_eq!(only(&invite(&alice, &item, &people, &none()).await.expect(200))["id"], waiting["id"]);
}

/// AMB-51: on v1.0 one bad recipient stops all of them; INV-06: on beta the others are invited and 207 says who wasn't.
#[tokio::test]
async fn amb_51_inv_06_all_or_nothing_and_207() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let nobody = "00000000-0000-0000-0000-000000000000";
    let people = json!([{ "email": BOB }, { "objectId": nobody }, { "email": "not an address" }]);
    let error = invite(&alice, &item, &people, &none()).await.error(400, "invalidRequest");
    assert_eq!(error["target"], "recipients[1]");
    server.bob().get(&item).await.error(404, "itemNotFound");
    let answer = invite(&alice, &item.replace("/v1.0/", "/beta/"), &people, &none()).await.expect(207);
    // `error` is a member on beta only, which the published types of v1.0 don't have.
    let body: Value = serde_json::from_slice(&answer.body).unwrap();
    let made = body["value"].as_array().unwrap();
    assert_eq!((made.len(), &made[0]["grantedToV2"]["user"]["email"]), (3, &json!(BOB)));
    assert!(made[0].get("error").is_none());
    for failed in &made[1..] {
        assert_eq!(failed["error"]["code"], "invalidRequest");
        assert!(failed["error"]["message"].is_string() && failed["error"]["innererror"]["code"].is_string());
        assert!(failed.get("id").is_none());
    }
    assert_eq!(made[2]["invitation"]["email"], "not an address");
    server.bob().get(&item).await.expect(200);
    let good = invite(&alice, &item.replace("/v1.0/", "/beta/"), &json!([{ "email": BOB }]), &none()).await;
    only(&good.expect(200));
}

/// INV-01, INV-02, INV-04, AMB-52: what is wrong is named, and mail that nobody sends isn't promised.
#[tokio::test]
async fn inv_01_inv_02_inv_04_what_is_wrong_is_named() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let bob = json!([{ "email": BOB }]);
    let many: Vec<Value> = (0..101).map(|_| json!({ "email": BOB })).collect();
    for (more, status, code, target) in [
        (json!({ "requireSignIn": false }), 400, "invalidRequest", "requireSignIn"),
        (json!({ "requireSignIn": null }), 400, "invalidRequest", "requireSignIn"),
        (json!({ "requireSignIn": "yes" }), 400, "invalidRequest", "requireSignIn"),
        (json!({ "sendInvitation": true }), 400, "notSupported", "sendInvitation"),
        (json!({ "requireSignIn": false, "sendInvitation": true }), 400, "notSupported", "sendInvitation"),
        (json!({ "message": "Have a look" }), 400, "notSupported", "message"),
        (json!({ "message": "a".repeat(2001) }), 400, "invalidRequest", "message"),
        (json!({ "password": "harbour" }), 400, "notSupported", "password"),
        (json!({ "roles": [] }), 400, "invalidRequest", "roles"),
        (json!({ "roles": null }), 400, "invalidRequest", "roles"),
        (json!({ "roles": ["owner"] }), 400, "invalidRequest", "roles"),
        (json!({ "roles": ["view"] }), 400, "invalidRequest", "roles"),
        (json!({ "recipients": [] }), 400, "invalidRequest", "recipients"),
        (json!({ "recipients": null }), 400, "invalidRequest", "recipients"),
        (json!({ "recipients": many }), 400, "invalidRequest", "recipients"),
        (json!({ "recipients": [{ "email": BOB, "alias": "bob" }] }), 400, "invalidRequest", "recipients[0].email"),
        (json!({ "recipients": [{}] }), 400, "invalidRequest", "recipients[0].email"),
        (json!({ "recipients": [{ "mail": BOB }] }), 400, "invalidRequest", "recipients[0].mail"),
        (json!({ "recipients": [{ "alias": "pat@personal.example" }] }), 400, "invalidRequest", "recipients[0]"),
        (json!({ "recipients": [{ "email": "bob" }] }), 400, "invalidRequest", "recipients[0]"),
        (json!({ "notify": true }), 400, "invalidRequest", "notify"),
    ] {
        let answer = invite(&alice, &item, &bob, &more).await;
        assert_eq!(answer.error(status, code)["target"], target, "{more}");
    }
    server.set_enabled(BOB, false).await;
    let disabled = invite(&alice, &item, &bob, &none()).await.error(400, "invalidRequest");
    assert_eq!(disabled["target"], "recipients[0]");
    assert_eq!(alice.permissions(&item).await.len(), 1);
    only(&invite(&alice, &item, &json!([{ "email": ADMIN }]), &json!({ "message": "" })).await.expect(200));
}

/// INV-10, PERM-15: roots aren't shared, be they personal or not.
#[tokio::test]
async fn inv_10_roots_take_no_invitations() {
    let server = TestServer::start().await;
    for actor in [server.alice(), server.pat()] {
        let answer = invite(&actor, "/v1.0/me/drive/root", &json!([{ "email": BOB }]), &none()).await;
        assert_eq!(answer.error(400, "notSupported")["innerError"]["code"], "objectNotSupported");
    }
    let item = server.item(PAT, "Welcome.txt");
    only(&invite(&server.pat(), &item, &json!([{ "email": BOB }]), &none()).await.expect(200));
    server.bob().get(&item).await.expect(200);
}

/// P13: who may only read invites nobody; who may write does, and removes nobody else's; a link invites nobody.
#[tokio::test]
async fn p13_inviting_takes_the_right_to_share() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let (bob, admin) = (json!([{ "email": BOB }]), json!([{ "email": ADMIN }]));
    invite(&server.bob(), &item, &admin, &none()).await.error(404, "itemNotFound");
    let bobs = only(&invite(&alice, &item, &bob, &none()).await.expect(200));
    invite(&server.bob(), &item, &admin, &none()).await.error(403, "accessDenied");
    invite(&alice, &item, &bob, &json!({ "roles": ["write"] })).await.expect(200);
    let made = only(&invite(&server.bob(), &item, &admin, &json!({ "roles": ["write"] })).await.expect(200));
    let one = |permission: &Value| format!("{item}/permissions/{}", permission["id"].as_str().unwrap());
    server.admin().delete(&one(&bobs)).await.error(404, "itemNotFound");
    server.admin().delete(&one(&made)).await.error(403, "accessDenied");
    server.bob().delete(&one(&made)).await.error(403, "accessDenied");
    server.bob().get(&one(&made)).await.expect(200).json();
    let link = alice.share(&item, &json!({ "type": "edit", "scope": "anonymous" })).await.expect(201).json();
    let by_share = crate::support::sharing::by_share(&link);
    invite(&server.anonymous(), &by_share, &bob, &none()).await.error(401, "InvalidAuthenticationToken");
    invite(&server.pat(), &by_share, &bob, &none()).await.error(403, "accessDenied");
    alice.delete(&one(&made)).await.expect(204);
    server.admin().get(&item).await.error(404, "itemNotFound");
}

/// INV-04, AMB-29: `retainInheritedPermissions: false` ends inheritance on the first sharing; absence keeps it.
#[tokio::test]
async fn inv_04_inheritance_ends_where_it_is_asked_for() {
    let server = TestServer::start().await;
    let (alice, folder) = (server.alice(), server.item(ALICE, "Reports"));
    invite(&alice, &folder, &json!([{ "email": BOB }]), &none()).await.expect(200);
    let file = "/v1.0/me/drive/root:/Reports/Q3%20summary.md:";
    let id = alice.get(file).await.json()["id"].as_str().unwrap().to_owned();
    let drive = &server.person(ALICE).drive.id;
    let by_id = format!("/v1.0/drives/{drive}/items/{id}");
    server.bob().get(&by_id).await.expect(200);
    let apart = json!({ "retainInheritedPermissions": false });
    invite(&alice, &by_id, &json!([{ "email": ADMIN }]), &apart).await.expect(200);
    server.bob().get(&by_id).await.error(404, "itemNotFound");
    server.admin().get(&by_id).await.expect(200);
    alice.get(file).await.expect(200);
}

/// P11: nobody passes on for longer what they have for so long, nor to themselves.
#[tokio::test]
async fn p11_a_right_that_ends_is_passed_on_no_longer_than_it_lasts() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    let folder = server.item(ALICE, "Reports");
    let until = json!({ "roles": ["write"], "expirationDateTime": "2026-11-23T13:00:00Z" });
    invite(&alice, &folder, &json!([{ "email": BOB }]), &until).await.expect(200);
    let file = format!("/v1.0/drives/{}/root:/Reports/Q3%20summary.md:", server.person(ALICE).drive.id);
    let own = invite(&bob, &file, &json!([{ "email": BOB }]), &json!({ "roles": ["write"] })).await;
    assert_eq!(own.error(400, "invalidRequest")["target"], "recipients[0]");
    let later = json!({ "expirationDateTime": "2026-12-01T00:00:00Z" });
    for more in [none(), later] {
        let passed = invite(&bob, &file, &json!([{ "email": ADMIN }]), &more).await.expect(200);
        assert_eq!(only(&passed)["expirationDateTime"], "2026-11-23T13:00:00Z");
    }
    server.admin().get(&file).await.expect(200);
    server.advance(SignedDuration::from_hours(1));
    server.admin().get(&file).await.error(404, "itemNotFound");
}
