use driveway_core::error::Code;
use driveway_core::listing::{MOST_SORTED_BY_SIZE, Order, Place, SortKey};
use driveway_storage::{NewItem, Tx};

use crate::backend::{Database, on_every_database};
use crate::world::*;

on_every_database! {
    every_order_comes_in_pages_without_gap_or_double
    a_large_folder_is_not_sorted_by_size
    the_recycle_bin_is_weighed
    a_quota_is_set
}

const ORDERS: [SortKey; 4] = [SortKey::Name, SortKey::Size, SortKey::Created, SortKey::Modified];

/// The names of a folder's items, read a page of so many at a time.
fn listed(tx: &mut Tx<'_>, order: Order, page: u32) -> driveway_core::Result<Vec<String>> {
    let (mut names, mut after): (Vec<String>, Option<Place>) = (Vec::new(), None);
    loop {
        let items = tx.children_in_order(ROOT, order, after.as_ref(), page)?;
        let Some(last) = items.last() else { return Ok(names) };
        after = Some(order.behind(last));
        names.extend(items.into_iter().map(|item| item.name));
    }
}

async fn every_order_comes_in_pages_without_gap_or_double(database: Database) {
    let db = database.open();
    settle(&db).await;
    // Sizes and instants come several times, so that the id has to tell.
    let new = |n: u8| NewItem { created_at: at((n % 4).into()), ..file(n.into(), ROOT, &format!("{}", 40 - n), n % 3) };
    db.write(move |tx| {
        (0..20).try_for_each(|n| insert_file(tx, &new(n)))?;
        tx.trash(item_id(5), at(9))
    })
    .await
    .unwrap();
    for by in ORDERS {
        for descending in [false, true] {
            let order = Order { by, descending };
            let (at_once, by_pages) =
                db.read(move |tx| Ok((listed(tx, order, 100)?, listed(tx, order, 3)?))).await.unwrap();
            assert_eq!(at_once, by_pages, "{order:?}");
            assert_eq!(at_once.len(), 19, "{order:?}: what is in the bin isn't listed");
            let mut reversed = db.read(move |tx| listed(tx, Order { by, descending: !descending }, 100)).await.unwrap();
            reversed.reverse();
            assert_eq!(at_once, reversed, "{order:?}");
        }
    }
    let sizes = db
        .read(|tx| tx.children_in_order(ROOT, Order { by: SortKey::Size, descending: true }, None, 100))
        .await
        .unwrap();
    assert!(sizes.windows(2).all(|two| two[0].size >= two[1].size));
}

async fn a_large_folder_is_not_sorted_by_size(database: Database) {
    let db = database.open();
    settle(&db).await;
    drop(db);
    database.tamper(&format!("UPDATE items SET child_count = {} WHERE parent_id IS NULL", MOST_SORTED_BY_SIZE + 1));
    let db = database.open();
    for (by, refused) in [(SortKey::Size, true), (SortKey::Modified, false), (SortKey::Created, false)] {
        let found = db.read(move |tx| tx.children_in_order(ROOT, Order { by, descending: false }, None, 5)).await;
        assert_eq!(found.err().map(|error| error.code()), refused.then_some(Code::NotSupported), "{by:?}");
    }
}

async fn the_recycle_bin_is_weighed(database: Database) {
    let db = database.open();
    settle(&db).await;
    db.write(|tx| {
        tx.insert_item(&folder(1, ROOT, "folder"))?;
        insert_file(tx, &file(2, item_id(1), "in it", 7))?;
        insert_file(tx, &file(3, item_id(1), "gone before", 5))?;
        insert_file(tx, &file(4, ROOT, "stays", 9))
    })
    .await
    .unwrap();
    let weigh = async || db.read(|tx| tx.recycled_bytes(&drive_id())).await.unwrap();
    assert_eq!(weigh().await, 0);
    db.write(|tx| tx.trash(item_id(3), at(5))).await.unwrap();
    assert_eq!(weigh().await, 5);
    db.write(|tx| tx.trash(item_id(1), at(6))).await.unwrap();
    assert_eq!(weigh().await, 12, "what lies in a folder counts once");
    db.write(|tx| tx.condemn(item_id(3), None, None)).await.unwrap();
    assert_eq!(weigh().await, 7, "what can't be restored doesn't count");
}

async fn a_quota_is_set(database: Database) {
    let db = database.open();
    settle(&db).await;
    assert!(db.write(|tx| tx.set_drive_quota(&drive_id(), 17)).await.unwrap());
    let drives = db.read(|tx| tx.drives()).await.unwrap();
    assert_eq!(drives.iter().map(|drive| drive.quota_bytes).collect::<Vec<_>>(), [17]);
    let other = driveway_core::id::DriveId::personal(uuid::Uuid::from_u128(9));
    assert!(!db.write(move |tx| tx.set_drive_quota(&other, 17)).await.unwrap());
}
