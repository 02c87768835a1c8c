//! The page of a link to a file: what it says, what it doesn't, and what it gives to curl.

use jiff::SignedDuration;
use serde_json::json;

use crate::steps::{Link, at, edit, link, protected, put, revoke, view};
use crate::support::{Actor, Answer, TestServer};

/// Every kind of page that a link can show.
async fn every_page(server: &TestServer) -> Vec<(&'static str, Answer)> {
    let (alice, pat, stranger) = (server.alice(), server.pat(), server.anonymous());
    put(&alice, "Hold/a.txt", "x").await;
    put(&pat, "p.txt", "x").await;
    let (file, folder) = (view(&alice, "Hold/a.txt").await, view(&alice, "Hold").await);
    let guarded = protected(&pat, "p.txt", "harbour").await;
    let internal = link(&alice, "Hold/a.txt", json!({"type": "view", "scope": "organization"})).await;
    let bad_form = stranger.send(reqwest::Method::POST, &guarded.page(), "text/plain", "password=x").await;
    let put = stranger.put(&file.page(), "x").await;
    vec![
        ("file", stranger.get(&file.url).await.expect(200)),
        ("folder", stranger.get(&folder.url).await.expect(200)),
        ("download", stranger.get(&format!("{}?download=1", file.page())).await.expect(200)),
        ("password", stranger.get(&guarded.url).await.expect(401)),
        ("wrong password", crate::steps::guess(&stranger, &guarded, "no").await.expect(403)),
        ("right password", crate::steps::guess(&stranger, &guarded, "harbour").await.expect(303)),
        ("bad form", bad_form.expect(415)),
        ("sign in", stranger.get(&internal.url).await.expect(401)),
        ("other tenant", pat.get(&internal.url).await.expect(403)),
        ("gone", stranger.get("/s/nonsense/").await.expect(404)),
        ("no such page", stranger.get(&format!("{}nonsense", file.page())).await.expect(404)),
        ("no such listing", stranger.get(&format!("{}?page=nonsense", folder.page())).await.expect(400)),
        (
            "no such part",
            stranger.with("range", "bytes=9-").get(&format!("{}?download=1", file.page())).await.expect(416),
        ),
        ("other verb", put.expect(405)),
        ("item of an owner", stranger.get("/d/b!x/01AAA").await.expect(401)),
        ("home", stranger.get("/").await.expect(200)),
    ]
}

#[tokio::test]
async fn every_page_keeps_to_itself() {
    let server = TestServer::start().await;
    for (kind, page) in every_page(&server).await {
        assert_eq!(page.header("cache-control"), "private, no-store", "{kind}");
        assert_eq!(page.header("referrer-policy"), "no-referrer", "{kind}");
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{kind}");
        assert!(page.header("x-robots-tag").contains("noindex"), "{kind}");
        let policy = page.header("content-security-policy");
        assert!(policy.contains("default-src 'none'"), "{kind}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{kind}: {policy}");
        assert!(!policy.contains("unsafe") && !policy.contains("script-src"), "{kind}: {policy}");
        if kind != "download" {
            assert_eq!(page.header("x-frame-options"), "DENY", "{kind}");
            let html = page.text().to_lowercase();
            for active in ["<script", "javascript:", " onload=", " onclick=", "http-equiv"] {
                assert!(!html.contains(active), "{active} in {kind}");
            }
        }
    }
}

#[tokio::test]
async fn the_page_names_the_file_its_size_its_owner_and_the_links_end() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "letter%20home.txt", &"x".repeat(12_345)).await;
    let body = json!({"type": "view", "scope": "anonymous", "expirationDateTime": "2026-12-24T18:00:00Z"});
    let shared = link(&alice, "letter%20home.txt", body).await;
    let page = server.anonymous().get(&shared.url).await.expect(200);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    let html = page.text();
    for said in ["letter home.txt", "value=\"12345\"", "Alice Harbour", "2026-12-24T18:00", "Download", "?download=1"] {
        assert!(html.contains(said), "{said} in {html}");
    }
    assert!(!html.contains("alice@harbour.example"), "an address is nobody's business");
    let forever = view(&alice, "Budget.csv").await;
    assert!(server.anonymous().get(&forever.url).await.expect(200).text().contains("Never"));
}

#[tokio::test]
async fn the_page_speaks_the_visitors_language() {
    let server = TestServer::start().await;
    let shared = view(&server.alice(), "Welcome.txt").await;
    for (asked, tag) in [("de-CH,de;q=0.9", "de"), ("fr", "fr"), ("es-419", "es"), ("xx", "en"), ("", "en")] {
        let page = server.anonymous().with("accept-language", asked).get(&shared.url).await.expect(200);
        assert_eq!(page.header("content-language"), tag, "{asked}");
        assert!(page.text().contains(&format!("<html lang=\"{tag}\"")), "{asked}");
        assert!(page.header("vary").contains("Accept-Language"));
    }
}

#[tokio::test]
async fn names_and_texts_are_shown_and_never_acted_upon() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let name = "%26lt;img%20src=x%20onerror=alert(1)%26gt;'%60.html";
    put(&alice, name, "<script>alert('text')</script>").await;
    let shared = view(&alice, name).await;
    let page = server.anonymous().get(&shared.url).await.expect(200).text();
    assert!(!page.contains("<script") && !page.contains("<img"), "{page}");
    assert!(page.contains("alert"), "the source is shown as text: {page}");
    let answer = server.anonymous().get(&format!("{}?download=1", shared.page())).await.expect(200);
    assert!(answer.header("content-disposition").starts_with("attachment;"));
    assert!(answer.header("content-security-policy").starts_with("sandbox;"));
    server.anonymous().get(&format!("{}inline", shared.page())).await.expect(404);
}

#[tokio::test]
async fn curl_gets_the_bytes_with_their_name_and_in_parts() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "na%C3%AFve%20plan.txt", "0123456789").await;
    let shared = view(&alice, "na%C3%AFve%20plan.txt").await;
    let stranger = server.anonymous();
    for url in [format!("{}?download=1", shared.url), format!("{}?download=1", shared.page().trim_end_matches('/'))] {
        let answer = stranger.get(&url).await.expect(200);
        assert_eq!(answer.text(), "0123456789");
        let disposition = "attachment; filename=\"na_ve plan.txt\"; filename*=UTF-8''na%C3%AFve%20plan.txt";
        assert_eq!(answer.header("content-disposition"), disposition);
        assert_eq!(answer.header("content-length"), "10");
        let part = stranger.with("range", "bytes=2-4").get(&url).await.expect(206);
        assert_eq!((part.text().as_str(), part.header("content-range")), ("234", "bytes 2-4/10"));
        stranger.with("if-none-match", answer.header("etag")).get(&url).await.expect(304);
        assert!(stranger.head(&url).await.expect(200).body.is_empty());
    }
}

#[tokio::test]
async fn a_picture_is_shown_in_its_page_and_nothing_active_is() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    let picture = view(&alice, "Harbour.png").await;
    let page = stranger.get(&picture.url).await.expect(200).text();
    assert!(page.contains(&format!("src=\"{}inline\"", picture.page())), "{page}");
    let inline = stranger.get(&format!("{}inline", picture.page())).await.expect(200);
    assert_eq!(inline.header("content-type"), "image/png");
    assert!(inline.header("content-disposition").starts_with("inline;"));
    for (name, content) in [("a.svg", "<svg onload='x'/>"), ("a.html", "<p>"), ("a.pdf", "%PDF"), ("a.xml", "<a/>")] {
        put(&alice, name, content).await;
        let shared = view(&alice, name).await;
        stranger.get(&format!("{}inline", shared.page())).await.expect(404);
        let page = stranger.get(&shared.url).await.expect(200).text();
        assert!(!page.contains("<img") && !page.contains("<iframe") && !page.contains("<object"), "{name}: {page}");
    }
}

async fn opens(visitor: &Actor, link: &Link) -> bool {
    let page = visitor.get(&link.url).await.status.as_u16();
    let bytes = visitor.get(&format!("{}?download=1", link.page())).await.status.as_u16();
    let graph = visitor.get(&link.graph("")).await.status.as_u16();
    assert!(matches!((page, bytes, graph), (200, 200, 200) | (404, 404, 404)), "{page} {bytes} {graph}");
    page == 200
}

#[tokio::test]
async fn a_link_ends_at_its_expiry_with_its_revocation_and_with_its_item() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    put(&alice, "a.txt", "x").await;
    let body = json!({"type": "view", "scope": "anonymous", "expirationDateTime": "2026-11-23T13:00:00Z"});
    let (timed, revoked) = (link(&alice, "a.txt", body).await, edit(&alice, "a.txt").await);
    assert!(opens(&stranger, &timed).await && opens(&stranger, &revoked).await);
    revoke(&alice, "a.txt", &revoked).await;
    assert!(!opens(&stranger, &revoked).await, "revoked");
    server.advance(SignedDuration::from_secs(3599));
    assert!(opens(&stranger, &timed).await);
    server.advance(SignedDuration::from_secs(1));
    assert!(!opens(&stranger, &timed).await, "expired");
    let fresh = server.alice();
    let kept = view(&fresh, "Welcome.txt").await;
    assert!(opens(&stranger, &kept).await);
    fresh.patch(&at("Welcome.txt"), &json!({"name": "Hello.txt"})).await.expect(200);
    assert!(opens(&stranger, &kept).await, "a link follows its item");
    fresh.delete(&at("Hello.txt")).await.expect(204);
    assert!(!opens(&stranger, &kept).await, "deleted");
}
