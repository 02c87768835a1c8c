//! A request in a batch gets nothing that it wouldn't get alone (P3, P4).

use serde_json::{Value, json};

use super::{batch, get, of, send};
use crate::support::TestServer;
use crate::support::sharing::{ALICE, BOB, PAT, by_share};

/// A link's address below the version, as a batch wants it.
fn relative(path: &str) -> String {
    path.strip_prefix("/v1.0").unwrap().to_owned()
}

#[tokio::test]
async fn a_batch_takes_a_good_token_of_a_live_account() {
    let server = TestServer::start().await;
    let parts = json!([get("1", "/me/drive")]);
    send(&server.anonymous(), parts.clone()).await.error(401, "InvalidAuthenticationToken");
    send(&server.bearer("x.y.z"), parts.clone()).await.error(401, "InvalidAuthenticationToken");
    send(&server.anonymous().with("authorization", "Basic OmhhcmJvdXI="), parts.clone())
        .await
        .error(401, "InvalidAuthenticationToken");
    let bob = server.bob();
    server.set_enabled(BOB, false).await;
    send(&bob, parts).await.error(401, "InvalidAuthenticationToken");
}

/// P3: rights and scopes are asked for part by part, as alone; what one part may is nothing to another.
#[tokio::test]
async fn p03_each_request_is_let_in_as_if_it_came_alone() {
    let server = TestServer::start().await;
    let item = server.item(ALICE, "Welcome.txt");
    let urls = [
        relative(&item),
        relative(&format!("{item}/permissions")),
        relative(&format!("{item}/content")),
        format!("/users/{ALICE}/drive"),
        "/users".to_owned(),
        "/me".to_owned(),
        "/admin/sharepoint/settings".to_owned(),
        "/sites/root".to_owned(),
    ];
    let people = [
        server.alice(),
        server.bob(),
        server.pat(),
        server.admin(),
        server.user(ALICE, ""),
        server.user(ALICE, "User.Read"),
        server.user(BOB, "Files.Read"),
        server.application("Files.Read.All"),
        server.application(""),
    ];
    for (n, actor) in people.iter().enumerate() {
        let parts: Vec<Value> = urls.iter().enumerate().map(|(at, url)| get(&at.to_string(), url)).collect();
        let responses = batch(actor, json!(parts)).await;
        for (at, url) in urls.iter().enumerate() {
            let alone = actor.get(&format!("/v1.0{url}")).await;
            let inside = of(&responses, &at.to_string());
            assert_eq!(inside["status"], alone.status.as_u16(), "{n}: {url}");
            if alone.status.as_u16() >= 400 {
                assert_eq!(inside["body"]["error"]["code"], alone.json()["error"]["code"], "{n}: {url}");
            }
        }
        let writing = json!([{ "id": "1", "method": "PATCH", "url": relative(&item), "body": { "description": "x" } }]);
        let inside = of(&batch(actor, writing).await, "1")["status"].clone();
        let alone = actor.patch(&item, &json!({ "description": "x" })).await.status.as_u16();
        assert_eq!(inside, alone, "{n}");
    }
}

/// P4: a link that is dead is dead in a batch too, and reaches there what it reaches alone.
#[tokio::test]
async fn p04_links_open_in_a_batch_as_they_do_alone() {
    let server = TestServer::start().await;
    let (alice, pat) = (server.alice(), server.pat());
    let folder = server.item(ALICE, "Reports");
    let link = alice.view_link(&folder).await;
    let share = relative(&by_share(&link));
    let outside = server.sample(ALICE, "Budget.csv");
    let parts = json!([
        get("item", &share),
        get("children", &format!("{share}/children")),
        get("outside", &format!("/shares/{}/items/{outside}", link["shareId"].as_str().unwrap())),
        get("permissions", &format!("{share}/permissions")),
        { "id": "write", "method": "POST", "url": format!("{share}/children"), "body": { "name": "X", "folder": {} } },
        { "id": "file", "method": "PUT", "url": format!("{share}:/new.txt:/content"), "body": "eA==" },
    ]);
    let responses = batch(&pat, parts.clone()).await;
    assert_eq!((&of(&responses, "item")["status"], &of(&responses, "children")["status"]), (&json!(200), &json!(200)));
    for id in ["outside", "write", "file"] {
        let status = of(&responses, id)["status"].as_u64().unwrap();
        assert!(status == 403 || status == 404, "{id}: {status}");
    }
    let permissions = pat.get(&format!("{}/permissions", by_share(&link))).await;
    assert_eq!(of(&responses, "permissions")["body"]["value"], permissions.expect(200).json()["value"]);
    let permission = link["id"].as_str().unwrap();
    // Within one batch too: what is revoked by one part is closed for the next.
    let revoking = json!([
        { "id": "revoke", "method": "DELETE", "url": relative(&format!("{folder}/permissions/{permission}")) },
        { "id": "then", "method": "GET", "url": share, "dependsOn": ["revoke"] },
    ]);
    let responses = batch(&alice, revoking).await;
    assert_eq!((&of(&responses, "revoke")["status"], &of(&responses, "then")["status"]), (&json!(204), &json!(404)));
    let responses = batch(&pat, parts).await;
    assert!(responses.as_array().unwrap().iter().all(|response| response["status"] == 404), "{responses:#}");
}

/// P4: a link's password opens for the part that shows it, and guesses in a batch are counted one by one.
#[tokio::test]
async fn p04_passwords_count_for_their_request_and_so_do_guesses() {
    let server = TestServer::start_with(|config| config.limits.password_attempts = 2).await;
    let item = server.item(PAT, "Welcome.txt");
    let body = json!({ "type": "view", "scope": "anonymous", "password": "harbour" });
    let link = server.pat().share(&item, &body).await.expect(201).json();
    let share = relative(&by_share(&link));
    let part = |id: &str, password: &str| json!({ "id": id, "method": "GET", "url": share, "headers": { "Driveway-Link-Password": password } });
    let alice = server.alice();
    let responses =
        batch(&alice.with("driveway-link-password", "harbour"), json!([part("shown", "harbour"), get("bare", &share)]))
            .await;
    assert_eq!((&of(&responses, "shown")["status"], &of(&responses, "bare")["status"]), (&json!(200), &json!(401)));
    let basic =
        json!([{ "id": "1", "method": "GET", "url": share, "headers": { "Authorization": "Basic OmhhcmJvdXI=" } }]);
    assert_eq!(of(&batch(&alice, basic).await, "1")["status"], 200);

    let guesses = batch(&alice, json!([part("1", "a"), part("2", "b"), part("3", "c"), part("4", "harbour")])).await;
    assert_eq!((&of(&guesses, "1")["status"], &of(&guesses, "2")["status"]), (&json!(403), &json!(403)));
    for id in ["3", "4"] {
        assert_eq!(of(&guesses, id)["status"], 429, "{guesses:#}");
        assert!(of(&guesses, id)["headers"]["Retry-After"].is_string());
    }
    assert_eq!(alice.with("driveway-link-password", "harbour").get(&by_share(&link)).await.status, 429);
}

/// A request that brings a token of its own is that token's, good or bad; two of them are refused.
#[tokio::test]
async fn a_request_may_bring_a_token_of_its_own() {
    let server = TestServer::start().await;
    let user = server.person(BOB).user.clone();
    let (application, now) = (server.application_id(0), server.app.clock.now());
    let subject = driveway::auth::token::Subject::User(user.id);
    let token = server.app.tokens.mint(user.tenant, application, subject, "Files.Read", now, 3600).unwrap();
    let own = format!("Bearer {token}");
    let me = |id: &str, headers: Value| json!({ "id": id, "method": "GET", "url": "/me", "headers": headers });
    let parts = json!([
        me("0", json!({ "Authorization": own })),
        me("1", json!({ "authorization": "Bearer x" })),
        me("2", json!({ "Authorization": "" })),
        me("3", json!({ "Authorization": own, "authorization": own })),
    ]);
    let responses = batch(&server.alice(), parts).await;
    assert_eq!(of(&responses, "0")["body"]["userPrincipalName"], BOB);
    for id in ["1", "2", "3"] {
        let refused = of(&responses, id);
        assert_eq!(refused["status"], 401, "{refused}");
        assert!(refused["headers"]["WWW-Authenticate"].is_string(), "{refused}");
    }
}

/// Where a request came from isn't what its headers in a batch say.
#[tokio::test]
async fn headers_of_requests_say_nothing_of_host_and_address() {
    let server = TestServer::start().await;
    let forged = json!({ "Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https" });
    let parts = json!([{ "id": "1", "method": "GET", "url": "/me/drive", "headers": forged }]);
    let responses = batch(&server.alice(), parts).await;
    assert!(
        of(&responses, "1")["body"]["webUrl"].as_str().unwrap().starts_with("http://driveway.test/"),
        "{responses}"
    );
}
