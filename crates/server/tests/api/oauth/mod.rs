//! Signing in: the authority that Microsoft's libraries, rclone and others talk to.

mod browser;
mod client;
mod code;
mod discovery;
mod refresh;

use driveway::config::Config;
use driveway::ops::demo;
use reqwest::Method;
use serde_json::Value;

use crate::support::{Answer, TestServer};

/// The grant type of devices.
pub const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// A server whose people have passwords.
pub async fn server() -> TestServer {
    server_with(|config| config.sign_in.password_grant = true).await
}

/// A server whose people have passwords and whose settings a test changes.
pub async fn server_with(change: impl FnOnce(&mut Config)) -> TestServer {
    let server = TestServer::start_with(change).await;
    demo::allow_sign_in(&server.app, &server.demo).await.unwrap();
    server
}

/// The fields of a form.
pub fn form(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// Posts a form to an endpoint.
pub async fn post(server: &TestServer, path: &str, fields: &[(&str, &str)]) -> Answer {
    server.anonymous().send(Method::POST, path, "application/x-www-form-urlencoded", form(fields)).await
}

/// Asks `common` for tokens.
pub async fn token(server: &TestServer, fields: &[(&str, &str)]) -> Answer {
    post(server, "/common/oauth2/v2.0/token", fields).await
}

/// The body as JSON, which is none of Graph's.
#[track_caller]
pub fn json(answer: &Answer) -> Value {
    assert_eq!(answer.header("cache-control"), "no-store", "{}", answer.text());
    serde_json::from_slice(&answer.body).unwrap_or_else(|error| panic!("{error} in {}", answer.text()))
}

/// The body of an answer that went well.
#[track_caller]
pub fn tokens(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.text());
    json(answer)
}

/// Asserts that this is OAuth's error of this status and name.
#[track_caller]
pub fn refused(answer: &Answer, status: u16, error: &str) -> Value {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.text());
    let body = json(answer);
    assert_eq!(body["error"], error, "{body}");
    for member in ["error_description", "timestamp", "trace_id", "correlation_id"] {
        assert!(body[member].as_str().is_some_and(|text| !text.is_empty()), "{member} in {body}");
    }
    assert!(body["error_codes"].is_array(), "{body}");
    body
}

/// The claims of a token, unverified.
pub fn claims(token: &Value) -> Value {
    let part = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&data_encoding::BASE64URL_NOPAD.decode(part.as_bytes()).unwrap()).unwrap()
}

/// The client id and the secret of the first (0) or the second (1) application.
pub fn application(server: &TestServer, at: usize) -> (String, String) {
    let (id, _, secret) = &server.demo.applications[at];
    (id.to_string(), secret.clone())
}

/// Alice's tokens through the first application, by her password.
pub async fn alices(server: &TestServer, scope: &str) -> Value {
    let (id, secret) = application(server, 0);
    let password = &server.person("alice@harbour.example").password;
    let fields = [
        ("grant_type", "password"),
        ("client_id", &id),
        ("client_secret", &secret),
        ("username", "alice@harbour.example"),
        ("password", password),
        ("scope", scope),
        ("client_info", "1"),
    ];
    tokens(&token(server, &fields).await)
}
