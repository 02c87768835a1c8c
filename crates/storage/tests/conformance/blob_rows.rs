use driveway_storage::Adoption::{Adopted, PutAgain};
use driveway_storage::PutOutcome::{AlreadyThere, Confirmed, Created};

use crate::backend::{Database, on_every_database};
use crate::world::*;

on_every_database! {
    adoption_follows_the_rules
    only_old_and_unreferenced_blobs_are_collected
    strays_are_collected_too
}

async fn adoption_follows_the_rules(database: Database) {
    let db = database.open();
    db.write(|tx| {
        let mut adopt = |content, put| tx.adopt_blob(&sha(content), 1, put, at(0));
        assert_eq!(adopt(1, AlreadyThere)?, PutAgain, "found, and nobody vouches for it");
        assert_eq!(adopt(1, Confirmed)?, PutAgain, "claimed long ago");
        assert_eq!(adopt(1, Created)?, Adopted);
        for put in [AlreadyThere, Created, Confirmed] {
            assert_eq!(adopt(1, put)?, Adopted, "{put:?} a blob that is kept");
        }
        assert!(tx.begin_collecting(sha(1), at(1), at(1))?);
        for put in [AlreadyThere, Created, Confirmed] {
            assert_eq!(tx.adopt_blob(&sha(1), 1, put, at(2))?, PutAgain, "{put:?} a blob that goes away");
        }
        tx.finish_collecting(sha(1))?;
        assert!(!tx.has_blob(sha(1))?);
        Ok(())
    })
    .await
    .unwrap();
}

async fn only_old_and_unreferenced_blobs_are_collected(database: Database) {
    let db = database.open();
    settle(&db).await;
    db.write(|tx| {
        (1..=4).try_for_each(|content| adopt(tx, content))?;
        insert_file(tx, &file(1, ROOT, "a", 1))?;
        insert_file(tx, &file(2, ROOT, "b", 2))?;
        tx.trash(item_id(2), at(5))?;
        assert_eq!(tx.collectable_blobs(at(0), 10)?, []);
        let mut found = tx.collectable_blobs(at(1), 10)?;
        found.sort_unstable();
        assert_eq!(found, [sha(3), sha(4)], "what lies in the recycle bin counts");
        assert_eq!(tx.collectable_blobs(at(1), 1)?.len(), 1);
        assert!(!tx.begin_collecting(sha(1), at(1), at(1))?, "referred to");
        assert!(!tx.begin_collecting(sha(3), at(0), at(1))?, "young");
        assert!(tx.begin_collecting(sha(3), at(1), at(1))?);
        assert!(!tx.begin_collecting(sha(3), at(1), at(1))?, "twice");
        assert_eq!(tx.collectable_blobs(at(1), 10)?, [sha(4)]);
        assert_eq!((tx.abandoned_blobs(at(1))?, tx.abandoned_blobs(at(2))?), (vec![], vec![sha(3)]));
        tx.release_blob(sha(3), at(2))?;
        assert_eq!(tx.adopt_blob(&sha(3), 3, AlreadyThere, at(2))?, Adopted);
        tx.finish_collecting(sha(3))?;
        assert!(tx.has_blob(sha(3))?, "only what is being collected is forgotten");
        Ok(())
    })
    .await
    .unwrap();
    assert_sound(&db).await;
}

async fn strays_are_collected_too(database: Database) {
    let db = database.open();
    db.write(|tx| {
        assert!(tx.begin_collecting_stray(sha(1), 5, at(0))?);
        assert!(!tx.begin_collecting_stray(sha(1), 5, at(0))?);
        assert_eq!(tx.adopt_blob(&sha(1), 5, AlreadyThere, at(0))?, PutAgain);
        Ok(())
    })
    .await
    .unwrap();
}
