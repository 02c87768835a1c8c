//! How a site or a drive narrows what its organization says (POLICY-02).
//!
//! [`Limits`] can only narrow: what holds in a drive is the organization's policy, met with the limits of the drive's site and
//! with the drive's own. Whatever the organization closes later is closed there too.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::settings::{check_days, check_domains, check_file_type, check_groups, some_domains};
use super::{
    AnonymousLinkType, DefaultLinkScope, DefaultLinkType, DomainRestriction, SharingCapability, SharingPolicy,
};
use crate::error::Result;
use crate::id::GroupId;

/// Declares the limits by how they meet. `levels` have an order and are always said by a policy; `days` may be open there;
/// of `groups` only those count that all name.
macro_rules! limits {
    (
        levels { $($level:ident: $level_type:ty = $level_name:literal),+ $(,)? }
        days { $($days:ident = $days_name:literal),+ $(,)? }
        groups { $($groups:ident = $groups_name:literal),+ $(,)? }
    ) => {
        /// What narrows sharing in a site or a drive. A member that isn't there says nothing. Their meaning is that of the
        /// members of [`SharingPolicy`] with the same names.
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields, default)]
        #[expect(missing_docs, reason = "the members are those of the policy, and documented there")]
        pub struct Limits {
            $(pub $level: Option<$level_type>,)+
            $(pub $days: Option<u32>,)+
            $(pub $groups: Option<BTreeSet<GroupId>>,)+
            #[serde(deserialize_with = "some_domains")]
            pub sharing_allowed_domain_list: Option<BTreeSet<String>>,
            #[serde(deserialize_with = "some_domains")]
            pub sharing_blocked_domain_list: Option<BTreeSet<String>>,
        }

        impl Limits {
            /// Both together: in each member the narrower one. It doesn't matter which of the two comes first, or how often.
            #[must_use]
            pub fn meet(&self, other: &Self) -> Self {
                Self {
                    $($level: least(self.$level, other.$level),)+
                    $($days: least(self.$days, other.$days),)+
                    $($groups: common(self.$groups.as_ref(), other.$groups.as_ref()),)+
                    sharing_allowed_domain_list: common(
                        self.sharing_allowed_domain_list.as_ref(),
                        other.sharing_allowed_domain_list.as_ref(),
                    ),
                    sharing_blocked_domain_list: all(
                        self.sharing_blocked_domain_list.as_ref(),
                        other.sharing_blocked_domain_list.as_ref(),
                    ),
                }
            }

            /// The first member that says more than the policy does: it would widen, which limits can't.
            pub fn widens(&self, policy: &SharingPolicy) -> Option<&'static str> {
                $(if self.$level.is_some_and(|level| level > policy.$level) {
                    return Some($level_name);
                })+
                $(if self.$days.zip(policy.$days).is_some_and(|(own, policy)| own > policy) {
                    return Some($days_name);
                })+
                $(if self.$groups.as_ref().zip(policy.$groups.as_ref()).is_some_and(|(own, policy)| !own.is_subset(policy)) {
                    return Some($groups_name);
                })+
                let allowed = policy.allowed_domains();
                self.sharing_allowed_domain_list
                    .as_ref()
                    .zip(allowed)
                    .is_some_and(|(own, policy)| !own.is_subset(policy))
                    .then_some("sharingAllowedDomainList")
            }

            /// Refuses values that make no sense, naming the member.
            pub fn validate(&self) -> Result<()> {
                $(check_days($days_name, self.$days)?;)+
                $(check_groups($groups_name, self.$groups.as_ref())?;)+
                check_file_type(self.anonymous_file_link_type)?;
                for (name, domains) in [
                    ("sharingAllowedDomainList", &self.sharing_allowed_domain_list),
                    ("sharingBlockedDomainList", &self.sharing_blocked_domain_list),
                ] {
                    domains.as_ref().map_or(Ok(()), |domains| check_domains(name, domains))?;
                }
                Ok(())
            }
        }

        impl SharingPolicy {
            /// What holds where these limits do: never more than the policy says.
            #[must_use]
            pub fn narrowed(&self, limits: &Limits) -> Self {
                let allowed = common(self.allowed_domains(), limits.sharing_allowed_domain_list.as_ref());
                let blocked = all(self.blocked_domains(), limits.sharing_blocked_domain_list.as_ref());
                Self {
                    $($level: limits.$level.map_or(self.$level, |level| level.min(self.$level)),)+
                    $($days: least(self.$days, limits.$days),)+
                    $($groups: common(self.$groups.as_ref(), limits.$groups.as_ref()),)+
                    sharing_domain_restriction_mode: match (&allowed, &blocked) {
                        (None, None) => DomainRestriction::None,
                        (Some(_), None) => DomainRestriction::AllowList,
                        (None, Some(_)) => DomainRestriction::BlockList,
                        (Some(_), Some(_)) => DomainRestriction::Both,
                    },
                    sharing_allowed_domain_list: allowed.unwrap_or_default(),
                    sharing_blocked_domain_list: blocked.unwrap_or_default(),
                    ..self.clone()
                }
            }
        }
    };
}

limits! {
    levels {
        sharing_capability: SharingCapability = "sharingCapability",
        is_resharing_by_external_users_enabled: bool = "isResharingByExternalUsersEnabled",
        default_link_type: DefaultLinkType = "defaultLinkType",
        default_link_scope: DefaultLinkScope = "defaultLinkScope",
        anonymous_file_link_type: AnonymousLinkType = "anonymousFileLinkType",
        anonymous_folder_link_type: AnonymousLinkType = "anonymousFolderLinkType",
        create_only_links: bool = "createOnlyLinks",
        embed_on_business: bool = "embedOnBusiness",
    }
    days {
        default_expiration_days = "defaultExpirationDays",
        maximum_expiration_days = "maximumExpirationDays",
        organization_default_expiration_days = "organizationDefaultExpirationDays",
        organization_maximum_expiration_days = "organizationMaximumExpirationDays",
        create_only_maximum_expiration_days = "createOnlyMaximumExpirationDays",
    }
    groups {
        anonymous_link_groups = "anonymousLinkGroups",
        external_sharing_groups = "externalSharingGroups",
    }
}

impl SharingPolicy {
    fn allowed_domains(&self) -> Option<&BTreeSet<String>> {
        let is_in_force =
            matches!(self.sharing_domain_restriction_mode, DomainRestriction::AllowList | DomainRestriction::Both);
        is_in_force.then_some(&self.sharing_allowed_domain_list)
    }

    fn blocked_domains(&self) -> Option<&BTreeSet<String>> {
        let is_in_force =
            matches!(self.sharing_domain_restriction_mode, DomainRestriction::BlockList | DomainRestriction::Both);
        is_in_force.then_some(&self.sharing_blocked_domain_list)
    }
}

fn least<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

fn common<T: Ord + Clone>(one: Option<&BTreeSet<T>>, other: Option<&BTreeSet<T>>) -> Option<BTreeSet<T>> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one & other),
        (one, other) => one.or(other).cloned(),
    }
}

fn all<T: Ord + Clone>(one: Option<&BTreeSet<T>>, other: Option<&BTreeSet<T>>) -> Option<BTreeSet<T>> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one | other),
        (one, other) => one.or(other).cloned(),
    }
}
