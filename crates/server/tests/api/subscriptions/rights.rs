//! Whose subscriptions are whose, and that each is worth no more than the right of who made it.

use driveway_core::permission::Role;
use serde_json::json;

use super::receiver::{Manner, Receiver};
use super::{NOTHING, Tally, at, body, change, deliver, id, server, subscribe, to_own_root, told};
use crate::support::TestServer;
use crate::support::sharing::{ALICE, BOB};

const REMOVED: Tally = Tally { removed: 1, ..NOTHING };

/// Bob may read Alice's drive; the permission's id and the resource.
async fn bob_reads(server: &TestServer) -> (String, String) {
    let drive = &server.person(ALICE).drive;
    let grant = server.grant(&format!("/v1.0/drives/{}/items/{}", drive.id, drive.root), BOB, Role::Read).await;
    (grant, format!("/drives/{}/root", drive.id))
}

#[tokio::test]
async fn p13_somebody_elses_subscription_is_not_there() {
    let (server, receiver) = (server().await, Receiver::open().await);
    let subscription = at(&to_own_root(&server.alice(), &receiver).await);
    receiver.calls();
    for other in [
        server.bob(),
        server.admin(),
        server.pat(),
        server.user_through(ALICE, 1, "Files.ReadWrite.All"),
        server.application("Files.ReadWrite.All"),
    ] {
        other.get(&subscription).await.error(404, "itemNotFound");
        other.delete(&subscription).await.error(404, "itemNotFound");
        let renewal =
            json!({ "expirationDateTime": "2026-12-01T00:00:00Z", "notificationUrl": receiver.url("/theft") });
        other.patch(&subscription, &renewal).await.error(404, "itemNotFound");
        other.post(&format!("{subscription}/reauthorize"), &json!({})).await.error(404, "itemNotFound");
        assert_eq!(other.get("/v1.0/subscriptions").await.expect(200).json()["value"], json!([]));
    }
    server.anonymous().get(&subscription).await.error(401, "InvalidAuthenticationToken");
    assert!(receiver.calls().is_empty());
    server.alice().get(&subscription).await.expect(200);
}

#[tokio::test]
async fn a_token_that_reads_no_files_subscribes_to_none() {
    let (server, receiver) = (server().await, Receiver::open().await);
    let (_, resource) = bob_reads(&server).await;
    for (scopes, resource, status) in [
        ("", "/me/drive/root", 403),
        ("User.Read", "/me/drive/root", 403),
        ("Files.Read", resource.as_str(), 403),
        ("Files.Read", "/me/drive/root", 201),
        ("Files.Read.All", &resource, 201),
    ] {
        subscribe(&server.user(BOB, scopes), &body(&receiver, resource)).await.expect(status);
    }
    assert_eq!(receiver.calls().len(), 2, "the right comes before the question");
}

#[tokio::test]
async fn p10_who_may_no_longer_read_is_told_that_and_nothing_more() {
    let (server, receiver) = (server().await, Receiver::open().await);
    let (grant, resource) = bob_reads(&server).await;
    let mut asked = body(&receiver, &resource);
    asked["lifecycleNotificationUrl"] = json!(receiver.url("/life"));
    let subscription = id(&subscribe(&server.bob(), &asked).await.expect(201));
    change(&server.alice(), "a.txt").await;
    assert_eq!(deliver(&server).await, told(1));
    receiver.calls();
    server.withdraw(&grant).await;
    server.bob().post(&format!("{}/reauthorize", at(&subscription)), &json!({})).await.error(404, "itemNotFound");
    change(&server.alice(), "b.txt").await;
    // The last message is as stubborn as any.
    receiver.be(Manner::Status(500));
    assert_eq!(deliver(&server).await, Tally { put_off: 1, ..REMOVED });
    server.bob().get(&at(&subscription)).await.error(404, "itemNotFound");
    receiver.calls();
    receiver.be(Manner::Good);
    server.advance(jiff::SignedDuration::from_secs(10));
    assert_eq!(deliver(&server).await, told(1));
    let call = receiver.call();
    let notification = call.notification();
    assert_eq!((call.path.as_str(), &notification["lifecycleEvent"]), ("/life", &json!("subscriptionRemoved")));
    // The right that comes back later brings no subscription along (P38).
    bob_reads(&server).await;
    change(&server.alice(), "c.txt").await;
    assert_eq!(deliver(&server).await, NOTHING);
}

#[tokio::test]
async fn p10_a_disabled_person_or_application_is_told_nothing() {
    for case in ["person", "application"] {
        let (server, receiver) = (server().await, Receiver::open().await);
        let (_, resource) = bob_reads(&server).await;
        let bob = server.user_through(BOB, 1, "Files.Read.All");
        subscribe(&bob, &body(&receiver, &resource)).await.expect(201);
        receiver.calls();
        if case == "person" {
            server.set_enabled(BOB, false).await;
        } else {
            let application = server.application_id(1);
            server.app.db.write(move |tx| tx.set_application_enabled(application, false)).await.unwrap();
        }
        change(&server.alice(), "a.txt").await;
        assert_eq!(deliver(&server).await, REMOVED, "{case}");
        assert!(receiver.calls().is_empty());
    }
}

#[tokio::test]
async fn a_folder_that_is_gone_ends_its_subscription() {
    let (server, receiver) = (server().await, Receiver::open().await);
    let pat = server.pat();
    change(&pat, "Box/a.txt").await;
    let subscription = id(&subscribe(&pat, &body(&receiver, "/me/drive/root:/Box")).await.expect(201));
    pat.delete("/v1.0/me/drive/root:/Box").await.expect(204);
    assert_eq!(deliver(&server).await, REMOVED);
    pat.get(&at(&subscription)).await.error(404, "itemNotFound");
}

/// P3: what is cut off from somebody doesn't stir for them either.
#[tokio::test]
async fn p03_changes_where_somebody_may_not_look_are_not_told_to_them() {
    let (server, receiver, own) = (server().await, Receiver::open().await, Receiver::open().await);
    let alice = server.alice();
    let (_, resource) = bob_reads(&server).await;
    change(&alice, "Plans/secret.txt").await;
    let cut = json!({ "type": "view", "scope": "users", "recipients": [{ "email": "admin@harbour.example" }],
                      "retainInheritedPermissions": false });
    alice.post("/v1.0/me/drive/root:/Plans:/createLink", &cut).await.expect(201);
    subscribe(&server.bob(), &body(&receiver, &resource)).await.expect(201);
    to_own_root(&alice, &own).await;
    receiver.calls();
    own.calls();
    change(&alice, "Plans/secret.txt").await;
    assert_eq!(deliver(&server).await, told(1));
    assert_eq!((receiver.calls().len(), own.calls().len()), (0, 1));
    change(&alice, "open.txt").await;
    assert_eq!(deliver(&server).await, told(2));
}
