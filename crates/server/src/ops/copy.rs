//! Copies (ITEM-04, AMB-27): begun by a request, which is answered at once, and gone on with in small transactions.
//!
//! Bytes are named by their content, so that a copy costs rows only. It carries no permission and no link: it inherits from
//! its new place. What the caller can't reach isn't copied, and both rights are asked for again with every batch (P10). What
//! was copied before one was lost, or before anything else went wrong, stays.

use std::sync::Arc;
use std::time::Duration;

use driveway_core::address::{DriveKey, ItemAddress, Start};
use driveway_core::audit::Kind;
use driveway_core::caller::Intent;
use driveway_core::error::{Code, Error};
use driveway_core::id::{DriveId, ItemId};
use driveway_core::item::{DriveItem, Facet};
use driveway_core::name::{ConflictBehavior, ItemName};
pub use driveway_core::operation::{OperationStatus, Progress};
use driveway_core::seal::{Purpose, Seal};
use driveway_storage::{NewFacet, NewItem, Operation, OperationFolder};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;
use uuid::Uuid;

use super::access::{Access, Via, reach};
use super::children::children;
use super::item::{NewParent, check_path_length, item_name, name_taken, parent_not_found, settle_conflict};
use super::ticket::Ticket;
use super::upload::{author, check_quota};
use super::{Credentials, Result, Tx};
use crate::app::App;

/// Items that one transaction copies.
const BATCH: u16 = 100;

/// Copies that one caller may have under way.
const MOST: i64 = 20;

/// How long it is told what became of a copy.
const TOLD: SignedDuration = SignedDuration::from_hours(24 * 7);

/// Wakes whoever goes on with copies.
#[derive(Debug, Default)]
pub struct Copies {
    wake: Notify,
}

/// What is to be copied, and where to.
#[derive(Debug, Clone)]
pub struct NewCopy {
    /// The name of the copy; the source's, if none is given.
    pub name: Option<String>,
    /// The folder for the copy; the source's, if none is given.
    pub parent: Option<NewParent>,
    /// The drive of that folder; the source's, if none is given.
    pub parent_drive: Option<DriveId>,
    /// What to do when the name is taken.
    pub conflict: ConflictBehavior,
    /// Whether what a folder holds is copied, and not the folder itself.
    pub children_only: bool,
    /// Whether the versions of files are copied too.
    pub versions: bool,
}

/// Begins a copy and returns the secret by which its progress can be asked for. A file is copied at once.
pub async fn copy(
    app: &App,
    credentials: Credentials,
    address: ItemAddress,
    new: NewCopy,
    now: Timestamp,
) -> Result<String> {
    let (operation, item) = (app.entropy.opaque_id(), ItemId::from_uuid(app.new_id()));
    app.db.write(move |tx| begin(tx, &credentials, &address, &new, (operation, item), now)).await?;
    app.copies.wake.notify_one();
    Ok(app.seal.seal(Purpose::Operation, operation.as_bytes()))
}

/// Begins a copy; `ids` are those of the operation and of the copy.
pub fn begin(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    address: &ItemAddress,
    new: &NewCopy,
    (id, copy): (Uuid, ItemId),
    now: Timestamp,
) -> Result<()> {
    let source = reach(tx, credentials, address, Intent::Read, now)?;
    if source.prevents_download() {
        return Err(Error::access_denied("This link lets look and not copy."));
    }
    if source.counts_downloads() {
        return Err(Error::access_denied("Downloads of this link are counted, and a copy would count for none."));
    }
    if let Via::Link { link, .. } = &source.via {
        credentials.uses.note(*link, Kind::Copied);
    }
    let caller = source.via.require_caller()?;
    let caller = caller.user_id().map_or_else(|| caller.application.id.to_string(), |user| user.to_string());
    let target = reach_target(tx, credentials, &source, new, now)?;
    check_shape(&source, &target, new)?;
    check_quota(tx, &target, u64::try_from(source.item.size).unwrap_or(0))?;
    if tx.operations_of(&caller)? >= MOST {
        let error =
            Error::new(Code::ActivityLimitReached, "Too many copies are under way. Try again when one has ended.");
        return Err(error.retry_after(5));
    }
    let below = if source.item.is_folder() { tx.count_below(source.item.id)? } else { 0 };
    let right = |access: &Access| Ticket::new(access.item.id, &access.via, i64::MAX).to_text();
    let operation = Operation {
        id,
        caller,
        source_right: right(&source),
        target_right: right(&target),
        conflict: new.conflict.as_str().to_owned(),
        versions: new.versions,
        drive: target.drive.id.clone(),
        result: if new.children_only { target.item.id } else { copy },
        total: below + i64::from(!new.children_only),
    };
    tx.insert_operation(&operation, now)?;
    if new.children_only {
        return tx.push_operation_folder(id, source.item.id, target.item.id);
    }
    let name = item_name(new.name.as_deref().unwrap_or(&source.item.name))?;
    if new.conflict == ConflictBehavior::Replace
        && tx.child(target.item.id, &name.key())?.is_some_and(|taken| taken.id == source.item.id)
    {
        return Err(name_taken());
    }
    copy_item(tx, &operation, &source.item, &target, name, (copy, new.conflict), now)?;
    if source.item.is_folder() { Ok(()) } else { tx.end_operation(id, None, now) }
}

/// The folder for the copy, for somebody who may write there by a right of their own or one that they carry.
fn reach_target(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    source: &Access,
    new: &NewCopy,
    now: Timestamp,
) -> Result<Access> {
    let (start, path) = match &new.parent {
        Some(NewParent::Id(id)) if id == "root" => (Start::Root, Vec::new()),
        Some(NewParent::Id(id)) => (Start::Id(id.clone()), Vec::new()),
        Some(NewParent::Path(path)) => (Start::Root, path.clone()),
        None if new.parent_drive.is_some() => (Start::Root, Vec::new()),
        None => match (&source.via, source.item.parent) {
            (Via::Link { shared, .. }, _) if *shared == source.item.id => {
                return Err(Error::invalid("parentReference", "Say where the copy shall be."));
            }
            (_, Some(parent)) => (Start::Id(parent.to_string()), Vec::new()),
            (_, None) => (Start::Root, Vec::new()),
        },
    };
    let drive = new.parent_drive.clone().unwrap_or_else(|| source.drive.id.clone());
    let address = ItemAddress { drive: DriveKey::Id(drive.as_str().to_owned()), start, path };
    let (bearer, uses) = (credentials.bearer.clone(), credentials.uses.clone());
    let own = Credentials { bearer, uses, ..Credentials::default() };
    match reach(tx, &own, &address, Intent::Write, now) {
        Err(error) if error.code() == Code::ItemNotFound => Err(parent_not_found()),
        reached => reached,
    }
}

fn check_shape(source: &Access, target: &Access, new: &NewCopy) -> Result<()> {
    if !target.item.is_folder() {
        return Err(Error::invalid("parentReference", "A file can't hold other items."));
    }
    if target.chain.items.iter().any(|above| above.id == source.item.id) {
        return Err(Error::invalid("parentReference", "A folder can't be copied into itself."));
    }
    if new.children_only {
        if !source.item.is_folder() {
            return Err(Error::invalid("childrenOnly", "A file has no children."));
        }
        if new.name.is_some() {
            return Err(Error::invalid("name", "Children keep their names."));
        }
    } else if source.item.is_root() {
        return Err(Error::new(Code::NotSupported, "The root of a drive is copied with childrenOnly."));
    }
    Ok(())
}

/// Copies one item into a folder that was reached. Of a folder only itself: what it holds is noted to be copied.
fn copy_item(
    tx: &mut Tx<'_>,
    operation: &Operation,
    item: &DriveItem,
    target: &Access,
    name: ItemName,
    (id, conflict): (ItemId, ConflictBehavior),
    now: Timestamp,
) -> Result<()> {
    check_path_length(&target.chain, &name)?;
    let name = settle_conflict(tx, target, None, item.is_folder(), name, conflict, now)?;
    let (author_user, author_application) = author(&target.via);
    let facet = match &item.facet {
        Facet::Folder { .. } => NewFacet::Folder,
        Facet::File(file) => NewFacet::File { file: file.clone(), size: item.size },
    };
    tx.insert_item(&NewItem {
        id,
        drive: target.drive.id.clone(),
        parent: target.item.id,
        name: name.as_str().to_owned(),
        name_key: name.key(),
        facet,
        author_user,
        author_application,
        created_at: now,
        file_system_created_at: item.file_system_created_at,
        file_system_modified_at: item.file_system_modified_at,
    })?;
    match item.facet {
        Facet::File(_) if operation.versions => tx.copy_versions(item.id, id)?,
        Facet::File(_) => {}
        Facet::Folder { .. } => tx.push_operation_folder(operation.id, item.id, id)?,
    }
    tx.count_operation(operation.id, 1)
}

/// Does a batch of an operation that is under way, and says whether there is more to do. What is wrong for good ends it.
pub async fn step(app: &App, id: Uuid) -> Result<bool> {
    let now = app.clock.now();
    let ids: Arc<[ItemId]> = (0..BATCH).map(|_| ItemId::from_uuid(app.new_id())).collect();
    let outcome = app
        .db
        .write(move |tx| {
            let Some(operation) = tx.operation(id)? else { return Ok(false) };
            match tx.next_operation_folder(id)? {
                Some(folder) => batch(tx, &operation, &folder, &ids, now).map(|()| true),
                None => tx.end_operation(id, None, now).map(|()| false),
            }
        })
        .await;
    match outcome {
        Err(error) if !matches!(error.code(), Code::GeneralException | Code::ServiceNotAvailable) => {
            app.db
                .write(move |tx| match tx.operation(id)? {
                    Some(_) => tx.end_operation(id, Some((error.code().as_str(), error.message())), now),
                    None => Ok(()),
                })
                .await?;
            Ok(false)
        }
        outcome => outcome,
    }
}

fn batch(
    tx: &mut Tx<'_>,
    operation: &Operation,
    folder: &OperationFolder,
    ids: &[ItemId],
    now: Timestamp,
) -> Result<()> {
    let lost = |what: &str| Error::access_denied(format!("The right to {what} was lost on the way."));
    let right = |text: &str| Ticket::from_text(text).ok_or_else(|| Error::internal("a right that isn't one"));
    let (from, to) = (right(&operation.source_right)?, right(&operation.target_right)?);
    let all = from.redeem(tx, now).map_err(|_| lost("read the source"))?;
    if all.prevents_download() || all.counts_downloads() {
        return Err(lost("read the source"));
    }
    let target = to.for_item(folder.target).redeem(tx, now).map_err(|_| lost("write the target"))?;
    target.require_write().map_err(|_| lost("write the target"))?;
    // A folder that is gone, or out of reach by now, isn't copied; the rest is.
    let Ok(source) = from.for_item(folder.source).redeem(tx, now) else {
        return tx.advance_operation_folder(operation.id, folder.number, None);
    };
    let after = Some(folder.after.as_str()).filter(|after| !after.is_empty());
    let page = children(tx, source, after, BATCH.into(), now)?;
    tx.advance_operation_folder(operation.id, folder.number, page.next.as_deref())?;
    let items: Vec<&DriveItem> = page.items.iter().filter(|item| item.id != operation.result).collect();
    let bytes = items.iter().filter(|item| !item.is_folder()).map(|item| item.size).sum::<i64>();
    check_quota(tx, &target, u64::try_from(bytes).unwrap_or(0))?;
    let conflict = operation.conflict.parse().map_err(Error::internal)?;
    for (item, id) in items.into_iter().zip(ids) {
        copy_item(tx, operation, item, &target, item_name(&item.name)?, (*id, conflict), now)?;
    }
    Ok(())
}

/// Goes on with copies, those that an earlier run of the server left first, until the server stops.
pub async fn run(app: &App) {
    loop {
        if let Err(error) = work_through(app).await {
            tracing::warn!(cause = error.cause(), "going on with a copy failed; it is tried again");
            tokio::time::sleep(Duration::from_secs(1)).await;
            continue;
        }
        app.copies.wake.notified().await;
    }
}

/// Goes on with all copies, a batch each in turn, until none is under way.
pub async fn work_through(app: &App) -> Result<()> {
    loop {
        let under_way = app.db.read(|tx| tx.operations_under_way(100)).await?;
        if under_way.is_empty() {
            return Ok(());
        }
        for id in under_way {
            step(app, id).await?;
        }
    }
}

/// The operation that a secret stands for, if it is genuine.
pub fn open(seal: &Seal, secret: &str) -> Option<Uuid> {
    Uuid::from_slice(&seal.open(Purpose::Operation, secret)?).ok()
}

/// How far an operation is.
pub async fn progress(app: &App, secret: &str) -> Result<Progress> {
    let id = open(&app.seal, secret).ok_or_else(Error::item_not_found)?;
    app.db.read(move |tx| tx.progress(id)).await?.ok_or_else(Error::item_not_found)
}

/// Forgets what became of copies that ended a week ago.
pub async fn prune(app: &App) -> Result<u64> {
    let before = app.clock.now().saturating_sub(TOLD).unwrap_or(Timestamp::MIN);
    app.db.write(move |tx| tx.prune_operations(before)).await
}
