//! The shortest way through the product: a file, a link, a stranger.

use serde_json::json;

use crate::support::TestServer;

#[tokio::test]
async fn a_stranger_downloads_a_file_through_a_link() {
    let server = TestServer::start().await;
    let alice = server.alice();
    alice.put("/v1.0/me/drive/root:/Letters/hello.txt:/content", "hello").await.expect(201);

    let link = alice
        .post("/v1.0/me/drive/root:/Letters/hello.txt:/createLink", &json!({"type": "view", "scope": "anonymous"}))
        .await
        .expect(201)
        .json();
    let url = link["link"]["webUrl"].as_str().unwrap();

    let stranger = server.anonymous();
    let page = stranger.get(url).await.expect(200).text();
    assert!(page.contains("hello.txt") && page.contains("Alice Harbour"), "{page}");
    assert_eq!(stranger.get(&format!("{url}?download=1")).await.expect(200).text(), "hello");
}
