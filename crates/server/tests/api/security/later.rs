//! What isn't there yet gives nothing: each of these ends with the thing that it speaks of, and with a test of that.

use reqwest::Method;

use crate::steps::{Link, edit, id, put};
use crate::support::{Actor, TestServer};

/// A folder of Alice's with a file in it, and a link to change them.
async fn shared(server: &TestServer) -> (Link, String) {
    let file = id(&put(&server.alice(), "Hold/plan.md", "treasure").await);
    (edit(&server.alice(), "Hold").await, file)
}

/// Asks in every way for what no route gives.
async fn is_absent(server: &TestServer, link: &Link, file: &str, whats: &[&str]) {
    let visitors: [Actor; 3] = [server.anonymous(), server.bob(), server.alice()];
    for what in whats {
        for start in
            [link.graph(""), format!("/v1.0/shares/{}/items/{file}", link.share_id), format!("/s/{}", link.token)]
        {
            for (visitor, method) in
                visitors.iter().flat_map(|visitor| [Method::GET, Method::POST].map(|method| (visitor, method)))
            {
                let answer = visitor.send(method, &format!("{start}/{what}"), "application/json", "{}").await;
                assert!(matches!(answer.status.as_u16(), 400 | 404 | 405), "{start}/{what}: {}", answer.text());
                assert!(!answer.text().contains("plan.md") && !answer.text().contains("treasure"), "{start}/{what}");
            }
        }
    }
}

#[tokio::test]
async fn p18_there_are_no_feeds_of_changes_but_delta() {
    let server = TestServer::start().await;
    let (link, file) = shared(&server).await;
    is_absent(&server, &link, &file, &["activities", "events"]).await;
    for path in ["/v1.0/me/drive/root/subscriptions/socketIo"] {
        let answer = server.alice().get(path).await;
        assert!(matches!(answer.status.as_u16(), 400 | 404), "{path}: {}", answer.text());
    }
}

#[tokio::test]
async fn p19_there_are_no_tokens_of_previews_and_offices() {
    let server = TestServer::start().await;
    let (link, file) = shared(&server).await;
    is_absent(&server, &link, &file, &["preview", "checkAccess", "wopi", "edit"]).await;
    for path in [format!("/wopi/files/{file}"), format!("/wopi/files/{file}/contents")] {
        server.alice().get(&path).await.expect(404);
    }
}

#[tokio::test]
async fn p21_there_are_no_archives() {
    let server = TestServer::start().await;
    let (link, file) = shared(&server).await;
    is_absent(&server, &link, &file, &["zip", "archive", "download.zip"]).await;
    // A folder has no bytes of its own, in no format.
    for path in [link.graph("/content"), format!("{}?download=1", link.page()), link.graph("/content?format=zip")] {
        let answer = server.anonymous().get(&path).await;
        assert!(answer.status.is_client_error(), "{path}: {}", answer.text());
    }
}

#[tokio::test]
async fn p29_nothing_is_derived_from_a_file_yet() {
    let server = TestServer::start().await;
    let (link, file) = shared(&server).await;
    is_absent(&server, &link, &file, &["thumbnails", "thumbnails/0/small/content", "attachments", "analytics"]).await;
}
