//! How long changes are kept, and what is said to those who come later.

use driveway::jobs;
use jiff::SignedDuration;

use super::*;
use crate::support::{Answer, TestServer};

/// Asserts that a link is dead, and gives where to begin anew.
fn resync(answer: &Answer, how: &str) -> String {
    let error = answer.error(410, "resyncRequired");
    assert_eq!(error["innerError"]["code"], how, "{error}");
    let location = answer.header("location").to_owned();
    assert!(location.starts_with("http://driveway.test/v1.0/"), "{location}");
    location
}

#[tokio::test]
async fn item_06_a_token_from_before_what_is_kept_is_dead_and_says_where_to_begin() {
    let server = TestServer::start_with(|config| config.limits.change_days = 30).await;
    let alice = server.alice();
    let ids = plant(&alice, &["D/", "D/a/", "D/a/x.txt"]).await;
    let early = latest(&alice, ROOT).await;
    let folder = format!("{}/delta", by_id(&ids[0]));
    let early_folder = latest(&alice, &folder).await;
    let mut walking = alice.get(&format!("{ROOT}?$top=1")).await.json()["@odata.nextLink"].as_str().unwrap().to_owned();
    plant(&alice, &["D/b.txt"]).await;
    server.advance(SignedDuration::from_hours(24 * 29));
    let alice = server.alice();
    plant(&alice, &["D/c.txt", "D/d.txt"]).await;
    jobs::once(&server.app).await;
    assert!(since(&alice, &mut early.clone()).await.iter().any(|item| item["name"] == "b.txt"));
    let mut kept = latest(&alice, ROOT).await;
    server.advance(SignedDuration::from_hours(24 * 2));
    let alice = server.alice();
    jobs::once(&server.app).await;
    jobs::once(&server.app).await;
    let location = resync(&alice.get(&early).await, "resyncChangesApplyDifferences");
    assert!(location.ends_with("/root/delta"), "{location}");
    let (told, _) = enumerate(&alice, &location).await;
    assert!(find(&told, &ids[2]).is_some());
    let location =
        resync(&alice.get(&format!("{early_folder}&$top=3&$select=id")).await, "resyncChangesApplyDifferences");
    assert!(location.contains(&folder[20..]) && location.ends_with("/delta?$top=3&$select=id"), "{location}");
    resync(&alice.get(&walking).await, "resyncChangesApplyDifferences");
    walking = format!("{ROOT}?token=2026-11-23T12:00:01Z");
    resync(&alice.get(&walking).await, "resyncChangesApplyDifferences");
    // What is newer is kept, and so is the place of those who know everything.
    assert!(since(&alice, &mut kept).await.is_empty());
    server.advance(SignedDuration::from_hours(24 * 365));
    let alice = server.alice();
    jobs::once(&server.app).await;
    assert!(since(&alice, &mut kept).await.is_empty(), "the newest change is kept, however old");
    put(&alice, "D/b.txt", "new").await;
    assert!(since(&alice, &mut kept).await.iter().any(|item| item["name"] == "b.txt"));
}

/// A database from a backup knows less than its clients.
#[tokio::test]
async fn item_06_a_token_from_the_future_asks_for_what_the_server_lost() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let ids = plant(&alice, &["D/"]).await;
    let link = latest(&alice, ROOT).await;
    let drive = server.person(crate::support::sharing::ALICE).drive.clone();
    let token = driveway_core::delta::DeltaToken {
        drive: drive.id.clone(),
        folder: drive.root,
        view: driveway_core::delta::View::whole(),
        since: 1_000_000,
        loose: 1_000_000,
        step: driveway_core::delta::Step::Settled,
    };
    let sealed = server.app.seal.seal(driveway_core::seal::Purpose::Delta, token.to_text().as_bytes());
    let location = resync(&alice.get(&format!("{ROOT}?token={sealed}")).await, "resyncChangesUploadDifferences");
    assert!(find(&enumerate(&alice, &location).await.0, &ids[0]).is_some());
    alice.get(&link).await.expect(200);
}
