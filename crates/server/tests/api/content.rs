//! Content: taken in, hashed, delivered in whole and in part, and no longer than the right to it lasts.

use bytes::Bytes;
use data_encoding::{BASE64, HEXUPPER};
use futures::stream;
use jiff::SignedDuration;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::steps::{at, files_below, id, link, location, put, raw, revoke, view};
use crate::support::{Actor, TestServer};

/// quickXorHash as its description says it, a bit at a time.
fn quick_xor_hash(content: &[u8]) -> String {
    let mut bits = [false; 160];
    for (at, byte) in content.iter().enumerate() {
        for bit in (0..8).filter(|bit| byte >> bit & 1 == 1) {
            bits[(at * 11 + bit) % 160] ^= true;
        }
    }
    let mut hash: Vec<u8> = bits.chunks(8).map(|byte| (0..8).map(|bit| u8::from(byte[bit]) << bit).sum()).collect();
    for (to, from) in hash[12..].iter_mut().zip((content.len() as u64).to_le_bytes()) {
        *to ^= from;
    }
    BASE64.encode(&hash)
}

fn content_of(path: &str) -> String {
    format!("{}/content", at(path))
}

async fn ticket(actor: &Actor, path: &str) -> String {
    location(&actor.get(&content_of(path)).await)
}

fn has_hashes_of(item: &Value, content: &[u8]) {
    assert_eq!(item["file"]["hashes"]["quickXorHash"], quick_xor_hash(content));
    assert_eq!(item["file"]["hashes"]["sha256Hash"], HEXUPPER.encode(&Sha256::digest(content)));
    assert_eq!(item["size"], content.len());
}

#[tokio::test]
async fn a_put_makes_a_file_with_its_folders_and_replaces_it_the_second_time() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let made = alice.put(&content_of("Hold/Deck/a.txt"), "one").await.expect(201).json();
    has_hashes_of(&made, b"one");
    let replaced = alice.put(&content_of("hold/deck/A.TXT"), "three").await.expect(200).json();
    assert_eq!((id(&replaced), replaced["name"].as_str()), (id(&made), Some("a.txt")));
    has_hashes_of(&replaced, b"three");
    let by_id = format!("/v1.0/me/drive/items/{}/content", id(&made));
    has_hashes_of(&alice.put(&by_id, "four!").await.expect(200).json(), b"four!");
    alice.put(&content_of("Hold"), "x").await.error(409, "nameAlreadyExists");
    alice.put(&content_of("Welcome.txt/below.txt"), "x").await.error(400, "invalidRequest");
    alice.put(&content_of("Hold/b%3Fd.txt"), "x").await.error(400, "invalidRequest");
    alice.put("/v1.0/me/drive/items/01AAAAAAAAAAAAAAAAAAAAAAAAAA/content", "x").await.error(404, "itemNotFound");
}

#[tokio::test]
async fn what_a_put_does_to_a_taken_name_is_the_clients_choice() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let first = put(&alice, "a.txt", "one").await;
    let with = |behavior: &str| format!("{}?@microsoft.graph.conflictBehavior={behavior}", content_of("a.txt"));
    alice.put(&with("fail"), "two").await.error(409, "nameAlreadyExists");
    let renamed = alice.put(&with("rename"), "two").await.expect(201).json();
    assert_eq!(renamed["name"], "a 1.txt");
    assert_ne!(id(&renamed), id(&first));
    assert_eq!(alice.put(&with("replace"), "three").await.expect(200).json()["size"], 5);
    alice.put(&with("perhaps"), "four").await.error(400, "invalidRequest");
    let size = alice.get(&at("a.txt")).await.expect(200).json()["size"].clone();
    assert_eq!(size, 5);
}

#[tokio::test]
async fn an_empty_file_has_a_hash_of_zeros_and_downloads_empty() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let made = alice.put(&content_of("empty.bin"), "").await.expect(201).json();
    assert_eq!(made["file"]["hashes"]["quickXorHash"], "AAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    let answer = server.anonymous().get(&ticket(&alice, "empty.bin").await).await.expect(200);
    assert_eq!((answer.body.len(), answer.header("content-length")), (0, "0"));
    let ranged = server.anonymous().with("range", "bytes=0-0").get(&ticket(&alice, "empty.bin").await).await;
    assert_eq!(ranged.status.as_u16(), 416);
}

#[tokio::test]
async fn five_megabytes_of_unknown_length_stream_in_and_out() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let content: Vec<u8> = (0..5_000_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let chunks: Vec<Result<Bytes, std::io::Error>> =
        content.chunks(60_001).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
    let body = reqwest::Body::wrap_stream(stream::iter(chunks));
    let made = alice.put(&content_of("large.bin"), body).await.expect(201).json();
    has_hashes_of(&made, &content);
    let url = ticket(&alice, "large.bin").await;
    assert!(server.anonymous().get(&url).await.expect(200).body == content);
    let part = server.anonymous().with("range", "bytes=4999990-").get(&url).await.expect(206);
    assert_eq!(part.body, content[4_999_990..]);
}

#[tokio::test]
async fn an_upload_over_the_limit_is_refused_and_leaves_nothing() {
    let server = TestServer::start_with(|config| config.limits.upload_bytes = 1000).await;
    let alice = server.alice();
    let blobs = server.app.config.data.join("blobs");
    let before = files_below(&blobs);
    let declared = alice.put(&content_of("New/a.bin"), vec![0; 1001]).await;
    assert_eq!(declared.error(413, "invalidRequest")["innerError"]["code"], "maxFileSizeExceeded");
    let chunks = (0..11).map(|_| Ok::<_, std::io::Error>(Bytes::from_static(&[0; 100])));
    let streamed = alice.put(&content_of("New/b.bin"), reqwest::Body::wrap_stream(stream::iter(chunks))).await;
    assert_eq!(streamed.error(413, "invalidRequest")["innerError"]["code"], "maxFileSizeExceeded");
    alice.get(&at("New")).await.error(404, "itemNotFound");
    assert_eq!(files_below(&blobs), before);
    alice.put(&content_of("New/c.bin"), vec![0; 1000]).await.expect(201);
}

#[tokio::test]
async fn a_body_that_breaks_off_or_lies_about_its_length_leaves_nothing() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let blobs = server.app.config.data.join("blobs");
    let before = files_below(&blobs);
    let token = token(&server);
    for (name, head, body) in [
        ("short.bin", "content-length: 1000", "only this"),
        ("chunked.bin", "transfer-encoding: chunked", "5\r\nhello\r\n"),
        ("torn.bin", "transfer-encoding: chunked", "ff\r\nhello"),
    ] {
        let request = format!(
            "PUT /v1.0/me/drive/root:/Torn/{name}:/content HTTP/1.1\r\nhost: driveway.test\r\n\
             authorization: Bearer {token}\r\n{head}\r\n\r\n{body}"
        );
        let answer = raw(&server, request.as_bytes()).await;
        assert!(!answer.starts_with("HTTP/1.1 2"), "{answer}");
    }
    // More than was declared is no part of the file.
    let request = format!(
        "PUT /v1.0/me/drive/root:/long.bin:/content HTTP/1.1\r\nhost: driveway.test\r\n\
         authorization: Bearer {token}\r\ncontent-length: 4\r\nconnection: close\r\n\r\nfour and more"
    );
    raw(&server, request.as_bytes()).await;
    alice.get(&at("Torn")).await.error(404, "itemNotFound");
    let long = alice.get(&at("long.bin")).await;
    assert!(long.status.as_u16() == 404 || long.json()["size"] == 4, "{}", long.text());
    assert!(files_below(&blobs) <= before + 1, "nothing but the four bytes");
    let part = alice.with("content-range", "bytes 0-3/10").put(&content_of("part.bin"), "0123").await;
    part.error(400, "invalidRequest");
    alice.get(&at("part.bin")).await.error(404, "itemNotFound");
}

fn token(server: &TestServer) -> String {
    let user = &server.person("alice@harbour.example").user;
    let subject = driveway::auth::token::Subject::User(user.id);
    let (client, now) = (server.application_id(0), server.app.clock.now());
    server.app.tokens.mint(user.tenant, client, subject, "Files.ReadWrite.All", now, 3600).unwrap()
}

#[tokio::test]
async fn content_is_a_redirect_to_a_url_that_needs_no_token_and_tolerates_one() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "a.txt", "0123456789").await;
    let url = ticket(&alice, "a.txt").await;
    assert!(url.starts_with("http://driveway.test/download/"), "{url}");
    assert_eq!(server.anonymous().get(&url).await.expect(200).text(), "0123456789");
    assert_eq!(alice.get(&url).await.expect(200).text(), "0123456789");
    assert_eq!(server.bearer("nonsense").get(&url).await.expect(200).text(), "0123456789");
    let item = alice.get(&at("a.txt")).await.expect(200).json();
    let annotated = item["@microsoft.graph.downloadUrl"].as_str().unwrap();
    assert_eq!(server.anonymous().get(annotated).await.expect(200).text(), "0123456789");
    assert!(!url.contains("a.txt") && !url.contains(&id(&item)), "the URL tells nothing of the file");
    let known = alice.with("if-none-match", item["cTag"].as_str().unwrap()).get(&content_of("a.txt")).await;
    known.expect(304);
    alice.get(&content_of("Reports")).await.error(400, "notSupported");
    alice.get(&format!("{}?format=pdf", content_of("a.txt"))).await.error(400, "notSupported");
}

#[tokio::test]
async fn a_download_comes_in_parts_when_asked_and_only_when_it_changed() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "a.txt", "0123456789").await;
    let url = ticket(&alice, "a.txt").await;
    let stranger = server.anonymous();
    let whole = stranger.get(&url).await.expect(200);
    assert_eq!((whole.header("accept-ranges"), whole.header("content-length")), ("bytes", "10"));
    for (range, part, said) in [
        ("bytes=0-3", "0123", "bytes 0-3/10"),
        ("BYTES=0-1", "01", "bytes 0-1/10"),
        ("bytes=7-", "789", "bytes 7-9/10"),
        ("bytes=-2", "89", "bytes 8-9/10"),
        ("bytes=8-100", "89", "bytes 8-9/10"),
    ] {
        let answer = stranger.with("range", range).get(&url).await.expect(206);
        assert_eq!((answer.text().as_str(), answer.header("content-range")), (part, said), "{range}");
    }
    for odd in ["bytes=5-2", "lines=1-2", "bytes=0-1,3-4"] {
        assert_eq!(stranger.with("range", odd).get(&url).await.expect(200).body.len(), 10, "{odd}");
    }
    stranger.with("range", "bytes=10-").get(&url).await.error(416, "invalidRange");

    let tag = whole.header("etag").to_owned();
    let same = stranger.with("range", "bytes=0-3").with("if-range", &tag);
    assert_eq!(same.get(&url).await.expect(206).text(), "0123");
    let other = stranger.with("range", "bytes=0-3").with("if-range", "\"another\"");
    assert_eq!(other.get(&url).await.expect(200).body.len(), 10);
    let known = stranger.with("if-none-match", &tag).get(&url).await.expect(304);
    assert!(known.body.is_empty());
    let since = stranger.with("if-modified-since", whole.header("last-modified"));
    since.get(&url).await.expect(304);

    let head = stranger.head(&url).await.expect(200);
    assert_eq!((head.header("content-length"), head.body.len()), ("10", 0));
    put(&alice, "a.txt", "changed").await;
    stranger.with("if-none-match", &tag).get(&url).await.expect(200);
}

#[tokio::test]
async fn hostile_names_stay_inside_the_header() {
    let server = TestServer::start().await;
    let alice = server.alice();
    for (path, plain, extended) in [
        ("a;%20filename=evil.exe", "a; filename=evil.exe", None),
        ("it's%25.txt", "it's_.txt", Some("it%27s%25.txt")),
        ("%E2%80%AEtxt.exe", "_txt.exe", Some("%E2%80%AEtxt.exe")),
        ("%C3%BC.html", "_.html", Some("%C3%BC.html")),
    ] {
        put(&alice, path, "x").await;
        let answer = server.anonymous().get(&ticket(&alice, path).await).await.expect(200);
        let wanted = extended.map_or_else(
            || format!("attachment; filename=\"{plain}\""),
            |extended| format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{extended}"),
        );
        assert_eq!(answer.header("content-disposition"), wanted);
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
}

#[tokio::test]
async fn a_download_url_ends_after_an_hour_and_cannot_be_made_up() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "a.txt", "x").await;
    let url = ticket(&alice, "a.txt").await;
    let stranger = server.anonymous();
    let mut forged: Vec<char> = url.chars().collect();
    let at = forged.len() - 5;
    forged[at] = if forged[at] == 'A' { 'B' } else { 'A' };
    stranger.get(&forged.into_iter().collect::<String>()).await.error(404, "itemNotFound");
    stranger.get("/download/nonsense").await.error(404, "itemNotFound");
    server.advance(SignedDuration::from_secs(3599));
    stranger.get(&url).await.expect(200);
    server.advance(SignedDuration::from_secs(1));
    let over = stranger.get(&url).await;
    over.error(404, "itemNotFound");
    assert_eq!(over.header("cache-control"), "private, no-store");
}

#[tokio::test]
async fn a_download_url_dies_with_the_item_and_with_the_right_it_was_made_under() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    put(&alice, "Hold/a.txt", "x").await;
    let by_owner = ticket(&alice, "Hold/a.txt").await;
    let shared = view(&alice, "Hold").await;
    let by_link = location(&stranger.get(&format!("{}/content", shared.graph(":/a.txt:"))).await);
    stranger.get(&by_link).await.expect(200);
    revoke(&alice, "Hold", &shared).await;
    stranger.get(&by_link).await.error(404, "itemNotFound");
    stranger.get(&by_owner).await.expect(200);

    let user = server.person("alice@harbour.example").user.id;
    let able = |enabled| server.app.db.write(move |tx| tx.set_user_enabled(user, enabled));
    able(false).await.unwrap();
    stranger.get(&by_owner).await.error(404, "itemNotFound");
    able(true).await.unwrap();
    stranger.get(&by_owner).await.expect(200);
    alice.delete(&at("Hold")).await.expect(204);
    stranger.get(&by_owner).await.error(404, "itemNotFound");
}

#[tokio::test]
async fn a_download_url_made_with_a_password_or_a_sign_in_lives_as_long_as_its_link() {
    let server = TestServer::start().await;
    let (alice, pat, stranger) = (server.alice(), server.pat(), server.anonymous());
    put(&pat, "a.txt", "x").await;
    let soon = "2026-11-23T12:10:00Z";
    let body = json!({"type": "view", "scope": "anonymous", "password": "harbour", "expirationDateTime": soon});
    let guarded = link(&pat, "a.txt", body).await;
    let knowing = stranger.with("driveway-link-password", "harbour");
    let by_password = location(&knowing.get(&guarded.graph("/content")).await);
    put(&alice, "b.txt", "y").await;
    let internal = link(&alice, "b.txt", json!({"type": "view", "scope": "organization"})).await;
    let redeeming = server.bob().with("prefer", "redeemSharingLinkIfNecessary");
    let by_sign_in = location(&redeeming.get(&internal.graph("/content")).await);
    assert_eq!(stranger.get(&by_password).await.expect(200).text(), "x");
    assert_eq!(stranger.get(&by_sign_in).await.expect(200).text(), "y");
    server.advance(SignedDuration::from_mins(10));
    stranger.get(&by_password).await.error(404, "itemNotFound");
    revoke(&alice, "b.txt", &internal).await;
    stranger.get(&by_sign_in).await.error(404, "itemNotFound");
}
