//! What can't be subscribed to, or not like that. Nobody is called for it, and nothing is made.

use serde_json::{Value, json};

use super::receiver::Receiver;
use super::{at, body, server, subscribe, to_own_root};
use crate::support::sharing::{ALICE, BOB};

/// Asserts that each body is refused with this status, code and target, and that the receiver hears nothing.
async fn all_are_refused(cases: &[(Value, u16, &str, &str)]) {
    let (server, receiver) = (server().await, Receiver::open().await);
    let alice = server.alice();
    for (changes, status, code, target) in cases {
        let mut asked = body(&receiver, "/me/drive/root");
        for (name, value) in changes.as_object().unwrap() {
            asked[name] = value.clone();
        }
        let answer = subscribe(&alice, &asked).await;
        let shown: String = changes.to_string().chars().take(200).collect();
        assert_eq!(answer.status.as_u16(), *status, "{shown}: {}", answer.text());
        let error = answer.error(*status, code);
        assert_eq!(error.get("target").and_then(Value::as_str).unwrap_or_default(), *target, "{shown}: {error}");
        assert!(error["message"].as_str().unwrap().len() < 300, "{shown}");
    }
    assert!(receiver.calls().is_empty());
    assert_eq!(alice.get("/v1.0/subscriptions").await.expect(200).json()["value"], json!([]));
}

#[tokio::test]
async fn members_that_are_missing_wrong_or_unknown_are_named() {
    let bad = "invalidRequest";
    let long = "x".repeat(3000);
    all_are_refused(&[
        (json!({ "changeType": null }), 400, bad, "changeType"),
        (json!({ "changeType": "" }), 400, bad, "changeType"),
        (json!({ "changeType": 1 }), 400, bad, "changeType"),
        (json!({ "changeType": "created" }), 400, bad, "changeType"),
        (json!({ "changeType": "updated,deleted" }), 400, bad, "changeType"),
        (json!({ "changeType": "Updated" }), 400, bad, "changeType"),
        (json!({ "notificationUrl": null }), 400, bad, "notificationUrl"),
        (json!({ "notificationUrl": ["https://hooks.example/"] }), 400, bad, "notificationUrl"),
        (json!({ "notificationUrl": "hooks.example" }), 400, bad, "notificationUrl"),
        (json!({ "notificationUrl": "ftp://hooks.example/" }), 400, bad, "notificationUrl"),
        (json!({ "notificationUrl": "https://me:secret@hooks.example/" }), 400, bad, "notificationUrl"),
        (json!({ "notificationUrl": "https://hooks.example/#a" }), 400, bad, "notificationUrl"),
        (json!({ "notificationUrl": format!("https://hooks.example/{long}") }), 400, bad, "notificationUrl"),
        (json!({ "lifecycleNotificationUrl": "nowhere" }), 400, bad, "lifecycleNotificationUrl"),
        (json!({ "expirationDateTime": null }), 400, bad, "expirationDateTime"),
        (json!({ "expirationDateTime": "tomorrow" }), 400, bad, "expirationDateTime"),
        (json!({ "expirationDateTime": "0001-01-01T00:00:00Z" }), 400, bad, "expirationDateTime"),
        (json!({ "expirationDateTime": "2026-11-23T12:00:00Z" }), 400, bad, "expirationDateTime"),
        (json!({ "expirationDateTime": "2026-12-22T21:00:01Z" }), 400, bad, "expirationDateTime"),
        (json!({ "expirationDateTime": "9999-12-31T23:59:59Z" }), 400, bad, "expirationDateTime"),
        (json!({ "clientState": "s".repeat(129) }), 400, bad, "clientState"),
        (json!({ "clientState": {} }), 400, bad, "clientState"),
        (json!({ "latestSupportedTlsVersion": "v1_1" }), 400, "notSupported", "latestSupportedTlsVersion"),
        (json!({ "latestSupportedTlsVersion": "1.3" }), 400, bad, "latestSupportedTlsVersion"),
        (json!({ "includeResourceData": true }), 400, "notSupported", "includeResourceData"),
        (json!({ "includeResourceData": "no" }), 400, bad, "includeResourceData"),
        (json!({ "encryptionCertificate": "MII" }), 400, "notSupported", "encryptionCertificate"),
        (json!({ "encryptionCertificateId": "1" }), 400, "notSupported", "encryptionCertificateId"),
        (json!({ "notificationQueryOptions": "$filter=a" }), 400, "notSupported", "notificationQueryOptions"),
        (json!({ "notificationUrlAppId": "1" }), 400, "notSupported", "notificationUrlAppId"),
        (json!({ "id": "1" }), 400, bad, "id"),
        (json!({ "creatorId": "1" }), 400, bad, "creatorId"),
        (json!({ "notificationURL": "https://hooks.example/" }), 400, bad, "notificationURL"),
        (json!({ "scope": "all" }), 400, bad, "scope"),
    ])
    .await;
}

#[tokio::test]
async fn what_is_no_folder_of_ones_own_is_refused() {
    let server = server().await;
    let drive = &server.person(ALICE).drive.id;
    let folder = server.sample(ALICE, "Reports");
    let file = server.sample(ALICE, "Welcome.txt");
    let (absent, other) = ("01AAAAAAAAAAAAAAAAAAAAAAAAAA", &server.person(BOB).drive.id);
    let bad = "invalidRequest";
    let named = |resource: String| json!({ "resource": resource });
    let cases: Vec<(Value, u16, &str, &str)> = [
        "",
        "/",
        "/me",
        "/me/drive",
        "/me/messages",
        "/me/drive/root/children",
        "/me/drive/root/delta",
        "/sites/root",
        "/me/drive/root?$select=id",
        "/me/drive/special/documents",
        "/shares/s!abc/driveItem",
        "//",
        "/me/drive/root/..",
        "/v1.0/me/drive/root",
        "https://graph.example/v1.0/me/drive/root",
        "/me/drive/root:/%zz",
        "/drives/x/root",
    ]
    .into_iter()
    .map(|resource| {
        let target = if resource == "/drives/x/root" { "driveId" } else { "resource" };
        (named(resource.to_owned()), 400, bad, target)
    })
    .chain([
        (json!({ "resource": null }), 400, bad, "resource"),
        (json!({ "resource": 7 }), 400, bad, "resource"),
        (named(format!("/me/drive/root:/{}", "a/".repeat(2000))), 400, bad, "resource"),
        (named(format!("/drives/{drive}/items/{file}")), 400, bad, "resource"),
        (named(format!("/drives/{drive}/items/{folder}")), 400, "notSupported", "resource"),
        (named(format!("/drives/{drive}/items/{absent}")), 404, "itemNotFound", ""),
        (named("/me/drive/root:/Nowhere".to_owned()), 404, "itemNotFound", ""),
        (named(format!("/drives/{other}/root")), 404, "itemNotFound", ""),
        (named("/users/nobody@harbour.example/drive/root".to_owned()), 404, "itemNotFound", ""),
    ])
    .collect();
    all_are_refused(&cases).await;
}

#[tokio::test]
async fn what_a_patch_cannot_change_says_so() {
    let (server, receiver) = (server().await, Receiver::open().await);
    let alice = server.alice();
    let subscription = at(&to_own_root(&alice, &receiver).await);
    receiver.calls();
    let before = alice.get(&subscription).await.expect(200).json();
    for (change, target, inner) in [
        (json!({}), "expirationDateTime", ""),
        (json!({ "resource": "/me/drive/root" }), "resource", "propertyNotUpdateable"),
        (json!({ "clientState": "another" }), "clientState", "propertyNotUpdateable"),
        (
            json!({ "lifecycleNotificationUrl": "https://hooks.example" }),
            "lifecycleNotificationUrl",
            "propertyNotUpdateable",
        ),
        (json!({ "id": "x" }), "id", "propertyNotUpdateable"),
        (json!({ "until": "x" }), "until", ""),
        (json!({ "expirationDateTime": "2026-11-23T11:59:59Z" }), "expirationDateTime", "invalidParameterFormat"),
        (json!({ "expirationDateTime": "2027-01-01T00:00:00Z" }), "expirationDateTime", "invalidParameterFormat"),
        (json!({ "notificationUrl": "http://" }), "notificationUrl", ""),
    ] {
        let error = alice.patch(&subscription, &change).await.error(400, "invalidRequest");
        assert_eq!(error["target"], target, "{change}");
        let found = error["innerError"].get("code").and_then(Value::as_str).unwrap_or("");
        assert_eq!(found, inner, "{change}");
    }
    assert!(receiver.calls().is_empty());
    assert_eq!(alice.get(&subscription).await.expect(200).json(), before);
    for id in ["x", "00000000-0000-4000-8000-000000000000", "..%2F", "01AAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        assert!(alice.get(&at(id)).await.status.is_client_error(), "{id}");
    }
}
