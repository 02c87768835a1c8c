//! What every route has to have: a refusal without a token, to the wrong person, for too narrow a token, of a wrong verb, and
//! a line in `docs/compatibility.md`. A new row of the table is tested here before anybody thinks of it.

use std::fmt::Write as _;

use driveway::http::graph::routes::{Needs, On, ROUTES, Route};
use driveway_core::drive::{Drive, DriveOwner};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::sharing::{ALICE, PAT, url};
use crate::support::{Actor, Answer, TestServer};

/// Where a route is tried: an item of Alice's, her drive, her drives, an organization link of hers.
struct Places {
    item: String,
    drive: String,
    drives: String,
    share: String,
    permission: String,
    group: String,
    site: String,
}

impl Places {
    async fn of(server: &TestServer) -> Self {
        let item = server.item(ALICE, "Reports");
        let body = json!({ "type": "edit", "scope": "organization" });
        let link = server.alice().share(&item, &body).await.expect(201).json();
        assert!(!url(&link).is_empty());
        let Drive { id, .. } = &server.person(ALICE).drive;
        Self {
            drive: format!("/v1.0/drives/{id}"),
            drives: format!("/v1.0/users/{ALICE}/drives"),
            share: format!("/v1.0/shares/{}", link["shareId"].as_str().unwrap()),
            permission: link["id"].as_str().unwrap().to_owned(),
            group: format!("/v1.0/groups/{}", owner(&server.demo.group)),
            site: format!("/v1.0/sites/{}", owner(&server.demo.site)),
            item,
        }
    }

    fn path(&self, route: &Route) -> String {
        let start = match route.on {
            On::Item => self.item.as_str(),
            On::Drive => &self.drive,
            On::Drives => &self.drives,
            On::Share => &self.share,
            On::Settings => "/v1.0/admin/sharepoint/settings",
            On::User => "/v1.0/users/alice@harbour.example",
            On::Users => "/v1.0/users",
            On::Group => &self.group,
            On::Groups => "/v1.0/groups",
            On::Site => &self.site,
            On::Sites => "/v1.0/sites",
            On::Organization => "/v1.0/organization",
            On::Subscriptions => "/v1.0/subscriptions",
            On::Subscription => "/v1.0/subscriptions/00000000-0000-4000-8000-000000000000",
            On::Batch => "/v1.0/$batch",
            On::Search => "/v1.0/search/query",
        };
        let tail: String =
            route.tail.iter().flat_map(|name| ["/".to_owned(), name.replace('*', &self.permission)]).collect();
        let tail = tail.replace("(q)", "(q='*')");
        format!("{start}{tail}")
    }
}

fn owner(drive: &Drive) -> String {
    match drive.owner {
        DriveOwner::User(id) => id.to_string(),
        DriveOwner::Group(id) => id.to_string(),
        DriveOwner::Site(id) => id.to_string(),
    }
}

/// A token with every scope that reads.
const EVERYTHING: &str =
    "Files.ReadWrite.All Sites.ReadWrite.All User.Read.All Group.Read.All Organization.Read.All Directory.Read.All";

/// A body that the route takes, so that a refusal is about the caller.
pub fn body(route: &Route) -> Value {
    match route.name {
        "children.create" => json!({ "name": "New folder", "folder": {} }),
        "invite" => json!({ "requireSignIn": true, "roles": ["read"], "recipients": [{ "email": "x@example.com" }] }),
        "permissions.revokeGrants" => json!({ "grantees": [{ "email": "x@example.com" }] }),
        "share.grant" => json!({ "roles": ["write"], "recipients": [{ "email": "x@example.com" }] }),
        "subscriptions.create" => json!({
            "changeType": "updated",
            "resource": format!("/users/{ALICE}/drive/root"),
            "notificationUrl": "https://hooks.example/",
            "expirationDateTime": "2026-11-24T12:00:00Z",
        }),
        "subscriptions.update" => json!({ "expirationDateTime": "2026-11-24T12:00:00Z" }),
        "search.query" => json!({ "requests": [{ "entityTypes": ["driveItem"], "query": { "queryString": "*" } }] }),
        "item.update" => json!({ "name": "Renamed" }),
        _ => json!({}),
    }
}

async fn call(actor: &Actor, method: Method, path: &str, route: &Route) -> Answer {
    let body = if method == Method::GET { String::new() } else { body(route).to_string() };
    actor.send(method, path, "application/json", body).await
}

#[track_caller]
fn is_error(answer: &Answer, status: u16, route: &Route) {
    assert_eq!(answer.status.as_u16(), status, "{route:?}: {}", answer.text());
    let code = answer.json()["error"]["code"].as_str().unwrap().to_owned();
    answer.error(status, &code);
}

#[tokio::test]
async fn every_route_refuses_a_request_without_a_token() {
    let server = TestServer::start().await;
    let places = Places::of(&server).await;
    for route in ROUTES {
        let answer = call(&server.anonymous(), route.method.clone(), &places.path(route), route).await;
        is_error(&answer, 401, route);
        assert!(!answer.header("www-authenticate").is_empty(), "{route:?}");
    }
}

#[tokio::test]
async fn every_route_hides_from_the_wrong_person() {
    let server = TestServer::start().await;
    let places = Places::of(&server).await;
    // A batch is nobody's; its parts are tried in `batch`. A search over everything is each one's own, and so is a list of
    // one's own subscriptions; `search` and `subscriptions` try them.
    let own = |route: &&Route| matches!(route.on, On::Batch | On::Search) || route.name == "subscriptions.list";
    for route in ROUTES.iter().filter(|route| !own(route)) {
        // A live link that isn't for the caller says so (AMB-35); everything else isn't there for them (AMB-61).
        // That there are settings is no secret, nor that organizations have people, groups and sites.
        let is_list = matches!(route.on, On::Users | On::Groups | On::Sites) || route.name == "organization.list";
        let wanted = if is_list || matches!(route.on, On::Share | On::Settings) { 403 } else { 404 };
        let answer = call(&server.user(PAT, EVERYTHING), route.method.clone(), &places.path(route), route).await;
        is_error(&answer, wanted, route);
        if matches!(route.on, On::Item | On::Drive) {
            is_error(&call(&server.bob(), route.method.clone(), &places.path(route), route).await, 404, route);
        }
    }
}

#[tokio::test]
async fn every_route_refuses_too_narrow_a_token() {
    let server = TestServer::start().await;
    let places = Places::of(&server).await;
    for route in ROUTES {
        let scopes: &[&str] = match route.needs {
            Needs::Read => &["", "User.Read"],
            Needs::Write => &["", "User.Read", "Files.Read", "Files.Read.All Sites.Read.All"],
            Needs::ReadSettings => &["", "User.Read", "Files.ReadWrite.All Sites.ReadWrite.All"],
            Needs::WriteSettings => &["", "Files.ReadWrite.All", "SharePointTenantSettings.Read.All"],
            Needs::ReadUser => &["", "SharePointTenantSettings.Read.All", "Organization.Read.All"],
            Needs::ReadUsers => &["", "User.Read", "Files.ReadWrite.All Sites.ReadWrite.All", "Group.Read.All"],
            Needs::ReadGroups => &["", "User.Read.All", "Files.ReadWrite.All Sites.ReadWrite.All"],
            Needs::ReadSites => &["", "User.Read.All", "Files.ReadWrite", "Group.Read.All"],
            Needs::Nothing => &[],
            Needs::ReadOrganization => &["", "Files.ReadWrite.All Sites.ReadWrite.All", "Group.Read.All"],
        };
        for scopes in scopes {
            let alice = server.user(ALICE, scopes);
            is_error(&call(&alice, route.method.clone(), &places.path(route), route).await, 403, route);
            let application = server.application(scopes);
            is_error(&call(&application, route.method.clone(), &places.path(route), route).await, 403, route);
        }
    }
}

#[tokio::test]
async fn every_route_refuses_other_verbs() {
    let server = TestServer::start().await;
    let places = Places::of(&server).await;
    let verbs = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    for route in ROUTES {
        let same_place = |other: &&Route| other.on == route.on && other.tail == route.tail;
        let taken: Vec<&str> = ROUTES.iter().filter(same_place).map(|other| other.method.as_str()).collect();
        for verb in verbs.iter().filter(|verb| !taken.contains(*verb)) {
            let method = Method::from_bytes(verb.as_bytes()).unwrap();
            let answer = call(&server.alice(), method, &places.path(route), route).await;
            is_error(&answer, 405, route);
            let allowed: Vec<&str> = answer.header("allow").split(", ").collect();
            assert_eq!(allowed, taken, "{route:?}");
        }
    }
}

const BEGIN: &str = "<!-- routes: made from the route table by a test; UPDATE_DOCS=1 writes it -->\n";
const END: &str = "<!-- end of routes -->\n";

/// The table of routes as `docs/compatibility.md` shows it.
fn table() -> String {
    let mut table = String::from("| Route | Call | Scopes |\n|---|---|---|\n");
    for route in ROUTES {
        let on = match route.on {
            On::Item => "ITEM",
            On::Drive => "DRIVE",
            On::Drives => "OWNER/drives",
            On::Share => "/shares/{share}",
            On::Settings => "/admin/sharepoint/settings",
            On::User => "USER",
            On::Users => "/users",
            On::Group => "/groups/{id}",
            On::Groups => "/groups",
            On::Site => "/sites/{site}",
            On::Sites => "/sites",
            On::Organization => "/organization",
            On::Subscriptions => "/subscriptions",
            On::Subscription => "/subscriptions/{id}",
            On::Batch => "/$batch",
            On::Search => "/search/query",
        };
        let tail: String = route.tail.iter().flat_map(|name| ["/".to_owned(), name.replace('*', "{id}")]).collect();
        let scopes = match route.needs {
            Needs::Read => "read",
            Needs::Write => "write",
            Needs::ReadSettings => "SharePointTenantSettings.Read.All",
            Needs::WriteSettings => "SharePointTenantSettings.ReadWrite.All",
            Needs::ReadUser => "user",
            Needs::ReadUsers => "people",
            Needs::ReadGroups => "groups",
            Needs::ReadSites => "sites",
            Needs::ReadOrganization => "organization",
            Needs::Nothing => "those of its requests",
        };
        writeln!(table, "| {} | `{} {on}{tail}` | {scopes} |", route.name, route.method).unwrap();
    }
    table
}

#[test]
fn every_route_has_its_line_in_the_compatibility_page() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/compatibility.md");
    let text = std::fs::read_to_string(&file).unwrap();
    let (before, rest) = text.split_once(BEGIN).expect("the page marks where the routes begin");
    let (written, after) = rest.split_once(END).expect("the page marks where the routes end");
    #[expect(clippy::disallowed_methods, reason = "a switch for whoever runs this test")]
    let update = std::env::var("UPDATE_DOCS").is_ok_and(|value| value == "1");
    if update {
        std::fs::write(&file, format!("{before}{BEGIN}{}{END}{after}", table())).unwrap();
    } else {
        let hint = "UPDATE_DOCS=1 cargo test -p driveway --test api ratchet writes docs/compatibility.md anew";
        assert_eq!(written, table(), "{hint}");
    }
}

/// Every test that the page names exists under that name.
#[test]
fn every_test_that_the_compatibility_page_names_exists() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("../../docs/compatibility.md")).unwrap();
    let named: Vec<(&str, &str)> = page
        .split('`')
        .filter_map(|code| code.rsplit_once("::"))
        .filter(|(module, _)| module.starts_with(|c: char| c.is_ascii_lowercase()))
        .collect();
    assert!(named.len() > 20, "{named:?}");
    for (module, test) in named {
        let file = root.join("tests/api").join(format!("{}.rs", module.replace("::", "/")));
        let source = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        assert!(source.contains(&format!("fn {test}(")), "{module} has no {test}");
    }
}
