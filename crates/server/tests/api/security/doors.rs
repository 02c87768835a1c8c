//! Every way in: the rows of Graph's table and the patterns of the router, as requests that somebody with a link can send.
//!
//! Both are read from where they stand, so that a new route is tried before anybody thinks of it (P3, P4, P16).

use std::path::Path;

use driveway::http::graph::routes::{On, ROUTES, Route};
use reqwest::Method;

use crate::ratchet;
use crate::steps::Link;
use crate::support::{Actor, Answer};

/// A request.
#[derive(Debug, Clone)]
pub struct Try {
    pub method: Method,
    pub path: String,
    /// The body, with its media type.
    pub body: Option<(&'static str, String)>,
    /// Whether the link stands in the address, so that nothing but the link can open it.
    pub by_link: bool,
}

impl Try {
    pub async fn send(&self, visitor: &Actor) -> Answer {
        let request = visitor.request(self.method.clone(), &self.path);
        let request = match &self.body {
            Some((media_type, body)) => request.header("content-type", *media_type).body(body.clone()),
            None => request,
        };
        Answer::read(request.send().await.unwrap()).await
    }

    pub fn is_get(&self) -> bool {
        self.method == Method::GET
    }
}

/// Where a route of the table may begin.
#[derive(Debug, Clone)]
pub struct Start {
    pub path: String,
    pub by_link: bool,
}

impl Start {
    pub fn link(path: String) -> Self {
        Self { path, by_link: true }
    }

    pub fn plain(path: String) -> Self {
        Self { path, by_link: false }
    }
}

/// The addresses on which the table's routes are tried.
#[derive(Debug, Clone, Default)]
pub struct Starts {
    pub items: Vec<Start>,
    pub drives: Vec<Start>,
    pub owners: Vec<Start>,
    pub shares: Vec<Start>,
    pub settings: Vec<Start>,
    /// Whether the directory is tried too, to which no link leads.
    pub directory: bool,
}

impl Starts {
    /// Exhaustive: a new kind of address has to be given its places here before the tests compile.
    fn of(&self, on: On) -> Vec<Start> {
        let directory = |path: &str| -> Vec<Start> {
            self.directory.then(|| Start::plain(format!("/v1.0/{path}"))).into_iter().collect()
        };
        match on {
            On::Item => self.items.clone(),
            On::Drive => self.drives.clone(),
            On::Drives => self.owners.clone(),
            On::Share => self.shares.clone(),
            On::Settings => self.settings.clone(),
            On::User => directory("me"),
            On::Users => directory("users"),
            On::Group => directory("groups/none"),
            On::Groups => directory("groups"),
            On::Site => directory("sites/root"),
            On::Sites => directory("sites"),
            On::Organization => directory("organization"),
            On::Subscriptions => directory("subscriptions"),
            On::Subscription => directory("subscriptions/00000000-0000-4000-8000-000000000000"),
            On::Batch => directory("$batch"),
            On::Search => directory("search/query"),
        }
    }
}

/// Every route of the table on every one of these addresses. `values` are what a variable segment may stand for.
pub fn graph(starts: &Starts, values: &[String], wanted: impl Fn(&Route) -> bool) -> Vec<Try> {
    let mut tries = Vec::new();
    for route in ROUTES.iter().filter(|route| wanted(route)) {
        for start in starts.of(route.on) {
            for tail in tails(route, values) {
                for query in queries(route) {
                    let path = format!("{}{tail}{query}", start.path);
                    let body = body(route);
                    tries.push(Try { method: route.method.clone(), path, body, by_link: start.by_link });
                }
            }
        }
    }
    tries
}

fn tails(route: &Route, values: &[String]) -> Vec<String> {
    let joined: String = route.tail.iter().flat_map(|name| ["/", name]).collect();
    // A star finds all that there is to be found.
    let joined = joined.replace("(q)", "(q='*')");
    if joined.contains('*') { values.iter().map(|value| joined.replace('*', value)).collect() } else { vec![joined] }
}

/// What a query can ask for besides: what hangs on an item or a share.
fn queries(route: &Route) -> &'static [&'static str] {
    match (route.method == Method::GET, route.on, route.tail) {
        (true, On::Share, []) => &["", "?$expand=driveItem($expand=children)"],
        (true, On::Item, []) => &["", "?$expand=children"],
        (true, On::Item, ["children"]) => &["", "?$expand=children", "?$count=true"],
        _ => &[""],
    }
}

fn body(route: &Route) -> Option<(&'static str, String)> {
    if route.method == Method::GET {
        None
    } else if route.method == Method::PUT {
        Some(("application/octet-stream", "written by a visitor".to_owned()))
    } else {
        Some(("application/json", ratchet::body(route).to_string()))
    }
}

/// Every pattern of the router by every verb. The link stands wherever a token or a ticket may, and behind it these items;
/// `values` are what the variable parts of all other addresses may stand for.
pub fn routed(link: &Link, items: &[String], values: &[String]) -> Vec<Try> {
    let mut tries = Vec::new();
    for pattern in patterns() {
        let by_link = pattern.starts_with("/s/");
        let pattern = pattern.replace("{token}", &link.token).replace("{ticket}", &link.token);
        let values = if by_link { items } else { values };
        let mut paths: Vec<String> = values.iter().map(|value| filled(&pattern, value)).collect();
        paths.dedup();
        for path in paths {
            for (verb, query) in
                [("GET", ""), ("GET", "?download=1"), ("POST", ""), ("PUT", ""), ("PATCH", ""), ("DELETE", "")]
            {
                let body = match verb {
                    "GET" => None,
                    "POST" if by_link => Some(("application/x-www-form-urlencoded", "password=guessed".to_owned())),
                    _ => Some(("application/json", "{}".to_owned())),
                };
                let method = Method::from_bytes(verb.as_bytes()).unwrap();
                tries.push(Try { method, path: format!("{path}{query}"), body, by_link });
            }
        }
    }
    tries
}

/// A pattern with a value in each of its variable parts.
fn filled(pattern: &str, value: &str) -> String {
    let mut parts = pattern.split('{');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |path, part| format!("{path}{value}{}", part.split_once('}').unwrap().1))
}

/// The patterns of every `.route(…)` below `src/http`. A route that is added in another way couldn't be tried, so that there
/// may be none.
pub fn patterns() -> Vec<String> {
    let mut found = Vec::new();
    read_patterns(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http"), &mut found);
    assert!(found.iter().any(|pattern| pattern == "/s/{token}/"), "{found:?}");
    found.sort();
    found.dedup();
    found
}

fn read_patterns(directory: &Path, found: &mut Vec<String>) {
    for path in std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            read_patterns(&path, found);
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        for other in [".nest(", ".nest_service(", ".route_service(", ".fallback_service("] {
            assert!(!source.contains(other), "{} adds routes by {other}, which no test can try", path.display());
        }
        for rest in source.split(".route(").skip(1) {
            let text = rest.trim_start().strip_prefix('"').and_then(|rest| rest.split_once('"'));
            let (pattern, _) = text.unwrap_or_else(|| panic!("{}: a route without its pattern", path.display()));
            found.push(pattern.to_owned());
        }
    }
}
