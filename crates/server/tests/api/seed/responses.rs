//! The seed's first paragraphs, "Response", "Example" and "Remarks".

use jiff::SignedDuration;
use serde_json::json;

use crate::support::TestServer;
use crate::support::sharing::{ALICE, PAT, by_share, url};

/// "If a sharing link of the specified type already exists for the app, the existing sharing link will be returned." (CL-02)
#[tokio::test]
async fn the_existing_link_of_the_calling_application_is_returned() {
    let server = TestServer::start().await;
    let (item, body) = (server.item(ALICE, "Welcome.txt"), json!({ "type": "view", "scope": "anonymous" }));
    let first = server.alice().share(&item, &body).await.expect(201);
    let again = server.alice().share(&item, &body).await.expect(200);
    assert_eq!(again.json(), first.json());
    let other_application = server.user_through(ALICE, 1, "Files.ReadWrite");
    let others = other_application.share(&item, &body).await.expect(201).json();
    assert_ne!(others["id"], first.json()["id"]);
    assert_eq!(others["link"]["application"]["displayName"], "Driveway Sample App");
}

/// "driveItem resources inherit sharing permissions from their ancestors."
#[tokio::test]
async fn items_inherit_sharing_permissions_from_their_ancestors() {
    let server = TestServer::start().await;
    let (alice, folder) = (server.alice(), server.item(ALICE, "Reports"));
    let link = alice.view_link(&folder).await;
    let listed = alice.permissions("/v1.0/me/drive/root:/Reports/Q3%20summary.md:").await;
    let inherited = listed.iter().find(|permission| permission["id"] == link["id"]).unwrap();
    assert_eq!(inherited["inheritedFrom"]["name"], "Reports");
    let stranger = server.anonymous();
    stranger.get(&format!("{}:/Q3%20summary.md", by_share(&link))).await.expect(200).json();
}

/// "201 Created if a new sharing link is created for the item": a permission with a link.
#[tokio::test]
async fn response_row_201_created() {
    let server = TestServer::start().await;
    let body = json!({ "type": "view", "scope": "anonymous" });
    let answer = server.alice().share(&server.item(ALICE, "Welcome.txt"), &body).await.expect(201);
    let permission = answer.json();
    assert_eq!(permission["@odata.context"], "http://driveway.test/v1.0/$metadata#permission");
    assert_eq!(permission["@odata.type"], "#microsoft.graph.permission");
    assert_eq!(permission["hasPassword"], false);
    assert_eq!(permission["link"]["preventsDownload"], false);
    assert!(permission["shareId"].is_string());
    for header in ["request-id", "client-request-id"] {
        assert_eq!(answer.header(header).len(), 36, "{header}");
    }
    assert_eq!(answer.header("odata-version"), "4.0");
}

/// "200 OK if an existing link is returned": unchanged, its date included.
#[tokio::test]
async fn response_row_200_ok() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let dated = |date: &str| json!({ "type": "view", "scope": "anonymous", "expirationDateTime": date });
    let first = alice.share(&item, &dated("2026-12-01T00:00:00Z")).await.expect(201).json();
    let again = alice.share(&item, &dated("2027-06-01T00:00:00Z")).await.expect(200).json();
    assert_eq!(again, first);
}

/// The example, word for word, on the personal drive that its password asks for. The answer's `roles` aside: the page says
/// `write` of a view link there, against its own table.
#[tokio::test]
async fn the_example_request_and_response() {
    let server = TestServer::start().await;
    let item = server.sample(PAT, "Welcome.txt");
    let body = r#"{
  "type": "view",
  "password": "ThisIsMyPrivatePassword",
  "scope": "anonymous"
}"#;
    let path = format!("/v1.0/me/drive/items/{item}/createLink");
    let answer = server.pat().send(reqwest::Method::POST, &path, "application/json", body).await.expect(201);
    let permission = answer.json();
    assert!(permission["id"].as_str().is_some_and(|id| !id.is_empty()));
    assert_eq!(permission["roles"], json!(["read"]));
    assert_eq!(permission["link"]["type"], "view");
    assert_eq!(permission["link"]["scope"], "anonymous");
    assert!(url(&permission).starts_with("http://driveway.test/s/"));
    let application = json!({ "id": server.application_id(0).to_string(), "displayName": "Driveway Explorer" });
    assert_eq!(permission["link"]["application"], application);
    assert_eq!(permission["hasPassword"], true);
}

/// Remark: "Links created using this action do not expire unless a default expiration policy is enforced".
#[tokio::test]
async fn remark_links_do_not_expire_without_a_default_expiration_policy() {
    let server = TestServer::start().await;
    let (alice, welcome, budget) =
        (server.alice(), server.item(ALICE, "Welcome.txt"), server.item(ALICE, "Budget.csv"));
    let lasting = alice.view_link(&welcome).await;
    assert_eq!(lasting.get("expirationDateTime"), None);
    server.admin().set_policy(&json!({ "defaultExpirationDays": 7 })).await;
    let dated = alice.view_link(&budget).await;
    assert_eq!(dated["expirationDateTime"], "2026-11-30T12:00:00Z");
    server.advance(SignedDuration::from_hours(24 * 365 * 20));
    server.anonymous().get(&by_share(&lasting)).await.expect(200).json();
    server.anonymous().get(&by_share(&dated)).await.error(404, "itemNotFound");
}

/// Remark: "Links are visible in the sharing permissions for the item and can be removed by an owner of the item." (CL-30)
#[tokio::test]
async fn remark_links_are_visible_and_removable_by_an_owner() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let link = alice.view_link(&item).await;
    let listed = alice.permissions(&item).await;
    let shown = listed.iter().find(|permission| permission["id"] == link["id"]).unwrap();
    assert_eq!(shown["link"], link["link"]);
    let path = format!("{item}/permissions/{}", link["id"].as_str().unwrap());
    assert_eq!(alice.get(&path).await.expect(200).json(), link);
    alice.delete(&path).await.expect(204);
    assert!(alice.permissions(&item).await.iter().all(|permission| permission["id"] != link["id"]));
    server.anonymous().get(url(&link)).await.expect(404);
}

/// Remark: "Links always point to the current version of a item": whatever was put there last, wherever it was moved.
#[tokio::test]
async fn remark_links_point_to_the_current_version() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let link = alice.view_link(&item).await;
    let raw = format!("{}?download=1", url(&link));
    alice.put(&format!("{item}/content"), "the second version").await.expect(200);
    assert_eq!(server.anonymous().get(&raw).await.expect(200).text(), "the second version");
    let parent = json!({ "id": server.sample(ALICE, "Reports") });
    alice.patch(&item, &json!({ "name": "moved.txt", "parentReference": parent })).await.expect(200);
    let moved = server.anonymous().get(&raw).await.expect(200);
    assert_eq!(moved.text(), "the second version");
    assert!(moved.header("content-disposition").contains("moved.txt"), "{}", moved.header("content-disposition"));
}
