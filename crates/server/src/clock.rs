//! The clock of the server: the machine's, plus an offset that developers may move; or one that stands still, in tests.
//!
//! Everything that decides by time takes the instant as an argument; only the doors (HTTP, CLI, jobs) ask here.

use std::sync::atomic::{AtomicI64, Ordering};

use driveway_core::time;
use jiff::{SignedDuration, Timestamp};

/// Where the time comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    /// The machine.
    Machine,
    /// Nowhere: it stands at this many microseconds after 1970 until it is moved.
    Standing(i64),
}

/// A clock that can be moved.
#[derive(Debug)]
pub struct Clock {
    source: Source,
    offset_micros: AtomicI64,
}

impl Clock {
    /// The machine's clock, so many microseconds ahead.
    pub fn ahead_by(offset_micros: i64) -> Self {
        Self { source: Source::Machine, offset_micros: AtomicI64::new(offset_micros) }
    }

    /// A clock that stands still.
    pub fn standing_at(instant: Timestamp) -> Self {
        Self { source: Source::Standing(time::to_micros(instant)), offset_micros: AtomicI64::new(0) }
    }

    /// The instant, to the microsecond that storage keeps.
    pub fn now(&self) -> Timestamp {
        let base = match self.source {
            Source::Machine => time::to_micros(self.machine_now()),
            Source::Standing(micros) => micros,
        };
        time::from_micros(base.saturating_add(self.offset_micros()))
    }

    /// The instant by the machine's own clock, which file systems go by.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    pub fn machine_now(&self) -> Timestamp {
        Timestamp::now()
    }

    /// How far the clock was moved, in microseconds.
    pub fn offset_micros(&self) -> i64 {
        self.offset_micros.load(Ordering::Relaxed)
    }

    /// Moves the clock by a duration, forwards or backwards.
    pub fn advance(&self, by: SignedDuration) {
        let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        let moved = self.offset_micros().saturating_add(micros);
        self.offset_micros.store(moved, Ordering::Relaxed);
    }
}
