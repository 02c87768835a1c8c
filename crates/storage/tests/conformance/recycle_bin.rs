use driveway_core::error::Code;
use driveway_core::id::ItemId;
use driveway_core::permission::LinkScope;
use driveway_storage::{Db, ItemChange};

use crate::backend::{Database, on_every_database};
use crate::world::*;

on_every_database! {
    the_bin_is_listed_newest_first
    restoring_puts_back_and_counts_again
    purging_takes_a_tree_a_few_rows_at_a_time
    what_is_old_is_condemned
}

fn by() -> ItemChange {
    ItemChange::by(Some(ANN), None)
}

/// `a/b/c` (a file), `d`, `e`; with a link on the file.
async fn plant(db: &Db) {
    seal_trails(db);
    settle(db).await;
    db.write(|tx| {
        tx.insert_item(&folder(1, ROOT, "a"))?;
        tx.insert_item(&folder(2, item_id(1), "b"))?;
        insert_file(tx, &file(3, item_id(2), "c", 7))?;
        tx.insert_item(&folder(4, ROOT, "d"))?;
        tx.insert_item(&folder(5, ROOT, "e"))?;
        let link = link(1, item_id(3), LinkScope::Anonymous);
        tx.insert_permission(&link, Some(&slot(&link)))
    })
    .await
    .unwrap();
}

async fn bin(db: &Db) -> Vec<ItemId> {
    let items = db.read(|tx| tx.recycle_bin(&drive_id(), None, 9)).await.unwrap();
    items.iter().map(|item| item.id).collect()
}

async fn the_bin_is_listed_newest_first(database: Database) {
    let db = database.open();
    plant(&db).await;
    assert!(bin(&db).await.is_empty());
    for (number, second) in [(4, 5), (1, 6), (5, 6)] {
        db.write(move |tx| tx.trash(item_id(number), at(second))).await.unwrap();
    }
    assert_eq!(bin(&db).await, [item_id(5), item_id(1), item_id(4)]);
    let after = Some((at(6), item_id(5)));
    let page = db.read(move |tx| tx.recycle_bin(&drive_id(), after, 1)).await.unwrap();
    assert_eq!(page.iter().map(|item| item.id).collect::<Vec<_>>(), [item_id(1)]);
}

async fn restoring_puts_back_and_counts_again(database: Database) {
    let db = database.open();
    plant(&db).await;
    let restore = |item: u128, parent: ItemId, name: &'static str| {
        let db = &db;
        async move { db.write(move |tx| tx.restore(item_id(item), parent, name, name, &by(), at(9))).await }
    };
    assert_eq!(restore(1, ROOT, "a").await.unwrap_err().code(), Code::ItemNotFound, "it is live");
    db.write(|tx| tx.trash(item_id(1), at(5))).await.unwrap();
    assert_eq!(restore(1, ROOT, "d").await.unwrap_err().code(), Code::NameAlreadyExists);
    assert_eq!(restore(1, item_id(2), "x").await.unwrap_err().code(), Code::InvalidRequest, "below itself");
    assert_eq!(bin(&db).await, [item_id(1)]);
    restore(1, item_id(4), "z").await.unwrap();
    let (d, file) = db
        .read(|tx| Ok((tx.item(item_id(4))?, tx.resolve_path(ROOT, &["d", "z", "b", "c"].map(str::to_owned))?)))
        .await
        .unwrap();
    assert_eq!((d.unwrap().size, file.unwrap().id), (7, item_id(3)));
    assert!(db.read(|tx| tx.permission(permission_id(1))).await.unwrap().is_some(), "links come back");
    assert_sound(&db).await;
}

async fn purging_takes_a_tree_a_few_rows_at_a_time(database: Database) {
    let db = database.open();
    plant(&db).await;
    assert!(db.write(|tx| tx.condemn(item_id(1), None, None)).await.is_err(), "it is live");
    db.write(|tx| {
        adopt(tx, 8)?;
        tx.replace_content(item_id(3), &facet(8), 8, &by(), at(4))?;
        tx.trash(item_id(1), at(5))?;
        tx.condemn(item_id(1), Some(ANN), Some(APP))
    })
    .await
    .unwrap();
    assert!(bin(&db).await.is_empty());
    let restored = db.write(|tx| tx.restore(item_id(1), ROOT, "a", "a", &by(), at(9))).await;
    assert_eq!(restored.unwrap_err().code(), Code::ItemNotFound);
    let mut rounds = 0;
    while db.write(|tx| tx.purge(1, at(9))).await.unwrap() {
        assert_sound(&db).await;
        rounds += 1;
        assert!(rounds < 20);
    }
    for number in 1..=3 {
        assert_eq!(db.read(move |tx| tx.item(item_id(number))).await.unwrap(), None);
    }
    assert!(db.read(|tx| tx.permission(permission_id(1))).await.unwrap().is_none());
    let trail = db.read(|tx| tx.trail(permission_id(1), None, 9)).await.unwrap();
    assert_eq!(trail.iter().map(|entry| entry.record.kind.as_str()).collect::<Vec<_>>(), ["revoked"]);
    let by = trail.first().map(|entry| (entry.record.user.clone(), entry.record.application.clone()));
    assert_eq!(by, Some((Some(ANN.to_string()), Some(APP.to_string()))), "who deleted the tree, below its top as well");
    assert_eq!(db.read(|tx| tx.collectable_blobs(at(999), 9)).await.unwrap(), [sha(7), sha(8)]);
    assert!(db.read(|tx| tx.item(item_id(4))).await.unwrap().is_some());
    assert_sound(&db).await;
}

async fn what_is_old_is_condemned(database: Database) {
    let db = database.open();
    plant(&db).await;
    for (number, second) in [(1, 5), (4, 6), (5, 7)] {
        db.write(move |tx| tx.trash(item_id(number), at(second))).await.unwrap();
    }
    assert_eq!(db.write(|tx| tx.condemn_older(at(7), 1)).await.unwrap(), 1);
    assert_eq!(db.write(|tx| tx.condemn_older(at(7), 9)).await.unwrap(), 1);
    assert_eq!(db.write(|tx| tx.condemn_older(at(7), 9)).await.unwrap(), 0);
    assert_eq!(bin(&db).await, [item_id(5)]);
    while db.write(|tx| tx.purge(9, at(9))).await.unwrap() {}
    assert_eq!(db.read(|tx| tx.item(item_id(3))).await.unwrap(), None);
    assert_sound(&db).await;
}
