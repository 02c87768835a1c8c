use driveway_storage::{Damage, ReceiveError};
use futures::{StreamExt, TryStreamExt, stream};
use uuid::Uuid;

use crate::backend::{Store, on_every_store};
use crate::blobs::{chunks, content, sha256};

on_every_store! {
    fragments_of_every_size_come_back_in_their_order
    one_that_breaks_off_or_is_too_long_leaves_nothing
    a_lost_one_is_seen
}

async fn fragments_of_every_size_come_back_in_their_order(store: Store) {
    let sizes = [1, 1000, 256 * 1024, 256 * 1024 + 1, 3 * 1024 * 1024 + 7];
    let (mut whole, mut objects) = (Vec::new(), Vec::new());
    for (seed, size) in (1..).zip(sizes) {
        let bytes = content(size, seed);
        let object = Uuid::from_u128(seed.into());
        let hash = store.blobs.stage_fragment(chunks(&bytes, 60_000), size as u64, object).await.unwrap();
        assert_eq!(hash, sha256(&bytes));
        assert_eq!(store.blobs.hash_fragment(chunks(&bytes, 70_000), size as u64).await.unwrap(), hash);
        whole.extend_from_slice(&bytes);
        objects.push(object);
    }
    assert!(store.files().iter().all(|file| file.starts_with("sessions/")));
    let read: Vec<_> = store.blobs.read_fragments(objects.clone()).try_collect().await.unwrap();
    assert!(read.concat() == whole);
    store.blobs.delete_fragments(objects.clone()).await;
    store.blobs.delete_fragments(objects.clone()).await;
    assert!(store.files().is_empty());
    assert!(store.blobs.read_fragments(objects).try_collect::<Vec<_>>().await.is_err());
}

async fn one_that_breaks_off_or_is_too_long_leaves_nothing(store: Store) {
    for size in [100, 3 * 1024 * 1024] {
        let bytes = content(size, 7);
        let broken = chunks(&bytes, 1000).chain(stream::iter([Err(std::io::Error::other("cut off"))]));
        let error = store.blobs.stage_fragment(broken, u64::MAX, Uuid::from_u128(1)).await.unwrap_err();
        assert!(matches!(error, ReceiveError::Body(_)), "{error}");
        let object = Uuid::from_u128(2);
        let error = store.blobs.stage_fragment(chunks(&bytes, 1000), size as u64 - 1, object).await.unwrap_err();
        assert!(matches!(error, ReceiveError::TooLarge), "{error}");
        for _ in 0..200 {
            if store.files().is_empty() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert!(store.files().is_empty(), "{:?}", store.files());
    }
}

async fn a_lost_one_is_seen(store: Store) {
    let object = Uuid::from_u128(5);
    let look = async |size| store.blobs.verify_fragment(object, size).await.unwrap();
    assert_eq!(look(100).await, Some(Damage::Missing));
    store.blobs.stage_fragment(chunks(&content(100, 1), 10), 100, object).await.unwrap();
    assert_eq!((look(100).await, look(99).await), (None, Some(Damage::OtherSize)));
}
