//! Who is calling: tokens that are good, tokens that aren't, and how far a good one reaches.

use data_encoding::BASE64URL_NOPAD;
use driveway::auth::token::{AUDIENCE, Subject};
use driveway_core::id::{ApplicationId, UserId};
use jiff::SignedDuration;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use crate::support::TestServer;

const SCOPES: &str = "Files.ReadWrite.All";

fn alices_token(server: &TestServer) -> String {
    let user = &server.person("alice@harbour.example").user;
    let (client, now) = (server.application_id(0), server.app.clock.now());
    server.app.tokens.mint(user.tenant, client, Subject::User(user.id), SCOPES, now, 3600).unwrap()
}

/// A token that says what the server's own would say, signed by the server's key, but for a change.
fn signed(server: &TestServer, change: impl FnOnce(&mut Value)) -> String {
    let payload = alices_token(server).split('.').nth(1).unwrap().to_owned();
    let mut claims: Value = serde_json::from_slice(&BASE64URL_NOPAD.decode(payload.as_bytes()).unwrap()).unwrap();
    change(&mut claims);
    let file = std::fs::read_to_string(server.app.config.data.join("keys/token-1.key")).unwrap();
    let key = EncodingKey::from_ec_der(&data_encoding::HEXLOWER.decode(file.trim().as_bytes()).unwrap());
    jsonwebtoken::encode(&Header::new(Algorithm::ES256), &claims, &key).unwrap()
}

async fn is_refused(server: &TestServer, token: &str, why: &str) {
    let answer = server.bearer(token).get("/v1.0/me/drive").await;
    assert_eq!(answer.status.as_u16(), 401, "{why}: {}", answer.text());
    answer.error(401, "InvalidAuthenticationToken");
    assert!(answer.header("www-authenticate").starts_with("Bearer"), "{why}");
}

#[tokio::test]
async fn only_tokens_that_this_server_signed_for_this_purpose_are_good() {
    let server = TestServer::start().await;
    let good = alices_token(&server);
    server.bearer(&good).get("/v1.0/me/drive").await.expect(200);
    server.bearer(&signed(&server, |_| {})).get("/v1.0/me/drive").await.expect(200);

    let parts: Vec<&str> = good.split('.').collect();
    let none = BASE64URL_NOPAD.encode(b"{\"alg\":\"none\",\"typ\":\"JWT\"}");
    let hmac = jsonwebtoken::encode(
        &Header::new(Algorithm::HS256),
        &json!({"iss": server.app.tokens.issuer(), "aud": AUDIENCE}),
        &EncodingKey::from_secret(b"guess"),
    )
    .unwrap();
    for (token, why) in [
        (format!("{}.{}.{}", parts[0], parts[1], "A".repeat(86)), "another signature"),
        (format!("{}.{}.", parts[0], parts[1]), "no signature"),
        (format!("{none}.{}.", parts[1]), "alg none"),
        (format!("{none}.{}.{}", parts[1], parts[2]), "alg none, signed"),
        (hmac, "another algorithm"),
        (signed(&server, |claims| claims["iss"] = json!("urn:driveway:other")), "another issuer"),
        (signed(&server, |claims| claims["aud"] = json!("https://elsewhere.example")), "another audience"),
        (signed(&server, |claims| drop(claims.as_object_mut().unwrap().remove("exp"))), "no end"),
        (signed(&server, |claims| drop(claims.as_object_mut().unwrap().remove("oid"))), "a user without an id"),
        (signed(&server, |claims| claims["roles"] = json!(["Files.ReadWrite.All"])), "both kinds at once"),
        (signed(&server, |claims| claims["idtyp"] = json!("device")), "another kind"),
        (signed(&server, |claims| claims["tid"] = json!("9188040d-6c67-4c5b-b112-36a304b66dad")), "another tenant"),
        (format!("{good}{}", "A".repeat(9000)), "too long"),
        ("nonsense".to_owned(), "no token"),
        (String::new(), "empty"),
    ] {
        is_refused(&server, &token, why).await;
    }
}

#[tokio::test]
async fn a_token_is_good_in_its_time_only_give_or_take_a_minute() {
    let server = TestServer::start().await;
    let token = alices_token(&server);
    let early = signed(&server, |claims| claims["nbf"] = json!(claims["nbf"].as_i64().unwrap() + 61));
    is_refused(&server, &early, "not yet valid").await;
    server.advance(SignedDuration::from_secs(3600 + 59));
    server.bearer(&token).get("/v1.0/me/drive").await.expect(200);
    server.bearer(&early).get("/v1.0/me/drive").await.expect(200);
    server.advance(SignedDuration::from_secs(1));
    is_refused(&server, &token, "expired").await;
}

#[tokio::test]
async fn a_disabled_or_unknown_account_or_application_is_as_good_as_no_token() {
    let server = TestServer::start().await;
    let token = alices_token(&server);
    let (user, client) = (server.person("alice@harbour.example").user.id, server.application_id(0));
    let db = &server.app.db;
    db.write(move |tx| tx.set_user_enabled(user, false)).await.unwrap();
    is_refused(&server, &token, "disabled user").await;
    db.write(move |tx| tx.set_user_enabled(user, true)).await.unwrap();
    db.write(move |tx| tx.set_application_enabled(client, false)).await.unwrap();
    is_refused(&server, &token, "disabled application").await;
    db.write(move |tx| tx.set_application_enabled(client, true)).await.unwrap();
    server.bearer(&token).get("/v1.0/me/drive").await.expect(200);

    let nobody = uuid::Uuid::from_u128(7);
    let (tenant, now) = (server.demo.organization.id, server.app.clock.now());
    let mint = |client, subject| server.app.tokens.mint(tenant, client, subject, SCOPES, now, 3600).unwrap();
    is_refused(&server, &mint(client, Subject::User(UserId::from_uuid(nobody))), "unknown user").await;
    is_refused(&server, &mint(ApplicationId::from_uuid(nobody), Subject::User(user)), "unknown application").await;
}

#[tokio::test]
async fn the_header_is_read_as_clients_write_it_and_never_twice() {
    let server = TestServer::start().await;
    let token = alices_token(&server);
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let actor = server.anonymous().with("authorization", &format!("{scheme} {token}"));
        actor.get("/v1.0/me/drive").await.expect(200);
    }
    for value in [token.clone(), format!("Token {token}"), "Bearer".to_owned(), "Basic OnNlY3JldA==".to_owned()] {
        let actor = server.anonymous().with("authorization", &value);
        actor.get("/v1.0/me/drive").await.error(401, "InvalidAuthenticationToken");
    }
    let twice = server.bearer(&token).with("authorization", &format!("Bearer {token}"));
    twice.get("/v1.0/me/drive").await.error(401, "InvalidAuthenticationToken");
    server.anonymous().get("/v1.0/me/drive").await.error(401, "InvalidAuthenticationToken");
}

#[tokio::test]
async fn files_readwrite_reaches_the_callers_own_drive_only() {
    let server = TestServer::start().await;
    let narrow = server.user("alice@harbour.example", "Files.ReadWrite");
    narrow.get("/v1.0/me/drive").await.expect(200);
    narrow.put("/v1.0/me/drive/root:/a.txt:/content", "x").await.expect(201);
    let own = &server.person("alice@harbour.example").drive.id;
    narrow.get(&format!("/v1.0/drives/{own}/root/children")).await.expect(200);
    let bobs = &server.person("bob@harbour.example").drive.id;
    for address in [
        format!("/drives/{}", server.demo.group.id),
        format!("/drives/{}/root/children", server.demo.group.id),
        format!("/drives/{}/root", server.demo.site.id),
        format!("/drives/{bobs}/root"),
        "/drives/b!AAAAAAAAAAAAAAAAAAAAAA/root".to_owned(),
    ] {
        narrow.get(&format!("/v1.0{address}")).await.error(403, "accessDenied");
    }
    let reading = server.user("alice@harbour.example", "Files.Read");
    reading.get("/v1.0/me/drive/root/children").await.expect(200);
    reading.put("/v1.0/me/drive/root:/b.txt:/content", "x").await.error(403, "accessDenied");
    let nothing = server.user("alice@harbour.example", "User.Read Mail.ReadWrite");
    nothing.get("/v1.0/me/drive").await.error(403, "accessDenied");
}

#[tokio::test]
async fn an_application_acts_in_its_own_tenant_and_has_no_drive_of_its_own() {
    let server = TestServer::start().await;
    let application = server.application("Files.ReadWrite.All");
    for person in ["alice@harbour.example", "bob@harbour.example"] {
        let drive = &server.person(person).drive.id;
        application.get(&format!("/v1.0/drives/{drive}/root/children")).await.expect(200);
        application.get(&format!("/v1.0/users/{person}/drive")).await.expect(200);
    }
    let pats = server.person("pat@personal.example");
    application.get(&format!("/v1.0/drives/{}/root", pats.drive.id)).await.error(404, "itemNotFound");
    application.get(&format!("/v1.0/users/{}/drive", pats.user.id)).await.error(404, "itemNotFound");
    application.get("/v1.0/me/drive").await.error(400, "invalidRequest");
    let own = &server.person("alice@harbour.example").drive.id;
    for too_little in ["Files.ReadWrite", "Files.Read", "User.Read.All", ""] {
        let actor = server.application(too_little);
        actor.get(&format!("/v1.0/drives/{own}/root")).await.error(403, "accessDenied");
    }
    server.application("Sites.ReadWrite.All").get(&format!("/v1.0/drives/{own}/root")).await.expect(200);
}

#[tokio::test]
async fn scopes_of_sites_mean_nothing_to_personal_accounts() {
    let server = TestServer::start().await;
    let sites = server.user("pat@personal.example", "Sites.ReadWrite.All");
    sites.get("/v1.0/me/drive").await.error(403, "accessDenied");
    sites.get("/v1.0/me/drive/root/children").await.error(403, "accessDenied");
    server.user("pat@personal.example", "Files.ReadWrite").get("/v1.0/me/drive").await.expect(200);
    server.user("alice@harbour.example", "Sites.ReadWrite.All").get("/v1.0/me/drive").await.expect(200);
}
