//! Thumbnails of pictures: made when they are asked for, a few at a time, and kept in memory for a while.
//!
//! Whoever asks has been let through to the file by then, for each request anew (P29). What is kept is kept by the bytes that
//! it was made from, so that a replaced content has other thumbnails and a copy has the same.

mod cache;
mod draw;

use std::sync::Arc;

use bytes::Bytes;
use driveway_core::error::{Code, Error};
use driveway_core::item::{DriveItem, Sha256};
use driveway_core::thumbnail::Size;
use futures::TryStreamExt;
use tokio::sync::Semaphore;

use self::cache::Cache;
pub use self::draw::{Drawn, Measured};
use super::Result;
use super::access::Access;
use crate::app::App;

/// Thumbnails that are made at once. Each may take the memory of [`draw::MOST_BYTES`] and of its source.
const AT_ONCE: usize = 2;

/// Requests for thumbnails that may wait for their turn before the server says that it is busy.
const WAITING: usize = 64;

/// Bytes of thumbnails that are kept.
const KEPT_BYTES: usize = 64 * 1024 * 1024;

/// Pictures whose sizes are kept, in bytes of memory.
const MEASURED_BYTES: usize = 1024 * 1024;

/// Bytes of the beginning of a file, in which the size of a picture is looked for.
const HEAD_BYTES: u64 = 128 * 1024;

/// What an entry takes besides its bytes.
const ENTRY_BYTES: usize = 100;

/// The making of thumbnails.
#[derive(Debug)]
pub struct Thumbnails {
    running: Semaphore,
    admitted: Semaphore,
    /// What was made; `None` where nothing could be, so that it isn't tried again and again.
    drawn: Cache<(Sha256, Size), Option<Arc<Drawn>>>,
    measured: Cache<Sha256, Option<Measured>>,
}

impl Default for Thumbnails {
    fn default() -> Self {
        Self {
            running: Semaphore::new(AT_ONCE),
            admitted: Semaphore::new(WAITING),
            drawn: Cache::new(KEPT_BYTES),
            measured: Cache::new(MEASURED_BYTES),
        }
    }
}

/// The bytes that thumbnails of a file are made of.
#[derive(Debug, Clone, Copy)]
pub struct Source {
    sha256: Sha256,
    size: u64,
}

impl Source {
    /// The source of an item's thumbnails, if it says that it is a picture. Nothing is read for anything else.
    pub fn of(item: &DriveItem) -> Option<Self> {
        let file = item.file().filter(|file| file.mime_type.starts_with("image/"))?;
        Some(Self { sha256: file.sha256, size: u64::try_from(item.size).ok().filter(|size| *size > 0)? })
    }
}

/// Refuses a size that is as good as the picture to those who may look and not download (AMB-38).
pub fn refuse_copies(access: &Access, size: Size) -> Result<()> {
    if access.prevents_download() && !size.is_hint() {
        return Err(Error::access_denied(
            "This link lets look and not download; it gives small and medium thumbnails.",
        ));
    }
    Ok(())
}

/// The size of a picture as it is shown, if it is one that thumbnails are made of.
pub async fn measure(app: &App, source: Source) -> Option<Measured> {
    if source.size > app.config.limits.thumbnail_source_bytes {
        return None;
    }
    if let Some(known) = app.thumbnails.measured.get(&source.sha256) {
        return known;
    }
    let head = match read(app, source, HEAD_BYTES).await {
        Ok(head) => head,
        Err(error) => {
            tracing::warn!(cause = error.cause(), "a picture can't be read");
            return None;
        }
    };
    let goes_on = source.size > HEAD_BYTES;
    // Like all that reads what strangers put there, away from the threads that answer.
    let measured = tokio::task::spawn_blocking(move || draw::measure(&head, goes_on)).await;
    let measured = measured.inspect_err(|error| tracing::error!(%error, "measuring a picture failed")).ok().flatten();
    app.thumbnails.measured.put(source.sha256, measured, ENTRY_BYTES);
    measured
}

/// A thumbnail.
///
/// # Errors
/// `itemNotFound` if none can be made; `serviceNotAvailable` if too many are being made.
pub async fn draw(app: &App, source: Source, size: Size) -> Result<Arc<Drawn>> {
    let key = (source.sha256, size);
    let kept = || app.thumbnails.drawn.get(&key);
    let none = || Error::new(Code::ItemNotFound, "This item has no thumbnail.");
    if let Some(known) = kept() {
        return known.ok_or_else(none);
    }
    if measure(app, source).await.is_none() {
        return Err(none());
    }
    let _admitted = app.thumbnails.admitted.try_acquire().map_err(|_| Error::busy(2))?;
    let _turn = app.thumbnails.running.acquire().await.map_err(Error::internal)?;
    // Somebody else may have had it made meanwhile.
    if let Some(known) = kept() {
        return known.ok_or_else(none);
    }
    let bytes = read(app, source, source.size).await?;
    let drawn = tokio::task::spawn_blocking(move || draw::draw(&bytes, size)).await;
    // A decoder that panics is a picture without a thumbnail (P36).
    let drawn = drawn.inspect_err(|error| tracing::error!(%error, "making a thumbnail failed")).ok().flatten();
    let drawn = drawn.map(Arc::new);
    let weight = ENTRY_BYTES + drawn.as_ref().map_or(0, |drawn| drawn.bytes.len());
    app.thumbnails.drawn.put(key, drawn.clone(), weight);
    drawn.ok_or_else(none)
}

async fn read(app: &App, source: Source, most: u64) -> Result<Bytes> {
    match app.blobs.read(&source.sha256, 0..source.size.min(most)).await?.into_whole() {
        Ok(bytes) => Ok(bytes),
        Err(stream) => {
            let mut bytes = Vec::new();
            futures::pin_mut!(stream);
            while let Some(chunk) = stream.try_next().await? {
                bytes.extend_from_slice(&chunk);
            }
            Ok(bytes.into())
        }
    }
}
