//! Embed links: the only pages that other sites may frame.

use serde_json::json;

use crate::steps::{link, put, view};
use crate::support::TestServer;

#[tokio::test]
async fn an_embed_page_may_be_framed_anywhere_and_no_other_may() {
    let server = TestServer::start().await;
    let (pat, stranger) = (server.pat(), server.anonymous());
    put(&pat, "poem.txt", "roses").await;
    let embed = link(&pat, "poem.txt", json!({"type": "embed", "scope": "anonymous"})).await;
    let page = stranger.get(&embed.url).await.expect(200);
    assert!(page.header("content-security-policy").contains("frame-ancestors *"));
    assert!(page.header("x-frame-options").is_empty());
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    let html = page.text();
    assert!(html.contains("poem.txt") && html.contains("roses") && html.contains("target=\"_blank\""), "{html}");
    assert!(!html.contains("<script"), "{html}");
    assert!(!html.contains("Pat Marlowe"), "a frame on another site names no owner");

    let plain = view(&pat, "poem.txt").await;
    let page = stranger.get(&plain.url).await.expect(200);
    assert_eq!(page.header("x-frame-options"), "DENY");
    assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"));
    // Not even an embed link lets its raw bytes be framed.
    let bytes = stranger.get(&format!("{}?download=1", embed.page())).await.expect(200);
    assert!(bytes.header("content-security-policy").contains("frame-ancestors 'none'"));
}

#[tokio::test]
async fn the_html_of_createlink_frames_the_page() {
    let server = TestServer::start().await;
    let pat = server.pat();
    let item = server.sample("pat@personal.example", "Harbour.png");
    let made = pat
        .post(&format!("/v1.0/me/drive/items/{item}/createLink"), &json!({"type": "embed"}))
        .await
        .expect(201)
        .json();
    let html = made["link"]["webHtml"].as_str().unwrap();
    let source = html.split("src=\"").nth(1).unwrap().split('"').next().unwrap();
    assert!(html.starts_with("<iframe") && html.contains("</iframe>"), "{html}");
    let page = server.anonymous().get(source).await.expect(200);
    assert!(page.header("content-security-policy").contains("frame-ancestors *"));
    assert!(page.text().contains("<img"), "{}", page.text());
}

#[tokio::test]
async fn an_embed_link_with_a_password_asks_in_its_frame() {
    let server = TestServer::start().await;
    let (pat, stranger) = (server.pat(), server.anonymous());
    put(&pat, "poem.txt", "roses").await;
    let body = json!({"type": "embed", "scope": "anonymous", "password": "harbour"});
    let embed = link(&pat, "poem.txt", body).await;
    let asked = stranger.get(&embed.url).await.expect(401);
    assert!(asked.header("content-security-policy").contains("frame-ancestors *"));
    assert!(!asked.text().contains("poem"));
    let secure = stranger.with("x-forwarded-proto", "https");
    let right = crate::steps::guess(&secure, &embed, "harbour").await.expect(303);
    let set = right.header("set-cookie");
    assert!(set.contains("SameSite=None; Partitioned; Secure"), "{set}");
}

#[tokio::test]
async fn a_dead_embed_link_may_not_be_framed() {
    let server = TestServer::start().await;
    let pat = server.pat();
    put(&pat, "poem.txt", "roses").await;
    let embed = link(&pat, "poem.txt", json!({"type": "embed", "scope": "anonymous"})).await;
    crate::steps::revoke(&pat, "poem.txt", &embed).await;
    let gone = server.anonymous().get(&embed.url).await.expect(404);
    assert_eq!(gone.header("x-frame-options"), "DENY");
}
