//! Random trees, random operations, random pages: a client that follows always ends with what is there.

use driveway_core::id::ItemId;
use driveway_core::permission::Role;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::*;
use crate::support::TestServer;
use crate::support::sharing::{ALICE, BOB};

#[derive(Debug, Clone)]
enum Step {
    Folder(usize, u8),
    File(usize, u8, u8),
    Rename(usize, u8),
    Move(usize, usize, u8),
    Delete(usize),
    Restore(usize, Option<usize>),
    Purge(usize),
    CutOff(usize, bool),
    /// Each client reads so many pages of this size.
    Read(u8, u8),
    /// Each client reads to the end.
    Catch(u8),
}

fn step() -> impl Strategy<Value = Step> {
    let (item, name) = (0..64_usize, 0..8_u8);
    prop_oneof![
        4 => (item.clone(), name.clone()).prop_map(|(parent, name)| Step::Folder(parent, name)),
        4 => (item.clone(), name.clone(), any::<u8>()).prop_map(|(parent, name, text)| Step::File(parent, name, text)),
        1 => (item.clone(), name.clone()).prop_map(|(item, name)| Step::Rename(item, name)),
        5 => (item.clone(), item.clone(), name).prop_map(|(item, parent, name)| Step::Move(item, parent, name)),
        2 => item.clone().prop_map(Step::Delete),
        2 => (item.clone(), proptest::option::of(item.clone())).prop_map(|(item, parent)| Step::Restore(item, parent)),
        1 => item.clone().prop_map(Step::Purge),
        1 => (item, any::<bool>()).prop_map(|(item, is_cut_off)| Step::CutOff(item, is_cut_off)),
        5 => (1..4_u8, 1..4_u8).prop_map(|(size, pages)| Step::Read(size, pages)),
        2 => (1..6_u8).prop_map(Step::Catch),
    ]
}

/// Somebody who follows a folder, in the middle of it or not.
struct Client {
    actor: Actor,
    delta: String,
    drive: String,
    replica: Replica,
    url: Option<String>,
    resyncs: u32,
}

impl Client {
    fn new(actor: &Actor, drive: &str, top: &str) -> Self {
        Self {
            actor: actor.clone(),
            delta: format!("{drive}/items/{top}/delta"),
            drive: drive.to_owned(),
            replica: Replica::of(top),
            url: None,
            resyncs: 0,
        }
    }

    /// Reads a page; whether it was the last one of its enumeration.
    async fn read(&mut self, size: u8) -> bool {
        let url = self.url.clone().unwrap_or_else(|| self.delta.clone());
        let url = url.split("&$top=").next().unwrap().to_owned();
        let mark = if url.contains('?') { '&' } else { '?' };
        let answer = self.actor.get(&format!("{url}{mark}$top={size}")).await;
        if answer.status == 410 {
            let top = self.replica.top.clone();
            (self.replica, self.url, self.resyncs) = (Replica::of(&top), None, self.resyncs + 1);
            return false;
        }
        let page = answer.expect(200).json();
        self.replica.apply(&items(&page));
        let (next, end) = (page["@odata.nextLink"].as_str(), page["@odata.deltaLink"].as_str());
        assert!(next.is_none() || !items(&page).is_empty(), "an empty page looks like the last");
        self.url = next.or(end).map(str::to_owned);
        next.is_none()
    }

    /// Reads to the end, and what changed until then.
    async fn catch_up(&mut self, size: u8, steps: &[Step]) {
        while !self.read(size).await {}
        while !self.read(size).await {}
        let there = tree(&self.actor, &self.drive, &self.replica.top).await;
        assert_eq!(self.replica.tree(), there, "{} after {steps:?}", self.delta);
    }
}

/// A drive in which things happen.
struct World<'s> {
    server: &'s TestServer,
    alice: Actor,
    ids: Vec<String>,
    folders: Vec<String>,
}

impl World<'_> {
    /// An item that may be changed: not the top, and not the folders that are followed.
    fn item(&self, number: usize) -> Option<&str> {
        let free = self.ids.get(3..).unwrap_or_default();
        free.get(number % free.len().max(1)).map(String::as_str)
    }

    fn folder(&self, number: usize) -> &str {
        &self.folders[number % self.folders.len()]
    }

    /// Does something, as far as it can be done.
    async fn act(&mut self, step: &Step) {
        match step {
            Step::Folder(parent, name) => {
                let body = json!({"name": format!("n{name}"), "folder": {}});
                let made = self.alice.post(&format!("{}/children", by_id(self.folder(*parent))), &body).await;
                if made.status == 201 {
                    let made = id(&made.json());
                    self.ids.push(made.clone());
                    self.folders.push(made);
                }
            }
            Step::File(parent, name, text) => {
                let place = format!("{}:/f{name}:/content", by_id(self.folder(*parent)));
                let made = self.alice.put(&place, vec![*text]).await;
                if made.status == 201 {
                    self.ids.push(id(&made.json()));
                }
            }
            Step::Rename(item, name) => {
                if let Some(item) = self.item(*item) {
                    self.alice.patch(&by_id(item), &json!({"name": format!("r{name}")})).await;
                }
            }
            Step::Move(item, parent, name) => {
                if let Some(item) = self.item(*item) {
                    move_to(&self.alice, item, self.folder(*parent), &format!("m{name}")).await;
                }
            }
            Step::Delete(item) => {
                if let Some(item) = self.item(*item) {
                    self.alice.delete(&by_id(item)).await;
                }
            }
            Step::Restore(item, parent) => {
                if let Some(item) = self.item(*item) {
                    let place = parent.map(|parent| json!({"parentReference": {"id": self.folder(parent)}}));
                    self.alice.post(&format!("{}/restore", by_id(item)), &place.unwrap_or(json!({}))).await;
                }
            }
            Step::Purge(item) => {
                if let Some(item) = self.item(*item) {
                    self.alice.post(&format!("{}/permanentDelete", by_id(item)), &json!({})).await;
                }
            }
            Step::CutOff(item, is_cut_off) => {
                if let Some(item) = self.item(*item) {
                    let (item, inherits) = (ItemId::parse(item).unwrap(), !is_cut_off);
                    drop(self.server.app.db.write(move |tx| tx.set_inherits(item, inherits)).await);
                }
            }
            Step::Read(..) | Step::Catch(_) => {}
        }
    }
}

/// Plays with the drive and with each client; how often the last one had to begin anew.
async fn play(server: &TestServer, name: &str, steps: Vec<Step>) -> u32 {
    let alice = server.alice();
    let paths = [format!("{name}/"), format!("{name}/in/"), format!("{name}/in/deep/")];
    let ids = plant(&alice, &paths.each_ref().map(String::as_str)).await;
    let drive = format!("/v1.0/drives/{}", server.person(ALICE).drive.id);
    server.grant(&format!("/{}", ids[1]), BOB, Role::Read).await;
    let mut clients = vec![
        Client::new(&alice, &drive, &ids[0]),
        Client::new(&alice, &drive, &ids[1]),
        Client::new(&server.bob(), &drive, &ids[1]),
    ];
    let root = id(&alice.get("/v1.0/me/drive/root").await.json());
    clients.insert(0, Client::new(&alice, &drive, &root));
    let mut world = World { server, alice, folders: ids.clone(), ids };
    for step in &steps {
        match step {
            Step::Read(size, pages) => {
                for client in &mut clients {
                    for _ in 0..*pages {
                        client.read(*size).await;
                    }
                }
            }
            Step::Catch(size) => {
                for client in &mut clients {
                    client.catch_up(*size, &steps).await;
                }
            }
            step => world.act(step).await,
        }
    }
    for client in &mut clients {
        client.catch_up(3, &steps).await;
    }
    for owner in &clients[..3] {
        assert_eq!(owner.resyncs, 0, "owners are told everything: {steps:?}");
    }
    clients[3].resyncs
}

#[tokio::test]
async fn item_05_a_client_that_follows_ends_with_what_is_there() {
    let server = TestServer::start().await;
    let mut runner = TestRunner::deterministic();
    let mut resyncs = 0;
    for round in 0..30 {
        let steps = prop::collection::vec(step(), 10..60).new_tree(&mut runner).unwrap().current();
        resyncs += play(&server, &format!("play{round}"), steps).await;
    }
    assert!(resyncs > 0, "something was hidden or shown in the meantime");
    let findings = driveway::ops::upkeep::check(&server.app, driveway::ops::upkeep::Look::Inside).await.unwrap();
    assert!(findings.is_empty(), "{findings:?}");
}
