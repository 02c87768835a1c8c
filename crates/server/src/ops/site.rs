//! Sites: found by id, path and name. A site is there for those who may see its library.

use driveway_core::address::SiteKey;
use driveway_core::caller::{Caller, Lookup};
use driveway_core::drive::{Drive, DriveOwner};
use driveway_core::error::Error;
use driveway_core::id::SiteId;
use driveway_core::identity::Site;
use driveway_core::policy::access::Chain;
use jiff::Timestamp;

use super::access::find_site;
use super::lookup::require_organization;
use super::{Credentials, Result, Tx, caller, outside};

/// Sites that one page of a search looks at. What it didn't come to is behind the next link.
const MOST_LOOKED_AT: u32 = 1000;

/// A site with its library.
#[derive(Debug)]
pub struct SiteView {
    /// The site.
    pub site: Site,
    /// Its first drive.
    pub drive: Drive,
    /// Whether it is the root site.
    pub is_root: bool,
}

/// What a search came to.
#[derive(Debug)]
pub struct Found {
    /// The sites that match and that the caller may see.
    pub sites: Vec<SiteView>,
    /// The name of the last site that was looked at, if there are more.
    pub next: Option<String>,
}

/// The site at an address.
pub fn get(tx: &mut Tx<'_>, credentials: &Credentials, key: &SiteKey, now: Timestamp) -> Result<SiteView> {
    let caller = caller::require(tx, credentials.bearer.as_ref())?;
    caller.require_lookup(Lookup::Sites)?;
    let id = find_site(tx, caller.tenant, key)?.ok_or_else(Error::item_not_found)?;
    let site = tx.site(id)?.ok_or_else(Error::item_not_found)?;
    let root = find_site(tx, caller.tenant, &SiteKey::Root)?;
    view(tx, &caller, site, root, now)?.ok_or_else(Error::item_not_found)
}

/// The sites whose name holds the text, without regard to case; all of them for an empty one.
pub fn search(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    text: &str,
    (after, limit): (Option<&str>, u32),
    now: Timestamp,
) -> Result<Found> {
    let caller = caller::require(tx, credentials.bearer.as_ref())?;
    caller.require_lookup(Lookup::Sites)?;
    require_organization(&caller)?;
    let text = text.to_lowercase();
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let root = find_site(tx, caller.tenant, &SiteKey::Root)?;
    let candidates = tx.sites_of(caller.tenant, after, MOST_LOOKED_AT)?;
    let is_all = candidates.len() < usize::try_from(MOST_LOOKED_AT).unwrap_or(usize::MAX);
    let mut found = Found { sites: Vec::new(), next: None };
    let mut last = None;
    for site in candidates {
        if found.sites.len() >= limit {
            found.next = last;
            return Ok(found);
        }
        last = Some(site.name.clone());
        if [&site.name, &site.display_name].iter().any(|name| name.to_lowercase().contains(&text)) {
            found.sites.extend(view(tx, &caller, site, root, now)?);
        }
    }
    found.next = last.filter(|_| !is_all);
    Ok(found)
}

fn view(
    tx: &mut Tx<'_>,
    caller: &Caller,
    site: Site,
    root: Option<SiteId>,
    now: Timestamp,
) -> Result<Option<SiteView>> {
    let Some(drive) = tx.drive_of(DriveOwner::Site(site.id))? else { return Ok(None) };
    let Some(chain) = tx.chain(drive.root)?.filter(Chain::is_live) else { return Ok(None) };
    if chain.role_of(outside::actor(tx, caller, &drive)?, now).is_none() {
        return Ok(None);
    }
    Ok(Some(SiteView { is_root: root == Some(site.id), site, drive }))
}
