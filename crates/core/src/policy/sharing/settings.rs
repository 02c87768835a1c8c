//! What an organization says about sharing.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};

use super::{anonymous_disabled, disabled};
use crate::drive::DriveKind;
use crate::error::{Error, Result};
use crate::id::GroupId;
use crate::mail_address::domain_to_ascii;
use crate::permission::{LinkScope, LinkType};
use crate::time;

/// What an organization says about sharing. Kept per tenant; [`SharingPolicy::default`] is what the seed describes.
///
/// The same shape holds what is in force in a drive, once the limits of its site and its own have narrowed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "switches of an administrator, each for itself")]
pub struct SharingPolicy {
    /// With whom may be shared at all (POLICY-01). Below its highest level there are no links for anyone (CL-27, AMB-20).
    // What the oldest databases say of anonymous links.
    #[serde(alias = "anonymousLinks", deserialize_with = "capability")]
    pub sharing_capability: SharingCapability,
    /// Which of the two lists of domains is in force (POLICY-09).
    pub sharing_domain_restriction_mode: DomainRestriction,
    /// The only domains that are shared with.
    #[serde(deserialize_with = "domains")]
    pub sharing_allowed_domain_list: BTreeSet<String>,
    /// The domains that aren't shared with.
    #[serde(deserialize_with = "domains")]
    pub sharing_blocked_domain_list: BTreeSet<String>,
    /// Whether people of other organizations may share on (POLICY-09).
    pub is_resharing_by_external_users_enabled: bool,
    /// The type of a link when the caller names none (AMB-08).
    pub default_link_type: DefaultLinkType,
    /// The scope of a link when the caller names none (CL-07). It degrades to a narrower one where it isn't allowed.
    pub default_link_scope: DefaultLinkScope,
    /// Whether a caller who names neither gets the item's plain address, which gives nobody a new right (POLICY-05).
    pub default_to_existing_access: bool,
    /// Days after which anonymous links end when the caller names no expiry (POLICY-06).
    pub default_expiration_days: Option<u32>,
    /// Days after which anonymous links end at the latest. A later wish is pulled back to it (CL-20, AMB-10).
    pub maximum_expiration_days: Option<u32>,
    /// Days after which organization links end when the caller names no expiry (POLICY-07).
    pub organization_default_expiration_days: Option<u32>,
    /// Days after which organization links end at the latest (POLICY-07).
    pub organization_maximum_expiration_days: Option<u32>,
    /// The most that an anonymous link to a file may give: view or edit (POLICY-08).
    pub anonymous_file_link_type: AnonymousLinkType,
    /// The most that an anonymous link to a folder may give (POLICY-08).
    pub anonymous_folder_link_type: AnonymousLinkType,
    /// Whether there are links that only take files (POLICY-12).
    pub create_only_links: bool,
    /// Days after which such links end at the latest, whatever their scope; a shorter maximum of the scope stays (POLICY-12).
    pub create_only_maximum_expiration_days: Option<u32>,
    /// The groups whose people may make anonymous links; everybody may where there is no list (POLICY-10).
    pub anonymous_link_groups: Option<BTreeSet<GroupId>>,
    /// The groups whose people may share with other organizations' people; everybody may where there is no list (POLICY-10).
    pub external_sharing_groups: Option<BTreeSet<GroupId>>,
    /// Whether links on business drives and document libraries may have passwords (the seed: personal only).
    pub passwords_on_business: bool,
    /// Whether files on business drives and document libraries may have embed links (the seed: personal only).
    pub embed_on_business: bool,
    /// Whether the type addressBar may be asked for; it resolves to the default type (AMB-41).
    pub address_bar_links: bool,
    /// Whether `retainInheritedPermissions: false` counts as if it weren't there. Some SDKs send it unasked (CL-23, AMB-29).
    pub ignore_unasked_retain_inherited_permissions: bool,
}

/// With whom may be shared. A greater level includes the lesser ones (POLICY-01).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SharingCapability {
    /// The organization's own people only.
    Disabled,
    /// And people of other organizations who have an account here.
    ExistingExternalUserSharingOnly,
    /// And addresses that have no account yet: an invitation waits for it.
    ExternalUserSharingOnly,
    /// And anyone with a link.
    ExternalUserAndGuestSharing,
}

/// Which list of domains is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DomainRestriction {
    /// Neither.
    None,
    /// That of allowed ones.
    AllowList,
    /// That of blocked ones.
    BlockList,
    /// Both: where a site's list meets its organization's. No organization can say this itself.
    #[serde(rename = "allowAndBlockList")]
    Both,
}

/// What anonymous links may give. A greater one includes the lesser ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AnonymousLinkType {
    /// See.
    View,
    /// And add files to a folder.
    ViewUpload,
    /// And change.
    Edit,
}

/// [`LinkType`] as policy spells it, by what it gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DefaultLinkType {
    /// Links to look and not download.
    BlocksDownload,
    /// View links.
    View,
    /// Review links.
    Review,
    /// Edit links.
    Edit,
}

/// [`LinkScope`] as policy spells it, by whom it reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DefaultLinkScope {
    /// The people that the caller names.
    Users,
    /// People of the organization.
    Organization,
    /// Anyone with the link.
    Anonymous,
}

impl Default for SharingPolicy {
    fn default() -> Self {
        Self {
            sharing_capability: SharingCapability::ExternalUserAndGuestSharing,
            sharing_domain_restriction_mode: DomainRestriction::None,
            sharing_allowed_domain_list: BTreeSet::new(),
            sharing_blocked_domain_list: BTreeSet::new(),
            is_resharing_by_external_users_enabled: true,
            default_link_type: DefaultLinkType::View,
            default_link_scope: DefaultLinkScope::Anonymous,
            default_to_existing_access: false,
            default_expiration_days: None,
            maximum_expiration_days: None,
            organization_default_expiration_days: None,
            organization_maximum_expiration_days: None,
            anonymous_file_link_type: AnonymousLinkType::Edit,
            anonymous_folder_link_type: AnonymousLinkType::Edit,
            create_only_links: true,
            create_only_maximum_expiration_days: None,
            anonymous_link_groups: None,
            external_sharing_groups: None,
            passwords_on_business: false,
            embed_on_business: false,
            address_bar_links: false,
            ignore_unasked_retain_inherited_permissions: false,
        }
    }
}

impl SharingPolicy {
    /// The longest life that policy can ask for, in days.
    pub const LONGEST_EXPIRATION_DAYS: u32 = 3650;
    /// The most domains in a list.
    pub const MOST_DOMAINS: usize = 1000;
    /// The most groups in a list.
    pub const MOST_GROUPS: usize = 100;

    /// Refuses values that make no sense, naming the member.
    pub fn validate(&self) -> Result<()> {
        check_days("defaultExpirationDays", self.default_expiration_days)?;
        check_days("maximumExpirationDays", self.maximum_expiration_days)?;
        check_days("organizationDefaultExpirationDays", self.organization_default_expiration_days)?;
        check_days("organizationMaximumExpirationDays", self.organization_maximum_expiration_days)?;
        check_days("createOnlyMaximumExpirationDays", self.create_only_maximum_expiration_days)?;
        check_order("defaultExpirationDays", self.default_expiration_days, self.maximum_expiration_days)?;
        check_order(
            "organizationDefaultExpirationDays",
            self.organization_default_expiration_days,
            self.organization_maximum_expiration_days,
        )?;
        check_file_type(Some(self.anonymous_file_link_type))?;
        check_domains("sharingAllowedDomainList", &self.sharing_allowed_domain_list)?;
        check_domains("sharingBlockedDomainList", &self.sharing_blocked_domain_list)?;
        check_groups("anonymousLinkGroups", self.anonymous_link_groups.as_ref())?;
        check_groups("externalSharingGroups", self.external_sharing_groups.as_ref())?;
        match self.sharing_domain_restriction_mode {
            DomainRestriction::Both => Err(Error::invalid(
                "sharingDomainRestrictionMode",
                "sharingDomainRestrictionMode has to be none, allowList or blockList.",
            )),
            DomainRestriction::AllowList if self.sharing_allowed_domain_list.is_empty() => Err(Error::invalid(
                "sharingAllowedDomainList",
                "An allow list without domains allows nobody; set sharingCapability to disabled for that.",
            )),
            _ => Ok(()),
        }
    }

    /// Whether links for anyone may be made and used.
    pub fn allows_anonymous(&self) -> bool {
        self.sharing_capability == SharingCapability::ExternalUserAndGuestSharing
    }

    /// Whether files of such a drive may have embed links, made before or now.
    pub fn allows_embed_on(&self, drive: DriveKind) -> bool {
        drive == DriveKind::Personal || self.embed_on_business
    }

    /// Why there may be no such link on a file or a folder, made before or now; the same for everybody (POLICY-15). A link
    /// that is there is dormant for as long (AMB-20).
    pub fn forbids(&self, link_type: LinkType, scope: LinkScope, is_folder: bool) -> Option<Error> {
        if scope == LinkScope::Anonymous && !self.allows_anonymous() {
            return Some(anonymous_disabled());
        }
        if link_type == LinkType::CreateOnly && !self.create_only_links {
            return Some(disabled("type", "Links that only take files are disabled by the administrator."));
        }
        let most = if is_folder { self.anonymous_folder_link_type } else { self.anonymous_file_link_type };
        let needed = match link_type {
            LinkType::View | LinkType::Embed | LinkType::Review | LinkType::BlocksDownload => AnonymousLinkType::View,
            LinkType::CreateOnly => AnonymousLinkType::ViewUpload,
            LinkType::Edit => AnonymousLinkType::Edit,
        };
        (scope == LinkScope::Anonymous && needed > most)
            .then(|| disabled("type", "The administrator lets anonymous links give less than that."))
    }

    /// When a link really ends: its own expiry, or the maximum counted from its making if that is earlier. A maximum set later
    /// shortens links that exist; taken back, it leaves them what they say themselves (LINK-06, AMB-10).
    pub fn effective_expiry(
        &self,
        link_type: LinkType,
        scope: LinkScope,
        expires_at: Option<Timestamp>,
        created_at: Timestamp,
    ) -> Option<Timestamp> {
        let by_scope = match scope {
            LinkScope::Anonymous => self.maximum_expiration_days,
            LinkScope::Organization => self.organization_maximum_expiration_days,
            LinkScope::Users => None,
        };
        let by_type = self.create_only_maximum_expiration_days.filter(|_| link_type == LinkType::CreateOnly);
        let limits = [by_scope, by_type].into_iter().flatten().map(|days| time::plus_days(created_at, days));
        limits.chain(expires_at).min()
    }

    /// When a link made now ends if its maker doesn't say.
    pub(super) fn default_expiry(&self, scope: LinkScope, now: Timestamp) -> Option<Timestamp> {
        let days = match scope {
            LinkScope::Anonymous => self.default_expiration_days,
            LinkScope::Organization => self.organization_default_expiration_days,
            LinkScope::Users => None,
        };
        days.map(|days| time::plus_days(now, days))
    }
}

pub(super) fn check_days(target: &'static str, days: Option<u32>) -> Result<()> {
    if days.is_some_and(|days| !(1..=SharingPolicy::LONGEST_EXPIRATION_DAYS).contains(&days)) {
        return Err(Error::invalid(target, "A number of days must be between 1 and 3650."));
    }
    Ok(())
}

fn check_order(target: &'static str, default: Option<u32>, maximum: Option<u32>) -> Result<()> {
    match (default, maximum) {
        (Some(default), Some(maximum)) if default > maximum => {
            Err(Error::invalid(target, "The default can't be later than the maximum."))
        }
        _ => Ok(()),
    }
}

pub(super) fn check_file_type(most: Option<AnonymousLinkType>) -> Result<()> {
    if most == Some(AnonymousLinkType::ViewUpload) {
        return Err(Error::invalid("anonymousFileLinkType", "anonymousFileLinkType has to be view or edit."));
    }
    Ok(())
}

pub(super) fn check_domains(target: &'static str, domains: &BTreeSet<String>) -> Result<()> {
    if domains.len() > SharingPolicy::MOST_DOMAINS {
        return Err(Error::invalid(target, "A list has at most 1000 domains."));
    }
    if domains.iter().all(|domain| domain_to_ascii(domain).is_some()) {
        Ok(())
    } else {
        Err(Error::invalid(target, "A domain is written as in example.com, without wildcards."))
    }
}

pub(super) fn check_groups(target: &'static str, groups: Option<&BTreeSet<GroupId>>) -> Result<()> {
    if groups.is_some_and(|groups| groups.len() > SharingPolicy::MOST_GROUPS) {
        return Err(Error::invalid(target, "A list has at most 100 groups."));
    }
    Ok(())
}

/// Reads domains, each in its ASCII form; what has none stays as it is, for [`check_domains`] to refuse.
fn domains<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<BTreeSet<String>, D::Error> {
    let domains = Vec::<String>::deserialize(deserializer)?;
    Ok(domains.into_iter().map(|domain| domain_form(&domain)).collect())
}

/// [`domains`] of a list that may be missing.
pub(super) fn some_domains<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<BTreeSet<String>>, D::Error> {
    let domains = Option::<Vec<String>>::deserialize(deserializer)?;
    Ok(domains.map(|domains| domains.into_iter().map(|domain| domain_form(&domain)).collect()))
}

fn domain_form(domain: &str) -> String {
    let domain = domain.trim();
    domain_to_ascii(domain).unwrap_or_else(|| domain.to_lowercase())
}

fn capability<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<SharingCapability, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Said {
        Anonymous(bool),
        Level(SharingCapability),
    }
    Ok(match Said::deserialize(deserializer)? {
        Said::Level(level) => level,
        Said::Anonymous(true) => SharingCapability::ExternalUserAndGuestSharing,
        Said::Anonymous(false) => SharingCapability::ExternalUserSharingOnly,
    })
}
