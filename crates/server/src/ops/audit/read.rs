//! A link's trail, for those who may read it, with the proof that it is whole.

use std::collections::HashMap;

use driveway_core::audit::Entry;
use driveway_core::caller::{Caller, Intent, Reach, Scope};
use driveway_core::error::Error;
use driveway_core::id::{ApplicationId, PermissionId, UserId};
use driveway_core::policy::link_change::Manager;
use driveway_core::time;
use jiff::Timestamp;
use serde_json::Value;

use crate::app::App;
use crate::ops::listed::Listed;
use crate::ops::permissions::user_identity;
use crate::ops::{Credentials, Result, Tx, caller, openings, outside};

/// The newest events of a trail that are proved on each request. `driveway check` proves all of them.
const PROVED: i64 = 10_000;

/// A page of a link's trail.
#[derive(Debug, Clone)]
pub struct Trail {
    /// Its events, the newest first.
    pub events: Vec<Event>,
    /// The number of the first event that isn't as it was written, or isn't there.
    pub broken_at: Option<i64>,
    /// The first of the events that were proved.
    pub proved_from: i64,
    /// The number that the next page begins below, if there is more.
    pub next: Option<i64>,
}

/// An event as it is shown. Where the trail is broken, this is what stands there now.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its number in the link's trail.
    pub sequence: i64,
    /// What happened.
    pub kind: String,
    /// When.
    pub at: Timestamp,
    /// Who was signed in.
    pub user: Option<Actor>,
    /// Through which application; without it, it was a stranger.
    pub application: Option<Actor>,
    /// From where, as far as it is kept.
    pub address: Option<String>,
    /// Through which door.
    pub through: String,
    /// What else there is to say.
    pub details: Value,
}

/// A person or an application.
#[derive(Debug, Clone)]
pub struct Actor {
    /// The id.
    pub id: String,
    /// The name now.
    pub display_name: String,
}

/// A page of the trail: for owners of the item, for administrators, and for the link's maker as long as they see the link.
/// For everybody else there is none (P13). What was noted before the call is in it.
pub async fn read(
    app: &App,
    credentials: Credentials,
    link: PermissionId,
    before: Option<i64>,
    top: u32,
    now: Timestamp,
) -> Result<Trail> {
    let asking = credentials.clone();
    app.db.read(move |tx| require(tx, &asking, link, now)).await?;
    openings::flush_all(app).await?;
    app.db
        .read(move |tx| {
            require(tx, &credentials, link, now)?;
            page(tx, link, before, top, PROVED)
        })
        .await
}

/// All of a trail, proved whole, for the command line.
pub fn whole(app: &App, link: PermissionId) -> Result<Trail> {
    app.db.read_blocking(move |tx| page(tx, link, None, u32::MAX, i64::MAX))
}

fn page(tx: &mut Tx<'_>, link: PermissionId, before: Option<i64>, top: u32, proved: i64) -> Result<Trail> {
    let Listed { values: entries, more } = Listed::of(tx.trail(link, before, top.saturating_add(1))?, top);
    let next = entries.last().map(|entry| entry.record.sequence).filter(|_| more);
    let (broken_at, proved_from) = tx.trail_break(&link.to_string(), proved)?;
    let mut names = Names::default();
    let events = entries.into_iter().map(|entry| names.event(tx, entry)).collect::<Result<_>>()?;
    Ok(Trail { events, broken_at, proved_from, next })
}

/// Whether the trail is there for the caller. A link that is gone has left behind on which item it was, and an item that is
/// gone in which drive: then its trails are for the owners of all of the drive.
fn require(tx: &mut Tx<'_>, credentials: &Credentials, link: PermissionId, now: Timestamp) -> Result<()> {
    let caller = caller::require(tx, credentials.bearer.as_ref())?;
    let permission = tx.link(link)?;
    let (item, last_drive) = match &permission {
        Some(permission) => (Some(permission.item), None),
        None => tx.trail_end(link)?.map_or((None, None), |place| (Some(place.item), place.drive)),
    };
    let drive = match (item.map(|item| tx.drive_of_item(item)).transpose()?.flatten(), last_drive) {
        (None, Some(last)) => tx.drive(&last)?,
        (found, _) => found,
    };
    // The scopes first: a token that is too narrow finds out nothing about links.
    caller.require(Intent::Read, drive.as_ref().is_some_and(|drive| drive.is_own_of(caller.user_id())))?;
    let chain = match (item.map(|item| tx.chain(item)).transpose()?.flatten(), &drive) {
        (None, Some(drive)) => tx.chain(drive.root)?,
        (found, _) => found,
    };
    let chain = chain.ok_or_else(Error::item_not_found)?;
    let maker = permission.as_ref().and_then(|permission| permission.link()).and_then(|link| link.creator.user);
    let is_maker = maker.is_some() && maker == caller.user_id() && chain.is_live();
    let drive = drive.ok_or_else(Error::item_not_found)?;
    let manager = Manager { role: chain.role_of(outside::actor(tx, &caller, &drive)?, now), is_maker };
    if manager.may_see() || (is_administrator(&caller) && caller.tenant == chain.tenant) {
        Ok(())
    } else {
        Err(Error::item_not_found())
    }
}

/// POLICY-17, as for all links of an organization.
fn is_administrator(caller: &Caller) -> bool {
    caller.user().is_some_and(|user| user.administrator)
        && caller.scopes.any(&[Scope::SettingsReadAll, Scope::SettingsReadWriteAll])
        && caller.reach(Intent::Read) == Reach::AllDrives
}

/// The names of those who acted, each looked up once.
#[derive(Default)]
struct Names {
    users: HashMap<String, String>,
    applications: HashMap<String, String>,
}

impl Names {
    fn event(&mut self, tx: &mut Tx<'_>, entry: Entry) -> Result<Event> {
        let record = entry.record;
        let user = record.user.map(|id| self.user(tx, id)).transpose()?;
        let application = record.application.map(|id| self.application(tx, id)).transpose()?;
        Ok(Event {
            sequence: record.sequence,
            kind: record.kind,
            at: time::from_micros(record.at),
            user,
            application,
            address: record.address,
            through: record.through,
            details: serde_json::from_str(&record.details).unwrap_or(Value::Null),
        })
    }

    fn user(&mut self, tx: &mut Tx<'_>, id: String) -> Result<Actor> {
        let display_name = match (self.users.get(&id), UserId::parse(&id)) {
            (Some(known), _) => known.clone(),
            (None, Ok(user)) => user_identity(tx, user)?.display_name,
            (None, Err(_)) => String::new(),
        };
        self.users.insert(id.clone(), display_name.clone());
        Ok(Actor { id, display_name })
    }

    fn application(&mut self, tx: &mut Tx<'_>, id: String) -> Result<Actor> {
        let display_name = match (self.applications.get(&id), ApplicationId::parse(&id)) {
            (Some(known), _) => known.clone(),
            (None, Ok(application)) => tx.application(application)?.map(|found| found.display_name).unwrap_or_default(),
            (None, Err(_)) => String::new(),
        };
        self.applications.insert(id.clone(), display_name.clone());
        Ok(Actor { id, display_name })
    }
}
