//! A download by way of a link, from its first byte to its last.

use std::sync::Arc;

use driveway_core::Error;
use driveway_core::audit::{By, Kind, Refusal, Source};
use driveway_core::id::PermissionId;
use jiff::Timestamp;
use uuid::Uuid;

use super::Openings;
use super::notes::Key;
use crate::app::App;
use crate::ops::Result;
use crate::ops::access::{Access, Via};

/// A file that a link leads to, about to be delivered whole.
#[derive(Debug, Clone, Copy)]
pub struct Download {
    link: PermissionId,
    /// Whether the link is good for so many downloads only.
    pub is_limited: bool,
    by: By,
    now: Timestamp,
}

impl Download {
    /// The download that delivering this item is, if it was reached by way of a link.
    pub fn of(access: &Access, source: Source, now: Timestamp) -> Option<Self> {
        let Via::Link { link, caller, counts_downloads, .. } = &access.via else { return None };
        let caller = caller.as_deref();
        let user = caller.and_then(driveway_core::caller::Caller::user_id);
        let by = By { user, application: caller.map(|caller| caller.application.id), source };
        Some(Self { link: *link, is_limited: *counts_downloads, by, now })
    }

    /// Notes that the link was opened and that nothing is downloaded, or a part only.
    pub fn opened(self, app: &App) {
        app.openings.opened(self.link, self.by, self.now);
    }

    /// Begins it. When the last download is taken already, the link is as dead as any other (P16).
    pub async fn begin(self, app: &App) -> Result<Begun> {
        let reservation = if self.is_limited {
            let (link, id, run) = (self.link, app.entropy.opaque_id(), app.run);
            if !app.db.write(move |tx| tx.reserve_download(link, id, run)).await? {
                app.openings.refused(link, Refusal::UsedUp, self.by, self.now);
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
        let Download { link, by, now, .. } = self.download;
        match self.reservation {
            Some(reservation) => {
                self.openings.ended(reservation, self.delivered);
                self.openings.tally(link, 0, now);
            }
            None => self.openings.tally(link, self.delivered.into(), now),
        }
        let kind = if self.delivered { Kind::Downloaded } else { Kind::Opened };
        self.openings.keep(Key { link, kind, reason: None, by }, now);
    }
}
