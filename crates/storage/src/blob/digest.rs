//! Both hashes of some content, as it goes by.

use bytes::Bytes;
use driveway_core::hash::QuickXorHash;
use driveway_core::item::Sha256;
use sha2::Digest as _;

/// Below this it costs more to hand the work to another thread than to do it.
const SMALL: usize = 16 * 1024;

/// The hashes of what has gone by.
#[derive(Default)]
pub(crate) struct Digest {
    sha256: sha2::Sha256,
    quick_xor: QuickXorHash,
}

impl Digest {
    /// Takes the next chunks; off the async threads if they are large.
    pub(crate) async fn update(mut self, chunks: Vec<Bytes>) -> crate::Result<Self> {
        if chunks.iter().map(Bytes::len).sum::<usize>() <= SMALL {
            self.take(&chunks);
            return Ok(self);
        }
        let hashing = tokio::task::spawn_blocking(move || {
            self.take(&chunks);
            self
        });
        hashing.await.map_err(crate::Error::blobs)
    }

    fn take(&mut self, chunks: &[Bytes]) {
        for chunk in chunks {
            self.sha256.update(chunk);
            self.quick_xor.update(chunk);
        }
    }

    /// What blobs are called, and what OneDrive clients verify by.
    pub(crate) fn finish(self) -> (Sha256, [u8; 20]) {
        (Sha256(self.sha256.finalize().into()), self.quick_xor.finalize())
    }
}
