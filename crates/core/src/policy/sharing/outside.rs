//! Who shares, and with whom from elsewhere (POLICY-01, POLICY-09, POLICY-10).
//!
//! Outside is who has no account in the drive's own tenant: people of the other tenants of this server, and addresses that
//! have no account at all.

use super::{DomainRestriction, SharingCapability, SharingPolicy, anonymous_disabled, disabled};
use crate::caller::{Caller, Principal};
use crate::error::{Error, Result};
use crate::id::{GroupId, TenantId};
use crate::identity::User;
use crate::mail_address::domain_to_ascii;
use crate::permission::{LinkScope, LinkType};
use crate::policy::access::Standing;

/// Somebody from outside, as far as policy cares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outsider<'a> {
    /// Every address that they go by. Each has to be of a domain that policy allows.
    pub addresses: Vec<&'a str>,
    /// Whether they have an account here.
    pub has_account: bool,
}

impl<'a> Outsider<'a> {
    /// An account of another tenant.
    pub fn account(user: &'a User) -> Self {
        let addresses = std::iter::once(user.user_principal_name.as_str()).chain(user.mail.as_deref()).collect();
        Self { addresses, has_account: true }
    }

    /// An address without an account.
    pub fn address(address: &'a str) -> Self {
        Self { addresses: vec![address], has_account: false }
    }
}

/// Who shares something.
#[derive(Debug, Clone, Copy)]
pub struct Maker<'a> {
    /// The groups of a person. An application that acts for itself is in none.
    pub groups: Option<&'a Standing>,
    /// Whether they are from outside themselves.
    pub is_outside: bool,
}

impl<'a> Maker<'a> {
    /// A caller, in a drive of this tenant.
    pub fn of(caller: &'a Caller, tenant: TenantId) -> Self {
        match &caller.principal {
            Principal::User { user, standing } => Self { groups: Some(standing), is_outside: user.tenant != tenant },
            Principal::Application => Self { groups: None, is_outside: caller.tenant != tenant },
        }
    }

    fn is_in_any<'g>(self, groups: impl IntoIterator<Item = &'g GroupId>) -> bool {
        let Some(standing) = self.groups else { return false };
        groups.into_iter().any(|group| standing.member_of.contains(group) || standing.owner_of.contains(group))
    }
}

impl SharingPolicy {
    /// Whether somebody from outside has what is shared with them, now.
    pub fn admits(&self, outsider: &Outsider<'_>) -> bool {
        let by_level = match self.sharing_capability {
            SharingCapability::Disabled => false,
            SharingCapability::ExistingExternalUserSharingOnly => outsider.has_account,
            SharingCapability::ExternalUserSharingOnly | SharingCapability::ExternalUserAndGuestSharing => true,
        };
        by_level && outsider.addresses.iter().all(|address| self.allows_domain_of(address))
    }

    fn allows_domain_of(&self, address: &str) -> bool {
        let mode = self.sharing_domain_restriction_mode;
        if mode == DomainRestriction::None {
            return true;
        }
        // A domain that has no such form is on no list, and passes none.
        let Some(domain) = domain_to_ascii(address.rsplit('@').next().unwrap_or_default()) else { return false };
        let allows = matches!(mode, DomainRestriction::AllowList | DomainRestriction::Both);
        let blocks = matches!(mode, DomainRestriction::BlockList | DomainRestriction::Both);
        (!allows || self.sharing_allowed_domain_list.contains(&domain))
            && (!blocks || !self.sharing_blocked_domain_list.contains(&domain))
    }

    /// Refuses who is from outside, where such people may not share on.
    pub fn may_share(&self, maker: Maker<'_>) -> Result<()> {
        if maker.is_outside && !self.is_resharing_by_external_users_enabled {
            return Err(disabled("scope", "People from outside the organization may not share on."));
        }
        Ok(())
    }

    /// Refuses sharing with somebody from outside.
    pub fn may_share_with(&self, outsider: &Outsider<'_>, maker: Maker<'_>) -> Result<()> {
        if !self.admits(outsider) {
            return Err(disabled("recipients", "The administrator doesn't let share with this person."));
        }
        match &self.external_sharing_groups {
            Some(groups) if !maker.is_in_any(groups) => {
                Err(disabled("recipients", "You aren't among those who may share with people from outside."))
            }
            _ => Ok(()),
        }
    }

    /// Why this maker may not make such a link now, as far as policy says.
    pub fn refuses(&self, maker: Maker<'_>, link_type: LinkType, scope: LinkScope, is_folder: bool) -> Option<Error> {
        if let Some(refusal) = self.may_share(maker).err().or_else(|| self.forbids(link_type, scope, is_folder)) {
            return Some(refusal);
        }
        match (&self.anonymous_link_groups, scope) {
            (Some(groups), LinkScope::Anonymous) if !maker.is_in_any(groups) => {
                Some(disabled("scope", "You aren't among those who may make anonymous links."))
            }
            _ => None,
        }
    }

    /// What a link that policy has closed says to who presents it (AMB-20).
    pub fn closed(&self) -> Error {
        if self.allows_anonymous() {
            disabled("scope", "Sharing of this kind is disabled by the administrator.")
        } else {
            anonymous_disabled()
        }
    }
}
