//! What a PATCH may change of a permission, and who may send it (PERM-08 to PERM-12, AMB-11).

use jiff::Timestamp;

use super::link_change::{ends_later, only_narrower};
use super::sharing::SharingPolicy;
use crate::error::{Code, Error, Inner, Result};
use crate::permission::{LinkScope, Permission, PermissionKind, Role, SharingLink};

/// What is asked for. What isn't said stays as it is (PERM-11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Change {
    /// The role that the grant shall give.
    pub role: Option<Role>,
    /// When the link shall end; the inner `None` clears the date.
    pub expires_at: Option<Option<Timestamp>>,
}

/// What is known of the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changer {
    /// What they may do to the item that carries the permission.
    pub role: Role,
    /// Whether they made the permission, which is a link.
    pub is_maker: bool,
    /// Whether the permission is on the drive's root, where its owners have theirs.
    pub is_on_root: bool,
    /// Whether policy would let them make this very link now.
    pub could_make: bool,
}

/// What is written then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// Nothing was asked for.
    Nothing,
    /// The grant gives this role from now on.
    Role(Role),
    /// The link ends then, or by policy alone.
    Expiry(Option<Timestamp>),
}

/// Decides about a PATCH of a permission that the item itself carries.
pub fn may_change(
    permission: &Permission,
    change: &Change,
    changer: Changer,
    policy: &SharingPolicy,
    now: Timestamp,
) -> Result<Changed> {
    match &permission.kind {
        PermissionKind::Link(link) => {
            if changer.role < Role::Owner && !changer.is_maker {
                return Err(Error::access_denied("Only an owner of the item or the maker of the link can change it."));
            }
            if change.role.is_some() {
                return Err(not_updateable("roles", "The role of a link is that of its type."));
            }
            match change.expires_at {
                None => Ok(Changed::Nothing),
                Some(_) if link.scope != LinkScope::Anonymous => {
                    Err(Error::new(Code::NotSupported, "Only anonymous links have an expiry that can be changed.")
                        .target("expirationDateTime"))
                }
                Some(wanted) => match new_expiry(permission, link, wanted, policy, now)? {
                    later if !changer.could_make && ends_later(link.expires_at, later) => {
                        Err(only_narrower("expirationDateTime"))
                    }
                    expires_at => Ok(Changed::Expiry(expires_at)),
                },
            }
        }
        PermissionKind::Grant { .. } | PermissionKind::Invitation(_) => {
            if permission.role() == Role::Owner && changer.is_on_root {
                return Err(Error::new(Code::NotAllowed, "The permission of the drive's owner can't be changed."));
            }
            // Who isn't an owner can't make anybody one either.
            if changer.role < Role::Owner {
                return Err(Error::access_denied("Only an owner of the item can change what others may do."));
            }
            if change.expires_at.is_some() {
                return Err(not_updateable("expirationDateTime", "Only anonymous links have an expiry to change."));
            }
            Ok(change.role.map_or(Changed::Nothing, Changed::Role))
        }
    }
}

/// The refusal of a member that exists and can't be changed.
pub fn not_updateable(member: &'static str, message: &'static str) -> Error {
    Error::invalid(member, message).inner(Inner::PropertyNotUpdateable)
}

/// A later wish than policy allows is pulled back to the longest life, counted from the making of the link: otherwise a
/// maximum could be outlived by asking again. What has ended stays ended; a dead token never works again.
fn new_expiry(
    permission: &Permission,
    link: &SharingLink,
    wanted: Option<Timestamp>,
    policy: &SharingPolicy,
    now: Timestamp,
) -> Result<Option<Timestamp>> {
    let effective = |own| policy.effective_expiry(link.link_type, link.scope, own, permission.created_at);
    if effective(link.expires_at).is_some_and(|ends| now >= ends) {
        return Err(Error::access_denied("The link has expired. Make a new one.").inner(Inner::LinkExpired));
    }
    if wanted.is_some_and(|wanted| wanted <= now) {
        return Err(Error::invalid("expirationDateTime", "The expiry has to lie in the future.")
            .inner(Inner::InvalidParameterFormat));
    }
    Ok(wanted.and(effective(wanted)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::id::{ApplicationId, ItemId, PermissionId, UserId};
    use crate::permission::{Creator, Grantee, LinkType};
    use crate::time;

    fn permission(kind: PermissionKind, created_at: Timestamp) -> Permission {
        let id = PermissionId::from_uuid(Uuid::nil());
        Permission { id, item: ItemId::from_uuid(Uuid::nil()), kind, created_at }
    }

    fn link(scope: LinkScope, expires_at: Option<Timestamp>) -> PermissionKind {
        PermissionKind::Link(SharingLink {
            link_type: LinkType::View,
            scope,
            creator: Creator { user: None, application: ApplicationId::from_uuid(Uuid::nil()) },
            password: None,
            expires_at,
            grantees: Vec::new(),
            life: crate::link_life::LinkLife::default(),
        })
    }

    fn grant(role: Role) -> PermissionKind {
        PermissionKind::Grant { grantee: Grantee::User(UserId::from_uuid(Uuid::nil())), role }
    }

    const OWNER: Changer = Changer { role: Role::Owner, is_maker: false, is_on_root: true, could_make: true };

    fn second(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    proptest! {
        #[test]
        fn perm_08_no_change_outlives_the_maximum_or_lies_in_the_past(
            wanted in proptest::option::of(0_i64..50_000_000), maximum in proptest::option::of(1_u32..400), now in 0_i64..50_000_000
        ) {
            let policy = SharingPolicy { maximum_expiration_days: maximum, ..SharingPolicy::default() };
            let found = permission(link(LinkScope::Anonymous, None), second(0));
            let change = Change { role: None, expires_at: Some(wanted.map(second)) };
            match may_change(&found, &change, OWNER, &policy, second(now)) {
                Ok(Changed::Expiry(ends)) => {
                    let effective = policy.effective_expiry(LinkType::View, LinkScope::Anonymous, ends, second(0));
                    prop_assert!(effective.is_none_or(|ends| ends > second(now)));
                    prop_assert!(maximum.is_none_or(|days| effective.is_some_and(|ends| ends <= time::plus_days(second(0), days))));
                    prop_assert!(wanted.is_none_or(|wanted| ends.is_some_and(|ends| ends <= second(wanted))));
                }
                Ok(other) => prop_assert!(false, "{other:?}"),
                Err(error) => prop_assert!(matches!(error.inner_code(), Some(Inner::LinkExpired | Inner::InvalidParameterFormat))),
            }
        }

        #[test]
        fn p13_nobody_but_owners_and_makers_changes_anything(
            is_link: bool, role in prop_oneof![Just(Role::Read), Just(Role::Write)], to in prop_oneof![Just(Role::Read), Just(Role::Owner)]
        ) {
            let kind = if is_link { link(LinkScope::Anonymous, None) } else { grant(Role::Read) };
            let change = if is_link { Change { role: None, expires_at: Some(None) } } else { Change { role: Some(to), expires_at: None } };
            let changer = Changer { role, is_maker: false, is_on_root: false, could_make: true };
            let decided = may_change(&permission(kind, second(0)), &change, changer, &SharingPolicy::default(), second(1));
            prop_assert_eq!(decided.unwrap_err().code(), Code::AccessDenied);
        }
    }

    #[test]
    fn perm_08_to_10_each_kind_has_its_own_member() {
        let role = Change { role: Some(Role::Write), expires_at: None };
        let expiry = Change { role: None, expires_at: Some(Some(second(9))) };
        let decide = |kind, change: &Change| {
            may_change(&permission(kind, second(0)), change, OWNER, &SharingPolicy::default(), second(1))
        };
        assert_eq!(decide(grant(Role::Read), &role), Ok(Changed::Role(Role::Write)));
        assert_eq!(decide(link(LinkScope::Anonymous, None), &expiry), Ok(Changed::Expiry(Some(second(9)))));
        for (kind, change, code) in [
            (grant(Role::Read), &expiry, Code::InvalidRequest),
            (grant(Role::Owner), &role, Code::NotAllowed),
            (link(LinkScope::Anonymous, None), &role, Code::InvalidRequest),
            (link(LinkScope::Organization, None), &expiry, Code::NotSupported),
            (link(LinkScope::Users, None), &expiry, Code::NotSupported),
            (link(LinkScope::Anonymous, Some(second(1))), &expiry, Code::AccessDenied),
        ] {
            assert_eq!(decide(kind, change).unwrap_err().code(), code);
        }
        assert_eq!(decide(link(LinkScope::Users, None), &Change::default()), Ok(Changed::Nothing));
    }
}
