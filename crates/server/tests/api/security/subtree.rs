//! What lies beside and above a shared item: P5, P6, P8. That nothing outside is ever told is in [`super::everywhere`].

use serde_json::json;

use crate::steps::{id, put, view};
use crate::support::TestServer;

#[tokio::test]
async fn p05_siblings_of_the_shared_folder_and_its_parent_are_absent() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    let sibling = id(&put(&alice, "Top/Holdings/a.txt", "x").await);
    put(&alice, "Top/Hold/b.txt", "x").await;
    let shared = view(&alice, "Top/Hold").await;
    let top = id(&alice.get(&crate::steps::at("Top")).await.expect(200).json());
    for item in [sibling, top] {
        stranger.get(&shared.below(&item)).await.expect(404);
        stranger.get(&format!("/v1.0/shares/{}/items/{item}", shared.share_id)).await.error(404, "itemNotFound");
    }
}

#[tokio::test]
async fn p06_a_link_to_a_file_opens_that_file_and_no_name_next_to_it() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    put(&alice, "Hold/a.txt", "mine").await;
    put(&alice, "Hold/b.txt", "other").await;
    let shared = view(&alice, "Hold/a.txt").await;
    for rest in [
        "b.txt",
        "..%2Fb.txt",
        "../b.txt",
        "%2e%2e/b.txt",
        "items/..%2Fb.txt",
        "..;/b.txt",
        "%5C..%5Cb.txt",
        ".%00/b.txt",
    ] {
        let page = stranger.get(&format!("/s/{}/{rest}", shared.token)).await;
        assert!(matches!(page.status.as_u16(), 400 | 404), "{rest}: {}", page.status);
        let graph = stranger.get(&shared.graph(&format!(":/{rest}:"))).await;
        assert!(matches!(graph.status.as_u16(), 400 | 404), "{rest}: {}", graph.status);
        assert!(!page.text().contains("other") && !graph.text().contains("b.txt"), "{rest}");
    }
    assert_eq!(stranger.get(&shared.graph("/children")).await.expect(200).json()["value"], json!([]));
}

#[tokio::test]
async fn p08_a_name_that_begins_like_the_shared_one_is_not_below_it() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    let longer = id(&put(&alice, "ab/secret.txt", "x").await);
    put(&alice, "a/open.txt", "x").await;
    let shared = view(&alice, "a").await;
    stranger.get(&shared.below(&longer)).await.expect(404);
    for path in ["b/secret.txt", "ab/secret.txt", "%2E%2E/ab/secret.txt"] {
        let answer = stranger.get(&shared.graph(&format!(":/{path}:"))).await;
        assert!(matches!(answer.status.as_u16(), 400 | 404), "{path}");
    }
}
