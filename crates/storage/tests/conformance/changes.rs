use driveway_core::permission::{Grantee, LinkScope, Role};
use driveway_storage::{Db, ItemChange};

use crate::backend::{Database, on_every_database};
use crate::world::*;

on_every_database! {
    every_change_goes_to_the_end_of_its_drive_s
}

fn by() -> ItemChange {
    ItemChange::by(Some(ANN), None)
}

/// The sequence only grows, and by exactly so many.
async fn grows(db: &Db, by: i64, what: &str, before: &mut i64) {
    let last = db.read(|tx| tx.last_change(&drive_id())).await.unwrap();
    assert_eq!(last - *before, by, "{what}");
    *before = last;
}

async fn every_change_goes_to_the_end_of_its_drive_s(database: Database) {
    let db = database.open();
    seal_trails(&db);
    settle(&db).await;
    let mut last = 0;
    grows(&db, 0, "an empty drive has no changes", &mut last).await;
    db.write(|tx| {
        tx.insert_item(&folder(1, ROOT, "a"))?;
        tx.insert_item(&folder(2, ROOT, "b"))?;
        insert_file(tx, &file(3, item_id(1), "c", 7))
    })
    .await
    .unwrap();
    grows(&db, 3, "items are made", &mut last).await;
    db.write(|tx| tx.change_item(item_id(3), &by(), at(4))).await.unwrap();
    grows(&db, 1, "an item is changed", &mut last).await;
    db.write(|tx| tx.rename_or_move(item_id(3), item_id(1), "d", "d", &by(), at(5))).await.unwrap();
    grows(&db, 1, "it is renamed", &mut last).await;
    db.write(|tx| tx.rename_or_move(item_id(3), item_id(2), "d", "d", &by(), at(6))).await.unwrap();
    grows(&db, 2, "it is moved, and left a folder", &mut last).await;
    db.write(|tx| {
        adopt(tx, 8)?;
        tx.replace_content(item_id(3), &facet(8), 8, &by(), at(7))
    })
    .await
    .unwrap();
    grows(&db, 1, "its content is replaced", &mut last).await;
    db.write(|tx| tx.trash(item_id(2), at(8))).await.unwrap();
    grows(&db, 1, "a folder is deleted", &mut last).await;
    db.write(|tx| tx.restore(item_id(2), ROOT, "b", "b", &by(), at(9))).await.unwrap();
    grows(&db, 2, "it comes back", &mut last).await;
    db.write(|tx| {
        let link = link(1, item_id(3), LinkScope::Anonymous);
        tx.insert_permission(&link, Some(&slot(&link)))
    })
    .await
    .unwrap();
    grows(&db, 1, "a link is made", &mut last).await;
    let again = db
        .write(|tx| {
            let link = link(2, item_id(3), LinkScope::Anonymous);
            Ok(tx.insert_permission(&link, Some(&slot(&link))).is_err())
        })
        .await;
    assert!(again.unwrap());
    grows(&db, 0, "a link that there is", &mut last).await;
    db.write(|tx| tx.insert_permission(&grant(3, item_id(1), Grantee::User(BOB), Role::Read), None)).await.unwrap();
    db.write(|tx| tx.set_role(permission_id(3), Role::Write)).await.unwrap();
    db.write(|tx| tx.set_inherits(item_id(1), false)).await.unwrap();
    grows(&db, 3, "a grant is put and changed, and inheritance ended", &mut last).await;
    assert!(db.write(|tx| tx.delete_permission(permission_id(3))).await.unwrap());
    assert!(!db.write(|tx| tx.delete_permission(permission_id(3))).await.unwrap());
    grows(&db, 1, "a grant is taken away, once", &mut last).await;
    assert_sound(&db).await;
}
