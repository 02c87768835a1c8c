//! Upload sessions: what is known of files that come in parts, and of the parts.

use driveway_core::Result;
use driveway_core::id::{DriveId, ItemId};
use driveway_core::item::Sha256;
use driveway_core::upload::Progress;
use jiff::Timestamp;
use uuid::Uuid;

use crate::db::Row;
use crate::error::Error;
use crate::tx::{Tx, values};

/// A session to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUploadSession {
    /// Its id.
    pub id: Uuid,
    /// Who begins it: of one caller only so many may be under way.
    pub caller: String,
    /// The drive of the file.
    pub drive: DriveId,
    /// By which right the file is written, in the words of whoever began it.
    pub target_right: String,
    /// What was asked for, in the same words.
    pub request: String,
    /// Whether the file is made when the client says so, and not with the last byte.
    pub defer_commit: bool,
    /// How many bytes there will be, if that is known.
    pub total: Option<u64>,
    /// When it is over if nothing comes.
    pub expires_at: Timestamp,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadSession {
    /// What it was begun with; `total` and `expires_at` as they are now.
    pub new: NewUploadSession,
    /// Bytes that are there.
    pub received: u64,
    /// Fragments that they came in.
    pub fragments: u64,
    /// The item that came of it, once it has ended.
    pub item: Option<ItemId>,
}

/// A part that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadFragment {
    /// Its first byte's number.
    pub start: u64,
    /// Its bytes.
    pub length: u64,
    /// Their hash, by which a repeated one is known.
    pub sha256: Sha256,
    /// Where they lie; nowhere for the last one of a session that has ended.
    pub object: Option<Uuid>,
}

impl UploadSession {
    /// How far it is.
    pub fn progress(&self) -> Progress {
        Progress { received: self.received, total: self.new.total }
    }
}

impl Tx<'_> {
    /// Begins a session.
    pub fn insert_upload_session(&mut self, new: &NewUploadSession, now: Timestamp) -> Result<()> {
        let sql =
            "INSERT INTO upload_sessions (id, caller, drive_id, target_right, request, defer_commit, total, received,
                       fragments, created_at, expires_at)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, $8, $9)";
        let values = values![
            new.id.to_string(),
            &new.caller,
            &new.drive,
            &new.target_right,
            &new.request,
            new.defer_commit,
            new.total.map(stored),
            now,
            new.expires_at,
        ];
        self.execute(sql, values).map(drop)
    }

    /// A session whose time isn't over, be it under way or ended.
    pub fn upload_session(&mut self, id: Uuid, now: Timestamp) -> Result<Option<UploadSession>> {
        let sql =
            "SELECT caller, drive_id, target_right, request, defer_commit, total, expires_at, received, fragments,
                       item_id
                   FROM upload_sessions WHERE id = $1 AND expires_at > $2";
        self.one(sql, values![id.to_string(), now], |row| read_session(id, row))
    }

    /// How many sessions a caller has under way.
    pub fn upload_sessions_of(&mut self, caller: &str, now: Timestamp) -> Result<i64> {
        let sql = "SELECT COUNT(*) FROM upload_sessions WHERE finished_at IS NULL AND caller = $1 AND expires_at > $2";
        self.number(sql, values![caller, now])
    }

    /// Bytes that sessions under way hold: in one drive, and in all.
    pub fn staged_bytes(&mut self, drive: &DriveId) -> Result<(u64, u64)> {
        let sql = "SELECT COALESCE(SUM(received), 0) FROM upload_sessions WHERE finished_at IS NULL AND drive_id = $1";
        let here = self.number(sql, values![drive])?;
        let all =
            self.number("SELECT COALESCE(SUM(received), 0) FROM upload_sessions WHERE finished_at IS NULL", &[])?;
        Ok((loaded(here), loaded(all)))
    }

    /// Adds a part whose bytes are durable, if it still is the one that comes next; `false` if it isn't.
    pub fn add_upload_fragment(
        &mut self,
        session: Uuid,
        fragment: &UploadFragment,
        total: u64,
        expires_at: Timestamp,
    ) -> Result<bool> {
        let sql = "UPDATE upload_sessions SET received = received + $2, fragments = fragments + 1, total = $3, expires_at = $4
                   WHERE id = $1 AND received = $5 AND finished_at IS NULL AND (total IS NULL OR total = $3)";
        let (length, total) = (stored(fragment.length), stored(total));
        let values = values![session.to_string(), length, total, expires_at, stored(fragment.start)];
        if self.execute(sql, values)? == 0 {
            return Ok(false);
        }
        // An empty file has no parts.
        if fragment.length > 0 {
            self.insert_upload_fragment(session, fragment)?;
        }
        Ok(true)
    }

    /// The part of a session that begins with a byte.
    pub fn upload_fragment(&mut self, session: Uuid, start: u64) -> Result<Option<UploadFragment>> {
        let sql = "SELECT start, length, sha256, object FROM upload_fragments WHERE session_id = $1 AND start = $2";
        self.one(sql, values![session.to_string(), stored(start)], read_fragment)
    }

    /// The parts of a session, in their order.
    pub fn upload_fragments(&mut self, session: Uuid) -> Result<Vec<UploadFragment>> {
        let sql = "SELECT start, length, sha256, object FROM upload_fragments WHERE session_id = $1 ORDER BY start";
        self.all(sql, values![session.to_string()], read_fragment)
    }

    /// Ends a session well, in the transaction that makes its item, and returns the objects that nothing needs any more. The
    /// last fragment stays known. `None` if it isn't under way, or has gone on meanwhile.
    pub fn finish_upload_session(
        &mut self,
        session: Uuid,
        last: Option<&UploadFragment>,
        item: ItemId,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Vec<Uuid>>> {
        let sql = "UPDATE upload_sessions SET finished_at = $2, item_id = $3, expires_at = $4, total = received + $5,
                       received = received + $5
                   WHERE id = $1 AND finished_at IS NULL AND expires_at > $2 AND received = $6";
        let parts = self.upload_fragments(session)?;
        let staged: u64 = parts.iter().map(|part| part.length).sum();
        if last.is_some_and(|last| last.start != staged) {
            return Ok(None);
        }
        let more = last.map_or(0, |last| last.length);
        let values = values![session.to_string(), now, item, expires_at, stored(more), stored(staged)];
        if self.execute(sql, values)? == 0 {
            return Ok(None);
        }
        self.execute("DELETE FROM upload_fragments WHERE session_id = $1", values![session.to_string()])?;
        if let Some(last) = last.or(parts.last()) {
            self.insert_upload_fragment(session, &UploadFragment { object: None, ..last.clone() })?;
        }
        Ok(Some(parts.into_iter().filter_map(|part| part.object).collect()))
    }

    /// Forgets a session and returns the objects of its parts, for which nothing stands any more. `None` if it isn't there;
    /// with `under_way`, if it has ended.
    pub fn delete_upload_session(&mut self, session: Uuid, under_way: bool) -> Result<Option<Vec<Uuid>>> {
        let objects = self.upload_fragments(session)?.into_iter().filter_map(|part| part.object).collect();
        self.execute(
            "DELETE FROM upload_fragments WHERE session_id IN
                 (SELECT id FROM upload_sessions WHERE id = $1 AND ($2 = 0 OR finished_at IS NULL))",
            values![session.to_string(), under_way],
        )?;
        let sql = "DELETE FROM upload_sessions WHERE id = $1 AND ($2 = 0 OR finished_at IS NULL)";
        let deleted = self.execute(sql, values![session.to_string(), under_way])?;
        Ok((deleted > 0).then_some(objects))
    }

    /// At most `limit` sessions whose time is over.
    pub fn dead_upload_sessions(&mut self, now: Timestamp, limit: u32) -> Result<Vec<Uuid>> {
        let sql = "SELECT id FROM upload_sessions WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2";
        let texts: Vec<String> = self.all(sql, values![now, i64::from(limit)], crate::db::only)?;
        Ok(texts.iter().filter_map(|text| Uuid::try_parse(text).ok()).collect())
    }

    /// Whether an object is a part of a session.
    pub fn is_upload_fragment(&mut self, object: Uuid) -> Result<bool> {
        let sql = "SELECT COUNT(*) FROM upload_fragments WHERE object = $1";
        Ok(self.number(sql, values![object.to_string()])? > 0)
    }

    /// The objects of parts with their sizes, in their order behind `after`.
    pub fn staged_objects(&mut self, after: Option<Uuid>, limit: u32) -> Result<Vec<(Uuid, u64)>> {
        let sql = "SELECT start, length, sha256, object FROM upload_fragments
                   WHERE object IS NOT NULL AND object > COALESCE($1, '') ORDER BY object LIMIT $2";
        let after = after.map(|object| object.to_string());
        let parts = self.all(sql, values![after.as_deref(), i64::from(limit)], read_fragment)?;
        Ok(parts.into_iter().filter_map(|part| Some((part.object?, part.length))).collect())
    }

    fn insert_upload_fragment(&mut self, session: Uuid, fragment: &UploadFragment) -> Result<()> {
        let sql =
            "INSERT INTO upload_fragments (session_id, start, length, sha256, object) VALUES ($1, $2, $3, $4, $5)";
        let object = fragment.object.map(|object| object.to_string());
        let (start, length) = (stored(fragment.start), stored(fragment.length));
        self.execute(sql, values![session.to_string(), start, length, fragment.sha256, object]).map(drop)
    }
}

fn read_session(id: Uuid, row: &mut Row<'_>) -> crate::Result<UploadSession> {
    let new = NewUploadSession {
        id,
        caller: row.get()?,
        drive: row.get()?,
        target_right: row.get()?,
        request: row.get()?,
        defer_commit: row.get()?,
        total: row.maybe()?.map(loaded),
        expires_at: row.get()?,
    };
    Ok(UploadSession { new, received: loaded(row.get()?), fragments: loaded(row.get()?), item: row.maybe()? })
}

fn read_fragment(row: &mut Row<'_>) -> crate::Result<UploadFragment> {
    let (start, length, sha256) = (loaded(row.get()?), loaded(row.get()?), row.get()?);
    let object: Option<String> = row.maybe()?;
    let object = object.map(|text| Uuid::try_parse(&text).map_err(|_| Error::Malformed("id"))).transpose()?;
    Ok(UploadFragment { start, length, sha256, object })
}

fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn loaded(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
