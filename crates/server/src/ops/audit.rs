//! The audit trail of links: who made, changed, opened and took away which link, when, and through what.
//!
//! Whoever changes a link writes the event down in the same transaction. What links are opened for is noted on the way and
//! written together; see [`openings`](super::openings). Details never hold a secret: of a password only that there is one,
//! of a name only that it was changed.

mod read;

use driveway_core::audit::{By, Kind};
use driveway_core::id::{PermissionId, UserId};
use driveway_core::permission::{Permission, SharingLink};
use driveway_core::policy::link_change::Change;
use driveway_core::time;
use driveway_storage::{Db, NewEvent};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

pub use self::read::{Actor, Event, Trail, read, whole};
use super::{Credentials, Result, Tx};
use crate::app::App;

/// Trails that are begun in one transaction.
const PAGE: u32 = 200;

/// Trails that are pruned in one transaction: each may have many events to prove, and others wait to write.
const PRUNED: u32 = 16;

/// The setting that says that links from before there were trails have theirs.
const ADOPTED: &str = "trails_begun";

/// Who acts, by their credentials.
pub(super) fn by(credentials: &Credentials) -> By {
    let bearer = credentials.bearer.as_ref();
    By {
        user: bearer.and_then(|claims| claims.user),
        application: bearer.map(|claims| claims.application),
        source: credentials.source,
    }
}

/// What became of a `retainInheritedPermissions: false` (CL-23, AMB-29). Libraries say it in every request, and afterwards
/// somebody will ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// The item inherits nothing from now on.
    Made,
    /// Policy says to pass over it.
    Ignored,
    /// Another request had its effect before, such as an invitation, which has no trail of its own.
    Before,
}

/// Begins the trail of a link that is made in this transaction. `cut` is nothing while the item inherits and nobody asked
/// that it shouldn't.
pub(super) fn created(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    permission: &Permission,
    cut: Option<Cut>,
) -> Result<()> {
    let Some(link) = permission.link() else { return Ok(()) };
    let mut details = described(link);
    let said = match cut {
        None => None,
        Some(Cut::Made) => Some(("retainInheritedPermissions", Value::Bool(false))),
        Some(Cut::Ignored) => Some(("retainInheritedPermissions", "ignored".into())),
        Some(Cut::Before) => Some(("inheritsPermissions", Value::Bool(false))),
    };
    details.extend(said.map(|(member, value)| (member.to_owned(), value)));
    let event = NewEvent {
        link: permission.id,
        kind: Kind::Created,
        at: permission.created_at,
        by: by(credentials),
        details: Value::Object(details).to_string(),
    };
    tx.begin_trail(permission.item, &event)
}

fn described(link: &SharingLink) -> Map<String, Value> {
    let mut details = Map::new();
    details.insert("type".into(), link.link_type.as_str().into());
    details.insert("scope".into(), link.scope.as_str().into());
    details.insert("hasPassword".into(), link.password.is_some().into());
    if let Some(expires_at) = link.expires_at {
        details.insert("expirationDateTime".into(), time::format(expires_at).into());
    }
    if !link.grantees.is_empty() {
        details.insert("people".into(), people(&link.grantees));
    }
    details
}

/// Writes down what a link's maker or owner did to it, in the transaction that does it.
pub(super) fn record(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    link: PermissionId,
    kind: Kind,
    details: &Value,
    now: Timestamp,
) -> Result<()> {
    let event = NewEvent { link, kind, at: now, by: by(credentials), details: details.to_string() };
    tx.append_event(&event).map(drop)
}

/// Writes down that people were added to a link or taken off it; nobody is no event.
pub(super) fn record_people(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    link: PermissionId,
    kind: Kind,
    users: &[UserId],
    now: Timestamp,
) -> Result<()> {
    if users.is_empty() {
        return Ok(());
    }
    record(tx, credentials, link, kind, &json!({ "people": people(users) }), now)
}

fn people(users: &[UserId]) -> Value {
    users.iter().map(|user| Value::from(user.to_string())).collect()
}

/// Writes down that a permission goes, if it is a link.
pub(super) fn revoked(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    permission: &Permission,
    now: Timestamp,
) -> Result<()> {
    if permission.link().is_none() {
        return Ok(());
    }
    record(tx, credentials, permission.id, Kind::Revoked, &json!({}), now)
}

/// What a change named, as an event tells it: values where they are no secret, else only what was done.
pub(super) fn change_details(change: &Change, link: &SharingLink) -> Value {
    let instant = |instant: Option<Timestamp>| instant.map_or(Value::Null, |instant| time::format(instant).into());
    let done = |is_set: bool| Value::from(if is_set { "set" } else { "cleared" });
    let mut details = Map::new();
    for member in change.members() {
        let value = match member {
            "password" => done(link.password.is_some()),
            "name" => done(link.life.name.is_some()),
            "expirationDateTime" => instant(link.expires_at),
            "notBeforeDateTime" => instant(link.life.not_before),
            "enabled" => link.life.enabled.into(),
            "maximumDownloads" => link.life.maximum_downloads.into(),
            _ => Value::Null,
        };
        details.insert(member.into(), value);
    }
    Value::Object(details)
}

/// Begins the trails of links that are older than trails, once in a database's life.
pub fn adopt(db: &Db, now: Timestamp) -> Result<()> {
    if db.read_blocking(|tx| tx.setting(ADOPTED))?.is_some() {
        return Ok(());
    }
    let mut after = None;
    loop {
        let found = db.write_blocking(move |tx| {
            let links = tx.links_without_trail(after, PAGE)?;
            for (link, item) in &links {
                let (by, details) = (By::default(), "{}".to_owned());
                tx.begin_trail(*item, &NewEvent { link: *link, kind: Kind::Adopted, at: now, by, details })?;
            }
            if links.is_empty() {
                tx.set_setting(ADOPTED, "1")?;
            }
            Ok(links)
        })?;
        match found.last() {
            Some((link, _)) => after = Some(*link),
            None => return Ok(()),
        }
    }
}

/// Prunes what is older than trails are kept, and counts it. A broken trail stays.
pub async fn prune(app: &App) -> Result<u64> {
    let days = app.config.audit.retention_days;
    if days == 0 {
        return Ok(0);
    }
    let now = app.clock.now();
    let Ok(before) = now.checked_sub(SignedDuration::from_hours(24 * i64::from(days))) else { return Ok(0) };
    let (mut after, mut gone) = (String::new(), 0);
    loop {
        let from = after.clone();
        let links = app.db.read(move |tx| tx.trails_to_prune(before, &from, PRUNED)).await?;
        let Some(last) = links.last().cloned() else { return Ok(gone) };
        gone += app.db.write(move |tx| prune_page(tx, &links, before)).await?;
        after = last;
    }
}

fn prune_page(tx: &mut Tx<'_>, links: &[String], before: Timestamp) -> Result<u64> {
    let mut gone = 0;
    for link in links {
        match tx.prune_trail(link, before)? {
            driveway_storage::Pruning::Gone(count) => gone += count,
            driveway_storage::Pruning::Broken => {
                tracing::warn!(link, "an audit trail is broken and stays as it is; driveway check says where");
            }
        }
    }
    Ok(gone)
}
