//! Applications: how they show who they are, what they get for themselves, and what the token endpoint refuses.

use reqwest::Method;
use serde_json::Value;

use super::{DEVICE, alices, application, claims, form, post, refused, server, server_with, token, tokens};

const DEFAULT: &str = "https://graph.microsoft.com/.default";

#[tokio::test]
async fn an_application_gets_tokens_of_its_own() {
    let server = server().await;
    let (id, secret) = application(&server, 0);
    let tenant = server.demo.organization.id.to_string();
    let fields =
        [("grant_type", "client_credentials"), ("client_id", &id), ("client_secret", &secret), ("scope", DEFAULT)];
    for segment in [tenant.as_str(), "harbour.example", "organizations", "common"] {
        let answer =
            tokens(&post(&server, &format!("/{segment}/oauth2/v2.0/token?client-request-id=x"), &fields).await);
        assert_eq!(answer["token_type"], "Bearer");
        assert_eq!((answer["expires_in"].as_i64(), answer["ext_expires_in"].as_i64()), (Some(3600), Some(3600)));
        for absent in ["refresh_token", "id_token", "client_info", "scope"] {
            assert!(answer.get(absent).is_none(), "{absent} in {answer}");
        }
        let drive = &server.person("alice@harbour.example").drive.id;
        let app = server.bearer(answer["access_token"].as_str().unwrap());
        app.get(&format!("/v1.0/drives/{drive}/root")).await.expect(200);
    }
    refused(&post(&server, "/consumers/oauth2/v2.0/token", &fields).await, 400, "unauthorized_client");
    for scope in ["Files.Read.All", "https://graph.microsoft.com/.default openid", "Mail.Read", ""] {
        let fields =
            [("grant_type", "client_credentials"), ("client_id", &id), ("client_secret", &secret), ("scope", scope)];
        refused(&token(&server, &fields).await, 400, "invalid_scope");
    }
}

#[tokio::test]
async fn an_application_shows_its_secret_in_the_form_or_by_basic() {
    let server = server().await;
    let (id, secret) = application(&server, 0);
    let basic = |text: String| format!("Basic {}", data_encoding::BASE64.encode(text.as_bytes()));
    let send = async |authorization: String, fields: &[(&str, &str)]| {
        let client = server.anonymous().with("authorization", &authorization);
        client.send(Method::POST, "/common/oauth2/v2.0/token", "application/x-www-form-urlencoded", form(fields)).await
    };
    let grant = [("grant_type", "client_credentials"), ("scope", ".default")];
    tokens(&send(basic(format!("{id}:{secret}")), &grant).await);
    let escaped = id.replace('-', "%2D");
    tokens(&send(basic(format!("{escaped}:{secret}")), &grant).await);
    let wrong = send(basic(format!("{id}:wrong")), &grant).await;
    refused(&wrong, 401, "invalid_client");
    assert!(wrong.header("www-authenticate").starts_with("Basic "));
    let twice = [grant[0], grant[1], ("client_id", id.as_str()), ("client_secret", secret.as_str())];
    refused(&send(basic(format!("{id}:{secret}")), &twice).await, 400, "invalid_request");
    for bad in ["Basic", "Basic !!!", "Bearer x", &basic("no colon".to_owned())] {
        refused(&send(bad.to_owned(), &grant).await, 400, "invalid_request");
    }
    let missing = [grant[0], grant[1], ("client_id", id.as_str())];
    refused(&token(&server, &missing).await, 401, "invalid_client");
}

#[tokio::test]
async fn unknown_and_disabled_applications_get_nothing() {
    let server = server().await;
    let (id, secret) = application(&server, 0);
    for unknown in ["00000000-0000-0000-0000-000000000001", "d21e0000-0000-4000-8000-000000000000", "x", "'; --"] {
        let fields =
            [("grant_type", "client_credentials"), ("client_id", unknown), ("client_secret", "x"), ("scope", DEFAULT)];
        refused(&token(&server, &fields).await, 400, "unauthorized_client");
    }
    let application = server.application_id(0);
    server.app.db.write(move |tx| tx.set_application_enabled(application, false)).await.unwrap();
    let fields =
        [("grant_type", "client_credentials"), ("client_id", &id), ("client_secret", &secret), ("scope", DEFAULT)];
    refused(&token(&server, &fields).await, 400, "unauthorized_client");
}

#[tokio::test]
async fn wrong_secrets_are_tried_only_so_often() {
    let server = server().await;
    let (id, secret) = application(&server, 0);
    let fields = |secret| {
        [
            ("grant_type", "client_credentials"),
            ("client_id", id.as_str()),
            ("client_secret", secret),
            ("scope", DEFAULT),
        ]
    };
    for _ in 0..100 {
        refused(&token(&server, &fields("wrong")).await, 401, "invalid_client");
    }
    let late = token(&server, &fields(&secret)).await;
    refused(&late, 429, "temporarily_unavailable");
    assert_eq!(late.header("retry-after"), "900");
    server.advance(jiff::SignedDuration::from_mins(16));
    tokens(&token(&server, &fields(&secret)).await);
}

#[tokio::test]
async fn forms_that_are_none_are_refused() {
    let server = server().await;
    let (id, secret) = application(&server, 0);
    let path = "/common/oauth2/v2.0/token";
    let json = server.anonymous().send(Method::POST, path, "application/json", "{}").await;
    refused(&json, 400, "invalid_request");
    let large = format!("grant_type=client_credentials&x={}", "a".repeat(64 * 1024));
    let large = server.anonymous().send(Method::POST, path, "application/x-www-form-urlencoded", large).await;
    refused(&large, 400, "invalid_request");
    let client = [("client_id", id.as_str()), ("client_secret", secret.as_str())];
    for (fields, error) in [
        (&[][..], "invalid_request"),
        (&[("grant_type", "implicit")], "unsupported_grant_type"),
        (&[("grant_type", "client_credentials"), ("grant_type", "password")], "invalid_request"),
        (&[("grant_type", "authorization_code")], "invalid_request"),
        (&[("grant_type", "authorization_code"), ("code", "x")], "invalid_request"),
        (&[("grant_type", "authorization_code"), ("code", "x"), ("redirect_uri", "x")], "invalid_grant"),
        (&[("grant_type", "refresh_token")], "invalid_request"),
        (&[("grant_type", "refresh_token"), ("refresh_token", "x")], "invalid_grant"),
        (&[("grant_type", DEVICE)], "invalid_request"),
        (&[("grant_type", DEVICE), ("device_code", "x")], "bad_verification_code"),
        (&[("grant_type", "device_code"), ("code", "x")], "bad_verification_code"),
        (&[("grant_type", "password"), ("username", "x")], "invalid_request"),
    ] {
        let fields: Vec<_> = client.iter().chain(fields).copied().collect();
        refused(&token(&server, &fields).await, 400, error);
    }
}

#[tokio::test]
async fn a_password_is_taken_where_the_setting_allows() {
    let server = server().await;
    let answer = alices(&server, "openid profile offline_access https://graph.microsoft.com/Files.Read").await;
    assert_eq!(answer["scope"], "openid profile offline_access https://graph.microsoft.com/Files.Read");
    let access = claims(&answer["access_token"]);
    assert_eq!(access["scp"], "Files.Read");
    let alice = server.bearer(answer["access_token"].as_str().unwrap());
    alice.get("/v1.0/me/drive/root").await.expect(200);
    let info: Value = serde_json::from_slice(
        &data_encoding::BASE64URL_NOPAD.decode(answer["client_info"].as_str().unwrap().as_bytes()).unwrap(),
    )
    .unwrap();
    assert_eq!(info["utid"], server.demo.organization.id.to_string());
    assert_eq!(info["uid"], server.person("alice@harbour.example").user.id.to_string());

    let (id, secret) = application(&server, 0);
    let attempt = async |tenant: &str, name: &str, password: &str, scope: &str| {
        let fields = [
            ("grant_type", "password"),
            ("client_id", &id),
            ("client_secret", &secret),
            ("username", name),
            ("password", password),
            ("scope", scope),
        ];
        post(&server, &format!("/{tenant}/oauth2/v2.0/token"), &fields).await
    };
    let right = server.person("alice@harbour.example").password.clone();
    let pats = server.person("pat@personal.example").password.clone();
    for (tenant, name, password, scope, error) in [
        ("common", "alice@harbour.example", "wrong", "User.Read", "invalid_grant"),
        ("common", "nobody@harbour.example", right.as_str(), "User.Read", "invalid_grant"),
        ("common", "pat@personal.example", pats.as_str(), "User.Read", "invalid_grant"),
        ("consumers", "alice@harbour.example", right.as_str(), "User.Read", "invalid_grant"),
        ("common", "alice@harbour.example", right.as_str(), "Mail.Read", "invalid_scope"),
        ("common", "alice@harbour.example", right.as_str(), "", "invalid_request"),
    ] {
        refused(&attempt(tenant, name, password, scope).await, 400, error);
    }
    tokens(&attempt("common", "Alice@Harbour.Example", &right, ".default").await);

    let strict = server_with(|_| {}).await;
    let (id, secret) = application(&strict, 0);
    let password = &strict.person("alice@harbour.example").password;
    let fields = [
        ("grant_type", "password"),
        ("client_id", &id),
        ("client_secret", &secret),
        ("username", "alice@harbour.example"),
        ("password", password),
        ("scope", "User.Read"),
    ];
    refused(&token(&strict, &fields).await, 400, "unsupported_grant_type");
}

#[tokio::test]
async fn guesses_at_accounts_are_limited_and_tell_nothing() {
    let server = server().await;
    let (id, secret) = application(&server, 0);
    let guess = async |name: &str, password: &str| {
        let fields = [
            ("grant_type", "password"),
            ("client_id", &id),
            ("client_secret", &secret),
            ("username", name),
            ("password", password),
            ("scope", "User.Read"),
        ];
        token(&server, &fields).await
    };
    let right = server.person("alice@harbour.example").password.clone();
    let mut texts = Vec::new();
    for name in ["alice@harbour.example", "nobody@harbour.example"] {
        let before = server.app.passwords.hashed();
        let refusal = refused(&guess(name, "wrong").await, 400, "invalid_grant");
        assert_eq!(server.app.passwords.hashed(), before + 1, "{name} costs as much as any other");
        texts.push(refusal["error_description"].clone());
        for _ in 1..10 {
            refused(&guess(name, "wrong").await, 400, "invalid_grant");
        }
        let hashed = server.app.passwords.hashed();
        refused(&guess(name, &right).await, 429, "temporarily_unavailable");
        assert_eq!(server.app.passwords.hashed(), hashed);
    }
    assert_eq!(texts[0], texts[1]);
    let bobs = server.person("bob@harbour.example").password.clone();
    tokens(&guess("bob@harbour.example", &bobs).await);
    server.advance(jiff::SignedDuration::from_mins(16));
    tokens(&guess("alice@harbour.example", &right).await);
}
