//! Taking bytes in: hashed as they come, durable when it is over, and nothing left behind when it fails.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use driveway_core::item::Sha256;
use futures::{Stream, StreamExt};
use object_store::path::Path;
use object_store::{MultipartUpload, ObjectStoreExt, PutMode, PutPayload};
use tokio::runtime::Handle;
use uuid::Uuid;

use super::digest::Digest;
use super::received::{self, Received, Staged};
use super::{Blobs, place, staging};
use crate::blob_row::PutOutcome;
use crate::error::{Error, Result};

/// Up to so many bytes are taken whole and put straight to their place.
pub(super) const SMALL: usize = 256 * 1024;

/// Larger content goes by in parts of about so many bytes; two are in memory at a time.
pub(super) const PART: usize = 1024 * 1024;

/// Why bytes weren't taken in.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// There are more of them than allowed.
    #[error("the content is too large")]
    TooLarge,
    /// They stopped coming.
    #[error("the content broke off: {0}")]
    Body(String),
    /// They couldn't be kept.
    #[error(transparent)]
    Storage(#[from] Error),
}

/// What is still to come.
pub(super) struct Body<S> {
    pub(super) stream: S,
    pub(super) size: u64,
    pub(super) limit: u64,
}

/// Some of what has come.
#[derive(Default)]
pub(super) struct Part {
    pub(super) chunks: Vec<Bytes>,
    pub(super) is_last: bool,
}

impl Blobs {
    /// Takes in a stream of at most `limit` bytes. When this returns, they survive a power cut, under their hash; on an
    /// error, or if the future is dropped, nothing stays behind. `staging_name` has to be new each time.
    pub async fn receive<S, E>(&self, body: S, limit: u64, staging_name: Uuid) -> Result<Received, ReceiveError>
    where
        S: Stream<Item = Result<Bytes, E>> + Send,
        E: fmt::Display,
    {
        let mut body = Body { stream: std::pin::pin!(body), size: 0, limit };
        let first = body.gather(SMALL + 1).await?;
        if first.is_last {
            return Ok(self.receive_small(first.chunks, body.size).await?);
        }
        let path = staging(staging_name);
        let digest = self.put_parts(&path, first, &mut body).await?;
        Ok(self.receive_staged(digest, path, body.size).await?)
    }

    /// Puts a body to a place, part by part. On an error nothing is left there.
    pub(super) async fn put_parts<S, E>(
        &self,
        path: &Path,
        first: Part,
        body: &mut Body<Pin<&mut S>>,
    ) -> Result<Digest, ReceiveError>
    where
        S: Stream<Item = Result<Bytes, E>>,
        E: fmt::Display,
    {
        let mut upload = self.store.put_multipart(path).await.map_err(Error::blobs)?;
        let staged = stage(upload.as_mut(), first, body).await;
        if staged.is_err() {
            // What can't be aborted now is swept later; the caller wants to know the first error.
            drop(upload.abort().await);
        }
        staged
    }

    async fn receive_small(&self, chunks: Vec<Bytes>, size: u64) -> Result<Received> {
        let hashes = Digest::default().update(chunks.clone()).await?.finish();
        let payload = chunks.into_iter().collect::<PutPayload>();
        let outcome = self.put_whole(&hashes.0, payload.clone()).await?;
        Ok(Received::new(hashes, size, outcome, received::Bytes::InMemory(payload)))
    }

    async fn receive_staged(&self, digest: Digest, path: Path, size: u64) -> Result<Received> {
        let staged = Staged { store: Arc::clone(&self.store), path, runtime: Handle::current() };
        let hashes = digest.finish();
        let outcome = self.put_staged(&hashes.0, &staged.path).await?;
        let bytes = match outcome {
            PutOutcome::Created => received::Bytes::Moved,
            PutOutcome::AlreadyThere | PutOutcome::Confirmed => received::Bytes::Staged(staged),
        };
        Ok(Received::new(hashes, size, outcome, bytes))
    }

    /// Puts bytes to their place, unless they are there.
    pub(super) async fn put_whole(&self, sha256: &Sha256, payload: PutPayload) -> Result<PutOutcome> {
        let put = self.store.put_opts(&place(sha256), payload, PutMode::Create.into()).await;
        self.outcome(sha256, put.map(drop)).await
    }

    /// Moves staged bytes to their place, unless they are there.
    pub(super) async fn put_staged(&self, sha256: &Sha256, path: &Path) -> Result<PutOutcome> {
        let moved = self.store.rename_if_not_exists(path, &place(sha256)).await;
        self.outcome(sha256, moved).await
    }

    async fn outcome(&self, sha256: &Sha256, put: object_store::Result<()>) -> Result<PutOutcome> {
        match put {
            Ok(()) => Ok(PutOutcome::Created),
            Err(object_store::Error::AlreadyExists { .. }) => {
                if let Some(folder) = self.folder.clone() {
                    let sha256 = *sha256;
                    let synced = tokio::task::spawn_blocking(move || folder.sync(&sha256)).await;
                    synced.map_err(Error::blobs)?.map_err(Error::blobs)?;
                }
                Ok(PutOutcome::AlreadyThere)
            }
            Err(error) => Err(Error::blobs(error)),
        }
    }
}

/// Writes and hashes a part while the next one comes in.
async fn stage<S, E>(
    upload: &mut dyn MultipartUpload,
    first: Part,
    body: &mut Body<Pin<&mut S>>,
) -> Result<Digest, ReceiveError>
where
    S: Stream<Item = Result<Bytes, E>>,
    E: fmt::Display,
{
    let (mut digest, mut part) = (Digest::default(), first);
    loop {
        let write = upload.put_part(part.chunks.iter().cloned().collect());
        let hash = digest.update(part.chunks);
        if part.is_last {
            let (written, hashed) = futures::join!(write, hash);
            written.map_err(Error::blobs)?;
            upload.complete().await.map_err(Error::blobs)?;
            return Ok(hashed?);
        }
        let (written, hashed, next) = futures::join!(write, hash, body.gather(PART));
        written.map_err(Error::blobs)?;
        digest = hashed?;
        part = next?;
    }
}

impl<S, E> Body<Pin<&mut S>>
where
    S: Stream<Item = Result<Bytes, E>>,
    E: fmt::Display,
{
    /// Takes chunks until there are `enough` bytes, or no more.
    pub(super) async fn gather(&mut self, enough: usize) -> Result<Part, ReceiveError> {
        let (mut part, mut length) = (Part::default(), 0);
        while length < enough {
            let Some(chunk) = self.stream.next().await else {
                part.is_last = true;
                break;
            };
            let chunk = chunk.map_err(|error| ReceiveError::Body(error.to_string()))?;
            length += chunk.len();
            self.size += chunk.len() as u64;
            if self.size > self.limit {
                return Err(ReceiveError::TooLarge);
            }
            part.chunks.push(chunk);
        }
        Ok(part)
    }
}
