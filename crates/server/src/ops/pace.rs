//! How many new links one caller may make in a minute, where the operator sets a limit (AMB-60).
//!
//! A caller is a person through an application, or the application by itself. Links that exist are found for free.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use driveway_core::caller::Caller;
use driveway_core::error::{Code, Error, Inner};
use driveway_core::id::{ApplicationId, UserId};
use driveway_core::time;
use jiff::Timestamp;

use super::Result;

/// A minute in microseconds.
const MINUTE: i64 = 60_000_000;

/// Callers that are remembered before those who have rested long enough are forgotten.
const MOST_CALLERS: usize = 10_000;

/// The callers who made links lately.
///
/// For each the instant at which their bucket is full again: every new link puts it off by what one link costs, and none
/// is made that would put it off beyond a minute from now.
#[derive(Debug, Default)]
pub struct Pace {
    full_at: Mutex<HashMap<(ApplicationId, Option<UserId>), i64>>,
}

impl Pace {
    /// Takes what one link costs. Of `per_minute`, 0 means no limit; the error says after how many seconds, 60 at the most,
    /// there is room for one again.
    pub fn take(&self, caller: &Caller, per_minute: u32, now: Timestamp) -> Result<()> {
        if per_minute == 0 {
            return Ok(());
        }
        let (cost, now) = (MINUTE / i64::from(per_minute), time::to_micros(now));
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if full_at.len() >= MOST_CALLERS {
            full_at.retain(|_, instant| *instant > now);
        }
        let instant = full_at.entry((caller.application.id, caller.user_id())).or_insert(now);
        // A clock that was moved back must not shut anybody out for longer than a minute.
        let after = (*instant).clamp(now, now.saturating_add(MINUTE)).saturating_add(cost);
        let wait = after - now - MINUTE;
        if wait > 0 {
            let seconds = u32::try_from((wait + 999_999) / 1_000_000).unwrap_or(60).min(60);
            return Err(Error::new(Code::ActivityLimitReached, "Too many new links at once. Try again shortly.")
                .inner(Inner::ThrottledRequest)
                .retry_after(seconds));
        }
        *instant = after;
        Ok(())
    }
}
