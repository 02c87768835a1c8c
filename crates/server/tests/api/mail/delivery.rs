//! How mails get there: later when they have to, once, and encrypted.

use std::time::Duration;

use driveway::app::App;
use driveway::clock::Clock;
use driveway::entropy::Entropy;
use driveway::ops::outbox::{self, Tally};
use jiff::SignedDuration;
use serde_json::json;

use super::postbox::{Postbox, Security};
use super::{deliver, sent, server};
use crate::support::TestServer;
use crate::support::sharing::{ADMIN, ALICE, BOB};

async fn invite(server: &TestServer, address: &str) {
    let item = server.item(ALICE, "Welcome.txt");
    let body = json!({
        "requireSignIn": true, "sendInvitation": true, "roles": ["read"], "recipients": [{ "email": address }]
    });
    server.alice().post(&format!("{item}/invite"), &body).await.expect(200);
}

fn put_off(number: u32) -> Tally {
    Tally { put_off: number, ..Tally::default() }
}

/// A server that is down gets the mail when it is up again, once.
#[tokio::test]
async fn a_mail_waits_for_a_server_that_is_down() {
    let mut postbox = Postbox::open();
    let server = server(&postbox).await;
    postbox.end();
    invite(&server, BOB).await;
    assert_eq!(deliver(&server).await, put_off(1));
    postbox.begin();
    assert_eq!(deliver(&server).await, Tally::default(), "not before its time");
    server.advance(SignedDuration::from_mins(1));
    assert_eq!(deliver(&server).await, sent(1));
    server.advance(SignedDuration::from_hours(48));
    assert_eq!(deliver(&server).await, Tally::default());
    assert_eq!(postbox.mail().to, [BOB]);
}

/// A recipient who is refused for good is given up at once; one who is refused for now after the last attempt.
#[tokio::test]
async fn a_refused_recipient_is_given_up() {
    let postbox = Postbox::open();
    let server = server(&postbox).await;
    invite(&server, "never@elsewhere.example").await;
    invite(&server, BOB).await;
    assert_eq!(deliver(&server).await, Tally { sent: 1, given_up: 1, ..Tally::default() });
    assert_eq!(postbox.mail().to, [BOB]);
    invite(&server, "later@elsewhere.example").await;
    for _ in 0..7 {
        assert_eq!(deliver(&server).await, put_off(1));
        server.advance(SignedDuration::from_hours(12));
    }
    assert_eq!(deliver(&server).await, Tally { given_up: 1, ..Tally::default() });
    server.advance(SignedDuration::from_hours(48));
    assert_eq!(deliver(&server).await, Tally::default());
    assert_eq!(postbox.mails().len(), 1);
}

/// What was written before the server ended is sent by the next one; what it had claimed comes due again, with the same id.
#[tokio::test]
async fn a_restart_loses_no_mail() {
    let postbox = Postbox::open();
    let server = server(&postbox).await;
    invite(&server, BOB).await;
    invite(&server, ADMIN).await;
    let claimed = server
        .app
        .db
        .write(|tx| {
            let due = tx.due_deliveries(jiff::Timestamp::MAX, 1)?.remove(0);
            let next = driveway_core::outbox::due_after(1, due.delivery.created_at);
            assert!(tx.claim_delivery(&due, next)?);
            Ok(due.delivery)
        })
        .await
        .unwrap();
    let mut next = App::open(server.app.config.clone(), Entropy::seeded(43)).unwrap();
    next.clock = Clock::standing_at(server.app.clock.now());
    assert_eq!(outbox::deliver(&next).await.unwrap(), sent(1));
    next.clock.advance(SignedDuration::from_mins(1));
    assert_eq!(outbox::deliver(&next).await.unwrap(), sent(1));
    let mails = postbox.mails();
    let ids: Vec<String> = mails.iter().flat_map(|mail| mail.header("Message-ID")).map(str::to_owned).collect();
    assert_eq!(ids[1], format!("<{}@driveway.test>", claimed.id));
    assert_ne!(ids[0], ids[1]);
}

/// STARTTLS and the password, against a server that insists on both; no mail without them.
#[tokio::test]
async fn mail_goes_encrypted_and_signed_in() {
    goes_encrypted_and_signed_in(Security::StartTls).await;
}

/// The same with TLS from the first byte on.
#[tokio::test]
async fn mail_goes_encrypted_from_the_start() {
    goes_encrypted_and_signed_in(Security::Tls).await;
}

async fn goes_encrypted_and_signed_in(security: Security) {
    let postbox = Postbox::secure(security);
    let good = server(&postbox).await;
    invite(&good, BOB).await;
    assert_eq!(deliver(&good).await, sent(1));
    let mail = postbox.mail();
    assert_eq!((mail.tls, mail.user.as_deref()), (true, Some("files")));
    good.app.post.as_ref().unwrap().check().await.unwrap();
    for case in ["another password", "no trust in the certificate"] {
        let bad = TestServer::start_with(|config| {
            config.public_url = Some(format!("http://{}", crate::support::HOST));
            postbox.set_up(&mut config.mail);
            match case {
                "another password" => config.mail.password = Some("guess".to_owned().into()),
                _ => config.mail.ca_file = None,
            }
        })
        .await;
        invite(&bad, BOB).await;
        // The set-up is at fault, not the mail: it waits until somebody has mended it.
        assert_eq!(deliver(&bad).await, put_off(1), "{case}");
        let cause = bad.app.post.as_ref().unwrap().check().await.unwrap_err();
        assert!(!cause.contains("guess") && !cause.contains("s3cret"), "{cause}");
    }
    assert_eq!(postbox.mails().len(), 1);
}

/// The job is told of a mail and sends it without waiting for its turn.
#[tokio::test]
async fn the_job_sends_mail_as_it_comes() {
    let postbox = Postbox::open();
    let server = server(&postbox).await;
    let arrived = async {
        // The job has looked once and found nothing.
        tokio::task::yield_now().await;
        invite(&server, BOB).await;
        while postbox.mails().is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let patience = Duration::from_secs(10);
    tokio::select! {
        () = driveway::jobs::run(std::sync::Arc::clone(&server.app)) => panic!("the jobs ended"),
        outcome = tokio::time::timeout(patience, arrived) => outcome.unwrap(),
    }
    assert_eq!(postbox.mail().to, [BOB]);
}

/// A server that doesn't offer STARTTLS gets nothing, unless it is on loopback and that was said.
#[tokio::test]
async fn nothing_goes_out_in_the_clear_unasked() {
    let postbox = Postbox::open();
    let server = TestServer::start_with(|config| {
        config.public_url = Some(format!("http://{}", crate::support::HOST));
        postbox.set_up(&mut config.mail);
        config.mail.unencrypted = false;
    })
    .await;
    invite(&server, BOB).await;
    assert_eq!(deliver(&server).await, put_off(1));
    assert_eq!(postbox.mails().len(), 0);
}
