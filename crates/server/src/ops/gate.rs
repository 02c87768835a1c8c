//! The one gate: whatever is reached by way of a link is reached through here (design, rule 4; P3, P4).
//!
//! Pages, raw downloads, shares of the Graph API and pre-authenticated URLs all ask this on each request. Nothing is
//! remembered between requests, so revocation, expiry, a lost right of the creator and a closed policy work at once.

use driveway_core::address::{ItemAddress, Start};
use driveway_core::audit::Refusal;
use driveway_core::caller::{Caller, Intent, Reach};
use driveway_core::drive::Drive;
use driveway_core::error::{Code, Error, Inner};
use driveway_core::id::{ItemId, PermissionId, TenantId, UserId};
use driveway_core::identity::User;
use driveway_core::item::DriveItem;
use driveway_core::permission::{LinkScope, LinkType, Permission, Role, SharingLink};
use driveway_core::policy::access::{Actor, Chain, Standing};
use driveway_core::policy::redeem::{self, ClosedBy, Decision, Visitor};
use driveway_core::policy::sharing::{Maker, SharingPolicy, anonymous_disabled};
use jiff::Timestamp;
use uuid::Uuid;

use super::access::{Access, Via, descend};
use super::{Credentials, Result, Tx, caller, outside, redemption, share};

/// The link that a forged token stands for: one that never was, for which nothing is looked up.
pub const FORGED: PermissionId = PermissionId::from_uuid(Uuid::nil());

/// Which item below a link is asked for.
#[derive(Debug, Clone, Copy)]
pub enum Below<'a> {
    /// The shared item itself.
    Shared,
    /// An item by its id; refused unless it lies below the shared one (P5, P6).
    Id(ItemId),
    /// An item by names below the shared one.
    Path(&'a [String]),
    /// An item by names below another, which is given by its id; refused unless it lies below the shared one.
    Under(ItemId, &'a [String]),
}

/// What a link amounts to for this visitor.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "it is made and taken apart at once, never kept")]
pub enum Passage {
    /// It opens.
    Open(Box<Opened>),
    /// It takes files into the folder and opens nothing: only an upload may make use of it (AMB-39).
    Add(Box<Opened>),
    /// It doesn't, and the decision is all that may be said. The link is told so that its type can shape the answer, and
    /// why it refused for its audit trail only.
    Closed(Decision, Option<Permission>, Option<Refusal>),
}

/// What a link opened.
#[derive(Debug)]
pub struct Opened {
    /// The item and what may be done to it.
    pub access: Access,
    /// The link.
    pub permission: Permission,
    /// When it ends, by its own date and by policy.
    pub expires_at: Option<Timestamp>,
}

/// Asks whether a link opens an item for a visitor, now.
///
/// Somebody for whom the shared item itself is closed isn't told what lies below it and what doesn't: they get the
/// shared item's answer for everything (P15).
pub fn open_link(
    tx: &mut Tx<'_>,
    link: PermissionId,
    below: Below<'_>,
    credentials: &Credentials,
    now: Timestamp,
) -> Result<Passage> {
    if link == FORGED {
        return Ok(gone(None));
    }
    let passage = open_item(tx, link, below, credentials, now)?;
    if !matches!(
        (&passage, below),
        (Passage::Closed(Decision::Gone, ..), Below::Id(_) | Below::Path(_) | Below::Under(..))
    ) {
        return Ok(passage);
    }
    match open_item(tx, link, Below::Shared, credentials, now)? {
        // The link is as good as ever: it is the item that isn't there.
        Passage::Open(_) => Ok(gone(None)),
        shared => Ok(shared),
    }
}

fn open_item(
    tx: &mut Tx<'_>,
    link: PermissionId,
    below: Below<'_>,
    credentials: &Credentials,
    now: Timestamp,
) -> Result<Passage> {
    let Some(permission) = tx.permission(link)? else { return Ok(gone(Some(Refusal::Revoked))) };
    let Some(sharing) = permission.link() else { return Ok(gone(None)) };
    let Some((item, shared)) = find_below(tx, &permission, below)? else { return Ok(gone(Some(Refusal::ItemDeleted))) };
    let Some(chain) = tx.chain(item.id)? else { return Ok(gone(Some(Refusal::ItemDeleted))) };
    let policy = tx.sharing_policy(&item.drive)?;
    let visitor = credentials.bearer.as_ref().map(|claims| caller::identify(tx, claims)).transpose();
    let signed_in = visitor.as_ref().ok().and_then(Option::as_ref);
    let creator = Creator::load(tx, sharing, chain.tenant, &policy)?;
    let facts = redeem::Facts {
        chain: &chain,
        link: &permission,
        // What has something below it is a folder.
        is_folder: item.id != permission.item || item.is_folder(),
        policy: &policy,
        creator: creator.actor(),
        visitor: signed_in.and_then(Caller::user).map(|user| visitor_of(user, chain.tenant, &policy)),
        password_version: credentials.visit.filter(|visit| visit.link == link).map(|visit| visit.version),
    };
    let password_version = facts.password_version;
    let decision = redeem::may_open(&facts, now);
    let why = redeem::why_not(&facts, decision, now);
    if decision == Decision::Gone {
        return Ok(gone(why));
    }
    // A token that isn't good any more is complained of at live links only: dead ones look alike to everybody (P16).
    let visitor = visitor?;
    let role = match decision {
        Decision::Open(role) => role,
        Decision::Add => permission.role(),
        // Whoever is signed in and no person can't help it by signing in.
        Decision::SignIn if visitor.is_some() => {
            return Ok(Passage::Closed(decision, Some(permission), Some(Refusal::NotForYou)));
        }
        _ => return Ok(Passage::Closed(decision, Some(permission), why)),
    };
    let Some(drive) = tx.drive(&item.drive)? else { return Ok(gone(None)) };
    if is_closed_embed(sharing, &policy, &drive) {
        return Ok(Passage::Closed(Decision::Closed, Some(permission), Some(Refusal::ClosedByPolicy)));
    }
    let expires_at =
        policy.effective_expiry(sharing.link_type, sharing.scope, sharing.expires_at, permission.created_at);
    let counts_downloads = sharing.life.maximum_downloads.is_some();
    let (link_type, caller) = (sharing.link_type, visitor.map(Box::new));
    let via = Via::Link { link, link_type, shared, counts_downloads, password_version, caller };
    let opened = Box::new(Opened { access: Access { drive, item, chain, role, via }, permission, expires_at });
    Ok(if decision == Decision::Add { Passage::Add(opened) } else { Passage::Open(opened) })
}

fn is_closed_embed(link: &SharingLink, policy: &SharingPolicy, drive: &Drive) -> bool {
    link.link_type == LinkType::Embed && !policy.allows_embed_on(drive.kind)
}

/// What keeps a link from opening for anybody besides its own life, by the same law as [`open_link`]. The access is to the
/// link's own item.
pub fn closed_by(
    tx: &mut Tx<'_>,
    access: &Access,
    permission: &Permission,
    policy: &SharingPolicy,
    now: Timestamp,
) -> Result<Option<ClosedBy>> {
    let Some(link) = permission.link() else { return Ok(None) };
    let creator = Creator::load(tx, link, access.chain.tenant, policy)?;
    let facts = redeem::Facts {
        chain: &access.chain,
        link: permission,
        is_folder: access.item.is_folder(),
        policy,
        creator: creator.actor(),
        visitor: None,
        password_version: None,
    };
    Ok(match redeem::role_through(&facts, link, now) {
        Ok(_) => is_closed_embed(link, policy, &access.drive).then_some(ClosedBy::Policy),
        Err(closed_by) => Some(closed_by),
    })
}

fn visitor_of(user: &User, tenant: TenantId, policy: &SharingPolicy) -> Visitor {
    let is_admitted = user.tenant == tenant || outside::is_admitted(policy, user);
    Visitor { user: user.id, tenant: user.tenant, is_admitted }
}

fn gone(why: Option<Refusal>) -> Passage {
    Passage::Closed(Decision::Gone, None, why)
}

/// The asked item, and the shared one's id. That the one lies below the other is decided by the chain of parents in
/// `may_open`, never by comparing paths (P8).
fn find_below(tx: &mut Tx<'_>, permission: &Permission, below: Below<'_>) -> Result<Option<(DriveItem, ItemId)>> {
    let id = match below {
        Below::Id(id) | Below::Under(id, _) => id,
        Below::Shared | Below::Path(_) => permission.item,
    };
    let Some(item) = tx.item(id)? else { return Ok(None) };
    let found = match below {
        Below::Path(path) | Below::Under(_, path) => match descend(tx, item, path) {
            Ok(item) => Some(item),
            Err(error) if error.code() == Code::ItemNotFound => None,
            Err(error) => return Err(error),
        },
        Below::Id(_) | Below::Shared => Some(item),
    };
    Ok(found.map(|item| (item, permission.item)))
}

/// Whether the link's creator may still share the item, without which the link is dead.
fn creator_may_share(
    tx: &mut Tx<'_>,
    link: &SharingLink,
    chain: &Chain,
    policy: &SharingPolicy,
    now: Timestamp,
) -> Result<bool> {
    let creator = Creator::load(tx, link, chain.tenant, policy)?;
    Ok(redeem::makers_role(chain, creator.actor(), now).is_some())
}

/// Whether a link has given up its slot: of age, by its switch, with its last download or with its creator's rights.
pub fn is_over(
    tx: &mut Tx<'_>,
    permission: &Permission,
    chain: &Chain,
    policy: &SharingPolicy,
    now: Timestamp,
) -> Result<bool> {
    let Some(link) = permission.link() else { return Ok(false) };
    Ok(redeem::state(link, permission.created_at, policy, now).is_over()
        || !creator_may_share(tx, link, chain, policy, now)?)
}

/// [`is_over`] for somebody who has just reached the item. What they made themselves hangs on a right that was just asked for.
pub fn is_over_for(
    tx: &mut Tx<'_>,
    access: &Access,
    permission: &Permission,
    policy: &SharingPolicy,
    now: Timestamp,
) -> Result<bool> {
    let (Some(link), Via::Caller(caller)) = (permission.link(), &access.via) else {
        return is_over(tx, permission, &access.chain, policy, now);
    };
    let is_own = link.creator.user == caller.user_id() && link.creator.application == caller.application.id;
    if is_own && caller.tenant == access.chain.tenant && access.role >= Role::Write {
        return Ok(redeem::state(link, permission.created_at, policy, now).is_over());
    }
    is_over(tx, permission, &access.chain, policy, now)
}

/// The creator of a link as they stand now: what they have lost, the link has lost (P9, P10).
enum Creator {
    User(UserId, Standing),
    Application(TenantId),
    Nobody,
}

impl Creator {
    fn load(tx: &mut Tx<'_>, link: &SharingLink, tenant: TenantId, policy: &SharingPolicy) -> Result<Self> {
        let facts = tx.caller_facts(link.creator.user, link.creator.application, tenant)?;
        if !facts.application.is_some_and(|application| application.enabled) {
            return Ok(Self::Nobody);
        }
        Ok(match (link.creator.user, facts.user) {
            (None, _) => Self::Application(tenant),
            (Some(_), Some((user, standing))) if user.enabled && may_share_in(&user, tenant, policy) => {
                Self::User(user.id, standing)
            }
            (Some(_), _) => Self::Nobody,
        })
    }

    fn actor(&self) -> Actor<'_> {
        match self {
            Self::User(id, standing) => Actor::User { id: *id, standing },
            Self::Application(tenant) => Actor::Application { tenant: *tenant },
            Self::Nobody => Actor::Nobody,
        }
    }
}

/// Whether somebody may share in a drive of this tenant: its own people may, and others while policy lets them.
fn may_share_in(user: &User, tenant: TenantId, policy: &SharingPolicy) -> bool {
    user.tenant == tenant || (policy.is_resharing_by_external_users_enabled && outside::is_admitted(policy, user))
}

/// An address below `/shares/{key}`. The key was opened by the door and is one of the credentials.
pub fn reach_by_share(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    address: &ItemAddress,
    intent: Intent,
    now: Timestamp,
) -> Result<Access> {
    if let Some(plain) = &credentials.plain {
        return share::reach_by_url(tx, credentials, plain, address, intent, now);
    }
    let link = credentials.link.ok_or_else(Error::item_not_found)?;
    let below = match &address.start {
        Start::Root => Below::Path(&address.path),
        Start::Id(id) => Below::Under(ItemId::parse(id).map_err(|_| Error::item_not_found())?, &address.path),
        Start::Special(_) => return Err(Error::item_not_found()),
    };
    let opened = match open_link(tx, link, below, credentials, now)? {
        Passage::Open(opened) => opened,
        Passage::Add(_) => return Err(adds_only()),
        // Whoever sends a good token and is no person can't be helped by another one.
        Passage::Closed(Decision::SignIn, _, why) if credentials.bearer.is_some() => {
            let error = Error::access_denied("This link is for people, and the token is an application's.");
            return Err(error.refused(why));
        }
        Passage::Closed(Decision::Gone, _, why) if is_expired_link_of_owner(tx, link, credentials, now)? => {
            return Err(Error::access_denied("The link has expired.").inner(Inner::LinkExpired).refused(why));
        }
        Passage::Closed(Decision::Closed, Some(permission), why) => return Err(closed(tx, &permission)?.refused(why)),
        Passage::Closed(decision, _, why) => return Err(refusal(decision).refused(why)),
    };
    check_scopes(&opened, intent)?;
    redemption::require(tx, &opened, credentials, now)?;
    if intent == Intent::Write {
        opened.access.require_write()?;
    }
    Ok(opened.access)
}

/// Whether the link is one that has expired, asked for by somebody who could list it: only they are told (AMB-22).
fn is_expired_link_of_owner(
    tx: &mut Tx<'_>,
    link: PermissionId,
    credentials: &Credentials,
    now: Timestamp,
) -> Result<bool> {
    let (Some(claims), Some(permission)) = (&credentials.bearer, tx.permission(link)?) else { return Ok(false) };
    let (Some(sharing), Some(chain)) = (permission.link(), tx.chain(permission.item)?) else { return Ok(false) };
    let Some(drive) = tx.drive_of_item(permission.item)? else { return Ok(false) };
    let policy = tx.sharing_policy(&drive.id)?;
    let Ok(caller) = caller::identify(tx, claims) else { return Ok(false) };
    let actor = outside::actor(tx, &caller, &drive)?;
    let is_owner = chain.is_live() && chain.role_of(actor, now) == Some(Role::Owner);
    Ok(is_owner && redeem::is_expired(sharing, permission.created_at, &policy, now))
}

/// For anonymous links the link is the credential. For the others the caller's token has to carry a scope for files.
pub fn check_scopes(opened: &Opened, intent: Intent) -> Result<()> {
    let is_anonymous = opened.permission.link().is_some_and(|link| link.scope == LinkScope::Anonymous);
    match opened.access.via.caller() {
        Some(caller) if !is_anonymous && caller.reach(intent) == Reach::None => {
            Err(Error::access_denied("The token has none of the scopes that this call needs."))
        }
        _ => Ok(()),
    }
}

/// What a link that policy has closed says (AMB-20).
fn closed(tx: &mut Tx<'_>, permission: &Permission) -> Result<Error> {
    let Some(drive) = tx.drive_of_item(permission.item)? else { return Ok(Error::item_not_found()) };
    Ok(tx.sharing_policy(&drive.id)?.closed())
}

/// What a link that only takes files says to everything else (AMB-39).
pub fn adds_only() -> Error {
    Error::access_denied("This link takes files by PUT driveItem:/{name}:/content, and shows nothing of the folder.")
}

/// What the Graph API says of a link that doesn't open (AMB-20, AMB-33, AMB-35).
pub fn refusal(decision: Decision) -> Error {
    match decision {
        Decision::SignIn => crate::auth::token::invalid_token(),
        Decision::Password => {
            Error::new(Code::Unauthenticated, "This link asks for a password.").inner(Inner::PasswordRequired)
        }
        Decision::NotForYou => Error::access_denied("This link isn't for the account that is signed in."),
        Decision::Closed => anonymous_disabled(),
        Decision::Add => adds_only(),
        Decision::Gone | Decision::Open(_) => Error::item_not_found(),
    }
}

/// Whether somebody with this access to the item could make this very link now: only they are shown its secrets
/// (PERM-03, AMB-17).
pub fn could_create(access: &Access, permission: &Permission, policy: &SharingPolicy) -> bool {
    let (Some(link), Via::Caller(caller)) = (permission.link(), &access.via) else { return false };
    let is_folder = permission.item != access.item.id || access.item.is_folder();
    let maker = Maker::of(caller, access.chain.tenant);
    access.role >= Role::Write
        && access.role >= link.link_type.role()
        && policy.refuses(maker, link.link_type, link.scope, is_folder).is_none()
}
