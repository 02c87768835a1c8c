//! Special folders, found by what they are for and made on first use.

use std::sync::Arc;

use driveway_core::address::{DriveKey, ItemAddress, Start};
use driveway_core::caller::{Caller, Intent};
use driveway_core::drive::SpecialFolder;
use driveway_core::error::{Code, Error};
use driveway_core::id::ItemId;
use driveway_core::policy::access::Chain;
use jiff::Timestamp;

use super::access::{Access, reach, reach_drive};
use super::item::{free_name, insert_folder, item_name};
use super::{Credentials, Result, Tx, app_folder, caller};
use crate::app::App;

/// The item that is this folder. One that isn't there is made for who may write the drive's root, where `may_make` lets it;
/// for everybody else there is none. Whether the caller may see it is asked when it is reached.
pub async fn find_or_make(
    app: &Arc<App>,
    credentials: &Credentials,
    drive: &DriveKey,
    folder: SpecialFolder,
    may_make: bool,
    now: Timestamp,
) -> Result<Option<ItemId>> {
    let (shown, key) = (credentials.clone(), drive.clone());
    let found = app.db.read(move |tx| find(tx, &shown, &key, folder)).await;
    match found {
        Ok(None) if may_make => {}
        Ok(found) => return Ok(found),
        Err(error) => return none_unless_faulty(error),
    }
    let (shown, key) = (credentials.clone(), drive.clone());
    let ids = [ItemId::from_uuid(app.new_id()), ItemId::from_uuid(app.new_id())];
    match app.db.write(move |tx| make(tx, &shown, &key, folder, ids, now)).await {
        Ok(made) => Ok(Some(made)),
        Err(error) => none_unless_faulty(error),
    }
}

/// What a caller may not reach is refused when the request itself reaches for it, in the words that it has for that.
fn none_unless_faulty(error: Error) -> Result<Option<ItemId>> {
    match error.code() {
        Code::GeneralException | Code::ServiceNotAvailable | Code::QuotaLimitReached => Err(error),
        _ => Ok(None),
    }
}

fn find(tx: &mut Tx<'_>, credentials: &Credentials, key: &DriveKey, folder: SpecialFolder) -> Result<Option<ItemId>> {
    let caller = caller::require(tx, credentials.bearer.as_ref())?;
    let is_confined = folder == SpecialFolder::AppRoot && caller.is_confined_to_app_folder(Intent::Read);
    let drive =
        if is_confined { app_folder::drive(tx, &caller, key)? } else { reach_drive(tx, &caller, key, Intent::Read)? };
    let Some(item) = tx.special_folder(&drive.id, folder, caller.application.id)? else { return Ok(None) };
    // One in the recycle bin is as good as none: the next one takes its place.
    Ok(tx.chain(item)?.filter(Chain::is_live).map(|_| item))
}

fn make(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    key: &DriveKey,
    folder: SpecialFolder,
    ids: [ItemId; 2],
    now: Timestamp,
) -> Result<ItemId> {
    if let Some(item) = find(tx, credentials, key, folder)? {
        return Ok(item);
    }
    let caller = caller::require(tx, credentials.bearer.as_ref())?;
    let credentials = &app_folder::making_the_folder(&caller, folder, credentials);
    let mut address = ItemAddress { drive: key.clone(), start: Start::Root, path: Vec::new() };
    let mut access = reach(tx, credentials, &address, Intent::Write, now)?;
    let names = names(folder, &caller);
    for (name, id) in names.iter().zip(ids) {
        let id = step_into(tx, &access, name, id, now)?;
        address.start = Start::Id(id.to_string());
        access = reach(tx, credentials, &address, Intent::Write, now)?;
    }
    tx.put_special_folder(&access.drive.id, folder, caller.application.id, access.item.id)?;
    Ok(access.item.id)
}

/// The folder of this name, which is made if it isn't there. Where a file has the name, the folder takes the next free one.
fn step_into(tx: &mut Tx<'_>, parent: &Access, name: &str, id: ItemId, now: Timestamp) -> Result<ItemId> {
    let mut name = item_name(name)?;
    match tx.child(parent.item.id, &name.key())? {
        Some(there) if there.is_folder() => return Ok(there.id),
        Some(_) => name = free_name(tx, parent.item.id, &name)?,
        None => {}
    }
    insert_folder(tx, parent, &name, id, now)?;
    Ok(id)
}

/// Where the folder lies when it is made. An application whose name no item can have goes by its id.
fn names(folder: SpecialFolder, caller: &Caller) -> Vec<String> {
    let mut names: Vec<String> = folder.path().iter().map(|name| (*name).to_owned()).collect();
    if folder.is_of_each_application() {
        let application = &caller.application;
        let own = item_name(&application.display_name).map(|name| name.as_str().to_owned());
        names.push(own.unwrap_or_else(|_| application.id.to_string()));
    }
    names
}
