//! P18 on random trees: what somebody finds is what matches and what they reach, no more and no less.

use std::collections::BTreeSet;

use driveway_core::permission::Role;
use driveway_core::search::Query;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use super::{hits, index, search_at};
use crate::steps::{id, link_at};
use crate::support::sharing::{ADMIN, ALICE, BOB};
use crate::support::{Actor, TestServer};

#[derive(Debug, Clone)]
struct Plan {
    /// For each item the folder that it hangs in, whether it is a file, the words of its name and of its content.
    items: Vec<(Index, bool, String, String)>,
    granted: Vec<Index>,
    cut: Vec<Index>,
    deleted: Vec<Index>,
    shared: Index,
    /// Items of which the index knows.
    is_indexed: bool,
}

fn any_plan() -> impl Strategy<Value = Plan> {
    let words = || prop::collection::vec("(ash|oak|elm|oaken)", 1..3).prop_map(|words| words.join(" "));
    let items = prop::collection::vec((any::<Index>(), any::<bool>(), words(), words()), 4..10);
    let some = |most| prop::collection::vec(any::<Index>(), 0..most);
    (items, some(3), some(3), some(2), any::<Index>(), any::<bool>()).prop_map(
        |(items, granted, cut, deleted, shared, is_indexed)| Plan { items, granted, cut, deleted, shared, is_indexed },
    )
}

struct Item {
    id: String,
    name: String,
    text: Option<String>,
}

async fn plant(server: &TestServer, case: usize, plan: &Plan) -> Vec<Item> {
    let alice = server.alice();
    let top = json!({ "name": format!("oak {case}"), "folder": {} });
    let made = alice.post("/v1.0/me/drive/root/children", &top).await.expect(201).json();
    let mut items = vec![Item { id: id(&made), name: format!("oak {case}"), text: None }];
    for (at, (parent, is_file, name, text)) in plan.items.iter().enumerate() {
        let folders: Vec<&Item> = items.iter().filter(|item| item.text.is_none()).collect();
        let folder = format!("/v1.0/me/drive/items/{}", folders[parent.index(folders.len())].id);
        let name = format!("{name} {at}{}", if *is_file { ".txt" } else { "" });
        let made = if *is_file {
            alice.put(&format!("{folder}:/{}:/content", name.replace(' ', "%20")), text.clone()).await
        } else {
            alice.post(&format!("{folder}/children"), &json!({ "name": name, "folder": {} })).await
        };
        let text = is_file.then(|| text.clone());
        items.push(Item { id: id(&made.expect(201).json()), name, text });
    }
    let path = |index: &Index| {
        format!("/v1.0/drives/{}/items/{}", server.person(ALICE).drive.id, items[index.index(items.len())].id)
    };
    for granted in &plan.granted {
        server.grant(&path(granted), BOB, Role::Read).await;
    }
    for cut in &plan.cut {
        let body = json!({"type": "view", "scope": "users", "recipients": [{"email": ADMIN}], "retainInheritedPermissions": false});
        alice.post(&format!("{}/createLink", path(cut)), &body).await.json();
    }
    items
}

/// Those of the items that somebody gets by their own address.
async fn reached<'i>(actor: &Actor, items: &'i [Item], address: impl Fn(&str) -> String) -> Vec<&'i Item> {
    let mut reached = Vec::new();
    for item in items {
        if actor.get(&address(&item.id)).await.status == 200 {
            reached.push(item);
        }
    }
    reached
}

fn matching(items: &[&Item], text: &str, is_indexed: bool) -> BTreeSet<String> {
    let query = Query::parse(text).unwrap();
    let matches = |item: &Item| match &item.text {
        Some(text) if is_indexed => query.matches_name(&format!("{} {text}", item.name)),
        _ => query.matches_name(&item.name),
    };
    items.iter().filter(|item| matches(item)).map(|item| item.id.clone()).collect()
}

/// The ids of a tree's own that are in an answer.
fn ids(values: &[Value], items: &[Item]) -> BTreeSet<String> {
    let all: BTreeSet<&str> = items.iter().map(|item| item.id.as_str()).collect();
    values.iter().map(id).filter(|id| all.contains(id.as_str())).collect()
}

async fn searched(actor: &Actor, place: &str, text: &str) -> Vec<Value> {
    let answer = actor.get(&format!("{}?$top=999", search_at(place, text))).await.expect(200).json();
    answer["value"].as_array().unwrap().clone()
}

#[test]
fn p18_what_is_found_is_what_matches_and_is_reached() {
    let config = Config { cases: 12, failure_persistence: None, max_shrink_iters: 0, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(TestServer::start());
    let case = std::cell::Cell::new(0);
    runner
        .run(&any_plan(), |plan| {
            case.set(case.get() + 1);
            runtime.block_on(async {
                let items = plant(&server, case.get(), &plan).await;
                let (alice, bob, stranger) = (server.alice(), server.bob(), server.anonymous());
                let drive = server.person(ALICE).drive.id.to_string();
                let shared = &items[plan.shared.index(items.len())];
                let share = link_at(
                    &alice,
                    &format!("/v1.0/drives/{drive}/items/{}", shared.id),
                    json!({"type": "view", "scope": "anonymous"}),
                )
                .await;
                for deleted in &plan.deleted {
                    alice.delete(&format!("/v1.0/me/drive/items/{}", items[deleted.index(items.len())].id)).await;
                }
                if plan.is_indexed {
                    index(&server).await;
                }
                let owned = reached(&alice, &items, |id| format!("/v1.0/me/drive/items/{id}")).await;
                let bobs = reached(&bob, &items, |id| format!("/v1.0/drives/{drive}/items/{id}")).await;
                let visited =
                    reached(&stranger, &items, |id| format!("/v1.0/shares/{}/items/{id}", share.share_id)).await;
                let below: Vec<&Item> = visited.iter().copied().filter(|item| item.id != shared.id).collect();
                for text in ["oak", "ash elm", "\"oak elm\"", "oaken", "*"] {
                    let wanted = |items: &[&Item]| matching(items, text, plan.is_indexed);
                    let found = ids(&searched(&alice, "/v1.0/me/drive/root", text).await, &items);
                    prop_assert_eq!(found, wanted(&owned), "the owner, {}", text);
                    let found = ids(&searched(&bob, "/v1.0/me/drive", text).await, &items);
                    prop_assert_eq!(found, wanted(&bobs), "a member, {}", text);
                    let request = json!({"entityTypes": ["driveItem"], "query": {"queryString": text}, "size": 500});
                    let found: Vec<Value> =
                        hits(&bob, request).await.iter().map(|hit| hit["resource"].clone()).collect();
                    prop_assert_eq!(ids(&found, &items), wanted(&bobs), "a member, by query, {}", text);
                    if !visited.is_empty() {
                        let found = ids(&searched(&stranger, &share.graph(""), text).await, &items);
                        prop_assert_eq!(found, wanted(&below), "a visitor, {}", text);
                    }
                }
                Ok(())
            })
        })
        .unwrap();
}
