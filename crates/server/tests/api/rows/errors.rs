//! Errors (ERR-01 to ERR-07; the shape in 4.1, the pairings in 4.3).

use serde_json::{Value, json};

use crate::support::TestServer;
use crate::support::sharing::{ALICE, PAT};

/// The basic codes that every client has to know (ERR-02), the alias of one of them (ERR-04) and one that Graph spells so.
const BASIC: [&str; 18] = [
    "accessDenied",
    "activityLimitReached",
    "generalException",
    "InvalidAuthenticationToken",
    "invalidRange",
    "invalidRequest",
    "itemNotFound",
    "malwareDetected",
    "nameAlreadyExists",
    "notAllowed",
    "notSupported",
    "quotaLimitReached",
    "resourceModified",
    "resyncRequired",
    "serviceNotAvailable",
    "syncStateNotFound",
    "unauthenticated",
    "badArgument",
];

/// ERR-01, ERR-07: refusals of sharing say what happened, in an inner code that a client may pass over.
#[tokio::test]
async fn err_01_err_07_refusals_of_sharing_have_an_inner_code() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let inner = |error: Value| error["innerError"]["code"].as_str().unwrap_or_default().to_owned();
    for (body, wanted) in [
        (json!({ "expirationDateTime": "soon" }), "invalidParameterFormat"),
        (json!({ "password": "" }), "parameterIsTooSmall"),
        (json!({ "message": "m".repeat(2001) }), "parameterIsTooLong"),
    ] {
        assert_eq!(inner(alice.share(&item, &body).await.error(400, "invalidRequest")), wanted);
    }
    let link = alice.view_link(&item).await;
    let one = format!("{item}/permissions/{}", link["id"].as_str().unwrap());
    let fixed = alice.patch(&one, &json!({ "hasPassword": true })).await.error(400, "invalidRequest");
    assert_eq!(inner(fixed), "propertyNotUpdateable");
    assert_eq!(
        inner(alice.with("if-match", "\"x\"").delete(&one).await.error(412, "resourceModified")),
        "entityTagDoesNotMatch"
    );
    assert_eq!(
        inner(alice.with("if-match", "x").delete(&one).await.error(400, "invalidRequest")),
        "malformedEntityTag"
    );
    assert_eq!(inner(alice.get(&format!("{one}?$filter=x")).await.error(400, "invalidRequest")), "invalidQueryOption");
    let root = alice.share("/v1.0/me/drive/root", &json!({})).await.error(400, "notSupported");
    assert_eq!(inner(root), "objectNotSupported");
    server.admin().set_policy(&json!({ "anonymousLinks": false })).await;
    let off = alice.share(&item, &json!({ "scope": "anonymous" })).await.error(403, "notAllowed");
    assert_eq!(inner(off), "sharingDisabled");
}

/// ERR-02, ERR-03, ERR-05: every code is a basic one, in its one spelling; which status it comes with differs.
#[tokio::test]
async fn err_02_err_03_err_05_codes_are_the_basic_ones() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let answers = [
        server.anonymous().get(&item).await,
        server.bob().get(&item).await,
        server.user(ALICE, "User.Read").get(&item).await,
        alice.put(&item, "x").await,
        alice.share(&item, &json!({ "type": "embed" })).await,
        alice.share(&item, &json!({ "type": 1 })).await,
        alice.send(reqwest::Method::POST, &format!("{item}/createLink"), "text/plain", "x").await,
        alice.share(&item, &json!({ "type": "v".repeat(70_000) })).await,
        alice.patch(&item, &json!({ "name": "Budget.csv" })).await,
        alice.with("if-match", "\"x\"").delete(&item).await,
        alice.get("/v1.0/shares/u!***").await,
        alice.get("/v1.0/nothing").await,
    ];
    let mut found = std::collections::BTreeMap::<String, Vec<u16>>::new();
    for answer in answers {
        let code = answer.json()["error"]["code"].as_str().unwrap().to_owned();
        answer.error(answer.status.as_u16(), &code);
        assert!(BASIC.contains(&code.as_str()), "{code}");
        found.entry(code).or_default().push(answer.status.as_u16());
    }
    assert_eq!(found["invalidRequest"], [400, 415, 413, 400]);
    assert_eq!(found.len(), 8, "{found:?}");
}

/// ERR-04: a bad bearer token has the code that clients look for.
#[tokio::test]
async fn err_04_a_bad_token_has_the_code_that_clients_look_for() {
    let server = TestServer::start().await;
    for actor in [server.anonymous(), server.bearer("nonsense"), server.bearer("")] {
        let answer = actor.get("/v1.0/me/drive").await;
        answer.error(401, "InvalidAuthenticationToken");
    }
}

/// 4.1, ERR-01: the shape: code, message, target, innerError with date and ids, and nothing else.
#[tokio::test]
async fn err_01_an_error_has_its_documented_shape() {
    let server = TestServer::start().await;
    let answer = server.pat().share(&server.item(PAT, "Welcome.txt"), &json!({ "type": "" })).await;
    let error = answer.error(400, "invalidRequest");
    let names = |value: &Value| -> Vec<String> {
        let mut names: Vec<String> = value.as_object().unwrap().keys().cloned().collect();
        names.sort();
        names
    };
    assert_eq!(names(&answer.json()), ["error"]);
    assert_eq!(names(&error), ["code", "innerError", "message", "target"]);
    assert_eq!(names(&error["innerError"]), ["client-request-id", "code", "date", "request-id"]);
    assert_eq!(error["innerError"]["date"], "2026-11-23T12:00:00", "UTC, without a zone's letter");
}
