//! Properties that every row of the table and every pattern of the router has to hold: P17, P34, P40.

use reqwest::Method;
use serde_json::{Value, json};

use super::dead::seen;
use super::doors::{self, Start, Starts, Try};
use crate::steps::{Link, at, cookie, guess, id, link, put};
use crate::support::sharing::PAT;
use crate::support::{Actor, TestServer};

const PASSWORD: &str = "harbour";

/// Pat's file, with a protected link to change it.
async fn shared(server: &TestServer) -> (String, Link) {
    let item = id(&put(&server.pat(), "a.txt", "x").await);
    let body = json!({"type": "edit", "scope": "anonymous", "password": PASSWORD});
    (item, link(&server.pat(), "a.txt", body).await)
}

/// Addresses of the table that name no link.
fn plain(server: &TestServer, item: &str) -> Starts {
    let drive = format!("/v1.0/drives/{}", server.person(PAT).drive.id);
    let items = [format!("{drive}/items/{item}"), format!("{drive}/root"), "/v1.0/me/drive/root:/a.txt:".to_owned()];
    Starts {
        items: items.map(Start::plain).into(),
        drives: [drive, "/v1.0/me/drive".to_owned()].map(Start::plain).into(),
        owners: [format!("/v1.0/users/{PAT}/drives"), "/v1.0/me/drives".to_owned()].map(Start::plain).into(),
        settings: vec![Start::plain("/v1.0/admin/sharepoint/settings".to_owned())],
        directory: true,
        ..Starts::default()
    }
}

fn by_link(link: &Link, item: &str) -> Starts {
    let share = format!("/v1.0/shares/{}", link.share_id);
    let items = [format!("{share}/driveItem"), format!("{share}/items/{item}")];
    Starts { items: items.map(Start::link).into(), shares: vec![Start::link(share)], ..Starts::default() }
}

#[tokio::test]
async fn p17_where_no_link_stands_its_credentials_count_for_nothing() {
    let server = TestServer::start().await;
    let stranger = server.anonymous();
    let (item, link) = shared(&server).await;
    let visit = cookie(&guess(&stranger, &link, PASSWORD).await.expect(303));
    let basic = format!("Basic {}", data_encoding::BASE64.encode(format!(":{PASSWORD}").as_bytes()));
    let holders = [
        stranger.with("driveway-link-password", PASSWORD),
        stranger.with("cookie", &visit),
        stranger.with("authorization", &basic).with("prefer", "redeemSharingLink"),
    ];
    let mut tries = doors::graph(&plain(&server, &item), std::slice::from_ref(&link.id), |_| true);
    let patterns = doors::routed(&link, &[], &[item, link.id.clone()]).into_iter();
    // What the metrics say changes by being asked.
    tries.extend(patterns.filter(|one| !one.by_link && !one.path.starts_with("/metrics")));
    for one in &tries {
        let wanted = seen(&one.send(&stranger).await, &link);
        for holder in &holders {
            assert_eq!(seen(&one.send(holder).await, &link), wanted, "{one:?}");
        }
    }
    for one in tries.iter().filter(|one| one.path.starts_with("/v1.0")) {
        for token in [&link.token, &link.share_id, &link.id] {
            one.send(&server.bearer(token)).await.expect(401);
        }
    }
}

#[tokio::test]
async fn p34_no_answer_of_the_table_or_of_a_link_may_be_kept() {
    let server = TestServer::start().await;
    let (item, link) = shared(&server).await;
    let is_get = |one: &Try| one.is_get();
    let own: Vec<Try> = doors::graph(&plain(&server, &item), std::slice::from_ref(&link.id), |_| true);
    let mut shared = doors::graph(&by_link(&link, &item), std::slice::from_ref(&link.id), |_| true);
    shared.extend(doors::routed(&link, std::slice::from_ref(&item), &[]).into_iter().filter(|one| one.by_link));
    let visit = cookie(&guess(&server.anonymous(), &link, PASSWORD).await.expect(303));
    let visitor = server.anonymous().with("cookie", &visit);
    for (visitor, tries) in [
        (server.pat(), own.iter().filter(|one| is_get(one)).collect::<Vec<_>>()),
        (server.anonymous(), own.iter().chain(&shared).collect()),
        (server.bob(), own.iter().chain(&shared).collect()),
        (visitor, shared.iter().filter(|one| is_get(one) && one.path.starts_with("/s/")).collect()),
    ] {
        for one in tries {
            let answer = one.send(&visitor).await;
            assert_eq!(answer.header("cache-control"), "private, no-store", "{one:?}: {}", answer.text());
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{one:?}: {}", answer.text());
        }
    }
}

/// What a GET might have changed, as the owner sees it.
async fn state(owner: &Actor) -> Vec<Value> {
    let mut state = Vec::new();
    for path in [
        at("a.txt"),
        "/v1.0/me/drive".to_owned(),
        "/v1.0/me/drive/root/children?$select=id,name,eTag,size,shared".to_owned(),
        format!("{}/permissions", at("a.txt")),
        "/v1.0/me/drive/sharedWithMe".to_owned(),
    ] {
        state.push(owner.get(&path).await.expect(200).json());
    }
    state
}

#[tokio::test]
async fn p40_no_get_of_the_table_or_the_router_changes_anything() {
    let server = TestServer::start().await;
    let (item, link) = shared(&server).await;
    let pat = server.pat();
    let before = state(&pat).await;
    let values = [item.clone(), link.id.clone()];
    let mut tries = doors::graph(&plain(&server, &item), &values, |_| true);
    tries.extend(doors::graph(&by_link(&link, &item), &values, |_| true));
    tries.extend(doors::routed(&link, &values, &values));
    for one in tries {
        // Every address, also those that take other verbs only: a GET of them is refused or reads.
        for method in [Method::GET, Method::HEAD] {
            let one = Try { method, body: None, ..one.clone() };
            for visitor in [&pat, &server.anonymous()] {
                one.send(&visitor.with("x-http-method-override", "DELETE")).await;
            }
        }
    }
    assert_eq!(state(&pat).await, before);
}
