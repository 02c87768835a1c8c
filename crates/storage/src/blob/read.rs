//! Giving bytes out: small blobs from memory, large ones as fast as the disk's cache gives them.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use driveway_core::item::Sha256;
use futures::stream::BoxStream;
use futures::{Stream, StreamExt, TryStreamExt};
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt};
use tokio::task::{JoinHandle, spawn_blocking};

use super::buffers::{Buffers, CHUNK};
use super::folder::Folder;
use super::{Blobs, cache, place};
use crate::error::{Error, Result};

/// The bytes of a range of a blob, in order.
pub struct BlobStream {
    source: Source,
}

enum Source {
    /// All of them are here; `None` when they have been given out.
    Whole(Option<Bytes>),
    /// The next chunk is being read from a file while the one before it is on its way.
    File(Option<JoinHandle<io::Result<Chunk>>>),
    /// Another store sends them.
    Store(BoxStream<'static, Result<Bytes>>),
}

/// A chunk of a file and what comes after it.
struct Chunk {
    bytes: Bytes,
    rest: Option<Rest>,
}

/// What is still to be read of a file, which stands at that place.
struct Rest {
    file: File,
    left: u64,
    buffers: Arc<Buffers>,
}

/// What a look into the folder gave.
enum Found {
    /// A small blob as a whole.
    Small(Bytes),
    /// The first chunk of a large one.
    Large(Chunk),
}

impl Blobs {
    /// Gives out a range of a blob's bytes. A blob that isn't there, or a range beyond its end, is an error before the
    /// first byte.
    pub async fn read(&self, sha256: &Sha256, range: Range<u64>) -> Result<BlobStream> {
        if range.is_empty() {
            return Ok(whole(Bytes::new()));
        }
        if let Some(bytes) = self.cache.get(sha256) {
            return part_of(&bytes, &range);
        }
        match &self.folder {
            Some(folder) => self.read_file(Arc::clone(folder), *sha256, range).await,
            None => self.read_store(sha256, range).await,
        }
    }

    async fn read_file(&self, folder: Arc<Folder>, sha256: Sha256, range: Range<u64>) -> Result<BlobStream> {
        let (buffers, asked) = (Arc::clone(&self.buffers), range.clone());
        let found = spawn_blocking(move || look(&folder, &sha256, &asked, buffers)).await;
        match found.map_err(Error::blobs)?.map_err(Error::blobs)? {
            Found::Small(bytes) => {
                self.cache.insert(sha256, bytes.clone());
                part_of(&bytes, &range)
            }
            Found::Large(Chunk { bytes, rest: None }) => Ok(whole(bytes)),
            // The first chunk is here already; it goes out as any other.
            Found::Large(chunk) => Ok(BlobStream { source: Source::File(Some(spawn_blocking(move || Ok(chunk)))) }),
        }
    }

    async fn read_store(&self, sha256: &Sha256, range: Range<u64>) -> Result<BlobStream> {
        let place = place(sha256);
        let size = self.store.head(&place).await.map_err(Error::blobs)?.size;
        if range.end > size {
            return Err(beyond_the_end());
        }
        if size <= cache::LARGEST {
            let bytes = self.store.get_range(&place, 0..size).await.map_err(Error::blobs)?;
            self.cache.insert(*sha256, bytes.clone());
            return part_of(&bytes, &range);
        }
        let options = GetOptions { range: Some(GetRange::Bounded(range)), ..GetOptions::default() };
        let found = self.store.get_opts(&place, options).await.map_err(Error::blobs)?;
        Ok(BlobStream { source: Source::Store(found.into_stream().map_err(Error::blobs).boxed()) })
    }
}

fn whole(bytes: Bytes) -> BlobStream {
    BlobStream { source: Source::Whole((!bytes.is_empty()).then_some(bytes)) }
}

fn part_of(bytes: &Bytes, range: &Range<u64>) -> Result<BlobStream> {
    match (usize::try_from(range.start), usize::try_from(range.end)) {
        (Ok(start), Ok(end)) if start <= end && end <= bytes.len() => Ok(whole(bytes.slice(start..end))),
        _ => Err(beyond_the_end()),
    }
}

fn beyond_the_end() -> Error {
    Error::blobs("the range reaches beyond the blob's end")
}

/// Opens a blob and reads what is needed first, in one go off the async threads.
fn look(folder: &Folder, sha256: &Sha256, range: &Range<u64>, buffers: Arc<Buffers>) -> io::Result<Found> {
    let (mut file, size) = folder.open(sha256)?;
    if range.end > size {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the range reaches beyond the blob's end"));
    }
    if size <= cache::LARGEST {
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        return Ok(Found::Small(bytes.into()));
    }
    file.seek(SeekFrom::Start(range.start))?;
    next_chunk(Rest { file, left: range.end - range.start, buffers }).map(Found::Large)
}

fn next_chunk(mut rest: Rest) -> io::Result<Chunk> {
    let length = usize::try_from(rest.left).map_or(CHUNK, |left| left.min(CHUNK));
    let mut buffer = rest.buffers.take();
    rest.file.read_exact(buffer.room(length))?;
    rest.left -= length as u64;
    Ok(Chunk { bytes: buffer.into_bytes(), rest: (rest.left > 0).then_some(rest) })
}

impl BlobStream {
    /// All the bytes, if they are in memory already: an answer can then go out in one piece.
    pub fn into_whole(self) -> std::result::Result<Bytes, Self> {
        match self.source {
            Source::Whole(bytes) => Ok(bytes.unwrap_or_default()),
            source => Err(Self { source }),
        }
    }
}

impl Stream for BlobStream {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match &mut self.source {
            Source::Whole(bytes) => Poll::Ready(bytes.take().map(Ok)),
            Source::Store(stream) => stream.poll_next_unpin(context),
            Source::File(reading) => {
                let Some(next) = reading else { return Poll::Ready(None) };
                let read = ready!(Pin::new(next).poll(context));
                *reading = None;
                let chunk = match read {
                    Ok(Ok(chunk)) => chunk,
                    Ok(Err(error)) => return Poll::Ready(Some(Err(Error::blobs(error)))),
                    Err(error) => return Poll::Ready(Some(Err(Error::blobs(error)))),
                };
                *reading = chunk.rest.map(|rest| spawn_blocking(move || next_chunk(rest)));
                Poll::Ready(Some(Ok(chunk.bytes)))
            }
        }
    }
}

impl fmt::Debug for BlobStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BlobStream(…)")
    }
}
