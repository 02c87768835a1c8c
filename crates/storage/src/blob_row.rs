//! Which blobs are there: the rows that keep uploads and the collector apart.
//!
//! Bytes are put first and named by a transaction afterwards, so a collector that works at the same time could delete
//! what an upload has just found to be there, or has just put. These rules rule it out:
//!
//! - Bytes are deleted only while their row says `collecting_since`, by the one who set it, and only if they are old.
//!   A row says so only if nothing refers to it and it is older than a grace period far longer than any request.
//! - [`Tx::adopt_blob`] accepts no row that is being collected. Bytes that the upload put itself are young and stay.
//!   Bytes that it merely found are sure only if another item has adopted them.
//! - After a refusal the upload claims the row, which is young from then on, and only then puts its bytes again.

use driveway_core::Result;
use driveway_core::item::Sha256;
use jiff::Timestamp;

use crate::db::only;
use crate::tx::{Tx, values};

/// What putting bytes under their hash came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PutOutcome {
    /// They weren't there before.
    Created,
    /// They were there.
    AlreadyThere,
    /// They are there for sure, because they were put again after their row had been claimed.
    Confirmed,
}

/// Whether a transaction may name a blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Adoption {
    /// It may; the row is there.
    Adopted,
    /// It may not: the bytes have to be put again first, with [`Blobs::put_again`](crate::Blobs::put_again), because
    /// they may have been collected meanwhile.
    PutAgain,
}

/// What the row of a blob says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// There is none.
    Absent,
    /// An upload is about to put the bytes again.
    Claimed,
    /// The bytes are there.
    Kept,
    /// The bytes are going away.
    Collecting,
}

/// Whether a file, a version of one or a working copy names the blob with this hash.
macro_rules! named {
    ($sha256:literal) => {
        concat!(
            "(EXISTS (SELECT 1 FROM items i WHERE i.file_sha256 = ",
            $sha256,
            ") OR EXISTS (SELECT 1 FROM item_versions v WHERE v.file_sha256 = ",
            $sha256,
            ") OR EXISTS (SELECT 1 FROM working_copies w WHERE w.file_sha256 = ",
            $sha256,
            "))"
        )
    };
}

impl Tx<'_> {
    /// Makes sure that a blob stays, in the transaction that will refer to it and before it does. `size` in bytes.
    pub fn adopt_blob(&mut self, sha256: &Sha256, size: u64, put: PutOutcome, now: Timestamp) -> Result<Adoption> {
        match (self.blob_state(*sha256)?, put) {
            (State::Kept, _) => Ok(Adoption::Adopted),
            (State::Claimed, PutOutcome::Created | PutOutcome::Confirmed) | (State::Absent, PutOutcome::Created) => {
                self.keep_blob(*sha256, size, now).map(|()| Adoption::Adopted)
            }
            (State::Claimed, PutOutcome::AlreadyThere)
            | (State::Absent, PutOutcome::AlreadyThere | PutOutcome::Confirmed)
            | (State::Collecting, _) => Ok(Adoption::PutAgain),
        }
    }

    /// Makes a blob's row young, so that it isn't collected while its bytes are put again; `false` while the collector
    /// is at work on it.
    pub(crate) fn claim_blob(&mut self, sha256: Sha256, size: u64, now: Timestamp) -> Result<bool> {
        let sql = "INSERT INTO blobs AS known (sha256, size, claimed, created_at) VALUES ($1, $2, 1, $3)
                   ON CONFLICT (sha256) DO UPDATE SET created_at = excluded.created_at
                   WHERE known.collecting_since IS NULL";
        Ok(self.execute(sql, values![sha256, stored(size), now])? > 0)
    }

    /// At most `limit` blobs that nothing refers to and whose rows are older than `before`.
    pub fn collectable_blobs(&mut self, before: Timestamp, limit: u32) -> Result<Vec<Sha256>> {
        let sql = concat!(
            "SELECT b.sha256 FROM blobs b WHERE b.created_at < $1 AND b.collecting_since IS NULL AND NOT ",
            named!("b.sha256"),
            " LIMIT $2"
        );
        self.all(sql, values![before, i64::from(limit)], only)
    }

    /// Marks a blob as going away, if it still may; `before` as when it was found. Then its bytes may be looked at and,
    /// if they are old, deleted.
    pub fn begin_collecting(&mut self, sha256: Sha256, before: Timestamp, now: Timestamp) -> Result<bool> {
        let sql = concat!(
            "UPDATE blobs SET collecting_since = $3
             WHERE sha256 = $1 AND created_at < $2 AND collecting_since IS NULL AND NOT ",
            named!("$1")
        );
        Ok(self.execute(sql, values![sha256, before, now])? > 0)
    }

    /// Marks bytes that have no row, as an upload that died leaves them, as going away; `false` if they have one.
    pub fn begin_collecting_stray(&mut self, sha256: Sha256, size: u64, now: Timestamp) -> Result<bool> {
        let sql = "INSERT INTO blobs (sha256, size, claimed, created_at, collecting_since) VALUES ($1, $2, 0, $3, $3)
                   ON CONFLICT (sha256) DO NOTHING";
        Ok(self.execute(sql, values![sha256, stored(size), now])? > 0)
    }

    /// Forgets a blob that was being collected and whose bytes are gone.
    pub fn finish_collecting(&mut self, sha256: Sha256) -> Result<()> {
        let sql = "DELETE FROM blobs WHERE sha256 = $1 AND collecting_since IS NOT NULL";
        self.execute(sql, values![sha256]).map(drop)
    }

    /// Keeps a blob after all that was being collected and whose bytes are there. Its row is young again.
    pub fn release_blob(&mut self, sha256: Sha256, now: Timestamp) -> Result<()> {
        let sql = "UPDATE blobs SET collecting_since = NULL, claimed = 0, created_at = $2
                   WHERE sha256 = $1 AND collecting_since IS NOT NULL";
        self.execute(sql, values![sha256, now]).map(drop)
    }

    /// Blobs that have been going away since before `before`: their collector died.
    pub fn abandoned_blobs(&mut self, before: Timestamp) -> Result<Vec<Sha256>> {
        let sql = "SELECT sha256 FROM blobs WHERE collecting_since < $1";
        self.all(sql, values![before], only)
    }

    /// Whether a blob has a row.
    pub fn has_blob(&mut self, sha256: Sha256) -> Result<bool> {
        Ok(self.blob_state(sha256)? != State::Absent)
    }

    /// The blobs that files, their versions and working copies name, with their sizes, in the order of their hashes behind `after`.
    pub fn named_blobs(&mut self, after: Option<Sha256>, limit: u32) -> Result<Vec<(Sha256, u64)>> {
        let sql = concat!(
            "SELECT b.sha256, b.size FROM blobs b WHERE b.sha256 > COALESCE($1, '') AND ",
            named!("b.sha256"),
            " ORDER BY b.sha256 LIMIT $2"
        );
        self.all(sql, values![after, i64::from(limit)], |row| {
            Ok((row.get()?, u64::try_from(row.get::<i64>()?).unwrap_or(0)))
        })
    }

    fn keep_blob(&mut self, sha256: Sha256, size: u64, now: Timestamp) -> Result<()> {
        let sql = "INSERT INTO blobs (sha256, size, claimed, created_at) VALUES ($1, $2, 0, $3)
                   ON CONFLICT (sha256) DO UPDATE SET claimed = 0";
        self.execute(sql, values![sha256, stored(size), now]).map(drop)
    }

    fn blob_state(&mut self, sha256: Sha256) -> Result<State> {
        let sql = "SELECT claimed, collecting_since FROM blobs WHERE sha256 = $1";
        let found = self.one(sql, values![sha256], |row| {
            Ok(match (row.get()?, row.maybe::<Timestamp>()?) {
                (_, Some(_)) => State::Collecting,
                (true, None) => State::Claimed,
                (false, None) => State::Kept,
            })
        })?;
        Ok(found.unwrap_or(State::Absent))
    }
}

/// A size as it is stored.
fn stored(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}
