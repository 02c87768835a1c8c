//! Which link may be made, and with which terms.
//!
//! What an organization says is in `settings`, how sites and drives narrow it in `limits`, and what it means for people
//! of other organizations in `outside`.

mod limits;
mod outside;
mod settings;

use jiff::Timestamp;

pub use self::limits::Limits;
pub use self::outside::{Maker, Outsider};
pub use self::settings::{
    AnonymousLinkType, DefaultLinkScope, DefaultLinkType, DomainRestriction, SharingCapability, SharingPolicy,
};
use crate::drive::DriveKind;
use crate::error::{Code, Error, Inner, Result};
use crate::permission::{LinkScope, LinkType, Role};

/// What decides about a new link: the item, the caller and the policy.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The kind of the item's drive.
    pub drive: DriveKind,
    /// Whether the item is a folder.
    pub is_folder: bool,
    /// Whether the item is the root of its drive.
    pub is_root: bool,
    /// What the caller may do to the item.
    pub role: Role,
    /// Who makes it.
    pub maker: Maker<'a>,
    /// The policy that holds in the drive.
    pub policy: &'a SharingPolicy,
}

/// What the caller asks for. `None` means "as the organization's default says".
#[derive(Debug, Clone, Copy, Default)]
pub struct Wish {
    /// The type.
    pub link_type: Option<LinkType>,
    /// The scope.
    pub scope: Option<LinkScope>,
    /// Whether a password was given.
    pub protected: bool,
    /// When the link should end.
    pub expires_at: Option<Timestamp>,
    /// Whether people were named.
    pub has_recipients: bool,
    /// Whether the link is for a browser's address bar: of the default type, where policy has such links (AMB-41).
    pub address_bar: bool,
}

/// The terms of a link that may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// The resolved type.
    pub link_type: LinkType,
    /// The resolved scope.
    pub scope: LinkScope,
    /// Whether it has a password.
    pub protected: bool,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

/// Decides whether the wished link may be made, and with which terms (CL-14 to CL-21, CL-27, CL-28; AMB-07 to AMB-10,
/// AMB-21, AMB-42 to AMB-45).
pub fn may_create_link(facts: &Facts<'_>, wish: &Wish, now: Timestamp) -> Result<Terms> {
    if facts.role < Role::Write {
        return Err(Error::access_denied("You may see this item and not share it."));
    }
    if facts.is_root {
        return Err(
            Error::new(Code::NotSupported, "The root of a drive can't be shared.").inner(Inner::ObjectNotSupported)
        );
    }
    facts.policy.may_share(facts.maker)?;
    let link_type = resolve_type(facts, wish)?;
    let scope = resolve_scope(facts, wish, link_type)?;
    if link_type.role() > facts.role {
        return Err(Error::access_denied("A link can't give more than its creator has.").target("type"));
    }
    check_password(facts, wish, scope)?;
    check_recipients(wish, scope)?;
    let expires_at = resolve_expiry(facts.policy, wish, (link_type, scope), now)?;
    Ok(Terms { link_type, scope, protected: wish.protected, expires_at })
}

fn resolve_type(facts: &Facts<'_>, wish: &Wish) -> Result<LinkType> {
    if wish.address_bar && !facts.policy.address_bar_links {
        return Err(Error::new(Code::NotSupported, "Links for the address bar are switched off.").target("type"));
    }
    let link_type = wish.link_type.unwrap_or_else(|| default_type(facts));
    if link_type == LinkType::Embed {
        if !facts.policy.allows_embed_on(facts.drive) {
            return Err(Error::new(Code::NotSupported, "Embed links are for files in personal drives.").target("type"));
        }
        if facts.is_folder {
            return Err(Error::invalid("type", "Embed links are for files, not for folders."));
        }
    }
    check_place(facts, link_type)?;
    Ok(link_type)
}

/// The organization's default; where it isn't at home, a view link gives the least that can be of use (AMB-08).
fn default_type(facts: &Facts<'_>) -> LinkType {
    let wanted = match facts.policy.default_link_type {
        DefaultLinkType::BlocksDownload => LinkType::BlocksDownload,
        DefaultLinkType::View => LinkType::View,
        DefaultLinkType::Review => LinkType::Review,
        DefaultLinkType::Edit => LinkType::Edit,
    };
    if check_place(facts, wanted).is_ok() { wanted } else { LinkType::View }
}

/// Where the newer types are at home: business drives and libraries, and the kind of item that they are for (CL-16, AMB-44).
fn check_place(facts: &Facts<'_>, link_type: LinkType) -> Result<()> {
    let is_newer = matches!(link_type, LinkType::Review | LinkType::BlocksDownload | LinkType::CreateOnly);
    if is_newer && facts.drive == DriveKind::Personal {
        return Err(Error::invalid("type", "Links of this type are for business drives and document libraries."));
    }
    match link_type {
        LinkType::Review if facts.is_folder => {
            Err(Error::invalid("type", "Review links are for files, not for folders."))
        }
        LinkType::CreateOnly if !facts.is_folder => {
            Err(Error::invalid("type", "Links that take files are for folders, not for files."))
        }
        _ => Ok(()),
    }
}

fn resolve_scope(facts: &Facts<'_>, wish: &Wish, link_type: LinkType) -> Result<LinkScope> {
    match wish.scope {
        Some(scope) => refuse_scope(facts, scope, link_type).map_or(Ok(scope), Err),
        None => default_scope(facts, link_type),
    }
}

/// Why an explicitly wished scope is refused; it is never replaced by a weaker one (AMB-21).
fn refuse_scope(facts: &Facts<'_>, scope: LinkScope, link_type: LinkType) -> Option<Error> {
    match scope {
        LinkScope::Anonymous if link_type == LinkType::Review => {
            Some(Error::invalid("scope", "Who reviews has to sign in: a review link can't be anonymous."))
        }
        LinkScope::Organization if facts.drive == DriveKind::Personal => {
            Some(Error::invalid("scope", "A personal drive belongs to no organization."))
        }
        _ => facts.policy.refuses(facts.maker, link_type, scope, facts.is_folder),
    }
}

/// The organization's default, or the next narrower scope that is allowed (AMB-07, POLICY-04).
fn default_scope(facts: &Facts<'_>, link_type: LinkType) -> Result<LinkScope> {
    let wanted = match facts.policy.default_link_scope {
        DefaultLinkScope::Anonymous => LinkScope::Anonymous,
        // A personal drive has no organization; its own notion of an open link is the anonymous one.
        DefaultLinkScope::Organization if facts.drive == DriveKind::Personal => LinkScope::Anonymous,
        DefaultLinkScope::Organization => LinkScope::Organization,
        DefaultLinkScope::Users => LinkScope::Users,
    };
    let mut first_refusal = None;
    for scope in [LinkScope::Anonymous, LinkScope::Organization, LinkScope::Users] {
        if scope <= wanted {
            match refuse_scope(facts, scope, link_type) {
                None => return Ok(scope),
                Some(refusal) => first_refusal = first_refusal.or(Some(refusal)),
            }
        }
    }
    Err(first_refusal.unwrap_or_else(anonymous_disabled))
}

/// The refusal of whatever needs anonymous links while they are off (CL-27).
pub fn anonymous_disabled() -> Error {
    disabled("scope", "Anonymous links are disabled by the administrator.")
}

/// The refusal of what policy closes, with the member that asks for it (AMB-21, POLICY-15).
pub fn disabled(target: &'static str, message: &'static str) -> Error {
    Error::new(Code::NotAllowed, message).target(target).inner(Inner::SharingDisabled)
}

fn check_password(facts: &Facts<'_>, wish: &Wish, scope: LinkScope) -> Result<()> {
    if wish.protected { may_have_password(facts.drive, facts.policy, scope) } else { Ok(()) }
}

/// Whether a link of this scope may have a password here (AMB-44, AMB-45).
pub(super) fn may_have_password(drive: DriveKind, policy: &SharingPolicy, scope: LinkScope) -> Result<()> {
    if drive != DriveKind::Personal && !policy.passwords_on_business {
        return Err(Error::new(Code::NotSupported, "Passwords are for links in personal drives.").target("password"));
    }
    if scope != LinkScope::Anonymous {
        return Err(Error::invalid("password", "Only anonymous links can have a password; the others need a sign-in."));
    }
    Ok(())
}

fn check_recipients(wish: &Wish, scope: LinkScope) -> Result<()> {
    match (scope, wish.has_recipients) {
        (LinkScope::Anonymous | LinkScope::Organization, true) => {
            Err(Error::invalid("recipients", "Recipients go with the scope users."))
        }
        _ => Ok(()),
    }
}

fn resolve_expiry(
    policy: &SharingPolicy,
    wish: &Wish,
    (link_type, scope): (LinkType, LinkScope),
    now: Timestamp,
) -> Result<Option<Timestamp>> {
    if wish.expires_at.is_some_and(|expires_at| expires_at <= now) {
        return Err(Error::invalid("expirationDateTime", "The expiry has to lie in the future.")
            .inner(Inner::InvalidParameterFormat));
    }
    let wanted = wish.expires_at.or_else(|| policy.default_expiry(scope, now));
    Ok(policy.effective_expiry(link_type, scope, wanted, now))
}

#[cfg(test)]
mod laws;
