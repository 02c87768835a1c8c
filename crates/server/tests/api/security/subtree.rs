//! P3: for random trees, links and routes, nothing outside the shared subtree is ever returned.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

use crate::steps::{Link, id, link_at, put, view};
use crate::support::{Actor, TestServer};

/// A tree: for each item its parent among those before it (the first ones hang below the root), and whether it is a file.
#[derive(Debug, Clone)]
struct Tree(Vec<(usize, bool)>);

/// A tree as it stands in the drive.
struct Grown {
    ids: Vec<String>,
    paths: Vec<String>,
    parents: Vec<Option<usize>>,
    is_file: Vec<bool>,
}

fn any_tree() -> impl Strategy<Value = Tree> {
    proptest::collection::vec((0_usize..100, any::<bool>()), 3..9).prop_map(Tree)
}

/// Plants the tree below a folder of its own. Names are prefixes of each other (`n`, `nn`, `nnn`), so that a comparison of
/// texts instead of items would give something away.
async fn plant(owner: &Actor, case: usize, tree: &Tree) -> Grown {
    let mut grown = Grown { ids: Vec::new(), paths: Vec::new(), parents: Vec::new(), is_file: Vec::new() };
    for (at, (parent, is_file)) in tree.0.iter().enumerate() {
        let folders: Vec<usize> = (0..at).filter(|other| !grown.is_file[*other]).collect();
        let parent = folders.get(parent % (folders.len() + 1)).copied();
        let above = parent.map_or_else(|| format!("case{case}"), |parent| grown.paths[parent].clone());
        let path = format!("{above}/{}", "n".repeat(at + 1));
        if *is_file {
            grown.ids.push(id(&put(owner, &path, &secret(at)).await));
        } else {
            put(owner, &format!("{path}/leaf"), &secret(at)).await;
            grown.ids.push(id(&owner.get(&crate::steps::at(&path)).await.expect(200).json()));
        }
        grown.paths.push(path);
        grown.parents.push(parent);
        grown.is_file.push(*is_file);
    }
    grown
}

/// What nobody may read who wasn't given it.
fn secret(at: usize) -> String {
    format!("secret of {at}.")
}

impl Grown {
    fn is_below(&self, item: usize, shared: usize) -> bool {
        let mut at = Some(item);
        while let Some(here) = at {
            if here == shared {
                return true;
            }
            at = self.parents[here];
        }
        false
    }
}

/// Asks for an item by way of a link on every route, and tells which of them answered.
async fn delivered(visitor: &Actor, link: &Link, item: &str, path: &str) -> Vec<(String, String)> {
    let (share, token) = (&link.share_id, &link.token);
    let mut routes = vec![
        format!("/s/{token}/items/{item}"),
        format!("/s/{token}/items/{item}/"),
        format!("/s/{token}/items/{item}/?download=1"),
        format!("/s/{token}/items/{item}/inline"),
        format!("/v1.0/shares/{share}/items/{item}"),
        format!("/v1.0/shares/{share}/items/{item}/children"),
        format!("/v1.0/shares/{share}/items/{item}/content"),
        format!("/v1.0/shares/{share}/items/{item}/permissions"),
        format!("/v1.0/shares/{share}/items/{item}?$expand=children"),
        format!("/v1.0/shares/{share}/items/{item}/children?$expand=children"),
    ];
    for path in [path.to_owned(), path.replace('/', "%2F"), format!("./{path}"), format!("case0/{path}")] {
        routes.push(format!("/v1.0/shares/{share}/root:/{path}:"));
        routes.push(format!("/v1.0/shares/{share}/driveItem:/{path}:/content"));
        routes.push(format!("/v1.0/shares/{share}/driveItem:/{path}:/children"));
    }
    let mut delivered = Vec::new();
    for route in routes {
        let answer = visitor.get(&route).await;
        let body = match answer.status.as_u16() {
            200 | 206 => answer.text(),
            302 => visitor.get(answer.header("location")).await.expect(200).text(),
            _ => continue,
        };
        delivered.push((route, body));
    }
    delivered
}

#[test]
fn p03_nothing_outside_the_shared_subtree_is_ever_returned() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(TestServer::start());
    let (alice, stranger) = (server.alice(), server.anonymous());
    let cases = std::cell::Cell::new(0);
    let mut runner = TestRunner::new(Config { cases: 12, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&(any_tree(), any::<prop::sample::Index>()), |(tree, shared)| {
        cases.set(cases.get() + 1);
        runtime.block_on(async {
            let grown = plant(&alice, cases.get(), &tree).await;
            let shared = shared.index(grown.ids.len());
            let kind = if grown.is_file[shared] { "view" } else { "edit" };
            let body = json!({"type": kind, "scope": "anonymous"});
            let address = format!("/v1.0/me/drive/items/{}", grown.ids[shared]);
            let link = link_at(&alice, &address, body).await;
            let look = json!({"type": "blocksDownload", "scope": "anonymous"});
            let mut lesser = vec![(link_at(&alice, &address, look).await, true)];
            if !grown.is_file[shared] {
                let drop = json!({"type": "createOnly", "scope": "anonymous"});
                lesser.push((link_at(&alice, &address, drop).await, false));
            }
            for item in 0..grown.ids.len() {
                let is_below = grown.is_below(item, shared);
                // A link that only lets look gives no bytes, one that only takes files gives nothing at all (AMB-38, AMB-39).
                for (lesser, opens) in &lesser {
                    for (route, body) in delivered(&stranger, lesser, &grown.ids[item], &grown.paths[item]).await {
                        prop_assert!(if *opens { is_below } else { body.contains("takes files") }, "{route}: {body}");
                        let leaked = (0..grown.ids.len()).find(|other| {
                            let is_told = *opens && grown.is_below(*other, shared);
                            body.contains(&secret(*other)) || (!is_told && body.contains(&grown.ids[*other]))
                        });
                        prop_assert!(leaked.is_none(), "{route} gave {leaked:?}: {body}");
                        prop_assert!(!body.contains("downloadUrl") && !body.contains("download=1"), "{route}: {body}");
                    }
                }
                let found = delivered(&stranger, &link, &grown.ids[item], &grown.paths[item]).await;
                prop_assert_eq!(!found.is_empty(), is_below, "{:?} of {:?} shared {}", item, tree, shared);
                for (route, body) in found {
                    let leaked = (0..grown.ids.len())
                        .filter(|other| !grown.is_below(*other, shared))
                        .find(|other| body.contains(&grown.ids[*other]) || body.contains(&secret(*other)));
                    prop_assert!(leaked.is_none(), "{route} gave {leaked:?}: {body}");
                }
            }
            Ok(())
        })
    });
    outcome.unwrap();
}

#[tokio::test]
async fn p05_siblings_of_the_shared_folder_and_its_parent_are_absent() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    let sibling = id(&put(&alice, "Top/Holdings/a.txt", "x").await);
    put(&alice, "Top/Hold/b.txt", "x").await;
    let shared = view(&alice, "Top/Hold").await;
    let top = id(&alice.get(&crate::steps::at("Top")).await.expect(200).json());
    for item in [sibling, top] {
        stranger.get(&shared.below(&item)).await.expect(404);
        stranger.get(&format!("/v1.0/shares/{}/items/{item}", shared.share_id)).await.error(404, "itemNotFound");
    }
}

#[tokio::test]
async fn p06_a_link_to_a_file_opens_that_file_and_no_name_next_to_it() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    put(&alice, "Hold/a.txt", "mine").await;
    put(&alice, "Hold/b.txt", "other").await;
    let shared = view(&alice, "Hold/a.txt").await;
    for rest in [
        "b.txt",
        "..%2Fb.txt",
        "../b.txt",
        "%2e%2e/b.txt",
        "items/..%2Fb.txt",
        "..;/b.txt",
        "%5C..%5Cb.txt",
        ".%00/b.txt",
    ] {
        let page = stranger.get(&format!("/s/{}/{rest}", shared.token)).await;
        assert!(matches!(page.status.as_u16(), 400 | 404), "{rest}: {}", page.status);
        let graph = stranger.get(&shared.graph(&format!(":/{rest}:"))).await;
        assert!(matches!(graph.status.as_u16(), 400 | 404), "{rest}: {}", graph.status);
        assert!(!page.text().contains("other") && !graph.text().contains("b.txt"), "{rest}");
    }
    assert_eq!(stranger.get(&shared.graph("/children")).await.expect(200).json()["value"], json!([]));
}

#[tokio::test]
async fn p08_a_name_that_begins_like_the_shared_one_is_not_below_it() {
    let server = TestServer::start().await;
    let (alice, stranger) = (server.alice(), server.anonymous());
    let longer = id(&put(&alice, "ab/secret.txt", "x").await);
    put(&alice, "a/open.txt", "x").await;
    let shared = view(&alice, "a").await;
    stranger.get(&shared.below(&longer)).await.expect(404);
    for path in ["b/secret.txt", "ab/secret.txt", "%2E%2E/ab/secret.txt"] {
        let answer = stranger.get(&shared.graph(&format!(":/{path}:"))).await;
        assert!(matches!(answer.status.as_u16(), 400 | 404), "{path}");
    }
}
