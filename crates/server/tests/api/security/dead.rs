//! Links that don't open: whatever the reason, a stranger sees one and the same (P16), and nothing works harder for one
//! than for another (P27).

use reqwest::Method;
use serde_json::json;

use super::doors::{self, Start, Starts, Try};
use super::graveyard::{Dead, bury, visitors};
use crate::steps::{Link, at, edit, id, put};
use crate::support::sharing::ADMIN;
use crate::support::{Answer, TestServer};

/// Of the visitors who try only some of it, each tries every so manieth request.
const SOME: usize = 5;

/// Every request that a dead link can be met with.
fn tries(dead: &Dead) -> Vec<Try> {
    let values = [dead.link.id.clone()];
    let mut tries: Vec<Try> = doors::routed(&dead.link, std::slice::from_ref(&dead.item), &[])
        .into_iter()
        .filter(|one| one.by_link)
        .collect();
    if dead.on_pages_only {
        return tries;
    }
    let share = format!("/v1.0/shares/{}", dead.link.share_id);
    let encoded = format!("/v1.0/shares/{}", driveway_core::share_id::encode_url(&dead.link.url));
    let item = &dead.item;
    let items = [
        format!("{share}/driveItem"),
        format!("{share}/items/{item}"),
        format!("{share}/root:/a.txt:"),
        format!("{share}/items/{item}:/a.txt:"),
        format!("{share}/driveItem/children/a.txt"),
        format!("{encoded}/driveItem"),
    ];
    let starts = Starts {
        items: items.map(Start::link).into(),
        shares: [share, encoded].map(Start::link).into(),
        ..Starts::default()
    };
    tries.extend(doors::graph(&starts, &values, |_| true));
    let spoilt: Vec<Try> = tries.iter().filter(|one| one.path.starts_with("/v1.0")).map(spoil).collect();
    tries.extend(spoilt);
    tries
}

/// The same request with something wrong in it besides: a link that is over is no reason to complain, or not to.
fn spoil(one: &Try) -> Try {
    let path = format!("{}{}$top=nonsense", one.path, if one.path.contains('?') { '&' } else { '?' });
    match &one.body {
        None => Try { path, ..one.clone() },
        Some(_) => Try { body: Some(("application/json", "{\"nonsense\":1}".to_owned())), ..one.clone() },
    }
}

/// What a stranger can tell of an answer: everything but its date and its ids.
pub fn seen(answer: &Answer, link: &Link) -> (u16, Vec<(String, String)>, String) {
    const OWN: [&str; 3] = ["date", "request-id", "client-request-id"];
    let mut headers: Vec<(String, String)> = answer
        .headers
        .iter()
        .filter(|(name, _)| !OWN.contains(&name.as_str()))
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    headers.sort();
    let mut body = answer.text().replace(&link.token, "TOKEN");
    if let Ok(mut json) = serde_json::from_str::<serde_json::Value>(&body) {
        for name in OWN {
            if let Some(inner) = json.pointer_mut("/error/innerError").and_then(|inner| inner.as_object_mut()) {
                inner.remove(name);
            }
        }
        for name in ["trace_id", "correlation_id"] {
            json.as_object_mut().and_then(|refusal| refusal.remove(name));
        }
        body = json.to_string();
    }
    (answer.status.as_u16(), headers, body)
}

#[tokio::test]
async fn p16_p27_dead_links_of_every_kind_look_the_same_on_every_route() {
    let server = TestServer::start().await;
    let graves = bury(&server).await;
    let hashed = server.app.passwords.hashed();
    for (number, (bringing, visitor, tries_all)) in visitors(&server).into_iter().enumerate() {
        let all: Vec<Vec<Try>> = graves.iter().map(tries).collect();
        let step = if tries_all { 1 } else { SOME };
        for at in (number % step..all[0].len()).step_by(step) {
            let one = &all[0][at];
            let wanted = seen(&one.send(&visitor).await, &graves[0].link);
            assert!(matches!(wanted.0, 400..500), "{one:?} with {bringing}: {wanted:?}");
            for (dead, tries) in graves.iter().zip(&all).skip(1) {
                let Some(one) = tries.get(at) else { continue };
                let answer = seen(&one.send(&visitor).await, &dead.link);
                assert_eq!(answer, wanted, "{one:?} with {bringing}: {} differs", dead.kind);
            }
        }
    }
    assert_eq!(server.app.passwords.hashed(), hashed, "a password was hashed for a link that is dead");
}

/// Below a link that lives: what isn't there looks the same whether it never was, lies elsewhere, is cut off or was deleted.
#[tokio::test]
async fn p16_items_that_a_link_does_not_reach_look_the_same_on_every_route() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let beside = id(&put(&alice, "Hold/a.txt", "x").await);
    let cut_off = id(&put(&alice, "Hold/Shared/secret.txt", "x").await);
    let deleted = id(&put(&alice, "Hold/Shared/Old/gone.txt", "x").await);
    let old = id(&alice.get(&at("Hold/Shared/Old")).await.expect(200).json());
    let above = id(&alice.get(&at("Hold")).await.expect(200).json());
    let link = edit(&alice, "Hold/Shared").await;
    let cut = json!({"type": "view", "scope": "users", "recipients": [{"email": ADMIN}], "retainInheritedPermissions": false});
    alice.post(&format!("{}/createLink", at("Hold/Shared/secret.txt")), &cut).await.expect(201);
    alice.delete(&at("Hold/Shared/Old")).await.expect(204);
    let absent = driveway_core::id::ItemId::from_uuid(uuid::Uuid::from_u128(7)).to_string();
    let elsewhere = server.sample(ADMIN, "Welcome.txt");
    let root = server.person("alice@harbour.example").drive.root.to_string();
    let items = [absent, beside, cut_off, deleted, old, above, elsewhere, root];
    let requests = |item: &String| {
        let share = format!("/v1.0/shares/{}/items/{item}", link.share_id);
        let items = vec![Start::link(share.clone()), Start::link(format!("{share}:/a.txt:"))];
        let mut tries = doors::graph(&Starts { items, ..Starts::default() }, std::slice::from_ref(&link.id), |_| true);
        let pages = doors::routed(&link, std::slice::from_ref(item), &[]).into_iter();
        tries.extend(pages.filter(|one| one.by_link && one.path.contains("/items/")));
        tries
    };
    for visitor in [server.anonymous(), server.bob().with("prefer", "redeemSharingLink")] {
        let all: Vec<Vec<Try>> = items.iter().map(requests).collect();
        for at in 0..all[0].len() {
            let wanted = seen(&all[0][at].send(&visitor).await, &link);
            assert!(matches!(wanted.0, 400..500), "{:?}: {wanted:?}", all[0][at]);
            for tries in &all[1..] {
                assert_eq!(seen(&tries[at].send(&visitor).await, &link), wanted, "{:?}", tries[at]);
            }
        }
    }
}

#[tokio::test]
async fn p16_a_form_that_is_none_gets_the_same_complaint_from_every_dead_link() {
    let server = TestServer::start().await;
    let mut first = None;
    for Dead { kind, link, .. } in &bury(&server).await {
        let answer = server.anonymous().send(Method::POST, &link.page(), "text/plain", "password=harbour").await;
        let answer = seen(&answer, link);
        assert_eq!(answer, *first.get_or_insert_with(|| answer.clone()), "{kind}");
    }
}

#[tokio::test]
async fn p16_a_dead_link_counts_no_guesses() {
    let server = TestServer::start_with(|config| config.limits.password_attempts = 2).await;
    for Dead { kind, link, .. } in &bury(&server).await {
        let guesser = server.anonymous().with("driveway-link-password", "wrong");
        for _ in 0..4 {
            assert_eq!(guesser.get(&link.url).await.status.as_u16(), 404, "{kind}");
        }
    }
}

/// Whatever takes a link's token in a browser stands below `/s/`, where [`doors::routed`] tries it and every answer comes
/// through the gate; in the API it is the key of a share, which one place reads for every row of the table.
#[test]
fn p04_no_route_takes_a_token_where_tests_do_not_try_it() {
    for pattern in doors::patterns() {
        // `…/oauth2/v2.0/token` is an address whose name it is.
        let takes_a_token = pattern.contains("{token");
        assert_eq!(takes_a_token, pattern.starts_with("/s/{token}"), "{pattern}");
    }
}
