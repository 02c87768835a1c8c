//! How often one caller may do something in a minute, where the operator sets a limit.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

use driveway_core::caller::Caller;
use driveway_core::error::{Code, Error, Inner};
use driveway_core::id::{ApplicationId, UserId};
use driveway_core::time;
use jiff::Timestamp;

/// A minute in microseconds.
const MINUTE: i64 = 60_000_000;

/// Callers that are remembered before those who have rested long enough are forgotten.
const MOST_CALLERS: usize = 10_000;

/// A caller: a person through an application, or the application by itself.
pub type CallerKey = (ApplicationId, Option<UserId>);

/// The callers who did it lately.
///
/// For each the instant at which their bucket is full again: every time they do it puts it off by what one time costs, and it
/// isn't done where that would put it off beyond a minute from now.
#[derive(Debug)]
pub struct Pace<K> {
    full_at: Mutex<HashMap<K, i64>>,
}

/// What is left to a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// How many times a minute.
    pub per_minute: u32,
    /// How many times more at once.
    pub remaining: u32,
    /// After how many seconds all of them are there again.
    pub reset_seconds: u32,
}

impl<K> Default for Pace<K> {
    fn default() -> Self {
        Self { full_at: Mutex::default() }
    }
}

impl<K: Eq + Hash> Pace<K> {
    /// Takes what one time costs. Of `per_minute`, 0 means no limit, and then nothing is remembered. The error says `refusal`
    /// and after how many seconds, 60 at the most, there is room for one again.
    pub fn take(&self, key: K, per_minute: u32, refusal: &'static str, now: Timestamp) -> Result<Option<Room>, Error> {
        if per_minute == 0 {
            return Ok(None);
        }
        let (cost, now) = (MINUTE / i64::from(per_minute), time::to_micros(now));
        let mut full_at = self.lock();
        if full_at.len() >= MOST_CALLERS {
            full_at.retain(|_, instant| *instant > now);
        }
        let instant = full_at.entry(key).or_insert(now);
        // A clock that was moved back must not shut anybody out for longer than a minute.
        let after = (*instant).clamp(now, now.saturating_add(MINUTE)).saturating_add(cost);
        let wait = after - now - MINUTE;
        if wait > 0 {
            return Err(throttled(refusal, seconds(wait)));
        }
        *instant = after;
        let remaining = u32::try_from(-wait / cost.max(1)).unwrap_or(per_minute);
        Ok(Some(Room { per_minute, remaining, reset_seconds: seconds(after - now) }))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, i64>> {
        self.full_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whole seconds of so many microseconds, at least as long and 60 at the most.
fn seconds(micros: i64) -> u32 {
    u32::try_from((micros + 999_999) / 1_000_000).unwrap_or(60).min(60)
}

/// The refusal of who is too fast.
pub fn throttled(message: &'static str, seconds: u32) -> Error {
    Error::new(Code::ActivityLimitReached, message).inner(Inner::ThrottledRequest).retry_after(seconds)
}

/// By what a caller is known here.
pub fn key_of(caller: &Caller) -> CallerKey {
    (caller.application.id, caller.user_id())
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn as_many_as_are_allowed_pass_and_room_comes_back_with_time() {
        let (pace, now) = (Pace::default(), Timestamp::UNIX_EPOCH);
        let left: Vec<u32> = (0..3).map(|_| pace.take("ann", 3, "slowly", now).unwrap().unwrap().remaining).collect();
        assert_eq!(left, [2, 1, 0]);
        assert_eq!(pace.take("ann", 3, "slowly", now).unwrap_err().retry_after_seconds(), Some(20));
        assert!(pace.take("bob", 3, "slowly", now).is_ok(), "each has a bucket of their own");
        let later = now + SignedDuration::from_secs(20);
        let room = pace.take("ann", 3, "slowly", later).unwrap().unwrap();
        assert_eq!((room.remaining, room.reset_seconds), (0, 60));
        assert!(pace.take("ann", 3, "slowly", later).is_err());
    }

    #[test]
    fn without_a_limit_nobody_waits() {
        let pace = Pace::default();
        assert!((0..100).all(|_| pace.take("ann", 0, "slowly", Timestamp::UNIX_EPOCH) == Ok(None)));
        assert!(pace.lock().is_empty());
    }
}
