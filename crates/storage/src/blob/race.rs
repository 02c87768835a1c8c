//! Uploads, collectors and deaths in any order never lose bytes that an item refers to.
//!
//! The rows are real; the object store is a slot for one blob that remembers when it was filled. Each step of an actor
//! is one transaction or one access to the store, and a step takes one tick.

use driveway_core::item::Sha256;
use jiff::Timestamp;
use proptest::prelude::*;

use crate::blob_row::{Adoption, PutOutcome};
use crate::db::scratch;
use crate::tx::{Tx, values};

const SHA: Sha256 = Sha256([7; 32]);

/// In ticks: how long rows and objects are young, a request takes at most, a collector is patient, and until it counts
/// as dead.
const GRACE: i64 = 60;
const REQUEST: i64 = 30;
const PATIENCE: i64 = 5;
const ABANDONED: i64 = 20;

#[derive(Debug, Clone, Copy, Default)]
enum Upload {
    #[default]
    Idle,
    Adopt(PutOutcome),
    Claim,
    PutAgain,
}

#[derive(Debug, Clone, Copy, Default)]
enum Collector {
    #[default]
    Idle,
    Look,
    Act(Option<i64>),
    Settle,
    SettleAct(Option<i64>),
}

/// An actor's place in its work and when it began that.
type Work<S> = (S, i64);

struct World<'a, 'd> {
    tx: &'a mut Tx<'d>,
    now: i64,
    object: Option<i64>,
    uploads: [Work<Upload>; 2],
    collectors: [Work<Collector>; 2],
}

fn at(tick: i64) -> Timestamp {
    Timestamp::from_second(1000 + tick).unwrap()
}

impl World<'_, '_> {
    fn put(&mut self) -> PutOutcome {
        let outcome = if self.object.is_some() { PutOutcome::AlreadyThere } else { PutOutcome::Created };
        self.object.get_or_insert(self.now);
        outcome
    }

    fn upload(&mut self, which: usize) {
        let (state, began) = self.uploads[which];
        let is_over = self.now - began > REQUEST;
        let next = match state {
            Upload::Idle => Upload::Adopt(self.put()),
            _ if is_over => Upload::Idle,
            Upload::Adopt(put) => match self.tx.adopt_blob(&SHA, 1, put, at(self.now)).unwrap() {
                Adoption::Adopted => {
                    self.refer();
                    Upload::Idle
                }
                Adoption::PutAgain => Upload::Claim,
            },
            Upload::Claim if self.tx.claim_blob(SHA, 1, at(self.now)).unwrap() => Upload::PutAgain,
            Upload::Claim => Upload::Claim,
            Upload::PutAgain => {
                self.put();
                Upload::Adopt(PutOutcome::Confirmed)
            }
        };
        let began = if matches!(state, Upload::Idle) { self.now } else { began };
        self.uploads[which] = (next, began);
    }

    fn collector(&mut self, which: usize) {
        let (state, began) = self.collectors[which];
        let (now, before) = (at(self.now), at(self.now - GRACE));
        let is_young = |put: i64| put >= self.now - GRACE;
        let next = match state {
            Collector::Idle if self.tx.abandoned_blobs(at(self.now - ABANDONED)).unwrap() == [SHA] => Collector::Settle,
            Collector::Idle if self.tx.begin_collecting(SHA, before, now).unwrap() => Collector::Look,
            // The sweep finds an old object and then that it has no row.
            Collector::Idle
                if self.object.is_some_and(|put| !is_young(put))
                    && self.tx.begin_collecting_stray(SHA, 1, now).unwrap() =>
            {
                Collector::Look
            }
            Collector::Idle => Collector::Idle,
            Collector::Look => Collector::Act(self.object),
            Collector::Settle => Collector::SettleAct(self.object),
            Collector::Act(_) | Collector::SettleAct(_) if self.now - began > PATIENCE => Collector::Idle,
            Collector::SettleAct(Some(_)) => {
                self.tx.release_blob(SHA, now).unwrap();
                Collector::Idle
            }
            Collector::Act(Some(put)) if is_young(put) => {
                self.tx.release_blob(SHA, now).unwrap();
                Collector::Idle
            }
            Collector::Act(Some(_)) => {
                self.object = None;
                Collector::Act(None)
            }
            Collector::Act(None) | Collector::SettleAct(None) => {
                self.tx.finish_collecting(SHA).unwrap();
                Collector::Idle
            }
        };
        let began = if matches!(state, Collector::Idle) { self.now } else { began };
        self.collectors[which] = (next, began);
    }

    /// An item comes to refer to the blob, or keeps doing so.
    fn refer(&mut self) {
        self.tx.execute("UPDATE items SET file_sha256 = $1", values![SHA]).unwrap();
    }

    /// The last item that refers to the blob goes away.
    fn let_go(&mut self) {
        self.tx.execute("UPDATE items SET file_sha256 = NULL", &[]).unwrap();
    }

    fn is_referred_to(&mut self) -> bool {
        self.tx.number("SELECT COUNT(*) FROM items WHERE file_sha256 IS NOT NULL", &[]).unwrap() > 0
    }

    fn step(&mut self, choice: u8) {
        self.now += 1;
        match choice {
            0..=5 => self.upload(usize::from(choice % 2)),
            6..=10 => self.collector(usize::from(choice % 5 / 3)),
            11 => self.let_go(),
            12 => self.uploads[0].0 = Upload::Idle,
            13 => self.collectors[0].0 = Collector::Idle,
            _ => self.now += GRACE,
        }
    }
}

fn run(choices: &[u8]) {
    scratch(|tx| {
        tx.execute("INSERT INTO tenants VALUES ('t', 'organization', 'T')", &[]).unwrap();
        tx.execute("INSERT INTO drives VALUES ('d', 't', 'business', 'user', 'u', 'r', 'D', 0, 0, 0)", &[]).unwrap();
        let item = "INSERT INTO items (id, drive_id, name, name_key, is_folder, size, created_at, modified_at,
                                       file_system_created_at, file_system_modified_at)
                    VALUES ('r', 'd', 'r', 'r', 0, 1, 0, 0, 0, 0)";
        tx.execute(item, &[]).unwrap();
        let mut world =
            World { tx, now: 0, object: None, uploads: <[_; 2]>::default(), collectors: <[_; 2]>::default() };
        for (step, choice) in choices.iter().enumerate() {
            world.step(*choice);
            assert!(world.object.is_some() || !world.is_referred_to(), "lost at step {step}");
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_is_referred_to_is_lost(choices in proptest::collection::vec(0..15_u8, 0..200)) {
        run(&choices);
    }
}
