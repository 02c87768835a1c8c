//! `preview`: a file in a page of its own URL, without a credential, for a while.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::steps::{at, id, link, put, revoke, view};
use crate::support::{Actor, TestServer};

async fn preview(actor: &Actor, address: &str, body: &Value) -> String {
    let made = actor.post(&format!("{address}/preview"), body).await.expect(200).json();
    made["getUrl"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned()
}

#[tokio::test]
async fn item_02_a_preview_is_a_page_for_any_frame_and_ends_after_a_while() {
    let server = TestServer::start().await;
    let url = preview(&server.alice(), &at("Welcome.txt"), &json!({})).await;
    let page = server.anonymous().get(&url).await.expect(200);
    assert!(page.text().contains("Welcome.txt") && page.text().contains("<pre"), "{}", page.text());
    assert!(page.header("content-security-policy").ends_with("frame-ancestors *"));
    assert_eq!(page.header("x-frame-options"), "");
    assert_eq!(page.header("cache-control"), "private, no-store");
    let button = page.text().split("class=\"button\" href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    server.anonymous().get(&button).await.expect(200);
    server.advance(SignedDuration::from_secs(3601));
    server.anonymous().get(&url).await.expect(404);
}

#[tokio::test]
async fn item_02_page_and_zoom_are_hints_and_nothing_else_is_taken() {
    let server = TestServer::start().await;
    let (alice, address) = (server.alice(), format!("{}/preview", at("Welcome.txt")));
    for body in [json!({"page": "2"}), json!({"page": 2, "zoom": 1.5}), json!({"page": null, "zoom": 1})] {
        alice.post(&address, &body).await.expect(200);
    }
    for (body, target) in [
        (json!({"zoom": 0}), "zoom"),
        (json!({"zoom": "1"}), "zoom"),
        (json!({"page": -1}), "page"),
        (json!({"page": ["1"]}), "page"),
        (json!({"page": "x".repeat(129)}), "page"),
        (json!({"allowEdit": true}), "allowEdit"),
    ] {
        let error = alice.post(&address, &body).await.error(400, "invalidRequest");
        assert_eq!(error["target"], target, "{error}");
    }
    alice.post(&format!("{}/preview", at("Reports")), &json!({})).await.error(400, "notSupported");
    alice.post(&format!("{}/preview", at("nothing")), &json!({})).await.error(404, "itemNotFound");
    server.bob().get("/v1.0/me").await.expect(200);
}

/// P19, P29: a preview names one file and looks at it, by a right that is asked for each time.
#[tokio::test]
async fn p19_p29_a_preview_by_way_of_a_link_ends_with_it_and_only_looks() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    let file = id(&put(&alice, "Hold/plan.md", "treasure").await);
    put(&alice, "Hold/other.md", "gold").await;
    let shared = view(&alice, "Hold").await;
    let url = preview(&stranger, &format!("/v1.0/shares/{}/items/{file}", shared.share_id), &json!({})).await;
    assert!(stranger.get(&url).await.expect(200).text().contains("treasure"));
    for method in [reqwest::Method::PUT, reqwest::Method::POST, reqwest::Method::PATCH, reqwest::Method::DELETE] {
        let answer = stranger.send(method, &url, "text/plain", "mine").await;
        assert!(answer.status.is_client_error(), "{}", answer.text());
    }
    // The ticket is of its own kind.
    let ticket = url.rsplit('/').next().unwrap();
    stranger.get(&format!("/download/{ticket}")).await.error(404, "itemNotFound");
    stranger.get(&format!("/thumbnail/{ticket}/small")).await.error(404, "itemNotFound");
    stranger.get(&format!("{url}x")).await.expect(404);
    revoke(&alice, "Hold", &shared).await;
    assert!(!stranger.get(&url).await.expect(404).text().contains("plan"));
}

/// AMB-38: looking is what such a link is for; its page has no Download, and its pictures are for the page.
#[tokio::test]
async fn amb_38_what_may_not_be_downloaded_may_be_previewed() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    alice.put(&format!("{}/content", at("boat.png")), b"\x89PNG not really".to_vec()).await.expect(201);
    let shared = link(&alice, "boat.png", json!({"type": "blocksDownload", "scope": "anonymous"})).await;
    let url = preview(&stranger, &shared.graph(""), &json!({})).await;
    let page = stranger.get(&url).await.expect(200).text();
    assert!(page.contains("/inline\"") && !page.contains("class=\"button\""), "{page}");
    let inline = format!("{url}/inline");
    stranger.get(&inline).await.expect(403);
    let browser = stranger.with("sec-fetch-site", "same-origin").with("sec-fetch-dest", "image");
    assert_eq!(browser.get(&inline).await.expect(200).header("content-type"), "image/png");
}

/// A link's trail says that it was opened and not that something was written.
#[tokio::test]
async fn a_preview_by_way_of_a_link_is_looking() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    let shared = view(&alice, "Welcome.txt").await;
    preview(&stranger, &shared.graph(""), &json!({})).await;
    let trail = alice.get(&format!("/driveway/v1/links/{}/audit", shared.id)).await.expect(200).text();
    assert!(trail.contains("opened") && !trail.contains("written"), "{trail}");
}
