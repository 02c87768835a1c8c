//! The seed's sections "Request headers" (Content-Type) and "Request body": each member, each type, each scope.

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::TestServer;
use crate::support::sharing::{ALICE, PAT, by_share, url};

/// Request header "Content-Type: application/json".
#[tokio::test]
async fn header_row_content_type() {
    let server = TestServer::start().await;
    let (alice, path) = (server.alice(), format!("{}/createLink", server.item(ALICE, "Welcome.txt")));
    let body = r#"{"type":"view","scope":"anonymous"}"#;
    for content_type in ["application/json", "application/json; charset=utf-8", "Application/JSON;odata.metadata=none"]
    {
        let answer = alice.send(Method::POST, &path, content_type, body).await;
        assert!(answer.status.is_success(), "{content_type}: {}", answer.text());
        assert!(answer.header("content-type").starts_with("application/json"), "{}", answer.header("content-type"));
    }
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "text/json", "application/jsonx"] {
        let answer = alice.send(Method::POST, &path, content_type, body).await;
        assert_eq!(answer.error(415, "invalidRequest")["target"], "Content-Type", "{content_type}");
    }
}

/// Member "type": left out, it is the organization's default.
#[tokio::test]
async fn member_row_type() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let asked = alice.share(&item, &json!({ "type": "edit", "scope": "anonymous" })).await.expect(201).json();
    assert_eq!(asked["link"]["type"], "edit");
    let default = alice.share(&item, &json!({ "scope": "anonymous" })).await.expect(201).json();
    assert_eq!(default["link"]["type"], "view");
}

/// Member "password": optional, OneDrive Personal only (CL-17). It is never sent back.
#[tokio::test]
async fn member_row_password() {
    let server = TestServer::start().await;
    let (pat, item) = (server.pat(), server.item(PAT, "Welcome.txt"));
    let body = json!({ "type": "view", "scope": "anonymous", "password": "correct harbour" });
    let answer = pat.share(&item, &body).await.expect(201);
    assert!(!answer.text().contains("correct harbour") && !answer.text().contains("argon2"), "{}", answer.text());
    let link = answer.json();
    assert_eq!(link["hasPassword"], true);
    let stranger = server.anonymous();
    stranger.get(&by_share(&link)).await.error(401, "InvalidAuthenticationToken");
    let wrong = stranger.with("driveway-link-password", "wrong").get(&by_share(&link)).await;
    assert_eq!(wrong.error(403, "accessDenied")["innerError"]["code"], "passwordMismatch");
    stranger.with("driveway-link-password", "correct harbour").get(&by_share(&link)).await.expect(200).json();

    let business = server.alice().share(&server.item(ALICE, "Welcome.txt"), &body).await;
    assert_eq!(business.error(400, "notSupported")["target"], "password");
    let library = server.alice().share(&server.item_in(&server.demo.site, "Welcome.txt"), &body).await;
    assert_eq!(library.error(400, "notSupported")["target"], "password");
}

/// Member "expirationDateTime": `yyyy-MM-ddTHH:mm:ssZ`; from that instant on the link is dead.
#[tokio::test]
async fn member_row_expiration_date_time() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let body = json!({ "type": "view", "scope": "anonymous", "expirationDateTime": "2026-11-23T13:00:00Z" });
    let link = alice.share(&item, &body).await.expect(201).json();
    assert_eq!(link["expirationDateTime"], "2026-11-23T13:00:00Z");
    let stranger = server.anonymous();
    server.advance(SignedDuration::from_secs(3599));
    stranger.get(url(&link)).await.expect(200);
    stranger.get(&by_share(&link)).await.expect(200).json();
    server.advance(SignedDuration::from_secs(1));
    stranger.get(url(&link)).await.expect(404);
    stranger.get(&by_share(&link)).await.error(404, "itemNotFound");
}

/// Member "scope": optional; left out, "the default link type for the organization is created".
#[tokio::test]
async fn member_row_scope() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let default = alice.share(&item, &json!({ "type": "view" })).await.expect(201).json();
    assert_eq!(default["link"]["scope"], "anonymous");
    server.admin().set_policy(&json!({ "defaultLinkScope": "organization" })).await;
    let changed = alice.share(&item, &json!({ "type": "view" })).await.expect(201).json();
    assert_eq!(changed["link"]["scope"], "organization");
    // One client always sends an empty scope along, and means the default.
    let empty = alice.share(&item, &json!({ "type": "view", "scope": "" })).await.expect(200).json();
    assert_eq!(empty["id"], changed["id"]);
}

/// Asserts what the holder of a link may do: read it, and write to it or not.
async fn holder_may(server: &TestServer, link: &Value, write: bool) {
    let stranger = server.anonymous();
    let shared = by_share(link);
    stranger.get(&shared).await.expect(200).json();
    let answer = stranger.put(&format!("{shared}/content"), "changed by a holder").await;
    if write {
        answer.expect(200).json();
    } else {
        answer.error(403, "accessDenied");
    }
}

/// Type "view": "Creates a read-only link to the `DriveItem`."
#[tokio::test]
async fn type_row_view() {
    let server = TestServer::start().await;
    let link = server.alice().view_link(&server.item(ALICE, "Welcome.txt")).await;
    assert_eq!((&link["link"]["type"], &link["roles"]), (&json!("view"), &json!(["read"])));
    assert_eq!(link["link"].get("webHtml"), None);
    holder_may(&server, &link, false).await;
}

/// Type "edit": "Creates a read-write link to the `DriveItem`."
#[tokio::test]
async fn type_row_edit() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let link = alice.share(&item, &json!({ "type": "edit", "scope": "anonymous" })).await.expect(201).json();
    assert_eq!((&link["link"]["type"], &link["roles"]), (&json!("edit"), &json!(["write"])));
    holder_may(&server, &link, true).await;
    let content = alice.get(&format!("{item}/content")).await.expect(302);
    assert_eq!(alice.get(content.header("location")).await.expect(200).text(), "changed by a holder");
}

/// Type "embed": an embeddable link, "only available for files in OneDrive personal" (CL-15).
#[tokio::test]
async fn type_row_embed() {
    let server = TestServer::start().await;
    let pat = server.pat();
    let embed = json!({ "type": "embed", "scope": "anonymous" });
    let link = pat.share(&server.item(PAT, "Harbour.png"), &embed).await.expect(201).json();
    assert_eq!((&link["link"]["type"], &link["roles"]), (&json!("embed"), &json!(["read"])));
    let html = link["link"]["webHtml"].as_str().unwrap();
    assert!(html.starts_with("<iframe ") && html.contains(&format!("src=\"{}\"", url(&link))), "{html}");
    let page = server.anonymous().get(url(&link)).await.expect(200);
    assert!(page.header("content-security-policy").contains("frame-ancestors *"));
    holder_may(&server, &link, false).await;

    let folder = pat.share(&server.item(PAT, "Reports"), &embed).await;
    assert_eq!(folder.error(400, "invalidRequest")["target"], "type");
    for item in [server.item(ALICE, "Harbour.png"), server.item_in(&server.demo.site, "Harbour.png")] {
        assert_eq!(server.alice().share(&item, &embed).await.error(400, "notSupported")["target"], "type");
    }
}

/// Scope "anonymous": "Anyone with the link has access, without needing to sign in."
#[tokio::test]
async fn scope_row_anonymous() {
    let server = TestServer::start().await;
    let link = server.alice().view_link(&server.item(ALICE, "Welcome.txt")).await;
    assert_eq!(link["link"]["scope"], "anonymous");
    for actor in [server.anonymous(), server.bob(), server.pat()] {
        actor.get(&by_share(&link)).await.expect(200).json();
    }
    server.anonymous().get(url(&link)).await.expect(200);
}

/// The same row: "Anonymous link support may be disabled by an administrator." What was shared so is closed then, too.
#[tokio::test]
async fn scope_row_anonymous_disabled_by_an_administrator() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let link = alice.view_link(&item).await;
    server.admin().set_policy(&json!({ "anonymousLinks": false })).await;
    for body in [json!({ "type": "view", "scope": "anonymous" }), json!({ "type": "edit", "scope": "anonymous" })] {
        let answer = alice.share(&item, &body).await;
        let error = answer.error(403, "notAllowed");
        assert_eq!((&error["target"], &error["innerError"]["code"]), (&json!("scope"), &json!("sharingDisabled")));
        assert!(!answer.header("sharepoint-createsharinglink-error").is_empty());
    }
    let used = server.anonymous().get(&by_share(&link)).await.error(403, "notAllowed");
    assert_eq!(used["innerError"]["code"], "sharingDisabled");
    // Turned on again, the same link opens again (AMB-20).
    server.admin().set_policy(&json!({ "anonymousLinks": true })).await;
    server.anonymous().get(&by_share(&link)).await.expect(200).json();
    assert_eq!(alice.view_link(&item).await["id"], link["id"]);
}

/// Scope "organization": "Anyone signed into your organization (tenant)", OneDrive for Business and SharePoint only
/// (AMB-44).
#[tokio::test]
async fn scope_row_organization() {
    let server = TestServer::start().await;
    let body = json!({ "type": "view", "scope": "organization" });
    for item in [server.item(ALICE, "Welcome.txt"), server.item_in(&server.demo.group, "Welcome.txt")] {
        let link = server.alice().share(&item, &body).await.expect(201).json();
        assert_eq!(link["link"]["scope"], "organization");
        // By the API an organization's link is redeemed, for this request at least (AMB-34).
        let admin = server.admin().with("prefer", "redeemSharingLinkIfNecessary");
        admin.get(&by_share(&link)).await.expect(200).json();
        server.anonymous().get(&by_share(&link)).await.error(401, "InvalidAuthenticationToken");
        server.pat().get(&by_share(&link)).await.error(403, "accessDenied");
    }
    let personal = server.pat().share(&server.item(PAT, "Welcome.txt"), &body).await;
    assert_eq!(personal.error(400, "invalidRequest")["target"], "scope");
}
