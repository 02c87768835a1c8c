use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use driveway_core::Error;
use driveway_core::error::Code;
use driveway_storage::{Db, DbOptions};

use crate::backend::{Database, on_every_database};
use crate::world::*;

on_every_database! {
    what_was_written_is_there_after_a_restart
    an_error_undoes_its_own_writes_only
    a_panic_is_an_error_and_the_thread_lives_on
    a_read_sees_one_snapshot
    a_read_sees_every_acknowledged_write
    a_read_cant_write
    full_queues_are_busy
    a_caller_may_go_away
    blocking_calls_work_without_a_runtime
    the_last_clone_may_end_inside_a_closure
    a_newer_database_is_refused
    an_edited_migration_is_refused
    two_processes_can_open_at_once
}

/// A gate that a closure waits at.
fn gate() -> (Sender<()>, Arc<Mutex<Receiver<()>>>) {
    let (open, wait) = channel();
    (open, Arc::new(Mutex::new(wait)))
}

fn wait(gate: &Mutex<Receiver<()>>) -> driveway_core::Result<()> {
    gate.lock().unwrap().recv_timeout(Duration::from_secs(10)).map_err(Error::internal)
}

/// Keeps the writer busy until the gate opens; it is when this returns.
async fn block_writer(db: &Db) -> (Sender<()>, tokio::task::JoinHandle<driveway_core::Result<()>>) {
    let ((open, gate), (started, has_started)) = (gate(), channel());
    let db = db.clone();
    let blocked = tokio::spawn(async move {
        db.write(move |_| {
            started.send(()).map_err(Error::internal)?;
            wait(&gate)
        })
        .await
    });
    tokio::task::spawn_blocking(move || has_started.recv_timeout(Duration::from_secs(10))).await.unwrap().unwrap();
    (open, blocked)
}

async fn setting(db: &Db, key: &'static str) -> Option<String> {
    db.read(move |tx| tx.setting(key)).await.unwrap()
}

async fn what_was_written_is_there_after_a_restart(database: Database) {
    let db = database.open();
    settle(&db).await;
    db.write(|tx| tx.set_setting("key", "value")).await.unwrap();
    drop(db);
    let db = database.open();
    assert_eq!(setting(&db, "key").await.as_deref(), Some("value"));
    assert_eq!(db.read(|tx| tx.drive(&drive_id())).await.unwrap(), Some(drive()));
    assert_sound(&db).await;
}

async fn an_error_undoes_its_own_writes_only(database: Database) {
    let db = database.open();
    let (open, blocker) = block_writer(&db).await;
    // While the writer waits, these queue up and later share a commit.
    let calls: Vec<_> = (0..20)
        .map(|number: i32| {
            let db = db.clone();
            tokio::spawn(async move {
                db.write(move |tx| {
                    tx.set_setting(&format!("key {number}"), "value")?;
                    match number % 3 {
                        0 => Ok(()),
                        1 => Err(Error::item_not_found()),
                        _ => panic!("of the test"),
                    }
                })
                .await
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(50)).await;
    open.send(()).unwrap();
    blocker.await.unwrap().unwrap();
    for (number, call) in calls.into_iter().enumerate() {
        let code = call.await.unwrap().map_err(|error| error.code());
        let wanted = [Ok(()), Err(Code::ItemNotFound), Err(Code::GeneralException)][number % 3];
        assert_eq!(code, wanted, "{number}");
        let kept = db.read(move |tx| tx.setting(&format!("key {number}"))).await.unwrap();
        assert_eq!(kept.is_some(), wanted.is_ok(), "{number}");
    }
}

async fn a_panic_is_an_error_and_the_thread_lives_on(database: Database) {
    let db = database.open();
    for _ in 0..10 {
        let write = db.write(|_| -> driveway_core::Result<()> { panic!("of the test") }).await.unwrap_err();
        assert!(write.cause().unwrap().contains("of the test"));
        let read = db.read(|_| -> driveway_core::Result<()> { panic!("number {}", 7) }).await.unwrap_err();
        assert!(read.cause().unwrap().contains("number 7"));
        assert_eq!(read.code(), Code::GeneralException);
    }
    db.write(|tx| tx.set_setting("key", "value")).await.unwrap();
    assert_eq!(setting(&db, "key").await.as_deref(), Some("value"));
}

async fn a_read_sees_one_snapshot(database: Database) {
    let db = database.open();
    let ((open, gate), (started, has_started)) = (gate(), channel());
    let reading = tokio::spawn({
        let db = db.clone();
        async move {
            db.read(move |tx| {
                let before = tx.setting("key")?;
                started.send(()).unwrap();
                wait(&gate)?;
                Ok((before, tx.setting("key")?))
            })
            .await
        }
    });
    has_started.recv_timeout(Duration::from_secs(10)).unwrap();
    db.write(|tx| tx.set_setting("key", "new")).await.unwrap();
    open.send(()).unwrap();
    assert_eq!(reading.await.unwrap().unwrap(), (None, None));
    assert_eq!(setting(&db, "key").await.as_deref(), Some("new"));
}

async fn a_read_sees_every_acknowledged_write(database: Database) {
    let db = database.open();
    let tasks = (0..16).map(|task: u32| {
        let db = db.clone();
        tokio::spawn(async move {
            for round in 0..50 {
                let (key, value) = (format!("key {task}"), format!("value {round}"));
                let (k, v) = (key.clone(), value.clone());
                db.write(move |tx| tx.set_setting(&k, &v)).await.unwrap();
                assert_eq!(db.read(move |tx| tx.setting(&key)).await.unwrap(), Some(value));
            }
        })
    });
    for task in futures::future::join_all(tasks).await {
        task.unwrap();
    }
}

async fn a_read_cant_write(database: Database) {
    let db = database.open();
    assert!(db.read(|tx| tx.set_setting("key", "value")).await.is_err());
    assert_eq!(setting(&db, "key").await, None);
}

async fn full_queues_are_busy(database: Database) {
    let db = database.open_with(DbOptions { write_queue: 3, ..DbOptions::default() }).unwrap();
    let (open, blocked) = block_writer(&db).await;
    let mut calls = futures::future::join_all((0..10).map(|_| db.write(|_| Ok(()))));
    assert!(futures::poll!(&mut calls).is_pending());
    open.send(()).unwrap();
    blocked.await.unwrap().unwrap();
    let refused: Vec<_> = calls.await.into_iter().filter_map(Result::err).collect();
    assert_eq!(refused.len(), 7, "three fit into the queue");
    assert!(refused.iter().all(|error| error.code() == Code::ServiceNotAvailable));
    assert_eq!(refused[0].retry_after_seconds(), Some(1));
    db.write(|_| Ok(())).await.unwrap();
}

async fn a_caller_may_go_away(database: Database) {
    let db = database.open();
    let (open, blocker) = block_writer(&db).await;
    let timed_out =
        tokio::time::timeout(Duration::from_millis(20), db.write(|tx| tx.set_setting("key", "value"))).await;
    assert!(timed_out.is_err());
    open.send(()).unwrap();
    blocker.await.unwrap().unwrap();
    db.write(|_| Ok(())).await.unwrap();
    assert_eq!(setting(&db, "key").await.as_deref(), Some("value"), "a queued write isn't taken back");
}

async fn blocking_calls_work_without_a_runtime(database: Database) {
    let db = database.open();
    let thread = std::thread::spawn(move || {
        db.write_blocking(|tx| tx.set_setting("key", "value")).unwrap();
        assert!(db.write_blocking(|_| Err::<(), _>(Error::item_not_found())).is_err());
        db.read_blocking(|tx| tx.setting("key")).unwrap()
    });
    assert_eq!(thread.join().unwrap().as_deref(), Some("value"));
    // And within one, as command lines do.
    let db = database.open();
    assert_eq!(db.read_blocking(|tx| tx.setting("key")).unwrap().as_deref(), Some("value"));
}

async fn the_last_clone_may_end_inside_a_closure(database: Database) {
    let db = database.open();
    let inner = Mutex::new(Some(db.clone()));
    let ended = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&ended);
    let (open, gate) = gate();
    let call = tokio::spawn(async move {
        db.write(move |_| {
            wait(&gate)?;
            drop(inner.lock().unwrap().take());
            flag.store(true, Ordering::SeqCst);
            Ok(())
        })
        .await
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    call.abort();
    open.send(()).unwrap();
    for _ in 0..500 {
        if ended.load(Ordering::SeqCst) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the closure didn't end");
}

async fn a_newer_database_is_refused(database: Database) {
    drop(database.open());
    database.tamper("INSERT INTO migrations VALUES ('9999_future', 'x')");
    let error = database.open_with(DbOptions::default()).unwrap_err().to_string();
    assert!(error.contains("newer") && error.contains("9999_future"), "{error}");
}

async fn an_edited_migration_is_refused(database: Database) {
    drop(database.open());
    database.tamper("UPDATE migrations SET checksum = 'x'");
    assert!(database.open_with(DbOptions::default()).is_err());
}

async fn two_processes_can_open_at_once(database: Database) {
    let database = Arc::new(database);
    let opening = (0..4).map(|number| {
        let database = Arc::clone(&database);
        tokio::task::spawn_blocking(move || {
            let db = database.open();
            db.write_blocking(move |tx| tx.set_setting(&format!("key {number}"), "value")).unwrap();
        })
    });
    for opened in futures::future::join_all(opening).await {
        opened.unwrap();
    }
    let db = database.open();
    for number in 0..4 {
        assert!(db.read(move |tx| tx.setting(&format!("key {number}"))).await.unwrap().is_some());
    }
}
