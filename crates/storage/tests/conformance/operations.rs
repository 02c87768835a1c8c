use driveway_core::operation::OperationStatus;
use driveway_storage::{Db, Operation, OperationFolder};
use uuid::Uuid;

use crate::backend::{Database, on_every_database};
use crate::world::*;

on_every_database! {
    an_operation_goes_on_folder_by_folder_until_it_ends
    one_that_failed_says_why_and_is_forgotten
    what_lies_below_is_counted
}

fn operation(number: u128, caller: &str) -> Operation {
    Operation {
        id: Uuid::from_u128(number),
        caller: caller.into(),
        source_right: "from".into(),
        target_right: "to".into(),
        conflict: "fail".into(),
        versions: number % 2 == 1,
        drive: drive_id(),
        result: item_id(9),
        total: 4,
    }
}

async fn begin(db: &Db, number: u128, caller: &'static str) -> Uuid {
    let started = at(i64::try_from(number).unwrap());
    db.write(move |tx| tx.insert_operation(&operation(number, caller), started)).await.unwrap();
    Uuid::from_u128(number)
}

async fn an_operation_goes_on_folder_by_folder_until_it_ends(database: Database) {
    let db = database.open();
    let (two, one) = (begin(&db, 2, "ann").await, begin(&db, 1, "ann").await);
    begin(&db, 3, "bob").await;
    let under_way = db.read(|tx| tx.operations_under_way(2)).await.unwrap();
    assert_eq!(under_way, [one, two], "oldest first");
    assert_eq!(db.read(|tx| tx.operations_of("ann")).await.unwrap(), 2);
    assert_eq!(db.read(move |tx| tx.operation(one)).await.unwrap(), Some(operation(1, "ann")));
    db.write(move |tx| {
        tx.push_operation_folder(one, item_id(1), item_id(11))?;
        tx.push_operation_folder(one, item_id(2), item_id(12))?;
        tx.advance_operation_folder(one, 2, Some("m"))
    })
    .await
    .unwrap();
    // What was reached is there after the process is gone.
    drop(db);
    let db = database.open();
    let next = db.read(move |tx| tx.next_operation_folder(one)).await.unwrap();
    let wanted = OperationFolder { number: 2, source: item_id(2), target: item_id(12), after: "m".into() };
    assert_eq!(next, Some(wanted));
    db.write(move |tx| {
        tx.advance_operation_folder(one, 2, None)?;
        tx.count_operation(one, 3)
    })
    .await
    .unwrap();
    assert_eq!(db.read(move |tx| tx.next_operation_folder(one)).await.unwrap().unwrap().number, 1);
    assert_eq!(db.read(move |tx| tx.next_operation_folder(two)).await.unwrap(), None);
    let progress = db.read(move |tx| tx.progress(one)).await.unwrap().unwrap();
    assert_eq!((progress.status, progress.percentage()), (OperationStatus::InProgress, 75));
    db.write(move |tx| tx.end_operation(one, None, at(50))).await.unwrap();
    let progress = db.read(move |tx| tx.progress(one)).await.unwrap().unwrap();
    assert_eq!((progress.status, progress.percentage()), (OperationStatus::Completed, 100));
    assert_eq!(db.read(move |tx| tx.operation(one)).await.unwrap(), None);
    assert_eq!(db.read(move |tx| tx.next_operation_folder(one)).await.unwrap(), None);
    assert_eq!(db.read(|tx| tx.operations_of("ann")).await.unwrap(), 1);
}

async fn one_that_failed_says_why_and_is_forgotten(database: Database) {
    let db = database.open();
    let one = begin(&db, 1, "ann").await;
    db.write(move |tx| {
        tx.push_operation_folder(one, item_id(1), item_id(11))?;
        tx.end_operation(one, Some(("accessDenied", "No.")), at(50))
    })
    .await
    .unwrap();
    let progress = db.read(move |tx| tx.progress(one)).await.unwrap().unwrap();
    assert_eq!(progress.error, Some(("accessDenied".into(), "No.".into())));
    assert_eq!((progress.status, progress.percentage()), (OperationStatus::Failed, 0));
    assert_eq!(db.write(|tx| tx.prune_operations(at(50))).await.unwrap(), 0);
    begin(&db, 2, "ann").await;
    assert_eq!(db.write(|tx| tx.prune_operations(at(51))).await.unwrap(), 1);
    assert_eq!(db.read(move |tx| tx.progress(one)).await.unwrap(), None);
    assert_eq!(db.read(|tx| tx.operations_under_way(9)).await.unwrap().len(), 1);
}

async fn what_lies_below_is_counted(database: Database) {
    let db = database.open();
    settle(&db).await;
    db.write(|tx| {
        tx.insert_item(&folder(1, ROOT, "a"))?;
        tx.insert_item(&folder(2, item_id(1), "b"))?;
        insert_file(tx, &file(3, item_id(2), "c", 7))?;
        tx.insert_item(&folder(4, item_id(1), "d"))
    })
    .await
    .unwrap();
    assert_eq!(db.read(|tx| tx.count_below(ROOT)).await.unwrap(), 4);
    db.write(|tx| tx.trash(item_id(2), at(2))).await.unwrap();
    assert_eq!(db.read(|tx| tx.count_below(ROOT)).await.unwrap(), 2);
    assert_eq!(db.read(|tx| tx.count_below(item_id(3))).await.unwrap(), 0);
}
