//! `GET /driveway/v1/links`: all my links, and for administrators all there are.

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};

use crate::steps::{at, link, link_at, put, view};
use crate::support::sharing::{ADMIN, ALICE, BOB, PAT};
use crate::support::{Actor, TestServer};
use driveway_core::permission::Role;

const LINKS: &str = "/driveway/v1/links";

async fn list(actor: &Actor, query: &str) -> Vec<Value> {
    let answer = actor.get(&format!("{LINKS}{query}")).await.expect(200).json();
    assert!(answer.get("@odata.nextLink").is_none(), "{answer}");
    answer["value"].as_array().unwrap().clone()
}

async fn ids(actor: &Actor, query: &str) -> Vec<String> {
    list(actor, query).await.iter().map(crate::steps::id).collect()
}

async fn named(actor: &Actor, path: &str, name: &str) -> crate::steps::Link {
    link(actor, path, json!({"type": "view", "scope": "anonymous", "@driveway.name": name})).await
}

#[tokio::test]
async fn my_links_are_those_i_made_and_those_on_what_i_own() {
    let server = TestServer::start().await;
    let (alice, bob, item) = (server.alice(), server.bob(), server.item(ALICE, "Reports"));
    assert!(ids(&alice, "").await.is_empty());
    server.grant(&item, BOB, Role::Write).await;
    let hers = link_at(&alice, &item, json!({"type": "view", "scope": "anonymous"})).await;
    server.advance(SignedDuration::from_secs(1));
    let his = link_at(&bob, &item, json!({"type": "edit", "scope": "anonymous"})).await;
    server.advance(SignedDuration::from_secs(1));
    let own = link_at(&bob, &server.item(BOB, "Reports"), json!({"type": "view", "scope": "organization"})).await;
    // Newest first; what is both made and owned by one stands once.
    assert_eq!(ids(&alice, "").await, [his.id.as_str(), hers.id.as_str()]);
    assert_eq!(ids(&bob, "").await, [own.id.as_str(), his.id.as_str()]);
    assert!(ids(&server.pat(), "").await.is_empty());
    // An entry is what the link itself shows.
    let entry = list(&bob, "").await.remove(0);
    assert_eq!(entry, bob.get(&format!("{LINKS}/{}", own.id)).await.expect(200).json());
    for member in ["permission", "item", "createdBy", "createdDateTime", "state", "downloads"] {
        assert!(entry.get(member).is_some(), "{member} in {entry}");
    }
}

#[tokio::test]
async fn a_groups_links_are_its_owners() {
    let server = TestServer::start().await;
    let drive = &server.demo.group;
    let folder = server
        .alice()
        .post(&format!("/v1.0/drives/{}/root/children", drive.id), &json!({"name": "Plans", "folder": {}}))
        .await
        .expect(201)
        .json();
    let folder = format!("/v1.0/drives/{}/items/{}", drive.id, crate::steps::id(&folder));
    let made = link_at(&server.alice(), &folder, json!({"type": "view", "scope": "organization"})).await;
    assert_eq!(ids(&server.alice(), "").await, [made.id.as_str()]);
    // The administrator owns the group; Bob is a member of it and no owner.
    assert_eq!(ids(&server.admin(), "").await, [made.id.as_str()]);
    assert!(ids(&server.bob(), "").await.is_empty());
}

#[tokio::test]
async fn pages_follow_each_other_and_leave_nothing_out_or_twice() {
    let server = TestServer::start().await;
    let pat = server.pat();
    put(&pat, "a.txt", "x").await;
    let mut made = Vec::new();
    for number in 0..23 {
        made.push(named(&pat, "a.txt", &format!("link {number}")).await.id);
        // Some are made in one instant.
        if number % 3 == 0 {
            server.advance(SignedDuration::from_secs(1));
        }
    }
    // A link that goes leaves no hole.
    put(&pat, "gone.txt", "x").await;
    view(&pat, "gone.txt").await;
    pat.delete(&at("gone.txt")).await.expect(204);
    let (mut found, mut sizes) = (Vec::new(), Vec::new());
    let mut next = Some(format!("{LINKS}?$top=5&scope=anonymous"));
    while let Some(url) = next {
        let page = pat.get(&url).await.expect(200).json();
        let links = page["value"].as_array().unwrap();
        sizes.push(links.len());
        found.extend(links.iter().map(crate::steps::id));
        next = page["@odata.nextLink"].as_str().map(str::to_owned);
        assert!(next.as_ref().is_none_or(|next| next.contains("scope=anonymous") && next.contains("top=5")));
    }
    assert_eq!(sizes, [5, 5, 5, 5, 3]);
    assert!(found.is_sorted_by(|one, other| one != other));
    found.sort();
    made.sort();
    assert_eq!(found, made);
    assert_eq!(ids(&pat, "?top=23").await.len(), 23);
}

#[tokio::test]
async fn filters_choose_by_scope_type_state_drive_and_end() {
    let server = TestServer::start().await;
    let pat = server.pat();
    put(&pat, "a.txt", "x").await;
    let set = async |link: &crate::steps::Link, change: Value| {
        pat.patch(&format!("{LINKS}/{}", link.id), &change).await.expect(200);
    };
    let live = view(&pat, "a.txt").await;
    let edit = link(&pat, "a.txt", json!({"type": "edit", "scope": "anonymous"})).await;
    let soon = named(&pat, "a.txt", "soon").await;
    set(&soon, json!({"expirationDateTime": "2026-11-23T12:10:00Z"})).await;
    let later = named(&pat, "a.txt", "later").await;
    set(&later, json!({"expirationDateTime": "2026-12-23T12:00:00Z"})).await;
    let off = named(&pat, "a.txt", "off").await;
    set(&off, json!({"enabled": false})).await;
    let pending = named(&pat, "a.txt", "pending").await;
    set(&pending, json!({"notBeforeDateTime": "2026-11-24T12:00:00Z"})).await;
    let used_up = named(&pat, "a.txt", "used up").await;
    set(&used_up, json!({"maximumDownloads": 1})).await;
    server.anonymous().get(&format!("{}?download=1", used_up.page())).await.expect(200);
    server.advance(SignedDuration::from_mins(10));
    let pat = server.pat();
    let drive = server.person(PAT).drive.id.clone();
    for (query, wanted) in [
        ("?state=expired".to_owned(), vec![&soon]),
        ("?state=off".to_owned(), vec![&off]),
        ("?state=pending".to_owned(), vec![&pending]),
        ("?state=usedUp".to_owned(), vec![&used_up]),
        ("?state=live".to_owned(), vec![&live, &edit, &later]),
        ("?type=edit".to_owned(), vec![&edit]),
        ("?scope=organization".to_owned(), vec![]),
        ("?scope=Anonymous&type=EDIT".to_owned(), vec![&edit]),
        ("?expiringBefore=2026-12-01T00:00:00Z".to_owned(), vec![&soon]),
        ("?expiringBefore=2027-01-01T00:00:00Z&state=live".to_owned(), vec![&later]),
        (format!("?driveId={drive}&state=off"), vec![&off]),
        (format!("?driveId={}", server.person(ALICE).drive.id), vec![]),
    ] {
        let mut found = ids(&pat, &query).await;
        let mut wanted: Vec<String> = wanted.iter().map(|link| link.id.clone()).collect();
        found.sort();
        wanted.sort();
        assert_eq!(found, wanted, "{query}");
    }
}

#[tokio::test]
async fn filters_know_the_organizations_maximum() {
    let server = TestServer::start().await;
    let made =
        link_at(&server.alice(), &server.item(ALICE, "Reports"), json!({"type": "view", "scope": "anonymous"})).await;
    server.admin().set_policy(&json!({"maximumExpirationDays": 2})).await;
    assert_eq!(ids(&server.alice(), "?expiringBefore=2026-11-26T00:00:00Z").await, [made.id.as_str()]);
    assert!(ids(&server.alice(), "?expiringBefore=2026-11-25T12:00:00Z").await.is_empty());
    server.advance(SignedDuration::from_hours(48));
    assert_eq!(ids(&server.alice(), "?state=expired").await, [made.id.as_str()]);
    assert!(ids(&server.alice(), "?state=live").await.is_empty());
}

#[tokio::test]
async fn options_that_do_not_exist_or_make_no_sense_are_refused_by_name() {
    let server = TestServer::start().await;
    for (query, name) in [
        ("?scope=everybody", "scope"),
        ("?type=", "type"),
        ("?state=dead", "state"),
        ("?driveId=", "driveId"),
        ("?expiringBefore=soon", "expiringBefore"),
        ("?$top=0", "top"),
        ("?$top=x", "top"),
        ("?all=yes", "all"),
        ("?$skiptoken=nonsense", "skiptoken"),
        ("?$filter=x", "filter"),
        ("?scope=users&scope=users", "scope"),
        ("?top=1&$top=2", "top"),
        ("?nonsense", "nonsense"),
    ] {
        let refused = server.alice().get(&format!("{LINKS}{query}")).await.error(400, "invalidRequest");
        assert_eq!((&refused["target"], &refused["innerError"]["code"]), (&json!(name), &json!("invalidQueryOption")));
    }
    let verb = server.alice().send(Method::POST, LINKS, "application/json", "{}").await;
    assert_eq!((verb.status.as_u16(), verb.header("allow")), (405, "GET"));
    server.anonymous().get(&format!("{LINKS}?nonsense")).await.error(401, "InvalidAuthenticationToken");
}

#[tokio::test]
async fn p13_p24_administrators_list_all_links_without_their_secrets() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let ask = json!({"type": "view", "scope": "anonymous", "@driveway.name": "between us"});
    let hers = link_at(&alice, &server.item(ALICE, "Reports"), ask).await;
    view(&server.pat(), "Reports").await;
    let found = list(&server.admin(), "?all=true").await;
    // Those of the organization, and none of the personal accounts'.
    assert_eq!(found.iter().map(crate::steps::id).collect::<Vec<_>>(), [hers.id.as_str()]);
    let text = found[0].to_string();
    assert!(!text.contains(&hers.token) && !text.contains("shareId") && !text.contains("between us"), "{text}");
    assert_eq!(found[0]["createdBy"]["user"]["id"], server.person(ALICE).user.id.to_string());
    // To look is all that they may.
    server.admin().get(&format!("{LINKS}/{}", hers.id)).await.error(404, "itemNotFound");
    assert!(list(&server.admin(), "").await.is_empty());
    for other in [
        alice,
        server.pat(),
        server.user(ADMIN, "Files.ReadWrite.All"),
        server.user(ADMIN, "SharePointTenantSettings.ReadWrite.All"),
        server.user(ADMIN, "Files.ReadWrite SharePointTenantSettings.ReadWrite.All"),
        server.application("Files.ReadWrite.All"),
    ] {
        other.get(&format!("{LINKS}?all=true")).await.error(403, "accessDenied");
    }
}

#[tokio::test]
async fn scope_03_a_narrow_token_lists_what_it_reaches() {
    let server = TestServer::start().await;
    let item = server.item(ALICE, "Reports");
    server.grant(&item, BOB, Role::Write).await;
    let elsewhere = link_at(&server.bob(), &item, json!({"type": "view", "scope": "anonymous"})).await;
    let own = link_at(&server.bob(), &server.item(BOB, "Reports"), json!({"type": "view", "scope": "anonymous"})).await;
    assert_eq!(ids(&server.user(BOB, "Files.Read"), "").await, [own.id.as_str()]);
    let all = ids(&server.user(BOB, "Files.Read.All"), "").await;
    assert!(all.contains(&own.id) && all.contains(&elsewhere.id) && all.len() == 2);
    // Without the right to write nobody is shown a secret.
    let text = server.user(BOB, "Files.Read.All").get(LINKS).await.expect(200).text();
    assert!(!text.contains(&own.token) && !text.contains(&elsewhere.token));
    server.user(BOB, "User.Read").get(LINKS).await.error(403, "accessDenied");
    server.user(BOB, "").get(LINKS).await.error(403, "accessDenied");
    // An application of its own right has what its scopes reach.
    assert_eq!(ids(&server.application("Files.Read.All"), "").await.len(), 2);
    server.application("Files.Read").get(LINKS).await.error(403, "accessDenied");
}

#[tokio::test]
async fn p09_what_the_maker_has_lost_is_listed_no_more() {
    let server = TestServer::start().await;
    let item = server.item(ALICE, "Reports");
    let grant = server.grant(&item, BOB, Role::Write).await;
    let made = link_at(&server.bob(), &item, json!({"type": "view", "scope": "anonymous"})).await;
    assert_eq!(ids(&server.bob(), "").await, [made.id.as_str()]);
    server.withdraw(&grant).await;
    assert!(ids(&server.bob(), "").await.is_empty());
    assert_eq!(ids(&server.alice(), "").await, [made.id.as_str()]);
    server.alice().delete(&format!("{LINKS}/{}", made.id)).await.expect(204);
    assert!(ids(&server.alice(), "").await.is_empty());
}
