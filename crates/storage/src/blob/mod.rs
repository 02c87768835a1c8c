//! Bytes, kept by their hash in an object store.
//!
//! A blob lies at `sha256/ab/cdef…`. What is on its way there and too large for memory lies in `staging/`. Nothing is
//! ever overwritten: equal bytes have one place, and whoever comes second finds them there. Parts of files that aren't whole
//! yet lie in `sessions/`.

mod buffers;
mod cache;
mod collect;
mod digest;
mod folder;
mod fragment;
#[cfg(test)]
mod race;
mod read;
mod receive;
mod received;
mod verify;

use std::sync::Arc;

use data_encoding::HEXLOWER;
use driveway_core::item::Sha256;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use uuid::Uuid;

use self::buffers::Buffers;
use self::cache::Cache;
pub use self::collect::{Collected, Collection};
use self::folder::Folder;
pub use self::read::BlobStream;
pub use self::receive::ReceiveError;
pub use self::received::Received;
pub use self::verify::{Damage, Look};
use crate::error::{Error, Result};
use crate::url::BlobsUrl;

/// The bytes. Clones share the store and its cache.
#[derive(Debug, Clone)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
    /// The store's folder, where it is one: some things are done better, or only right, by hand.
    folder: Option<Arc<Folder>>,
    cache: Arc<Cache>,
    buffers: Arc<Buffers>,
}

impl Blobs {
    /// Opens the store, making its folder if need be. Blocks while it does.
    pub fn open(url: &BlobsUrl) -> Result<Self> {
        match url {
            BlobsUrl::Memory => Ok(Self::over(Arc::new(InMemory::new()), None)),
            BlobsUrl::Folder(path) => {
                let folder = Folder::prepare(path).map_err(Error::blobs)?;
                let store = LocalFileSystem::new_with_prefix(path).map_err(Error::blobs)?.with_fsync(true);
                Ok(Self::over(Arc::new(store), Some(Arc::new(folder))))
            }
        }
    }

    fn over(store: Arc<dyn ObjectStore>, folder: Option<Arc<Folder>>) -> Self {
        Self { store, folder, cache: Arc::default(), buffers: Arc::default() }
    }

    /// Deletes a blob, if it is there. Only the collector may, and an administrator who knows what they do.
    pub async fn delete(&self, sha256: &Sha256) -> Result<()> {
        match self.store.delete(&place(sha256)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(Error::blobs(error)),
        }
    }
}

/// Where a blob lies.
fn place(sha256: &Sha256) -> Path {
    let hex = HEXLOWER.encode(&sha256.0);
    let (shard, rest) = hex.split_at_checked(2).unwrap_or_default();
    Path::from_iter(["sha256", shard, rest])
}

/// What blob lies there, if one does.
fn named_by(path: &Path) -> Option<Sha256> {
    let hex: String = path.as_ref().strip_prefix("sha256/")?.split('/').collect();
    let bytes = HEXLOWER.decode(hex.as_bytes()).ok()?;
    bytes.try_into().ok().map(Sha256)
}

/// Where the bytes of an upload lie until their hash is known.
fn staging(name: Uuid) -> Path {
    Path::from_iter(["staging".to_owned(), name.to_string()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_tells_its_blob() {
        let sha256 = Sha256([0xab; 32]);
        assert_eq!(place(&sha256).as_ref().len(), "sha256/ab/".len() + 62);
        assert_eq!(named_by(&place(&sha256)), Some(sha256));
        assert_eq!(named_by(&staging(Uuid::nil())), None);
    }
}
