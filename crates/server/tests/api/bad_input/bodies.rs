//! Bodies of createLink that are wrong.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::sharing::{ALICE, PAT};
use crate::support::{Actor, TestServer};

/// What is wrong, the target that the error names, its inner code. All are 400 invalidRequest.
type Case = (Value, &'static str, &'static str);

/// Sends each body and asserts its error; the item's permissions are the same before and after.
async fn all_are_refused(actor: &Actor, item: &str, code: &str, cases: &[Case]) {
    let before = actor.permissions(item).await;
    for (body, target, inner) in cases {
        let shown: String = body.to_string().chars().take(200).collect();
        let answer = actor.share(item, body).await;
        assert_eq!(answer.status, 400, "{shown}: {}", answer.text());
        let error = answer.error(400, code);
        assert_eq!(error["target"], *target, "{shown}: {error}");
        let found = error["innerError"].get("code").and_then(Value::as_str).unwrap_or("");
        assert_eq!(found, *inner, "{shown}: {error}");
        assert!(error["message"].as_str().unwrap().len() < 300, "{shown}");
    }
    assert_eq!(actor.permissions(item).await, before);
}

/// A member with a value, beside others that are right.
fn with(member: &str, value: Value) -> Value {
    let mut body = json!({ "type": "view", "scope": "anonymous" });
    body[member] = value;
    body
}

#[tokio::test]
async fn members_of_the_wrong_type() {
    let server = TestServer::start().await;
    let cases: Vec<Case> = [
        ("type", json!(1)),
        ("type", json!(true)),
        ("type", json!(["view"])),
        ("type", json!({ "value": "view" })),
        ("scope", json!(0)),
        ("scope", json!(["anonymous"])),
        ("password", json!(1234)),
        ("password", json!({})),
        ("expirationDateTime", json!(1_800_000_000)),
        ("expirationDateTime", json!(["2027-01-01T00:00:00Z"])),
        ("retainInheritedPermissions", json!("true")),
        ("retainInheritedPermissions", json!(1)),
        ("sendNotification", json!("false")),
        ("message", json!(1)),
        ("recipients", json!("bob@harbour.example")),
        ("recipients", json!({ "email": "bob@harbour.example" })),
        ("recipients", json!([1])),
    ]
    .into_iter()
    .map(|(member, value)| (with(member, value), member, ""))
    .collect();
    all_are_refused(&server.pat(), &server.item(PAT, "Welcome.txt"), "invalidRequest", &cases).await;
}

#[tokio::test]
async fn unknown_members_are_named() {
    let server = TestServer::start().await;
    let cases: Vec<Case> =
        ["typ", "Type", "SCOPE", "roles", "link", "hasPassword", "id", "expirationdatetime", "", "__proto__"]
            .into_iter()
            .map(|member| (with(member, json!("view")), member, ""))
            .collect();
    all_are_refused(&server.pat(), &server.item(PAT, "Welcome.txt"), "invalidRequest", &cases).await;
}

#[tokio::test]
async fn unknown_words() {
    let server = TestServer::start().await;
    let types = ["write", "view ", " view", "read", "view,edit", "vïew", "view\u{0}", "unknownFutureValue"];
    let scopes = ["everyone", "anyone", "anonymous ", "organisation", "tenant", "\u{202e}anonymous"];
    let cases: Vec<Case> = types
        .into_iter()
        .map(|word| (with("type", json!(word)), "type", ""))
        .chain(scopes.into_iter().map(|word| (with("scope", json!(word)), "scope", "")))
        .collect();
    all_are_refused(&server.pat(), &server.item(PAT, "Welcome.txt"), "invalidRequest", &cases).await;
}

/// An empty scope aside, which means the default.
#[tokio::test]
async fn empty_and_long_texts() {
    let server = TestServer::start().await;
    let (small, long) = ("parameterIsTooSmall", "parameterIsTooLong");
    let cases = [
        (with("type", json!("")), "type", small),
        (with("password", json!("")), "password", small),
        (with("password", json!("  \t\u{a0}")), "password", small),
        (with("expirationDateTime", json!("")), "expirationDateTime", small),
        (with("message", json!("")), "message", small),
        (with("password", json!("p".repeat(129))), "password", long),
        (with("password", json!("ä".repeat(129))), "password", long),
        (with("message", json!("m".repeat(2001))), "message", long),
        (with("type", json!("v".repeat(60_000))), "type", ""),
        (with("scope", json!("s".repeat(60_000))), "scope", ""),
    ];
    all_are_refused(&server.pat(), &server.item(PAT, "Welcome.txt"), "invalidRequest", &cases).await;
}

/// AMB-46: 128 characters are a password, however many bytes they take.
#[tokio::test]
async fn the_longest_password_is_taken() {
    let server = TestServer::start().await;
    let body = with("password", json!("ä".repeat(128)));
    server.pat().share(&server.item(PAT, "Welcome.txt"), &body).await.expect(201).json();
}

#[tokio::test]
async fn what_is_no_date_or_lies_in_the_past() {
    let server = TestServer::start().await;
    let cases: Vec<Case> = [
        "tomorrow",
        "2027-01-01",
        "2027-01-01T00:00:00",
        "2027-01-01 00:00:00Z",
        "2027-13-01T00:00:00Z",
        "2027-02-29T00:00:00Z",
        "2027-01-01T25:00:00Z",
        "2027-01-01T00:00:00+99:00",
        "2027-01-01T00:00:00.Z",
        "2027-01-01T00:00Z",
        "12027-01-01T00:00:00Z",
        "99999-12-31T23:59:59Z",
        "2027-01-01T00:00:00Z[Europe/Berlin]",
        "/Date(1800000000000)/",
        "1800000000",
        "2026-11-23T12:00:00Z",
        "2020-01-01T00:00:00Z",
        "0000-00-00T00:00:00Z",
        "-0001-01-01T00:00:00Z",
    ]
    .into_iter()
    .map(|date| (with("expirationDateTime", json!(date)), "expirationDateTime", "invalidParameterFormat"))
    .collect();
    all_are_refused(&server.pat(), &server.item(PAT, "Welcome.txt"), "invalidRequest", &cases).await;
}

/// What the kind of item or drive doesn't offer.
#[tokio::test]
async fn what_the_drive_or_the_item_does_not_offer() {
    let server = TestServer::start().await;
    let (pat, alice) = (server.pat(), server.alice());
    let (embed, organization) = (json!("embed"), json!("organization"));
    let folder = [(with("type", embed.clone()), "type", "")];
    all_are_refused(&pat, &server.item(PAT, "Reports"), "invalidRequest", &folder).await;
    let personal = [(with("scope", organization), "scope", "")];
    all_are_refused(&pat, &server.item(PAT, "Welcome.txt"), "invalidRequest", &personal).await;
    let business = [
        (with("type", embed), "type", ""),
        (with("password", json!("harbour")), "password", ""),
        (with("sendNotification", json!(true)), "sendNotification", ""),
    ];
    all_are_refused(&alice, &server.item(ALICE, "Welcome.txt"), "notSupported", &business).await;
}

/// Bodies that aren't a JSON object, or not one that can be trusted.
#[tokio::test]
async fn what_is_no_json_object() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let before = alice.permissions(&item).await;
    let deep = format!("{{\"type\":{}{}}}", "[".repeat(20_000), "]".repeat(20_000));
    let many = format!("{{{}}}", (0..100).map(|at| format!("\"a{at}\":1")).collect::<Vec<_>>().join(","));
    let bodies: Vec<Vec<u8>> = vec![
        b"{".to_vec(),
        b"}".to_vec(),
        b"[]".to_vec(),
        b"null".to_vec(),
        b"true".to_vec(),
        b"1".to_vec(),
        b"\"view\"".to_vec(),
        b"[{\"type\":\"view\"}]".to_vec(),
        b"{\"type\":}".to_vec(),
        b"{\"type\":\"view\",}".to_vec(),
        b"{'type':'view'}".to_vec(),
        b"{type:\"view\"}".to_vec(),
        b"{\"type\":\"view\"} {}".to_vec(),
        b"{\"type\":\"view\"}//".to_vec(),
        b"{\"type\":\"view\",\"type\":\"edit\"}".to_vec(),
        b"{\"type\":NaN}".to_vec(),
        b"{\"type\":\"\\ud800\"}".to_vec(),
        b"{\"type\":\"\xff\xfe\"}".to_vec(),
        b"\xef\xbb\xbf{\"type\":\"view\"}".to_vec(),
        b"{\"type\":\"vi\new\"}".to_vec(),
        b"type=view&scope=anonymous".to_vec(),
        b"<link type=\"view\"/>".to_vec(),
        vec![0; 64],
        deep.into_bytes(),
        many.into_bytes(),
    ];
    for body in bodies {
        let shown: String = String::from_utf8_lossy(&body).chars().take(80).collect();
        let answer = alice.send(Method::POST, &format!("{item}/createLink"), "application/json", body).await;
        assert_eq!(answer.status, 400, "{shown}: {}", answer.text());
        answer.error(400, "invalidRequest");
    }
    assert_eq!(alice.permissions(&item).await, before);
}

/// Bodies over the limit, whatever is in them, and just at it.
#[tokio::test]
async fn bodies_over_the_limit() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let before = alice.permissions(&item).await;
    for member in ["type", "scope", "password", "expirationDateTime", "message", "@odata.type", "unknown"] {
        let body = with(member, json!("x".repeat(100_000)));
        alice.share(&item, &body).await.error(413, "invalidRequest");
    }
    let path = format!("{item}/createLink");
    let spaces = " ".repeat(64 * 1024 + 1);
    alice.send(Method::POST, &path, "application/json", spaces).await.error(413, "invalidRequest");
    assert_eq!(alice.permissions(&item).await, before);
    let body = "{\"type\":\"view\"}";
    let padded = body.to_owned() + &" ".repeat(64 * 1024 - body.len());
    alice.send(Method::POST, &path, "application/json", padded).await.expect(201).json();
}
