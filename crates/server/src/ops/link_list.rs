//! "All my links": those that the caller made and those on items that they own; for administrators all there are.

use driveway_core::caller::{Caller, Intent, Principal, Reach, Scope};
use driveway_core::drive::DriveOwner;
use driveway_core::error::Error;
use driveway_core::id::TenantId;
use driveway_core::permission::Permission;
use driveway_core::policy::sharing::SharingPolicy;
use jiff::Timestamp;

pub use driveway_storage::{LinkFilter, LinkPlace};

use driveway_storage::LinkSource;

use super::links::{LinkView, manage, show};
use super::{Credentials, Result, Tx, caller, openings};
use crate::app::App;

/// How many times a page is filled up with what comes next, when much of what is found isn't for the caller any more. A
/// shorter page than asked for still says where the next one begins.
const ROUNDS: usize = 8;

/// Which links, and where the page begins.
#[derive(Debug, Clone)]
pub struct Listing {
    /// Which.
    pub filter: LinkFilter,
    /// Whether an administrator asks for the whole tenant's.
    pub all: bool,
    /// Behind which one the page begins.
    pub after: Option<LinkPlace>,
    /// How many at most.
    pub top: u32,
}

/// A page of links, newest first, and where the next one begins, if there is more.
pub async fn list(
    app: &App,
    credentials: Credentials,
    listing: Listing,
    now: Timestamp,
) -> Result<(Vec<LinkView>, Option<LinkPlace>)> {
    openings::flush(app).await?;
    app.db.read(move |tx| page(tx, &credentials, &listing, now)).await
}

fn page(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    listing: &Listing,
    now: Timestamp,
) -> Result<(Vec<LinkView>, Option<LinkPlace>)> {
    let caller = caller::require(tx, credentials.bearer.as_ref())?;
    let sources = sources(tx, &caller, listing.all)?;
    let policy = tx.tenant_policy(caller.tenant)?;
    let filter = LinkFilter {
        now,
        maximum_days: policy.maximum_expiration_days,
        shortest_days: shortest_days(tx, caller.tenant, &policy)?,
        ..listing.filter.clone()
    };
    let top = usize::try_from(listing.top).unwrap_or(usize::MAX);
    let (mut views, mut after) = (Vec::new(), listing.after);
    for _ in 0..ROUNDS {
        let (found, more) = merged(tx, &sources, &filter, after, listing.top)?;
        let last = found.len().saturating_sub(1);
        for (at, permission) in found.into_iter().enumerate() {
            after = Some(place(&permission));
            views.extend(visible(tx, &caller, permission, listing, now)?);
            if views.len() == top {
                return Ok((views, after.filter(|_| more || at < last)));
            }
        }
        if !more {
            return Ok((views, None));
        }
    }
    Ok((views, after))
}

/// The shortest life that policy gives a link anywhere in a tenant.
fn shortest_days(tx: &mut Tx<'_>, tenant: TenantId, policy: &SharingPolicy) -> Result<Option<u32>> {
    let all = tx.limits_of_tenant(tenant)?.iter().fold(policy.clone(), |policy, limits| policy.narrowed(limits));
    let lives = [
        all.maximum_expiration_days,
        all.organization_maximum_expiration_days,
        all.create_only_maximum_expiration_days,
    ];
    Ok(lives.into_iter().flatten().min())
}

/// Where links are looked for. What a narrow token doesn't reach isn't looked at.
fn sources(tx: &mut Tx<'_>, caller: &Caller, all: bool) -> Result<Vec<LinkSource>> {
    let reach = caller.reach(Intent::Read);
    if reach == Reach::None {
        return Err(Error::access_denied("The token has none of the scopes that this call needs."));
    }
    if all {
        let is_administrator = caller.user().is_none_or(|user| user.administrator)
            && caller.scopes.any(&[Scope::SettingsReadAll, Scope::SettingsReadWriteAll]);
        return if is_administrator && reach == Reach::AllDrives {
            Ok(vec![LinkSource::Tenant(caller.tenant)])
        } else {
            Err(Error::access_denied("All links are for administrators, with a SharePointTenantSettings scope.")
                .target("all"))
        };
    }
    match &caller.principal {
        // An application of its own right owns what its scopes reach.
        Principal::Application => Ok(vec![LinkSource::Tenant(caller.tenant)]),
        Principal::User { user, .. } if reach == Reach::OwnDrive => {
            Ok(tx.drives_of(DriveOwner::User(user.id))?.into_iter().map(|drive| LinkSource::Drive(drive.id)).collect())
        }
        Principal::User { user, standing } => {
            let drives = tx.owned_drives(user.id, standing)?;
            Ok(std::iter::once(LinkSource::Maker(user.id)).chain(drives.into_iter().map(LinkSource::Drive)).collect())
        }
    }
}

/// The next links of all sources together, each once, and whether there are more behind them.
fn merged(
    tx: &mut Tx<'_>,
    sources: &[LinkSource],
    filter: &LinkFilter,
    after: Option<LinkPlace>,
    top: u32,
) -> Result<(Vec<Permission>, bool)> {
    let mut found = Vec::new();
    for source in sources {
        // One more than is needed tells whether there is more.
        found.extend(tx.links(source, filter, after, top.saturating_add(1))?);
    }
    found.sort_by_key(|permission| std::cmp::Reverse(place(permission)));
    found.dedup_by_key(|permission| permission.id);
    let top = usize::try_from(top).unwrap_or(usize::MAX);
    let more = found.len() > top;
    found.truncate(top);
    Ok((found, more))
}

fn place(permission: &Permission) -> LinkPlace {
    LinkPlace { created_at: permission.created_at, id: permission.id }
}

/// The link, if it is there for the caller: the index knows who made it, the chain knows what they may still see.
fn visible(
    tx: &mut Tx<'_>,
    caller: &Caller,
    permission: Permission,
    listing: &Listing,
    now: Timestamp,
) -> Result<Option<LinkView>> {
    let Some(drive) = tx.drive_of_item(permission.item)? else { return Ok(None) };
    let Some(managed) = manage(tx, caller.clone(), permission, drive, listing.all, now)? else { return Ok(None) };
    let view = show(tx, &managed, now)?;
    // A drive's policy may say otherwise than the one that the index was asked by.
    let ends_in_time = |end: Timestamp| view.permission.expires_at.is_some_and(|own| own < end);
    let is_wanted = listing.filter.state.is_none_or(|state| state == view.state)
        && listing.filter.expiring_before.is_none_or(ends_in_time);
    Ok(is_wanted.then_some(view))
}
