//! Is a blob there, as long as it should be, and what its name says?

use driveway_core::item::Sha256;
use object_store::ObjectStoreExt;
use sha2::Digest as _;

use futures::StreamExt as _;

use super::{Blobs, place};
use crate::error::{Error, Result};

/// What is wrong with a blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    /// It isn't there.
    Missing,
    /// It is there with another size.
    OtherSize,
    /// Its bytes aren't those that its name is the hash of.
    OtherBytes,
}

/// How closely to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// At its presence and size.
    Outside,
    /// At every byte.
    Inside,
}

impl Blobs {
    /// Looks at a blob of so many bytes, past every cache. `None` is good.
    pub async fn verify(&self, sha256: &Sha256, size: u64, look: Look) -> Result<Option<Damage>> {
        let found = match self.store.head(&place(sha256)).await {
            Ok(found) => found,
            Err(object_store::Error::NotFound { .. }) => return Ok(Some(Damage::Missing)),
            Err(error) => return Err(Error::blobs(error)),
        };
        if found.size != size {
            return Ok(Some(Damage::OtherSize));
        }
        match look {
            Look::Outside => Ok(None),
            Look::Inside => Ok((self.hash(sha256).await? != sha256.0).then_some(Damage::OtherBytes)),
        }
    }

    async fn hash(&self, sha256: &Sha256) -> Result<[u8; 32]> {
        let found = self.store.get(&place(sha256)).await.map_err(Error::blobs)?;
        let mut chunks = found.into_stream();
        let mut hasher = sha2::Sha256::new();
        while let Some(chunk) = chunks.next().await {
            hasher.update(chunk.map_err(Error::blobs)?);
        }
        Ok(hasher.finalize().into())
    }
}
