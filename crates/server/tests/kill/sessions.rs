//! Upload sessions and copies that the server's death finds half-way.
//!
//! What was acknowledged of an upload isn't asked for again, and what comes of it is what was sent; a copy that was
//! accepted is finished by the next server.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng as _, RngExt as _, SeedableRng as _};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::process::drive::{Drive, accept, text};
use crate::process::{Server, client};
use crate::round::path_of;

/// How many uploads are under way at once.
const UPLOADS: usize = 12;

/// How many files the folder has that is copied.
const SOURCE_FILES: usize = 40;

/// A fragment is at most so long.
const FRAGMENT: usize = 48 << 10;

/// How long a copy may take before it is called stuck.
const PATIENCE: Duration = Duration::from_mins(1);

/// What the server hasn't ended when it is killed.
#[derive(Default)]
pub(crate) struct UnderWay {
    uploads: Vec<Upload>,
    copy: Option<Copy>,
}

/// An upload, as its client knows it.
struct Upload {
    name: String,
    /// The path of its URL: the address of the server changes with each start.
    path: String,
    content: Vec<u8>,
    /// So many bytes the server said it has.
    acknowledged: usize,
}

/// A copy that was answered 202.
struct Copy {
    name: String,
    monitor: String,
}

/// What the uploads of a round share.
#[derive(Default)]
struct Progress {
    acknowledged: AtomicUsize,
    is_killed: AtomicBool,
    kill: Notify,
}

/// A folder to copy again and again.
pub(crate) async fn make_source(drive: &Drive) {
    let mut uploads = JoinSet::new();
    for number in 0..SOURCE_FILES {
        let drive = drive.clone();
        uploads.spawn(async move { drive.upload(&format!("Source/{number}.txt"), number.to_string()).await.unwrap() });
    }
    uploads.join_all().await;
}

impl UnderWay {
    /// Begins a copy and uploads, and kills the server when so many fragments are acknowledged.
    pub(crate) async fn run_until_killed(number: usize, drive: &Drive, server: &mut Server) -> Self {
        let copy = begin_copy(number, drive).await;
        let progress = Arc::new(Progress::default());
        let threshold = 1 + number * 37 % (UPLOADS * 6);
        let mut uploads = JoinSet::new();
        for upload in 0..UPLOADS {
            let begun = Upload::begin(&format!("round-{number}-upload-{upload}.bin"), drive).await;
            let (base, progress) = (server.ready.base_url.clone(), Arc::clone(&progress));
            uploads.spawn(begun.send(base, progress, threshold));
        }
        let killing = async {
            progress.kill.notified().await;
            progress.is_killed.store(true, Ordering::SeqCst);
            server.kill();
        };
        let (uploads, ()) = tokio::join!(uploads.join_all(), killing);
        Self { uploads, copy: Some(copy) }
    }

    /// Goes on where the last server stopped, up to the end.
    pub(crate) async fn finish(self, drive: &Drive, server: &Server) {
        let mut uploads = JoinSet::new();
        for upload in self.uploads {
            let (base, drive) = (server.ready.base_url.clone(), drive.clone());
            uploads.spawn(async move { upload.finish(&base, &drive).await });
        }
        uploads.join_all().await;
        if let Some(copy) = self.copy {
            copy.finish(&server.ready.base_url, drive).await;
        }
    }
}

impl Upload {
    async fn begin(name: &str, drive: &Drive) -> Self {
        let mut random = StdRng::seed_from_u64(name.bytes().map(u64::from).sum());
        let mut content = vec![0; random.random_range(1..=400 << 10)];
        random.fill_bytes(&mut content);
        let create = drive.request(Method::POST, &format!("/root:/{name}:/createUploadSession"));
        let session = accept(create.json(&json!({})).send().await.unwrap()).await.unwrap();
        let path = path_of(text(&session, "/uploadUrl").unwrap());
        Self { name: name.to_owned(), path, content, acknowledged: 0 }
    }

    /// Sends fragments until all are there or the server isn't any more.
    async fn send(mut self, base: String, progress: Arc<Progress>, threshold: usize) -> Self {
        let http = client().unwrap();
        while self.acknowledged < self.content.len() {
            let end = (self.acknowledged + 1 + self.acknowledged * 7919 % FRAGMENT).min(self.content.len());
            match self.put(&http, &base, end).await {
                Ok(status) => assert!(status.is_success(), "{}: {status}", self.name),
                Err(_) if progress.is_killed.load(Ordering::SeqCst) => break,
                Err(error) => panic!("the server was alive and said: {error}"),
            }
            self.acknowledged = end;
            if progress.acknowledged.fetch_add(1, Ordering::SeqCst) + 1 == threshold {
                progress.kill.notify_one();
            }
        }
        self
    }

    async fn put(&self, http: &Client, base: &str, end: usize) -> reqwest::Result<StatusCode> {
        let (from, total) = (self.acknowledged, self.content.len());
        let put = http.put(format!("{base}{}", self.path));
        let put = put.header("Content-Range", format!("bytes {from}-{}/{total}", end - 1));
        Ok(put.body(self.content[from..end].to_vec()).send().await?.status())
    }

    /// Asks what is missing, sends it, and looks at what came of it.
    async fn finish(mut self, base: &str, drive: &Drive) {
        let http = client().unwrap();
        let status = http.get(format!("{base}{}", self.path)).send().await.unwrap();
        if status.status() == StatusCode::OK {
            let status: Value = status.json().await.unwrap();
            let missing: usize =
                text(&status, "/nextExpectedRanges/0").unwrap().split('-').next().unwrap().parse().unwrap();
            assert!(missing >= self.acknowledged, "{}: {} were acknowledged: {status}", self.name, self.acknowledged);
            self.acknowledged = missing;
            let ended = self.put(&http, base, self.content.len()).await.unwrap();
            assert_eq!(ended, StatusCode::CREATED, "{}", self.name);
        }
        // Else it was whole before the end, and the answer may be what was lost.
        let content = drive.request(Method::GET, &format!("/root:/{}:/content", self.name)).send().await.unwrap();
        let content = followed(&http, content).await;
        assert!(content == self.content, "{}: other bytes came back", self.name);
    }
}

/// The bytes that an answer gives or leads to.
async fn followed(http: &Client, response: reqwest::Response) -> Vec<u8> {
    let response = match response.headers().get("Location") {
        Some(location) => http.get(location.to_str().unwrap()).send().await.unwrap(),
        None => response,
    };
    response.error_for_status().unwrap().bytes().await.unwrap().to_vec()
}

async fn begin_copy(number: usize, drive: &Drive) -> Copy {
    let name = format!("copy-{number}");
    let response = drive.request(Method::POST, "/root:/Source:/copy").json(&json!({ "name": name })).send().await;
    let response = response.unwrap();
    assert_eq!(response.status(), StatusCode::ACCEPTED);
    Copy { name, monitor: path_of(response.headers()["Location"].to_str().unwrap()) }
}

impl Copy {
    async fn finish(self, base: &str, drive: &Drive) {
        let http = client().unwrap();
        let url = format!("{base}{}", self.monitor);
        let completed = async {
            loop {
                let status: Value = http.get(&url).send().await.unwrap().json().await.unwrap();
                match text(&status, "/status").unwrap() {
                    "completed" => break,
                    "inProgress" | "notStarted" => tokio::task::yield_now().await,
                    other => panic!("the copy {} is {other}: {status}", self.name),
                }
            }
        };
        tokio::time::timeout(PATIENCE, completed).await.expect("the copy doesn't end");
        let children = format!("/root:/{}:/children?$top=200", self.name);
        let children = accept(drive.request(Method::GET, &children).send().await.unwrap()).await.unwrap();
        assert_eq!(children["value"].as_array().unwrap().len(), SOURCE_FILES, "{}", self.name);
    }
}
