//! What a change of policy would do to the links that are there, told before it is made. Nothing is changed.
//!
//! Links are looked at in pages, each in a transaction of its own, so that an organization with a hundred thousand of them
//! neither fills the memory nor holds up its writers.

use std::collections::BTreeMap;
use std::sync::Arc;

use driveway_core::id::{DriveId, ItemId, PermissionId, TenantId, UserId};
use driveway_core::permission::{LinkScope, LinkType};
use driveway_core::policy::policy_effect::{Effect, Subject};
use driveway_core::policy::sharing::{Limits, Outsider, SharingPolicy};
use driveway_storage::{LimitedPlace, LinkPlace, ScannedLink};
use jiff::Timestamp;

use super::limits::{self, PlaceKey};
use super::{Changes, changed, require_reader};
use crate::app::App;
use crate::ops::{Credentials, Result, Tx};

/// Links that are looked at in one transaction.
const PAGE: u32 = 1000;

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// The site or drive whose limits would change; the organization's policy otherwise.
    pub place: Option<PlaceKey>,
    /// The members of the change.
    pub changes: Changes,
    /// Behind which link the page begins.
    pub after: Option<LinkPlace>,
    /// How many links at most are named.
    pub top: usize,
}

/// What would happen.
#[derive(Debug, Default)]
pub struct Forecast {
    /// How many links there are of each effect; only where the first page is asked for.
    pub counts: Option<BTreeMap<Effect, u64>>,
    /// Links that the change would touch, newest first.
    pub touched: Vec<Touched>,
    /// Where the next page begins, if there is one.
    pub next: Option<LinkPlace>,
}

/// A link that the change would touch. Nothing that opens it is told.
#[derive(Debug, Clone)]
pub struct Touched {
    /// What would happen to it.
    pub effect: Effect,
    /// The link.
    pub id: PermissionId,
    /// The drive.
    pub drive: DriveId,
    /// The item.
    pub item: ItemId,
    /// Its type.
    pub link_type: LinkType,
    /// Its scope.
    pub scope: LinkScope,
    /// Who made it, unless an application did for itself.
    pub maker: Option<UserId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it would end, if it opens then.
    pub ends_at: Option<Timestamp>,
}

/// The change: what is said before and after it, and where.
struct Change {
    tenant: TenantId,
    place: Option<LimitedPlace>,
    before: SharingPolicy,
    after: SharingPolicy,
}

/// A page of links that were looked at.
struct Page {
    touched: Vec<Touched>,
    /// The last one that was looked at.
    last: Option<LinkPlace>,
    is_last: bool,
}

/// Tells what a change would do. Counting looks at every link, so that only the first page counts.
pub async fn forecast(app: &App, credentials: Credentials, question: Question, now: Timestamp) -> Result<Forecast> {
    let Question { place, changes, after, top } = question;
    let change = Arc::new(app.db.read(move |tx| prepare(tx, &credentials, place.as_ref(), &changes)).await?);
    let counts = || Effect::ALL.into_iter().map(|effect| (effect, 0)).collect();
    let mut forecast = Forecast { counts: after.is_none().then(counts), ..Forecast::default() };
    let mut at = after;
    loop {
        let reading = Arc::clone(&change);
        let page = app.db.read(move |tx| look(tx, &reading, at, now)).await?;
        let is_full = add(&mut forecast, page.touched, top);
        if page.is_last || (is_full && forecast.counts.is_none()) {
            return Ok(forecast);
        }
        at = page.last;
    }
}

/// Adds what was found; whether it is known where the next page begins.
fn add(forecast: &mut Forecast, touched: Vec<Touched>, top: usize) -> bool {
    for link in touched {
        if let Some(counts) = &mut forecast.counts {
            *counts.entry(link.effect).or_default() += 1;
        }
        if forecast.touched.len() < top {
            forecast.touched.push(link);
        } else if forecast.next.is_none() {
            forecast.next = forecast.touched.last().map(|last| LinkPlace { created_at: last.created_at, id: last.id });
        }
    }
    forecast.next.is_some()
}

fn prepare(tx: &mut Tx<'_>, credentials: &Credentials, key: Option<&PlaceKey>, changes: &Changes) -> Result<Change> {
    let caller = require_reader(tx, credentials)?;
    let tenant = caller.tenant;
    let Some(key) = key else {
        let before = tx.tenant_policy(tenant)?;
        let after = changed(&before, changes)?;
        return Ok(Change { tenant, place: None, before, after });
    };
    let found = limits::find(tx, &caller, key)?;
    let after = found.with(&found.changed(changes, false)?);
    Ok(Change { tenant, before: found.with(&found.limits), after, place: Some(found.place) })
}

fn look(tx: &mut Tx<'_>, change: &Change, after: Option<LinkPlace>, now: Timestamp) -> Result<Page> {
    let links = tx.scan_links(change.tenant, change.place.as_ref(), after, PAGE)?;
    let is_last = links.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
    let last = links
        .last()
        .map(|ScannedLink { permission, .. }| LinkPlace { created_at: permission.created_at, id: permission.id });
    let mut policies: BTreeMap<DriveId, (SharingPolicy, SharingPolicy)> = BTreeMap::new();
    let mut touched = Vec::new();
    for link in &links {
        if !policies.contains_key(&link.drive) {
            let rest = rest(tx, change, &link.drive)?;
            policies.insert(link.drive.clone(), (change.before.narrowed(&rest), change.after.narrowed(&rest)));
        }
        if let Some((before, after)) = policies.get(&link.drive) {
            touched.extend(judge(link, before, after, now));
        }
    }
    Ok(Page { touched, last, is_last })
}

/// The limits in a drive that the change leaves as they are. Those of its site are in both policies already where the change
/// is one of the drive's or the site's own.
fn rest(tx: &mut Tx<'_>, change: &Change, drive: &DriveId) -> Result<Limits> {
    match &change.place {
        None => tx.limits_in(drive),
        Some(LimitedPlace::Site(_)) => Ok(tx.limits(&LimitedPlace::Drive(drive.clone()))?.unwrap_or_default()),
        Some(LimitedPlace::Drive(_)) => Ok(Limits::default()),
    }
}

#[expect(clippy::ptr_arg, reason = "it is mapped over lists of lists")]
fn outsider(addresses: &Vec<String>) -> Outsider<'_> {
    Outsider { addresses: addresses.iter().map(String::as_str).collect(), has_account: true }
}

fn judge(found: &ScannedLink, before: &SharingPolicy, after: &SharingPolicy, now: Timestamp) -> Option<Touched> {
    let link = found.permission.link()?;
    let subject = Subject {
        link,
        created_at: found.permission.created_at,
        drive: found.drive_kind,
        is_folder: found.is_folder,
        outside_maker: found.outside_maker.as_ref().map(outsider),
        outside_people: found.outside_people.iter().map(outsider).collect(),
    };
    Some(Touched {
        effect: subject.effect(before, after, now)?,
        id: found.permission.id,
        drive: found.drive.clone(),
        item: found.permission.item,
        link_type: link.link_type,
        scope: link.scope,
        maker: link.creator.user,
        created_at: found.permission.created_at,
        ends_at: subject.end(after),
    })
}
