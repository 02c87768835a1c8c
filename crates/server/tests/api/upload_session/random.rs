//! Random ranges and lengths against a model: nothing is lost, nothing breaks (P35).

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::json;

use super::{Session, bytes, content, ranges, staged};
use crate::steps::{at, raw};
use crate::support::TestServer;

const SIZE: usize = 5000;

/// Something that a client does.
#[derive(Debug, Clone)]
enum Step {
    /// The next bytes.
    Next(usize),
    /// Some range, wherever it lies.
    Any(usize, usize),
    /// The last fragment that was taken, again.
    Repeat,
    /// The next bytes, which break off on the way.
    Torn(usize, usize),
    /// The next bytes, with more or less than the range says.
    Wrong(usize, usize),
    /// Other bytes where some are already.
    Other,
    /// Another total.
    OtherTotal(usize),
    /// A range that is none.
    Odd(String),
    /// How far is it?
    Status,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1..2000_usize).prop_map(Step::Next),
        2 => (0..SIZE, 1..SIZE).prop_map(|(start, length)| Step::Any(start, length)),
        2 => Just(Step::Repeat),
        1 => (2..2000_usize, 0..2000_usize).prop_map(|(length, cut)| Step::Torn(length, cut % length)),
        1 => (1..2000_usize, 0..2000_usize).prop_map(|(length, sent)| Step::Wrong(length, sent)),
        1 => Just(Step::Other),
        1 => (1..SIZE).prop_map(Step::OtherTotal),
        1 => "(bytes )?-?[0-9]{0,20}-?[0-9]{0,20}/?[0-9*]{0,4}".prop_map(Step::Odd),
        1 => Just(Step::Status),
    ]
}

/// What is there, as the model has it.
#[derive(Default)]
struct Model {
    received: usize,
    last: Option<(usize, usize)>,
    parts: Vec<(usize, usize)>,
}

impl Model {
    fn expected(&self, is_known: bool) -> Vec<String> {
        let end = if is_known { (SIZE - 1).to_string() } else { String::new() };
        vec![format!("{}-{end}", self.received)]
    }

    /// What a PUT of the right bytes comes to.
    fn put(&mut self, start: usize, end: usize) -> u16 {
        if start == self.received {
            (self.received, self.last) = (end, Some((start, end)));
            self.parts.push((start, end));
            return if end == SIZE { 201 } else { 202 };
        }
        if self.parts.contains(&(start, end)) { 202 } else { 416 }
    }
}

async fn play(server: &TestServer, name: &str, steps: Vec<Step>) {
    let file = bytes(SIZE);
    let session = Session::of_alice(server, name).await;
    let mut model = Model::default();
    for step in steps {
        let (at_byte, room) = (model.received, SIZE - model.received);
        match step.clone() {
            Step::Next(length) => {
                let end = at_byte + length.min(room);
                session.put(&file, at_byte, end).await.expect(model.put(at_byte, end));
            }
            Step::Any(start, length) => {
                let end = (start + length).min(SIZE);
                session.put(&file, start, end).await.expect(model.put(start, end));
            }
            Step::Repeat => {
                let Some((start, end)) = model.last else { continue };
                session.put(&file, start, end).await.expect(202);
            }
            Step::Torn(length, cut) => {
                let end = at_byte + length.min(room);
                let head = format!(
                    "PUT {} HTTP/1.1\r\nhost: driveway.test\r\ncontent-length: {}\r\ncontent-range: bytes {at_byte}-{}/{SIZE}\r\n\r\n",
                    session.url.strip_prefix("http://driveway.test").unwrap(),
                    end - at_byte,
                    end - 1
                );
                let sent = cut.min(end - at_byte - 1);
                let answer = raw(server, &[head.as_bytes(), &file[at_byte..at_byte + sent]].concat()).await;
                assert!(!answer.starts_with("HTTP/1.1 2") && !answer.starts_with("HTTP/1.1 5"), "{step:?}: {answer}");
            }
            Step::Wrong(length, sent) => {
                let end = at_byte + length.min(room);
                if sent == end - at_byte {
                    continue;
                }
                let range = format!("bytes {at_byte}-{}/{SIZE}", end - 1);
                session.put_as(&range, vec![0; sent]).await.expect(400);
            }
            Step::Other => {
                let Some((start, end)) = model.last else { continue };
                let range = format!("bytes {start}-{}/{SIZE}", end - 1);
                let other: Vec<u8> = file[start..end].iter().map(|byte| !byte).collect();
                session.put_as(&range, other).await.expect(416);
            }
            Step::OtherTotal(total) => {
                if model.received == 0 {
                    continue;
                }
                session.put_as(&format!("bytes 0-0/{total}"), "x").await.expect(400);
            }
            Step::Odd(range) => {
                let answer = session.put_as(&range, "").await;
                assert!([400, 413, 416].contains(&answer.status.as_u16()), "{range}: {}", answer.text());
            }
            Step::Status => {}
        }
        if model.received == SIZE {
            break;
        }
        assert_eq!(ranges(&session.status().await.expect(200).json()), model.expected(model.received > 0), "{step:?}");
    }
    if model.received < SIZE {
        server.alice().get(&at(name)).await.error(404, "itemNotFound");
        session.put(&file, model.received, SIZE).await.expect(201);
    }
    assert!(content(&server.alice(), &at(name)).await == file, "{name}");
    session.status().await.error(404, "itemNotFound");
}

#[tokio::test]
async fn p35_random_fragments_lose_nothing_and_break_nothing() {
    let server = TestServer::start().await;
    let mut runner = TestRunner::deterministic();
    for round in 0..40 {
        let steps = prop::collection::vec(step(), 1..20).new_tree(&mut runner).unwrap().current();
        play(&server, &format!("{round}.bin"), steps).await;
    }
    let deferred = json!({"deferCommit": true});
    let session = Session::begin(&server, &server.alice(), &at("x.bin"), &deferred).await;
    session.cancel().await.expect(204);
    assert_eq!(staged(&server), 0);
    let findings = driveway::ops::upkeep::check(&server.app, driveway::ops::upkeep::Look::Inside).await.unwrap();
    assert!(findings.is_empty(), "{findings:?}");
}
