use driveway_core::id::ItemId;
use driveway_storage::{Change, ChangeKind, Db, ItemChange, Order};

use crate::backend::{Database, on_every_database};
use crate::world::*;

on_every_database! {
    changes_are_read_between_two_others_in_both_orders
    what_leaves_a_folder_or_is_purged_leaves_its_name
    pruning_takes_the_oldest_and_says_up_to_where
    an_instant_is_a_place_among_the_changes
    children_come_by_their_ids
}

const ALL: [ChangeKind; 3] = [ChangeKind::Content, ChangeKind::Moved, ChangeKind::Restored];

fn by() -> ItemChange {
    ItemChange::by(Some(ANN), None)
}

async fn changes(db: &Db, between: (i64, i64), order: Order, limit: u32) -> Vec<Change> {
    db.read(move |tx| tx.changes(&drive_id(), between, &ALL, order, limit)).await.unwrap()
}

/// `a/c` (a file), `b`; made a second apart.
async fn plant(db: &Db) {
    seal_trails(db);
    settle(db).await;
    for (number, parent, name) in [(1, ROOT, "a"), (2, ROOT, "b")] {
        db.write(move |tx| tx.insert_item(&folder(number, parent, name))).await.unwrap();
    }
    db.write(|tx| insert_file(tx, &file(3, item_id(1), "c", 7))).await.unwrap();
}

fn items(changes: &[Change]) -> Vec<(i64, ItemId, ChangeKind)> {
    changes.iter().map(|change| (change.sequence, change.item, change.kind)).collect()
}

async fn changes_are_read_between_two_others_in_both_orders(database: Database) {
    let db = database.open();
    plant(&db).await;
    let content = |sequence, number| (sequence, item_id(number), ChangeKind::Content);
    let all = changes(&db, (0, 99), Order::Forwards, 9).await;
    assert_eq!(items(&all), [content(1, 1), content(2, 2), content(3, 3)]);
    assert_eq!(items(&changes(&db, (1, 3), Order::Forwards, 9).await), [content(2, 2)]);
    assert_eq!(items(&changes(&db, (0, 99), Order::Backwards, 2).await), [content(3, 3), content(2, 2)]);
    db.write(|tx| tx.change_item(item_id(1), &by(), at(5))).await.unwrap();
    assert_eq!(items(&changes(&db, (0, 99), Order::Forwards, 9).await), [content(2, 2), content(3, 3), content(4, 1)]);
    let moved = db.read(|tx| tx.changes(&drive_id(), (0, 99), &[ChangeKind::Moved], Order::Forwards, 9)).await.unwrap();
    assert!(moved.is_empty());
}

async fn what_leaves_a_folder_or_is_purged_leaves_its_name(database: Database) {
    let db = database.open();
    plant(&db).await;
    db.write(|tx| tx.set_inherits(item_id(3), false)).await.unwrap();
    assert!(!db.read(|tx| tx.came_after(item_id(3), 0)).await.unwrap());
    db.write(|tx| tx.rename_or_move(item_id(3), item_id(2), "d", "d", &by(), at(5))).await.unwrap();
    let moved = db.read(|tx| tx.changes(&drive_id(), (0, 99), &[ChangeKind::Moved], Order::Forwards, 9)).await.unwrap();
    let left = moved[0].left.clone().unwrap();
    assert_eq!((left.folder, left.name.as_str(), left.is_folder, left.cut_off), (item_id(1), "c", false, true));
    let sequence = moved[0].sequence;
    let came = db.read(move |tx| Ok((tx.came_after(item_id(3), sequence - 1)?, tx.came_after(item_id(3), sequence)?)));
    assert_eq!(came.await.unwrap(), (true, false));
    db.write(|tx| {
        tx.trash(item_id(2), at(6))?;
        tx.condemn(item_id(2), Some(ANN), None)
    })
    .await
    .unwrap();
    let before = db.read(|tx| tx.last_change(&drive_id())).await.unwrap();
    while db.write(|tx| tx.purge(9, at(7))).await.unwrap() {}
    assert_eq!(db.read(|tx| tx.last_change(&drive_id())).await.unwrap(), before, "it was gone already");
    let all = changes(&db, (0, 99), Order::Backwards, 1).await;
    let left = all[0].left.clone().unwrap();
    assert_eq!((all[0].item, left.folder, left.name.as_str(), left.is_folder), (item_id(2), ROOT, "b", true));
    assert_sound(&db).await;
}

async fn pruning_takes_the_oldest_and_says_up_to_where(database: Database) {
    let db = database.open();
    plant(&db).await;
    for second in 10..15 {
        db.write(move |tx| {
            tx.insert_item(&driveway_storage::NewItem {
                created_at: at(second),
                ..folder(second.unsigned_abs().into(), ROOT, &second.to_string())
            })
        })
        .await
        .unwrap();
    }
    let horizon = || async { db.read(|tx| tx.change_horizon(&drive_id())).await.unwrap() };
    assert_eq!(db.write(|tx| tx.prune_changes(at(1), 9)).await.unwrap(), 0);
    assert_eq!(horizon().await, 0);
    assert_eq!(db.write(|tx| tx.prune_changes(at(12), 2)).await.unwrap(), 2, "so many at once");
    assert_eq!(horizon().await, 2);
    assert_eq!(db.write(|tx| tx.prune_changes(at(12), 9)).await.unwrap(), 3);
    assert_eq!((horizon().await, db.write(|tx| tx.prune_changes(at(12), 9)).await.unwrap()), (5, 0));
    assert_eq!(db.write(|tx| tx.prune_changes(at(99), 9)).await.unwrap(), 2, "the newest stays");
    assert_eq!(db.write(|tx| tx.prune_changes(at(99), 9)).await.unwrap(), 0);
    assert_eq!(db.read(|tx| tx.last_change(&drive_id())).await.unwrap(), 8);
    assert_sound(&db).await;
    db.write(|tx| tx.change_item(item_id(1), &by(), at(100))).await.unwrap();
    assert_eq!(db.read(|tx| tx.last_change(&drive_id())).await.unwrap(), 9, "numbers don't come twice");
}

async fn an_instant_is_a_place_among_the_changes(database: Database) {
    let db = database.open();
    plant(&db).await;
    db.write(|tx| tx.change_item(item_id(2), &by(), at(20))).await.unwrap();
    let place = |second| {
        let db = &db;
        async move { db.read(move |tx| tx.change_at(&drive_id(), at(second))).await.unwrap() }
    };
    assert_eq!(
        (place(0).await, place(1).await, place(19).await, place(20).await),
        (Some(0), Some(3), Some(3), Some(4))
    );
    // Without a time of its own, a change of sharing has that of the one before it.
    db.write(|tx| tx.set_inherits(item_id(1), false)).await.unwrap();
    assert_eq!(place(20).await, Some(5));
    db.write(|tx| tx.prune_changes(at(9), 9)).await.unwrap();
    assert_eq!((place(0).await, place(20).await), (None, Some(5)), "nobody knows any more");
}

async fn children_come_by_their_ids(database: Database) {
    let db = database.open();
    plant(&db).await;
    db.write(|tx| {
        (4..8).try_for_each(|number| tx.insert_item(&folder(number, ROOT, &format!("z{}", 9 - number))))?;
        tx.trash(item_id(5), at(9))
    })
    .await
    .unwrap();
    let page = |after: Option<ItemId>| {
        let db = &db;
        async move {
            let items = db.read(move |tx| tx.children_by_id(ROOT, after, 3)).await.unwrap();
            items.iter().map(|item| item.id).collect::<Vec<_>>()
        }
    };
    let mut live = [1, 2, 4, 6, 7].map(item_id);
    live.sort_by_key(ToString::to_string);
    assert_eq!(page(None).await, live[..3]);
    assert_eq!(page(Some(live[2])).await, live[3..]);
    let behind_gone: Vec<ItemId> =
        live.into_iter().filter(|id| id.to_string() > item_id(5).to_string()).take(3).collect();
    assert_eq!(page(Some(item_id(5))).await, behind_gone, "from behind one that is gone");
}
