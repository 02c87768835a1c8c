//! What links were used for: downloads and when they were last opened, noted on the way and written together.
//!
//! A link that is good for so many downloads has each of them reserved before its first byte, in a transaction. Everything
//! else is noted in memory and written with whatever else has come together, so that no download waits for it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use driveway_core::Error;
use driveway_core::id::PermissionId;
use jiff::Timestamp;
use tokio::sync::Notify;
use uuid::Uuid;

use super::Result;
use super::access::{Access, Via};
use crate::app::App;

/// Links that can wait to be written about. Beyond that what is dropped is counted.
const MOST_LINKS: usize = 65_536;

/// How long notes gather before they are written.
const GATHER: Duration = Duration::from_millis(250);

/// What has been noted and not yet written.
#[derive(Debug, Default)]
pub struct Openings {
    pending: Mutex<Pending>,
    wake: Notify,
    /// Held while notes are written, so that whoever waits for it sees them all.
    writing: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Pending {
    ended: Vec<(Uuid, bool)>,
    links: HashMap<PermissionId, Tally>,
}

#[derive(Debug, Clone, Copy)]
struct Tally {
    downloads: u32,
    last: Timestamp,
}

impl Openings {
    /// Notes that a link was opened: its page, or what it leads to in the API.
    pub fn opened(&self, link: PermissionId, now: Timestamp) {
        self.note(link, 0, now);
    }

    fn note(&self, link: PermissionId, downloads: u32, now: Timestamp) {
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
        app.openings.wake.notified().await;
        tokio::time::sleep(GATHER).await;
        if let Err(error) = flush(app).await {
            tracing::warn!(cause = error.cause(), "writing what links were used for failed; it is tried again");
            tokio::time::sleep(GATHER).await;
        }
    }
}

/// Writes what is noted now. When this returns, everything that was noted before it began has been written.
pub async fn flush(app: &App) -> Result<()> {
    let _turn = app.openings.writing.lock().await;
    let pending = std::mem::take(&mut *app.openings.lock());
    if pending.ended.is_empty() && pending.links.is_empty() {
        return Ok(());
    }
    let pending = Arc::new(pending);
    let writing = Arc::clone(&pending);
    let written = app
        .db
        .write(move |tx| {
            writing.ended.iter().try_for_each(|(reservation, delivered)| tx.end_download(*reservation, *delivered))?;
            writing.links.iter().try_for_each(|(link, tally)| tx.note_opening(*link, tally.downloads, tally.last))
        })
        .await;
    if written.is_err() {
        for (reservation, delivered) in &pending.ended {
            app.openings.ended(*reservation, *delivered);
        }
        for (link, tally) in &pending.links {
            app.openings.note(*link, tally.downloads, tally.last);
        }
    }
    written
}

/// Gives back the downloads that an earlier run of the server had under way when it ended.
pub async fn give_back(app: &App) -> Result<u64> {
    let run = app.run;
    app.db.write(move |tx| tx.give_back_downloads(run)).await
}

/// A file that a link leads to, about to be delivered whole.
#[derive(Debug, Clone, Copy)]
pub struct Download {
    link: PermissionId,
    /// Whether the link is good for so many downloads only.
    pub is_limited: bool,
    now: Timestamp,
}

impl Download {
    /// The download that delivering this item is, if it was reached by way of a link.
    pub fn of(access: &Access, now: Timestamp) -> Option<Self> {
        let Via::Link { link, counts_downloads, .. } = &access.via else { return None };
        Some(Self { link: *link, is_limited: *counts_downloads, now })
    }

    /// Begins it. When the last download is taken already, the link is as dead as any other (P16).
    pub async fn begin(self, app: &App) -> Result<Begun> {
        let reservation = if self.is_limited {
            let (link, id, run) = (self.link, app.entropy.opaque_id(), app.run);
            if !app.db.write(move |tx| tx.reserve_download(link, id, run)).await? {
                return Err(Error::item_not_found());
            }
            Some(id)
        } else {
            None
        };
        Ok(Begun { openings: Arc::clone(&app.openings), download: self, reservation, delivered: false })
    }
}

/// A download under way. When the value goes away before it was delivered whole, it doesn't count.
#[derive(Debug)]
pub struct Begun {
    openings: Arc<Openings>,
    download: Download,
    reservation: Option<Uuid>,
    delivered: bool,
}

impl Begun {
    /// The last byte is on its way.
    pub fn delivered(&mut self) {
        self.delivered = true;
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        let Download { link, now, .. } = self.download;
        match self.reservation {
            Some(reservation) => {
                self.openings.ended(reservation, self.delivered);
                self.openings.opened(link, now);
            }
            None => self.openings.note(link, self.delivered.into(), now),
        }
    }
}
