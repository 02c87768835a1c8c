//! What the killed servers have answered, and whether the living one keeps it.

use std::collections::HashMap;

use reqwest::StatusCode;
use serde_json::Value;
use tokio::task::JoinSet;

use crate::People;
use crate::process::client;
use crate::process::drive::{Drive, text};
use crate::round::{Answer, Round, Slot, path_of};

/// How many links are opened after each round; at the end all of them are.
const SAMPLE: usize = 12;

/// The promises of all rounds.
#[derive(Default)]
pub(crate) struct Promises {
    rounds: Vec<Promised>,
}

/// What one round was promised: the files that were uploaded, and the slots that were answered with what is known of
/// their links.
struct Promised {
    files: Vec<(String, String)>,
    links: HashMap<Slot, Option<String>>,
}

/// A link as the list of permissions shows it.
struct Listed {
    slot: Slot,
    url: String,
    content: String,
}

impl Promises {
    /// Writes down what a round was answered. Two answers may already contradict each other.
    pub(crate) fn add(&mut self, number: usize, round: Round, answers: Vec<Answer>) {
        assert_eq!(number, self.rounds.len());
        let mut links: HashMap<Slot, Option<String>> = HashMap::new();
        let mut made: HashMap<Slot, usize> = HashMap::new();
        for Answer { slot, is_new, path } in answers {
            let count = made.entry(slot.clone()).or_default();
            *count += usize::from(is_new);
            assert!(*count <= 1, "201 twice for {slot:?}");
            let known = links.entry(slot).or_default();
            assert!(
                known.is_none() || path.is_none() || *known == path,
                "two links in one slot: {known:?} and {path:?}"
            );
            *known = known.take().or(path);
        }
        self.rounds.push(Promised { files: round.files, links });
    }

    /// How many links were promised.
    pub(crate) fn count(&self) -> usize {
        self.rounds.iter().map(|round| round.links.len()).sum()
    }

    /// Every link of a round is listed, and some open.
    pub(crate) async fn hold_for_round(&self, number: usize, people: &People) {
        let listed = self.list(number, people).await;
        let step = (listed.len() / SAMPLE).max(1);
        open(listed.into_iter().skip(number % step).step_by(step), people).await;
    }

    /// Every link of a round is listed and opens.
    pub(crate) async fn hold(&self, number: usize, people: &People) {
        open(self.list(number, people).await, people).await;
    }

    /// Lists the permissions of a round's files: no slot has two links, and every promised one has its own.
    async fn list(&self, number: usize, people: &People) -> Vec<Listed> {
        let promised = &self.rounds[number];
        let mut lists = JoinSet::new();
        for (item, content) in promised.files.clone() {
            lists.spawn(list(people.owner().clone(), item, content));
        }
        let listed: Vec<Listed> = lists.join_all().await.into_iter().flatten().collect();
        let mut found: HashMap<&Slot, String> = HashMap::new();
        for link in &listed {
            let twice = found.insert(&link.slot, path_of(&link.url));
            assert!(twice.is_none(), "two links in {:?} after round {number}", link.slot);
        }
        for (slot, path) in &promised.links {
            let path_now = found.get(slot);
            assert!(path_now.is_some(), "{slot:?} was answered in round {number}, and its link is gone");
            assert!(path.is_none() || path.as_ref() == path_now, "{slot:?} had {path:?} and has {path_now:?}");
        }
        listed
    }
}

async fn list(drive: Drive, item: String, content: String) -> Vec<Listed> {
    let permissions = drive.permissions(&item).await.unwrap();
    let links = permissions.iter().filter(|permission| permission.get("link").is_some());
    links.map(|permission| listed(&item, &content, permission)).collect()
}

fn listed(item: &str, content: &str, permission: &Value) -> Listed {
    let member = |pointer| text(permission, pointer).unwrap().to_owned();
    let slot = Slot {
        item: item.to_owned(),
        application: member("/link/application/id"),
        link_type: member("/link/type"),
        scope: member("/link/scope"),
    };
    Listed { slot, url: member("/link/webUrl"), content: content.to_owned() }
}

/// Opens links as those would for whom they are: strangers with nothing, a colleague with a token.
async fn open(links: impl IntoIterator<Item = Listed>, people: &People) {
    let http = client().unwrap();
    let mut visits = JoinSet::new();
    for link in links {
        let mut visit = http.get(format!("{}?download=1", link.url));
        if link.slot.scope == "organization" {
            visit = visit.bearer_auth(&people.colleague);
        }
        visits.spawn(async move {
            let response = visit.send().await.unwrap();
            assert_eq!(response.status(), StatusCode::OK, "{:?}", link.slot);
            assert_eq!(response.text().await.unwrap(), link.content, "{:?}", link.slot);
        });
    }
    visits.join_all().await;
}
