//! Random trees for P3: what is planned, what stands in the drive, and what a link on one of its items may tell.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use crate::steps::id;
use crate::support::sharing::ADMIN;
use crate::support::{Actor, Answer};

/// What is put around an item's canary to make its name: what addresses, pages, headers and file systems stumble over.
const ODD: [(&str, &str); 8] = [
    ("", ".txt"),
    ("%2E%2E%2F", ""),
    ("..", ".html"),
    ("ü ", "'s (b)"),
    ("(a) & [b]", ""),
    ("#", ";="),
    ("\u{202e}", "+ "),
    ("{", "}~$"),
];

/// A tree as it is drawn, with what happens to it after its links are made.
#[derive(Debug, Clone)]
pub struct Plan {
    /// For each item the folder that it hangs in, whether it is a file, and how odd its name is.
    items: Vec<(Index, bool, usize)>,
    /// Items that are cut off from what lies above them.
    cut: Vec<Index>,
    /// Items that are moved, and the folders that they go to.
    moved: Vec<(Index, Index)>,
    /// Items that are thrown away.
    deleted: Vec<Index>,
    /// The items that links are put on.
    pub shared: [Index; 3],
}

pub fn any_plan() -> impl Strategy<Value = Plan> {
    let item = (any::<Index>(), any::<bool>(), 0..ODD.len());
    let items = prop::collection::vec(item, 5..9);
    let cut = prop::collection::vec(any::<Index>(), 0..3);
    let moved = prop::collection::vec(any::<(Index, Index)>(), 0..3);
    let deleted = prop::collection::vec(any::<Index>(), 0..2);
    (items, cut, moved, deleted, any::<[Index; 3]>()).prop_map(|(items, cut, moved, deleted, shared)| Plan {
        items,
        cut,
        moved,
        deleted,
        shared,
    })
}

/// An item as it stands in the drive.
#[derive(Debug, Clone)]
pub struct Grown {
    pub id: String,
    pub name: String,
    /// What its name holds and no other text does.
    canary: String,
    pub parent: Option<usize>,
    pub is_file: bool,
    size: i64,
    pub is_cut_off: bool,
    pub is_deleted: bool,
}

impl Grown {
    /// What the bytes of the file hold.
    fn mark(&self) -> String {
        format!("bytes of {}", self.canary)
    }
}

/// What a visitor may have of an item.
#[derive(Debug, Clone, Copy, Default)]
pub struct May {
    /// Its name, size and dates.
    pub be_told: bool,
    /// Its bytes.
    pub be_given: bool,
}

/// A tree as it stands in the drive of its owner. The first item is the folder around all others.
#[derive(Debug)]
pub struct World {
    pub items: Vec<Grown>,
}

fn encoded(name: &str) -> String {
    utf8_percent_encode(name, NON_ALPHANUMERIC).to_string()
}

fn by_id(id: &str) -> String {
    format!("/v1.0/me/drive/items/{id}")
}

impl World {
    /// Plants a tree. `case` tells its canaries from those of other trees.
    pub async fn plant(owner: &Actor, case: usize, plan: &Plan) -> Self {
        let mut world = Self { items: Vec::new() };
        world.add(owner, case, (None, false, 0)).await;
        for (parent, is_file, odd) in &plan.items {
            let parent = world.folder(*parent);
            world.add(owner, case, (Some(parent), *is_file, *odd)).await;
        }
        for cut in &plan.cut {
            let cut = cut.index(world.items.len());
            let body = json!({"type": "view", "scope": "users", "recipients": [{"email": ADMIN}], "retainInheritedPermissions": false});
            owner.post(&format!("{}/createLink", by_id(&world.items[cut].id)), &body).await.json();
            world.items[cut].is_cut_off = true;
        }
        world
    }

    async fn add(&mut self, owner: &Actor, case: usize, (parent, is_file, odd): (Option<usize>, bool, usize)) {
        let at = self.items.len();
        let canary = format!("zq{case}x{at}y");
        let name = format!("{}{canary}{}", ODD[odd].0, ODD[odd].1).trim().to_owned();
        let folder = parent.map_or_else(|| "/v1.0/me/drive/root".to_owned(), |parent| by_id(&self.items[parent].id));
        let size = 20_000 + 400 * (case % 48) + 37 * at;
        let mut grown = Grown {
            id: String::new(),
            name,
            canary,
            parent,
            is_file,
            size: i64::try_from(size).unwrap(),
            is_cut_off: false,
            is_deleted: false,
        };
        let made = if is_file {
            let mut content = grown.mark();
            content.push_str(&".".repeat(size - content.len()));
            owner.put(&format!("{folder}:/{}:/content", encoded(&grown.name)), content).await
        } else {
            owner.post(&format!("{folder}/children"), &json!({"name": grown.name, "folder": {}})).await
        };
        grown.id = id(&made.expect(201).json());
        self.items.push(grown);
    }

    /// One of the folders.
    fn folder(&self, index: Index) -> usize {
        let folders: Vec<usize> = (0..self.items.len()).filter(|at| !self.items[*at].is_file).collect();
        folders[index.index(folders.len())]
    }

    /// What happens to the tree once its links are made: items are moved and thrown away, and others come in their place.
    pub async fn change(&mut self, owner: &Actor, case: usize, plan: &Plan) {
        for (moved, folder) in &plan.moved {
            let (moved, folder) = (1 + moved.index(self.items.len() - 1), self.folder(*folder));
            if self.above(folder).contains(&moved) {
                continue;
            }
            let body = json!({"parentReference": {"id": self.items[folder].id}});
            owner.patch(&by_id(&self.items[moved].id), &body).await.expect(200);
            self.items[moved].parent = Some(folder);
        }
        for deleted in &plan.deleted {
            let deleted = 1 + deleted.index(self.items.len() - 1);
            if !self.is_live(deleted) {
                continue;
            }
            owner.delete(&by_id(&self.items[deleted].id)).await.expect(204);
            self.items[deleted].is_deleted = true;
            let Grown { parent, is_file, .. } = self.items[deleted];
            self.add(owner, case, (parent, is_file, 0)).await;
        }
    }

    /// The item and what lies above it.
    fn above(&self, at: usize) -> Vec<usize> {
        std::iter::successors(Some(at), |at| self.items[*at].parent).collect()
    }

    pub fn is_live(&self, at: usize) -> bool {
        self.above(at).iter().all(|at| !self.items[*at].is_deleted)
    }

    /// Whether a link on `shared` reaches the item: it lies below, and nothing on the way is cut off or thrown away.
    pub fn reaches(&self, shared: usize, at: usize) -> bool {
        let above = self.above(at);
        let Some(depth) = above.iter().position(|above| *above == shared) else { return false };
        self.is_live(at) && above[..depth].iter().all(|at| !self.items[*at].is_cut_off)
    }

    /// The names from one item down to another, as they stand in an address.
    pub fn path(&self, from: Option<usize>, at: usize) -> String {
        let above = self.above(at);
        let names: Vec<String> =
            above.iter().take_while(|at| Some(**at) != from).map(|at| encoded(&self.items[*at].name)).collect();
        names.into_iter().rev().collect::<Vec<_>>().join("/")
    }

    /// What an answer says that it may not. Ids that the request `echoed` may come back.
    pub fn leak(&self, may: &[May], answer: &Answer, echoed: &str) -> Option<String> {
        let said = format!("{:?} {}", answer.headers, answer.text());
        let numbers = serde_json::from_slice(&answer.body).map(|body| numbers(&body)).unwrap_or_default();
        for (item, may) in self.items.iter().zip(may) {
            if !may.be_told && (said.contains(&item.canary) || (said.contains(&item.id) && !echoed.contains(&item.id)))
            {
                return Some(format!("the item {item:?}"));
            }
            if !may.be_told && item.is_file && numbers.contains(&item.size) {
                return Some(format!("the size of {item:?}"));
            }
            // What a page of ours shows of a text is looked at, not had (AMB-38).
            let is_shown = may.be_told && answer.header("content-security-policy").starts_with("default-src 'none'");
            if !(may.be_given || is_shown) && said.contains(&item.mark()) {
                return Some(format!("the bytes of {item:?}"));
            }
        }
        None
    }

    /// A folder in an answer whose sums count more, or less, than a link on `shared` reaches.
    pub fn wrong_sum(&self, shared: usize, answer: &Answer) -> Option<Value> {
        let body: Value = serde_json::from_slice(&answer.body).ok()?;
        folders(&body).into_iter().find(|folder| {
            let Some(at) = self.items.iter().position(|item| folder["id"] == item.id.as_str()) else { return false };
            let below = |item: &usize| *item != at && self.above(*item).contains(&at) && self.reaches(shared, *item);
            let reached: Vec<&Grown> = (0..self.items.len()).filter(below).map(|at| &self.items[at]).collect();
            let size: i64 = reached.iter().filter(|item| item.is_file).map(|item| item.size).sum();
            let count = reached.iter().filter(|item| item.parent == Some(at)).count();
            folder["size"] != size || folder["folder"]["childCount"] != count
        })
    }
}

fn numbers(value: &Value) -> Vec<i64> {
    match value {
        Value::Number(number) => number.as_i64().into_iter().collect(),
        Value::Array(values) => values.iter().flat_map(numbers).collect(),
        Value::Object(members) => members.values().flat_map(numbers).collect(),
        _ => Vec::new(),
    }
}

fn folders(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(values) => values.iter().flat_map(folders).collect(),
        Value::Object(members) => {
            let own = members.contains_key("folder").then(|| value.clone());
            own.into_iter().chain(members.values().flat_map(folders)).collect()
        }
        _ => Vec::new(),
    }
}
