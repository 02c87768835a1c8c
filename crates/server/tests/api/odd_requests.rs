//! Requests that are unusual and not wrong, or wrong in a way that is easily passed over.

use serde_json::json;

use crate::support::TestServer;

const WELCOME: &str = "/v1.0/me/drive/root:/Welcome.txt:";

/// AMB-10: the end of 9999 is how some clients say "never".
#[tokio::test]
async fn a_link_may_end_at_the_end_of_time() {
    let server = TestServer::start().await;
    let asked = json!({"type": "view", "scope": "anonymous", "expirationDateTime": "9999-12-31T23:59:59Z"});
    let link = server.alice().post(&format!("{WELCOME}/createLink"), &asked).await.expect(201).json();
    assert!(link["expirationDateTime"].as_str().unwrap().starts_with("9999-12-30T"), "{link}");
    server.anonymous().get(link["link"]["webUrl"].as_str().unwrap()).await.expect(200);
}

/// Closing frames on business drives closes those that stand already.
#[tokio::test]
async fn a_closed_policy_closes_frames_too() {
    let server = TestServer::start().await;
    let policy = "/driveway/v1/policy/sharing";
    server.admin().patch(policy, &json!({"embedOnBusiness": true})).await.expect(200);
    let asked = json!({"type": "embed", "scope": "anonymous"});
    let link = server.alice().post(&format!("{WELCOME}/createLink"), &asked).await.expect(201).json();
    let url = link["link"]["webUrl"].as_str().unwrap();
    server.anonymous().get(url).await.expect(200);
    server.admin().patch(policy, &json!({"embedOnBusiness": false})).await.expect(200);
    server.anonymous().get(url).await.expect(404);
}

/// P26: a proxy that names ports doesn't put all visitors into one.
#[tokio::test]
async fn p26_visitors_behind_a_proxy_that_names_ports_are_told_apart() {
    let server = TestServer::start_with(|config| config.limits.password_attempts = 2).await;
    let asked = json!({"type": "view", "scope": "anonymous", "password": "harbour"});
    let link = server.pat().post(&format!("{WELCOME}/createLink"), &asked).await.expect(201).json();
    let url = link["link"]["webUrl"].as_str().unwrap();
    let from = |address: &str, guess: &str| {
        server.anonymous().with("x-forwarded-for", address).with("driveway-link-password", guess)
    };
    for port in 1000..1003 {
        from(&format!("7.7.7.7:{port}"), "wrong").get(url).await;
    }
    from("7.7.7.7", "harbour").get(url).await.expect(429);
    from("6.6.6.6:1", "harbour").get(url).await.expect(200);
}

/// `If-None-Match: *` asks for a new file and nothing else.
#[tokio::test]
async fn a_put_that_wants_a_new_file_replaces_none() {
    let server = TestServer::start().await;
    let careful = server.alice().with("if-none-match", "*");
    careful.put("/v1.0/me/drive/root:/new.txt:/content", "1").await.expect(201);
    careful.put("/v1.0/me/drive/root:/new.txt:/content", "2").await.error(412, "resourceModified");
}

/// An encoded body would be given out again as something that it isn't.
#[tokio::test]
async fn an_encoded_upload_is_refused() {
    let server = TestServer::start().await;
    let encoded = server.alice().with("content-encoding", "gzip");
    let error = encoded.put("/v1.0/me/drive/root:/new.txt:/content", "1").await.error(415, "invalidRequest");
    assert_eq!(error["target"], "Content-Encoding");
}

/// AMB-12: a tag without quotes is none.
#[tokio::test]
async fn a_tag_without_quotes_is_refused() {
    let server = TestServer::start().await;
    let careless = server.alice().with("if-match", "abc");
    let error = careless.delete("/v1.0/me/drive/root:/Welcome.txt").await.error(400, "invalidRequest");
    assert_eq!(error["innerError"]["code"], "malformedEntityTag");
}

/// AMB-22: only somebody who could list an expired link is told that it has expired.
#[tokio::test]
async fn amb_22_an_expired_link_says_so_to_its_owner_only() {
    let server = TestServer::start().await;
    let asked = json!({"type": "view", "scope": "anonymous", "expirationDateTime": "2026-11-24T12:00:00Z"});
    let link = server.alice().post(&format!("{WELCOME}/createLink"), &asked).await.expect(201).json();
    let share = format!("/v1.0/shares/{}/driveItem", link["shareId"].as_str().unwrap());
    server.advance(jiff::SignedDuration::from_hours(24));
    let error = server.alice().get(&share).await.error(403, "accessDenied");
    assert_eq!(error["innerError"]["code"], "linkExpired");
    server.anonymous().get(&share).await.error(404, "itemNotFound");
    server.bob().get(&share).await.error(404, "itemNotFound");
}

/// An item's `webUrl` leads a program with a token to the item, and asks everybody else to sign in.
#[tokio::test]
async fn an_items_web_url_leads_somewhere() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let item = alice.get("/v1.0/me/drive/root:/Welcome.txt").await.expect(200).json();
    let url = item["webUrl"].as_str().unwrap();
    let answer = alice.get(url).await.expect(302);
    assert_eq!(alice.get(answer.header("location")).await.expect(200).json()["id"], item["id"]);
    server.anonymous().get(url).await.expect(401);
}
