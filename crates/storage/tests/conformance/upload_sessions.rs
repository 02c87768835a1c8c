use driveway_core::item::Sha256;
use driveway_core::upload::Progress;
use driveway_storage::{Db, NewUploadSession, UploadFragment};
use uuid::Uuid;

use crate::backend::{Database, on_every_database};
use crate::world::*;

on_every_database! {
    fragments_are_added_in_order_and_once
    a_session_ends_once_and_keeps_its_last_fragment
    one_that_is_cancelled_or_over_gives_its_objects_back
    sessions_are_counted_by_caller_and_bytes_by_drive
    a_check_sees_gaps_and_wrong_sums
}

fn session(number: u128, caller: &str) -> NewUploadSession {
    NewUploadSession {
        id: Uuid::from_u128(number),
        caller: caller.into(),
        drive: drive_id(),
        target_right: "right".into(),
        request: "{}".into(),
        defer_commit: number % 2 == 1,
        total: None,
        expires_at: at(100),
    }
}

async fn begin(db: &Db, number: u128, caller: &'static str) -> Uuid {
    db.write(move |tx| tx.insert_upload_session(&session(number, caller), at(0))).await.unwrap();
    Uuid::from_u128(number)
}

fn part(start: u64, length: u64) -> UploadFragment {
    let object = Uuid::from_u128(0x9000 + u128::from(start));
    UploadFragment { start, length, sha256: Sha256([3; 32]), object: Some(object) }
}

async fn add(db: &Db, session: Uuid, fragment: UploadFragment, total: u64) -> bool {
    db.write(move |tx| tx.add_upload_fragment(session, &fragment, total, at(200))).await.unwrap()
}

async fn fragments_are_added_in_order_and_once(database: Database) {
    let db = database.open();
    let one = begin(&db, 1, "ann").await;
    let begun = db.read(move |tx| tx.upload_session(one, at(99))).await.unwrap().unwrap();
    assert_eq!((begun.new, begun.received, begun.item), (session(1, "ann"), 0, None));
    assert_eq!(db.read(move |tx| tx.upload_session(one, at(100))).await.unwrap(), None, "at that instant it is over");
    assert!(!add(&db, one, part(5, 10), 100).await);
    assert!(add(&db, one, part(0, 10), 100).await);
    assert!(!add(&db, one, part(0, 10), 100).await);
    assert!(!add(&db, one, part(10, 10), 101).await, "another total");
    assert!(add(&db, one, part(10, 5), 100).await);
    // What was acknowledged is there after the process is gone.
    drop(db);
    let db = database.open();
    let now = db.read(move |tx| tx.upload_session(one, at(150))).await.unwrap().unwrap();
    assert_eq!((now.progress(), now.fragments), (Progress { received: 15, total: Some(100) }, 2));
    let parts = db.read(move |tx| tx.upload_fragments(one)).await.unwrap();
    assert_eq!(parts, [part(0, 10), part(10, 5)]);
    assert_eq!(db.read(move |tx| tx.upload_fragment(one, 10)).await.unwrap(), Some(part(10, 5)));
    assert_eq!(db.read(move |tx| tx.upload_fragment(one, 11)).await.unwrap(), None);
    assert!(db.read(|tx| tx.check()).await.unwrap().is_empty());
}

async fn a_session_ends_once_and_keeps_its_last_fragment(database: Database) {
    let db = database.open();
    let one = begin(&db, 1, "ann").await;
    add(&db, one, part(0, 10), 20).await;
    let finish = async |expires, now| {
        let last = UploadFragment { object: None, ..part(10, 10) };
        db.write(move |tx| tx.finish_upload_session(one, Some(&last), item_id(1), at(expires), at(now))).await
    };
    assert_eq!(finish(300, 200).await.unwrap(), None, "it is over");
    assert_eq!(finish(300, 50).await.unwrap(), Some(vec![part(0, 10).object.unwrap()]));
    assert_eq!(finish(300, 50).await.unwrap(), None);
    drop(db);
    let db = database.open();
    let ended = db.read(move |tx| tx.upload_session(one, at(299))).await.unwrap().unwrap();
    assert_eq!((ended.item, ended.received, ended.new.total), (Some(item_id(1)), 20, Some(20)));
    let last = UploadFragment { object: None, ..part(10, 10) };
    assert_eq!(db.read(move |tx| tx.upload_fragments(one)).await.unwrap(), [last]);
    assert!(!add(&db, one, part(20, 1), 20).await);
    assert_eq!(db.write(move |tx| tx.delete_upload_session(one, true)).await.unwrap(), None, "not under way");
    assert!(!db.read(move |tx| tx.is_upload_fragment(part(0, 10).object.unwrap())).await.unwrap());
    assert!(db.read(|tx| tx.check()).await.unwrap().is_empty());
}

async fn one_that_is_cancelled_or_over_gives_its_objects_back(database: Database) {
    let db = database.open();
    let (one, two) = (begin(&db, 1, "ann").await, begin(&db, 2, "ann").await);
    add(&db, one, part(0, 10), 20).await;
    let object = part(0, 10).object.unwrap();
    assert!(db.read(move |tx| tx.is_upload_fragment(object)).await.unwrap());
    assert_eq!(db.read(|tx| tx.staged_objects(None, 9)).await.unwrap(), [(object, 10)]);
    assert_eq!(db.read(move |tx| tx.staged_objects(Some(object), 9)).await.unwrap(), []);
    assert_eq!(db.write(move |tx| tx.delete_upload_session(one, true)).await.unwrap(), Some(vec![object]));
    assert_eq!(db.write(move |tx| tx.delete_upload_session(one, true)).await.unwrap(), None);
    assert!(db.read(|tx| tx.dead_upload_sessions(at(99), 9)).await.unwrap().is_empty());
    assert_eq!(db.read(|tx| tx.dead_upload_sessions(at(100), 9)).await.unwrap(), [two]);
    assert_eq!(db.write(move |tx| tx.delete_upload_session(two, false)).await.unwrap(), Some(vec![]));
}

async fn sessions_are_counted_by_caller_and_bytes_by_drive(database: Database) {
    let db = database.open();
    let one = begin(&db, 1, "ann").await;
    begin(&db, 2, "bob").await;
    add(&db, one, part(0, 10), 20).await;
    let count = |now| db.read(move |tx| tx.upload_sessions_of("bob", at(now)));
    assert_eq!((count(99).await.unwrap(), count(100).await.unwrap()), (1, 0));
    assert_eq!(db.read(|tx| tx.staged_bytes(&drive_id())).await.unwrap(), (10, 10));
    let elsewhere = driveway_core::id::DriveId::business(Uuid::from_u128(7));
    assert_eq!(db.read(move |tx| tx.staged_bytes(&elsewhere)).await.unwrap(), (0, 10));
    db.write(move |tx| tx.finish_upload_session(one, None, item_id(1), at(300), at(50))).await.unwrap();
    assert_eq!(db.read(|tx| tx.staged_bytes(&drive_id())).await.unwrap(), (0, 0));
}

async fn a_check_sees_gaps_and_wrong_sums(database: Database) {
    let db = database.open();
    let one = begin(&db, 1, "ann").await;
    add(&db, one, part(0, 10), 30).await;
    add(&db, one, part(10, 10), 30).await;
    database.tamper("UPDATE upload_sessions SET received = 21");
    let findings = db.read(|tx| tx.check()).await.unwrap();
    assert_eq!(findings.iter().map(|finding| finding.subject.clone()).collect::<Vec<_>>(), [one.to_string()]);
    database
        .tamper("UPDATE upload_sessions SET received = 20; UPDATE upload_fragments SET start = 11 WHERE start = 10");
    assert_eq!(db.read(|tx| tx.check()).await.unwrap().len(), 1);
}
