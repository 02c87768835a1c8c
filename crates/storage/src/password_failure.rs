//! Wrong guesses at passwords, counted per link or account and address, so that one guesser can't shut out others.

use std::fmt::Display;

use driveway_core::Result;
use jiff::{SignedDuration, Timestamp};

use crate::db::Row;
use crate::tx::{Tx, values};

/// The tries of an address at a link or an account in the current window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failures {
    /// How many there were.
    pub count: u32,
    /// When the window started: with the first of them.
    pub since: Timestamp,
}

/// What is guessed at stands in `link_id`: a link's id, or a text that no link's id can be.
impl Tx<'_> {
    /// How often this address guessed wrong in a window that started at `window_start` or later.
    pub fn failures(&mut self, of: impl Display, address: &str, window_start: Timestamp) -> Result<u32> {
        let sql = "SELECT COALESCE(MAX(failures), 0) FROM password_failures
                   WHERE link_id = $1 AND address = $2 AND window_started_at >= $3";
        self.number(sql, values![of.to_string(), address, window_start]).map(count)
    }

    /// Counts a guess and tells what it makes in the current window of so many seconds; a window starts with its first
    /// guess and is over when its seconds are.
    pub fn record_failure(
        &mut self,
        of: impl Display,
        address: &str,
        now: Timestamp,
        window_seconds: u32,
    ) -> Result<Failures> {
        let length = SignedDuration::from_secs(window_seconds.into());
        let window_start = now.saturating_sub(length).unwrap_or(Timestamp::MIN);
        let sql = "INSERT INTO password_failures AS known (link_id, address, window_started_at, failures)
                   VALUES ($1, $2, $3, 1)
                   ON CONFLICT (link_id, address) DO UPDATE SET
                       failures = CASE WHEN known.window_started_at > $4 THEN known.failures + 1 ELSE 1 END,
                       window_started_at =
                           CASE WHEN known.window_started_at > $4 THEN known.window_started_at ELSE $3 END
                   RETURNING failures, window_started_at";
        let read = |row: &mut Row<'_>| Ok(Failures { count: count(row.get()?), since: row.get()? });
        let recorded = self.one(sql, values![of.to_string(), address, now, window_start], read)?;
        Ok(recorded.unwrap_or(Failures { count: u32::MAX, since: now }))
    }

    /// Forgets an address's wrong guesses, after a right one.
    pub fn clear_failures(&mut self, of: impl Display, address: &str) -> Result<()> {
        let sql = "DELETE FROM password_failures WHERE link_id = $1 AND address = $2";
        self.execute(sql, values![of.to_string(), address]).map(drop)
    }

    /// Forgets windows that started before `before`, and counts them.
    pub fn prune_failures(&mut self, before: Timestamp) -> Result<u64> {
        self.execute("DELETE FROM password_failures WHERE window_started_at < $1", values![before])
    }
}

fn count(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
