//! One round: files, connections that make links on them, and a SIGKILL among the answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::People;
use crate::process::Server;
use crate::process::drive::{Drive, text};

/// How many connections make links at once.
const CONNECTIONS: usize = 64;

/// How many files a round makes links on.
const FILES: usize = 24;

/// How many connections race for a slot that is raced for.
const RACERS: usize = 4;

/// What a link is for: no application has two of a kind on one item.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Slot {
    pub(crate) item: String,
    pub(crate) application: String,
    pub(crate) link_type: String,
    pub(crate) scope: String,
}

/// An answer that has arrived, at least its first line.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) slot: Slot,
    pub(crate) is_new: bool,
    /// The path of the link's URL. The kill may come between the status and the body.
    pub(crate) path: Option<String>,
}

/// The files of a round and the requests on them.
pub(crate) struct Round {
    number: usize,
    /// The files' ids and what is in them.
    pub(crate) files: Vec<(String, String)>,
    requests: Arc<[Request]>,
}

struct Request {
    slot: Slot,
    drive: Drive,
}

/// What the connections of a round share.
#[derive(Default)]
struct Progress {
    next: AtomicUsize,
    answered: AtomicUsize,
    is_killed: AtomicBool,
    kill: Notify,
}

impl Round {
    /// Uploads the files and makes the list of requests.
    pub(crate) async fn prepare(number: usize, people: &People) -> Self {
        let mut uploads = JoinSet::new();
        for file in 0..FILES {
            let (drive, content) = (people.owner().clone(), format!("file {file} of round {number}"));
            uploads.spawn(async move {
                let item = drive.upload(&format!("round-{number}-file-{file}.txt"), content.clone()).await.unwrap();
                (text(&item, "/id").unwrap().to_owned(), content)
            });
        }
        let files = uploads.join_all().await;
        let requests = files.iter().flat_map(|(item, _)| requests_on(item, people)).collect();
        Self { number, files, requests }
    }

    /// Lets the connections loose, kills the server when this round's number of answers is there, and returns all answers.
    pub(crate) async fn run_until_killed(&self, server: &mut Server) -> Vec<Answer> {
        let threshold = 1 + self.number * 61 % (self.requests.len() - CONNECTIONS);
        let progress = Arc::new(Progress::default());
        let mut connections = JoinSet::new();
        for _ in 0..CONNECTIONS {
            connections.spawn(connection(Arc::clone(&self.requests), Arc::clone(&progress), threshold));
        }
        let gathering = async {
            let mut answers = Vec::new();
            while let Some(some) = connections.join_next().await {
                answers.extend(some.unwrap());
            }
            answers
        };
        let killing = async {
            progress.kill.notified().await;
            progress.is_killed.store(true, Ordering::SeqCst);
            server.kill();
        };
        let (answers, ()) = tokio::join!(gathering, killing);
        assert!(answers.len() >= threshold, "{} answers, and it was killed at {threshold}", answers.len());
        answers
    }
}

/// Every slot of an item, every third one as often as connections race for it.
fn requests_on(item: &str, people: &People) -> Vec<Request> {
    let mut requests = Vec::new();
    for (application, drive) in &people.applications {
        for (link_type, scope) in
            [("view", "anonymous"), ("edit", "anonymous"), ("view", "organization"), ("edit", "organization")]
        {
            let slot = Slot {
                item: item.to_owned(),
                application: application.clone(),
                link_type: link_type.to_owned(),
                scope: scope.to_owned(),
            };
            let times = if requests.len() % 3 == 0 { RACERS } else { 1 };
            requests.extend((0..times).map(|_| Request { slot: slot.clone(), drive: drive.clone() }));
        }
    }
    requests
}

/// One connection: takes the next request until the list or the server ends.
async fn connection(requests: Arc<[Request]>, progress: Arc<Progress>, threshold: usize) -> Vec<Answer> {
    let mut answers = Vec::new();
    while let Some(request) = requests.get(progress.next.fetch_add(1, Ordering::SeqCst)) {
        match create_link(request).await {
            Ok(answer) => answers.push(answer),
            Err(_) if progress.is_killed.load(Ordering::SeqCst) => break,
            Err(error) => panic!("the server was alive and said: {error}"),
        }
        if progress.answered.fetch_add(1, Ordering::SeqCst) + 1 == threshold {
            progress.kill.notify_one();
        }
    }
    answers
}

async fn create_link(request: &Request) -> reqwest::Result<Answer> {
    let Request { slot, drive } = request;
    let response = drive.post_link(&slot.item, &json!({ "type": slot.link_type, "scope": slot.scope })).await?;
    let status = response.status();
    let body = response.text().await;
    assert!(status == StatusCode::CREATED || status == StatusCode::OK, "{slot:?}: {status} {body:?}");
    let permission = body.ok().and_then(|body| serde_json::from_str::<Value>(&body).ok());
    let path = permission.map(|permission| path_of(text(&permission, "/link/webUrl").unwrap()));
    Ok(Answer { slot: slot.clone(), is_new: status == StatusCode::CREATED, path })
}

/// A link's URL without the address of the server, which has another port after each start.
pub(crate) fn path_of(url: &str) -> String {
    reqwest::Url::parse(url).unwrap().path().to_owned()
}
