use driveway_core::audit::{By, Kind};
use driveway_core::permission::LinkScope;
use driveway_storage::{Db, NewEvent, Pruning};

use crate::backend::{Database, on_every_database};
use crate::world::*;

on_every_database! {
    events_are_chained_and_outlive_their_link
    every_changed_column_shows
    a_cut_off_end_shows_and_is_never_mended
    nonsense_shows_and_holds_nothing_up
    pruning_leaves_a_trail_that_verifies
    what_was_tampered_with_is_not_pruned
    a_long_trail_is_proved_from_its_newest_part
    links_without_a_trail_are_found
}

const ALL: i64 = i64::MAX;

fn open(database: &Database) -> Db {
    let db = database.open();
    seal_trails(&db);
    db
}

fn event(number: u128, kind: Kind, second: i64) -> NewEvent {
    let by = By { user: Some(ANN), application: Some(APP), ..By::default() };
    NewEvent { link: permission_id(number), kind, at: at(second), by, details: "{}".into() }
}

/// A link with a chain of this many events, a second apart.
async fn plant(db: &Db, number: u128, events: i64) {
    db.write(move |tx| {
        tx.insert_permission(&link(number, ROOT, LinkScope::Anonymous), None)?;
        tx.begin_trail(ROOT, &event(number, Kind::Created, 1))?;
        for second in 2..=events {
            assert!(tx.append_event(&event(number, Kind::Opened, second))?);
        }
        Ok(())
    })
    .await
    .unwrap();
}

async fn broken_at(db: &Db, number: u128) -> Option<i64> {
    let link = permission_id(number).to_string();
    db.read(move |tx| tx.trail_break(&link, ALL)).await.unwrap().0
}

async fn numbers(db: &Db, number: u128) -> Vec<i64> {
    let link = permission_id(number);
    let trail = db.read(move |tx| tx.trail(link, None, 1000)).await.unwrap();
    trail.iter().map(|entry| entry.record.sequence).collect()
}

async fn prune(db: &Db, number: u128, second: i64) -> Pruning {
    let link = permission_id(number).to_string();
    db.write(move |tx| tx.prune_trail(&link, at(second))).await.unwrap()
}

async fn events_are_chained_and_outlive_their_link(database: Database) {
    let db = open(&database);
    settle(&db).await;
    plant(&db, 1, 3).await;
    plant(&db, 2, 1).await;
    db.write(|tx| {
        assert!(tx.delete_permission(permission_id(1))?);
        assert!(tx.append_event(&event(1, Kind::Refused, 4))?, "the trail is still there");
        assert!(!tx.append_event(&event(9, Kind::Refused, 4))?, "of what never was there is none");
        assert_eq!(tx.trail_end(permission_id(1))?.unwrap().item, ROOT);
        assert_eq!(tx.trail_end(permission_id(9))?, None);
        let newest = tx.trail(permission_id(1), None, 2)?;
        assert_eq!(newest.iter().map(|entry| entry.record.sequence).collect::<Vec<_>>(), [4, 3]);
        assert_eq!(newest[0].record.kind, "refused");
        assert_eq!(newest[0].record.user, Some(ANN.to_string()));
        let rest = tx.trail(permission_id(1), Some(3), 9)?;
        assert_eq!(rest.iter().map(|entry| entry.record.kind.as_str()).collect::<Vec<_>>(), ["opened", "created"]);
        assert_eq!(tx.check_trails()?, []);
        Ok(())
    })
    .await
    .unwrap();
    assert_eq!((broken_at(&db, 1).await, broken_at(&db, 2).await), (None, None));
}

async fn every_changed_column_shows(_: Database) {
    let link = permission_id(1);
    for (sql, breaks) in [
        ("UPDATE link_events SET at = at + 1 WHERE sequence = 2", 2),
        ("UPDATE link_events SET at = 'x' WHERE sequence = 2", 2),
        ("UPDATE link_events SET item_id = 'x' WHERE sequence = 2", 2),
        ("UPDATE link_events SET kind = 'opened' WHERE sequence = 1", 1),
        ("UPDATE link_events SET user_id = NULL WHERE sequence = 3", 3),
        ("UPDATE link_events SET user_id = 'x' WHERE sequence = 3", 3),
        ("UPDATE link_events SET application_id = NULL WHERE sequence = 3", 3),
        ("UPDATE link_events SET address = '' WHERE sequence = 1", 1),
        ("UPDATE link_events SET through = 'page' WHERE sequence = 2", 2),
        ("UPDATE link_events SET details = '{ }' WHERE sequence = 2", 2),
        ("UPDATE link_events SET mac = (SELECT mac FROM link_events WHERE sequence = 1) WHERE sequence = 2", 2),
        ("UPDATE link_events SET mac = '' WHERE sequence = 4", 4),
        ("UPDATE link_events SET head = NULL", 5),
        ("UPDATE link_events SET head = 'x' WHERE sequence = 4", 5),
        ("UPDATE link_events SET anchor = 'x' WHERE sequence = 1", 1),
        ("UPDATE link_events SET anchor = 'x' WHERE sequence = 3", 3),
        ("UPDATE link_events SET sequence = 9 WHERE sequence = 4", 4),
        ("UPDATE link_events SET sequence = 0 WHERE sequence = 1", 0),
        ("DELETE FROM link_events WHERE sequence = 1", 2),
        ("DELETE FROM link_events WHERE sequence = 3", 3),
        ("DELETE FROM link_events", 1),
        (
            "UPDATE link_events SET sequence = 7 WHERE sequence = 2;
             UPDATE link_events SET sequence = 2 WHERE sequence = 3;
             UPDATE link_events SET sequence = 3 WHERE sequence = 7",
            2,
        ),
    ] {
        let database = crate::backend::sqlite();
        let db = open(&database);
        settle(&db).await;
        plant(&db, 1, 4).await;
        database.tamper(sql);
        assert_eq!(broken_at(&db, 1).await, Some(breaks), "{sql}");
        let findings = db.read(|tx| tx.check_trails()).await.unwrap();
        assert!(findings.iter().any(|finding| finding.subject.contains(&link.to_string())), "{sql}: {findings:?}");
    }
}

async fn a_cut_off_end_shows_and_is_never_mended(database: Database) {
    let db = open(&database);
    settle(&db).await;
    plant(&db, 1, 4).await;
    database.tamper("DELETE FROM link_events WHERE sequence > 2");
    assert_eq!(broken_at(&db, 1).await, Some(3));
    for second in 10..13 {
        assert!(db.write(move |tx| tx.append_event(&event(1, Kind::Opened, second))).await.unwrap());
    }
    assert_eq!(broken_at(&db, 1).await, Some(3), "going on doesn't mend it");
    database.tamper("DELETE FROM link_events");
    assert!(db.write(|tx| tx.append_event(&event(1, Kind::Opened, 20))).await.unwrap());
    assert_eq!(broken_at(&db, 1).await, Some(1), "nor does beginning anew");
}

async fn nonsense_shows_and_holds_nothing_up(_: Database) {
    for column in ["item_id", "sequence", "at", "kind", "user_id", "through", "details", "mac", "head", "anchor"] {
        for nonsense in ["'x'", "x'00'", "9223372036854775807", "0.5"] {
            let database = crate::backend::sqlite();
            let db = open(&database);
            settle(&db).await;
            plant(&db, 1, 3).await;
            database.tamper(&format!("UPDATE link_events SET {column} = {nonsense} WHERE sequence = 3"));
            assert!(broken_at(&db, 1).await.is_some(), "{column} = {nonsense}");
            for second in 10..13 {
                let appended = db.write(move |tx| tx.append_event(&event(1, Kind::Opened, second))).await;
                assert!(appended.is_ok(), "{column} = {nonsense}");
            }
            assert!(broken_at(&db, 1).await.is_some(), "{column} = {nonsense}");
            assert!(db.read(|tx| tx.trail(permission_id(1), None, 9)).await.is_ok(), "{column} = {nonsense}");
            assert!(!db.read(|tx| tx.check_trails()).await.unwrap().is_empty(), "{column} = {nonsense}");
        }
    }
}

async fn pruning_leaves_a_trail_that_verifies(database: Database) {
    let db = open(&database);
    settle(&db).await;
    plant(&db, 1, 6).await;
    assert_eq!(prune(&db, 1, 0).await, Pruning::Gone(0));
    assert_eq!(prune(&db, 1, 4).await, Pruning::Gone(3));
    assert_eq!(numbers(&db, 1).await, [6, 5, 4, 3]);
    assert_eq!(broken_at(&db, 1).await, None);
    let due = |second| db.read(move |tx| tx.trails_to_prune(at(second), "", 9));
    assert_eq!(due(4).await.unwrap(), Vec::<String>::new(), "an anchor isn't pruned again");
    assert_eq!(due(5).await.unwrap(), [permission_id(1).to_string()]);
    // All of a live link's trail may be old; where it was going on stays.
    assert_eq!(prune(&db, 1, 99).await, Pruning::Gone(4));
    assert_eq!(numbers(&db, 1).await, [6]);
    assert_eq!(broken_at(&db, 1).await, None);
    assert!(db.write(|tx| tx.append_event(&event(1, Kind::Revoked, 100))).await.unwrap());
    assert_eq!((numbers(&db, 1).await, broken_at(&db, 1).await), (vec![7, 6], None));
    // Of a link that is gone nothing stays.
    assert!(db.write(|tx| tx.delete_permission(permission_id(1))).await.unwrap());
    assert_eq!(prune(&db, 1, 101).await, Pruning::Gone(2));
    assert_eq!(numbers(&db, 1).await, Vec::<i64>::new());
}

async fn what_was_tampered_with_is_not_pruned(_: Database) {
    for sql in [
        "UPDATE link_events SET details = 'x' WHERE sequence = 2",
        "UPDATE link_events SET at = 0 WHERE sequence = 3",
        "DELETE FROM link_events WHERE sequence = 1",
        "DELETE FROM link_events WHERE sequence > 2",
    ] {
        let database = crate::backend::sqlite();
        let db = open(&database);
        settle(&db).await;
        plant(&db, 1, 4).await;
        database.tamper(sql);
        let before = numbers(&db, 1).await;
        assert_eq!(prune(&db, 1, 4).await, Pruning::Broken, "{sql}");
        assert_eq!(numbers(&db, 1).await, before, "{sql}");
    }
}

async fn a_long_trail_is_proved_from_its_newest_part(database: Database) {
    let db = open(&database);
    settle(&db).await;
    plant(&db, 1, 1200).await;
    assert_eq!(broken_at(&db, 1).await, None);
    database.tamper("UPDATE link_events SET details = 'x' WHERE sequence IN (100, 1150)");
    let link = permission_id(1).to_string();
    let proved =
        db.read(move |tx| Ok((tx.trail_break(&link, 30)?, tx.trail_break(&link, 60)?, tx.trail_break(&link, ALL)?)));
    assert_eq!(proved.await.unwrap(), ((None, 1171), (Some(1150), 1141), (Some(100), 1)));
}

async fn links_without_a_trail_are_found(database: Database) {
    let db = open(&database);
    settle(&db).await;
    plant(&db, 2, 2).await;
    db.write(|tx| {
        for number in [1, 3] {
            tx.insert_permission(&link(number, ROOT, LinkScope::Anonymous), None)?;
        }
        assert_eq!(tx.links_without_trail(None, 1)?, [(permission_id(1), ROOT)]);
        assert_eq!(tx.links_without_trail(Some(permission_id(1)), 9)?, [(permission_id(3), ROOT)]);
        assert_eq!(tx.check_trails()?.len(), 2);
        for number in [1, 3] {
            tx.begin_trail(ROOT, &event(number, Kind::Adopted, 9))?;
        }
        assert_eq!(tx.check_trails()?, []);
        Ok(())
    })
    .await
    .unwrap();
}
