use jiff::SignedDuration;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::id::{ApplicationId, ItemId, PermissionId};
use crate::link_life::LinkLife;
use crate::permission::{Creator, LinkType, PermissionKind};
use crate::policy::access::ChainItem;

const LINK: PermissionId = PermissionId::from_uuid(Uuid::from_u128(1));
const TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(2));

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn link(expires_at: Option<Timestamp>, life: LinkLife) -> SharingLink {
    SharingLink {
        link_type: LinkType::View,
        scope: LinkScope::Anonymous,
        creator: Creator { user: None, application: ApplicationId::from_uuid(Uuid::nil()) },
        password: None,
        expires_at,
        grantees: Vec::new(),
        life,
    }
}

fn decide(link: SharingLink, now: Timestamp) -> Decision {
    let item = ItemId::from_uuid(Uuid::nil());
    let permission = Permission { id: LINK, item, kind: PermissionKind::Link(link), created_at: at(0) };
    let level =
        ChainItem { id: item, name: String::new(), inherits: true, keeps: None, deleted: false, grants: Vec::new() };
    let chain = Chain { tenant: TENANT, items: vec![level] };
    let facts = Facts {
        chain: &chain,
        link: &permission,
        is_folder: false,
        policy: &SharingPolicy::default(),
        creator: Actor::Application { tenant: TENANT },
        visitor: None,
        password_version: None,
    };
    may_open(&facts, now)
}

fn any_life() -> impl Strategy<Value = (Option<Timestamp>, LinkLife)> {
    let second = || proptest::option::of((0_i64..100).prop_map(at));
    (second(), any::<bool>(), second(), proptest::option::of(1_u32..4), 0_u32..5).prop_map(
        |(expires_at, enabled, not_before, maximum_downloads, downloads)| {
            (expires_at, LinkLife { name: None, enabled, not_before, maximum_downloads, downloads })
        },
    )
}

proptest! {
    /// P16: whatever ended it, or keeps it from beginning, it is as gone as one that never was.
    #[test]
    fn a_link_opens_exactly_while_it_lives((expires_at, life) in any_life(), second in 0_i64..100) {
        let now = at(second);
        let lives = life.enabled
            && expires_at.is_none_or(|end| now < end)
            && life.not_before.is_none_or(|begin| now >= begin)
            && life.maximum_downloads.is_none_or(|most| life.downloads < most);
        let wanted = if lives { Decision::Open(Role::Read) } else { Decision::Gone };
        prop_assert_eq!(decide(link(expires_at, life), now), wanted);
    }

    /// Switching off always kills, and switching on again changes nothing else.
    #[test]
    fn the_switch_is_the_only_difference((expires_at, life) in any_life(), second in 0_i64..100) {
        let off = LinkLife { enabled: false, ..life.clone() };
        let on = LinkLife { enabled: true, ..life };
        prop_assert_eq!(decide(link(expires_at, off.clone()), at(second)), Decision::Gone);
        let again = LinkLife { enabled: true, ..off };
        prop_assert_eq!(
            decide(link(expires_at, again), at(second)),
            decide(link(expires_at, on), at(second))
        );
    }

    /// One more download never revives a link; a higher limit never kills one.
    #[test]
    fn downloads_are_monotone((expires_at, life) in any_life(), second in 0_i64..100) {
        let now = at(second);
        let opens = |life: LinkLife| decide(link(expires_at, life), now) != Decision::Gone;
        let more = LinkLife { downloads: life.downloads + 1, ..life.clone() };
        let higher = LinkLife { maximum_downloads: life.maximum_downloads.map(|most| most + 1), ..life.clone() };
        prop_assert!(opens(life.clone()) || !opens(more));
        prop_assert!(!opens(life) || opens(higher));
    }

    /// What is over stays over as time goes by, until somebody changes it.
    #[test]
    fn time_never_revives((expires_at, life) in any_life(), second in 0_i64..100, later in 0_i64..100) {
        let link = link(expires_at, life);
        let policy = SharingPolicy::default();
        let now = at(second);
        let then = now + SignedDuration::from_secs(later);
        if state(&link, at(0), &policy, now).is_over() {
            prop_assert!(state(&link, at(0), &policy, then).is_over());
        }
    }
}
