//! The laws of limits: they meet in any order, and never give more.

use std::collections::BTreeSet;

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::id::{ApplicationId, GroupId};
use crate::link_life::LinkLife;
use crate::permission::{Creator, SharingLink};
use crate::policy::access::Standing;
use crate::policy::policy_effect::{Effect, Subject};
use crate::policy::redeem::is_expired;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn group(number: u8) -> GroupId {
    GroupId::from_uuid(Uuid::from_u128(number.into()))
}

fn any_capability() -> impl Strategy<Value = SharingCapability> {
    use SharingCapability::{
        Disabled, ExistingExternalUserSharingOnly, ExternalUserAndGuestSharing, ExternalUserSharingOnly,
    };
    prop_oneof![
        Just(Disabled),
        Just(ExistingExternalUserSharingOnly),
        Just(ExternalUserSharingOnly),
        Just(ExternalUserAndGuestSharing)
    ]
}

fn any_most() -> impl Strategy<Value = AnonymousLinkType> {
    prop_oneof![Just(AnonymousLinkType::View), Just(AnonymousLinkType::ViewUpload), Just(AnonymousLinkType::Edit)]
}

fn any_default() -> impl Strategy<Value = (DefaultLinkType, DefaultLinkScope)> {
    use DefaultLinkType::{BlocksDownload, Edit, Review, View};
    let scopes = [DefaultLinkScope::Users, DefaultLinkScope::Organization, DefaultLinkScope::Anonymous];
    (proptest::sample::select(vec![BlocksDownload, View, Review, Edit]), proptest::sample::select(scopes.to_vec()))
}

fn any_days() -> impl Strategy<Value = Option<u32>> {
    proptest::option::of(1_u32..100)
}

fn any_groups() -> impl Strategy<Value = Option<BTreeSet<GroupId>>> {
    proptest::option::of(proptest::collection::btree_set((0_u8..3).prop_map(group), 0..3))
}

fn any_domains() -> impl Strategy<Value = Option<BTreeSet<String>>> {
    let domain = proptest::sample::select(vec!["a.example", "b.example", "c.example"]).prop_map(str::to_owned);
    proptest::option::of(proptest::collection::btree_set(domain, 0..3))
}

fn any_limits() -> impl Strategy<Value = Limits> {
    let levels = (
        proptest::option::of(any_capability()),
        proptest::option::of(any::<bool>()),
        proptest::option::of(any_default()),
        proptest::option::of(any_most()),
        proptest::option::of(any_most()),
        proptest::option::of(any::<bool>()),
        proptest::option::of(any::<bool>()),
    );
    let days = (any_days(), any_days(), any_days(), any_days(), any_days());
    (levels, days, any_groups(), any_groups(), any_domains(), any_domains()).prop_map(
        |(levels, days, makers, sharers, allowed, blocked)| Limits {
            sharing_capability: levels.0,
            is_resharing_by_external_users_enabled: levels.1,
            default_link_type: levels.2.map(|default| default.0),
            default_link_scope: levels.2.map(|default| default.1),
            anonymous_file_link_type: levels.3,
            anonymous_folder_link_type: levels.4,
            create_only_links: levels.5,
            embed_on_business: levels.6,
            default_expiration_days: days.0,
            maximum_expiration_days: days.1,
            organization_default_expiration_days: days.2,
            organization_maximum_expiration_days: days.3,
            create_only_maximum_expiration_days: days.4,
            anonymous_link_groups: makers,
            external_sharing_groups: sharers,
            sharing_allowed_domain_list: allowed,
            sharing_blocked_domain_list: blocked,
        },
    )
}

/// Whatever an organization can say is what some limits leave of the widest policy.
fn any_policy() -> impl Strategy<Value = SharingPolicy> {
    let widest = SharingPolicy { embed_on_business: true, ..SharingPolicy::default() };
    (any_limits(), any::<bool>()).prop_map(move |(limits, passwords)| {
        let widest = SharingPolicy { default_link_type: DefaultLinkType::Edit, ..widest.clone() };
        SharingPolicy { passwords_on_business: passwords, ..widest }.narrowed(&limits)
    })
}

fn any_link() -> impl Strategy<Value = SharingLink> {
    let types = proptest::sample::select(LinkType::ALL);
    let scopes = proptest::sample::select(LinkScope::ALL);
    (types, scopes, proptest::option::of(0_i64..9_000_000)).prop_map(|(link_type, scope, end)| SharingLink {
        link_type,
        scope,
        creator: Creator { user: None, application: ApplicationId::from_uuid(Uuid::nil()) },
        password: None,
        expires_at: end.map(at),
        grantees: Vec::new(),
        life: LinkLife::default(),
    })
}

fn person(has_account: bool, domain: u8) -> Outsider<'static> {
    let address = ["x@a.example", "x@B.example", "x@c.example"][usize::from(domain) % 3];
    Outsider { addresses: vec![address], has_account }
}

proptest! {
    #[test]
    fn policy_02_limits_meet_in_any_order_and_as_often_as_one_likes(
        a in any_limits(), b in any_limits(), c in any_limits()
    ) {
        prop_assert_eq!(a.meet(&a), a.clone());
        prop_assert_eq!(a.meet(&b), b.meet(&a));
        prop_assert_eq!(a.meet(&b).meet(&c), a.meet(&b.meet(&c)));
        prop_assert_eq!(a.meet(&Limits::default()), a);
    }

    #[test]
    fn policy_02_narrowing_twice_is_narrowing_by_both(policy in any_policy(), a in any_limits(), b in any_limits()) {
        prop_assert_eq!(policy.narrowed(&a).narrowed(&b), policy.narrowed(&a.meet(&b)));
        prop_assert_eq!(policy.narrowed(&a).narrowed(&b), policy.narrowed(&b).narrowed(&a));
        prop_assert_eq!(policy.narrowed(&a).narrowed(&a), policy.narrowed(&a));
        prop_assert_eq!(policy.narrowed(&Limits::default()), policy);
    }

    #[test]
    fn policy_02_limits_that_widen_nothing_are_in_force_as_said(policy in any_policy(), limits in any_limits()) {
        if limits.widens(&policy).is_none() {
            let narrowed = policy.narrowed(&limits);
            prop_assert_eq!(limits.sharing_capability.unwrap_or(policy.sharing_capability), narrowed.sharing_capability);
            prop_assert_eq!(limits.maximum_expiration_days.or(policy.maximum_expiration_days), narrowed.maximum_expiration_days);
            prop_assert!(limits.anonymous_link_groups.is_none() || limits.anonymous_link_groups == narrowed.anonymous_link_groups);
        }
        // What limits leave of the policy widens nothing, and a narrower policy takes no limits along.
        prop_assert_eq!(policy.narrowed(&limits).narrowed(&limits), policy.narrowed(&limits));
    }

    #[test]
    fn policy_15_a_narrower_policy_never_lets_more_links_be_made(
        policy in any_policy(), limits in any_limits(), link in any_link(), folder: bool, personal: bool,
        groups in proptest::option::of(0_u8..4), outside: bool, default_scope: bool,
    ) {
        let narrower = policy.narrowed(&limits);
        let standing = groups.map(|number| Standing { member_of: vec![group(number)], owner_of: Vec::new() });
        let facts = |policy| Facts {
            drive: if personal { DriveKind::Personal } else { DriveKind::Business },
            is_folder: folder,
            is_root: false,
            role: Role::Write,
            maker: Maker { groups: standing.as_ref(), is_outside: outside },
            policy,
        };
        let wish = Wish {
            link_type: Some(link.link_type),
            scope: (!default_scope).then_some(link.scope),
            expires_at: link.expires_at,
            ..Wish::default()
        };
        if let Ok(terms) = may_create_link(&facts(&narrower), &wish, at(-1)) {
            let same = Wish { scope: Some(terms.scope), ..wish };
            let wider = may_create_link(&facts(&policy), &same, at(-1)).unwrap();
            prop_assert_eq!((wider.link_type, wider.scope), (terms.link_type, terms.scope));
            prop_assert!(wider.expires_at.is_none_or(|wide| terms.expires_at.is_some_and(|narrow| narrow <= wide)));
        }
    }

    #[test]
    fn policy_15_a_narrower_policy_never_lets_more_links_be_opened(
        policy in any_policy(), limits in any_limits(), link in any_link(), folder: bool, second in 0_i64..9_000_000,
        has_account: bool, domain: u8,
    ) {
        let (narrower, now) = (policy.narrowed(&limits), at(second));
        let opens = |policy: &SharingPolicy| {
            policy.forbids(link.link_type, link.scope, folder).is_none() && !is_expired(&link, at(0), policy, now)
        };
        prop_assert!(opens(&policy) || !opens(&narrower));
        let outsider = person(has_account, domain);
        prop_assert!(policy.admits(&outsider) || !narrower.admits(&outsider));
    }

    #[test]
    fn policy_06_07_a_maximum_shortens_and_taken_back_leaves_the_links_own_end(
        policy in any_policy(), limits in any_limits(), link in any_link()
    ) {
        let end = |policy: &SharingPolicy| policy.effective_expiry(link.link_type, link.scope, link.expires_at, at(0));
        let (before, during) = (end(&policy), end(&policy.narrowed(&limits)));
        prop_assert!(before.is_none_or(|before| during.is_some_and(|during| during <= before)));
        prop_assert_eq!(end(&SharingPolicy::default()), link.expires_at);
    }

    #[test]
    fn a_change_that_narrows_only_closes_shortens_and_excludes(
        policy in any_policy(), limits in any_limits(), link in any_link(), is_folder: bool,
        has_account: bool, domain: u8, outside: bool,
    ) {
        let narrower = policy.narrowed(&limits);
        let subject = Subject {
            link: &link,
            created_at: at(0),
            drive: DriveKind::Business,
            is_folder,
            outside_maker: outside.then(|| person(true, domain)),
            outside_people: vec![person(has_account, domain.wrapping_add(1))],
        };
        let there = subject.effect(&policy, &narrower, at(10));
        prop_assert!(matches!(there, None | Some(Effect::Closes | Effect::Shortens | Effect::Excludes)), "{there:?}");
        let back = subject.effect(&narrower, &policy, at(10));
        prop_assert!(matches!(back, None | Some(Effect::Revives | Effect::Extends | Effect::Admits)), "{back:?}");
        prop_assert_eq!(there.is_some(), back.is_some());
        prop_assert_eq!(subject.effect(&policy, &policy, at(10)), None);
    }
}

#[test]
fn policy_01_the_four_levels() {
    use SharingCapability::{
        Disabled, ExistingExternalUserSharingOnly, ExternalUserAndGuestSharing, ExternalUserSharingOnly,
    };
    for (sharing_capability, account, address, anyone) in [
        (Disabled, false, false, false),
        (ExistingExternalUserSharingOnly, true, false, false),
        (ExternalUserSharingOnly, true, true, false),
        (ExternalUserAndGuestSharing, true, true, true),
    ] {
        let policy = SharingPolicy { sharing_capability, ..SharingPolicy::default() };
        let found = (policy.admits(&person(true, 0)), policy.admits(&person(false, 0)), policy.allows_anonymous());
        assert_eq!(found, (account, address, anyone), "{sharing_capability:?}");
    }
}

#[test]
fn policy_09_domains_are_told_apart_whole_and_without_case() {
    let mut policy = SharingPolicy {
        sharing_domain_restriction_mode: DomainRestriction::AllowList,
        sharing_allowed_domain_list: BTreeSet::from(["b.example".to_owned()]),
        ..SharingPolicy::default()
    };
    let admits = |policy: &SharingPolicy, address| policy.admits(&Outsider::address(address));
    assert!(admits(&policy, "x@B.Example"));
    for address in ["x@a.example", "x@c.b.example", "x@bb.example", "b.example@a.example", ""] {
        assert!(!admits(&policy, address), "{address}");
    }
    policy.sharing_domain_restriction_mode = DomainRestriction::BlockList;
    policy.sharing_blocked_domain_list = BTreeSet::from(["a.example".to_owned()]);
    assert!(admits(&policy, "x@c.example") && !admits(&policy, "x@A.example"));
}
