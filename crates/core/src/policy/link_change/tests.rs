use jiff::SignedDuration;
use proptest::prelude::*;
use secrecy::SecretString;
use uuid::Uuid;

use super::*;
use crate::id::ApplicationId;
use crate::link_life::LinkLife;
use crate::permission::{Creator, LinkScope, LinkType};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn link(link_type: LinkType, scope: LinkScope) -> SharingLink {
    SharingLink {
        link_type,
        scope,
        creator: Creator { user: None, application: ApplicationId::from_uuid(Uuid::nil()) },
        password: None,
        expires_at: Some(at(1000)),
        grantees: Vec::new(),
        life: LinkLife::default(),
    }
}

const OWNER: Manager = Manager { role: Some(Role::Owner), is_maker: false };

fn change_by(manager: Manager, link: &SharingLink, change: &Change, policy: &SharingPolicy) -> Result<SharingLink> {
    let facts = Facts { policy, manager, could_make: true, link, created_at: at(0) };
    change_link(&facts, change, at(100))
}

fn any_role() -> impl Strategy<Value = Option<Role>> {
    proptest::option::of(prop_oneof![Just(Role::Read), Just(Role::Write), Just(Role::Owner)])
}

proptest! {
    /// P13: a link is there for its maker and the item's owners, and only who could make it changes it.
    #[test]
    fn only_makers_and_owners_change_a_link(role in any_role(), is_maker: bool, edit: bool) {
        let link = link(if edit { LinkType::Edit } else { LinkType::View }, LinkScope::Anonymous);
        let manager = Manager { role, is_maker };
        let outcome = change_by(manager, &link, &Change::default(), &SharingPolicy::default());
        match (role, is_maker) {
            (Some(Role::Owner), _) | (Some(Role::Write), true) => prop_assert!(outcome.is_ok()),
            (Some(Role::Read), true) => prop_assert_eq!(outcome.unwrap_err().code(), Code::AccessDenied),
            _ => prop_assert_eq!(outcome.unwrap_err().code(), Code::ItemNotFound),
        }
    }

    /// No change takes a link beyond the organization's maximum, counted from its making.
    #[test]
    fn no_extension_goes_beyond_the_maximum(days in 1_u32..30, wish in 101_i64..5_000_000) {
        let policy = SharingPolicy { maximum_expiration_days: Some(days), ..SharingPolicy::default() };
        let link = link(LinkType::View, LinkScope::Anonymous);
        let change = Change { expires_at: Some(Some(at(wish))), ..Change::default() };
        let changed = change_by(OWNER, &link, &change, &policy).unwrap();
        let limit = at(0) + SignedDuration::from_hours(24 * i64::from(days));
        prop_assert_eq!(changed.expires_at, Some(at(wish).min(limit)));
    }

    /// What a change doesn't name stays as it was.
    #[test]
    fn what_is_not_named_stays(enabled: bool, most in proptest::option::of(1_u32..9), downloads in 0_u32..9) {
        let mut before = link(LinkType::View, LinkScope::Anonymous);
        before.life.downloads = downloads;
        before.life.name = Some("press".into());
        let change = Change { enabled: Some(enabled), maximum_downloads: Some(most), ..Change::default() };
        let after = change_by(OWNER, &before, &change, &SharingPolicy::default()).unwrap();
        let life = LinkLife { enabled, maximum_downloads: most, ..before.life.clone() };
        prop_assert_eq!(&after.life, &life);
        prop_assert_eq!((after.expires_at, after.link_type, after.scope), (before.expires_at, before.link_type, before.scope));
        prop_assert_eq!(change.members(), ["enabled", "maximumDownloads"]);
    }
}

#[test]
fn passwords_are_for_every_kind_of_link_but_frames() {
    let guard = || Some(PasswordGuard { hash: SecretString::from("$argon2id$…"), version: 1 });
    let set = || Change { password: Some(guard()), ..Change::default() };
    let policy = SharingPolicy::default();
    let open = link(LinkType::View, LinkScope::Anonymous);
    assert!(change_by(OWNER, &open, &set(), &policy).unwrap().password.is_some());
    for scope in [LinkScope::Organization, LinkScope::Users] {
        let other = link(LinkType::View, scope);
        assert!(change_by(OWNER, &other, &set(), &policy).unwrap().password.is_some());
    }
    let frame = link(LinkType::Embed, LinkScope::Anonymous);
    assert_eq!(change_by(OWNER, &frame, &set(), &policy).unwrap_err().target_name(), Some("password"));
    let mut guarded = open.clone();
    guarded.password = guard();
    let clear = Change { password: Some(None), ..Change::default() };
    assert!(change_by(OWNER, &guarded, &clear, &policy).unwrap().password.is_none());
}

#[test]
fn times_that_make_no_sense_are_refused_by_name() {
    let policy = SharingPolicy::default();
    let open = link(LinkType::View, LinkScope::Anonymous);
    for (change, target) in [
        (Change { expires_at: Some(Some(at(100))), ..Change::default() }, "expirationDateTime"),
        (Change { not_before: Some(Some(at(1000))), ..Change::default() }, "notBeforeDateTime"),
        (Change { maximum_downloads: Some(Some(0)), ..Change::default() }, "maximumDownloads"),
    ] {
        assert_eq!(change_by(OWNER, &open, &change, &policy).unwrap_err().target_name(), Some(target));
    }
    // Clearing both is always possible.
    let clear = Change { expires_at: Some(None), not_before: Some(None), ..Change::default() };
    assert_eq!(change_by(OWNER, &open, &clear, &policy).unwrap().expires_at, None);
    // The maximum has passed for a link that is as old as that.
    let short = SharingPolicy { maximum_expiration_days: Some(1), ..policy };
    let facts = Facts { policy: &short, manager: OWNER, could_make: true, link: &open, created_at: at(0) };
    let extend = Change { expires_at: Some(Some(at(9_999_999))), ..Change::default() };
    let late = change_link(&facts, &extend, at(86_400)).unwrap_err();
    assert_eq!((late.code(), late.target_name()), (Code::NotAllowed, Some("expirationDateTime")));
}

/// Who couldn't make the link now narrows it and doesn't widen it; a change there and back isn't both.
#[test]
fn what_policy_would_not_let_be_made_is_only_narrowed() {
    let policy = SharingPolicy::default();
    let mut open = link(LinkType::View, LinkScope::Anonymous);
    open.life.maximum_downloads = Some(5);
    open.life.not_before = Some(at(300));
    open.password = Some(PasswordGuard { hash: SecretString::from("hash"), version: 1 });
    let facts = Facts { policy: &policy, manager: OWNER, could_make: false, link: &open, created_at: at(0) };
    for (change, widens) in [
        (Change { enabled: Some(false), ..Change::default() }, None),
        (Change { name: Some(None), ..Change::default() }, None),
        (Change { password: Some(open.password.clone()), ..Change::default() }, None),
        (Change { password: Some(None), ..Change::default() }, Some("password")),
        (Change { expires_at: Some(Some(at(900))), ..Change::default() }, None),
        (Change { expires_at: Some(Some(at(1001))), ..Change::default() }, Some("expirationDateTime")),
        (Change { expires_at: Some(None), ..Change::default() }, Some("expirationDateTime")),
        (Change { not_before: Some(Some(at(400))), ..Change::default() }, None),
        (Change { not_before: Some(Some(at(200))), ..Change::default() }, Some("notBeforeDateTime")),
        (Change { not_before: Some(None), ..Change::default() }, Some("notBeforeDateTime")),
        (Change { maximum_downloads: Some(Some(4)), ..Change::default() }, None),
        (Change { maximum_downloads: Some(Some(6)), ..Change::default() }, Some("maximumDownloads")),
        (Change { maximum_downloads: Some(None), ..Change::default() }, Some("maximumDownloads")),
    ] {
        let refused = change_link(&facts, &change, at(100)).err();
        assert_eq!(refused.as_ref().and_then(Error::target_name), widens, "{change:?}");
        assert!(refused.is_none_or(|error| error.code() == Code::NotAllowed));
        assert!(change_link(&Facts { could_make: true, ..facts }, &change, at(100)).is_ok());
    }
    let mut off = open.clone();
    off.life.enabled = false;
    let on = Change { enabled: Some(true), ..Change::default() };
    let refused = change_link(&Facts { link: &off, ..facts }, &on, at(100)).unwrap_err();
    assert_eq!(refused.target_name(), Some("enabled"));
}
