//! Whether a link opens, for whom, and to what: asked anew on every request (design, rule 4).

use jiff::Timestamp;

use super::access::{Actor, Chain};
use super::sharing::SharingPolicy;
use crate::id::{PermissionId, TenantId, UserId};
use crate::permission::{LinkScope, LinkType, Permission, Role, SharingLink};

/// Everything that decides whether a link opens an item.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The item that is asked for, with what lies above it.
    pub chain: &'a Chain,
    /// The link, by the id in its token.
    pub link: PermissionId,
    /// The policy of the drive's tenant.
    pub policy: &'a SharingPolicy,
    /// Who made the link, as they stand now; [`Actor::Nobody`] when the account or application is disabled or gone.
    pub creator: Actor<'a>,
    /// Who presents it, if they have signed in.
    pub visitor: Option<Visitor>,
    /// The version of the password that the visitor has shown to know, if any.
    pub password_version: Option<i64>,
}

/// A signed-in person who presents a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visitor {
    /// The person.
    pub user: UserId,
    /// Their tenant.
    pub tenant: TenantId,
}

/// What a link amounts to for this visitor, now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It opens the item with this role.
    Open(Role),
    /// It takes files into the shared folder, and opens nothing (AMB-39).
    Add,
    /// It would, for somebody who signs in.
    SignIn,
    /// It would, for somebody who knows the password.
    Password,
    /// It is live and this person isn't among those it is for (SHARE-17).
    NotForYou,
    /// Policy has closed links of its kind for the time being (AMB-20).
    Closed,
    /// There is no such link, or no more, or not for this item: strangers can't tell which (P16).
    Gone,
}

/// Decides whether the link opens the item that the chain starts with.
///
/// The role is never greater than what the link's creator has on the item now (P9, P10).
pub fn may_open(facts: &Facts<'_>, now: Timestamp) -> Decision {
    let Some((permission, link)) = live_link(facts, now) else { return Decision::Gone };
    let role = match facts.chain.role_of(facts.creator, now) {
        // Sharing takes write access; a creator who has lost it has lost the link as well.
        Some(creator) if creator >= Role::Write => permission.role().min(creator),
        _ => return Decision::Gone,
    };
    if link.scope == LinkScope::Anonymous && !facts.policy.anonymous_links {
        return Decision::Closed;
    }
    match (link.scope, facts.visitor) {
        (LinkScope::Anonymous, _) => {}
        (_, None) => return Decision::SignIn,
        (LinkScope::Organization, Some(visitor)) if visitor.tenant == facts.chain.tenant => {}
        (LinkScope::Users, Some(visitor)) if link.grantees.contains(&visitor.user) => {}
        (LinkScope::Organization | LinkScope::Users, Some(_)) => return Decision::NotForYou,
    }
    match &link.password {
        Some(guard) if facts.password_version != Some(guard.version) => Decision::Password,
        _ if link.link_type == LinkType::CreateOnly => Decision::Add,
        _ => Decision::Open(role),
    }
}

fn live_link<'a>(facts: &Facts<'a>, now: Timestamp) -> Option<(&'a Permission, &'a SharingLink)> {
    if !facts.chain.is_live() {
        return None;
    }
    let (_, permission) = facts.chain.find(facts.link)?;
    let link = permission.link()?;
    let is_over = is_expired(link, permission.created_at, facts.policy, now);
    (!is_over).then_some((permission, link))
}

/// Whether a link's time is over: at its expiry or after (AMB-64).
pub fn is_expired(link: &SharingLink, created_at: Timestamp, policy: &SharingPolicy, now: Timestamp) -> bool {
    policy.effective_expiry(link.scope, link.expires_at, created_at).is_some_and(|expires_at| now >= expires_at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::id::{ApplicationId, ItemId};
    use crate::permission::{Creator, PermissionKind};
    use crate::policy::access::ChainItem;

    const TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(1));
    const LINK: PermissionId = PermissionId::from_uuid(Uuid::from_u128(2));
    const ANN: UserId = UserId::from_uuid(Uuid::from_u128(3));

    fn chain(link_type: LinkType, scope: LinkScope, depth: u128, at: u128) -> Chain {
        let creator = Creator { user: None, application: ApplicationId::from_uuid(Uuid::from_u128(4)) };
        let link = SharingLink { link_type, scope, creator, password: None, expires_at: None, grantees: vec![ANN] };
        let items = (0..depth).map(|level| {
            let id = ItemId::from_uuid(Uuid::from_u128(level));
            let kind = PermissionKind::Link(link.clone());
            let permission = Permission { id: LINK, item: id, kind, created_at: Timestamp::UNIX_EPOCH };
            let permissions = if level == at { vec![permission] } else { Vec::new() };
            ChainItem { id, name: String::new(), inherits: true, deleted: false, permissions }
        });
        Chain { tenant: TENANT, items: items.collect() }
    }

    proptest! {
        #[test]
        fn amb_38_amb_39_amb_40_a_link_gives_what_its_type_says_and_no_more(
            link_type in proptest::sample::select(LinkType::ALL),
            scope in proptest::sample::select(LinkScope::ALL),
            depth in 1_u128..5,
            at in 0_u128..5,
            signed_in: bool,
            creator_is_good: bool,
        ) {
            let chain = chain(link_type, scope, depth, at);
            let creator = if creator_is_good { Actor::Application { tenant: TENANT } } else { Actor::Nobody };
            let policy = SharingPolicy::default();
            let visitor = signed_in.then_some(Visitor { user: ANN, tenant: TENANT });
            let facts = Facts { chain: &chain, link: LINK, policy: &policy, creator, visitor, password_version: None };
            match may_open(&facts, Timestamp::UNIX_EPOCH) {
                Decision::Add => prop_assert_eq!(link_type, LinkType::CreateOnly),
                Decision::Open(role) => {
                    prop_assert!(link_type != LinkType::CreateOnly);
                    prop_assert!(role <= link_type.role());
                    prop_assert!(role == Role::Read || link_type == LinkType::Edit);
                    prop_assert!(creator_is_good && at < depth);
                }
                decision => {
                    let wanted = if creator_is_good && at < depth { Decision::SignIn } else { Decision::Gone };
                    prop_assert_eq!(decision, wanted);
                }
            }
        }
    }
}
