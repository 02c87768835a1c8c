//! What somebody worked on lately: the files that they were the last one to change. Opening a file writes nothing.

use driveway_core::address::DriveKey;
use jiff::Timestamp;

use super::access::Access;
use super::{Credentials, Result, Tx, follow};

/// Files that are looked at, the newest first: what is older isn't recent.
const MOST_LOOKED_AT: u32 = 500;

/// The files that the caller changed last and still reaches, the newest first; each with whether it is in another drive than
/// theirs.
pub fn list(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    key: &DriveKey,
    limit: u32,
    now: Timestamp,
) -> Result<Vec<(Access, bool)>> {
    let (caller, user) = follow::owner(tx, credentials, key)?;
    let mut items = Vec::new();
    for item in tx.changed_by(user, MOST_LOOKED_AT)? {
        if items.len() >= usize::try_from(limit).unwrap_or(usize::MAX) {
            break;
        }
        items.extend(follow::shown(tx, credentials, &caller, item, now)?);
    }
    Ok(items)
}
