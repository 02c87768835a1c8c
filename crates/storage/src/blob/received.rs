//! Bytes that have been received and are durable, and wait for the transaction that names them.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use driveway_core::item::Sha256;
use jiff::Timestamp;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use tokio::runtime::Handle;

use super::{Blobs, place};
use crate::blob_row::PutOutcome;
use crate::db::Db;
use crate::error::{Error, Result};

/// How often [`Blobs::put_again`] asks whether the collector is through, and how long it waits between.
const TRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(20);

/// Bytes under their hash, durable. To name them, adopt them in the transaction that does:
///
/// 1. [`Tx::adopt_blob`](crate::Tx::adopt_blob) with this outcome; if it says `Adopted`, go on with the item.
/// 2. If it says `PutAgain`, end the transaction, call [`Blobs::put_again`] and start anew.
///
/// If it is dropped instead, nothing refers to the bytes and the collector takes them in time.
pub struct Received {
    /// What the blob is called.
    pub sha256: Sha256,
    /// The hash that OneDrive clients verify by.
    pub quick_xor: [u8; 20],
    /// Its size in bytes.
    pub size: u64,
    outcome: Mutex<PutOutcome>,
    bytes: Bytes,
}

/// The bytes, for putting them again.
pub(super) enum Bytes {
    /// They were few enough to keep.
    InMemory(PutPayload),
    /// They weren't needed at their place, and lie beside it as yet.
    Staged(Staged),
    /// They were moved to their place.
    Moved,
}

/// A staged object, which goes away with this.
pub(super) struct Staged {
    pub(super) store: Arc<dyn ObjectStore>,
    pub(super) path: Path,
    pub(super) runtime: Handle,
}

impl Received {
    pub(super) fn new(hashes: (Sha256, [u8; 20]), size: u64, outcome: PutOutcome, bytes: Bytes) -> Self {
        let (sha256, quick_xor) = hashes;
        Self { sha256, quick_xor, size, outcome: Mutex::new(outcome), bytes }
    }

    /// What putting them came to, last.
    pub fn put(&self) -> PutOutcome {
        *self.outcome.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn confirm(&self) {
        *self.outcome.lock().unwrap_or_else(PoisonError::into_inner) = PutOutcome::Confirmed;
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Received({} bytes, {:?})", self.size, self.put())
    }
}

impl Blobs {
    /// Puts received bytes again, after a transaction that couldn't adopt them. Busy if the collector keeps them too
    /// long.
    pub async fn put_again(&self, db: &Db, received: &Received, now: Timestamp) -> driveway_core::Result<()> {
        let (sha256, size) = (received.sha256, received.size);
        let mut claimed = false;
        for _ in 0..TRIES {
            claimed = db.write(move |tx| tx.claim_blob(sha256, size, now)).await?;
            if claimed {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
        if !claimed {
            return Err(Error::Busy.into());
        }
        self.put_kept(received).await?;
        received.confirm();
        Ok(())
    }

    async fn put_kept(&self, received: &Received) -> Result<()> {
        match &received.bytes {
            Bytes::InMemory(payload) => self.put_whole(&received.sha256, payload.clone()).await.map(drop),
            Bytes::Staged(staged) => self.put_staged(&received.sha256, &staged.path).await.map(drop),
            // They were new and are young, so nobody has taken them; but better not to believe that.
            Bytes::Moved => self.store.head(&place(&received.sha256)).await.map(drop).map_err(Error::blobs),
        }
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        let (store, path) = (Arc::clone(&self.store), std::mem::take(&mut self.path));
        // Nobody waits for it. What a shutdown cuts off, or what fails, the next sweep does.
        self.runtime.spawn(async move { store.delete(&path).await });
    }
}
