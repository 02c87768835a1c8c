//! `sendNotification` and `message` of createLink (AMB-49, CL-05, CL-13).

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::postbox::Postbox;
use super::{deliver, sent, server};
use crate::support::sharing::{ADMIN, ALICE, BOB, url};
use crate::support::{Actor, Answer, TestServer};

async fn share(actor: &Actor, item: &str, more: &Value) -> Answer {
    let mut body = json!({
        "type": "view", "scope": "users", "recipients": [{ "email": BOB }], "sendNotification": true
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    actor.share(item, &body).await
}

/// CL-25: the recipients get the link, the message as text, and whom to answer.
#[tokio::test]
async fn amb_49_recipients_are_mailed_the_link_and_the_message() {
    let postbox = Postbox::open();
    let server = server(&postbox).await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let message = "Have a look, <b>please</b>.\nThanks!";
    let link = share(&alice, &item, &json!({ "message": message })).await.expect(201).json();
    assert_eq!(postbox.mails().len(), 0, "nothing is sent within the request");
    assert_eq!(deliver(&server).await, sent(1));
    let mail = postbox.mail();
    assert_eq!((mail.from.as_str(), mail.to.as_slice()), ("files@driveway.test", &[BOB.to_owned()][..]));
    assert_eq!(mail.header("From"), ["Driveway <files@driveway.test>"]);
    assert_eq!(
        mail.header("Reply-To"),
        [format!("Alice Harbour <{ALICE}>").replace("Alice Harbour", "\"Alice Harbour\"")]
    );
    assert_eq!(mail.header("Subject"), ["Alice Harbour shared \"Welcome.txt\" with you"]);
    assert_eq!(mail.header("Auto-Submitted"), ["auto-generated"]);
    assert_eq!(mail.url(), url(&link));
    let text = mail.text();
    for part in ["> Have a look, <b>please</b>.\n> Thanks!", "&#60;b&#62;please", "You can view it", BOB] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!text.contains("<img") && !text.contains("<script"), "{text}");
    server.bob().get(&crate::support::sharing::by_share(&link)).await.expect(200);
    assert_eq!(deliver(&server).await, sent(0), "once is enough");
}

/// The outbox holds neither the URL nor its token, and forgets the message once it is sent.
#[tokio::test]
async fn p37_no_url_waits_in_the_database() {
    let postbox = Postbox::open();
    let server = server(&postbox).await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let link = share(&alice, &item, &json!({ "message": "Between the two of us" })).await.expect(201).json();
    let rows = || {
        let database = rusqlite::Connection::open(server.app.config.data.join("driveway.db")).unwrap();
        let sql = "SELECT id || kind || subject_id || recipient || sender || message FROM outbox";
        database.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap()
    };
    let token = url(&link).trim_end_matches('/').rsplit('/').next().unwrap();
    assert!(!rows().contains(token) && rows().contains("Between the two of us"));
    assert_eq!(deliver(&server).await, sent(1));
    assert!(!rows().contains("Between the two of us"));
}

/// Who joins an existing link is mailed, who is on it already is mailed again when that is asked for; nobody else is.
#[tokio::test]
async fn amb_49_the_named_are_mailed_on_an_existing_link_too() {
    let postbox = Postbox::open();
    let server = server(&postbox).await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    share(&alice, &item, &json!({ "sendNotification": false })).await.expect(201);
    assert_eq!(deliver(&server).await, sent(0));
    let twice = json!({ "recipients": [{ "email": ADMIN }, { "alias": ADMIN }] });
    share(&alice, &item, &twice).await.expect(200);
    assert_eq!(deliver(&server).await, sent(1));
    assert_eq!(postbox.mail().to, [ADMIN]);
    share(&alice, &item, &json!({})).await.expect(200);
    assert_eq!(deliver(&server).await, sent(1));
    assert_eq!(postbox.mails()[1].to, [BOB]);
}

/// What ends is said with its date; what can be changed, too.
#[tokio::test]
async fn a_mail_says_when_the_link_ends() {
    let postbox = Postbox::open();
    let server = server(&postbox).await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let more = json!({ "type": "edit", "expirationDateTime": "2026-12-03T04:05:00Z" });
    share(&alice, &item, &more).await.expect(201);
    assert_eq!(deliver(&server).await, sent(1));
    let text = postbox.mail().text();
    assert!(text.contains("It ends on 3 December 2026, 04:05 UTC.") && text.contains("view and change it"), "{text}");
}

async fn share_and(server: &TestServer) -> (Actor, String, Value) {
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let link = share(&alice, &item, &json!({})).await.expect(201).json();
    (alice, item, link)
}

/// The link is looked at again before the mail is sent: revoked, switched off, ended, closed, or not theirs any more.
#[tokio::test]
async fn what_was_taken_back_before_it_was_sent_is_not_sent() {
    let postbox = Postbox::open();
    for case in ["revoked", "off", "expired", "sender", "recipient", "deleted", "taken off"] {
        let server = server(&postbox).await;
        let (alice, item, link) = share_and(&server).await;
        let id = link["id"].as_str().unwrap();
        match case {
            "revoked" => drop(alice.delete(&format!("{item}/permissions/{id}")).await.expect(204)),
            "off" => {
                alice.patch(&format!("/driveway/v1/links/{id}"), &json!({ "enabled": false })).await.expect(200);
            }
            "expired" => {
                let end = json!({ "expirationDateTime": "2026-11-23T12:00:30Z" });
                alice.patch(&format!("/driveway/v1/links/{id}"), &end).await.expect(200);
                server.advance(SignedDuration::from_mins(1));
            }
            "sender" => server.set_enabled(ALICE, false).await,
            "recipient" => server.set_enabled(BOB, false).await,
            "deleted" => drop(alice.delete(&item).await.expect(204)),
            _ => {
                let people = json!({ "grantees": [{ "email": BOB }] });
                alice.post(&format!("{item}/permissions/{id}/revokeGrants"), &people).await.expect(200);
            }
        }
        let tally = deliver(&server).await;
        assert_eq!((tally.sent, tally.dropped), (0, 1), "{case}");
    }
    assert_eq!(postbox.mails().len(), 0);
}

/// A message can't become a header, another recipient or another mail.
#[tokio::test]
async fn a_message_stays_a_message() {
    let postbox = Postbox::open();
    let server = server(&postbox).await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let evil = "Hi\r\nBcc: all@elsewhere.example\r\n\r\n.\r\nMAIL FROM:<x@y.example>\r\nRCPT TO:<z@y.example>\r\nDATA\r\n\
                --\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>\u{202e}\u{0}";
    share(&alice, &item, &json!({ "message": evil })).await.expect(201);
    assert_eq!(deliver(&server).await, sent(1));
    let mail = postbox.mail();
    assert_eq!(mail.to, [BOB]);
    assert!(mail.header("Bcc").is_empty() && mail.header("MAIL FROM").is_empty());
    let text = mail.text();
    let (plain, html) = text.split_once("text/html; charset").unwrap();
    assert!(plain.contains("> Bcc: all@elsewhere.example") && plain.contains("> ."), "{plain}");
    assert!(!html.contains("<script>") && !text.contains(['\u{202e}', '\u{0}']), "{html}");
}
