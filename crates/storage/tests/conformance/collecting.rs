//! Uploads and the collector at the same time.

use bytes::Bytes;
use driveway_core::id::ItemId;
use driveway_core::item::FileFacet;
use driveway_storage::{Adoption, Blobs, Collection, Db, NewFacet, NewItem, PutOutcome, Received};
use jiff::{SignedDuration, Timestamp};

use crate::backend::{Store, on_every_store, sqlite};
use crate::blobs::{content, get, put, sha256};
use crate::world::*;

on_every_store! {
    what_nothing_refers_to_is_collected_after_its_grace
    an_upload_that_meets_the_collector_puts_its_bytes_again
    found_bytes_without_a_row_are_put_again
    an_upload_waits_for_the_collector_and_then_is_busy
    a_collector_that_died_does_no_harm
    bytes_put_under_a_collector_stay
    strays_and_staged_bytes_are_swept
    uploads_and_collections_at_once_lose_nothing
}

const SIZES: [usize; 2] = [300, 700_000];

/// A collection to which everything that exists is old.
fn all_old() -> Collection {
    let far = Timestamp::MAX.saturating_sub(SignedDuration::from_hours(24 * 365)).unwrap();
    Collection { now: far, store_now: far, grace: SignedDuration::ZERO }
}

/// A collection to which rows are old and objects are young.
fn objects_young() -> Collection {
    Collection { store_now: Timestamp::UNIX_EPOCH, ..all_old() }
}

async fn adopt_now(db: &Db, received: &Received) -> Adoption {
    let (sha256, size, put) = (received.sha256, received.size, received.put());
    db.write(move |tx| tx.adopt_blob(&sha256, size, put, at(0))).await.unwrap()
}

/// An upload as the server does it; the number of times that the bytes had to be put again.
async fn upload(db: &Db, blobs: &Blobs, bytes: &Bytes, number: u128) -> usize {
    let received = put(blobs, bytes).await;
    for again in 0.. {
        let facet = FileFacet { sha256: received.sha256, quick_xor: received.quick_xor, mime_type: "a/b".into() };
        let size = i64::try_from(received.size).unwrap();
        let new = NewItem { facet: NewFacet::File { file: facet, size }, ..folder(number, ROOT, &number.to_string()) };
        let (sha256, size, put) = (received.sha256, received.size, received.put());
        let adoption = db
            .write(move |tx| {
                let adoption = tx.adopt_blob(&sha256, size, put, at(0))?;
                if adoption == Adoption::Adopted {
                    tx.insert_item(&new)?;
                }
                Ok(adoption)
            })
            .await
            .unwrap();
        match adoption {
            Adoption::Adopted => return again,
            Adoption::PutAgain => blobs.put_again(db, &received, at(0)).await.unwrap(),
        }
    }
    unreachable!()
}

async fn remove(db: &Db, number: u128) {
    // The recycle bin and versions count as references, so the item gets other content and forgets what it had.
    let item: ItemId = item_id(number);
    db.write(move |tx| {
        adopt(tx, 1)?;
        tx.replace_content(item, &facet(1), 1, &driveway_storage::ItemChange::default(), at(1))?;
        tx.prune_versions(item, 0)
    })
    .await
    .unwrap();
}

async fn what_nothing_refers_to_is_collected_after_its_grace(store: Store) {
    let db = sqlite().open();
    settle(&db).await;
    let (kept, gone) = (content(1000, 1), content(700_000, 2));
    assert_eq!(upload(&db, &store.blobs, &kept, 1).await, 0);
    assert_eq!(upload(&db, &store.blobs, &gone, 2).await, 0);
    remove(&db, 2).await;
    let young = Collection { now: at(10), grace: SignedDuration::from_secs(60), ..all_old() };
    assert_eq!(store.blobs.collect(&db, young).await.unwrap().blobs, 0);
    let collected = store.blobs.collect(&db, all_old()).await.unwrap();
    assert_eq!((collected.blobs, collected.bytes), (1, 700_000));
    assert!(get(&store.blobs, &sha256(&gone), 0..1).await.is_err());
    assert_eq!(get(&store.blobs, &sha256(&kept), 0..1000).await.unwrap(), kept);
    assert_eq!(upload(&db, &store.blobs, &gone, 3).await, 0, "it can come back");
}

async fn an_upload_that_meets_the_collector_puts_its_bytes_again(store: Store) {
    for (seed, size) in (1..).zip(SIZES) {
        let db = sqlite().open();
        let bytes = content(size, seed);
        assert_eq!(adopt_now(&db, &put(&store.blobs, &bytes).await).await, Adoption::Adopted);
        let received = put(&store.blobs, &bytes).await;
        assert_eq!(received.put(), PutOutcome::AlreadyThere);
        store.blobs.collect(&db, all_old()).await.unwrap();
        assert!(get(&store.blobs, &received.sha256, 0..1).await.is_err());
        assert_eq!(adopt_now(&db, &received).await, Adoption::PutAgain);
        store.blobs.put_again(&db, &received, at(0)).await.unwrap();
        assert_eq!(adopt_now(&db, &received).await, Adoption::Adopted);
        drop(received);
        assert_eq!(get(&store.blobs, &sha256(&bytes), 0..size as u64).await.unwrap(), bytes);
    }
}

async fn found_bytes_without_a_row_are_put_again(store: Store) {
    for (seed, size) in (3..).zip(SIZES) {
        let db = sqlite().open();
        let bytes = content(size, seed);
        drop(put(&store.blobs, &bytes).await);
        let (first, second) = (put(&store.blobs, &bytes).await, put(&store.blobs, &bytes).await);
        assert_eq!(adopt_now(&db, &first).await, Adoption::PutAgain);
        store.blobs.put_again(&db, &first, at(0)).await.unwrap();
        assert_eq!(adopt_now(&db, &second).await, Adoption::PutAgain, "the claim of another is no proof");
        assert_eq!(adopt_now(&db, &first).await, Adoption::Adopted);
        assert_eq!(adopt_now(&db, &second).await, Adoption::Adopted, "the adoption of another is");
    }
}

async fn an_upload_waits_for_the_collector_and_then_is_busy(store: Store) {
    let db = sqlite().open();
    let bytes = content(500, 5);
    let received = put(&store.blobs, &bytes).await;
    assert_eq!(adopt_now(&db, &received).await, Adoption::Adopted);
    let sha256 = received.sha256;
    let begin = |db: Db| async move { db.write(move |tx| tx.begin_collecting(sha256, at(1), at(1))).await.unwrap() };
    assert!(begin(db.clone()).await);
    let error = store.blobs.put_again(&db, &received, at(0)).await.unwrap_err();
    assert_eq!(error.retry_after_seconds(), Some(1));
    let (waiting, collecting) = futures::join!(store.blobs.put_again(&db, &received, at(0)), async {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        store.blobs.delete(&sha256).await.unwrap();
        db.write(move |tx| tx.finish_collecting(sha256)).await
    });
    collecting.unwrap();
    waiting.unwrap();
    assert_eq!(adopt_now(&db, &received).await, Adoption::Adopted);
    assert_eq!(get(&store.blobs, &sha256, 0..500).await.unwrap(), bytes);
}

async fn a_collector_that_died_does_no_harm(store: Store) {
    for deleted in [false, true] {
        let db = sqlite().open();
        let bytes = content(500, 6);
        let received = put(&store.blobs, &bytes).await;
        let sha256 = received.sha256;
        let _ = db.write(move |tx| tx.adopt_blob(&sha256, 500, PutOutcome::Created, at(0))).await.unwrap();
        assert!(db.write(move |tx| tx.begin_collecting(sha256, at(1), at(1))).await.unwrap());
        if deleted {
            store.blobs.delete(&sha256).await.unwrap();
        }
        // The next collection settles it; rows are young to it, so it takes nothing itself.
        let later = Collection { now: at(3600), store_now: at(3600), grace: SignedDuration::from_hours(24) };
        assert_eq!(store.blobs.collect(&db, later).await.unwrap().blobs, 0);
        assert_eq!(db.read(move |tx| tx.has_blob(sha256)).await.unwrap(), !deleted);
        let received = put(&store.blobs, &bytes).await;
        assert_eq!(adopt_now(&db, &received).await, Adoption::Adopted);
        store.blobs.delete(&sha256).await.unwrap();
    }
}

async fn bytes_put_under_a_collector_stay(store: Store) {
    let db = sqlite().open();
    let bytes = content(500, 7);
    let sha256 = sha256(&bytes);
    // A claim whose upload died: a row without bytes.
    let received = put(&store.blobs, &bytes).await;
    store.blobs.put_again(&db, &received, at(0)).await.unwrap();
    store.blobs.delete(&sha256).await.unwrap();
    // Another upload puts them while the collector has the row in its hands.
    let received = put(&store.blobs, &bytes).await;
    assert_eq!(received.put(), PutOutcome::Created);
    assert_eq!(store.blobs.collect(&db, objects_young()).await.unwrap().blobs, 0);
    assert_eq!(adopt_now(&db, &received).await, Adoption::Adopted);
    assert_eq!(get(&store.blobs, &sha256, 0..500).await.unwrap(), bytes);
}

async fn strays_and_staged_bytes_are_swept(store: Store) {
    let db = sqlite().open();
    settle(&db).await;
    let (stray, kept) = (content(800_000, 8), content(900, 9));
    drop(put(&store.blobs, &stray).await);
    upload(&db, &store.blobs, &kept, 1).await;
    if let Some(home) = &store.folder {
        let blobs = home.path().join("blobs");
        std::fs::write(blobs.join("staging").join("0193"), "left").unwrap();
        std::fs::write(blobs.join("sha256/ab/cdef#1"), "left").unwrap();
    }
    let young = Collection { store_now: at(0), grace: SignedDuration::from_hours(24 * 365 * 100), ..all_old() };
    assert_eq!(store.blobs.sweep(&db, young).await.unwrap(), driveway_storage::Collected::default());
    let swept = store.blobs.sweep(&db, all_old()).await.unwrap();
    assert_eq!((swept.blobs, swept.bytes), (1, 800_000));
    assert_eq!(swept.remains, if store.folder.is_some() { 2 } else { 0 });
    assert!(get(&store.blobs, &sha256(&stray), 0..1).await.is_err());
    assert_eq!(get(&store.blobs, &sha256(&kept), 0..900).await.unwrap(), kept);
    assert!(store.folder.is_none() || store.files().len() == 1);
}

async fn uploads_and_collections_at_once_lose_nothing(store: Store) {
    let database = sqlite();
    let db = database.open();
    settle(&db).await;
    // To this collector every row is old and every object young, as if each had just been put: it marks and looks at
    // all that nothing refers to yet, and lets go of it again, while uploads adopt.
    let contents: Vec<_> = (0..4).map(|seed| content(200 + seed * 300_000, 100 + seed as u64)).collect();
    let collector = {
        let (db, blobs) = (db.clone(), store.blobs.clone());
        tokio::spawn(async move {
            for _ in 0..60 {
                blobs.collect(&db, objects_young()).await.unwrap();
                tokio::task::yield_now().await;
            }
        })
    };
    let uploads = (0..40_u128).map(|number| {
        let (db, blobs) = (db.clone(), store.blobs.clone());
        let bytes = contents[(number % 4) as usize].clone();
        tokio::spawn(async move {
            upload(&db, &blobs, &bytes, number).await;
            if number % 3 == 0 {
                remove(&db, number).await;
            }
        })
    });
    for task in futures::future::join_all(uploads).await {
        task.unwrap();
    }
    collector.await.unwrap();
    store.blobs.collect(&db, all_old()).await.unwrap();
    for bytes in &contents {
        assert_eq!(get(&store.blobs, &sha256(bytes), 0..bytes.len() as u64).await.unwrap(), *bytes);
    }
    assert_sound(&db).await;
}
