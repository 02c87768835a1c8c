//! Visits: the proof of having given a password, and the limits on guessing it.

use std::net::IpAddr;

use driveway_core::id::PermissionId;
use driveway_core::seal::Purpose;
use futures::future::join_all;
use serde_json::json;

use crate::steps::{Link, cookie, guess, link, location, protected, put, revoke};
use crate::support::{Actor, TestServer};

const PASSWORD: &str = "harbour";

async fn shared(server: &TestServer) -> Link {
    put(&server.pat(), "a.txt", "x").await;
    protected(&server.pat(), "a.txt", PASSWORD).await
}

fn from(server: &TestServer, address: &str) -> Actor {
    assert!(address.parse::<IpAddr>().is_ok());
    server.anonymous().with("x-forwarded-for", address)
}

#[tokio::test]
async fn p25_every_door_to_a_secret_counts_each_guess_once() {
    for door in ["form", "header", "basic", "graph", "upload"] {
        let server = TestServer::start().await;
        let link = shared(&server).await;
        let guesser = from(&server, "198.51.100.7");
        let basic = format!("Basic {}", data_encoding::BASE64.encode(b":wrong"));
        let mut before_the_limit = 0;
        loop {
            let answer = match door {
                "form" => guess(&guesser, &link, "wrong").await,
                "header" => guesser.with("driveway-link-password", "wrong").get(&link.url).await,
                "basic" => guesser.with("authorization", &basic).get(&link.url).await,
                "graph" => guesser.with("driveway-link-password", "wrong").get(&link.graph("")).await,
                _ => guesser.with("driveway-link-password", "wrong").put(&link.graph("/content"), "y").await,
            };
            if answer.status.as_u16() == 429 {
                break;
            }
            assert_eq!(answer.status.as_u16(), 403, "{door}");
            before_the_limit += 1;
        }
        assert_eq!(before_the_limit, server.app.config.limits.password_attempts, "{door}");
    }
}

#[tokio::test]
async fn p25_creating_the_same_link_again_is_a_guess_too() {
    let server = TestServer::start().await;
    let (pat, _link) = (server.pat(), shared(&server).await);
    let address = format!("{}/createLink", crate::steps::at("a.txt"));
    let body = |word: &str| json!({"type": "view", "scope": "anonymous", "password": word});
    for _ in 0..server.app.config.limits.password_attempts {
        pat.post(&address, &body("wrong")).await.error(400, "invalidRequest");
    }
    pat.post(&address, &body(PASSWORD)).await.error(429, "activityLimitReached");
}

#[tokio::test]
async fn p26_one_guesser_never_shuts_out_somebody_who_knows() {
    let server = TestServer::start_with(|config| config.limits.password_attempts = 3).await;
    let link = shared(&server).await;
    let (guesser, knowing) = (from(&server, "198.51.100.7"), from(&server, "198.51.100.8"));
    join_all((0..12).map(|_| guess(&guesser, &link, "wrong"))).await;
    guess(&guesser, &link, PASSWORD).await.expect(429);
    guess(&knowing, &link, PASSWORD).await.expect(303);
    // What a client says before the proxy's own word is not believed: it doesn't make another address.
    let liar = server.anonymous().with("x-forwarded-for", "203.0.113.1, 198.51.100.7");
    guess(&liar, &link, PASSWORD).await.expect(429);
    // The addresses of one IPv6 subscriber are one.
    for _ in 0..3 {
        guess(&from(&server, "2001:db8:1:2::1"), &link, "wrong").await.expect(403);
    }
    guess(&from(&server, "2001:db8:1:2:ffff::9"), &link, PASSWORD).await.expect(429);
    guess(&from(&server, "2001:db8:1:3::1"), &link, PASSWORD).await.expect(303);
}

#[tokio::test]
async fn p28_each_visit_is_a_new_one_and_none_is_taken_from_the_visitor() {
    let server = TestServer::start().await;
    let link = shared(&server).await;
    let first = cookie(&guess(&server.anonymous(), &link, PASSWORD).await.expect(303));
    let planted = server.anonymous().with("cookie", &first);
    let again = planted.get(&link.url).await.expect(200);
    assert!(again.header("set-cookie").is_empty(), "a visit isn't renewed by being used");
    let second = cookie(&guess(&server.anonymous(), &link, PASSWORD).await.expect(303));
    assert_ne!(first, second);
    let name = first.split('=').next().unwrap();
    let chosen = server.anonymous().with("cookie", &format!("{name}=chosen-by-somebody-else"));
    chosen.get(&link.url).await.expect(401);
    let fresh = guess(&chosen, &link, PASSWORD).await.expect(303);
    assert!(!cookie(&fresh).contains("chosen"));
}

#[tokio::test]
async fn p28_p39_a_visit_is_bound_to_the_version_of_the_password() {
    let server = TestServer::start().await;
    let link = shared(&server).await;
    let permission = PermissionId::parse(&link.id).unwrap();
    let found = server.app.db.read(move |tx| tx.permission(permission)).await.unwrap().unwrap();
    let version = found.link().unwrap().password.as_ref().unwrap().version;
    let name = cookie(&guess(&server.anonymous(), &link, PASSWORD).await.expect(303));
    let name = name.split('=').next().unwrap();
    let visit = |version: i64, purpose: Purpose| {
        let mut bytes = permission.as_uuid().as_bytes().to_vec();
        bytes.extend_from_slice(&version.to_be_bytes());
        bytes.extend_from_slice(&i64::MAX.to_be_bytes());
        bytes.extend_from_slice(&[7; 16]);
        server.anonymous().with("cookie", &format!("{name}={}", server.app.seal.seal(purpose, &bytes)))
    };
    visit(version, Purpose::Visit).get(&link.url).await.expect(200);
    visit(version.wrapping_add(1), Purpose::Visit).get(&link.url).await.expect(401);
    visit(version, Purpose::Download).get(&link.url).await.expect(401);
    visit(version, Purpose::Page).get(&link.url).await.expect(401);
}

#[tokio::test]
async fn p39_a_visit_ends_with_its_link() {
    let server = TestServer::start().await;
    let shared = shared(&server).await;
    let visitor = server.anonymous().with("cookie", &cookie(&guess(&server.anonymous(), &shared, PASSWORD).await));
    visitor.get(&shared.url).await.expect(200);
    revoke(&server.pat(), "a.txt", &shared).await;
    visitor.get(&shared.url).await.expect(404);
    // A new link with the same password in the same place is another link.
    let body = json!({"type": "view", "scope": "anonymous", "password": PASSWORD});
    let next = link(&server.pat(), "a.txt", body).await;
    visitor.get(&next.url).await.expect(401);
}

#[tokio::test]
async fn p30_a_ticket_is_for_one_file_and_one_right() {
    let server = TestServer::start().await;
    let (pat, stranger) = (server.pat(), server.anonymous());
    put(&pat, "Hold/a.txt", "a").await;
    put(&pat, "Hold/b.txt", "b").await;
    let shared = protected(&pat, "Hold", PASSWORD).await;
    let knowing = stranger.with("driveway-link-password", PASSWORD);
    let ticket = location(&knowing.get(&format!("{}/content", shared.graph(":/a.txt:"))).await);
    assert_eq!(stranger.get(&ticket).await.expect(200).text(), "a");
    // A file that leaves the shared folder leaves the ticket behind.
    let out = json!({"parentReference": {"id": "root"}});
    pat.patch(&crate::steps::at("Hold/a.txt"), &out).await.expect(200);
    stranger.get(&ticket).await.error(404, "itemNotFound");
    // A ticket is neither a link nor a visit nor a bearer token.
    let text = ticket.rsplit('/').next().unwrap();
    stranger.get(&format!("/s/{text}/")).await.expect(404);
    server.bearer(text).get("/v1.0/me/drive").await.error(401, "InvalidAuthenticationToken");
    stranger.get(&format!("/download/{}", shared.token)).await.error(404, "itemNotFound");
}

#[tokio::test]
async fn p27_an_unknown_link_is_no_door_to_guess_at() {
    let server = TestServer::start().await;
    let link = shared(&server).await;
    revoke(&server.pat(), "a.txt", &link).await;
    for _ in 0..15 {
        guess(&server.anonymous(), &link, PASSWORD).await.expect(404);
    }
}
