//! Whatever comes, the answer is one of ours: never a fault of the server, always Graph's error for a refusal.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use reqwest::Method;
use serde_json::{Map, Value};

use crate::support::sharing::PAT;
use crate::support::{Answer, TestServer};

const REQUESTS: usize = 300;

/// The same values on every run, so that a failure can be looked at.
fn draw<S: Strategy>(strategy: S) -> impl Iterator<Item = S::Value> {
    let mut runner = TestRunner::deterministic();
    (0..REQUESTS).map(move |_| strategy.new_tree(&mut runner).unwrap().current())
}

/// Asserts that an answer is one of ours; `sent` says what it answers.
fn is_ours(answer: &Answer, sent: &str) {
    let status = answer.status.as_u16();
    assert!(status < 500, "{sent}: {status} {}", answer.text());
    if status >= 400 {
        let error = answer.json()["error"].clone();
        assert!(error["code"].is_string() && error["message"].is_string(), "{sent}: {}", answer.text());
        assert!(error["innerError"]["request-id"].is_string(), "{sent}: {}", answer.text());
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "view",
        "edit",
        "embed",
        "anonymous",
        "organization",
        "users",
        "",
        "2027-01-01T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "bob@harbour.example",
    ]);
    let leaf = prop_oneof![
        4 => word.prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        2 => ".{0,40}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((any_name(), inner), 0..4).prop_map(object),
        ]
    })
}

fn any_name() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "type",
        "scope",
        "expirationDateTime",
        "retainInheritedPermissions",
        "recipients",
        "message",
        "sendNotification",
        "email",
        "objectId",
        "@odata.type",
    ]);
    prop_oneof![6 => known.prop_map(str::to_owned), 1 => ".{0,12}"]
}

fn object(members: Vec<(String, Value)>) -> Value {
    Value::Object(members.into_iter().collect::<Map<_, _>>())
}

#[tokio::test]
async fn random_bodies() {
    let server = TestServer::start().await;
    let (pat, path) = (server.pat(), format!("{}/createLink", server.item(PAT, "Welcome.txt")));
    let bodies = prop_oneof![
        6 => prop::collection::vec((any_name(), any_value()), 0..5).prop_map(|members| object(members).to_string().into_bytes()),
        1 => any_value().prop_map(|value| value.to_string().into_bytes()),
        1 => prop::collection::vec(any::<u8>(), 0..200),
    ];
    for body in draw(bodies) {
        let sent = String::from_utf8_lossy(&body).into_owned();
        is_ours(&pat.send(Method::POST, &path, "application/json", body).await, &sent);
    }
    pat.get("/v1.0/me/drive").await.expect(200).json();
}

#[tokio::test]
async fn random_paths() {
    let server = TestServer::start().await;
    let pat = server.pat();
    let item = server.sample(PAT, "Welcome.txt");
    let drive = server.person(PAT).drive.id.to_string();
    let pieces = [
        "me",
        "drive",
        "drives",
        "root",
        "root:",
        ":",
        "items",
        "Reports",
        "Welcome.txt",
        "children",
        "content",
        "createLink",
        "microsoft.graph.createLink",
        "permissions",
        "shares",
        "users",
        "groups",
        "sites",
        "$batch",
        "delta()",
        "search(q='a''b')",
        "items('",
        "')",
        "(",
        ")",
        "%2F",
        "%3A",
        "%00",
        "%zz",
        "%",
        "%C3%A4",
        "..%2F",
        "u!aHR0cA",
        "s!x",
        "'",
        "~",
        "?",
        "$top=1",
        "$expand=",
        "&",
        "=",
        "@a='b'",
        "ä",
        "\u{1f600}",
        " ",
    ];
    let mut pieces: Vec<String> = pieces.iter().map(|piece| (*piece).to_owned()).collect();
    pieces.extend([item, drive]);
    let piece = (prop::sample::select(pieces), prop::sample::select(vec!["/", "/", "/", ""]));
    let start = prop::sample::select(vec!["/v1.0/", "/v1.0/me/drive/", "/beta/drives/", "/v2.0/", "/v1.0/shares/"]);
    let method = prop::sample::select(vec!["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
    let requests = (method, start, prop::collection::vec(piece, 0..8));
    for (method, start, pieces) in draw(requests) {
        let path: String = std::iter::once(start.to_owned())
            .chain(pieces.iter().map(|(piece, slash)| format!("{piece}{slash}")))
            .collect();
        let verb = Method::from_bytes(method.as_bytes()).unwrap();
        let answer = pat.send(verb, &path, "application/json", "{}").await;
        is_ours(&answer, &format!("{method} {path}"));
    }
    pat.get("/v1.0/me/drive").await.expect(200).json();
}
