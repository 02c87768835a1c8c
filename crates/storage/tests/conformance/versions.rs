use driveway_core::version::FileVersion;
use driveway_storage::{Db, ItemChange};

use crate::backend::{Database, on_every_database};
use crate::world::*;

on_every_database! {
    replacing_keeps_what_was
    pruning_keeps_the_newest
    versions_are_copied_with_their_numbers
    versions_keep_their_blobs
}

/// A file with the contents 1 to `last`, one after the other.
async fn plant(db: &Db, last: u8) {
    settle(db).await;
    db.write(move |tx| {
        insert_file(tx, &file(1, ROOT, "a", 1))?;
        (2..=last).try_for_each(|content| {
            adopt(tx, content)?;
            let change = ItemChange::by(Some(BOB), None);
            tx.replace_content(item_id(1), &facet(content), content.into(), &change, at(content.into()))
        })
    })
    .await
    .unwrap();
}

async fn numbers(db: &Db, before: Option<i64>, limit: u32) -> Vec<i64> {
    let versions = db.read(move |tx| tx.versions(item_id(1), before, limit)).await.unwrap();
    versions.iter().map(|version| version.number).collect()
}

async fn replacing_keeps_what_was(database: Database) {
    let db = database.open();
    plant(&db, 3).await;
    assert_eq!(numbers(&db, None, 10).await, [3, 2, 1]);
    assert_eq!(numbers(&db, None, 2).await, [3, 2]);
    assert_eq!(numbers(&db, Some(2), 2).await, [1]);
    // A rename makes no version, and changes who wrote none.
    db.write(|tx| tx.rename_or_move(item_id(1), ROOT, "b", "b", &ItemChange::by(Some(ANN), Some(APP)), at(9)))
        .await
        .unwrap();
    let versions: Vec<FileVersion> = db.read(|tx| tx.versions(item_id(1), None, 9)).await.unwrap();
    for (version, content) in versions.iter().zip([3_u8, 2, 1]) {
        assert_eq!((&version.file, version.size), (&facet(content), i64::from(content)));
        let author = version.modified_by.user.as_ref().map(|(id, _)| *id);
        let (who, when) = if content == 1 { (ANN, at(1)) } else { (BOB, at(content.into())) };
        assert_eq!((author, version.modified_at), (Some(who), when), "{content}");
    }
    let one = db.read(|tx| tx.version(item_id(1), 1)).await.unwrap().unwrap();
    assert_eq!(one, versions[2]);
    assert_eq!(db.read(|tx| tx.version(item_id(1), 4)).await.unwrap(), None);
    assert_eq!(db.read(|tx| tx.versions(ROOT, None, 9)).await.unwrap(), []);
    assert!(!db.write(|tx| tx.delete_version(item_id(1), 3)).await.unwrap(), "the current one stays");
    assert!(db.write(|tx| tx.delete_version(item_id(1), 2)).await.unwrap());
    assert_eq!(numbers(&db, None, 10).await, [3, 1]);
    assert_sound(&db).await;
}

async fn pruning_keeps_the_newest(database: Database) {
    let db = database.open();
    plant(&db, 6).await;
    assert_eq!(db.write(|tx| tx.prune_versions(item_id(1), 2)).await.unwrap(), 3);
    assert_eq!(numbers(&db, None, 10).await, [6, 5, 4]);
    assert_eq!(db.write(|tx| tx.prune_versions(item_id(1), 0)).await.unwrap(), 2);
    assert_eq!(numbers(&db, None, 10).await, [6]);
    assert_sound(&db).await;
}

async fn versions_are_copied_with_their_numbers(database: Database) {
    let db = database.open();
    plant(&db, 4).await;
    db.write(|tx| {
        tx.insert_item(&file(2, ROOT, "copy", 4))?;
        tx.copy_versions(item_id(1), item_id(2))
    })
    .await
    .unwrap();
    let (from, to) =
        db.read(|tx| Ok((tx.versions(item_id(1), None, 9)?, tx.versions(item_id(2), None, 9)?))).await.unwrap();
    assert_eq!(from[1..], to[1..]);
    assert_eq!((to[0].number, &to[0].file), (4, &facet(4)));
    assert_sound(&db).await;
}

async fn versions_keep_their_blobs(database: Database) {
    let db = database.open();
    plant(&db, 3).await;
    let far = at(1_000_000);
    assert_eq!(db.read(move |tx| tx.collectable_blobs(far, 9)).await.unwrap(), []);
    assert!(!db.write(move |tx| tx.begin_collecting(sha(1), far, far)).await.unwrap());
    assert_eq!(db.read(|tx| tx.named_blobs(None, 9)).await.unwrap().len(), 3);
    db.write(|tx| tx.delete_version(item_id(1), 1)).await.unwrap();
    assert_eq!(db.read(move |tx| tx.collectable_blobs(far, 9)).await.unwrap(), [sha(1)]);
}
