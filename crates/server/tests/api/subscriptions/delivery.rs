//! What receivers are told, when, and how often.

use driveway::ops::subscription::{Flights, Outcome};
use jiff::SignedDuration;
use serde_json::json;

use super::receiver::{Manner, Receiver};
use super::{NOTHING, Tally, body, change, deliver, id, put_off, server, subscribe, to_own_root, told};
use crate::support::sharing::PAT;
use crate::support::{Actor, TestServer};

#[tokio::test]
async fn many_changes_are_told_as_one_and_say_whose_they_are() {
    let (server, receiver) = (server().await, Receiver::open().await);
    let alice = server.alice();
    change(&alice, "before.txt").await;
    let subscription = to_own_root(&alice, &receiver).await;
    receiver.calls();
    assert_eq!(deliver(&server).await, NOTHING, "what was there before is no news");
    for number in 0..20 {
        change(&alice, &format!("{number}.txt")).await;
    }
    assert_eq!(deliver(&server).await, told(1));
    let call = receiver.call();
    assert_eq!(call.path, "/changes");
    assert_eq!(call.headers["content-type"], "application/json; charset=utf-8");
    assert_eq!(
        call.notification(),
        json!({
            "subscriptionId": subscription,
            "subscriptionExpirationDateTime": "2026-12-20T12:00:00Z",
            "clientState": "only we two know",
            "changeType": "updated",
            "resource": "/me/drive/root",
            "resourceData": { "@odata.type": "#Microsoft.Graph.DriveItem" },
            "tenantId": server.demo.organization.id,
        })
    );
    assert_eq!(deliver(&server).await, NOTHING);
    alice.delete("/v1.0/me/drive/root:/3.txt").await.expect(204);
    assert_eq!(deliver(&server).await, told(1));
    change(&server.bob(), "elsewhere.txt").await;
    assert_eq!(deliver(&server).await, NOTHING, "another drive");
    assert_eq!(receiver.calls().len(), 1);
}

#[tokio::test]
async fn every_subscription_is_told_of_the_same_change() {
    let (server, receiver) = (server().await, Receiver::open().await);
    let alice = server.alice();
    let mut made = Vec::new();
    for _ in 0..10 {
        made.push(to_own_root(&alice, &receiver).await);
    }
    receiver.calls();
    change(&alice, "a.txt").await;
    assert_eq!(deliver(&server).await, told(10));
    let mut found: Vec<String> = receiver
        .calls()
        .iter()
        .map(|call| call.notification()["subscriptionId"].as_str().unwrap().to_owned())
        .collect();
    found.sort();
    made.sort();
    assert_eq!(found, made);
}

#[tokio::test]
async fn p18_a_folder_is_told_of_what_lies_below_it_and_nothing_else() {
    let (server, receiver) = (server().await, Receiver::open().await);
    let pat = server.pat();
    change(&pat, "Box/inner/a.txt").await;
    change(&pat, "Beside/b.txt").await;
    subscribe(&pat, &body(&receiver, "/me/drive/root:/Box")).await.expect(201);
    receiver.calls();
    let root = |path: &str| format!("/v1.0/me/drive/root:/{path}");
    for number in 0..120 {
        change(&pat, &format!("Beside/{number}.txt")).await;
    }
    assert_eq!(deliver(&server).await, NOTHING, "more changes elsewhere than one look takes in");
    change(&pat, "Box/inner/a.txt").await;
    assert_eq!(deliver(&server).await, told(1));
    let to = pat.get(&root("Beside")).await.json()["id"].clone();
    pat.patch(&root("Box/inner/a.txt"), &json!({ "parentReference": { "id": to } })).await.expect(200);
    assert_eq!(deliver(&server).await, told(1), "it left the folder");
    pat.patch(&root("Beside/a.txt"), &json!({ "name": "c.txt" })).await.expect(200);
    assert_eq!(deliver(&server).await, NOTHING);
    pat.delete(&root("Box/inner")).await.expect(204);
    assert_eq!(deliver(&server).await, told(1), "a deletion below is a change below");
    assert_eq!(receiver.calls().len(), 3);
}

async fn share(actor: &Actor, path: &str) {
    let body = json!({ "type": "view", "scope": "anonymous" });
    actor.post(&format!("/v1.0/me/drive/root:/{path}:/createLink"), &body).await.expect(201);
}

#[tokio::test]
async fn hdr_16_sharing_is_told_to_who_asked_for_it() {
    let (server, plain, asking) = (server().await, Receiver::open().await, Receiver::open().await);
    let alice = server.alice();
    change(&alice, "a.txt").await;
    to_own_root(&alice, &plain).await;
    let answer = subscribe(
        &alice.with("prefer", "return=representation, IncludeSecurityWebhooks"),
        &body(&asking, "/me/drive/root"),
    )
    .await
    .expect(201);
    assert_eq!(answer.header("preference-applied"), "includesecuritywebhooks");
    plain.calls();
    asking.calls();
    share(&alice, "a.txt").await;
    assert_eq!(deliver(&server).await, told(1));
    assert_eq!((plain.calls().len(), asking.calls().len()), (0, 1));
    change(&alice, "a.txt").await;
    assert_eq!(deliver(&server).await, told(2));
}

#[tokio::test]
async fn hdr_16_a_personal_drive_has_no_notifications_of_sharing() {
    let (server, receiver) = (server().await, Receiver::open().await);
    let pat = server.pat();
    let asking = pat.with("prefer", "includesecuritywebhooks");
    let answer = subscribe(&asking, &body(&receiver, "/me/drive/root")).await.expect(201);
    assert_eq!(answer.header("preference-applied"), "");
    server.pat().view_link(&server.item(PAT, "Welcome.txt")).await;
    assert_eq!(deliver(&server).await, NOTHING);
}

#[tokio::test]
async fn a_receiver_that_fails_is_tried_again_and_then_given_up() {
    let (server, receiver) = (server().await, Receiver::open().await);
    let alice = server.alice();
    let mut asked = body(&receiver, "/me/drive/root");
    let life = Receiver::open().await;
    asked["lifecycleNotificationUrl"] = json!(life.url("/"));
    let subscription = id(&subscribe(&alice, &asked).await.expect(201));
    receiver.calls();
    life.calls();
    receiver.be(Manner::Status(503));
    change(&alice, "a.txt").await;
    let (mut waits, mut wait) = (Vec::new(), 0);
    let last = loop {
        let tally = deliver(&server).await;
        if tally == NOTHING {
            server.advance(SignedDuration::from_secs(10));
            wait += 10;
            continue;
        }
        assert_eq!(receiver.calls().len(), 1);
        waits.push(std::mem::take(&mut wait));
        if tally != put_off(1) {
            break tally;
        }
    };
    assert_eq!(waits[..6], [0, 10, 20, 40, 80, 160]);
    assert!(waits.iter().sum::<i64>() <= 4 * 3600 && waits.iter().sum::<i64>() > 3 * 3600, "{waits:?}");
    // Giving up is told too, and at once.
    assert_eq!(last, Tally { given_up: 1, told: 1, ..NOTHING });
    let missed = life.call().notification();
    assert_eq!((&missed["lifecycleEvent"], &missed["subscriptionId"]), (&json!("missed"), &json!(subscription)));
    assert_eq!(missed["clientState"], "only we two know");
    // The next change is another matter.
    receiver.be(Manner::Good);
    assert_eq!(deliver(&server).await, NOTHING);
    change(&server.alice(), "b.txt").await;
    assert_eq!(deliver(&server).await, told(1));
}

#[tokio::test]
async fn changes_while_a_receiver_fails_make_one_notification() {
    let (server, receiver) = (server().await, Receiver::open().await);
    let alice = server.alice();
    let subscription = to_own_root(&alice, &receiver).await;
    receiver.calls();
    receiver.be(Manner::Status(500));
    for number in 0..4 {
        change(&alice, &format!("{number}.txt")).await;
        assert_eq!(deliver(&server).await, if number == 0 { put_off(1) } else { NOTHING });
    }
    receiver.be(Manner::Good);
    server.advance(SignedDuration::from_secs(10));
    assert_eq!(deliver(&server).await, told(1));
    assert_eq!(receiver.calls().len(), 2);
    // One who moves is told at once where they are now.
    receiver.be(Manner::Status(500));
    change(&alice, "c.txt").await;
    assert_eq!(deliver(&server).await, put_off(1));
    let other = Receiver::open().await;
    alice.patch(&super::at(&subscription), &json!({ "notificationUrl": other.url("/") })).await.expect(200);
    other.calls();
    assert_eq!(deliver(&server).await, told(1));
    assert_eq!(other.calls().len(), 1);
}

#[tokio::test]
async fn a_receiver_that_sends_the_caller_elsewhere_is_not_followed() {
    let (server, receiver, trap) = (server().await, Receiver::open().await, Receiver::open().await);
    to_own_root(&server.alice(), &receiver).await;
    receiver.calls();
    for status in [Manner::Redirect(trap.url("/")), Manner::Status(304), Manner::Status(400), Manner::Status(404)] {
        receiver.be(status);
        change(&server.alice(), "a.txt").await;
        assert_eq!(deliver(&server).await, put_off(1));
        server.advance(SignedDuration::from_mins(30));
    }
    assert_eq!((receiver.calls().len(), trap.calls().len()), (4, 0));
}

/// A receiver that never answers has its few places, and the others theirs.
#[tokio::test]
async fn a_slow_receiver_keeps_nobody_else_waiting() {
    let server = TestServer::start_with(|config| {
        config.webhooks.allow_loopback();
        config.webhooks.timeout_seconds = 1;
    })
    .await;
    let (slow, quick) = (Receiver::open().await, Receiver::open().await);
    let alice = server.alice();
    for _ in 0..8 {
        to_own_root(&alice, &slow).await;
    }
    let mut asked = body(&quick, "/me/drive/root");
    asked["notificationUrl"] = json!(format!("http://localhost:{}/", quick.port()));
    subscribe(&alice, &asked).await.expect(201);
    slow.calls();
    quick.calls();
    slow.be(Manner::Silent);
    change(&alice, "a.txt").await;
    let mut flights = Flights::new(&server.app);
    flights.take_off().await.unwrap();
    assert_eq!(flights.land().await.unwrap().unwrap(), Outcome::Told);
    assert_eq!(quick.calls().len(), 1);
    assert!(slow.calls().len() <= 4, "few to one host at once");
    while let Some(outcome) = flights.land().await {
        assert_eq!(outcome.unwrap(), Outcome::PutOff);
    }
    assert_eq!(deliver(&server).await, put_off(4), "the others have their turn");
}
