//! Refresh tokens: each renews once and brings the next.

use jiff::SignedDuration;
use serde_json::Value;

use super::{alices, application, claims, post, refused, server, token, tokens};
use crate::support::{Answer, TestServer};

const SCOPE: &str = "openid offline_access Files.Read User.Read";

async fn renew(server: &TestServer, refresh_token: &Value, more: &[(&str, &str)]) -> Answer {
    let (id, secret) = application(server, 0);
    let mut fields = vec![
        ("grant_type", "refresh_token"),
        ("client_id", id.as_str()),
        ("client_secret", secret.as_str()),
        ("refresh_token", refresh_token.as_str().unwrap()),
    ];
    fields.extend_from_slice(more);
    token(server, &fields).await
}

#[tokio::test]
async fn a_refresh_token_renews_and_brings_the_next() {
    let server = server().await;
    let first = alices(&server, SCOPE).await;
    server.advance(SignedDuration::from_hours(2));
    let alice = server.bearer(first["access_token"].as_str().unwrap());
    alice.get("/v1.0/me/drive/root").await.error(401, "InvalidAuthenticationToken");
    let second = tokens(&renew(&server, &first["refresh_token"], &[]).await);
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    assert_eq!(claims(&second["access_token"])["scp"], "Files.Read User.Read");
    assert_eq!(claims(&second["id_token"])["preferred_username"], "alice@harbour.example");
    let alice = server.bearer(second["access_token"].as_str().unwrap());
    alice.get("/v1.0/me/drive/root").await.expect(200);
    let third = tokens(&renew(&server, &second["refresh_token"], &[("scope", "Files.Read")]).await);
    assert_eq!(claims(&third["access_token"])["scp"], "Files.Read");
    assert!(third.get("id_token").is_none());
}

#[tokio::test]
async fn an_old_refresh_token_is_good_for_a_retry_and_later_ends_the_family() {
    let server = server().await;
    let first = alices(&server, SCOPE).await;
    let second = tokens(&renew(&server, &first["refresh_token"], &[]).await);
    server.advance(SignedDuration::from_secs(30));
    let retried = tokens(&renew(&server, &first["refresh_token"], &[]).await);
    tokens(&renew(&server, &second["refresh_token"], &[]).await);
    server.advance(SignedDuration::from_secs(31));
    refused(&renew(&server, &first["refresh_token"], &[]).await, 400, "invalid_grant");
    refused(&renew(&server, &retried["refresh_token"], &[]).await, 400, "invalid_grant");
}

#[tokio::test]
async fn a_refresh_token_is_its_applications_and_its_tenants() {
    let server = server().await;
    let first = alices(&server, SCOPE).await;
    let (id, secret) = application(&server, 1);
    let refresh_token = first["refresh_token"].as_str().unwrap();
    let fields = [
        ("grant_type", "refresh_token"),
        ("client_id", &id),
        ("client_secret", &secret),
        ("refresh_token", refresh_token),
    ];
    refused(&token(&server, &fields).await, 400, "invalid_grant");
    let (id, secret) = application(&server, 0);
    let fields = [
        ("grant_type", "refresh_token"),
        ("client_id", &id),
        ("client_secret", &secret),
        ("refresh_token", refresh_token),
    ];
    refused(&post(&server, "/consumers/oauth2/v2.0/token", &fields).await, 400, "invalid_grant");
    tokens(&post(&server, "/harbour.example/oauth2/v2.0/token", &fields).await);
}

#[tokio::test]
async fn a_refresh_token_reaches_no_further_than_what_was_allowed() {
    let server = server().await;
    let first = alices(&server, SCOPE).await;
    let more = refused(
        &renew(&server, &first["refresh_token"], &[("scope", "Files.ReadWrite.All")]).await,
        400,
        "invalid_grant",
    );
    assert_eq!(more["suberror"], "consent_required");
    refused(&renew(&server, &first["refresh_token"], &[("scope", "Mail.Read")]).await, 400, "invalid_scope");
    // What was refused used nothing up.
    tokens(&renew(&server, &first["refresh_token"], &[]).await);
}

#[tokio::test]
async fn without_offline_access_nothing_is_renewed() {
    let server = server().await;
    assert!(alices(&server, "openid Files.Read").await.get("refresh_token").is_none());
}

#[tokio::test]
async fn a_refresh_token_ends_by_itself_by_a_new_password_and_with_the_account() {
    let server = server().await;
    let alice = server.person("alice@harbour.example").user.id;
    let old = alices(&server, SCOPE).await;
    server.advance(SignedDuration::from_hours(90 * 24 + 1));
    refused(&renew(&server, &old["refresh_token"], &[]).await, 400, "invalid_grant");

    let disabled = alices(&server, SCOPE).await;
    server.app.db.write(move |tx| tx.set_user_enabled(alice, false)).await.unwrap();
    refused(&renew(&server, &disabled["refresh_token"], &[]).await, 400, "invalid_grant");
    server.app.db.write(move |tx| tx.set_user_enabled(alice, true)).await.unwrap();

    let before = alices(&server, SCOPE).await;
    driveway::ops::sign_in::set_password(&server.app, alice, &"another one".to_owned().into()).await.unwrap();
    refused(&renew(&server, &before["refresh_token"], &[]).await, 400, "invalid_grant");
}

#[tokio::test]
async fn what_is_kept_of_refresh_tokens_opens_nothing() {
    let server = server().await;
    let answer = alices(&server, SCOPE).await;
    let secret = answer["refresh_token"].as_str().unwrap().to_owned();
    let database = std::fs::read(server.app.config.data.join("driveway.db")).unwrap();
    let journal = std::fs::read(server.app.config.data.join("driveway.db-wal")).unwrap_or_default();
    for bytes in [database, journal] {
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
    }
}
