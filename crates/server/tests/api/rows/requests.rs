//! What holds for requests of every kind (MISC-04 to MISC-07, ERR-06).

use serde_json::json;

use crate::steps::{at, id, names, protected, put, view};
use crate::support::TestServer;
use crate::support::sharing::ALICE;

/// MISC-04, ERR-06: whoever asked too often is told in whole seconds when to come again.
#[tokio::test]
async fn misc_04_err_06_too_many_requests_say_when_to_come_again() {
    let server = TestServer::start_with(|config| config.limits.password_attempts = 1).await;
    let pat = server.pat();
    put(&pat, "a.txt", "x").await;
    let link = protected(&pat, "a.txt", "harbour").await;
    let guesser = server.anonymous().with("driveway-link-password", "wrong");
    guesser.get(&link.graph("")).await.error(403, "accessDenied");
    let answer = guesser.get(&link.graph("")).await;
    let error = answer.error(429, "activityLimitReached");
    assert_eq!(error["innerError"]["code"], "throttledRequest");
    let seconds: i64 = answer.header("retry-after").parse().unwrap();
    assert!(seconds > 0);
    server.advance(jiff::SignedDuration::from_secs(seconds));
    guesser.get(&link.graph("")).await.error(403, "accessDenied");
}

/// MISC-05, AMB-56: a next link is opaque, leads on by itself and keeps what was asked for.
#[tokio::test]
async fn misc_05_a_next_link_keeps_what_was_asked_for() {
    let server = TestServer::start().await;
    let alice = server.alice();
    for name in ["a.txt", "b.txt", "c.txt"] {
        put(&alice, &format!("Hold/{name}"), "x").await;
    }
    let shared = view(&alice, "Hold").await;
    for (actor, folder) in [(&alice, at("Hold")), (&server.anonymous(), shared.graph(""))] {
        let first = actor.get(&format!("{folder}/children?$top=2&$select=name&$count=true")).await.expect(200).json();
        let next = first["@odata.nextLink"].as_str().unwrap();
        assert!(!next.contains("b.txt") && next.starts_with("http://driveway.test/v1.0/"), "{next}");
        let rest = actor.get(next).await.expect(200).json();
        assert_eq!((names(&first).len(), names(&rest)), (2, vec!["c.txt".to_owned()]));
        assert!(rest["value"][0].get("size").is_none());
        assert_eq!((&first["@odata.count"], &rest["@odata.count"]), (&json!(3), &json!(3)));
    }
}

/// MISC-06: ids, segments, options and members are written as they are; names of files aren't looked at so closely.
#[tokio::test]
async fn misc_06_what_is_read_to_the_letter() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let file = id(&put(&alice, "Hold/Plan.txt", "x").await);
    alice.get(&at("hold/PLAN.TXT")).await.expect(200);
    for path in [
        format!("/v1.0/me/drive/items/{}", file.to_lowercase()),
        format!("/v1.0/me/Drive/items/{file}"),
        format!("/v1.0/me/drive/items/{file}/Permissions"),
        format!("/v1.0/me/drive/items/{file}/CreateLink"),
    ] {
        alice.get(&path).await.error(404, "itemNotFound");
    }
    alice.get(&format!("{}?$Select=name", at("Hold"))).await.error(400, "invalidRequest");
    alice.get(&format!("{}?$select=Name", at("Hold"))).await.error(400, "invalidRequest");
    let error = alice.share(&at("Hold"), &json!({ "Type": "view" })).await.error(400, "invalidRequest");
    assert_eq!(error["target"], "Type");
    // Names of headers aren't, as everywhere.
    let shouting = alice.request(reqwest::Method::GET, "/v1.0/me/drive").header("CLIENT-REQUEST-ID", "x");
    assert_eq!(shouting.send().await.unwrap().headers()["client-request-id"], "x");
}

/// MISC-07: POST carries another verb through proxies that know two of them; it is judged as that verb, token and all.
#[tokio::test]
async fn misc_07_post_carries_another_verb() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let patch = alice.with("x-http-method-override", "PATCH");
    assert_eq!(patch.post(&item, &json!({ "name": "Hello.txt" })).await.expect(200).json()["name"], "Hello.txt");
    let link = alice.view_link(&item).await;
    let one = format!("{item}/permissions/{}", link["id"].as_str().unwrap());
    server
        .user(ALICE, "Files.Read")
        .with("x-http-method-override", "DELETE")
        .post(&one, &json!({}))
        .await
        .error(403, "accessDenied");
    server
        .anonymous()
        .with("x-http-method-override", "DELETE")
        .post(&one, &json!({}))
        .await
        .error(401, "InvalidAuthenticationToken");
    alice.with("x-http-method-override", "DELETE").post(&one, &json!({})).await.expect(204);
    alice.get(&one).await.error(404, "itemNotFound");
    alice.with("x-http-method-override", "GET").post(&item, &json!({})).await.error(405, "notAllowed");
}
