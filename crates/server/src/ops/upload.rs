//! Uploads: bytes first, made durable, then the transaction that names them.

use std::sync::Arc;

use bytes::Bytes;
use driveway_core::address::{ItemAddress, Start};
use driveway_core::caller::Intent;
use driveway_core::error::{Code, Error, Inner};
use driveway_core::id::ItemId;
use driveway_core::item::FileFacet;
use driveway_core::name::{ConflictBehavior, ItemName, name_key};
use driveway_storage::{Adoption, ItemChange, NewFacet, NewItem, ReceiveError, Received};
use futures::Stream;
use jiff::Timestamp;

use super::access::{Access, Via, reach};
use super::gate::{self, Below, Passage};
use super::item::{FileSystemTimes, check_e_tag, free_name, insert_folder, item_name, name_taken};
use super::versions::{NewContent, put_content};
use super::{Credentials, Result, Tx, checkout, redemption};
use crate::app::App;

/// Where an upload goes and how.
#[derive(Debug, Clone)]
pub struct Upload {
    /// The file to replace, or the place of a new one: a folder's address with the file's name as the path's end.
    pub address: ItemAddress,
    /// What to do when the place is taken.
    pub conflict: ConflictBehavior,
    /// The tag that the file must have.
    pub if_match: Option<String>,
    /// Whether the client wants a new file and nothing else (`If-None-Match: *`).
    pub only_new: bool,
    /// The media type that the client told, if it told one worth keeping.
    pub media_type: Option<String>,
    /// What the client says of the file, if it says something.
    pub description: Option<String>,
    /// The times that the client's file system has for it.
    pub times: FileSystemTimes,
}

/// Whether the upload made the item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uploaded {
    /// It did: 201.
    Created,
    /// It replaced the content of one that was there: 200.
    Replaced,
}

/// Where the bytes will go.
pub(super) enum Place {
    /// Into this file.
    Existing(Box<Access>),
    /// Below this folder, as a new file, in these folders that aren't there yet.
    New(Box<Access>, Vec<ItemName>, ItemName),
}

impl Place {
    /// The file or the folder that was reached.
    pub(super) fn access(&self) -> &Access {
        match self {
            Self::Existing(access) | Self::New(access, ..) => access,
        }
    }

    /// How many bytes make room for the new ones.
    pub(super) fn replaced_bytes(&self) -> u64 {
        match self {
            Self::Existing(access) => u64::try_from(access.item.size).unwrap_or(0),
            Self::New(..) => 0,
        }
    }
}

/// Streams a body into the drive. The rights are asked for before the first byte is taken, and again in the transaction
/// that names the bytes: between the two a link may have been revoked.
pub async fn upload<S, E>(
    app: &App,
    credentials: Credentials,
    upload: Upload,
    body: S,
    limit: u64,
    now: Timestamp,
) -> Result<(Uploaded, Access)>
where
    S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
    E: std::fmt::Display,
{
    let request = Arc::new((credentials, upload));
    let asking = Arc::clone(&request);
    app.db.read(move |tx| find_place(tx, &asking.0, &asking.1, now).map(drop)).await?;

    let received =
        app.blobs.receive(body, limit, app.entropy.opaque_id()).await.map_err(|error| refused_body(error, limit))?;
    name(app, &request, received, |_, _| Ok(()), now).await
}

/// Names bytes that are durable. What else belongs to it goes into the same transaction, with the item's id.
pub(super) async fn name<F>(
    app: &App,
    request: &Arc<(Credentials, Upload)>,
    received: Received,
    also: F,
    now: Timestamp,
) -> Result<(Uploaded, Access)>
where
    F: Fn(&mut Tx<'_>, ItemId) -> Result<()> + Clone + Send + 'static,
{
    let keep = app.config.limits.versions;
    let received = Arc::new(received);
    // One id for the file and one for each folder that may have to be made on the way to it.
    let ids: Arc<[ItemId]> = (0..=request.1.address.path.len()).map(|_| ItemId::from_uuid(app.new_id())).collect();
    // Twice: the collector may have taken an equal blob from under us between the bytes and the transaction.
    for _ in 0..2 {
        let (request, adopting, ids, also) =
            (Arc::clone(request), Arc::clone(&received), Arc::clone(&ids), also.clone());
        let written = app
            .db
            .write(move |tx| {
                let named = name_bytes(tx, &request, &adopting, &ids, keep, now)?;
                if let Some((_, access)) = &named {
                    also(tx, access.item.id)?;
                }
                Ok(named)
            })
            .await?;
        match written {
            Some(done) => return Ok(done),
            None => app.blobs.put_again(&app.db, &received, now).await?,
        }
    }
    Err(Error::busy(1))
}

/// Why a body wasn't taken, for a client that may send `limit` bytes.
fn refused_body(error: ReceiveError, limit: u64) -> Error {
    match error {
        ReceiveError::TooLarge => Error::new(
            Code::PayloadTooLarge,
            format!("The content is larger than the {limit} bytes that one upload takes."),
        )
        .inner(Inner::MaxFileSizeExceeded),
        ReceiveError::Body(_) => Error::new(Code::InvalidRequest, "The body ended before it was complete."),
        ReceiveError::Storage(error) => error.into(),
    }
}

fn name_bytes(
    tx: &mut Tx<'_>,
    (credentials, upload): &(Credentials, Upload),
    received: &Received,
    ids: &[ItemId],
    keep: u32,
    now: Timestamp,
) -> Result<Option<(Uploaded, Access)>> {
    let place = find_place(tx, credentials, upload, now)?;
    if tx.adopt_blob(&received.sha256, received.size, received.put(), now)? == Adoption::PutAgain {
        return Ok(None);
    }
    let (done, id, mut access) = match place {
        Place::Existing(access) => {
            let name = access.item.name.clone();
            let new = NewContent { file: file_facet(&name, upload, received), size: stored_size(received) };
            put_content(tx, &access, &new, keep, now)?;
            (Uploaded::Replaced, access.item.id, access)
        }
        Place::New(mut access, folders, name) => {
            check_quota(tx, &access, received.size)?;
            let mut ids = ids.iter().copied();
            let mut next_id = || ids.next().ok_or_else(|| Error::internal("fewer ids than names"));
            for folder in folders {
                let id = next_id()?;
                insert_folder(tx, &access, &folder, id, now)?;
                access.item = tx.item(id)?.ok_or_else(Error::item_not_found)?;
            }
            let id = next_id()?;
            insert_file(tx, &access, &name, upload, received, id, now)?;
            (Uploaded::Created, id, access)
        }
    };
    describe(tx, &access, id, upload, done, now)?;
    access.item = tx.item(id)?.ok_or_else(Error::item_not_found)?;
    checkout::show_own(tx, &access.via, &mut access.item)?;
    access.chain = tx.chain(id)?.ok_or_else(Error::item_not_found)?;
    Ok(Some((done, *access)))
}

/// Sets what the client says of the file besides its bytes. A new one has its times already.
fn describe(
    tx: &mut Tx<'_>,
    access: &Access,
    item: ItemId,
    upload: &Upload,
    done: Uploaded,
    now: Timestamp,
) -> Result<()> {
    let (user, application) = author(&access.via);
    let times = if done == Uploaded::Created { FileSystemTimes::default() } else { upload.times };
    let change = ItemChange {
        description: upload.description.clone(),
        file_system_created_at: times.created,
        file_system_modified_at: times.modified,
        ..ItemChange::by(user, application)
    };
    if change.changes_anything() { tx.change_item(item, &change, now) } else { Ok(()) }
}

/// Where an upload goes, for who may write there.
pub(super) fn find_place(tx: &mut Tx<'_>, credentials: &Credentials, upload: &Upload, now: Timestamp) -> Result<Place> {
    if let Some(place) = added_place(tx, credentials, upload, now)? {
        return Ok(place);
    }
    match reach(tx, credentials, &upload.address, Intent::Write, now) {
        Ok(access) => existing(tx, access, upload),
        Err(error) if error.code() == Code::ItemNotFound => new_place(tx, credentials, upload, now, error),
        Err(error) => Err(error),
    }
}

/// The place of a file that comes by a link which only takes files: always a new one, always in the shared folder itself,
/// whatever the request says about a taken name (AMB-39).
fn added_place(tx: &mut Tx<'_>, credentials: &Credentials, upload: &Upload, now: Timestamp) -> Result<Option<Place>> {
    let Some(link) = credentials.link else { return Ok(None) };
    let Passage::Add(opened) = gate::open_link(tx, link, Below::Shared, credentials, now)? else { return Ok(None) };
    gate::check_scopes(&opened, Intent::Write)?;
    redemption::require(tx, &opened, credentials, now)?;
    let ([name], Start::Root, None) = (upload.address.path.as_slice(), &upload.address.start, &upload.if_match) else {
        return Err(gate::adds_only());
    };
    let mut name = item_name(name)?;
    if tx.child(opened.access.item.id, &name.key())?.is_some() {
        name = free_name(tx, opened.access.item.id, &name)?;
    }
    Ok(Some(Place::New(Box::new(opened.access), Vec::new(), name)))
}

fn existing(tx: &mut Tx<'_>, access: Access, upload: &Upload) -> Result<Place> {
    if access.item.is_folder() {
        return Err(Error::new(Code::NameAlreadyExists, "A folder stands at this place."));
    }
    checkout::require_free(&access)?;
    check_e_tag(&access.item, upload.if_match.as_deref())?;
    if upload.only_new {
        return Err(
            Error::new(Code::ResourceModified, "There is such a file already.").inner(Inner::EntityTagDoesNotMatch)
        );
    }
    // By id the client means this very file; what to do about a taken name is a question for paths only.
    if upload.address.path.is_empty() {
        return Ok(Place::Existing(Box::new(access)));
    }
    match upload.conflict {
        ConflictBehavior::Replace => Ok(Place::Existing(Box::new(access))),
        ConflictBehavior::Fail => Err(name_taken()),
        ConflictBehavior::Rename => {
            let parent = access.item.parent.ok_or_else(name_taken)?;
            let name = free_name(tx, parent, &item_name(&access.item.name)?)?;
            let folder = Access { item: tx.item(parent)?.ok_or_else(Error::item_not_found)?, ..access };
            Ok(Place::New(Box::new(folder), Vec::new(), name))
        }
    }
}

/// A place that isn't there yet. The folders on the way to it are made with the file, as OneDrive does.
fn new_place(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    upload: &Upload,
    now: Timestamp,
    absent: Error,
) -> Result<Place> {
    let mut address = upload.address.clone();
    let Some(name) = address.path.pop() else { return Err(absent) };
    if upload.if_match.is_some() {
        return Err(absent);
    }
    let name = item_name(&name)?;
    let mut folders = Vec::new();
    let folder = loop {
        match reach(tx, credentials, &address, Intent::Write, now) {
            Ok(folder) => break folder,
            Err(error) if error.code() != Code::ItemNotFound => return Err(error),
            Err(absent) => folders.push(item_name(&address.path.pop().ok_or(absent)?)?),
        }
    };
    if !folder.item.is_folder() {
        return Err(Error::invalid("path", "A file can't hold other items.").inner(Inner::InvalidPath));
    }
    folders.reverse();
    Ok(Place::New(Box::new(folder), folders, name))
}

fn file_facet(name: &str, upload: &Upload, received: &Received) -> FileFacet {
    let guessed = mime_guess::from_path(name).first_raw().map(str::to_owned);
    let mime_type =
        guessed.or_else(|| upload.media_type.clone()).unwrap_or_else(|| "application/octet-stream".to_owned());
    FileFacet { mime_type, sha256: received.sha256, quick_xor: received.quick_xor }
}

/// Refuses what would make a drive hold more than it may. Versions and the recycle bin don't count.
pub fn check_quota(tx: &mut Tx<'_>, access: &Access, more: u64) -> Result<()> {
    let used = tx.item(access.drive.root)?.map_or(0, |root| root.size);
    let wanted = used.saturating_add(i64::try_from(more).unwrap_or(i64::MAX));
    if wanted > access.drive.quota_bytes {
        return Err(Error::new(Code::QuotaLimitReached, "The drive is full."));
    }
    Ok(())
}

fn stored_size(received: &Received) -> i64 {
    i64::try_from(received.size).unwrap_or(i64::MAX)
}

fn insert_file(
    tx: &mut Tx<'_>,
    folder: &Access,
    name: &ItemName,
    upload: &Upload,
    received: &Received,
    id: ItemId,
    now: Timestamp,
) -> Result<()> {
    let (user, application) = author(&folder.via);
    tx.insert_item(&NewItem {
        id,
        drive: folder.drive.id.clone(),
        parent: folder.item.id,
        name: name.as_str().to_owned(),
        name_key: name_key(name.as_str()),
        facet: NewFacet::File { file: file_facet(name.as_str(), upload, received), size: stored_size(received) },
        author_user: user,
        author_application: application,
        created_at: now,
        file_system_created_at: upload.times.created.unwrap_or(now),
        file_system_modified_at: upload.times.modified.unwrap_or(now),
    })?;
    Ok(())
}

/// Who is written down as the author: the caller, or nobody for a stranger with a link.
pub fn author(via: &Via) -> (Option<driveway_core::id::UserId>, Option<driveway_core::id::ApplicationId>) {
    let caller = via.caller();
    (caller.and_then(driveway_core::caller::Caller::user_id), caller.map(|caller| caller.application.id))
}
