//! Made, read, renewed, ended.

use jiff::SignedDuration;
use serde_json::json;

use super::receiver::{Manner, Receiver};
use super::{at, body, id, server, subscribe, to_own_root};
use crate::support::TestServer;
use crate::support::sharing::{ALICE, PAT};

#[tokio::test]
async fn a_receiver_is_asked_before_there_is_a_subscription() {
    let (server, receiver) = (server().await, Receiver::open().await);
    let alice = server.alice();
    let mut asked = body(&receiver, "/me/drive/root");
    asked["lifecycleNotificationUrl"] = json!(receiver.url("/life?of=1"));
    asked["latestSupportedTlsVersion"] = json!("v1_3");
    let made = subscribe(&alice, &asked).await.expect(201).json();
    assert!(made["@odata.context"].as_str().unwrap().ends_with("/v1.0/$metadata#subscriptions/$entity"));
    for member in asked.as_object().unwrap() {
        assert_eq!(&made[member.0], member.1, "{made}");
    }
    assert_eq!(made["applicationId"], server.application_id(0).to_string());
    assert_eq!(made["creatorId"], server.person(ALICE).user.id.to_string());
    let calls = receiver.calls();
    assert_eq!(calls.iter().map(|call| call.path.as_str()).collect::<Vec<_>>(), ["/changes", "/life"]);
    assert!(calls[1].query.starts_with("of=1&validationToken=Validation%3A+"), "{calls:?}");
    assert_ne!(calls[0].query, calls[1].query[5..], "each question has a token of its own");
    for call in &calls {
        assert_eq!(
            (call.headers["content-type"].to_str().unwrap(), call.body.as_str()),
            ("text/plain; charset=utf-8", "")
        );
    }
    let read = alice.get(&at(made["id"].as_str().unwrap())).await.expect(200).json();
    assert_eq!(read, made);
    let listed = alice.get("/v1.0/subscriptions").await.expect(200).json();
    assert_eq!(listed["value"][0]["id"], made["id"]);
    let selected = alice.get("/v1.0/subscriptions?$select=resource").await.expect(200).json();
    assert_eq!(selected["value"][0], json!({ "id": made["id"], "resource": "/me/drive/root" }));
}

#[tokio::test]
async fn who_does_not_repeat_the_token_is_no_receiver() {
    let (server, receiver) = (server().await, Receiver::open().await);
    let alice = server.alice();
    for manner in [
        Manner::OtherToken,
        Manner::Encoded,
        Manner::Html,
        Manner::Endless,
        Manner::Status(200),
        Manner::Status(404),
        Manner::Token(202),
        Manner::Token(500),
        Manner::Redirect(receiver.url("/elsewhere")),
    ] {
        receiver.be(manner.clone());
        let answer = subscribe(&alice, &body(&receiver, "/me/drive/root")).await;
        let error = answer.error(400, "invalidRequest");
        assert_eq!(error["target"], "notificationUrl", "{manner:?}");
        let message = error["message"].as_str().unwrap();
        assert!(message.starts_with("Subscription validation request failed"), "{message}");
        assert_eq!(receiver.call().path, "/changes", "{manner:?}");
    }
    // Both URLs have to be good.
    receiver.be(Manner::Good);
    let dead = Receiver::open().await;
    dead.be(Manner::Status(404));
    let mut asked = body(&receiver, "/me/drive/root");
    asked["lifecycleNotificationUrl"] = json!(dead.url("/"));
    assert_eq!(subscribe(&alice, &asked).await.error(400, "invalidRequest")["target"], "lifecycleNotificationUrl");
    assert_eq!(alice.get("/v1.0/subscriptions").await.expect(200).json()["value"], json!([]));
}

#[tokio::test]
async fn a_silent_receiver_is_waited_for_so_long_and_nobody_else_waits() {
    let server = TestServer::start_with(|config| {
        config.webhooks.allow_loopback();
        config.webhooks.timeout_seconds = 1;
    })
    .await;
    let receiver = Receiver::open().await;
    receiver.be(Manner::Silent);
    let (alice, asked) = (server.alice(), body(&receiver, "/me/drive/root"));
    let asking = async {
        let answer = subscribe(&alice, &asked).await;
        assert_eq!(answer.error(400, "invalidRequest")["target"], "notificationUrl");
        false
    };
    let working = async {
        for number in 0..5 {
            super::change(&server.bob(), &format!("{number}.txt")).await;
        }
        std::future::pending::<bool>().await
    };
    assert!(!tokio::select! { over = asking => over, over = working => over });
}

#[tokio::test]
async fn every_spelling_of_a_root_is_taken_and_a_folder_of_a_personal_drive() {
    let (server, receiver) = (server().await, Receiver::open().await);
    let drive = &server.person(ALICE).drive;
    let group = &server.demo.group;
    for resource in [
        "/me/drive/root".to_owned(),
        "me/drive/root".to_owned(),
        format!("/drives/{}/root", drive.id),
        format!("drives/{}/items/{}", drive.id, drive.root),
        format!("/drives('{}')/items('root')", drive.id),
        format!("/users/{ALICE}/drive/root"),
        format!("/users/{}/drive/root", server.person(ALICE).user.id),
        format!("/drives/{}/root", group.id),
    ] {
        let made = subscribe(&server.alice(), &body(&receiver, &resource)).await.expect(201).json();
        assert_eq!(made["resource"], resource);
    }
    let own = &server.person(PAT).drive;
    let folder = server.sample(PAT, "Reports");
    for resource in [
        "/me/drive/root".to_owned(),
        "/me/drive/root:/Reports:".to_owned(),
        "/me/drive/root:/Reports".to_owned(),
        format!("/drives/{}/items/{folder}", own.id),
    ] {
        subscribe(&server.pat(), &body(&receiver, &resource)).await.expect(201).json();
    }
    let application = server.application("Files.Read.All");
    subscribe(&application, &body(&receiver, &format!("/drives/{}/root", drive.id))).await.expect(201);
    subscribe(&application, &body(&receiver, "/me/drive/root")).await.error(400, "invalidRequest");
}

#[tokio::test]
async fn a_subscription_is_renewed_redirected_and_ended() {
    let (server, receiver) = (server().await, Receiver::open().await);
    let alice = server.alice();
    let subscription = at(&to_own_root(&alice, &receiver).await);
    receiver.calls();
    let renewed = alice.patch(&subscription, &json!({ "expirationDateTime": "2026-12-22T00:00:00Z" })).await;
    assert_eq!(renewed.expect(200).json()["expirationDateTime"], "2026-12-22T00:00:00Z");
    assert!(receiver.calls().is_empty(), "the receiver is the one that was asked");

    let other = Receiver::open().await;
    let redirected = alice.patch(&subscription, &json!({ "notificationUrl": other.url("/new") })).await;
    assert_eq!(redirected.expect(200).json()["notificationUrl"], other.url("/new"));
    assert!(other.call().query.starts_with("validationToken="));
    other.be(Manner::OtherToken);
    let both = json!({ "notificationUrl": other.url("/bad"), "expirationDateTime": "2026-12-01T00:00:00Z" });
    assert_eq!(alice.patch(&subscription, &both).await.error(400, "invalidRequest")["target"], "notificationUrl");
    let kept = alice.get(&subscription).await.expect(200).json();
    assert_eq!(kept["notificationUrl"], other.url("/new"));
    assert_eq!(kept["expirationDateTime"], "2026-12-22T00:00:00Z");

    alice.post(&format!("{subscription}/reauthorize"), &json!({})).await.expect(204);
    alice.delete(&subscription).await.expect(204);
    for answer in [
        alice.get(&subscription).await,
        alice.delete(&subscription).await,
        alice.patch(&subscription, &json!({ "expirationDateTime": "2026-12-01T00:00:00Z" })).await,
        alice.post(&format!("{subscription}/reauthorize"), &json!({})).await,
    ] {
        answer.error(404, "itemNotFound");
    }
}

#[tokio::test]
async fn a_subscription_ends_with_its_time() {
    let (server, receiver) = (server().await, Receiver::open().await);
    let subscription = at(&to_own_root(&server.alice(), &receiver).await);
    receiver.calls();
    server.advance(SignedDuration::from_hours(27 * 24) - SignedDuration::from_secs(1));
    server.alice().get(&subscription).await.expect(200);
    super::change(&server.alice(), "late.txt").await;
    server.advance(SignedDuration::from_secs(1));
    server.alice().get(&subscription).await.error(404, "itemNotFound");
    assert_eq!(server.alice().get("/v1.0/subscriptions").await.expect(200).json()["value"], json!([]));
    assert_eq!(super::deliver(&server).await, super::NOTHING);
    assert!(receiver.calls().is_empty());
    assert_eq!(driveway::ops::subscription::prune(&server.app).await.unwrap(), 1);
}

#[tokio::test]
async fn a_list_of_subscriptions_comes_in_pages() {
    let (server, receiver) = (server().await, Receiver::open().await);
    let alice = server.alice();
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(to_own_root(&alice, &receiver).await);
    }
    made.sort();
    let (mut found, mut next) = (Vec::new(), "/v1.0/subscriptions?$top=2".to_owned());
    loop {
        let page = alice.get(&next).await.expect(200).json();
        let values = page["value"].as_array().unwrap();
        assert!(values.len() <= 2);
        found.extend(values.iter().map(|value| value["id"].as_str().unwrap().to_owned()));
        match page["@odata.nextLink"].as_str() {
            Some(url) => next = url.to_owned(),
            None => break,
        }
    }
    assert_eq!(found, made);
}

#[tokio::test]
async fn there_are_so_many_subscriptions_and_no_more() {
    let server = TestServer::start_with(|config| {
        config.webhooks.allow_loopback();
        (config.webhooks.subscriptions, config.webhooks.subscriptions_per_drive) = (2, 3);
    })
    .await;
    let receiver = Receiver::open().await;
    let group = format!("/drives/{}/root", server.demo.group.id);
    for actor in [server.alice(), server.alice(), server.bob()] {
        subscribe(&actor, &body(&receiver, &group)).await.expect(201);
    }
    receiver.calls();
    subscribe(&server.alice(), &body(&receiver, "/me/drive/root")).await.error(403, "notAllowed");
    subscribe(&server.bob(), &body(&receiver, &group)).await.error(403, "notAllowed");
    assert!(receiver.calls().is_empty(), "nobody is asked in vain");
    let through_another = server.user_through(ALICE, 1, "Files.Read");
    let made = id(&subscribe(&through_another, &body(&receiver, "/me/drive/root")).await.expect(201));
    through_another.delete(&at(&made)).await.expect(204);
}
