//! What was answered is there after the server was killed: a link with the same URL, and only once; the fragments of an
//! upload; a copy that was accepted.
//!
//! Fifty times over in one data directory: 64 connections make links, some of them racing for the same slot; when a
//! number of answers that differs from round to round has arrived, the server gets SIGKILL. `driveway check` looks at the
//! directory as it was left, and the next server has to keep every promise of the ones before it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that panics is a test that fails"
)]

#[path = "../process/mod.rs"]
mod process;
mod promises;
mod round;
mod sessions;

use std::path::Path;

use tempfile::TempDir;

use crate::process::drive::Drive;
use crate::process::{Server, check, client, token};
use crate::promises::Promises;
use crate::round::Round;
use crate::sessions::{UnderWay, make_source};

/// How often the server is killed.
const ROUNDS: usize = 50;

/// How often it is killed among uploads and a copy.
const ROUNDS_OF_UPLOADS: usize = 20;

/// Two applications on the same drive, and a colleague who opens what is shared with the organization.
struct People {
    applications: [(String, Drive); 2],
    colleague: String,
}

impl People {
    fn of(server: &Server, directory: &Path) -> Self {
        let ready = &server.ready;
        let mut business = ready.users.iter().filter(|user| user.kind == "business");
        let (owner, colleague) = (business.next().unwrap(), business.next().unwrap());
        let [first, second] = [&ready.applications[0], &ready.applications[1]];
        let drive = Drive::of(client().unwrap(), ready, owner);
        let other = drive.with_token(token(directory, owner, second, "Files.ReadWrite.All").unwrap());
        let applications = [(first.client_id.clone(), drive), (second.client_id.clone(), other)];
        Self { applications, colleague: colleague.access_token.clone() }
    }

    fn owner(&self) -> &Drive {
        &self.applications[0].1
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answered_link_survives_a_crash() {
    let directory = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let mut promises = Promises::default();
    for number in 0..ROUNDS {
        let mut server = Server::start(directory.path(), None).await.unwrap();
        let people = People::of(&server, directory.path());
        if number > 0 {
            promises.hold_for_round(number - 1, &people).await;
        }
        let round = Round::prepare(number, &people).await;
        let answers = round.run_until_killed(&mut server).await;
        promises.add(number, round, answers);
        check(directory.path()).unwrap();
    }
    let mut server = Server::start(directory.path(), None).await.unwrap();
    let people = People::of(&server, directory.path());
    for number in 0..ROUNDS {
        promises.hold(number, &people).await;
    }
    server.kill();
    check(directory.path()).unwrap();
    println!("{ROUNDS} kills among {} answered links", promises.count());
    assert!(promises.count() > 40 * ROUNDS, "only {} links were answered: the kills came too early", promises.count());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_acknowledged_fragment_and_every_accepted_copy_survives_a_crash() {
    let directory = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let mut under_way = UnderWay::default();
    for number in 0..ROUNDS_OF_UPLOADS {
        let mut server = Server::start(directory.path(), None).await.unwrap();
        let people = People::of(&server, directory.path());
        if number == 0 {
            make_source(people.owner()).await;
        }
        under_way.finish(people.owner(), &server).await;
        under_way = UnderWay::run_until_killed(number, people.owner(), &mut server).await;
        check(directory.path()).unwrap();
    }
    let mut server = Server::start(directory.path(), None).await.unwrap();
    let people = People::of(&server, directory.path());
    under_way.finish(people.owner(), &server).await;
    server.kill();
    check(directory.path()).unwrap();
}
