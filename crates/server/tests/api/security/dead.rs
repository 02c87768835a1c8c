//! Links that don't open: whatever the reason, a stranger sees one and the same.

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::json;

use crate::steps::{Link, at, id, link, protected, put, revoke, view};
use crate::support::{Actor, Answer, TestServer};

/// Every route below a link in a browser: verb, and what follows the token. A route that is added to the router has to
/// be added here: [`the_router_has_no_route_that_this_list_lacks`] counts them.
const WEB_ROUTES: [(&str, &str); 8] = [
    ("GET", ""),
    ("POST", ""),
    ("GET", "/"),
    ("POST", "/"),
    ("GET", "/inline"),
    ("GET", "/items/{item}"),
    ("GET", "/items/{item}/"),
    ("GET", "/items/{item}/inline"),
];

/// Every way into a link by the Graph API: verb, and what follows the share id.
const GRAPH_ROUTES: [(&str, &str); 18] = [
    ("GET", ""),
    ("GET", "/driveItem"),
    ("GET", "/root"),
    ("GET", "/driveItem/children"),
    ("GET", "/driveItem/content"),
    ("PUT", "/driveItem/content"),
    ("GET", "/driveItem:/a.txt:"),
    ("GET", "/items/{item}"),
    ("DELETE", "/items/{item}"),
    ("PUT", "/driveItem:/new.txt:/content"),
    ("GET", "/permission"),
    ("GET", "/items"),
    ("GET", "/site"),
    ("GET", "/list"),
    ("GET", "/listItem"),
    ("GET", "?$expand=driveItem($expand=children)"),
    ("GET", "/items/{item}?$expand=children"),
    ("GET", "/items/{item}:/a.txt:/content"),
];

/// A link of each kind of death, the item that it was on, and what it is called.
async fn dead_links(server: &TestServer) -> Vec<(&'static str, Link, String)> {
    let pat = server.pat();
    let item = id(&put(&pat, "Hold/a.txt", "x").await);
    let hold = id(&pat.get(&at("Hold")).await.expect(200).json());
    let timed = json!({"type": "view", "scope": "anonymous", "expirationDateTime": "2026-11-23T12:01:00Z"});
    let timed_and_protected = json!({"type": "edit", "scope": "anonymous", "password": "harbour", "expirationDateTime": "2026-11-23T12:01:00Z"});
    let expired = link(&pat, "Hold", timed).await;
    let expired_protected = link(&pat, "Hold", timed_and_protected).await;
    // What our own namespace makes dead; each in a slot of its own.
    let named =
        |name: &str| json!({"type": "view", "scope": "anonymous", "password": "harbour", "@driveway.name": name});
    let off = link(&pat, "Hold", named("off")).await;
    let pending = link(&pat, "Hold", named("pending")).await;
    let used_up = link(&pat, "Hold", named("used up")).await;
    for (link, change) in [
        (&off, json!({"enabled": false})),
        (&pending, json!({"notBeforeDateTime": "2027-01-01T00:00:00Z"})),
        (&used_up, json!({"maximumDownloads": 1})),
    ] {
        pat.patch(&format!("/driveway/v1/links/{}", link.id), &change).await.expect(200);
    }
    let last = format!("{}?download=1", used_up.below(&item));
    server.anonymous().with("driveway-link-password", "harbour").get(&last).await.expect(200);
    let revoked = protected(&pat, "Hold", "harbour").await;
    revoke(&pat, "Hold", &revoked).await;
    put(&pat, "Gone/a.txt", "x").await;
    let gone = id(&pat.get(&at("Gone")).await.expect(200).json());
    let deleted = view(&pat, "Gone").await;
    pat.delete(&at("Gone")).await.expect(204);
    // The newer types, which personal drives don't have (AMB-38, AMB-39).
    let alice = server.alice();
    let box_item = id(&put(&alice, "Box/a.txt", "x").await);
    let drop = json!({"type": "createOnly", "scope": "anonymous", "expirationDateTime": "2026-11-23T12:01:00Z"});
    let expired_drop = link(&alice, "Box", drop).await;
    let looked = link(&alice, "Box", json!({"type": "blocksDownload", "scope": "anonymous"})).await;
    revoke(&alice, "Box", &looked).await;
    server.advance(SignedDuration::from_mins(2));
    let unknown = server.app.seal.link_token(driveway_core::id::PermissionId::from_uuid(uuid::Uuid::from_u128(9)));
    let mut forged = revoked.token.clone();
    forged.replace_range(20..21, if forged.as_bytes()[20] == b'A' { "B" } else { "A" });
    let made_up = |token: &str| Link {
        id: String::new(),
        url: format!("http://driveway.test/s/{token}/"),
        token: token.to_owned(),
        share_id: format!("s!{token}"),
    };
    vec![
        ("forged", made_up(&forged), item.clone()),
        ("unknown", made_up(&unknown), item.clone()),
        ("short", made_up("AAAA"), item.clone()),
        ("expired", expired, item.clone()),
        ("expired and protected", expired_protected, item.clone()),
        ("switched off", off, item.clone()),
        ("not begun", pending, item.clone()),
        ("used up", used_up, item),
        ("revoked", revoked, hold),
        ("deleted", deleted, gone),
        ("expired and for adding", expired_drop, box_item.clone()),
        ("revoked and for looking", looked, box_item),
    ]
}

/// Strangers with all that a stranger can bring.
fn visitors(server: &TestServer) -> Vec<(&'static str, Actor)> {
    let basic = data_encoding::BASE64.encode(b":harbour");
    vec![
        ("nothing", server.anonymous()),
        ("a password", server.anonymous().with("driveway-link-password", "harbour")),
        ("a wrong password", server.anonymous().with("driveway-link-password", "wrong")),
        ("a password by Basic", server.anonymous().with("authorization", &format!("Basic {basic}"))),
        ("a bad bearer token", server.bearer("nonsense")),
        ("a colleague's token", server.bob()),
        ("a wish to redeem", server.bob().with("prefer", "redeemSharingLink")),
        ("a range", server.anonymous().with("range", "bytes=0-0")),
    ]
}

/// What a stranger can tell of an answer: everything but its date and its ids.
fn seen(answer: &Answer, link: &Link) -> (u16, Vec<(String, String)>, String) {
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
            if let Some(inner) = json["error"]["innerError"].as_object_mut() {
                inner.remove(name);
            }
        }
        body = json.to_string();
    }
    (answer.status.as_u16(), headers, body)
}

async fn ask(visitor: &Actor, verb: &str, path: &str) -> Answer {
    let method = Method::from_bytes(verb.as_bytes()).unwrap();
    match verb {
        "POST" => visitor.send(method, path, "application/x-www-form-urlencoded", "password=harbour").await,
        "PUT" => visitor.put(path, "y").await,
        _ => Answer::read(visitor.request(method, path).send().await.unwrap()).await,
    }
}

#[tokio::test]
async fn p16_dead_links_of_every_kind_look_the_same_on_every_route() {
    let server = TestServer::start().await;
    let dead = dead_links(&server).await;
    for (bringing, visitor) in visitors(&server) {
        let web = WEB_ROUTES.iter().map(|(verb, rest)| ("/s/", *verb, *rest));
        let graph = GRAPH_ROUTES.iter().map(|(verb, rest)| ("/v1.0/shares/s!", *verb, *rest));
        for (start, verb, rest) in web.chain(graph) {
            let mut first = None;
            for (kind, link, item) in &dead {
                let path = format!("{start}{}{}", link.token, rest.replace("{item}", item));
                let answer = seen(&ask(&visitor, verb, &path).await, link);
                assert!(
                    matches!(answer.0, 401 | 404),
                    "{verb} {start}…{rest} with {bringing}: {} for {kind}",
                    answer.0
                );
                let first = first.get_or_insert_with(|| answer.clone());
                assert_eq!(answer, *first, "{verb} {start}…{rest} with {bringing}: {kind} differs");
            }
        }
    }
}

#[tokio::test]
async fn p16_a_form_that_is_none_gets_the_same_complaint_from_every_dead_link() {
    let server = TestServer::start().await;
    let mut first = None;
    for (kind, link, _) in &dead_links(&server).await {
        let answer = server.anonymous().send(Method::POST, &link.page(), "text/plain", "password=harbour").await;
        let answer = seen(&answer, link);
        assert_eq!(answer, *first.get_or_insert_with(|| answer.clone()), "{kind}");
    }
}

#[tokio::test]
async fn p16_a_dead_link_counts_no_guesses() {
    let server = TestServer::start_with(|config| config.limits.password_attempts = 2).await;
    for (kind, link, _) in &dead_links(&server).await {
        let guesser = server.anonymous().with("driveway-link-password", "wrong");
        for _ in 0..4 {
            assert_eq!(guesser.get(&link.url).await.status.as_u16(), 404, "{kind}");
        }
    }
}

#[test]
fn p04_the_router_has_no_route_that_this_list_lacks() {
    let router = include_str!("../../../src/http/web/link.rs");
    let mut served: Vec<(String, String)> = Vec::new();
    for line in router.lines().filter_map(|line| line.trim().strip_prefix(".route(\"/s/{token}")) {
        let (rest, methods) = line.split_once('"').unwrap();
        for (verb, word) in [("GET", "get("), ("POST", "post("), ("PUT", "put("), ("DELETE", "delete(")] {
            if methods.contains(word) {
                served.push((verb.to_owned(), rest.to_owned()));
            }
        }
    }
    let mut listed: Vec<(String, String)> =
        WEB_ROUTES.iter().map(|(verb, rest)| ((*verb).to_owned(), (*rest).to_owned())).collect();
    served.sort();
    listed.sort();
    assert_eq!(served, listed);
    // No other file may serve below /s/.
    for other in [
        include_str!("../../../src/http/web/mod.rs"),
        include_str!("../../../src/http/mod.rs"),
        include_str!("../../../src/http/download.rs"),
        include_str!("../../../src/http/driveway.rs"),
        include_str!("../../../src/http/driveway/links.rs"),
        include_str!("../../../src/http/driveway/link_list.rs"),
    ] {
        assert!(!other.contains(".route(\"/s/"), "a route of links outside http/web/link.rs");
    }
}
