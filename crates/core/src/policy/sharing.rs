//! Which link may be made, and with which terms.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::drive::DriveKind;
use crate::error::{Code, Error, Inner, Result};
use crate::permission::{LinkScope, LinkType, Role};
use crate::time;

/// What an organization says about sharing. Kept per tenant; [`SharingPolicy::default`] is what the seed describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "switches of an administrator, each for itself")]
pub struct SharingPolicy {
    /// Whether links for anyone may be made and used (CL-27, AMB-20).
    pub anonymous_links: bool,
    /// The type of a link when the caller names none (AMB-08).
    pub default_link_type: DefaultLinkType,
    /// The scope of a link when the caller names none (CL-07). It degrades to a narrower one where it isn't allowed.
    pub default_link_scope: DefaultLinkScope,
    /// Days after which anonymous links end when the caller names no expiry.
    pub default_expiration_days: Option<u32>,
    /// Days after which anonymous links end at the latest. A later wish is pulled back to it (CL-20, AMB-10).
    pub maximum_expiration_days: Option<u32>,
    /// Whether links on business drives and document libraries may have passwords (the seed: personal only).
    pub passwords_on_business: bool,
    /// Whether files on business drives and document libraries may have embed links (the seed: personal only).
    pub embed_on_business: bool,
    /// Whether the type addressBar may be asked for; it resolves to the default type (AMB-41).
    pub address_bar_links: bool,
}

/// [`LinkType`] as policy spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DefaultLinkType {
    /// View links.
    View,
    /// Edit links.
    Edit,
}

/// [`LinkScope`] as policy spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DefaultLinkScope {
    /// Anyone with the link.
    Anonymous,
    /// People of the organization.
    Organization,
    /// The people that the caller names.
    Users,
}

impl Default for SharingPolicy {
    fn default() -> Self {
        Self {
            anonymous_links: true,
            default_link_type: DefaultLinkType::View,
            default_link_scope: DefaultLinkScope::Anonymous,
            default_expiration_days: None,
            maximum_expiration_days: None,
            passwords_on_business: false,
            embed_on_business: false,
            address_bar_links: false,
        }
    }
}

impl SharingPolicy {
    /// The longest life that policy can ask for, in days.
    pub const LONGEST_EXPIRATION_DAYS: u32 = 3650;

    /// Refuses values that make no sense, naming the member.
    pub fn validate(&self) -> Result<()> {
        let range = 1..=Self::LONGEST_EXPIRATION_DAYS;
        for (target, days) in [
            ("defaultExpirationDays", self.default_expiration_days),
            ("maximumExpirationDays", self.maximum_expiration_days),
        ] {
            if days.is_some_and(|days| !range.contains(&days)) {
                return Err(Error::invalid(target, "A number of days must be between 1 and 3650."));
            }
        }
        match (self.default_expiration_days, self.maximum_expiration_days) {
            (Some(default), Some(maximum)) if default > maximum => {
                Err(Error::invalid("defaultExpirationDays", "The default can't be later than the maximum."))
            }
            _ => Ok(()),
        }
    }

    /// Whether files of such a drive may have embed links, made before or now.
    pub fn allows_embed_on(&self, drive: DriveKind) -> bool {
        drive == DriveKind::Personal || self.embed_on_business
    }

    /// When a link really ends: its own expiry, or the maximum counted from its making if that is earlier.
    /// A maximum set later shortens links that exist (LINK-06).
    pub fn effective_expiry(
        &self,
        scope: LinkScope,
        expires_at: Option<Timestamp>,
        created_at: Timestamp,
    ) -> Option<Timestamp> {
        let limit = match scope {
            LinkScope::Anonymous => self.maximum_expiration_days.map(|days| time::plus_days(created_at, days)),
            LinkScope::Organization | LinkScope::Users => None,
        };
        match (expires_at, limit) {
            (Some(own), Some(limit)) => Some(own.min(limit)),
            (own, limit) => own.or(limit),
        }
    }
}

/// What decides about a new link: the item, the caller and the policy.
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    /// The kind of the item's drive.
    pub drive: DriveKind,
    /// Whether the item is a folder.
    pub is_folder: bool,
    /// Whether the item is the root of its drive.
    pub is_root: bool,
    /// What the caller may do to the item.
    pub role: Role,
    /// The policy of the drive's tenant.
    pub policy: SharingPolicy,
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
pub fn may_create_link(facts: &Facts, wish: &Wish, now: Timestamp) -> Result<Terms> {
    if facts.role < Role::Write {
        return Err(Error::access_denied("You may see this item and not share it."));
    }
    if facts.is_root {
        return Err(
            Error::new(Code::NotSupported, "The root of a drive can't be shared.").inner(Inner::ObjectNotSupported)
        );
    }
    let link_type = resolve_type(facts, wish)?;
    let scope = resolve_scope(facts, wish, link_type)?;
    if link_type.role() > facts.role {
        return Err(Error::access_denied("A link can't give more than its creator has.").target("type"));
    }
    check_password(facts, wish, scope)?;
    check_recipients(wish, scope)?;
    let expires_at = resolve_expiry(&facts.policy, wish, scope, now)?;
    Ok(Terms { link_type, scope, protected: wish.protected, expires_at })
}

fn resolve_type(facts: &Facts, wish: &Wish) -> Result<LinkType> {
    if wish.address_bar && !facts.policy.address_bar_links {
        return Err(Error::new(Code::NotSupported, "Links for the address bar are switched off.").target("type"));
    }
    let link_type = wish.link_type.unwrap_or(match facts.policy.default_link_type {
        DefaultLinkType::View => LinkType::View,
        DefaultLinkType::Edit => LinkType::Edit,
    });
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

/// Where the newer types are at home: business drives and libraries, and the kind of item that they are for (CL-16, AMB-44).
fn check_place(facts: &Facts, link_type: LinkType) -> Result<()> {
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

fn resolve_scope(facts: &Facts, wish: &Wish, link_type: LinkType) -> Result<LinkScope> {
    match wish.scope {
        Some(scope) => refuse_scope(facts, scope, link_type).map_or(Ok(scope), Err),
        None => default_scope(facts, link_type),
    }
}

/// Why an explicitly wished scope is refused; it is never replaced by a weaker one (AMB-21).
fn refuse_scope(facts: &Facts, scope: LinkScope, link_type: LinkType) -> Option<Error> {
    match scope {
        LinkScope::Anonymous if link_type == LinkType::Review => {
            Some(Error::invalid("scope", "Who reviews has to sign in: a review link can't be anonymous."))
        }
        LinkScope::Anonymous if !facts.policy.anonymous_links => Some(anonymous_disabled()),
        LinkScope::Organization if facts.drive == DriveKind::Personal => {
            Some(Error::invalid("scope", "A personal drive belongs to no organization."))
        }
        _ => None,
    }
}

/// The organization's default, or the next narrower scope that is allowed (AMB-07, POLICY-04).
fn default_scope(facts: &Facts, link_type: LinkType) -> Result<LinkScope> {
    let wanted = match facts.policy.default_link_scope {
        DefaultLinkScope::Anonymous => LinkScope::Anonymous,
        // A personal drive has no organization; its own notion of an open link is the anonymous one.
        DefaultLinkScope::Organization if facts.drive == DriveKind::Personal => LinkScope::Anonymous,
        DefaultLinkScope::Organization => LinkScope::Organization,
        DefaultLinkScope::Users => LinkScope::Users,
    };
    [LinkScope::Anonymous, LinkScope::Organization, LinkScope::Users]
        .into_iter()
        .filter(|scope| *scope <= wanted)
        .find(|scope| refuse_scope(facts, *scope, link_type).is_none())
        .ok_or_else(anonymous_disabled)
}

/// The refusal of whatever needs anonymous links while they are off (CL-27).
pub fn anonymous_disabled() -> Error {
    Error::new(Code::NotAllowed, "Anonymous links are disabled by the administrator.")
        .target("scope")
        .inner(Inner::SharingDisabled)
}

fn check_password(facts: &Facts, wish: &Wish, scope: LinkScope) -> Result<()> {
    if wish.protected { may_have_password(facts.drive, &facts.policy, scope) } else { Ok(()) }
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

fn resolve_expiry(policy: &SharingPolicy, wish: &Wish, scope: LinkScope, now: Timestamp) -> Result<Option<Timestamp>> {
    if wish.expires_at.is_some_and(|expires_at| expires_at <= now) {
        return Err(Error::invalid("expirationDateTime", "The expiry has to lie in the future.")
            .inner(Inner::InvalidParameterFormat));
    }
    let default = match scope {
        LinkScope::Anonymous => policy.default_expiration_days.map(|days| time::plus_days(now, days)),
        LinkScope::Organization | LinkScope::Users => None,
    };
    Ok(policy.effective_expiry(scope, wish.expires_at.or(default), now))
}
