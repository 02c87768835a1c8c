//! What is refused, and that nothing is changed or sent then (AMB-49, INV-01, INV-02, INV-06, INV-07).

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::invitation::invite;
use super::postbox::Postbox;
use super::{deliver, sent, server};
use crate::support::TestServer;
use crate::support::sharing::{ADMIN, ALICE, BOB};

/// AMB-49: without a set-up a clear no that names the member, and no link.
#[tokio::test]
async fn amb_49_without_a_mail_set_up_mail_is_refused() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let bob = json!([{ "email": BOB }]);
    let link = json!({ "type": "view", "scope": "users", "recipients": bob, "sendNotification": true });
    assert_eq!(alice.share(&item, &link).await.error(400, "notSupported")["target"], "sendNotification");
    let error = invite(&alice, &item, &bob, &json!({})).await.error(400, "notSupported");
    assert_eq!(error["target"], "sendInvitation");
    assert_eq!(alice.permissions(&item).await.len(), 1);
}

/// A message or a notification that would reach nobody is refused rather than passed over.
#[tokio::test]
async fn amb_49_inv_02_what_would_reach_nobody_is_refused() {
    let postbox = Postbox::open();
    let server = server(&postbox).await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let bob = json!([{ "email": BOB }]);
    for (body, target) in [
        (json!({ "scope": "users", "recipients": bob, "message": "Hello" }), "message"),
        (
            json!({ "scope": "users", "recipients": bob, "sendNotification": true, "message": "a".repeat(2001) }),
            "message",
        ),
        (json!({ "scope": "anonymous", "sendNotification": true }), "recipients"),
        (json!({ "scope": "users", "sendNotification": true, "recipients": [] }), "recipients"),
        (json!({ "scope": "anonymous", "sendNotification": true, "recipients": bob }), "recipients"),
        (json!({ "scope": "existingAccess", "sendNotification": true, "recipients": bob }), "recipients"),
    ] {
        let error = alice.share(&item, &body).await.error(400, "invalidRequest");
        assert_eq!(error["target"], target, "{body}");
    }
    let quiet = json!({ "sendInvitation": false, "message": "Hello" });
    assert_eq!(invite(&alice, &item, &bob, &quiet).await.error(400, "invalidRequest")["target"], "message");
    assert_eq!(alice.permissions(&item).await.len(), 1);
    assert_eq!(deliver(&server).await, sent(0));
    let longest = json!({ "message": "é".repeat(2000) });
    invite(&alice, &item, &bob, &longest).await.expect(200);
    assert_eq!(deliver(&server).await, sent(1));
}

/// INV-07, INV-06: more than can be mailed, and addresses that mail can't reach; on beta the others are invited.
#[tokio::test]
async fn inv_06_inv_07_who_cannot_be_mailed_is_told_by_inner_codes() {
    let postbox = Postbox::open();
    let server = TestServer::start_with(|config| {
        config.public_url = Some(format!("http://{}", crate::support::HOST));
        postbox.set_up(&mut config.mail);
        config.mail.recipients = 2;
    })
    .await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let people = json!([{ "email": BOB }, { "email": "bad..dots@x.example" }, { "email": ADMIN }]);
    let error = invite(&alice, &item, &people, &json!({})).await.error(400, "invalidRequest");
    assert_eq!(
        (&error["target"], &error["innerError"]["code"]),
        (&json!("recipients[1]"), &json!("exchangeInvalidUser"))
    );
    let answer = invite(&alice, &item.replace("/v1.0/", "/beta/"), &people, &json!({})).await.expect(207);
    let body: Value = serde_json::from_slice(&answer.body).unwrap();
    let inner = |at: usize| &body["value"][at]["error"]["innererror"]["code"];
    assert_eq!((inner(1), inner(2)), (&json!("exchangeInvalidUser"), &json!("exchangeMaxRecipients")));
    assert_eq!(body["value"][0]["grantedToV2"]["user"]["email"], BOB);
    assert_eq!(deliver(&server).await, sent(1));
    let three = json!({
        "scope": "users", "sendNotification": true, "recipients": [{ "email": BOB }, { "email": ADMIN }, { "email": ALICE }]
    });
    let error = alice.share(&item, &three).await.error(400, "invalidRequest");
    assert_eq!(
        (&error["target"], &error["innerError"]["code"]),
        (&json!("recipients"), &json!("exchangeMaxRecipients"))
    );
}

/// Nobody sends more mails than an hour holds, whatever they call and whether or not the server was restarted.
#[tokio::test]
async fn the_mails_of_a_sender_are_limited_by_the_hour() {
    let postbox = Postbox::open();
    let server = TestServer::start_with(|config| {
        config.public_url = Some(format!("http://{}", crate::support::HOST));
        postbox.set_up(&mut config.mail);
        config.mail.mails_per_hour = 2;
    })
    .await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let bob = json!([{ "email": BOB }]);
    invite(&alice, &item, &bob, &json!({})).await.expect(200);
    server.advance(SignedDuration::from_mins(30));
    invite(&alice, &item, &bob, &json!({})).await.expect(200);
    assert_eq!(deliver(&server).await, sent(2));
    let before = alice.permissions(&item).await;
    let link = json!({ "type": "view", "scope": "users", "recipients": bob, "sendNotification": true });
    let answer = alice.share(&item, &link).await;
    answer.error(429, "activityLimitReached");
    assert_eq!(answer.header("retry-after"), "1800");
    assert_eq!(alice.permissions(&item).await, before, "nothing is made without its mail");
    // Others have hours of their own.
    let pats = server.item(crate::support::sharing::PAT, "Welcome.txt");
    invite(&server.pat(), &pats, &bob, &json!({})).await.expect(200);
    server.advance(SignedDuration::from_mins(30));
    alice.share(&item, &link).await.expect(201);
}
