//! The authorization code: through the sign-in and back to the application.

use std::collections::HashMap;

use data_encoding::BASE64URL_NOPAD;
use driveway::ops::oauth::register::register;
use driveway_core::id::ApplicationId;
use driveway_core::identity::{Application, Registration};
use jiff::SignedDuration;
use sha2::{Digest, Sha256};

use super::browser::Browser;
use super::{application, claims, form, post, refused, server, token, tokens};
use crate::support::{Answer, TestServer};

const PUBLIC: &str = "b15665d9-eda6-4092-8539-0eec376afd59";
const BACK: &str = "http://localhost:53682/";
const VERIFIER: &str = "0123456789-._~abcdefghijklmnopqrstuvwxyzABCDEFG";
const SCOPE: &str = "openid profile offline_access Files.ReadWrite.All";
const ALICE: &str = "alice@harbour.example";

/// A server with a public application besides its own.
async fn with_public(change: impl FnOnce(&mut Registration)) -> TestServer {
    let server = server().await;
    let id = ApplicationId::parse(PUBLIC).unwrap();
    let mut registration = Registration {
        application: Application { id, display_name: "Sync & Co".into(), enabled: true },
        is_public: true,
        redirect_uris: vec!["https://app.example/back".into()],
        scopes: "Files.Read".into(),
        roles: String::new(),
        is_consented: false,
        is_without_pkce: false,
    };
    change(&mut registration);
    register(&server.app, registration, None).unwrap();
    server
}

fn challenge(verifier: &str) -> String {
    BASE64URL_NOPAD.encode(&Sha256::digest(verifier.as_bytes()))
}

/// The address of a sign-in to the public application, with some parameters changed or, if empty, left out.
fn authorize(changes: &[(&str, &str)]) -> String {
    let challenge = challenge(VERIFIER);
    let mut fields = vec![
        ("client_id", PUBLIC),
        ("response_type", "code"),
        ("redirect_uri", BACK),
        ("scope", SCOPE),
        ("state", "a b&c"),
        ("nonce", "n-1"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
        ("client_info", "1"),
    ];
    for (name, value) in changes {
        fields.retain(|(known, _)| known != name);
        if !value.is_empty() {
            fields.push((name, value));
        }
    }
    format!("/common/oauth2/v2.0/authorize?{}", form(&fields))
}

fn came_back(answer: &Answer) -> HashMap<String, String> {
    assert_eq!(answer.status, 302, "{}", answer.text());
    let location = answer.header("location");
    assert!(location.starts_with(BACK), "{location}");
    let url = url::Url::parse(location).unwrap();
    url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

/// Allows what the consent page asks, and returns the code.
async fn allow(browser: &Browser, address: &str) -> String {
    let page = browser.get(address).await.expect(200);
    came_back(&browser.send(&page, address, &[("decision", "allow")]).await)["code"].clone()
}

async fn redeem(server: &TestServer, code: &str, changes: &[(&str, &str)]) -> Answer {
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("client_id", PUBLIC),
        ("code", code),
        ("redirect_uri", BACK),
        ("code_verifier", VERIFIER),
        ("client_info", "1"),
        ("x-client-SKU", "MSAL.Test"),
    ];
    for (name, value) in changes {
        fields.retain(|(known, _)| known != name);
        if !value.is_empty() {
            fields.push((name, value));
        }
    }
    token(server, &fields).await
}

#[tokio::test]
async fn somebody_signs_in_to_a_program_allows_it_and_it_works() {
    let server = with_public(|_| {}).await;
    let browser = Browser::new(&server);
    let address = authorize(&[]);
    let to_sign_in = browser.get(&address).await.expect(303);
    let sign_in = to_sign_in.header("location").to_owned();
    assert!(sign_in.starts_with("/sign-in?next=%2Fcommon%2Foauth2"), "{sign_in}");
    let page = browser.get(&sign_in).await.expect(200);
    let policy = page.header("content-security-policy");
    assert!(policy.contains("form-action 'self' http://localhost:53682;"), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'") && page.header("x-frame-options") == "DENY");
    let next = super::browser::hidden(&page, "next").replace("&#38;", "&").replace("&amp;", "&");
    let password = server.person(ALICE).password.clone();
    let signed_in =
        browser.send(&page, "/sign-in", &[("next", &next), ("username", ALICE), ("password", &password)]).await;
    assert_eq!(signed_in.clone().expect(303).header("location"), next);

    let consent = browser.get(&next).await.expect(200);
    for shown in ["Sync &#38; Co", ALICE, "share and delete all files", "while you are away"] {
        assert!(consent.text().contains(shown), "{shown} on {}", consent.text());
    }
    let back = came_back(&browser.send(&consent, &next, &[("decision", "allow")]).await);
    assert_eq!(back["state"], "a b&c");
    let answer = tokens(&redeem(&server, &back["code"], &[]).await);
    let id = claims(&answer["id_token"]);
    assert_eq!((id["nonce"].as_str(), id["aud"].as_str()), (Some("n-1"), Some(PUBLIC)));
    assert!(answer["client_info"].is_string() && answer["refresh_token"].is_string());
    let alice = server.bearer(answer["access_token"].as_str().unwrap());
    alice.get("/v1.0/me/drive/root").await.expect(200);

    // Asked once: the next sign-in goes straight through, until it wants more.
    came_back(&browser.get(&address).await);
    browser.get(&authorize(&[("scope", "Sites.ReadWrite.All")])).await.expect(200);
    browser.get(&authorize(&[("prompt", "consent")])).await.expect(200);
}

#[tokio::test]
async fn a_code_is_redeemed_once_and_a_second_time_ends_what_came_of_it() {
    let server = with_public(|_| {}).await;
    let browser = Browser::of(&server, ALICE).await;
    let code = allow(&browser, &authorize(&[])).await;
    let answer = tokens(&redeem(&server, &code, &[]).await);
    refused(&redeem(&server, &code, &[]).await, 400, "invalid_grant");
    let fields = [
        ("grant_type", "refresh_token"),
        ("client_id", PUBLIC),
        ("refresh_token", answer["refresh_token"].as_str().unwrap()),
    ];
    refused(&token(&server, &fields).await, 400, "invalid_grant");
}

#[tokio::test]
async fn a_code_is_for_its_application_its_address_and_its_asker() {
    let server = with_public(|_| {}).await;
    let browser = Browser::of(&server, ALICE).await;
    allow(&browser, &authorize(&[])).await;
    let (other, secret) = application(&server, 0);
    let long = "a".repeat(60);
    for changes in [
        &[("redirect_uri", "http://localhost:53682")][..],
        &[("redirect_uri", "http://localhost:1/")],
        &[("code_verifier", "")],
        &[("code_verifier", long.as_str())],
        &[("code_verifier", "short")],
        &[("client_id", other.as_str()), ("client_secret", secret.as_str())],
    ] {
        let code = came_back(&browser.get(&authorize(&[])).await)["code"].clone();
        refused(&redeem(&server, &code, changes).await, 400, "invalid_grant");
        if !changes.iter().any(|(name, _)| *name == "client_id") {
            refused(&redeem(&server, &code, &[]).await, 400, "invalid_grant");
        }
    }
    let code = came_back(&browser.get(&authorize(&[])).await)["code"].clone();
    server.advance(SignedDuration::from_mins(6));
    refused(&redeem(&server, &code, &[]).await, 400, "invalid_grant");
    let code = came_back(&browser.get(&authorize(&[])).await)["code"].clone();
    refused(&redeem(&server, &code, &[("client_secret", "x")]).await, 401, "invalid_client");
    let alice = server.person(ALICE).user.id;
    server.app.db.write(move |tx| tx.set_user_enabled(alice, false)).await.unwrap();
    refused(&redeem(&server, &code, &[]).await, 400, "invalid_grant");
}

#[tokio::test]
async fn nobody_is_led_to_where_no_application_is() {
    let server = with_public(|_| {}).await;
    let browser = Browser::of(&server, ALICE).await;
    for (changes, status) in [
        (&[("redirect_uri", "https://evil.example/")][..], 400),
        (&[("redirect_uri", "https://app.example/back/../../evil")], 400),
        (&[("redirect_uri", "javascript://localhost/%0aalert(1)")], 400),
        (&[("redirect_uri", "//evil.example")], 400),
        (&[("redirect_uri", "")], 400),
        (&[("client_id", "00000000-0000-0000-0000-000000000001")], 400),
        (&[("client_id", "")], 400),
    ] {
        let answer = browser.get(&authorize(changes)).await;
        assert_eq!(answer.status.as_u16(), status, "{changes:?}");
        assert_eq!(answer.header("location"), "", "{changes:?}");
        assert!(answer.header("content-type").starts_with("text/html"));
        assert!(!answer.text().contains("evil"));
    }
    let elsewhere = authorize(&[]).replace("/common/", "/nowhere.example/");
    browser.get(&elsewhere).await.expect(400);
    let twice = format!("{}&redirect_uri=https%3A%2F%2Fevil.example%2F", authorize(&[]));
    assert_eq!(browser.get(&twice).await.expect(400).header("location"), "");
}

#[tokio::test]
async fn what_is_wrong_with_a_question_is_told_to_the_application() {
    let server = with_public(|_| {}).await;
    let browser = Browser::of(&server, ALICE).await;
    for (changes, error) in [
        (&[("response_type", "token")][..], "unsupported_response_type"),
        (&[("response_type", "")], "invalid_request"),
        (&[("response_mode", "web_message")], "invalid_request"),
        (&[("scope", "Mail.Read")], "invalid_scope"),
        (&[("scope", "")], "invalid_request"),
        (&[("code_challenge", ""), ("code_challenge_method", "")], "invalid_request"),
        (&[("code_challenge_method", "plain")], "invalid_request"),
        (&[("code_challenge", "short")], "invalid_request"),
        (&[("prompt", "maybe")], "invalid_request"),
        (&[("prompt", "none login")], "invalid_request"),
        (&[("prompt", "none")], "consent_required"),
        (&[("request", "x")], "invalid_request"),
    ] {
        let back = came_back(&browser.get(&authorize(changes)).await);
        assert_eq!(back["error"], error, "{changes:?}");
        assert_eq!(back["state"], "a b&c");
        assert!(!back.contains_key("code"));
    }
    let nobody = Browser::new(&server);
    assert_eq!(came_back(&nobody.get(&authorize(&[("prompt", "none")])).await)["error"], "login_required");
}

#[tokio::test]
async fn a_person_may_refuse() {
    let server = with_public(|_| {}).await;
    let browser = Browser::of(&server, ALICE).await;
    let address = authorize(&[]);
    let page = browser.get(&address).await.expect(200);
    let back = came_back(&browser.send(&page, &address, &[("decision", "refuse")]).await);
    assert_eq!((back["error"].as_str(), back["state"].as_str()), ("access_denied", "a b&c"));
    browser.get(&address).await.expect(200);
}

#[tokio::test]
async fn a_decision_comes_from_our_own_page_and_from_who_is_asked() {
    let server = with_public(|_| {}).await;
    let browser = Browser::of(&server, ALICE).await;
    let address = authorize(&[]);
    let page = browser.get(&address).await.expect(200);
    let proof = super::browser::hidden(&page, "proof");
    for (fields, status) in [
        (&[("decision", "allow")][..], 403),
        (&[("decision", "allow"), ("proof", "x")], 403),
        (&[("decision", "perhaps"), ("proof", proof.as_str())], 400),
    ] {
        assert_eq!(browser.post(&address, fields).await.status.as_u16(), status, "{fields:?}");
    }
    // Bob's page is worth nothing in Alice's browser.
    let bobs = Browser::of(&server, "bob@harbour.example").await;
    let of_bob = super::browser::hidden(&bobs.get(&address).await.expect(200), "proof");
    browser.post(&address, &[("decision", "allow"), ("proof", &of_bob)]).await.expect(403);
    // Nor is a page from before a new sign-in.
    browser.sign_in(&server, ALICE, "/").await.expect(303);
    browser.post(&address, &[("decision", "allow"), ("proof", &proof)]).await.expect(403);
    server.advance(SignedDuration::from_hours(25));
    let late = browser.get(&address).await.expect(303);
    assert!(late.header("location").starts_with("/sign-in?"));
}

#[tokio::test]
async fn the_authority_says_whose_accounts_are_taken() {
    let server = with_public(|registration| registration.is_consented = true).await;
    let pat = Browser::of(&server, "pat@personal.example").await;
    let alice = Browser::of(&server, ALICE).await;
    for (segment, takes_alice, takes_pat) in [
        ("common", true, true),
        ("organizations", true, false),
        ("harbour.example", true, false),
        ("consumers", false, true),
        ("9188040d-6c67-4c5b-b112-36a304b66dad", false, true),
    ] {
        let address = authorize(&[]).replace("/common/", &format!("/{segment}/"));
        for (browser, is_taken) in [(&alice, takes_alice), (&pat, takes_pat)] {
            let answer = browser.get(&address).await;
            if is_taken {
                assert!(came_back(&answer).contains_key("code"), "{segment}");
            } else {
                let location = answer.expect(303).header("location").to_owned();
                let page = browser.get(&location).await.expect(200);
                assert!(page.text().contains("another one"), "{segment}");
            }
        }
    }
    let code = came_back(&alice.get(&authorize(&[])).await)["code"].clone();
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", PUBLIC),
        ("code", &code),
        ("redirect_uri", BACK),
        ("code_verifier", VERIFIER),
    ];
    refused(&post(&server, "/consumers/oauth2/v2.0/token", &fields).await, 400, "invalid_grant");
}

#[tokio::test]
async fn prompts_and_hints_lead_to_the_sign_in_and_once_only() {
    let server = with_public(|registration| registration.is_consented = true).await;
    let browser = Browser::of(&server, ALICE).await;
    for changes in
        [&[("prompt", "login")][..], &[("prompt", "select_account")], &[("login_hint", "bob@harbour.example")]]
    {
        let location = browser.get(&authorize(changes)).await.expect(303).header("location").to_owned();
        let next = url::Url::parse(&format!("http://x{location}")).unwrap();
        let next = next.query_pairs().find(|(name, _)| name == "next").unwrap().1.into_owned();
        came_back(&browser.get(&next).await);
    }
    came_back(&browser.get(&authorize(&[("login_hint", "ALICE@harbour.example")])).await);
    let hinted = browser.get(&authorize(&[("login_hint", "bob@harbour.example")])).await;
    let page = browser.get(hinted.header("location")).await.expect(200);
    assert!(page.text().contains("value=\"bob@harbour.example\""));
}

#[tokio::test]
async fn answers_come_back_in_the_mode_that_was_asked() {
    let server = with_public(|registration| registration.is_consented = true).await;
    let browser = Browser::of(&server, ALICE).await;
    let fragment = browser.get(&authorize(&[("response_mode", "fragment")])).await.expect(302);
    assert!(fragment.header("location").starts_with(&format!("{BACK}#code=")));
    let posted = browser.get(&authorize(&[("response_mode", "form_post"), ("state", "\"><script>")])).await.expect(200);
    assert!(posted.text().contains(&format!("action=\"{BACK}\"")) && !posted.text().contains("<script>"));
    assert!(posted.header("content-security-policy").contains("form-action http://localhost:53682;"));
    let native = "https://login.microsoftonline.com/common/oauth2/nativeclient";
    let copied = browser.get(&authorize(&[("redirect_uri", native)])).await.expect(302);
    assert!(copied.header("location").starts_with(&format!("{native}?code=")));
    browser.get("/common/oauth2/nativeclient?code=x").await.expect(200);
}

#[tokio::test]
async fn a_program_without_pkce_is_registered_as_such() {
    let server = with_public(|registration| {
        registration.is_without_pkce = true;
        registration.is_consented = true;
    })
    .await;
    let browser = Browser::of(&server, ALICE).await;
    let without = [("code_challenge", ""), ("code_challenge_method", "")];
    let code = came_back(&browser.get(&authorize(&without)).await)["code"].clone();
    tokens(&redeem(&server, &code, &[("code_verifier", "")]).await);
    // Where a challenge was sent it counts all the same, and no proof fits none.
    let code = came_back(&browser.get(&authorize(&[])).await)["code"].clone();
    refused(&redeem(&server, &code, &[("code_verifier", "")]).await, 400, "invalid_grant");
    let code = came_back(&browser.get(&authorize(&without)).await)["code"].clone();
    refused(&redeem(&server, &code, &[]).await, 400, "invalid_grant");
}

#[tokio::test]
async fn an_application_with_a_secret_redeems_with_it() {
    let server = server().await;
    let (id, secret) = application(&server, 0);
    let browser = Browser::of(&server, ALICE).await;
    let address = authorize(&[("client_id", &id), ("code_challenge", ""), ("code_challenge_method", "")]);
    let code = allow(&browser, &address).await;
    let changes = [("client_id", id.as_str()), ("code_verifier", "")];
    refused(&redeem(&server, &code, &changes).await, 401, "invalid_client");
    let changes = [changes[0], changes[1], ("client_secret", secret.as_str())];
    tokens(&redeem(&server, &code, &changes).await);
    // A loopback address that is registered may be used with any port, another one not.
    browser.get(&address.replace("53682", "1")).await.expect(302);
    browser.get(&address.replace("53682%2F", "53682%2Fother")).await.expect(400);
}
