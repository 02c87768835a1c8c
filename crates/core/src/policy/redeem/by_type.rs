//! What a link gives, by its type.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::id::{ApplicationId, ItemId, PermissionId};
use crate::link_life::LinkLife;
use crate::permission::{Creator, PermissionKind};
use crate::policy::access::ChainItem;

const TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(1));
const LINK: PermissionId = PermissionId::from_uuid(Uuid::from_u128(2));
const ANN: UserId = UserId::from_uuid(Uuid::from_u128(3));

fn chain(link_type: LinkType, scope: LinkScope, depth: u128, at: u128) -> (Chain, Permission) {
    let creator = Creator { user: None, application: ApplicationId::from_uuid(Uuid::from_u128(4)) };
    let link = SharingLink {
        link_type,
        scope,
        creator,
        password: None,
        expires_at: None,
        grantees: vec![ANN],
        life: LinkLife::default(),
    };
    let id = |level| ItemId::from_uuid(Uuid::from_u128(level));
    let items = (0..depth).map(|level| ChainItem {
        id: id(level),
        name: String::new(),
        inherits: true,
        keeps: None,
        deleted: false,
        grants: Vec::new(),
    });
    let kind = PermissionKind::Link(link);
    let permission = Permission { id: LINK, item: id(at), kind, created_at: Timestamp::UNIX_EPOCH };
    (Chain { tenant: TENANT, items: items.collect() }, permission)
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
        let (chain, permission) = chain(link_type, scope, depth, at);
        let creator = if creator_is_good { Actor::Application { tenant: TENANT } } else { Actor::Nobody };
        let policy = SharingPolicy::default();
        let visitor = signed_in.then_some(Visitor { user: ANN, tenant: TENANT, is_admitted: true });
        let facts = Facts { chain: &chain, link: &permission, is_folder: depth > 1, policy: &policy, creator, visitor, password_version: None };
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
