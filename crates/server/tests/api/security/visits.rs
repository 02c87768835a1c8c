//! Visits: the proof of having given a password.

use driveway_core::id::PermissionId;
use driveway_core::seal::Purpose;
use serde_json::json;

use crate::steps::{Link, cookie, guess, link, location, protected, put, revoke};
use crate::support::TestServer;

const PASSWORD: &str = "harbour";

async fn shared(server: &TestServer) -> Link {
    put(&server.pat(), "a.txt", "x").await;
    protected(&server.pat(), "a.txt", PASSWORD).await
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
