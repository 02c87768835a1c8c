//! `invite`: people get a role on an item, with or without an account here.

use driveway_core::address::ItemAddress;
use driveway_core::caller::{Caller, Intent};
use driveway_core::error::{Code, Error};
use driveway_core::id::{GroupId, PermissionId, TenantId, UserId};
use driveway_core::identity::User;
use driveway_core::mail_address;
use driveway_core::permission::{Creator, Grantee, Invitation, Permission, PermissionKind, Role};
use driveway_core::policy::invitation::{Facts, Offer, is_address, may_invite, takes_the_place_of};
use driveway_core::policy::sharing::{Maker, Outsider, SharingPolicy};
use jiff::Timestamp;

use super::access::{Access, Via, reach};
use super::create_link::stop_inheriting;
use super::outbox::{self, Postage};
use super::permissions::{PermissionView, view};
use super::{Credentials, Result, Tx};
use crate::mail::letter::is_deliverable;

/// Somebody named in a request, in one of the three ways (1.5 of the behaviour table).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipient {
    /// By mail address: anybody.
    Email(String),
    /// By principal name, or by what stands before the `@` of it: somebody of the caller's organization.
    Alias(String),
    /// By id: a person or a group of the caller's organization.
    ObjectId(String),
}

impl Recipient {
    /// What was written.
    pub fn name(&self) -> &str {
        match self {
            Self::Email(name) | Self::Alias(name) | Self::ObjectId(name) => name,
        }
    }
}

/// Whom a caller invites to what.
#[derive(Debug, Clone)]
pub struct NewInvitations {
    /// The people.
    pub recipients: Vec<Recipient>,
    /// What they may do.
    pub role: Role,
    /// Until when.
    pub expires_at: Option<Timestamp>,
    /// Whether the item keeps the permissions of the folders above it. `false` counts on the first sharing only.
    pub retain_inherited_permissions: bool,
    /// What mails to the people need, if they shall be mailed.
    pub postage: Option<Postage>,
    /// Whether the good ones are invited although others aren't (INV-06); all or nothing otherwise (AMB-51).
    pub some_may_fail: bool,
}

/// Ids for what may have to be written, drawn before the transaction.
#[derive(Debug, Clone)]
pub struct Fresh {
    /// One for each recipient.
    pub invitations: Vec<PermissionId>,
}

/// What became of a recipient.
pub type Outcome = std::result::Result<PermissionView, (Recipient, Error)>;

/// Who is meant.
pub(super) struct Invited {
    pub(super) grantee: Option<Grantee>,
    pub(super) email: Option<String>,
}

/// Invites people, in the order of the request. Who has as much already keeps what they have.
pub fn invite(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    address: &ItemAddress,
    new: &NewInvitations,
    fresh: &Fresh,
    now: Timestamp,
) -> Result<Vec<Outcome>> {
    let mut access = reach(tx, credentials, address, Intent::Write, now)?;
    let caller = access.via.require_caller()?.clone();
    if !matches!(access.via, Via::Caller(_)) {
        return Err(Error::access_denied("People are invited to the item itself, not by way of a link."));
    }
    // Nobody passes on for longer what they have for so long (P11).
    let until = access.chain.writes_until(caller.actor(), now);
    let offer = Offer { role: new.role, expires_at: [new.expires_at, until].into_iter().flatten().min() };
    may_invite(&Facts { role: access.role, is_root: access.item.is_root() }, &offer, now)?;
    let policy = tx.sharing_policy(&access.drive.id)?;
    let tenant = access.chain.tenant;
    let maker = Maker::of(&caller, tenant);
    policy.may_share(maker)?;
    let mut found = Vec::with_capacity(new.recipients.len());
    for (at, recipient) in new.recipients.iter().enumerate() {
        let invited = find(tx, &caller, recipient, tenant)
            .and_then(|invited| check_outsider(&policy, maker, invited))
            .and_then(|invited| check_mail(new, at, invited))
            .and_then(|invited| check_self(&caller, invited))
            .map_err(|error| error.target(format!("recipients[{at}]")));
        found.push(if new.some_may_fail { invited } else { Ok(invited?) });
    }
    let retains = new.retain_inherited_permissions || policy.ignore_unasked_retain_inherited_permissions;
    if !retains && found.iter().any(Result::is_ok) {
        stop_inheriting(tx, &mut access, &caller)?;
    }
    let mut outcomes = Vec::with_capacity(found.len());
    for ((invited, recipient), id) in found.into_iter().zip(&new.recipients).zip(&fresh.invitations) {
        outcomes.push(match invited {
            Ok(invited) => Ok(put(tx, &access, &policy, (&caller, invited, *id), &offer, now)?),
            Err(error) => Err((recipient.clone(), error)),
        });
    }
    if let Some(postage) = &new.postage {
        let made = outcomes.iter().flatten().map(|view| &view.permission);
        outbox::mail_invitations(tx, postage, &caller, made, now)?;
    }
    Ok(outcomes)
}

/// Nobody invites themselves: what they have here is what they were given.
fn check_self(caller: &Caller, invited: Invited) -> Result<Invited> {
    match (invited.grantee, caller.user_id()) {
        (Some(Grantee::User(invited)), Some(own)) if invited == own => {
            Err(Error::new(Code::InvalidRequest, "You can't invite yourself."))
        }
        _ => Ok(invited),
    }
}

/// Refuses somebody whom a mail that is asked for can't reach, or who is one too many (INV-07).
fn check_mail(new: &NewInvitations, at: usize, invited: Invited) -> Result<Invited> {
    match (&new.postage, &invited.email) {
        (Some(postage), _) if at >= postage.most_recipients => Err(outbox::too_many(postage)),
        (Some(_), Some(email)) if !is_deliverable(email) => Err(outbox::unreachable_address()),
        _ => Ok(invited),
    }
}

/// The grant that the person has on this very item, made, renewed or as it is.
fn put(
    tx: &mut Tx<'_>,
    access: &Access,
    policy: &SharingPolicy,
    (caller, invited, id): (&Caller, Invited, PermissionId),
    offer: &Offer,
    now: Timestamp,
) -> Result<PermissionView> {
    let own = tx.permissions_of(access.item.id)?;
    let existing = own.iter().find(|permission| is_for(permission, &invited));
    let invitation = Invitation {
        grantee: invited.grantee,
        role: offer.role,
        invited_by: Creator { user: caller.user_id(), application: caller.application.id },
        expires_at: offer.expires_at,
        email: invited.email,
    };
    let id = match existing {
        Some(existing) => {
            let has = Offer { role: existing.role(), expires_at: existing.ends_at() };
            if takes_the_place_of(offer, &has, now) {
                tx.renew_invitation(existing.id, &invitation)?;
            }
            existing.id
        }
        None => {
            let kind = PermissionKind::Invitation(invitation);
            tx.insert_permission(&Permission { id, item: access.item.id, kind, created_at: now }, None)?;
            id
        }
    };
    let permission = tx.permission(id)?.ok_or_else(Error::item_not_found)?;
    view(tx, access, &permission, policy)
}

fn is_for(permission: &Permission, invited: &Invited) -> bool {
    match (permission.holder(), &invited.grantee, &permission.kind) {
        (Some(holder), Some(grantee), _) => holder == grantee,
        (None, None, PermissionKind::Invitation(waiting)) => match (&waiting.email, &invited.email) {
            (Some(waiting), Some(email)) => mail_address::key(waiting) == mail_address::key(email),
            _ => false,
        },
        _ => false,
    }
}

/// Refuses people from outside with whom policy doesn't let this one share (POLICY-01, POLICY-09, POLICY-10).
fn check_outsider(policy: &SharingPolicy, maker: Maker<'_>, invited: (Invited, Option<User>)) -> Result<Invited> {
    let (invited, outsider) = invited;
    match (&outsider, &invited) {
        (Some(user), _) => policy.may_share_with(&Outsider::account(user), maker)?,
        (None, Invited { grantee: None, email: Some(email) }) => {
            policy.may_share_with(&Outsider::address(email), maker)?;
        }
        _ => {}
    }
    Ok(invited)
}

/// Who is meant, and their account if it is one of another tenant than the item's.
pub(super) fn find(
    tx: &mut Tx<'_>,
    caller: &Caller,
    recipient: &Recipient,
    tenant: TenantId,
) -> Result<(Invited, Option<User>)> {
    let person = |user: User| (person(&user), (user.tenant != tenant).then_some(user));
    let unknown = || Error::new(Code::InvalidRequest, "A recipient isn't known here.");
    match recipient {
        Recipient::Email(email) => match tx.user_by_principal_name(email)? {
            Some(user) if user.enabled => Ok(person(user)),
            Some(_) => Err(unknown()),
            None if is_address(email) => Ok((Invited { grantee: None, email: Some(email.clone()) }, None)),
            None => Err(Error::new(Code::InvalidRequest, "A recipient's email isn't an address.")),
        },
        Recipient::Alias(alias) => {
            let domain = caller.user().and_then(|user| user.user_principal_name.split_once('@'));
            let name = match domain {
                Some((_, domain)) if !alias.contains('@') => format!("{alias}@{domain}"),
                _ => alias.clone(),
            };
            let user = tx.user_by_principal_name(&name)?;
            user.filter(|user| user.enabled && user.tenant == caller.tenant).map(person).ok_or_else(unknown)
        }
        Recipient::ObjectId(id) => {
            let user = UserId::parse(id).map_or(Ok(None), |id| tx.user(id))?;
            if let Some(user) = user {
                let is_known = user.enabled && user.tenant == caller.tenant;
                return if is_known { Ok(person(user)) } else { Err(unknown()) };
            }
            let group = GroupId::parse(id).map_or(Ok(None), |id| tx.group(id))?;
            let group = group.filter(|group| group.tenant == caller.tenant && group.tenant == tenant);
            let group = group.ok_or_else(unknown)?;
            Ok((Invited { grantee: Some(Grantee::Group(group.id)), email: None }, None))
        }
    }
}

fn person(user: &User) -> Invited {
    let email = user.mail.as_ref().unwrap_or(&user.user_principal_name);
    Invited { grantee: Some(Grantee::User(user.id)), email: Some(email.clone()) }
}
