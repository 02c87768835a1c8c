//! Devices without a browser.

use jiff::SignedDuration;
use serde_json::Value;

use super::browser::Browser;
use super::{DEVICE, application, claims, form, post, refused, server, token, tokens};
use crate::support::{Answer, TestServer};

const ALICE: &str = "alice@harbour.example";
const SCOPE: &str = "openid offline_access Files.Read";

async fn begin(server: &TestServer, segment: &str) -> Value {
    let (id, _) = application(server, 0);
    let fields = [("client_id", id.as_str()), ("scope", SCOPE)];
    tokens(&post(server, &format!("/{segment}/oauth2/v2.0/devicecode"), &fields).await)
}

async fn ask(server: &TestServer, begun: &Value) -> Answer {
    let (id, secret) = application(server, 0);
    let fields = [
        ("grant_type", DEVICE),
        ("client_id", id.as_str()),
        ("client_secret", secret.as_str()),
        ("device_code", begun["device_code"].as_str().unwrap()),
        ("code", begun["device_code"].as_str().unwrap()),
    ];
    token(server, &fields).await
}

async fn answer(server: &TestServer, name: &str, code: &str, decision: &str) -> Answer {
    let browser = Browser::of(server, name).await;
    let page = browser.get("/device").await.expect(200);
    let asked = browser.send(&page, "/device", &[("user_code", code)]).await;
    if asked.status != 200 {
        return asked;
    }
    assert!(asked.text().contains("Driveway Explorer") && asked.text().contains("Read your files"));
    browser.send(&asked, "/device", &[("user_code", code), ("decision", decision)]).await
}

#[tokio::test]
async fn a_device_shows_a_code_waits_and_gets_its_tokens() {
    let server = server().await;
    let begun = begin(&server, "common").await;
    let code = begun["user_code"].as_str().unwrap();
    assert_eq!((begun["expires_in"].as_i64(), begun["interval"].as_i64()), (Some(900), Some(5)));
    assert_eq!(begun["verification_uri"], "http://driveway.test/device");
    assert!(begun["message"].as_str().unwrap().contains(code));
    refused(&ask(&server, &begun).await, 400, "authorization_pending");
    refused(&ask(&server, &begun).await, 400, "slow_down");
    server.advance(SignedDuration::from_secs(6));
    refused(&ask(&server, &begun).await, 400, "slow_down");
    server.advance(SignedDuration::from_secs(16));
    refused(&ask(&server, &begun).await, 400, "authorization_pending");
    let typed = format!(" {}-{} ", code[..4].to_lowercase(), &code[4..]);
    answer(&server, ALICE, &typed, "allow").await.expect(200);
    let answer = tokens(&ask(&server, &begun).await);
    assert_eq!(claims(&answer["id_token"])["preferred_username"], ALICE);
    assert!(answer["refresh_token"].is_string());
    refused(&ask(&server, &begun).await, 400, "bad_verification_code");
}

#[tokio::test]
async fn a_device_that_is_refused_or_late_gets_nothing() {
    let server = server().await;
    let begun = begin(&server, "common").await;
    let code = begun["user_code"].as_str().unwrap().to_owned();
    answer(&server, ALICE, &code, "refuse").await.expect(200);
    refused(&ask(&server, &begun).await, 400, "authorization_declined");
    let begun = begin(&server, "common").await;
    server.advance(SignedDuration::from_mins(16));
    answer(&server, ALICE, begun["user_code"].as_str().unwrap(), "allow").await.expect(400);
    refused(&ask(&server, &begun).await, 400, "expired_token");
}

#[tokio::test]
async fn a_device_is_for_whom_its_authority_takes() {
    let server = server().await;
    let begun = begin(&server, "consumers").await;
    let code = begun["user_code"].as_str().unwrap().to_owned();
    answer(&server, ALICE, &code, "allow").await.expect(400);
    answer(&server, "pat@personal.example", &code, "allow").await.expect(200);
    tokens(&ask(&server, &begun).await);
}

#[tokio::test]
async fn codes_of_devices_are_asked_of_who_is_signed_in_and_guessed_only_so_often() {
    let server = server().await;
    let begun = begin(&server, "common").await;
    let code = begun["user_code"].as_str().unwrap().to_owned();
    let nobody = Browser::new(&server);
    let led = nobody.get(&format!("/device?user_code={code}")).await.expect(303);
    assert_eq!(led.header("location"), format!("/sign-in?{}", form(&[("next", &format!("/device?user_code={code}"))])));
    let alice = Browser::of(&server, ALICE).await;
    alice.post("/device", &[("user_code", &code), ("decision", "allow")]).await.expect(403);
    for _ in 0..20 {
        let page = alice.get("/device").await.expect(200);
        alice.send(&page, "/device", &[("user_code", "BBBBBBBB")]).await.expect(400);
    }
    let page = alice.get("/device").await.expect(200);
    alice.send(&page, "/device", &[("user_code", "BBBBBBBB")]).await.expect(429);
    refused(&ask(&server, &begun).await, 400, "authorization_pending");
}

#[tokio::test]
async fn devices_begin_for_applications_that_there_are_and_only_so_often() {
    let server = server().await;
    let (id, _) = application(&server, 0);
    let path = "/common/oauth2/v2.0/devicecode";
    for (fields, error) in [
        (&[("client_id", "x"), ("scope", SCOPE)][..], "unauthorized_client"),
        (&[("client_id", id.as_str())], "invalid_request"),
        (&[("client_id", id.as_str()), ("scope", "Mail.Read")], "invalid_scope"),
        (&[("scope", SCOPE)], "invalid_request"),
    ] {
        refused(&post(&server, path, fields).await, 400, error);
    }
    let fields = [("client_id", id.as_str()), ("scope", SCOPE)];
    for _ in 0..60 {
        tokens(&post(&server, path, &fields).await);
    }
    refused(&post(&server, path, &fields).await, 429, "temporarily_unavailable");
}
