//! What links were used for: downloads and when they were last opened, noted on the way and written together; and with
//! them what goes into the links' audit trails.
//!
//! A link that is good for so many downloads has each of them reserved before its first byte, in a transaction. Everything
//! else is noted in memory and written with whatever else has come together, so that no download waits for it, and no
//! refusal (P16). Why a link refused was decided by the gate in the read that refused, whatever has become of it since.

mod download;
mod notes;
mod uses;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use driveway_core::audit::{By, Kind, Refusal};
use driveway_core::id::PermissionId;
use driveway_storage::NewEvent;
use jiff::Timestamp;
use serde_json::{Map, Value};
use tokio::sync::Notify;
use uuid::Uuid;

pub use self::download::{Begun, Download};
use self::notes::{Key, Noted, Notes};
pub use self::uses::Uses;
use super::{Credentials, Result, audit};
use crate::app::App;

/// Links that can wait to be written about. Beyond that what is dropped is counted.
const MOST_LINKS: usize = 65_536;

/// How long notes gather before they are written.
const GATHER: Duration = Duration::from_millis(250);

/// How often somebody looks for what was counted and whose minute is over.
const LOOK: Duration = Duration::from_secs(10);

/// What has been noted and not yet written.
#[derive(Debug)]
pub struct Openings {
    /// The most events of a kind that a link's trail gets in an hour from here.
    most: u32,
    pending: Mutex<Pending>,
    wake: Notify,
    /// Held while notes are written, so that whoever waits for it sees them all.
    writing: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Pending {
    ended: Vec<(Uuid, bool)>,
    links: HashMap<PermissionId, Tally>,
    notes: Notes,
}

#[derive(Debug, Clone, Copy)]
struct Tally {
    downloads: u32,
    last: Timestamp,
}

/// What came of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Something was looked at.
    Opened,
    /// Something was changed.
    Written,
    /// It failed: because the link refused, or for a reason of its own.
    Failed(Option<Refusal>),
}

impl Openings {
    /// Nothing noted yet. Of each link so many events of a kind an hour go into its trail, the rest as one with its count.
    pub fn new(events_per_hour: u32) -> Self {
        Self {
            most: events_per_hour,
            pending: Mutex::default(),
            wake: Notify::new(),
            writing: tokio::sync::Mutex::default(),
        }
    }

    /// Notes that a link was opened: its page, or what it leads to in the API.
    fn opened(&self, link: PermissionId, by: By, now: Timestamp) {
        self.used(link, Kind::Opened, by, now);
    }

    /// Notes what came of a request to the API, of the link in its address and of those that its caller carries.
    pub fn used_by_call(&self, credentials: &Credentials, what: Use, now: Timestamp) {
        let by = audit::by(credentials);
        match (what, credentials.link) {
            (Use::Opened, Some(link)) => self.used(link, Kind::Opened, by, now),
            (Use::Failed(why), Some(link)) => self.refused_by(link, why, credentials, now),
            (Use::Opened | Use::Failed(_), None) => {}
            (Use::Written, shown) => {
                let noted = credentials.uses.noted();
                if let Some(link) = shown.filter(|shown| noted.iter().all(|(link, _)| link != shown)) {
                    self.used(link, Kind::Written, by, now);
                }
                noted.into_iter().for_each(|(link, kind)| self.used(link, kind, by, now));
            }
        }
    }

    fn used(&self, link: PermissionId, kind: Kind, by: By, now: Timestamp) {
        self.tally(link, 0, now);
        self.keep(Key { link, kind, reason: None, by }, now);
    }

    /// Notes that a link refused whoever brought these credentials, if it did: what failed for another reason, and being
    /// asked for an account or a password, isn't the link's refusal.
    pub fn refused_by(&self, link: PermissionId, why: Option<Refusal>, credentials: &Credentials, now: Timestamp) {
        if let Some(why) = why {
            self.refused(link, why, audit::by(credentials), now);
        }
    }

    /// Notes that a link refused somebody.
    pub(super) fn refused(&self, link: PermissionId, why: Refusal, by: By, now: Timestamp) {
        self.keep(Key { link, kind: Kind::Refused, reason: Some(why.as_str()), by }, now);
    }

    fn keep(&self, key: Key, now: Timestamp) {
        self.lock().notes.note(key, self.most, now);
        self.wake.notify_one();
    }

    fn tally(&self, link: PermissionId, downloads: u32, now: Timestamp) {
        let mut pending = self.lock();
        if pending.links.len() >= MOST_LINKS && !pending.links.contains_key(&link) {
            drop(pending);
            metrics::counter!("driveway_link_openings_dropped_total").increment(1);
            return;
        }
        let tally = pending.links.entry(link).or_insert(Tally { downloads: 0, last: now });
        tally.downloads = tally.downloads.saturating_add(downloads);
        tally.last = tally.last.max(now);
        drop(pending);
        self.wake.notify_one();
    }

    /// Reservations are never dropped: there are no more of them than connections.
    fn ended(&self, reservation: Uuid, delivered: bool) {
        self.lock().ended.push((reservation, delivered));
        self.wake.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes what is noted, again and again, until the server stops.
pub async fn run(app: &App) {
    loop {
        tokio::select! {
            () = app.openings.wake.notified() => tokio::time::sleep(GATHER).await,
            () = tokio::time::sleep(LOOK) => {}
        }
        if let Err(error) = flush(app).await {
            tracing::warn!(cause = error.cause(), "writing what links were used for failed; it is tried again");
            tokio::time::sleep(GATHER).await;
        }
    }
}

/// Writes what is due now. When this returns, every download and opening that was noted before it began has been written;
/// of what is alike within a minute the trails may have the first only.
pub async fn flush(app: &App) -> Result<()> {
    write(app, false).await
}

/// Writes everything that is noted, what is still counted as well.
pub async fn flush_all(app: &App) -> Result<()> {
    write(app, true).await
}

async fn write(app: &App, all: bool) -> Result<()> {
    let openings = &app.openings;
    let _turn = openings.writing.lock().await;
    let (ended, links, noted) = {
        let mut pending = openings.lock();
        let noted = pending.notes.take(all, openings.most, app.clock.now());
        (std::mem::take(&mut pending.ended), std::mem::take(&mut pending.links), noted)
    };
    if ended.is_empty() && links.is_empty() && noted.is_empty() {
        return Ok(());
    }
    let pending = Arc::new((ended, links, noted));
    let writing = Arc::clone(&pending);
    let written = app
        .db
        .write(move |tx| {
            let (ended, links, noted) = &*writing;
            ended.iter().try_for_each(|(reservation, delivered)| tx.end_download(*reservation, *delivered))?;
            links.iter().try_for_each(|(link, tally)| tx.note_opening(*link, tally.downloads, tally.last))?;
            noted.iter().try_for_each(|noted| tx.append_event(&event(noted)).map(drop))
        })
        .await;
    if written.is_err() {
        let (ended, links, noted) = &*pending;
        for (reservation, delivered) in ended {
            openings.ended(*reservation, *delivered);
        }
        for (link, tally) in links {
            openings.tally(*link, tally.downloads, tally.last);
        }
        openings.lock().notes.put_back(noted.clone());
    }
    written
}

/// The event of what was noted.
fn event(Noted { key, at, count }: &Noted) -> NewEvent {
    let mut details = Map::new();
    if let Some(reason) = key.reason {
        let member = if key.kind == Kind::Dropped { "kind" } else { "reason" };
        details.insert(member.into(), reason.into());
    }
    if *count > 1 || key.kind == Kind::Dropped {
        details.insert("count".into(), (*count).into());
    }
    let details = Value::Object(details).to_string();
    NewEvent { link: key.link, kind: key.kind, at: *at, by: key.by, details }
}

/// Gives back the downloads that an earlier run of the server had under way when it ended.
pub async fn give_back(app: &App) -> Result<u64> {
    let run = app.run;
    app.db.write(move |tx| tx.give_back_downloads(run)).await
}
