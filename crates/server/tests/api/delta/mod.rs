//! Following a folder by `delta` (ITEM-05, ITEM-06, AMB-63, P18).

mod changes;
mod clients;
mod listing;
mod random;
mod retention;
mod rights;
mod sharing;
mod tokens;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::steps::{at, id, put};
use crate::support::{Actor, Answer};

/// Alice's whole drive.
const ROOT: &str = "/v1.0/me/drive/root/delta";

/// The items of a page.
fn items(page: &Value) -> Vec<Value> {
    page["value"].as_array().unwrap().clone()
}

fn names(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["name"].as_str().unwrap()).collect()
}

/// The item of this id among others.
fn find<'v>(items: &'v [Value], id: &str) -> Option<&'v Value> {
    items.iter().find(|item| item["id"] == id)
}

/// All pages of an enumeration, from a URL on: what they tell, and the link to the next enumeration.
async fn enumerate(actor: &Actor, url: &str) -> (Vec<Value>, String) {
    let (mut all, mut url) = (Vec::new(), url.to_owned());
    loop {
        let page = actor.get(&url).await.expect(200).json();
        all.extend(items(&page));
        match page["@odata.nextLink"].as_str() {
            Some(next) => next.clone_into(&mut url),
            None => return (all, page["@odata.deltaLink"].as_str().unwrap().to_owned()),
        }
    }
}

/// What changed since a link, and the next one.
async fn since(actor: &Actor, link: &mut String) -> Vec<Value> {
    let (changes, next) = enumerate(actor, link).await;
    *link = next;
    changes
}

async fn latest(actor: &Actor, delta: &str) -> String {
    enumerate(actor, &format!("{delta}?token=latest")).await.1
}

/// Makes folders and files: `a/`, `a/b/`, `a/b/c.txt`; those ending in a slash are folders. Gives their ids.
async fn plant(owner: &Actor, paths: &[&str]) -> Vec<String> {
    let mut ids = Vec::new();
    for path in paths {
        let item = match path.strip_suffix('/') {
            None => put(owner, path, path).await,
            Some(folder) => {
                let (parent, name) = folder.rsplit_once('/').unwrap_or(("", folder));
                let place = if parent.is_empty() { "/v1.0/me/drive/root".to_owned() } else { at(parent) };
                owner.post(&format!("{place}/children"), &json!({"name": name, "folder": {}})).await.expect(201).json()
            }
        };
        ids.push(id(&item));
    }
    ids
}

fn by_id(id: &str) -> String {
    format!("/v1.0/me/drive/items/{id}")
}

/// Moves an item.
async fn move_to(owner: &Actor, item: &str, parent: &str, name: &str) -> Answer {
    owner.patch(&by_id(item), &json!({"name": name, "parentReference": {"id": parent}})).await
}

/// What a client keeps of an item.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Known {
    parent: Option<String>,
    name: String,
    tag: String,
}

/// A client that keeps a copy of the folder that it follows.
#[derive(Debug, Clone, Default)]
struct Replica {
    top: String,
    items: BTreeMap<String, Known>,
}

impl Replica {
    fn of(top: &str) -> Self {
        Self { top: top.to_owned(), items: BTreeMap::new() }
    }

    /// Applies a page as it comes. What lies in a folder may only come when the folder is known.
    #[track_caller]
    fn apply(&mut self, page: &[Value]) {
        for item in page {
            let id = id(item);
            let parent = item["parentReference"]["id"].as_str().map(str::to_owned);
            if item["deleted"].is_object() {
                assert!(item["parentReference"]["driveId"].is_string() && parent.is_some(), "{item}");
                assert!(item["file"].is_object() || item["folder"].is_object(), "{item}");
                self.forget(&id);
                continue;
            }
            if id != self.top {
                let parent = parent.as_ref().unwrap_or_else(|| panic!("no parent in {item}"));
                assert!(self.items.contains_key(parent), "the folder of {item} isn't known");
            }
            let tag = item["cTag"].as_str().unwrap().to_owned();
            self.items.insert(id, Known { parent, name: item["name"].as_str().unwrap().to_owned(), tag });
        }
    }

    /// Forgets an item with all that lies below it.
    fn forget(&mut self, id: &str) {
        let mut gone = BTreeSet::from([id.to_owned()]);
        while !gone.is_empty() {
            self.items.retain(|id, _| !gone.contains(id));
            gone = self
                .items
                .iter()
                .filter(|(id, known)| {
                    **id != self.top && known.parent.as_ref().is_some_and(|parent| !self.items.contains_key(parent))
                })
                .map(|(id, _)| id.clone())
                .collect();
        }
    }

    /// What it keeps, the folder itself aside.
    fn tree(&self) -> BTreeMap<String, Known> {
        self.items.iter().filter(|(id, _)| **id != self.top).map(|(id, known)| (id.clone(), known.clone())).collect()
    }
}

/// What really lies below a folder, by listing folder after folder.
async fn tree(actor: &Actor, drive: &str, top: &str) -> BTreeMap<String, Known> {
    let (mut found, mut folders) = (BTreeMap::new(), vec![top.to_owned()]);
    while let Some(folder) = folders.pop() {
        let mut url = Some(format!("{drive}/items/{folder}/children?$top=1000"));
        while let Some(next) = url {
            let page = actor.get(&next).await.expect(200).json();
            for item in items(&page) {
                let known = Known {
                    parent: Some(folder.clone()),
                    name: item["name"].as_str().unwrap().to_owned(),
                    tag: item["cTag"].as_str().unwrap().to_owned(),
                };
                if item["folder"].is_object() {
                    folders.push(id(&item));
                }
                found.insert(id(&item), known);
            }
            url = page["@odata.nextLink"].as_str().map(str::to_owned);
        }
    }
    found
}
