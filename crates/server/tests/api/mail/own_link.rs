//! `requireSignIn: false`: each recipient gets a link of their own by mail (INV-01, INV-04).

use serde_json::json;

use super::invitation::invite;
use super::postbox::Postbox;
use super::{deliver, sent, server};
use crate::support::sharing::{ADMIN, ALICE, BOB, PAT, url};

/// The link opens without an account, is told from the others by the recipient's address, and is taken back alone.
#[tokio::test]
async fn inv_01_who_need_not_sign_in_gets_a_link_of_their_own() {
    let postbox = Postbox::open();
    let server = server(&postbox).await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let people = json!([{ "email": "Zoe@Elsewhere.example" }, { "email": BOB }]);
    let more = json!({ "requireSignIn": false, "message": "No account needed" });
    let body = invite(&alice, &item, &people, &more).await.expect(200).json();
    let (zoes, bobs) = (&body["value"][0], &body["value"][1]);
    assert_eq!((&zoes["link"]["scope"], &zoes["link"]["type"]), (&json!("anonymous"), &json!("view")));
    assert_eq!(zoes["invitation"], json!({ "email": "zoe@elsewhere.example", "signInRequired": false }));
    assert_ne!(url(zoes), url(bobs));
    assert_eq!(deliver(&server).await, sent(2));
    let mails = postbox.mails();
    let zoe = mails.iter().find(|mail| mail.to == ["zoe@elsewhere.example"]).unwrap();
    assert_eq!(zoe.url(), url(zoes));
    assert!(zoe.text().contains("Whoever has this address can open it"), "{}", zoe.text());
    server.anonymous().get(&zoe.url()).await.expect(200);
    alice.delete(&format!("{item}/permissions/{}", bobs["id"].as_str().unwrap())).await.expect(204);
    server.anonymous().get(url(bobs)).await.expect(404);
    server.anonymous().get(url(zoes)).await.expect(200);
    // Who is invited again is mailed the same link again.
    let again = invite(&alice, &item, &json!([{ "email": "zoe@elsewhere.example" }]), &more).await.expect(200).json();
    assert_eq!(url(&again["value"][0]), url(zoes));
    assert_eq!(deliver(&server).await, sent(1));
}

/// INV-04: a password guards the link and isn't in the mail; on personal drives, or where policy allows.
#[tokio::test]
async fn inv_04_a_password_is_for_who_need_not_sign_in_and_is_not_mailed() {
    let postbox = Postbox::open();
    let server = server(&postbox).await;
    let more = json!({ "requireSignIn": false, "password": "harbour-wall" });
    let bob = json!([{ "email": BOB }]);
    let business = server.item(ALICE, "Welcome.txt");
    invite(&server.alice(), &business, &bob, &more).await.error(400, "notSupported");
    let item = server.item(PAT, "Welcome.txt");
    let made = invite(&server.pat(), &item, &bob, &more).await.expect(200).json();
    assert_eq!(made["value"][0]["hasPassword"], true);
    assert_eq!(deliver(&server).await, sent(1));
    let text = postbox.mail().text();
    assert!(text.contains("It asks for a password") && !text.contains("harbour-wall"), "{text}");
    let again = invite(&server.pat(), &item, &bob, &more).await.error(400, "invalidRequest");
    assert_eq!((&again["target"], &again["innerError"]["code"]), (&json!("password"), &json!("passwordMismatch")));
    let signs_in = json!({ "password": "harbour-wall" });
    let error = invite(&server.pat(), &item, &bob, &signs_in).await.error(400, "notSupported");
    assert_eq!(error["target"], "password");
}

/// What policy closes to anonymous links is closed to these, and so is what nobody may do.
#[tokio::test]
async fn own_links_are_under_the_policy_of_anonymous_links() {
    let postbox = Postbox::open();
    let server = server(&postbox).await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let more = json!({ "requireSignIn": false });
    let group = server.app.db.read(|tx| tx.groups()).await.unwrap()[0].id.to_string();
    let error = invite(&alice, &item, &json!([{ "objectId": group }]), &more).await.error(400, "invalidRequest");
    assert_eq!(
        (&error["target"], &error["innerError"]["code"]),
        (&json!("recipients[0]"), &json!("exchangeInvalidUser"))
    );
    let owner = json!({ "requireSignIn": false, "roles": ["owner"] });
    invite(&alice, &item, &json!([{ "email": BOB }]), &owner).await.error(400, "invalidRequest");
    invite(&server.bob(), &item, &json!([{ "email": ADMIN }]), &more).await.error(404, "itemNotFound");
    server.admin().set_policy(&json!({ "anonymousLinks": false })).await;
    let error = invite(&alice, &item, &json!([{ "email": BOB }]), &more).await;
    assert_eq!(error.json()["error"]["innerError"]["code"], "sharingDisabled");
    assert_eq!(alice.permissions(&item).await.len(), 1);
    assert_eq!(deliver(&server).await, sent(0));
}
