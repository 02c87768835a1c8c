//! Many at once (design, rule 6): two requests can't both be first.

use std::collections::HashSet;

use futures::future::join_all;
use serde_json::{Value, json};

use crate::support::sharing::{ALICE, BOB, PAT};
use crate::support::{Actor, Answer, TestServer};

/// Sends a request so many times at once.
async fn at_once(actors: &[Actor], item: &str, body: &Value, times: usize) -> Vec<Answer> {
    join_all((0..times).map(|at| actors[at % actors.len()].share(item, body))).await
}

/// Asserts that one answer is 201, all others 200, and that all tell of one link.
fn one_was_first(answers: &[Answer]) {
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    let found = answers.iter().filter(|answer| answer.status == 200).count();
    let others: Vec<String> = answers.iter().filter(|answer| !answer.status.is_success()).map(Answer::text).collect();
    assert_eq!((made, found), (1, answers.len() - 1), "{others:?}");
    let ids: HashSet<String> = answers.iter().map(|answer| answer.json()["id"].to_string()).collect();
    assert_eq!(ids.len(), 1);
}

/// AMB-01: 64 equal calls at once, of two people through one application.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_equal_calls_at_once_one_makes_the_link() {
    let server = TestServer::start().await;
    let item = server.item_in(&server.demo.group, "Welcome.txt");
    let body = json!({ "type": "view", "scope": "anonymous" });
    one_was_first(&at_once(&[server.alice(), server.bob()], &item, &body, 64).await);
    // The group's owner sees every link, whoever of its members was first.
    let links = server.admin().permissions(&item).await;
    assert_eq!(links.iter().filter(|permission| permission.get("link").is_some()).count(), 1);
}

/// AMB-03: the same with a password, whose hash is made outside the transaction.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_equal_calls_with_a_password_at_once_one_makes_the_link() {
    let server = TestServer::start().await;
    let item = server.item(PAT, "Welcome.txt");
    let body = json!({ "type": "view", "scope": "anonymous", "password": "harbour" });
    one_was_first(&at_once(&[server.pat()], &item, &body, 24).await);
    assert_eq!(server.pat().permissions(&item).await.len(), 1);
}

/// AMB-03, AMB-04: different passwords at once make one link too; the others are told that theirs isn't its.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_different_passwords_at_once_one_is_the_links() {
    let server = TestServer::start().await;
    let (pat, item) = (server.pat(), server.item(PAT, "Welcome.txt"));
    let body = |at: usize| json!({ "type": "view", "scope": "anonymous", "password": format!("harbour {at}") });
    let bodies: Vec<Value> = (0..6).map(body).collect();
    let answers = join_all(bodies.iter().map(|body| pat.share(&item, body))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!(answer.error(400, "invalidRequest")["innerError"]["code"], "passwordMismatch");
    }
    assert_eq!(pat.permissions(&item).await.len(), 1);
}

/// AMB-05: recipients that come at once are all on the one link in the end.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn recipients_that_come_at_once_are_all_on_the_link() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let bodies: Vec<Value> = [BOB, "admin@harbour.example", ALICE]
        .iter()
        .map(|email| json!({ "type": "view", "scope": "users", "recipients": [{ "email": email }] }))
        .collect();
    one_was_first(&join_all(bodies.iter().cycle().take(30).map(|body| alice.share(&item, body))).await);
    let link = alice.share(&item, &bodies[0]).await.expect(200).json();
    assert_eq!(link["grantedToIdentitiesV2"].as_array().unwrap().len(), 3);
}

/// Different slots don't stand in each other's way.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn different_slots_at_once_are_all_filled() {
    let server = TestServer::start().await;
    let (alice, item) = (server.alice(), server.item(ALICE, "Welcome.txt"));
    let bodies: Vec<Value> = ["view", "edit"]
        .iter()
        .flat_map(|link_type| ["anonymous", "organization"].map(|scope| json!({ "type": link_type, "scope": scope })))
        .collect();
    let answers = join_all(bodies.iter().cycle().take(40).map(|body| alice.share(&item, body))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 4);
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 36);
    assert_eq!(alice.permissions(&item).await.len(), 5, "the owner's and four links");
}
