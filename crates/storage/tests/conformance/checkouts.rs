use driveway_storage::ItemChange;

use crate::backend::{Database, on_every_database};
use crate::world::*;

on_every_database! {
    a_working_copy_is_nobody_elses_content_until_it_is_checked_in
    discarding_forgets_and_drafts_never_come_twice
    what_others_have_checked_out_is_found
}

async fn a_working_copy_is_nobody_elses_content_until_it_is_checked_in(database: Database) {
    let db = database.open();
    settle(&db).await;
    db.write(|tx| {
        insert_file(tx, &file(1, ROOT, "a", 1))?;
        tx.check_out(item_id(1), BOB)?;
        adopt(tx, 2)?;
        tx.put_working_copy(item_id(1), &facet(2), 2, at(5))
    })
    .await
    .unwrap();
    let (item, copy) = db.read(|tx| Ok((tx.item(item_id(1))?, tx.working_copy(item_id(1))?))).await.unwrap();
    let (item, copy) = (item.unwrap(), copy.unwrap());
    assert_eq!((item.size, item.content_revision, item.checked_out_by.as_ref().unwrap().0), (1, 1, BOB));
    assert_eq!((copy.file, copy.size, copy.draft, copy.modified_at), (facet(2), 2, 1, at(5)));
    assert_eq!(db.read(|tx| tx.collectable_blobs(at(999), 9)).await.unwrap(), [], "its bytes stay");
    assert_sound(&db).await;
    db.write(|tx| tx.check_in(item_id(1), Some("done"), &ItemChange::by(Some(BOB), None), at(6))).await.unwrap();
    let item = db.read(|tx| tx.item(item_id(1))).await.unwrap().unwrap();
    assert_eq!((item.size, item.content_revision, item.checked_out_by), (2, 2, None));
    let versions = db.read(|tx| tx.versions(item_id(1), None, 9)).await.unwrap();
    assert_eq!(versions.iter().map(|v| v.comment.as_deref()).collect::<Vec<_>>(), [Some("done"), None]);
    assert_sound(&db).await;
}

async fn discarding_forgets_and_drafts_never_come_twice(database: Database) {
    let db = database.open();
    settle(&db).await;
    for draft in 1..=2 {
        let copy = db
            .write(move |tx| {
                if draft == 1 {
                    insert_file(tx, &file(1, ROOT, "a", 1))?;
                }
                tx.check_out(item_id(1), BOB)?;
                tx.put_working_copy(item_id(1), &facet(1), 1, at(5))?;
                let copy = tx.working_copy(item_id(1))?;
                tx.discard_check_out(item_id(1)).map(|()| copy)
            })
            .await
            .unwrap();
        assert_eq!(copy.unwrap().draft, draft);
        let item = db.read(|tx| tx.item(item_id(1))).await.unwrap().unwrap();
        assert_eq!((item.checked_out_by, item.content_revision), (None, 1));
    }
    assert!(db.write(|tx| tx.put_working_copy(item_id(1), &facet(1), 1, at(5))).await.is_err(), "not checked out");
    assert_sound(&db).await;
}

async fn what_others_have_checked_out_is_found(database: Database) {
    let db = database.open();
    settle(&db).await;
    db.write(|tx| {
        insert_file(tx, &file(1, ROOT, "a", 1))?;
        insert_file(tx, &file(2, ROOT, "b", 1))?;
        tx.check_out(item_id(1), ANN)?;
        tx.check_out(item_id(2), BOB)
    })
    .await
    .unwrap();
    for (user, found) in [(Some(ANN), vec![item_id(2)]), (Some(BOB), vec![item_id(1)])] {
        assert_eq!(db.read(move |tx| tx.checked_out_by_others(&drive_id(), user)).await.unwrap(), found);
    }
    assert_eq!(db.read(|tx| tx.checked_out_by_others(&drive_id(), None)).await.unwrap().len(), 2);
    db.write(|tx| tx.trash(item_id(1), at(3))).await.unwrap();
    assert_eq!(db.read(|tx| tx.checked_out_by_others(&drive_id(), None)).await.unwrap(), [item_id(2)]);
}
