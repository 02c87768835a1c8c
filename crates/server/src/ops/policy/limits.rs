//! What narrows the organization's policy in a site or a drive (POLICY-02).

use driveway_core::address::SiteKey;
use driveway_core::caller::Caller;
use driveway_core::drive::DriveOwner;
use driveway_core::error::Error;
use driveway_core::id::DriveId;
use driveway_core::policy::sharing::{Limits, SharingPolicy};
use driveway_storage::LimitedPlace;

use super::{Changes, merged, require_reader, require_writer};
use crate::ops::access::find_site;
use crate::ops::{Credentials, Result, Tx};

/// A site or a drive, as an address names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlaceKey {
    /// A site, by its id alone or in the form with commas.
    Site(String),
    /// A drive, by its id.
    Drive(String),
}

/// The limits of a place and what holds there with them.
#[derive(Debug, Clone)]
pub struct Limited {
    /// Its own limits.
    pub limits: Limits,
    /// The organization's policy, narrowed by them and, for a drive of a site, by the site's.
    pub effective: SharingPolicy,
}

/// A place that there is, with what holds there before its own limits.
pub(super) struct Found {
    pub(super) place: LimitedPlace,
    organization: SharingPolicy,
    /// The organization's, narrowed by the drive's site.
    base: SharingPolicy,
    pub(super) limits: Limits,
}

impl Found {
    fn limited(self) -> Limited {
        Limited { effective: self.base.narrowed(&self.limits), limits: self.limits }
    }

    /// The limits that changes make of these, or of none; refused where they would widen anything.
    pub(super) fn changed(&self, changes: &Changes, anew: bool) -> Result<Limits> {
        let none = Limits::default();
        let limits = merged(if anew { &none } else { &self.limits }, changes)?;
        limits.validate()?;
        match limits.widens(&self.base) {
            Some(member) => Err(self.too_wide(member, &limits)),
            None => Ok(limits),
        }
    }

    fn too_wide(&self, member: &'static str, limits: &Limits) -> Error {
        let message = if limits.widens(&self.organization) == Some(member) {
            format!("{member} would allow more than the organization does; a site or a drive can only narrow.")
        } else {
            format!("{member} would allow more than the drive's site does; a drive can only narrow.")
        };
        Error::invalid(member, message)
    }

    /// What holds in the place with these limits in the place of its own.
    pub(super) fn with(&self, limits: &Limits) -> SharingPolicy {
        self.base.narrowed(limits)
    }
}

/// The limits of a place; none of its own are all absent.
pub fn get(tx: &mut Tx<'_>, credentials: &Credentials, key: &PlaceKey) -> Result<Limited> {
    let caller = require_reader(tx, credentials)?;
    find(tx, &caller, key).map(Found::limited)
}

/// Changes the limits of a place, or sets them anew: then those that aren't named are lifted.
pub fn set(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    key: &PlaceKey,
    changes: &Changes,
    anew: bool,
) -> Result<Limited> {
    let caller = require_writer(tx, credentials)?;
    let mut found = find(tx, &caller, key)?;
    found.limits = found.changed(changes, anew)?;
    tx.set_limits(caller.tenant, &found.place, &found.limits)?;
    Ok(found.limited())
}

/// Lifts the limits of a place; that there are none is all right.
pub fn lift(tx: &mut Tx<'_>, credentials: &Credentials, key: &PlaceKey) -> Result<()> {
    let caller = require_writer(tx, credentials)?;
    let found = find(tx, &caller, key)?;
    tx.delete_limits(&found.place).map(drop)
}

/// The place, if it is one of the caller's tenant.
pub(super) fn find(tx: &mut Tx<'_>, caller: &Caller, key: &PlaceKey) -> Result<Found> {
    let organization = tx.tenant_policy(caller.tenant)?;
    let mut base = organization.clone();
    let place = match key {
        PlaceKey::Site(site) => {
            let site = find_site(tx, caller.tenant, &SiteKey::Id(site.clone()))?;
            LimitedPlace::Site(site.ok_or_else(Error::item_not_found)?)
        }
        PlaceKey::Drive(id) => {
            let id = DriveId::parse(id).map_err(|_| Error::item_not_found())?;
            let drive =
                tx.drive(&id)?.filter(|drive| drive.tenant == caller.tenant).ok_or_else(Error::item_not_found)?;
            if let DriveOwner::Site(site) = drive.owner
                && let Some(of_site) = tx.limits(&LimitedPlace::Site(site))?
            {
                base = base.narrowed(&of_site);
            }
            LimitedPlace::Drive(drive.id)
        }
    };
    let limits = tx.limits(&place)?.unwrap_or_default();
    Ok(Found { place, organization, base, limits })
}
