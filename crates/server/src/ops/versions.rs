//! Versions of a file: every replacement of its content keeps the previous one.
//!
//! They are for those who have a right of their own. By way of a link there are none: who shares a file shares what it says
//! now, and not what it said before somebody thought better of it (P3).

use driveway_core::address::ItemAddress;
use driveway_core::caller::Intent;
use driveway_core::error::{Code, Error};
use driveway_core::item::{Facet, FileFacet};
use driveway_core::version::{FileVersion, parse_version_id};
use driveway_storage::ItemChange;
use jiff::Timestamp;

use super::access::{Access, Via, reach};
use super::listed::Listed;
use super::upload::{author, check_quota};
use super::{Credentials, Result, Tx, checkout};

/// A page of a file's versions.
#[derive(Debug)]
pub struct VersionPage {
    /// The file.
    pub access: Access,
    /// Its versions, newest first.
    pub versions: Vec<FileVersion>,
    /// The number behind which the next page begins, if there is one.
    pub next: Option<i64>,
}

/// A content that a file is to have.
#[derive(Debug, Clone)]
pub struct NewContent {
    /// The bytes, whose blob is adopted or named already, and their media type.
    pub file: FileFacet,
    /// How many bytes.
    pub size: i64,
}

/// The versions of a file, the current one first.
pub fn list(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    address: &ItemAddress,
    before: Option<i64>,
    limit: u32,
    now: Timestamp,
) -> Result<VersionPage> {
    let access = reach_file(tx, credentials, address, Intent::Read, now)?;
    let found = tx.versions(access.item.id, before, limit.saturating_add(1))?;
    let Listed { values: versions, more } = Listed::of(found, limit);
    let next = versions.last().map(|version| version.number).filter(|_| more);
    Ok(VersionPage { access, versions, next })
}

/// A version of a file.
pub fn get(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    address: &ItemAddress,
    id: &str,
    now: Timestamp,
) -> Result<(Access, FileVersion)> {
    let access = reach_file(tx, credentials, address, Intent::Read, now)?;
    let version = find(tx, &access, id)?;
    Ok((access, version))
}

/// Makes what a version says the content again. It becomes a new version; nothing is undone. Of the current one there is
/// nothing to do.
pub fn restore(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    address: &ItemAddress,
    id: &str,
    keep: u32,
    now: Timestamp,
) -> Result<()> {
    let access = reach_file(tx, credentials, address, Intent::Write, now)?;
    let version = find(tx, &access, id)?;
    checkout::require_free(&access)?;
    if version.number == access.item.content_revision && access.item.draft.is_none() {
        return Ok(());
    }
    put_content(tx, &access, &NewContent { file: version.file, size: version.size }, keep, now)
}

/// Forgets a version that isn't the current one.
pub fn delete(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    address: &ItemAddress,
    id: &str,
    now: Timestamp,
) -> Result<()> {
    let access = reach_file(tx, credentials, address, Intent::Write, now)?;
    let version = find(tx, &access, id)?;
    checkout::require_free(&access)?;
    if !tx.delete_version(access.item.id, version.number)? {
        return Err(Error::new(Code::InvalidRequest, "The current version goes with the file only."));
    }
    Ok(())
}

/// Replaces the content of a file that was reached for writing, or of its working copy where the caller has it checked out.
/// `keep` is the number of previous versions that stay.
pub(super) fn put_content(tx: &mut Tx<'_>, access: &Access, new: &NewContent, keep: u32, now: Timestamp) -> Result<()> {
    checkout::require_free(access)?;
    check_quota(tx, access, u64::try_from(new.size.saturating_sub(access.item.size)).unwrap_or(0))?;
    if access.item.checked_out_by.is_some() {
        return tx.put_working_copy(access.item.id, &new.file, new.size, now);
    }
    let (user, application) = author(&access.via);
    let change = ItemChange { file_system_modified_at: Some(now), ..ItemChange::by(user, application) };
    tx.replace_content(access.item.id, &new.file, new.size, &change, now)?;
    tx.prune_versions(access.item.id, keep).map(drop)
}

/// Shows a version in the place of a file's content.
pub(super) fn show(access: &mut Access, version: FileVersion) {
    access.item.facet = Facet::File(version.file);
    access.item.size = version.size;
    access.item.content_revision = version.number;
    access.item.draft = None;
    access.item.modified_at = version.modified_at;
}

/// A version of a file that was reached, by its number; nothing by way of a link.
pub(super) fn numbered(tx: &mut Tx<'_>, access: &Access, number: i64) -> Result<FileVersion> {
    if matches!(access.via, Via::Link { .. }) {
        return Err(Error::item_not_found());
    }
    tx.version(access.item.id, number)?.ok_or_else(Error::item_not_found)
}

fn find(tx: &mut Tx<'_>, access: &Access, id: &str) -> Result<FileVersion> {
    // Whoever wants the content that everybody sees doesn't have to know its number.
    let number = if id == "current" { Some(access.item.content_revision) } else { parse_version_id(id) }
        .ok_or_else(Error::item_not_found)?;
    numbered(tx, access, number)
}

fn reach_file(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    address: &ItemAddress,
    intent: Intent,
    now: Timestamp,
) -> Result<Access> {
    let access = reach(tx, credentials, address, intent, now)?;
    if matches!(access.via, Via::Link { .. }) {
        return Err(Error::item_not_found());
    }
    if access.item.is_folder() {
        return Err(Error::new(Code::NotSupported, "A folder has no versions."));
    }
    Ok(access)
}
