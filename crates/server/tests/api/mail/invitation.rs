//! `sendInvitation` for people who sign in (INV-01, INV-02, AMB-53).

use driveway::ops::{directory, provision};
use driveway_core::identity::TenantKind;
use serde_json::{Value, json};

use super::postbox::Postbox;
use super::{deliver, sent, server};
use crate::support::sharing::{ADMIN, ALICE, BOB};
use crate::support::{Actor, Answer, TestServer};

pub async fn invite(actor: &Actor, item: &str, people: &Value, more: &Value) -> Answer {
    let mut body = json!({ "requireSignIn": true, "sendInvitation": true, "roles": ["read"], "recipients": people });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    actor.post(&format!("{item}/invite"), &body).await
}

/// People with an account are told what they may do and where; there is no link in the mail, nor in the answer.
#[tokio::test]
async fn inv_01_inv_02_the_invited_are_mailed() {
    let postbox = Postbox::open();
    let server = server(&postbox).await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Reports"));
    let people = json!([{ "email": BOB }, { "alias": "admin" }]);
    let more = json!({ "message": "For Monday", "roles": ["write"] });
    let body = invite(&alice, &item, &people, &more).await.expect(200).json();
    assert!(body["value"][0].get("link").is_none());
    assert_eq!(deliver(&server).await, sent(2));
    let mails = postbox.mails();
    let mut to: Vec<&String> = mails.iter().flat_map(|mail| &mail.to).collect();
    to.sort();
    assert_eq!(to, [ADMIN, BOB]);
    for mail in &mails {
        let text = mail.text();
        assert!(mail.url().contains("/d/") && !text.contains("/s/"), "{text}");
        for part in ["the folder \"Reports\"", "view and change it", "> For Monday", "Sign in with the account"] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
}

/// A group is told by its members, the one who invites aside.
#[tokio::test]
async fn the_members_of_a_group_are_mailed() {
    let postbox = Postbox::open();
    let server = server(&postbox).await;
    let group = server.app.db.read(|tx| tx.groups()).await.unwrap()[0].clone();
    let members = {
        let id = group.id;
        server.app.db.read(move |tx| tx.group_members(id)).await.unwrap().len()
    };
    let people = json!([{ "objectId": group.id.to_string() }]);
    invite(&server.alice(), &server.item(ALICE, "Welcome.txt"), &people, &json!({})).await.expect(200);
    assert_eq!(deliver(&server).await.sent as usize, members - 1);
    assert!(postbox.mails().iter().all(|mail| mail.to != [ALICE]));
}

/// Somebody without an account is told what to do, and has the right once there is one.
#[tokio::test]
async fn amb_53_who_has_no_account_yet_is_told_how_to_redeem() {
    let postbox = Postbox::open();
    let server = server(&postbox).await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    invite(&alice, &item, &json!([{ "email": "Carol@new.example" }]), &json!({})).await.expect(200);
    assert_eq!(deliver(&server).await, sent(1));
    let mail = postbox.mail();
    assert_eq!(mail.to, ["Carol@new.example"]);
    assert!(mail.text().contains("There is no account Carol@new.example here yet."), "{}", mail.text());
    let app = std::sync::Arc::clone(&server.app);
    let carol = tokio::task::spawn_blocking(move || {
        let tenant = directory::tenant(&app, TenantKind::Organization).unwrap();
        provision::user(&app, &tenant, "carol@new.example", "Carol", false).unwrap().0
    })
    .await
    .unwrap();
    let subject = driveway::auth::token::Subject::User(carol.id);
    let token = server
        .app
        .tokens
        .mint(carol.tenant, server.application_id(0), subject, "Files.Read.All", server.app.clock.now(), 3600)
        .unwrap();
    server.bearer(&token).get(&item).await.expect(200);
    let again = invite(&alice, &item, &json!([{ "email": "carol@new.example" }]), &json!({})).await;
    again.expect(200);
    assert_eq!(deliver(&server).await, sent(1));
    assert!(postbox.mails()[1].text().contains("Sign in with the account"));
}

/// An invitation that was withdrawn before the mail went out isn't mailed.
#[tokio::test]
async fn what_was_withdrawn_is_not_mailed() {
    let postbox = Postbox::open();
    let server = server(&postbox).await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let made = invite(&alice, &item, &json!([{ "email": BOB }]), &json!({})).await.expect(200).json();
    let id = made["value"][0]["id"].as_str().unwrap();
    alice.delete(&format!("{item}/permissions/{id}")).await.expect(204);
    let tally = deliver(&server).await;
    assert_eq!((tally.sent, tally.dropped), (0, 1));
}

/// A request that fails mails nobody, not even those who were in order.
#[tokio::test]
async fn amb_51_who_is_not_invited_is_not_mailed() {
    let postbox = Postbox::open();
    let server: TestServer = server(&postbox).await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let people = json!([{ "email": BOB }, { "email": "not an address" }]);
    invite(&alice, &item, &people, &json!({})).await.error(400, "invalidRequest");
    invite(&server.bob(), &item, &people, &json!({})).await.error(404, "itemNotFound");
    assert_eq!(deliver(&server).await, sent(0));
    invite(&alice, &item.replace("/v1.0/", "/beta/"), &people, &json!({})).await.expect(207);
    assert_eq!(deliver(&server).await, sent(1));
    assert_eq!(postbox.mail().to, [BOB]);
}
