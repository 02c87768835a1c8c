//! Taking away what nothing refers to. The rules that keep this apart from uploads are told with
//! [`Tx::adopt_blob`](crate::Tx::adopt_blob).

use std::time::{Duration, Instant};

use driveway_core::item::Sha256;
use futures::TryStreamExt;
use jiff::{SignedDuration, Timestamp};
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};

use super::{Blobs, fragment, named_by, place};
use crate::db::Db;
use crate::error::Error;
use crate::tx::Tx;

/// How many blobs are looked up in one transaction.
const PAGE: u16 = 500;

/// After so long a collector that has marked a blob and not gone on with it counts as dead.
const ABANDONED: SignedDuration = SignedDuration::from_mins(10);

/// After so long a collector doesn't go on with a blob that it has marked: far sooner than others think it dead.
const PATIENCE: Duration = Duration::from_mins(1);

/// When a collection happens, and what is old enough for it.
#[derive(Debug, Clone, Copy)]
pub struct Collection {
    /// The time by the server's clock, which goes into rows.
    pub now: Timestamp,
    /// The time by the object store's clock. Where tests move the server's clock, they don't move this one.
    pub store_now: Timestamp,
    /// How old a blob without references has to be, and an upload that isn't over; far longer than any request takes.
    pub grace: SignedDuration,
}

/// What a collection came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Collected {
    /// How many blobs were deleted.
    pub blobs: u64,
    /// How many bytes they had.
    pub bytes: u64,
    /// How many remains of uploads that never ended were deleted.
    pub remains: u64,
}

impl Collection {
    fn before(&self) -> Timestamp {
        self.now.saturating_sub(self.grace).unwrap_or(Timestamp::MIN)
    }

    fn store_before(&self) -> Timestamp {
        self.store_now.saturating_sub(self.grace).unwrap_or(Timestamp::MIN)
    }

    fn is_old(&self, object: &ObjectMeta) -> bool {
        object.last_modified.timestamp_micros() < self.store_before().as_microsecond()
    }
}

impl Blobs {
    /// Deletes blobs that nothing has referred to for the grace period.
    pub async fn collect(&self, db: &Db, collection: Collection) -> driveway_core::Result<Collected> {
        let mut collected = Collected::default();
        self.settle_abandoned(db, collection).await?;
        let (before, now) = (collection.before(), collection.now);
        loop {
            let page = db.read(move |tx| tx.collectable_blobs(before, PAGE.into())).await?;
            let mut begun = 0;
            for sha256 in page {
                let started = Instant::now();
                if db.write(move |tx| tx.begin_collecting(sha256, before, now)).await? {
                    begun += 1;
                    self.finish(db, sha256, collection, started, &mut collected).await?;
                }
            }
            if begun == 0 {
                return Ok(collected);
            }
        }
    }

    /// Deletes what uploads that died left behind: blobs without a row, and staged bytes. Lists the whole store.
    pub async fn sweep(&self, db: &Db, collection: Collection) -> driveway_core::Result<Collected> {
        let remains = self.sweep_staging(collection).await? + self.sweep_fragments(db, collection).await?;
        let mut collected = Collected { remains, ..Collected::default() };
        let old = self.store.list(Some(&Path::from("sha256"))).try_filter_map(async |object| {
            Ok(named_by(&object.location).filter(|_| collection.is_old(&object)).map(|sha256| (sha256, object.size)))
        });
        let mut pages = std::pin::pin!(old.try_chunks(PAGE.into()));
        while let Some(page) = pages.try_next().await.map_err(Error::blobs)? {
            let strays = db.read(move |tx| without_row(tx, &page)).await?;
            for (sha256, size) in strays {
                let started = Instant::now();
                if db.write(move |tx| tx.begin_collecting_stray(sha256, size, collection.now)).await? {
                    self.finish(db, sha256, collection, started, &mut collected).await?;
                }
            }
        }
        Ok(collected)
    }

    /// Deletes the bytes of a blob whose row says that they are going away, if they are old. Young ones have just been
    /// put by an upload that didn't find the old ones any more: they stay.
    async fn finish(
        &self,
        db: &Db,
        sha256: Sha256,
        collection: Collection,
        started: Instant,
        collected: &mut Collected,
    ) -> driveway_core::Result<()> {
        let object = self.look_at(&sha256).await?;
        if started.elapsed() > PATIENCE {
            return Ok(());
        }
        match object {
            Some(object) if !collection.is_old(&object) => {
                return db.write(move |tx| tx.release_blob(sha256, collection.now)).await;
            }
            Some(object) => {
                self.delete(&sha256).await?;
                collected.blobs += 1;
                collected.bytes += object.size;
            }
            None => {}
        }
        db.write(move |tx| tx.finish_collecting(sha256)).await
    }

    /// Ends what a collector that died has begun. Whether it deleted the bytes isn't known, so nothing is deleted now.
    async fn settle_abandoned(&self, db: &Db, collection: Collection) -> driveway_core::Result<()> {
        let before = collection.now.saturating_sub(ABANDONED).unwrap_or(Timestamp::MIN);
        for sha256 in db.read(move |tx| tx.abandoned_blobs(before)).await? {
            match self.look_at(&sha256).await? {
                Some(_) => db.write(move |tx| tx.release_blob(sha256, collection.now)).await?,
                None => db.write(move |tx| tx.finish_collecting(sha256)).await?,
            }
        }
        Ok(())
    }

    async fn look_at(&self, sha256: &Sha256) -> crate::Result<Option<ObjectMeta>> {
        match self.store.head(&place(sha256)).await {
            Ok(object) => Ok(Some(object)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(Error::blobs(error)),
        }
    }

    /// Deletes old parts that belong to no upload session: what came when the server died, or when a session was forgotten.
    async fn sweep_fragments(&self, db: &Db, collection: Collection) -> driveway_core::Result<u64> {
        let mut swept = 0;
        let mut listed = self.store.list(Some(&Path::from(fragment::FOLDER)));
        while let Some(object) = listed.try_next().await.map_err(Error::blobs)? {
            let Some(name) = fragment::named_by(&object.location).filter(|_| collection.is_old(&object)) else {
                continue;
            };
            if !db.read(move |tx| tx.is_upload_fragment(name)).await? {
                self.delete_fragments(vec![name]).await;
                swept += 1;
            }
        }
        Ok(swept)
    }

    async fn sweep_staging(&self, collection: Collection) -> crate::Result<u64> {
        let staged: Vec<_> = self.store.list(Some(&Path::from("staging"))).try_collect().await.map_err(Error::blobs)?;
        let mut swept = 0;
        for object in staged.iter().filter(|object| collection.is_old(object)) {
            match self.store.delete(&object.location).await {
                Ok(()) => swept += 1,
                Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(Error::blobs(error)),
            }
        }
        let Some(folder) = self.folder.clone() else { return Ok(swept) };
        let removed = tokio::task::spawn_blocking(move || folder.remove_leftovers(collection.store_before())).await;
        Ok(swept + removed.map_err(Error::blobs)?.map_err(Error::blobs)?)
    }
}

fn without_row(tx: &mut Tx<'_>, blobs: &[(Sha256, u64)]) -> driveway_core::Result<Vec<(Sha256, u64)>> {
    let mut strays = Vec::new();
    for (sha256, size) in blobs {
        if !tx.has_blob(*sha256)? {
            strays.push((*sha256, *size));
        }
    }
    Ok(strays)
}
