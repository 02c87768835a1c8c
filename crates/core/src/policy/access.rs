//! Who may do what to an item, by the permissions on it and on the folders above it.

use jiff::Timestamp;

use super::redeem;
use super::sharing::SharingPolicy;
use crate::id::{GroupId, ItemId, TenantId, UserId};
use crate::permission::{Grantee, Permission, Role};

/// An item on the way from the asked one up to the root, with the grants put on it.
#[derive(Debug, Clone)]
pub struct ChainItem {
    /// The item.
    pub id: ItemId,
    /// Its name.
    pub name: String,
    /// Whether it takes over the permissions of what lies above. `retainInheritedPermissions: false` ends that.
    pub inherits: bool,
    /// Who ended that, unless they are an owner anyway: what they have from above stays theirs, for as long as they have it
    /// there (AMB-30).
    pub keeps: Option<Kept>,
    /// Whether it is in the recycle bin.
    pub deleted: bool,
    /// The grants and invitations put on this very item. Links give nothing unless they are presented, and there may be
    /// thousands of them: they are looked up where they are asked for.
    pub grants: Vec<Permission>,
}

/// An item and its ancestors, the item first, the root last: everything that decides about access to it.
#[derive(Debug, Clone)]
pub struct Chain {
    /// The tenant of the drive.
    pub tenant: TenantId,
    /// The items, nearest first; never empty for an item that exists.
    pub items: Vec<ChainItem>,
}

/// A person's standing: what they can hold permissions as.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// The groups they are a member of.
    pub member_of: Vec<GroupId>,
    /// The groups they own.
    pub owner_of: Vec<GroupId>,
}

/// A person whose rights go on past a break of inheritance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The person.
    pub user: UserId,
    /// Their groups now.
    pub standing: Standing,
}

/// Whose role is asked for.
#[derive(Debug, Clone, Copy)]
pub enum Actor<'a> {
    /// A person who may sign in.
    User {
        /// The person.
        id: UserId,
        /// Their groups.
        standing: &'a Standing,
    },
    /// An application acting for itself in a tenant: it has every right there that its scopes reach.
    Application {
        /// The tenant that its token is for.
        tenant: TenantId,
    },
    /// Nobody who may act: a disabled account, a stranger.
    Nobody,
}

impl Chain {
    /// Whether the item is reachable at all: neither it nor anything above it is in the recycle bin.
    pub fn is_live(&self) -> bool {
        !self.items.is_empty() && self.items.iter().all(|item| !item.deleted)
    }

    /// The grants that reach the item, nearest first, each with the item that carries it.
    ///
    /// Where inheritance is broken, owners' grants still flow in, and those of who broke it; nothing else does (AMB-29,
    /// AMB-30).
    pub fn effective(&self) -> impl Iterator<Item = (&ChainItem, &Permission)> {
        self.flowing(|kept, grantee| kept.standing.holds(kept.user, grantee))
    }

    /// The grants that reach the item, where `keeps` says whether a person's rights past a break are those of a grantee.
    fn flowing<'a>(
        &'a self,
        keeps: impl Fn(&Kept, &Grantee) -> bool + Copy + 'a,
    ) -> impl Iterator<Item = (&'a ChainItem, &'a Permission)> {
        let mut breaks: Vec<Option<&Kept>> = Vec::new();
        self.items.iter().flat_map(move |item| {
            let passed = breaks.clone();
            if !item.inherits {
                breaks.push(item.keeps.as_ref());
            }
            let flows = move |grant: &&Permission| {
                let holder = grant.holder();
                let is_kept = |kept: &Kept| holder.is_some_and(|grantee| keeps(kept, grantee));
                is_owner_grant(grant) || passed.iter().all(|kept| kept.is_some_and(is_kept))
            };
            item.grants.iter().filter(flows).map(move |grant| (item, grant))
        })
    }

    /// Whether what an item on the chain carries reaches the first one: inheritance is broken nowhere between the two.
    pub fn flows_from(&self, carrier: ItemId) -> bool {
        let at = self.items.iter().position(|item| item.id == carrier);
        at.and_then(|at| self.items.get(..at)).is_some_and(|below| below.iter().all(|item| item.inherits))
    }

    /// Whether a permission reaches the first item of the chain, from that item or from one above it.
    pub fn reaches(&self, permission: &Permission) -> bool {
        let is_it = |(item, grant): (&ChainItem, &Permission)| grant.id == permission.id && item.id == permission.item;
        self.flows_from(permission.item) || (permission.link().is_none() && self.effective().any(is_it))
    }

    /// The greatest role that direct grants give the actor on the item, now: what has ended gives nothing. Links count
    /// only when they are presented.
    pub fn role_of(&self, actor: Actor<'_>, now: Timestamp) -> Option<Role> {
        match actor {
            Actor::Nobody => None,
            Actor::Application { tenant } => (tenant == self.tenant).then_some(Role::Owner),
            Actor::User { id, standing } => self.held(id, standing, now).map(Permission::role).max(),
        }
    }

    /// When the last of the rights ends that let the actor write, if all of them do: nobody passes on for longer what they
    /// have for so long (P11).
    pub fn writes_until(&self, actor: Actor<'_>, now: Timestamp) -> Option<Timestamp> {
        let Actor::User { id, standing } = actor else { return None };
        let ends: Option<Vec<Timestamp>> =
            self.held(id, standing, now).filter(|grant| grant.role() >= Role::Write).map(Permission::ends_at).collect();
        ends.and_then(|ends| ends.into_iter().max())
    }

    /// The grants that give a person something on the item, now.
    fn held(&self, user: UserId, standing: &Standing, now: Timestamp) -> impl Iterator<Item = &Permission> {
        self.flowing(move |kept, _| kept.user == user)
            .map(|(_, grant)| grant)
            .filter(move |grant| grant.holder().is_some_and(|grantee| standing.holds(user, grantee)))
            .filter(move |grant| grant.ends_at().is_none_or(|ends| now < ends))
    }

    /// Whether a permission shares the item with anybody besides its owners now: a live link, or a grant, on it or on a
    /// folder above it that reaches it (AMB-62). What everybody has by the drive's root isn't sharing. Nothing above `top`
    /// counts, where one is given.
    pub fn is_shared_by(
        &self,
        permission: &Permission,
        top: Option<ItemId>,
        policy: &SharingPolicy,
        now: Timestamp,
    ) -> bool {
        let is_on_root = self.items.last().is_some_and(|root| root.id == permission.item);
        let highest = top.and_then(|top| self.items.iter().position(|item| item.id == top));
        let counted = highest.map_or(self.items.len(), |at| at + 1);
        if is_on_root || !self.items.iter().take(counted).any(|item| item.id == permission.item) {
            return false;
        }
        let is_live = match permission.link() {
            Some(link) => !redeem::state(link, permission.created_at, policy, now).is_over(),
            None => permission.ends_at().is_none_or(|ends| now < ends) && !is_owner_grant(permission),
        };
        is_live && self.reaches(permission)
    }
}

impl Standing {
    /// Whether the person is among those whom a grant is for.
    pub fn holds(&self, user: UserId, grantee: &Grantee) -> bool {
        match grantee {
            Grantee::User(id) => *id == user,
            Grantee::Group(id) => self.member_of.contains(id) || self.owner_of.contains(id),
            Grantee::GroupOwners(id) => self.owner_of.contains(id),
        }
    }
}

fn is_owner_grant(permission: &Permission) -> bool {
    permission.holder().is_some() && permission.role() == Role::Owner
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::id::{ApplicationId, PermissionId};
    use crate::permission::{Creator, Invitation, PermissionKind};

    const ANN: UserId = UserId::from_uuid(Uuid::from_u128(1));
    const TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(100));

    fn grant(user: u128, role: Role) -> Permission {
        Permission {
            id: PermissionId::from_uuid(Uuid::from_u128(user)),
            item: ItemId::from_uuid(Uuid::nil()),
            kind: PermissionKind::Grant { grantee: Grantee::User(UserId::from_uuid(Uuid::from_u128(user))), role },
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn chain(levels: Vec<(bool, Vec<Permission>)>) -> Chain {
        let items = levels
            .into_iter()
            .map(|(inherits, permissions)| ChainItem {
                id: ItemId::from_uuid(Uuid::nil()),
                name: String::new(),
                inherits,
                keeps: None,
                deleted: false,
                grants: permissions,
            })
            .collect();
        Chain { tenant: TENANT, items }
    }

    fn role(chain: &Chain) -> Option<Role> {
        chain.role_of(Actor::User { id: ANN, standing: &Standing::default() }, Timestamp::UNIX_EPOCH)
    }

    fn any_role() -> impl Strategy<Value = Role> {
        prop_oneof![Just(Role::Read), Just(Role::Write), Just(Role::Owner)]
    }

    fn any_levels() -> impl Strategy<Value = Vec<(bool, Vec<(u128, Role)>)>> {
        proptest::collection::vec((any::<bool>(), proptest::collection::vec((1_u128..4, any_role()), 0..3)), 1..6)
    }

    fn build(levels: &[(bool, Vec<(u128, Role)>)]) -> Chain {
        chain(
            levels
                .iter()
                .map(|(inherits, grants)| (*inherits, grants.iter().map(|(user, role)| grant(*user, *role)).collect()))
                .collect(),
        )
    }

    proptest! {
        #[test]
        fn adding_a_permission_never_removes_access(levels in any_levels(), at in 0_usize..6, user in 1_u128..4, more in any_role()) {
            let before = role(&build(&levels));
            let mut levels = levels;
            let at = at % levels.len();
            levels[at].1.push((user, more));
            prop_assert!(role(&build(&levels)) >= before);
        }

        #[test]
        fn an_invitation_gives_its_role_until_it_ends_and_nothing_before_it_is_taken(
            levels in any_levels(), held: bool, offered in any_role(), ends in proptest::option::of(-5_i64..5)
        ) {
            let before = role(&build(&levels));
            let mut chain = build(&levels);
            let invitation = Invitation {
                grantee: held.then_some(Grantee::User(ANN)),
                role: offered,
                invited_by: Creator { user: None, application: ApplicationId::from_uuid(Uuid::nil()) },
                expires_at: ends.map(|second| Timestamp::from_second(second).unwrap()),
                email: None,
            };
            let mut permission = grant(1, Role::Read);
            permission.kind = PermissionKind::Invitation(invitation);
            chain.items[0].grants.push(permission);
            let counts = held && ends.is_none_or(|ends| ends > 0);
            prop_assert_eq!(role(&chain), if counts { before.max(Some(offered)) } else { before });
        }

        /// What is asked of one permission and what is listed are the same law.
        #[test]
        fn what_reaches_is_what_is_listed(levels in any_levels()) {
            let mut chain = build(&levels);
            for (depth, item) in chain.items.iter_mut().enumerate() {
                item.id = ItemId::from_uuid(Uuid::from_u128(depth as u128 + 1));
                for (number, grant) in item.grants.iter_mut().enumerate() {
                    grant.item = item.id;
                    grant.id = PermissionId::from_uuid(Uuid::from_u128(number as u128));
                }
            }
            let place = |grant: &Permission| (grant.item, grant.id, grant.role());
            let all = chain.items.iter().flat_map(|item| &item.grants);
            let reaching: Vec<_> = all.filter(|grant| chain.reaches(grant)).map(place).collect();
            let listed: Vec<_> = chain.effective().map(|(_, grant)| place(grant)).collect();
            prop_assert_eq!(reaching, listed);
            let mut elsewhere = grant(1, Role::Owner);
            elsewhere.item = ItemId::from_uuid(Uuid::from_u128(99));
            prop_assert!(!chain.reaches(&elsewhere) && !chain.flows_from(elsewhere.item));
        }

        /// AMB-30: whoever breaks inheritance has there what they have without the break, at every time; others lose, and
        /// gain nothing.
        #[test]
        fn who_breaks_inheritance_keeps_what_they_have(levels in any_levels(), at in 0_usize..6, by in 1_u128..4) {
            let whole = build(&levels);
            let mut cut = whole.clone();
            let at = at % cut.items.len();
            prop_assume!(cut.items[at].inherits);
            let user = UserId::from_uuid(Uuid::from_u128(by));
            cut.items[at].inherits = false;
            cut.items[at].keeps = Some(Kept { user, standing: Standing::default() });
            for person in 1..4 {
                let id = UserId::from_uuid(Uuid::from_u128(person));
                let actor = Actor::User { id, standing: &Standing::default() };
                let (before, after) = (whole.role_of(actor, Timestamp::UNIX_EPOCH), cut.role_of(actor, Timestamp::UNIX_EPOCH));
                prop_assert!(after <= before && (person != by || after == before));
            }
        }

        #[test]
        fn breaking_inheritance_never_adds_access_and_never_locks_owners_out(levels in any_levels(), at in 0_usize..6) {
            let before = role(&build(&levels));
            let mut levels = levels;
            let at = at % levels.len();
            levels[at].0 = false;
            let after = role(&build(&levels));
            prop_assert!(after <= before);
            if before == Some(Role::Owner) {
                prop_assert_eq!(after, before);
            }
        }
    }

    #[test]
    fn grants_flow_down_until_inheritance_breaks() {
        assert_eq!(role(&chain(vec![(true, vec![]), (true, vec![grant(1, Role::Read)])])), Some(Role::Read));
        assert_eq!(role(&chain(vec![(false, vec![]), (true, vec![grant(1, Role::Write)])])), None);
        assert_eq!(
            role(&chain(vec![(false, vec![grant(1, Role::Read)]), (true, vec![grant(1, Role::Write)])])),
            Some(Role::Read)
        );
    }

    #[test]
    fn applications_act_in_their_own_tenant_only() {
        let chain = chain(vec![(true, vec![])]);
        assert_eq!(chain.role_of(Actor::Application { tenant: TENANT }, Timestamp::UNIX_EPOCH), Some(Role::Owner));
        let other = TenantId::from_uuid(Uuid::from_u128(101));
        assert_eq!(chain.role_of(Actor::Application { tenant: other }, Timestamp::UNIX_EPOCH), None);
        assert_eq!(chain.role_of(Actor::Nobody, Timestamp::UNIX_EPOCH), None);
    }
}
