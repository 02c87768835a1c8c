//! Addresses, verbs, options and callers that are wrong.

use driveway_core::permission::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::TestServer;
use crate::support::sharing::{ALICE, BOB};

/// Unknown, malformed and hidden items; AMB-61: what a caller can't see isn't there.
#[tokio::test]
async fn items_that_are_not_there_for_the_caller() {
    let server = TestServer::start().await;
    let (alice, drive) = (server.alice(), server.person(ALICE).drive.id.to_string());
    let file = server.sample(ALICE, "Welcome.txt");
    let bobs = server.sample(BOB, "Welcome.txt");
    let other_drive = server.person(BOB).drive.id.to_string();
    for path in [
        "/v1.0/me/drive/items/01AAAAAAAAAAAAAAAAAAAAAAAAAA/createLink".to_owned(),
        "/v1.0/me/drive/items/nonsense/createLink".to_owned(),
        format!("/v1.0/me/drive/items/{}/createLink", file.to_lowercase()),
        format!("/v1.0/me/drive/items/{file}x/createLink"),
        format!("/v1.0/me/drive/items/{bobs}/createLink"),
        format!("/v1.0/drives/{drive}/items/{bobs}/createLink"),
        format!("/v1.0/drives/{other_drive}/items/{bobs}/createLink"),
        format!("/v1.0/drives/{other_drive}/items/{file}/createLink"),
        format!("/v1.0/users/{BOB}/drive/root:/Welcome.txt:/createLink"),
        "/v1.0/users/nobody@harbour.example/drive/root:/Welcome.txt:/createLink".to_owned(),
        "/v1.0/groups/00000000-0000-0000-0000-000000000000/drive/root:/Welcome.txt:/createLink".to_owned(),
        "/v1.0/groups/nonsense/drive/root:/Welcome.txt:/createLink".to_owned(),
        "/v1.0/sites/nonsense/drive/root:/Welcome.txt:/createLink".to_owned(),
        "/v1.0/drives/0123456789abcdef/root:/Welcome.txt:/createLink".to_owned(),
        "/v1.0/drives/b!AAAAAAAAAAAAAAAAAAAAAA/root:/Welcome.txt:/createLink".to_owned(),
        "/v1.0/me/drive/root:/absent.txt:/createLink".to_owned(),
        "/v1.0/me/drive/root:/Welcome.txt/below:/createLink".to_owned(),
        "/v1.0/me/drive/special/documents/createLink".to_owned(),
        "/v1.0/me/createLink".to_owned(),
        "/v1.0/createLink".to_owned(),
        format!("/v1.0/me/drive/items/{file}/createlink"),
        format!("/v1.0/me/drive/items/{file}/createLink/more"),
        format!("/v1.0/me/drive/items/{file}/createLink(type='view')"),
    ] {
        let answer = alice.post(&path, &json!({ "type": "view" })).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.text());
        answer.error(404, "itemNotFound");
    }
    assert_eq!(server.bob().permissions(&server.item(BOB, "Welcome.txt")).await.len(), 1);
}

/// An absent item and a hidden one are told apart by nothing but date and ids.
#[tokio::test]
async fn amb_61_hidden_and_absent_are_one() {
    let server = TestServer::start().await;
    let hidden = server.item(BOB, "Welcome.txt");
    let absent = hidden.rsplit_once('/').unwrap().0.to_owned() + "/01AAAAAAAAAAAAAAAAAAAAAAAAAA";
    let mut errors = Vec::new();
    for item in [hidden, absent] {
        let mut error = server.alice().share(&item, &json!({})).await.error(404, "itemNotFound");
        error["innerError"] = Value::Null;
        errors.push(error);
    }
    assert_eq!(errors[0], errors[1]);
}

/// A drive id that can't be one is the request's fault (400), as clients expect.
#[tokio::test]
async fn malformed_drive_ids() {
    let server = TestServer::start().await;
    for drive in ["x", "b!short", "b!AAAAAAAAAAAAAAAAAAAAA%20", "0123456789abcdeg", "0123456789abcde", "%2e%2e%2f"] {
        let path = format!("/v1.0/drives/{drive}/root:/Welcome.txt:/createLink");
        let answer = server.alice().post(&path, &json!({})).await;
        assert_eq!(answer.status, 400, "{drive}: {}", answer.text());
        assert_eq!(answer.error(400, "invalidRequest")["target"], "driveId", "{drive}");
    }
}

/// URLs that aren't addresses.
#[tokio::test]
async fn malformed_paths() {
    let server = TestServer::start().await;
    let long_name = "a".repeat(5000);
    let deep = "a/".repeat(401);
    for (path, inner) in [
        ("/v1.0/me/drive/root:/%zz:/createLink", "invalidPath"),
        ("/v1.0/me/drive/root:/%ff%fe:/createLink", "invalidPath"),
        ("/v1.0/me/drive/root:/..%2FWelcome.txt:/createLink", "invalidPath"),
        ("/v1.0/me/drive/root:/Reports%2F..%2FWelcome.txt:/createLink", "invalidPath"),
        ("/v1.0/me/drive/root:/Wel%00come.txt:/createLink", "invalidPath"),
        ("/v1.0/me/drive/root:/Wel%0d%0acome.txt:/createLink", "invalidPath"),
        ("/v1.0/me/drive/root:Welcome.txt:/createLink", "invalidPath"),
        ("/v1.0/me/drive/items('it's')/createLink", "invalidPath"),
        (&format!("/v1.0/me/drive/root:/{long_name}:/createLink"), "pathIsTooLong"),
        (&format!("/v1.0/me/drive/root:/{deep}:/createLink"), "pathIsTooLong"),
    ] {
        let answer = server.alice().post(path, &json!({})).await;
        let shown: String = path.chars().take(100).collect();
        assert_eq!(answer.status, 400, "{shown}: {}", answer.text());
        assert_eq!(answer.error(400, "invalidRequest")["innerError"]["code"], inner, "{shown}");
    }
}

/// A reader sees the item and may not share it: 403, and nothing is made.
#[tokio::test]
async fn amb_61_read_only_callers() {
    let server = TestServer::start().await;
    let item = server.item(ALICE, "Welcome.txt");
    server.grant(&item, BOB, Role::Read).await;
    let before = server.alice().permissions(&item).await;
    server.bob().get(&item).await.expect(200).json();
    for body in [json!({}), json!({ "type": "view", "scope": "organization" }), json!({ "type": "edit" })] {
        server.bob().share(&item, &body).await.error(403, "accessDenied");
    }
    assert_eq!(server.alice().permissions(&item).await, before);
}

/// Verbs that the address doesn't take: 405 that names the one it does.
#[tokio::test]
async fn wrong_verbs() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    for method in ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "LINK"] {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let answer = alice.send(method.clone(), &format!("{item}/createLink"), "application/json", "{}").await;
        assert_eq!(answer.status, 405, "{method}: {}", answer.text());
        answer.error(405, "notAllowed");
        assert_eq!(answer.header("allow"), "POST", "{method}");
    }
    let tunnelled = alice.with("x-http-method-override", "DELETE").share(&item, &json!({})).await;
    tunnelled.error(405, "notAllowed");
    assert_eq!(alice.permissions(&item).await.len(), 1);
}

/// Query options that aren't Graph's, aren't offered, or can't be read.
#[tokio::test]
async fn unknown_query_options() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    for (query, code, target) in [
        ("$foo=1", "invalidRequest", "$foo"),
        ("%24foo=1", "invalidRequest", "$foo"),
        ("$top=0", "invalidRequest", "$top"),
        ("$top=-1", "invalidRequest", "$top"),
        ("$top=1&$top=2", "invalidRequest", "$top"),
        ("$top=1&top=2", "invalidRequest", "$top"),
        ("$count=maybe", "invalidRequest", "$count"),
        ("$select=%ff", "invalidRequest", "query"),
        ("$expand=permissions", "notSupported", "$expand"),
    ] {
        let answer = alice.post(&format!("{item}/createLink?{query}"), &json!({})).await;
        assert_eq!(answer.status, 400, "{query}: {}", answer.text());
        assert_eq!(answer.error(400, code)["target"], target, "{query}");
    }
    assert_eq!(alice.permissions(&item).await.len(), 1);
    alice.post(&format!("{item}/createLink?AVOverride=1&foo=bar"), &json!({})).await.expect(201);
}
