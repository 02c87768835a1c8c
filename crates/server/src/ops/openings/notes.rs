//! Openings and refusals on their way into links' audit trails.
//!
//! What happens first is due at once. What is like it within a minute (same link, same kind, same reason, same visitor) is
//! counted and becomes one more event. No link gets more than so many events of a kind in an hour; what is beyond is counted
//! and becomes one event too. So a stranger can fill neither the memory nor the disk, nor hide a download behind refusals.

use std::collections::HashMap;

use driveway_core::audit::{By, Kind};
use driveway_core::id::PermissionId;
use jiff::{SignedDuration, Timestamp};

/// Kinds of events, and links, that are kept apart at once. Beyond that what comes is dropped, and counted as a metric.
const MOST_WINDOWS: usize = 65_536;

/// How long what is alike is one event.
const WINDOW: SignedDuration = SignedDuration::from_secs(60);

/// How long events of a link are counted towards its limit.
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// How often what is counted is looked through.
const SWEEP: SignedDuration = SignedDuration::from_secs(1);

/// What makes two happenings alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) link: PermissionId,
    pub(super) kind: Kind,
    /// Why it was refused, as it was decided when it was; of what was dropped, the kind.
    pub(super) reason: Option<&'static str>,
    pub(super) by: By,
}

/// Something to write down.
#[derive(Debug, Clone)]
pub(super) struct Noted {
    pub(super) key: Key,
    pub(super) at: Timestamp,
    pub(super) count: u64,
}

#[derive(Debug, Clone, Copy)]
struct Window {
    since: Timestamp,
    last: Timestamp,
    count: u64,
}

#[derive(Debug)]
struct Hour {
    since: Timestamp,
    events: u32,
    dropped: u64,
    last: Timestamp,
}

/// What is noted and not yet written. Hours are counted by link and kind.
#[derive(Debug, Default)]
pub(super) struct Notes {
    windows: HashMap<Key, Window>,
    hours: HashMap<(PermissionId, Kind), Hour>,
    due: Vec<Noted>,
    swept: Option<Timestamp>,
}

impl Notes {
    /// Notes one happening. `most` is the limit of events that a link gets in an hour.
    pub(super) fn note(&mut self, key: Key, most: u32, now: Timestamp) {
        if let Some(window) = self.windows.get_mut(&key).filter(|window| is_within(window.since, WINDOW, now)) {
            window.count = window.count.saturating_add(1);
            window.last = now;
            return;
        }
        if self.windows.len() >= MOST_WINDOWS && !self.windows.contains_key(&key) {
            metrics::counter!("driveway_link_events_dropped_total").increment(1);
            return;
        }
        let fresh = Window { since: now, last: now, count: 0 };
        if let Some(over) = self.windows.insert(key, fresh) {
            self.close(key, over, most);
        }
        self.admit(Noted { key, at: now, count: 1 }, most);
    }

    /// What is to be written now: what is due and what was counted in minutes that are over; with `all` whatever was
    /// counted at all.
    pub(super) fn take(&mut self, all: bool, most: u32, now: Timestamp) -> Vec<Noted> {
        if !all && self.swept.is_some_and(|swept| is_within(swept, SWEEP, now)) {
            return std::mem::take(&mut self.due);
        }
        self.swept = Some(now);
        let is_over = |window: &Window| !is_within(window.since, WINDOW, now);
        let over: Vec<Key> =
            self.windows.iter().filter(|(_, window)| all || is_over(window)).map(|(key, _)| *key).collect();
        for key in over {
            let Some(window) = self.windows.remove(&key) else { continue };
            if !is_over(&window) {
                // The minute goes on, so that asking for the trail doesn't make it longer.
                let Window { since, last, .. } = window;
                self.windows.insert(key, Window { since, last, count: 0 });
            }
            self.close(key, window, most);
        }
        let due = &mut self.due;
        self.hours.retain(|counted, hour| {
            let goes_on = is_within(hour.since, HOUR, now);
            if hour.dropped > 0 && (all || !goes_on) {
                due.push(dropped(*counted, hour));
                hour.dropped = 0;
            }
            goes_on
        });
        std::mem::take(&mut self.due)
    }

    /// Puts back what couldn't be written.
    pub(super) fn put_back(&mut self, noted: Vec<Noted>) {
        self.due.extend(noted);
    }

    fn close(&mut self, key: Key, window: Window, most: u32) {
        if window.count > 0 {
            let Window { last: at, count, .. } = window;
            self.admit(Noted { key, at, count }, most);
        }
    }

    fn admit(&mut self, noted: Noted, most: u32) {
        if self.due.len() >= MOST_WINDOWS {
            metrics::counter!("driveway_link_events_dropped_total").increment(1);
            return;
        }
        let counted = (noted.key.link, noted.key.kind);
        let goes_on = self.hours.get(&counted).is_some_and(|hour| is_within(hour.since, HOUR, noted.at));
        if !goes_on {
            if self.hours.len() >= MOST_WINDOWS && !self.hours.contains_key(&counted) {
                metrics::counter!("driveway_link_events_dropped_total").increment(1);
                return;
            }
            let fresh = Hour { since: noted.at, events: 0, dropped: 0, last: noted.at };
            if let Some(over) = self.hours.insert(counted, fresh).filter(|over| over.dropped > 0) {
                self.due.push(dropped(counted, &over));
            }
        }
        let Some(hour) = self.hours.get_mut(&counted) else { return };
        if hour.events < most {
            hour.events += 1;
            self.due.push(noted);
        } else {
            hour.dropped = hour.dropped.saturating_add(noted.count);
            hour.last = noted.at;
        }
    }
}

fn dropped((link, kind): (PermissionId, Kind), hour: &Hour) -> Noted {
    let key = Key { link, kind: Kind::Dropped, reason: Some(kind.as_str()), by: By::default() };
    Noted { key, at: hour.last, count: hour.dropped }
}

/// A clock that was moved back ends what was going on, like one that has gone on.
fn is_within(since: Timestamp, length: SignedDuration, now: Timestamp) -> bool {
    let passed = now.duration_since(since);
    !passed.is_negative() && passed < length
}

#[cfg(test)]
mod tests;
