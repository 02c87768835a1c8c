//! Parts of files that aren't whole yet: objects of their own, durable when they are acknowledged, and no blobs.

use std::fmt;

use bytes::Bytes;
use driveway_core::item::Sha256;
use futures::{Stream, StreamExt, TryStreamExt, stream};
use object_store::path::Path;
use object_store::{ObjectStoreExt, PutMode};
use uuid::Uuid;

use super::digest::Digest;
use super::receive::{Body, PART, SMALL};
use super::{Blobs, Damage, ReceiveError};
use crate::error::{Error, Result};

/// Objects that are deleted at once.
const AT_ONCE: usize = 8;

impl Blobs {
    /// Takes in a part of at most `limit` bytes. When this returns it survives a power cut; on an error, or if the future is
    /// dropped, nothing stays behind. `object` has to be new each time. Returns its hash.
    pub async fn stage_fragment<S, E>(&self, body: S, limit: u64, object: Uuid) -> Result<Sha256, ReceiveError>
    where
        S: Stream<Item = Result<Bytes, E>> + Send,
        E: fmt::Display,
    {
        let mut body = Body { stream: std::pin::pin!(body), size: 0, limit };
        let first = body.gather(SMALL + 1).await?;
        if first.is_last {
            let payload = first.chunks.iter().cloned().collect();
            self.store.put_opts(&place(object), payload, PutMode::Create.into()).await.map_err(Error::blobs)?;
            return Ok(Digest::default().update(first.chunks).await?.finish().0);
        }
        Ok(self.put_parts(&place(object), first, &mut body).await?.finish().0)
    }

    /// The hash of a part that nobody keeps, to compare it with one that is there.
    pub async fn hash_fragment<S, E>(&self, body: S, limit: u64) -> Result<Sha256, ReceiveError>
    where
        S: Stream<Item = Result<Bytes, E>> + Send,
        E: fmt::Display,
    {
        let mut body = Body { stream: std::pin::pin!(body), size: 0, limit };
        let mut digest = Digest::default();
        loop {
            let part = body.gather(PART).await?;
            digest = digest.update(part.chunks).await?;
            if part.is_last {
                return Ok(digest.finish().0);
            }
        }
    }

    /// The bytes of parts, one after the other.
    pub fn read_fragments(&self, objects: Vec<Uuid>) -> impl Stream<Item = Result<Bytes>> + Send + use<> {
        let store = self.store.clone();
        stream::iter(objects)
            .then(move |object| {
                let store = store.clone();
                async move {
                    let found = store.get(&place(object)).await.map_err(Error::blobs)?;
                    Ok::<_, Error>(found.into_stream().map_err(Error::blobs))
                }
            })
            .try_flatten()
    }

    /// Deletes parts that nothing needs any more. What fails is swept later.
    pub async fn delete_fragments(&self, objects: Vec<Uuid>) {
        stream::iter(objects)
            .for_each_concurrent(AT_ONCE, |object| async move {
                if let Err(error) = self.store.delete(&place(object)).await {
                    tracing::debug!(%error, "a fragment is left for the sweep");
                }
            })
            .await;
    }

    /// Looks whether a part of so many bytes is there. `None` is good.
    pub async fn verify_fragment(&self, object: Uuid, size: u64) -> Result<Option<Damage>> {
        match self.store.head(&place(object)).await {
            Ok(found) => Ok((found.size != size).then_some(Damage::OtherSize)),
            Err(object_store::Error::NotFound { .. }) => Ok(Some(Damage::Missing)),
            Err(error) => Err(Error::blobs(error)),
        }
    }
}

/// Where parts lie.
pub(super) const FOLDER: &str = "sessions";

fn place(object: Uuid) -> Path {
    Path::from_iter([FOLDER.to_owned(), object.to_string()])
}

/// What part lies there, if one does.
pub(super) fn named_by(path: &Path) -> Option<Uuid> {
    Uuid::try_parse(path.filename()?).ok()
}
