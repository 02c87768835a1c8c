//! What must not get out: hashes, names behind a password, accounts, and whatever a cache or a referrer would keep.

use data_encoding::BASE64URL_NOPAD;
use serde_json::json;

use crate::steps::{at, guess, id, link, protected, put, view};
use crate::support::{Answer, TestServer};

fn everything(answer: &Answer) -> String {
    format!("{:?} {}", answer.headers, answer.text())
}

#[tokio::test]
async fn p14_no_answer_ever_holds_a_hash() {
    let server = TestServer::start().await;
    let (pat, stranger) = (server.pat(), server.anonymous());
    put(&pat, "a.txt", "x").await;
    let create = format!("{}/createLink", at("a.txt"));
    let body = json!({"type": "view", "scope": "anonymous", "password": "canary-password"});
    let made = pat.post(&create, &body).await.expect(201);
    let permission = id(&made.json());
    let token = made.json()["link"]["webUrl"].as_str().unwrap().to_owned();
    let share = made.json()["shareId"].as_str().unwrap().to_owned();
    let mut wrong = body.clone();
    wrong["password"] = json!("another");
    let answers = vec![
        pat.post(&create, &body).await.expect(200),
        pat.post(&create, &wrong).await,
        pat.get(&at("a.txt")).await.expect(200),
        pat.get(&format!("{}/permissions", at("a.txt"))).await.expect(200),
        pat.get(&format!("{}/permissions/{permission}", at("a.txt"))).await.expect(200),
        stranger.get(&token).await.expect(401),
        stranger.get(&format!("/v1.0/shares/{share}")).await.expect(401),
        stranger.with("driveway-link-password", "another").get(&format!("/v1.0/shares/{share}")).await.expect(403),
        stranger.with("driveway-link-password", "canary-password").get(&token).await.expect(200),
        pat.get("/metrics").await.expect(200),
        made,
    ];
    for answer in answers {
        let said = everything(&answer);
        for secret in ["argon2", "$v=19", "canary-password", "password_hash", "salt"] {
            assert!(!said.contains(secret), "{secret} in {said}");
        }
    }
}

#[tokio::test]
async fn p01_p14_what_the_database_holds_is_no_key_to_a_link() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    put(&alice, "a.txt", "x").await;
    let shared = view(&alice, "a.txt").await;
    for file in std::fs::read_dir(&server.app.config.data).unwrap().map(|entry| entry.unwrap().path()) {
        if file.is_file() {
            let bytes = std::fs::read(&file).unwrap();
            let found = bytes.windows(shared.token.len()).any(|window| window == shared.token.as_bytes());
            assert!(!found, "the token stands in {}", file.display());
        }
    }
    for guess in [shared.id.clone(), BASE64URL_NOPAD.encode(shared.id.as_bytes()), format!("1{}", shared.id)] {
        stranger.get(&format!("/s/{guess}/")).await.expect(404);
    }
}

#[tokio::test]
async fn p15_before_the_password_there_is_only_the_question() {
    let server = TestServer::start().await;
    let (pat, stranger) = (server.pat(), server.anonymous());
    let file = id(&put(&pat, "Hidden%20plans/contents.txt", "treasure").await);
    let shared = protected(&pat, "Hidden%20plans", "harbour").await;
    let root = server.person("pat@personal.example").drive.root.to_string();
    let absent = "01AAAAAAAAAAAAAAAAAAAAAAAAAA";
    let mut pages = Vec::new();
    for path in [
        shared.page(),
        format!("{}?download=1", shared.page()),
        format!("{}inline", shared.page()),
        shared.below(&file),
        format!("{}?download=1", shared.below(&file)),
        format!("{}inline", shared.below(&file)),
        shared.below(absent),
        shared.below(&root),
    ] {
        let page = stranger.get(&path).await;
        assert_eq!(page.status.as_u16(), 401, "{path}");
        pages.push(page);
    }
    pages.push(guess(&stranger, &shared, "wrong").await.expect(403));
    for rest in [
        String::new(),
        "/driveItem".to_owned(),
        "/driveItem/children".to_owned(),
        "/driveItem:/contents.txt:".to_owned(),
        "/driveItem:/nothing.txt:".to_owned(),
        "/driveItem:/contents.txt:/content".to_owned(),
        format!("/items/{file}"),
        format!("/items/{absent}"),
        format!("/items/{root}"),
    ] {
        let answer = stranger.get(&format!("/v1.0/shares/{}{rest}", shared.share_id)).await;
        assert_eq!(answer.error(401, "InvalidAuthenticationToken")["innerError"]["code"], "passwordRequired", "{rest}");
        pages.push(answer);
    }
    for page in pages {
        let said = everything(&page);
        for secret in ["Hidden", "contents", "treasure", "Pat Marlowe", "/download/", &file, &root] {
            assert!(!said.contains(secret), "{secret} in {said}");
        }
    }
}

#[tokio::test]
async fn p17_a_link_opens_links_and_nothing_else() {
    let server = TestServer::start().await;
    let (pat, stranger) = (server.pat(), server.anonymous());
    put(&pat, "a.txt", "x").await;
    let body = json!({"type": "edit", "scope": "anonymous", "password": "harbour"});
    let shared = link(&pat, "a.txt", body).await;
    let visit = crate::steps::cookie(&guess(&stranger, &shared, "harbour").await.expect(303));
    let basic = data_encoding::BASE64.encode(b":harbour");
    let drive = &server.person("pat@personal.example").drive.id;
    for holder in [
        stranger.with("driveway-link-password", "harbour"),
        stranger.with("cookie", &visit),
        stranger.with("authorization", &format!("Basic {basic}")),
        stranger.with("authorization", &format!("Bearer {}", shared.token)),
        stranger.with("authorization", &format!("Bearer {}", shared.share_id)),
    ] {
        for path in [
            "/v1.0/me/drive".to_owned(),
            "/v1.0/me/drive/root/children".to_owned(),
            format!("/v1.0/drives/{drive}/root"),
            format!("/v1.0/drives/{drive}/root?token={}", shared.token),
            format!("/v1.0/me/drive/root?access_token={}", shared.token),
            "/driveway/v1/policy/sharing".to_owned(),
        ] {
            let answer = holder.get(&path).await;
            assert_eq!(answer.status.as_u16(), 401, "{path}: {}", answer.text());
        }
        let body = json!({"type": "view"});
        let made = holder.post(&shared.graph("/createLink"), &body).await;
        assert_eq!(made.status.as_u16(), 401, "{}", made.text());
    }
}

#[tokio::test]
async fn p20_content_of_active_types_is_only_ever_saved_and_sandboxed() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    for (name, content) in [
        ("a.html", "<script>1</script>"),
        ("a.svg", "<svg onload='1'/>"),
        ("a.xhtml", "<html/>"),
        ("a.md", "[x](javascript:1)"),
        ("a.js", "1"),
        ("a.pdf", "%PDF-1.7"),
        ("a.xml", "<?xml-stylesheet?>"),
        ("a.png", "<script>1</script>"),
        ("noextension", "<script>1</script>"),
    ] {
        alice.send(reqwest::Method::PUT, &format!("{}/content", at(name)), "text/html", content).await.expect(201);
        let shared = view(&alice, name).await;
        let ticket = crate::steps::location(&stranger.get(&shared.graph("/content")).await);
        for url in [format!("{}?download=1", shared.page()), ticket] {
            let answer = stranger.get(&url).await.expect(200);
            assert!(answer.header("content-disposition").starts_with("attachment"), "{name}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{name}");
            assert!(answer.header("content-security-policy").starts_with("sandbox;"), "{name}");
        }
        let inline = stranger.get(&format!("{}inline", shared.page())).await;
        match inline.status.as_u16() {
            200 => {
                assert_eq!(inline.header("content-type"), "image/png", "{name}");
                assert_eq!(inline.header("x-content-type-options"), "nosniff", "{name}");
            }
            status => assert_eq!(status, 404, "{name}"),
        }
    }
}

#[tokio::test]
async fn p21_no_name_can_climb_out_of_a_folder_that_it_is_saved_in() {
    let server = TestServer::start().await;
    let alice = server.alice();
    for name in ["..", ".", "a\\b", "..\\x", "C:x", "a/b", "x\u{0}", "x\n", "x\u{1b}[2J"] {
        let body = json!({"name": name, "folder": {}});
        alice.post("/v1.0/me/drive/root/children", &body).await.error(400, "invalidRequest");
        alice.patch(&at("Welcome.txt"), &json!({"name": name})).await.error(400, "invalidRequest");
    }
}

#[tokio::test]
async fn p31_nothing_redirects_to_where_a_visitor_says() {
    let server = TestServer::start().await;
    let (pat, stranger) = (server.pat(), server.anonymous());
    put(&pat, "a.txt", "x").await;
    let shared = protected(&pat, "a.txt", "harbour").await;
    for query in ["?next=https://evil.example", "?return=//evil.example", "?page=https://evil.example"] {
        let form = "application/x-www-form-urlencoded";
        let path = format!("{}{query}", shared.page());
        let answer = stranger.send(reqwest::Method::POST, &path, form, "password=harbour&next=//evil.example").await;
        assert_eq!(answer.expect(303).header("location"), shared.page());
    }
    for host in ["evil.example/x", "a b", "user@evil.example"] {
        let misled = stranger.with("x-forwarded-host", host);
        misled.get(&shared.graph("/content")).await.error(400, "invalidRequest");
    }
}

#[tokio::test]
async fn p32_a_visitor_is_no_user_and_sees_none() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    put(&alice, "Hold/a.txt", "x").await;
    let shared = crate::steps::edit(&alice, "Hold").await;
    for path in ["/v1.0/users", "/v1.0/me", "/v1.0/groups", "/v1.0/users/alice@harbour.example"] {
        let answer = stranger.get(path).await;
        assert!(matches!(answer.status.as_u16(), 401 | 404), "{path}: {}", answer.status);
        assert!(!answer.text().contains("harbour.example"), "{path}");
    }
    stranger.put(&shared.graph(":/new.txt:/content"), "x").await.expect(201);
    let page = stranger.get(&shared.url).await.expect(200);
    assert!(!everything(&page).contains("@harbour.example"));
    let users = server.app.db.read(|tx| tx.users()).await.unwrap();
    assert_eq!(users.len(), server.demo.users.len(), "opening a link makes nobody");
}

#[tokio::test]
async fn p33_pages_of_links_load_nothing_from_elsewhere_and_send_nobody_a_referrer() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    put(&alice, "Hold/a.txt", "see https://elsewhere.example/").await;
    for shared in [view(&alice, "Hold").await, view(&alice, "Hold/a.txt").await, view(&alice, "Harbour.png").await] {
        let page = stranger.get(&shared.url).await.expect(200);
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert!(page.header("x-robots-tag").contains("noindex"));
        let html = page.text();
        for attribute in ["src=\"", "href=\"", "action=\""] {
            for target in html.split(attribute).skip(1).map(|rest| rest.split('"').next().unwrap()) {
                assert!(target.starts_with('/') && !target.starts_with("//"), "{attribute}{target}");
            }
        }
    }
    let robots = stranger.get("/robots.txt").await.expect(200).text();
    assert!(robots.contains("Disallow: /"));
}

#[tokio::test]
async fn p34_no_answer_with_a_credential_in_it_may_be_kept() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    put(&alice, "a.txt", "x").await;
    let shared = link(&alice, "a.txt", json!({"type": "view", "scope": "organization"})).await;
    let open = view(&alice, "a.txt").await;
    let ticket = crate::steps::location(&alice.get(&format!("{}/content", at("a.txt"))).await);
    for answer in [
        alice.get("/v1.0/me/drive").await,
        alice.get(&at("a.txt")).await,
        alice.get(&format!("{}/content", at("a.txt"))).await,
        alice.get(&at("nothing.txt")).await,
        alice.get(&shared.url).await,
        alice.get(&shared.graph("")).await,
        stranger.get(&shared.url).await,
        stranger.get(&open.graph("/content")).await,
        stranger.get(&ticket).await,
        stranger.with("range", "bytes=0-0").get(&ticket).await,
        stranger.get("/download/nonsense").await,
        stranger.get("/s/nonsense/").await,
        server.admin().get("/driveway/v1/policy/sharing").await,
        stranger.get("/driveway/v1/policy/sharing").await,
    ] {
        assert_eq!(answer.header("cache-control"), "private, no-store", "{}", everything(&answer));
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{}", everything(&answer));
    }
    let page = stranger.get(&shared.url).await;
    assert!(page.header("vary").contains("Cookie") && page.header("vary").contains("Authorization"));
}

#[tokio::test]
async fn p40_a_get_changes_nothing() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    put(&alice, "Hold/a.txt", "x").await;
    let shared = crate::steps::edit(&alice, "Hold").await;
    let before = alice.get(&at("Hold")).await.expect(200).json();
    for path in [
        shared.graph("/createLink"),
        shared.graph(":/a.txt:?_method=DELETE"),
        shared.graph(":/new.txt:/content"),
        format!("{}?delete=1", shared.page()),
        format!("{}?password=x", shared.page()),
    ] {
        stranger.with("x-http-method-override", "DELETE").get(&path).await;
        alice.with("x-http-method-override", "DELETE").get(&path).await;
        alice.with("x-http-method-override", "PUT").get(&path).await;
    }
    let after = alice.get(&at("Hold")).await.expect(200).json();
    assert_eq!(before["eTag"], after["eTag"]);
    assert_eq!(before["folder"], after["folder"]);
    stranger.get(&shared.url).await.expect(200);
}
