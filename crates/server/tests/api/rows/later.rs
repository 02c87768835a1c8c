//! What comes later, and what is said of it until then: an honest refusal that changes nothing.

use serde_json::json;

use crate::support::TestServer;
use crate::support::sharing::ALICE;

/// Asserts that these aren't there, and that the item is what it was.
async fn are_not_there(calls: &[(&str, String)]) {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let before = alice.get(&item).await.json()["eTag"].clone();
    for (verb, path) in calls {
        let path = path.replace("ITEM", &item);
        let answer = if *verb == "GET" { alice.get(&path).await } else { alice.post(&path, &json!({})).await };
        assert_eq!(answer.status, 404, "{verb} {path}: {}", answer.text());
        answer.error(404, "itemNotFound");
    }
    assert_eq!(alice.get(&item).await.json()["eTag"], before);
}

fn calls<const N: usize>(calls: [(&'static str, &str); N]) -> Vec<(&'static str, String)> {
    calls.into_iter().map(|(verb, path)| (verb, path.to_owned())).collect()
}

/// ITEM-02: there are no previews by a URL of their own.
#[tokio::test]
async fn item_02_there_is_no_preview() {
    are_not_there(&calls([
        ("POST", "ITEM/preview"),
        ("GET", "ITEM/thumbnails"),
        ("GET", "ITEM/thumbnails/0/small/content"),
    ]))
    .await;
}

/// HDR-16: subscriptions have one address. Clients ask for a socket first and fall back on what there is.
#[tokio::test]
async fn hdr_16_there_are_no_sockets_and_no_subscriptions_of_items() {
    are_not_there(&calls([
        ("GET", "ITEM/subscriptions/socketIo"),
        ("GET", "/v1.0/me/drive/root/subscriptions/socketIo"),
        ("POST", "/v1.0/me/drive/root/subscriptions"),
    ]))
    .await;
}
