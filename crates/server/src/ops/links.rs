//! Links as their makers and the items' owners have them: looked at, changed, switched off, taken away.

use std::sync::Arc;

use driveway_core::audit::Kind;
use driveway_core::caller::{Caller, Intent};
use driveway_core::drive::Drive;
use driveway_core::error::{Code, Error};
use driveway_core::id::PermissionId;
use driveway_core::permission::{PasswordGuard, Permission, Role, SharingLink};
use driveway_core::policy::link_change::{Change, Facts, Manager, change_link};
use driveway_core::policy::redeem::{self, ClosedBy, State};
use driveway_core::policy::sharing::SharingPolicy;
use jiff::Timestamp;
use secrecy::SecretString;

use super::access::{Access, Via};
use super::permissions::{Ancestor, Identity, PermissionView, ancestor, user_identity, view};
use super::{Credentials, Result, Tx, audit, caller, gate, openings, outside};
use crate::app::App;

/// A link with everything that is told of it.
#[derive(Debug, Clone)]
pub struct LinkView {
    /// The permission, as Graph shows it.
    pub permission: PermissionView,
    /// The item that it is on.
    pub item: Ancestor,
    /// Who made it, unless an application did for itself.
    pub creator: Option<Identity>,
    /// How it stands.
    pub state: State,
    /// Why it opens for nobody, apart from how it stands itself.
    pub closed_by: Option<ClosedBy>,
    /// When it was last opened.
    pub last_opened_at: Option<Timestamp>,
    /// Whether its name is told: to its maker and the item's owners.
    pub shows_name: bool,
}

/// The members of a change as they come, before the password is hashed.
#[derive(Debug, Clone, Default)]
pub struct Patch {
    /// The password: absent, cleared or set.
    pub password: Option<Option<SecretString>>,
    /// Everything else.
    pub change: Change,
}

/// A link that the caller may manage.
pub(super) struct Managed {
    access: Access,
    permission: Permission,
    policy: SharingPolicy,
    manager: Manager,
}

impl Managed {
    fn link(&self) -> Result<&SharingLink> {
        self.permission.link().ok_or_else(|| Error::internal("a grant among links"))
    }

    fn changed(&self, change: &Change, now: Timestamp) -> Result<SharingLink> {
        let facts = Facts {
            policy: &self.policy,
            manager: self.manager,
            could_make: gate::could_create(&self.access, &self.permission, &self.policy),
            link: self.link()?,
            created_at: self.permission.created_at,
        };
        change_link(&facts, change, now)
    }
}

/// One link.
pub async fn get(app: &App, credentials: Credentials, id: PermissionId, now: Timestamp) -> Result<LinkView> {
    openings::flush(app).await?;
    app.db
        .read(move |tx| {
            let managed = reach(tx, &credentials, id, Intent::Read, now)?;
            show(tx, &managed, now)
        })
        .await
}

/// Changes a link; what the change doesn't name stays. From the next request on it is as changed.
pub async fn change(
    app: &App,
    credentials: Credentials,
    id: PermissionId,
    patch: Patch,
    now: Timestamp,
) -> Result<LinkView> {
    openings::flush(app).await?;
    let version = i64::from_le_bytes(app.entropy.bytes());
    let Patch { password, mut change } = patch;
    // Everything that can be refused is, before a password is hashed for it.
    let unhashed = Change {
        password: password.as_ref().map(|password| password.as_ref().map(|_| guard(SecretString::from(""), version))),
        ..change.clone()
    };
    let reading = credentials.clone();
    app.db.read(move |tx| reach(tx, &reading, id, Intent::Write, now)?.changed(&unhashed, now).map(drop)).await?;
    change.password = match password {
        None => None,
        Some(None) => Some(None),
        Some(Some(password)) => Some(Some(guard(app.passwords.hash(password, app.entropy.bytes()).await?, version))),
    };
    let request = Arc::new((credentials, change));
    app.db.write(move |tx| write_change(tx, &request.0, id, &request.1, now)).await
}

fn guard(hash: SecretString, version: i64) -> PasswordGuard {
    PasswordGuard { hash, version }
}

fn write_change(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    id: PermissionId,
    change: &Change,
    now: Timestamp,
) -> Result<LinkView> {
    let managed = reach(tx, credentials, id, Intent::Write, now)?;
    let link = managed.changed(change, now)?;
    let state = redeem::state(&link, managed.permission.created_at, &managed.policy, now);
    if !state.is_over() {
        make_room(tx, &managed, &link, now)?;
    }
    tx.update_link(id, &link, !state.is_over())?;
    // A request that names nothing changes nothing.
    if !change.members().is_empty() {
        let details = audit::change_details(change, &link);
        audit::record(tx, credentials, id, Kind::Changed, &details, now)?;
    }
    let managed = reach(tx, credentials, id, Intent::Write, now)?;
    show(tx, &managed, now)
}

/// A link that lives (again) takes its slot. One that has died gives it up; one that lives keeps it, and then the two have
/// to be told apart by a name.
fn make_room(tx: &mut Tx<'_>, managed: &Managed, link: &SharingLink, now: Timestamp) -> Result<()> {
    let holder = tx.link_in_slot(managed.permission.item, &link.slot())?;
    let Some(holder) = holder.filter(|holder| holder.id != managed.permission.id) else { return Ok(()) };
    if gate::is_over(tx, &holder, &managed.access.chain, &managed.policy, now)? {
        return tx.vacate_slot(holder.id);
    }
    Err(Error::new(Code::NameAlreadyExists, "This application has another such link here. Give one of them a name.")
        .target("name"))
}

/// Takes a link away, for good.
pub fn delete(tx: &mut Tx<'_>, credentials: &Credentials, id: PermissionId, now: Timestamp) -> Result<()> {
    let managed = reach(tx, credentials, id, Intent::Write, now)?;
    audit::revoked(tx, credentials, &managed.permission, now)?;
    if tx.delete_permission(id)? { Ok(()) } else { Err(Error::item_not_found()) }
}

/// The link, for its maker and the item's owners. For everybody else it isn't there (P13).
fn reach(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    id: PermissionId,
    intent: Intent,
    now: Timestamp,
) -> Result<Managed> {
    let caller = caller::require(tx, credentials.bearer.as_ref())?;
    let permission = tx.link(id)?;
    let drive = match &permission {
        Some(permission) => tx.drive_of_item(permission.item)?,
        None => None,
    };
    // The scopes first: a token that is too narrow finds out nothing about links.
    caller.require(intent, drive.as_ref().is_some_and(|drive| drive.is_own_of(caller.user_id())))?;
    let (Some(permission), Some(drive)) = (permission, drive) else { return Err(Error::item_not_found()) };
    manage(tx, caller, permission, drive, false, now)?.ok_or_else(Error::item_not_found)
}

/// The link, if it is there for the caller. An administrator who looks at all there are sees what others made, and no
/// secret of it.
pub(super) fn manage(
    tx: &mut Tx<'_>,
    caller: Caller,
    permission: Permission,
    drive: Drive,
    sees_all: bool,
    now: Timestamp,
) -> Result<Option<Managed>> {
    let Some((item, chain)) = tx.item_and_chain(permission.item)? else { return Ok(None) };
    let role = chain.role_of(outside::actor(tx, &caller, &drive)?, now);
    let manager = Manager { role, is_maker: is_maker(&caller, &permission) };
    if !chain.is_live() || !(manager.may_see() || sees_all) {
        return Ok(None);
    }
    let policy = tx.sharing_policy(&drive.id)?;
    let role = manager.role.filter(|_| manager.may_see()).unwrap_or(Role::Read);
    let access = Access { drive, item, chain, role, via: Via::Caller(Box::new(caller)) };
    Ok(Some(Managed { access, permission, policy, manager }))
}

fn is_maker(caller: &Caller, permission: &Permission) -> bool {
    let maker = permission.link().and_then(|link| link.creator.user);
    maker.is_some() && maker == caller.user_id()
}

/// Everything that is told of a link.
pub(super) fn show(tx: &mut Tx<'_>, managed: &Managed, now: Timestamp) -> Result<LinkView> {
    let Managed { access, permission, policy, .. } = managed;
    let link = managed.link()?;
    let creator = link.creator.user.map(|user| user_identity(tx, user)).transpose()?;
    let item = ancestor(&access.drive, &access.chain, permission.item, None)
        .ok_or_else(|| Error::internal("a link's item isn't in its own chain"))?;
    Ok(LinkView {
        permission: view(tx, access, permission, policy)?,
        item,
        creator,
        state: redeem::state(link, permission.created_at, policy, now),
        closed_by: gate::closed_by(tx, access, permission, policy, now)?,
        last_opened_at: tx.last_opened(permission.id)?,
        shows_name: managed.manager.may_see(),
    })
}
