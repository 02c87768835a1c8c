//! `createLink`: the heart. A new link, or the one that this application already has.

use std::net::IpAddr;
use std::sync::Arc;

use driveway_core::address::{ItemAddress, Start};
use driveway_core::audit::Kind;
use driveway_core::caller::{Caller, Intent};
use driveway_core::error::{Code, Error, Inner};
use driveway_core::id::{ItemId, PermissionId, TenantId, UserId};
use driveway_core::link_life::LinkLife;
use driveway_core::permission::{
    Creator, LinkScope, LinkType, PasswordGuard, Permission, PermissionKind, Role, SharingLink, Slot,
};
use driveway_core::policy::sharing::{Facts, Maker, Outsider, SharingPolicy, Terms, Wish, may_create_link};
use jiff::Timestamp;
use secrecy::SecretString;

use super::access::{Access, Via, reach};
use super::audit::Cut;
use super::outbox::{self, Postage};
use super::pace::key_of;
use super::permissions::{PermissionView, view};
use super::{Credentials, Result, Tx, audit, gate, password};
use crate::app::App;

/// What a caller asks createLink for.
#[derive(Debug, Clone)]
pub struct NewLink {
    /// The type, or the organization's default.
    pub link_type: Option<LinkType>,
    /// Whether the link is for a browser's address bar.
    pub address_bar: bool,
    /// The scope, or the organization's default.
    pub scope: Option<LinkScope>,
    /// The password that the link shall have.
    pub password: Option<SecretString>,
    /// When the link shall end.
    pub expires_at: Option<Timestamp>,
    /// Whether the item keeps the permissions of the folders above it. `false` counts on the first sharing only.
    pub retain_inherited_permissions: bool,
    /// The people of a users link: ids, addresses or principal names.
    pub recipients: Vec<String>,
    /// What the link is called, when an application wants several that are alike.
    pub name: Option<String>,
    /// What mails to the recipients need, if they shall be mailed.
    pub postage: Option<Postage>,
}

impl NewLink {
    /// Whether nothing is said that tells one link from another.
    pub fn is_bare(&self) -> bool {
        let has_terms = self.password.is_some() || self.expires_at.is_some() || !self.recipients.is_empty();
        let is_named = self.link_type.is_some() || self.address_bar || self.scope.is_some() || self.name.is_some();
        !has_terms && !is_named
    }
}

/// Whether the link is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// It is: 201.
    Created,
    /// The application had it already: 200.
    Existing,
}

/// What is known before anything is written.
pub(super) enum Survey {
    /// The slot has a live link, and the caller may have it.
    Existing(Box<PermissionView>),
    /// The slot has a live link behind a password, which the caller has to know (AMB-04).
    Protected(Box<PermissionView>, PermissionId, PasswordGuard),
    /// There is something to write.
    Open(Box<Opening>),
}

/// A slot that may be filled, or a link that gets more people.
pub(super) struct Opening {
    access: Access,
    caller: Caller,
    policy: SharingPolicy,
    terms: Terms,
    recipients: Vec<UserId>,
    /// The users link that the recipients join.
    existing: Option<Permission>,
    /// The link that held the slot until it died, of age or with its creator's rights.
    dead: Option<PermissionId>,
}

/// What a new row is made of, drawn before the transaction so that a retry writes the same.
pub(super) struct Fresh {
    link: PermissionId,
    password_version: i64,
}

impl Fresh {
    pub(super) fn draw(app: &App) -> Self {
        Self { link: PermissionId::from_uuid(app.new_id()), password_version: i64::from_le_bytes(app.entropy.bytes()) }
    }
}

/// Makes a link or finds it. Reading first keeps the commonest call, for a link that exists, off the writer.
pub async fn create_link(
    app: &App,
    credentials: Credentials,
    address: ItemAddress,
    new: NewLink,
    from: IpAddr,
    now: Timestamp,
) -> Result<(Made, PermissionView)> {
    let request = Arc::new((credentials, address, new));
    let reading = Arc::clone(&request);
    // Who may make only so many links has each of them looked at before it gets to the writer.
    let most = app.config.limits.new_links_per_minute;
    let surveyed = app
        .db
        .read(move |tx| {
            let (credentials, address, new) = &*reading;
            match named_slot(credentials, address, new).filter(|_| most == 0) {
                // The writer looks at everything anyway. What is sure to be written isn't looked at twice.
                Some((item, slot)) if !tx.is_slot_taken(item, &slot)? => Ok(None),
                _ => survey(tx, credentials, address, new, now).map(Some),
            }
        })
        .await?;
    if let Some(Survey::Open(opening)) = &surveyed
        && opening.existing.is_none()
    {
        let refusal = "Too many new links at once. Try again shortly.";
        app.new_links.take(key_of(&opening.caller), most, refusal, now)?;
    }
    if let Some(survey) = surveyed
        && let Some(found) = settle(app, survey, &request, from, now).await?
    {
        return mail_existing(app, request, found, now).await;
    }
    let hash = match &request.2.password {
        Some(password) => Some(app.passwords.hash(password.clone(), app.entropy.bytes()).await?),
        None => None,
    };
    let fresh = Fresh::draw(app);
    let writing = Arc::clone(&request);
    let written = app
        .db
        .write(move |tx| match self::survey(tx, &writing.0, &writing.1, &writing.2, now)? {
            Survey::Open(opening) => {
                let done = fill(tx, &writing.0, *opening, &writing.2, &fresh, hash.clone(), now)?;
                mail(tx, &writing, &done.1, now)?;
                Ok(Ok(done))
            }
            // Somebody else was first, between the reading and the writing.
            taken => Ok(Err(taken)),
        })
        .await?;
    match written {
        Ok(done) => {
            if request.2.postage.is_some() {
                app.outbox.notify_one();
            }
            Ok(done)
        }
        Err(taken) => {
            let found = settle(app, taken, &request, from, now).await?.ok_or_else(|| Error::busy(1))?;
            mail_existing(app, request, found, now).await
        }
    }
}

/// A link that was there, mailed once more if that is asked for.
async fn mail_existing(
    app: &App,
    request: Arc<(Credentials, ItemAddress, NewLink)>,
    found: PermissionView,
    now: Timestamp,
) -> Result<(Made, PermissionView)> {
    if request.2.postage.is_some() {
        let mailed = found.clone();
        app.db.write(move |tx| mail(tx, &request, &mailed, now)).await?;
        app.outbox.notify_one();
    }
    Ok((Made::Existing, found))
}

fn mail(
    tx: &mut Tx<'_>,
    (credentials, _, new): &(Credentials, ItemAddress, NewLink),
    view: &PermissionView,
    now: Timestamp,
) -> Result<()> {
    new.postage
        .as_ref()
        .map_or(Ok(()), |postage| outbox::mail_link(tx, credentials, postage, view.permission.id, &new.recipients, now))
}

/// The item, for a "link" that gives nobody a new right: whoever sees the item may have its address (PERM-23, AMB-65).
pub fn existing_access(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    address: &ItemAddress,
    new: &NewLink,
    now: Timestamp,
) -> Result<Access> {
    let access = reach(tx, credentials, address, Intent::Read, now)?;
    let Via::Caller(caller) = &access.via else {
        access.via.require_caller()?;
        return Err(Error::access_denied("Links are made on the item itself, not by way of another link."));
    };
    caller.require(Intent::Write, access.drive.is_own_of(caller.user_id()))?;
    let refuse =
        |target: &'static str| Err(Error::invalid(target, format!("{target} doesn't go with existingAccess.")));
    if new.password.is_some() {
        return refuse("password");
    }
    if new.expires_at.is_some() {
        return refuse("expirationDateTime");
    }
    if !new.recipients.is_empty() {
        return refuse("recipients");
    }
    if !new.retain_inherited_permissions
        && !tx.sharing_policy(&access.drive.id)?.ignore_unasked_retain_inherited_permissions
    {
        return refuse("retainInheritedPermissions");
    }
    if new.postage.is_some() {
        return refuse("sendNotification");
    }
    match new.link_type {
        None | Some(LinkType::View | LinkType::Edit) if !new.address_bar => Ok(access),
        _ => refuse("type"),
    }
}

/// [`existing_access`] where the organization gives it to whoever names neither type nor scope (POLICY-05). Who asks for
/// anything that only a link can have gets a link.
pub fn default_existing_access(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    address: &ItemAddress,
    new: &NewLink,
    now: Timestamp,
) -> Result<Option<Access>> {
    if !new.is_bare() {
        return Ok(None);
    }
    let access = reach(tx, credentials, address, Intent::Read, now)?;
    if !matches!(access.via, Via::Caller(_)) || !tx.sharing_policy(&access.drive.id)?.default_to_existing_access {
        return Ok(None);
    }
    existing_access(tx, credentials, address, new, now).map(Some)
}

/// The existing link, once its password has been shown where it has one; `None` when there is something to write.
async fn settle(
    app: &App,
    survey: Survey,
    (credentials, _, new): &(Credentials, ItemAddress, NewLink),
    from: IpAddr,
    now: Timestamp,
) -> Result<Option<PermissionView>> {
    match survey {
        Survey::Open(_) => Ok(None),
        Survey::Existing(found) => Ok(Some(*found)),
        Survey::Protected(found, link, guard) => {
            let Some(guess) = new.password.clone() else {
                return Err(Error::internal("a protected slot without a password"));
            };
            let attempt = password::Attempt { link, by: audit::by(credentials), from, now };
            if password::attempt(app, attempt, guess, guard.hash).await? {
                Ok(Some(*found))
            } else {
                Err(Error::invalid("password", "This application has a protected link here, with another password.")
                    .inner(Inner::PasswordMismatch))
            }
        }
    }
}

pub(super) fn survey(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    address: &ItemAddress,
    new: &NewLink,
    now: Timestamp,
) -> Result<Survey> {
    let access = reach(tx, credentials, address, Intent::Write, now)?;
    let caller = access.via.require_caller()?.clone();
    if !matches!(access.via, Via::Caller(_)) {
        return Err(Error::access_denied("Links are made on the item itself, not by way of another link."));
    }
    let policy = tx.sharing_policy(&access.drive.id)?;
    let facts = Facts {
        drive: access.drive.kind,
        is_folder: access.item.is_folder(),
        is_root: access.item.is_root(),
        role: access.role,
        maker: Maker::of(&caller, access.chain.tenant),
        policy: &policy,
    };
    let wish = Wish {
        link_type: new.link_type,
        address_bar: new.address_bar,
        scope: new.scope,
        protected: new.password.is_some(),
        expires_at: new.expires_at,
        has_recipients: !new.recipients.is_empty(),
    };
    let terms = may_create_link(&facts, &wish, now)?;
    let recipients = find_recipients(tx, &caller, &new.recipients, (access.chain.tenant, &policy))?;
    let slot = slot(&caller, &terms, new);
    let held = tx.link_in_slot(access.item.id, &slot)?;
    let opening = |existing, dead, access, recipients, policy| {
        Survey::Open(Box::new(Opening { access, caller: caller.clone(), policy, terms, recipients, existing, dead }))
    };
    let Some(permission) = held else {
        return if terms.scope == LinkScope::Users && recipients.is_empty() {
            Err(no_recipients())
        } else {
            Ok(opening(None, None, access, recipients, policy))
        };
    };
    let Some(link) = permission.link() else { return Err(Error::internal("a grant in a link's slot")) };
    if gate::is_over_for(tx, &access, &permission, &policy, now)? {
        return Ok(opening(None, Some(permission.id), access, recipients, policy));
    }
    if !gate::could_create(&access, &permission, &policy) {
        return Err(Error::access_denied("This application has such a link, and you may not be shown it."));
    }
    if recipients.iter().any(|user| !link.grantees.contains(user)) {
        return Ok(opening(Some(permission), None, access, recipients, policy));
    }
    let guard = link.password.clone();
    let id = permission.id;
    let found = Box::new(view(tx, &access, &permission, &policy)?);
    Ok(match guard {
        Some(guard) => Survey::Protected(found, id, guard),
        None => Survey::Existing(found),
    })
}

/// The item and the slot, where the request itself says both. A password isn't hashed for somebody whose rights haven't
/// been looked at, so requests with one say nothing.
fn named_slot(credentials: &Credentials, address: &ItemAddress, new: &NewLink) -> Option<(ItemId, Slot)> {
    let Start::Id(item) = &address.start else { return None };
    if new.password.is_some() || new.address_bar || !address.path.is_empty() {
        return None;
    }
    let slot = Slot {
        application: credentials.bearer.as_ref()?.application,
        link_type: new.link_type?,
        scope: new.scope?,
        protected: false,
        name: new.name.clone(),
    };
    Some((ItemId::parse(item).ok()?, slot))
}

fn slot(caller: &Caller, terms: &Terms, new: &NewLink) -> Slot {
    Slot {
        application: caller.application.id,
        link_type: terms.link_type,
        scope: terms.scope,
        protected: terms.protected,
        name: new.name.clone(),
    }
}

fn no_recipients() -> Error {
    Error::invalid("recipients", "A link for specific people needs at least one of them.")
        .inner(Inner::ParameterIsTooSmall)
}

/// The people named in a request. All have to be known: a link that reaches only some would say yes to a half. People from
/// outside are named by address, and only where policy shares with them; ids are those of one's own organization.
pub(super) fn find_recipients(
    tx: &mut Tx<'_>,
    caller: &Caller,
    names: &[String],
    (tenant, policy): (TenantId, &SharingPolicy),
) -> Result<Vec<UserId>> {
    let mut found = Vec::with_capacity(names.len());
    for name in names {
        let user = match UserId::parse(name) {
            Ok(id) => tx.user(id)?.filter(|user| user.tenant == caller.tenant),
            Err(_) => tx.user_by_principal_name(name)?,
        };
        let user = user.filter(|user| user.enabled);
        let user = user.ok_or_else(|| Error::invalid("recipients", "A recipient isn't known here."))?;
        if user.tenant != tenant {
            policy.may_share_with(&Outsider::account(&user), Maker::of(caller, tenant))?;
        }
        if !found.contains(&user.id) {
            found.push(user.id);
        }
    }
    Ok(found)
}

pub(super) fn fill(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    opening: Opening,
    new: &NewLink,
    fresh: &Fresh,
    hash: Option<SecretString>,
    now: Timestamp,
) -> Result<(Made, PermissionView)> {
    let Opening { mut access, caller, policy, terms, recipients, existing, dead } = opening;
    if let Some(permission) = existing {
        tx.add_grantees(permission.id, &recipients)?;
        let known = permission.link().map(|link| link.grantees.as_slice()).unwrap_or_default();
        let joined: Vec<UserId> = recipients.into_iter().filter(|user| !known.contains(user)).collect();
        audit::record_people(tx, credentials, permission.id, Kind::PeopleAdded, &joined, now)?;
        let permission = tx.permission(permission.id)?.ok_or_else(Error::item_not_found)?;
        return Ok((Made::Existing, view(tx, &access, &permission, &policy)?));
    }
    if let Some(dead) = dead {
        tx.vacate_slot(dead)?;
    }
    let before = access.chain.items.first().is_some_and(|item| !item.inherits).then_some(Cut::Before);
    let cut = if new.retain_inherited_permissions {
        before
    } else if policy.ignore_unasked_retain_inherited_permissions {
        Some(Cut::Ignored)
    } else if stop_inheriting(tx, &mut access, &caller)? {
        Some(Cut::Made)
    } else {
        before
    };
    let permission = Permission {
        id: fresh.link,
        item: access.item.id,
        kind: PermissionKind::Link(SharingLink {
            link_type: terms.link_type,
            scope: terms.scope,
            creator: Creator { user: caller.user_id(), application: caller.application.id },
            password: hash.map(|hash| PasswordGuard { hash, version: fresh.password_version }),
            expires_at: terms.expires_at,
            grantees: recipients,
            life: LinkLife { name: new.name.clone(), ..LinkLife::default() },
        }),
        created_at: now,
    };
    tx.insert_permission(&permission, Some(&slot(&caller, &terms, new)))?;
    audit::created(tx, credentials, &permission, cut)?;
    Ok((Made::Created, view(tx, &access, &permission, &policy)?))
}

/// Breaks inheritance at the item, if this is the first time that it is shared (CL-23, AMB-29). Owners keep their rights
/// by the nature of the break, and so does a caller who isn't one, for as long as they have them above (AMB-30). Whether it
/// did.
pub(super) fn stop_inheriting(tx: &mut Tx<'_>, access: &mut Access, caller: &Caller) -> Result<bool> {
    let item = access.chain.items.first();
    let is_granted = item.is_some_and(|item| item.grants.iter().any(|grant| grant.role() != Role::Owner));
    if is_granted || tx.has_link(access.item.id)? {
        return Ok(false);
    }
    tx.stop_inheriting(access.item.id, caller.user_id().filter(|_| access.role < Role::Owner))?;
    access.chain = tx.chain(access.item.id)?.ok_or_else(|| Error::new(Code::ItemNotFound, "The item is gone."))?;
    Ok(true)
}
