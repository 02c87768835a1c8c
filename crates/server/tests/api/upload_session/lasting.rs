//! What outlives a crash, what ends with its time, and what a check finds.

use driveway::jobs;
use driveway::ops::upkeep::{self, Look};
use jiff::SignedDuration;

use super::{Session, bytes, content, staged};
use crate::steps::{at, restarted};
use crate::support::TestServer;

#[tokio::test]
async fn item_07_a_session_goes_on_after_a_restart_from_what_was_acknowledged() {
    let server = TestServer::start().await;
    let file = bytes(800_000);
    let session = Session::of_alice(&server, "a.bin").await;
    session.put(&file, 0, 300_000).await.expect(202);
    // What was on its way when the server died: an object that no row knows.
    let torn = server.app.config.data.join("blobs/sessions/00000000-0000-4000-8000-000000000000");
    std::fs::write(&torn, &file[300_000..400_000]).unwrap();
    let (app, client) = restarted(&server).await;
    let session = Session { client, ..session };
    assert_eq!(session.expected().await, ["300000-799999"]);
    session.put(&file, 300_000, 500_000).await.expect(202);
    assert!(upkeep::check(&app, Look::Inside).await.unwrap().is_empty());
    session.put(&file, 500_000, 800_000).await.expect(201);
    assert_eq!(content(&server.alice(), &at("a.bin")).await, file);
    assert!(upkeep::check(&app, Look::Inside).await.unwrap().is_empty());
}

#[tokio::test]
async fn item_07_a_session_expires_and_its_bytes_go() {
    let server = TestServer::start_with(|config| config.limits.session_seconds = 600).await;
    let file = bytes(1000);
    let (dead, alive) = (Session::of_alice(&server, "a.bin").await, Session::of_alice(&server, "b.bin").await);
    dead.put(&file, 0, 500).await.expect(202);
    alive.put(&file, 0, 500).await.expect(202);
    server.advance(SignedDuration::from_secs(599));
    alive.put(&file, 500, 600).await.expect(202);
    dead.status().await.expect(200);
    server.advance(SignedDuration::from_secs(1));
    dead.status().await.error(404, "itemNotFound");
    dead.put(&file, 500, 1000).await.error(404, "itemNotFound");
    dead.cancel().await.error(404, "itemNotFound");
    assert_eq!(staged(&server), 3);
    jobs::once(&server.app).await;
    assert_eq!(staged(&server), 2);
    alive.put(&file, 600, 1000).await.expect(201);
    assert_eq!(staged(&server), 0);
    server.advance(SignedDuration::from_secs(600));
    alive.put(&file, 600, 1000).await.error(404, "itemNotFound");
}

#[tokio::test]
async fn item_07_the_sweep_takes_strays_and_leaves_what_sessions_hold() {
    let server = TestServer::start().await;
    let session = Session::of_alice(&server, "a.bin").await;
    session.put(&bytes(1000), 0, 500).await.expect(202);
    let folder = server.app.config.data.join("blobs/sessions");
    std::fs::write(folder.join("00000000-0000-4000-8000-000000000000"), "stray").unwrap();
    upkeep::sweep_blobs(&server.app).await.unwrap();
    assert_eq!(staged(&server), 2, "young ones stay");
    let old = std::time::UNIX_EPOCH;
    for entry in std::fs::read_dir(&folder).unwrap() {
        std::fs::File::options().write(true).open(entry.unwrap().path()).unwrap().set_modified(old).unwrap();
    }
    assert_eq!(upkeep::sweep_blobs(&server.app).await.unwrap().remains, 1);
    assert_eq!(session.expected().await, ["500-999"]);
    session.put(&bytes(1000), 500, 1000).await.expect(201);
}

#[tokio::test]
async fn item_07_a_check_finds_lost_fragments() {
    let server = TestServer::start().await;
    let session = Session::of_alice(&server, "a.bin").await;
    session.put(&bytes(1000), 0, 500).await.expect(202);
    assert!(upkeep::check(&server.app, Look::Outside).await.unwrap().is_empty());
    let folder = server.app.config.data.join("blobs/sessions");
    let object = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    std::fs::write(&object, &bytes(1000)[..400]).unwrap();
    assert_eq!(upkeep::check(&server.app, Look::Outside).await.unwrap().len(), 1);
    session.put(&bytes(1000), 500, 1000).await.error(500, "generalException");
    std::fs::remove_file(object).unwrap();
    let findings = upkeep::check(&server.app, Look::Outside).await.unwrap();
    assert!(findings.iter().any(|finding| finding.contains("fragment")), "{findings:?}");
    session.put(&bytes(1000), 500, 1000).await.error(500, "generalException");
}
