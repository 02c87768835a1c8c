//! Tokens that reach the folder of their application and nothing else: `Files.ReadWrite.AppFolder`.
//!
//! What lies outside of it isn't there for them, be it in the caller's drive or not.

use driveway_core::address::DriveKey;
use driveway_core::caller::{Caller, Intent, Scope};
use driveway_core::drive::{Drive, SpecialFolder};
use driveway_core::error::Error;
use driveway_core::policy::access::Chain;

use super::access::find_drive;
use super::{Credentials, Result, Tx};

/// The caller's own drive at an address. Of others it isn't told whether they are there.
pub(super) fn drive(tx: &mut Tx<'_>, caller: &Caller, key: &DriveKey) -> Result<Drive> {
    let drive = find_drive(tx, caller, key)?.filter(|drive| drive.is_own_of(caller.user_id()));
    drive.ok_or_else(|| {
        Error::access_denied("The token's scope reaches the application's folder in the caller's drive only.")
    })
}

/// Refuses an item that isn't the application's folder and doesn't lie below it.
pub(super) fn require_inside(tx: &mut Tx<'_>, caller: &Caller, drive: &Drive, chain: &Chain) -> Result<()> {
    let folder = tx.special_folder(&drive.id, SpecialFolder::AppRoot, caller.application.id)?;
    if folder.is_some_and(|folder| chain.items.iter().any(|item| item.id == folder)) {
        Ok(())
    } else {
        Err(Error::item_not_found())
    }
}

/// [`require_inside`] of the folder that something is moved to, for those who are confined.
pub(super) fn require_target(tx: &mut Tx<'_>, caller: &Caller, drive: &Drive, chain: &Chain) -> Result<()> {
    if caller.is_confined_to_app_folder(Intent::Write) { require_inside(tx, caller, drive, chain) } else { Ok(()) }
}

/// The credentials with which the application's folder is made: it lies where the token alone doesn't reach.
pub(super) fn making_the_folder(caller: &Caller, folder: SpecialFolder, credentials: &Credentials) -> Credentials {
    let mut making = credentials.clone();
    if folder == SpecialFolder::AppRoot
        && caller.is_confined_to_app_folder(Intent::Write)
        && let Some(claims) = &mut making.bearer
    {
        claims.scopes = claims.scopes.with(Scope::FilesReadWrite);
    }
    making
}
