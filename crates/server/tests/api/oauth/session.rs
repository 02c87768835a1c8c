//! Browsers that somebody signed in with, and what they open.

use jiff::SignedDuration;
use serde_json::json;

use super::browser::{Browser, hidden};
use super::{form, server};
use crate::support::TestServer;

const ALICE: &str = "alice@harbour.example";
const BOB: &str = "bob@harbour.example";

/// A link on Alice's first file.
async fn link(server: &TestServer, body: serde_json::Value) -> String {
    let item = server.sample(ALICE, "Welcome.txt");
    let answer = server.alice().post(&format!("/v1.0/me/drive/items/{item}/createLink"), &body).await;
    let url = answer.json()["link"]["webUrl"].as_str().unwrap().to_owned();
    url.split_once("driveway.test").unwrap().1.to_owned()
}

#[tokio::test]
async fn a_link_for_the_organization_opens_for_whoever_signed_in() {
    let server = server().await;
    let link = link(&server, json!({ "type": "view", "scope": "organization" })).await;
    let browser = Browser::new(&server);
    let closed = browser.get(&link).await.expect(401);
    let sign_in = format!("/sign-in?{}", form(&[("next", &link)]));
    assert!(closed.text().contains(&format!("href=\"{sign_in}\"")), "{}", closed.text());
    assert!(!closed.text().contains("Welcome"));
    let led_on = browser.sign_in(&server, BOB, &link).await.expect(303);
    assert_eq!(led_on.header("location"), link);
    let page = browser.get(&link).await.expect(200);
    assert!(page.text().contains("Welcome.txt"));
    assert!(browser.get(&format!("{link}?download=1")).await.expect(200).text().starts_with("Welcome to Driveway"));

    let pat = Browser::of(&server, "pat@personal.example").await;
    let not_hers = pat.get(&link).await.expect(403).text();
    assert!(not_hers.contains(&format!("href=\"{sign_in}\"")) && !not_hers.contains("Welcome"), "{not_hers}");
    // The cookie is for pages alone.
    browser.get("/v1.0/me/drive").await.error(401, "InvalidAuthenticationToken");
    browser.get("/driveway/v1/links").await.expect(401);
}

#[tokio::test]
async fn a_link_for_people_opens_for_them() {
    let server = server().await;
    let recipients = json!([{ "email": BOB }]);
    let link = link(&server, json!({ "type": "view", "scope": "users", "recipients": recipients })).await;
    Browser::of(&server, BOB).await.get(&link).await.expect(200);
    Browser::of(&server, "admin@harbour.example").await.get(&link).await.expect(403);
}

#[tokio::test]
async fn a_plain_address_shows_what_one_may_see_at_all() {
    let server = server().await;
    let drive = server.person(ALICE).drive.id.to_string();
    let item = server.sample(ALICE, "Welcome.txt");
    let place = format!("/d/{drive}/{item}");
    let nobody = Browser::new(&server);
    assert!(nobody.get(&place).await.expect(401).text().contains("/sign-in?next=%2Fd%2F"));
    let alice = Browser::of(&server, ALICE).await;
    assert!(alice.get(&place).await.expect(200).text().contains("Welcome.txt"));
    assert!(alice.get(&format!("{place}?download=1")).await.expect(200).text().starts_with("Welcome to Driveway"));
    let root = alice.get(&format!("/d/{drive}")).await.expect(200);
    assert!(root.text().contains(&format!("href=\"{place}\"")), "{}", root.text());
    let bob = Browser::of(&server, BOB).await;
    bob.get(&place).await.expect(404);
    bob.get("/d/b!none/01none").await.expect(400);
    let invitation =
        json!({ "recipients": [{ "email": BOB }], "roles": ["read"], "requireSignIn": true, "sendInvitation": false });
    server.alice().post(&format!("/v1.0/me/drive/items/{item}/invite"), &invitation).await.expect(200);
    assert!(bob.get(&place).await.expect(200).text().contains("Welcome.txt"));
}

#[tokio::test]
async fn one_goes_on_to_places_of_this_server_only() {
    let server = server().await;
    for next in ["https://evil.example/", "//evil.example/", "/\\evil.example", "/\r\nLocation: x", ""] {
        let answer = Browser::new(&server).sign_in(&server, ALICE, next).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (200, ""), "{next}");
    }
}

#[tokio::test]
async fn a_sign_in_comes_from_our_own_page() {
    let server = server().await;
    let browser = Browser::new(&server);
    let password = server.person(ALICE).password.clone();
    let fields = [("username", ALICE), ("password", password.as_str())];
    browser.post("/sign-in", &fields).await.expect(403);
    let page = browser.get("/sign-in").await.expect(200);
    let proof = hidden(&page, "proof");
    let stranger = Browser::new(&server);
    stranger.get("/sign-in").await.expect(200);
    stranger.post("/sign-in", &[fields[0], fields[1], ("proof", &proof)]).await.expect(403);
    let foreign = server.anonymous().with("origin", "https://evil.example");
    let body = form(&[fields[0], fields[1], ("proof", &proof)]);
    let posted = foreign.send(reqwest::Method::POST, "/sign-in", "application/x-www-form-urlencoded", body).await;
    assert_eq!(posted.expect(403).header("set-cookie"), "");
    server.advance(SignedDuration::from_hours(3));
    browser.post("/sign-in", &[fields[0], fields[1], ("proof", &proof)]).await.expect(403);
    assert!(browser.cookie("driveway-session").is_none());
    browser.send(&browser.get("/sign-in").await, "/sign-in", &fields).await.expect(200);
    assert!(browser.cookie("driveway-session").is_some());
}

#[tokio::test]
async fn wrong_names_and_passwords_look_the_same_and_are_limited() {
    let server = server().await;
    let browser = Browser::new(&server);
    let try_it = async |name: &str, password: &str| {
        let page = browser.get("/sign-in").await;
        browser.send(&page, "/sign-in", &[("username", name), ("password", password)]).await
    };
    let stripped = |text: String, name: &str| {
        let proof = text.split_once("name=\"proof\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();
        text.replace(&proof, "").replace(name, "")
    };
    let known = stripped(try_it(ALICE, "wrong").await.expect(403).text(), ALICE);
    let unknown = stripped(try_it("nobody@x.example", "wrong").await.expect(403).text(), "nobody@x.example");
    assert_eq!(known, unknown);
    for _ in 1..10 {
        try_it(ALICE, "wrong").await.expect(403);
    }
    let password = server.person(ALICE).password.clone();
    let late = try_it(ALICE, &password).await.expect(429);
    assert_eq!(late.header("retry-after"), "900");
    assert!(late.text().contains("role=\"alert\""));
}

#[tokio::test]
async fn a_session_is_new_with_each_sign_in_and_nobody_else_can_set_it() {
    let server = server().await;
    let browser = Browser::new(&server);
    browser.plant("driveway-session", "chosen-by-somebody-else-0123456789abcdefghi");
    browser.sign_in(&server, ALICE, "/").await.expect(303);
    let first = browser.cookie("driveway-session").unwrap();
    assert!(!first.starts_with("chosen"));
    browser.sign_in(&server, ALICE, "/").await.expect(303);
    let second = browser.cookie("driveway-session").unwrap();
    assert_ne!(first, second);
    let place = format!("/d/{}", server.person(ALICE).drive.id);
    browser.get(&place).await.expect(200);
    let former = Browser::new(&server);
    former.plant("driveway-session", &first);
    former.get(&place).await.expect(401);
    let secure = server.anonymous().with("x-forwarded-proto", "https").get("/sign-in").await;
    let cookie = secure.header("set-cookie");
    assert!(
        cookie.starts_with("__Host-driveway-form=") && cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax; Secure")
    );
}

#[tokio::test]
async fn a_session_ends_by_itself_by_signing_out_by_a_new_password_and_with_the_account() {
    let server = server().await;
    let alice = server.person(ALICE).user.id;
    let place = format!("/d/{}", server.person(ALICE).drive.id);
    let old = Browser::of(&server, ALICE).await;
    server.advance(SignedDuration::from_hours(25));
    old.get(&place).await.expect(401);

    let leaving = Browser::of(&server, ALICE).await;
    let copied = Browser::new(&server);
    copied.plant("driveway-session", &leaving.cookie("driveway-session").unwrap());
    leaving.post("/sign-out", &[]).await.expect(403);
    leaving.get(&place).await.expect(200);
    let page =
        leaving.get("/common/oauth2/v2.0/logout?post_logout_redirect_uri=https://evil.example").await.expect(200);
    leaving.send(&page, "/sign-out", &[]).await.expect(200);
    leaving.get(&place).await.expect(401);
    copied.get(&place).await.expect(401);

    let disabled = Browser::of(&server, ALICE).await;
    server.app.db.write(move |tx| tx.set_user_enabled(alice, false)).await.unwrap();
    disabled.get(&place).await.expect(401);
    server.app.db.write(move |tx| tx.set_user_enabled(alice, true)).await.unwrap();
    disabled.get(&place).await.expect(200);
    driveway::ops::sign_in::set_password(&server.app, alice, &"another one".to_owned().into()).await.unwrap();
    disabled.get(&place).await.expect(401);
}

#[tokio::test]
async fn what_is_kept_of_sessions_opens_nothing() {
    let server = server().await;
    let browser = Browser::of(&server, ALICE).await;
    let secret = browser.cookie("driveway-session").unwrap();
    for name in ["driveway.db", "driveway.db-wal"] {
        let bytes = std::fs::read(server.app.config.data.join(name)).unwrap_or_default();
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
    }
}

#[tokio::test]
async fn a_sign_in_link_sets_a_password_once() {
    use secrecy::ExposeSecret;
    let server = server().await;
    let alice = server.person(ALICE).user.id;
    let app = std::sync::Arc::clone(&server.app);
    let new = move || {
        let app = std::sync::Arc::clone(&app);
        async move {
            let made = tokio::task::spawn_blocking(move || driveway::ops::sign_in::new_link(&app, alice)).await;
            format!("/sign-in/link/{}", made.unwrap().unwrap().expose_secret())
        }
    };
    let browser = Browser::new(&server);
    browser.get("/sign-in/link/none").await.expect(404);
    let link = new().await;
    let page = browser.get(&link).await.expect(200);
    assert!(page.text().contains(ALICE));
    for (fields, status) in
        [([("password", "harbours"), ("again", "harbour")], 400), ([("password", "short"), ("again", "short")], 400)]
    {
        assert_eq!(browser.send(&page, &link, &fields).await.status.as_u16(), status);
    }
    let fields = [("password", "new and long"), ("again", "new and long")];
    browser.post(&link, &fields).await.expect(403);
    browser.send(&page, &link, &fields).await.expect(200);
    browser.get(&format!("/d/{}", server.person(ALICE).drive.id)).await.expect(200);
    browser.get(&link).await.expect(404);
    let late = new().await;
    server.advance(SignedDuration::from_mins(61));
    browser.get(&late).await.expect(404);
}
