//! What outlives a crash.

use driveway::app::App;
use driveway::clock::Clock;
use driveway::entropy::Entropy;
use driveway::ops::subscription;
use driveway_storage::Lane;
use jiff::SignedDuration;

use super::receiver::Receiver;
use super::{NOTHING, at, change, server, to_own_root, told};
use crate::support::TestServer;

/// Another run on the same data, at the same time.
fn next_run(server: &TestServer) -> App {
    let mut next = App::open(server.app.config.clone(), Entropy::seeded(43)).unwrap();
    next.clock = Clock::standing_at(server.app.clock.now());
    next
}

#[tokio::test]
async fn a_change_that_was_committed_is_told_after_a_restart() {
    let (server, receiver) = (server().await, Receiver::open().await);
    let subscription = to_own_root(&server.alice(), &receiver).await;
    receiver.calls();
    change(&server.alice(), "a.txt").await;
    // The server ends between the commit and the call.
    let next = next_run(&server);
    assert_eq!(subscription::deliver(&next).await.unwrap(), told(1));
    assert_eq!(receiver.call().notification()["subscriptionId"], subscription);
    assert_eq!(subscription::deliver(&next).await.unwrap(), NOTHING);
    server.alice().get(&at(&subscription)).await.expect(200);
}

/// Whether the call was made nobody knows: it is made again.
#[tokio::test]
async fn a_server_that_dies_in_a_call_makes_it_again() {
    let (server, receiver) = (server().await, Receiver::open().await);
    to_own_root(&server.alice(), &receiver).await;
    receiver.calls();
    change(&server.alice(), "a.txt").await;
    let now = server.app.clock.now();
    let claimed = server
        .app
        .db
        .write(move |tx| {
            let due = tx.due_notifications(now, 9)?.remove(0);
            let before = tx.pending_subscription(due.id, now)?.unwrap().changes;
            let first = tx.claim_notification(due.id, Lane::Changes, before, before.one_more(now))?;
            let second = tx.claim_notification(due.id, Lane::Changes, before, before.one_more(now))?;
            Ok((first, second))
        })
        .await
        .unwrap();
    assert_eq!(claimed, (true, false), "one sender has it");
    let next = next_run(&server);
    assert_eq!(subscription::deliver(&next).await.unwrap(), NOTHING);
    next.clock.advance(SignedDuration::from_secs(10));
    assert_eq!(subscription::deliver(&next).await.unwrap(), told(1));
    assert_eq!(receiver.calls().len(), 1);
}

/// The job by itself, with nobody who asks for it.
#[tokio::test]
async fn the_job_tells_within_seconds() {
    let (server, receiver) = (server().await, Receiver::open().await);
    to_own_root(&server.alice(), &receiver).await;
    receiver.calls();
    change(&server.alice(), "a.txt").await;
    let waiting = async {
        while receiver.calls().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        () = driveway::jobs::run(server.app.clone()) => panic!("the jobs ended"),
        () = waiting => {}
    }
}
