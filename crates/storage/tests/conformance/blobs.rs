use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use driveway_core::item::Sha256;
use driveway_storage::{Blobs, BlobsUrl, Damage, Look, PutOutcome, ReceiveError, Received};
use futures::{Stream, StreamExt, TryStreamExt, stream};
use sha2::Digest;
use uuid::Uuid;

use crate::backend::{Store, on_every_store};

on_every_store! {
    blobs_of_every_size_come_back
    every_range_is_right
    what_isnt_there_is_an_error
    what_is_over_the_limit_leaves_nothing
    a_broken_body_leaves_nothing
    a_dropped_upload_leaves_nothing
    equal_bytes_are_kept_once
    equal_uploads_at_once_leave_one_blob
    a_deleted_blob_is_gone
    damage_is_seen
}

const MIB: usize = 1024 * 1024;

/// Bytes that differ everywhere.
pub fn content(length: usize, seed: u64) -> Bytes {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let words = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    });
    words.flatten().take(length).collect::<Vec<_>>().into()
}

pub fn chunks(bytes: &Bytes, size: usize) -> impl Stream<Item = Result<Bytes, std::io::Error>> + Send + 'static {
    let parts: Vec<_> = bytes.chunks(size).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
    stream::iter(parts)
}

pub async fn put(blobs: &Blobs, bytes: &Bytes) -> Received {
    blobs.receive(chunks(bytes, 60_000), u64::MAX, name()).await.unwrap()
}

fn name() -> Uuid {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(1);
    Uuid::from_u128(NEXT.fetch_add(1, Ordering::Relaxed).into())
}

pub fn sha256(bytes: &[u8]) -> Sha256 {
    Sha256(sha2::Sha256::digest(bytes).into())
}

pub async fn get(blobs: &Blobs, sha256: &Sha256, range: Range<u64>) -> driveway_storage::Result<Vec<u8>> {
    let chunks: Vec<Bytes> = blobs.read(sha256, range).await?.try_collect().await?;
    Ok(chunks.concat())
}

/// Waits for what is cleaned up in the background.
async fn assert_files(store: &Store, count: usize) {
    for _ in 0..200 {
        if store.folder.is_none() || store.files().len() == count {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("{:?}", store.files());
}

async fn blobs_of_every_size_come_back(store: Store) {
    let sizes = [0, 1, 64 * 1024, 64 * 1024 + 1, 256 * 1024, 256 * 1024 + 1, MIB, 20 * MIB + 3];
    for (seed, size) in (1..).zip(sizes) {
        let bytes = content(size, seed);
        let received = put(&store.blobs, &bytes).await;
        assert_eq!((received.sha256, received.size), (sha256(&bytes), size as u64));
        let mut quick_xor = driveway_core::hash::QuickXorHash::new();
        quick_xor.update(&bytes);
        assert_eq!((received.quick_xor, received.put()), (quick_xor.finalize(), PutOutcome::Created));
        for _ in 0..2 {
            assert_eq!(get(&store.blobs, &received.sha256, 0..size as u64).await.unwrap(), bytes, "{size}");
        }
    }
    assert_files(&store, sizes.len()).await;
    assert!(store.files().iter().all(|file| file.starts_with("sha256/")));
}

async fn every_range_is_right(store: Store) {
    for size in [1000, 3 * MIB] {
        let bytes = content(size, 5);
        let sha256 = put(&store.blobs, &bytes).await.sha256;
        for range in [0..1, 0..size, 999..1000, size / 3..size, size / 3..size / 3 + 600, size - 1..size, 7..7] {
            let wanted = &bytes[range.clone()];
            let got = get(&store.blobs, &sha256, range.start as u64..range.end as u64).await.unwrap();
            assert_eq!(got, wanted, "{range:?} of {size}");
        }
        assert!(get(&store.blobs, &sha256, 0..size as u64 + 1).await.is_err(), "beyond the end of {size}");
        assert!(get(&store.blobs, &sha256, size as u64 + 5..size as u64 + 6).await.is_err(), "after the end of {size}");
    }
}

async fn what_isnt_there_is_an_error(store: Store) {
    assert!(get(&store.blobs, &Sha256([1; 32]), 0..5).await.is_err());
    store.blobs.delete(&Sha256([1; 32])).await.unwrap();
}

async fn what_is_over_the_limit_leaves_nothing(store: Store) {
    for size in [100, 5 * MIB] {
        let bytes = content(size, 6);
        let error = store.blobs.receive(chunks(&bytes, 1000), size as u64 - 1, name()).await.unwrap_err();
        assert!(matches!(error, ReceiveError::TooLarge), "{error}");
        assert_files(&store, 0).await;
    }
    let bytes = content(5 * MIB, 6);
    store.blobs.receive(chunks(&bytes, 1000), bytes.len() as u64, name()).await.unwrap();
    assert_files(&store, 1).await;
}

async fn a_broken_body_leaves_nothing(store: Store) {
    for size in [100, 5 * MIB] {
        let broken = chunks(&content(size, 7), 1000).chain(stream::iter([Err(std::io::Error::other("cut off"))]));
        let error = store.blobs.receive(broken, u64::MAX, name()).await.unwrap_err();
        assert!(matches!(&error, ReceiveError::Body(why) if why.contains("cut off")), "{error}");
        assert_files(&store, 0).await;
    }
}

async fn a_dropped_upload_leaves_nothing(store: Store) {
    let endless = chunks(&content(5 * MIB, 8), 1000).chain(stream::pending());
    let upload = store.blobs.receive(endless, u64::MAX, name());
    assert!(tokio::time::timeout(std::time::Duration::from_millis(300), upload).await.is_err());
    assert_files(&store, 0).await;
}

async fn equal_bytes_are_kept_once(store: Store) {
    for size in [100, 3 * MIB] {
        let bytes = content(size, 9);
        let first = put(&store.blobs, &bytes).await;
        let second = put(&store.blobs, &bytes).await;
        assert_eq!((first.put(), second.put()), (PutOutcome::Created, PutOutcome::AlreadyThere));
        assert_eq!(first.sha256, second.sha256);
        drop((first, second));
        assert_eq!(get(&store.blobs, &sha256(&bytes), 0..size as u64).await.unwrap(), bytes);
    }
    assert_files(&store, 2).await;
}

async fn equal_uploads_at_once_leave_one_blob(store: Store) {
    for size in [100, 2 * MIB] {
        let bytes = content(size, 10);
        let uploads = (0..16).map(|_| {
            let (blobs, bytes) = (store.blobs.clone(), bytes.clone());
            tokio::spawn(async move { put(&blobs, &bytes).await.put() })
        });
        let outcomes = futures::future::join_all(uploads).await;
        let created = outcomes.iter().filter(|outcome| *outcome.as_ref().unwrap() == PutOutcome::Created).count();
        assert_eq!(created, 1);
        assert_eq!(get(&store.blobs, &sha256(&bytes), 0..size as u64).await.unwrap(), bytes);
    }
    assert_files(&store, 2).await;
}

async fn a_deleted_blob_is_gone(store: Store) {
    let bytes = content(MIB, 11);
    let sha256 = put(&store.blobs, &bytes).await.sha256;
    store.blobs.delete(&sha256).await.unwrap();
    assert!(get(&store.blobs, &sha256, 0..1).await.is_err());
    assert_eq!(put(&store.blobs, &bytes).await.put(), PutOutcome::Created);
}

async fn damage_is_seen(store: Store) {
    let bytes = content(300_000, 11);
    let received = put(&store.blobs, &bytes).await;
    let look = async |size, look| store.blobs.verify(&received.sha256, size, look).await.unwrap();
    assert_eq!(look(300_000, Look::Inside).await, None);
    assert_eq!(look(1, Look::Outside).await, Some(Damage::OtherSize));
    if let Some(home) = &store.folder {
        let path = store.files().into_iter().find(|path| path.contains("sha256")).unwrap();
        std::fs::write(home.path().join("blobs").join(path), vec![0; 300_000]).unwrap();
        assert_eq!(look(300_000, Look::Outside).await, None);
        assert_eq!(look(300_000, Look::Inside).await, Some(Damage::OtherBytes));
    }
    store.blobs.delete(&received.sha256).await.unwrap();
    assert_eq!(look(300_000, Look::Outside).await, Some(Damage::Missing));
}

#[tokio::test]
async fn a_folder_is_opened_again() {
    let home = tempfile::tempdir().unwrap();
    let url = BlobsUrl::Folder(home.path().join("deep/blobs"));
    let bytes = content(3 * MIB, 12);
    let sha256 = put(&Blobs::open(&url).unwrap(), &bytes).await.sha256;
    let blobs = Arc::new(Blobs::open(&url).unwrap());
    assert_eq!(get(&blobs, &sha256, 0..bytes.len() as u64).await.unwrap(), bytes);
}

#[tokio::test]
async fn a_download_that_is_cut_off_is_no_harm() {
    let store = crate::backend::folder();
    let bytes = content(5 * MIB, 13);
    let sha256 = put(&store.blobs, &bytes).await.sha256;
    for _ in 0..20 {
        let mut stream = store.blobs.read(&sha256, 0..bytes.len() as u64).await.unwrap();
        assert!(stream.next().await.unwrap().is_ok());
    }
    assert_eq!(get(&store.blobs, &sha256, 0..bytes.len() as u64).await.unwrap(), bytes);
}
