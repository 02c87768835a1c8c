//! What a session remembers of the request that began it.

use driveway_core::address::{DriveKey, ItemAddress, Start};
use driveway_core::audit::Source;
use driveway_core::error::{Code, Error};
use driveway_core::name::ConflictBehavior;
use driveway_storage::UploadSession;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ops::access::{Access, Via};
use crate::ops::item::FileSystemTimes;
use crate::ops::ticket::Ticket;
use crate::ops::upload::{Place, Upload};
use crate::ops::{Credentials, Result};

/// The request, pinned to an item by its id: a folder that is renamed or moved meanwhile takes the upload along.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    anchor: String,
    /// Whether the anchor is the item that a link is on.
    is_shared: bool,
    /// Names below the anchor; none to replace the anchor itself.
    path: Vec<String>,
    conflict: ConflictBehavior,
    if_match: Option<String>,
    only_new: bool,
    description: Option<String>,
    created: Option<Timestamp>,
    modified: Option<Timestamp>,
}

impl Kept {
    /// Pins the place that a request has found.
    pub(super) fn pin(place: &Place, upload: &Upload) -> Result<(Access, Self)> {
        let name = upload.address.path.last().cloned();
        let (access, anchor, path) = match (place, name) {
            (Place::Existing(file), None) => (file, file.item.id, Vec::new()),
            (Place::Existing(file), Some(name)) => {
                (file, file.item.parent.ok_or_else(Error::item_not_found)?, vec![name])
            }
            (Place::New(folder, folders, settled), name) => {
                let mut path: Vec<String> = folders.iter().map(|folder| folder.as_str().to_owned()).collect();
                path.push(name.unwrap_or_else(|| settled.as_str().to_owned()));
                (folder, folder.item.id, path)
            }
        };
        let kept = Self {
            anchor: anchor.to_string(),
            is_shared: matches!(access.via, Via::Link { shared, .. } if shared == anchor),
            path,
            conflict: upload.conflict,
            if_match: upload.if_match.clone(),
            only_new: upload.only_new,
            description: upload.description.clone(),
            created: upload.times.created,
            modified: upload.times.modified,
        };
        Ok((Access::clone(access), kept))
    }

    pub(super) fn to_text(&self) -> Result<String> {
        serde_json::to_string(self).map_err(Error::internal)
    }
}

/// By which right a place was found, without a seal: it opens nothing.
pub(super) fn right(access: &Access) -> String {
    Ticket::new(access.item.id, &access.via, i64::MAX).to_text()
}

/// What the one who began the session would show and ask for now.
pub(super) fn request(session: &UploadSession, source: Source) -> Result<(Credentials, Upload)> {
    let credentials = credentials(session, source)?;
    let kept: Kept = serde_json::from_str(&session.new.request).map_err(Error::internal)?;
    let start = if kept.is_shared { Start::Root } else { Start::Id(kept.anchor) };
    let upload = Upload {
        address: address(session, &credentials, start, kept.path),
        conflict: kept.conflict,
        if_match: kept.if_match,
        only_new: kept.only_new,
        media_type: None,
        description: kept.description,
        times: FileSystemTimes { created: kept.created, modified: kept.modified },
    };
    Ok((credentials, upload))
}

/// The address of an item by the right that a session has.
pub(super) fn address(
    session: &UploadSession,
    credentials: &Credentials,
    start: Start,
    path: Vec<String>,
) -> ItemAddress {
    let drive = match credentials.link {
        // Which link it is, the credentials say.
        Some(_) => DriveKey::Share(String::new()),
        None => DriveKey::Id(session.new.drive.as_str().to_owned()),
    };
    ItemAddress { drive, start, path }
}

pub(super) fn credentials(session: &UploadSession, source: Source) -> Result<Credentials> {
    let ticket =
        Ticket::from_text(&session.new.target_right).ok_or_else(|| Error::internal("a right that isn't one"))?;
    Ok(ticket.credentials(source))
}

/// The URL asks for no token and no password, so nobody is told to bring one: what needs another is not there.
pub(super) fn without_challenge(error: Error) -> Error {
    if error.code() == Code::Unauthenticated { super::not_there() } else { error }
}
