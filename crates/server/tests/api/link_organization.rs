//! Links for the organization and for people by name: who has to sign in, and whom it helps.

use serde_json::json;

use crate::steps::{Link, link, put};
use crate::support::{Actor, TestServer};

async fn statuses(visitor: &Actor, shared: &Link) -> (u16, u16, u16) {
    let page = visitor.get(&shared.url).await.status.as_u16();
    let bytes = visitor.get(&format!("{}?download=1", shared.page())).await.status.as_u16();
    // By the API an organization's link is redeemed, for this request at least (AMB-34).
    let redeeming = visitor.with("prefer", "redeemSharingLinkIfNecessary");
    (page, bytes, redeeming.get(&shared.graph("")).await.status.as_u16())
}

#[tokio::test]
async fn an_organization_link_opens_for_colleagues_only() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "plan.txt", "internal").await;
    let shared = link(&alice, "plan.txt", json!({"type": "view", "scope": "organization"})).await;
    assert_eq!(statuses(&server.bob(), &shared).await, (200, 200, 200));
    assert_eq!(statuses(&server.admin(), &shared).await, (200, 200, 200));
    assert_eq!(statuses(&server.pat(), &shared).await, (403, 403, 403));
    assert_eq!(statuses(&server.anonymous(), &shared).await, (401, 401, 401));
    assert_eq!(statuses(&server.bearer("nonsense"), &shared).await, (401, 401, 401));
    let asked = server.anonymous().get(&shared.url).await.expect(401);
    assert!(asked.header("www-authenticate").starts_with("Bearer"));
    assert!(!asked.text().contains("plan") && !asked.text().contains("Alice"), "{}", asked.text());
    let scopeless = server.user("bob@harbour.example", "User.Read");
    scopeless.get(&shared.graph("")).await.error(403, "accessDenied");
}

#[tokio::test]
async fn an_organization_link_gives_no_lasting_right() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.alice(), server.bob());
    let item = put(&alice, "plan.txt", "internal").await;
    let shared = link(&alice, "plan.txt", json!({"type": "edit", "scope": "organization"})).await;
    bob.get(&shared.url).await.expect(200);
    let redeeming = bob.with("prefer", "redeemSharingLinkIfNecessary");
    redeeming.put(&shared.graph("/content"), "changed").await.expect(200);
    let drive = &server.person("alice@harbour.example").drive.id;
    let plain = format!("/v1.0/drives/{drive}/items/{}", item["id"].as_str().unwrap());
    bob.get(&plain).await.error(404, "itemNotFound");
    bob.put(&format!("{plain}/content"), "again").await.error(404, "itemNotFound");
    let changed = alice.get("/v1.0/me/drive/root:/plan.txt:").await.expect(200).json();
    assert_eq!(changed["lastModifiedBy"]["user"]["displayName"], "Bob Lindqvist");
}

#[tokio::test]
async fn a_link_for_people_opens_for_those_people_only() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "plan.txt", "for bob").await;
    let body = json!({"type": "view", "scope": "users", "recipients": [{"email": "bob@harbour.example"}]});
    let shared = link(&alice, "plan.txt", body).await;
    assert_eq!(statuses(&server.bob(), &shared).await, (200, 200, 200));
    assert_eq!(statuses(&server.admin(), &shared).await, (403, 403, 403));
    assert_eq!(statuses(&server.pat(), &shared).await, (403, 403, 403));
    assert_eq!(statuses(&server.anonymous(), &shared).await, (401, 401, 401));
}

#[tokio::test]
async fn an_application_by_itself_is_no_colleague() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "plan.txt", "internal").await;
    let shared = link(&alice, "plan.txt", json!({"type": "view", "scope": "organization"})).await;
    let answer = server.application("Files.ReadWrite.All").get(&shared.url).await;
    assert!(matches!(answer.status.as_u16(), 401 | 403), "{}", answer.status);
}

#[tokio::test]
async fn who_has_not_signed_in_cannot_find_out_what_an_internal_folder_holds() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let file = put(&alice, "Hold/plan.txt", "internal").await;
    let shared = link(&alice, "Hold", json!({"type": "view", "scope": "organization"})).await;
    let stranger = server.anonymous();
    for path in [":/plan.txt:", ":/nothing.txt:"] {
        stranger.get(&shared.graph(path)).await.error(401, "InvalidAuthenticationToken");
        server.pat().get(&shared.graph(path)).await.error(403, "accessDenied");
    }
    for item in [file["id"].as_str().unwrap(), "01AAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        stranger.get(&shared.below(item)).await.expect(401);
    }
}
