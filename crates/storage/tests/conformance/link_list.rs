use driveway_core::id::{DriveId, GroupId, PermissionId};
use driveway_core::permission::{Grantee, LinkScope, LinkType, Permission, PermissionKind, Role};
use driveway_core::policy::access::Standing;
use driveway_core::policy::redeem::State;
use driveway_storage::{LinkFilter, LinkPlace, LinkSource};
use uuid::Uuid;

use crate::backend::{Database, on_every_database};
use crate::world::*;

on_every_database! {
    links_are_listed_newest_first_in_pages
    links_are_filtered
    owned_drives_are_found
}

/// A link that was made at a second.
fn made(number: u128, second: i64, scope: LinkScope) -> Permission {
    Permission { created_at: at(second), ..link(number, ROOT, scope) }
}

fn ids(found: &[Permission]) -> Vec<PermissionId> {
    found.iter().map(|permission| permission.id).collect()
}

async fn links_are_listed_newest_first_in_pages(database: Database) {
    let db = database.open();
    settle(&db).await;
    db.write(|tx| {
        // Two in each second: then the id decides.
        (0..10).try_for_each(|n| {
            let second = i64::try_from(n / 2).unwrap_or(0);
            tx.insert_permission(&made(n, second, LinkScope::Anonymous), None)
        })?;
        tx.insert_permission(&grant(99, ROOT, Grantee::User(ANN), Role::Owner), None)?;
        for source in [LinkSource::Maker(ANN), LinkSource::Drive(drive_id()), LinkSource::Tenant(TENANT)] {
            let (mut found, mut after) = (Vec::new(), None);
            loop {
                let page = tx.links(&source, &LinkFilter::default(), after, 3)?;
                assert!(page.len() <= 3);
                let Some(last) = page.last() else { break };
                after = Some(LinkPlace { created_at: last.created_at, id: last.id });
                found.extend(ids(&page));
            }
            let wanted: Vec<PermissionId> = (0..10).rev().map(permission_id).collect();
            assert_eq!(found, wanted, "{source:?}");
        }
        assert!(tx.links(&LinkSource::Maker(BOB), &LinkFilter::default(), None, 9)?.is_empty());
        let elsewhere = LinkSource::Drive(DriveId::business(Uuid::from_u128(1)));
        assert!(tx.links(&elsewhere, &LinkFilter::default(), None, 9)?.is_empty());
        Ok(())
    })
    .await
    .unwrap();
    assert_sound(&db).await;
}

async fn links_are_filtered(database: Database) {
    let db = database.open();
    settle(&db).await;
    db.write(|tx| {
        let mut edit = made(1, 1, LinkScope::Organization);
        let mut ending = made(2, 2, LinkScope::Anonymous);
        let mut off = made(3, 3, LinkScope::Anonymous);
        let mut people = made(4, 4, LinkScope::Users);
        let change = |permission: &mut Permission, act: fn(&mut driveway_core::permission::SharingLink)| {
            if let PermissionKind::Link(link) = &mut permission.kind {
                act(link);
            }
        };
        change(&mut edit, |link| link.link_type = LinkType::Edit);
        change(&mut ending, |link| link.expires_at = Some(at(100)));
        change(&mut off, |link| link.life.enabled = false);
        change(&mut people, |link| link.grantees = vec![BOB]);
        change(&mut people, |link| link.life.not_before = Some(at(51)));
        for permission in [&edit, &ending, &off, &people] {
            tx.insert_permission(permission, None)?;
        }
        let mut ask = |filter: LinkFilter| {
            let found = tx.links(&LinkSource::Maker(ANN), &LinkFilter { now: at(50), ..filter }, None, 9);
            found.map(|found| found.iter().map(|permission| permission.id).collect::<Vec<_>>())
        };
        let all = LinkFilter::default;
        let of = |numbers: &[u128]| numbers.iter().copied().map(permission_id).collect::<Vec<_>>();
        assert_eq!(ask(all())?, of(&[4, 3, 2, 1]));
        assert_eq!(ask(LinkFilter { scope: Some(LinkScope::Anonymous), ..all() })?, of(&[3, 2]));
        assert_eq!(ask(LinkFilter { link_type: Some(LinkType::Edit), ..all() })?, of(&[1]));
        assert_eq!(ask(LinkFilter { state: Some(State::Off), ..all() })?, of(&[3]));
        assert_eq!(ask(LinkFilter { state: Some(State::Live), ..all() })?, of(&[2, 1]));
        assert_eq!(ask(LinkFilter { state: Some(State::Pending), ..all() })?, of(&[4]));
        assert_eq!(ask(LinkFilter { expiring_before: Some(at(101)), ..all() })?, of(&[2]));
        assert!(ask(LinkFilter { expiring_before: Some(at(100)), ..all() })?.is_empty());
        // Some policy ends some links after a day: then all may end that are older, and are looked at.
        let short = LinkFilter { maximum_days: Some(1), shortest_days: Some(1), ..all() };
        assert_eq!(ask(LinkFilter { expiring_before: Some(at(86_404)), ..short.clone() })?, of(&[3, 2, 1]));
        let old = LinkFilter { now: at(86_402), state: Some(State::Expired), ..short.clone() };
        assert_eq!(ids(&tx.links(&LinkSource::Tenant(TENANT), &old, None, 9)?), of(&[2, 1]));
        let live = LinkFilter { now: at(86_402), state: Some(State::Live), ..short.clone() };
        assert_eq!(ids(&tx.links(&LinkSource::Tenant(TENANT), &live, None, 9)?), of(&[4, 1]));
        let mut ask = |filter: LinkFilter| tx.links(&LinkSource::Maker(ANN), &filter, None, 9);
        assert_eq!(ask(LinkFilter { drive: Some(drive_id()), ..short })?.len(), 4);
        let late = LinkFilter { now: at(100), state: Some(State::Expired), ..all() };
        assert_eq!(ids(&tx.links(&LinkSource::Tenant(TENANT), &late, None, 9)?), of(&[2]));
        let kept = tx.links(&LinkSource::Tenant(TENANT), &all(), None, 1)?;
        assert_eq!(kept[0].link().unwrap().grantees, [BOB]);
        Ok(())
    })
    .await
    .unwrap();
    assert_sound(&db).await;
}

async fn owned_drives_are_found(database: Database) {
    let db = database.open();
    settle(&db).await;
    let group = GroupId::from_uuid(Uuid::from_u128(7));
    db.write(move |tx| {
        let nobody = Standing::default();
        assert!(tx.owned_drives(ANN, &nobody)?.is_empty());
        tx.insert_permission(&grant(1, ROOT, Grantee::User(ANN), Role::Owner), None)?;
        tx.insert_permission(&grant(2, ROOT, Grantee::User(BOB), Role::Write), None)?;
        tx.insert_permission(&grant(3, ROOT, Grantee::GroupOwners(group), Role::Owner), None)?;
        assert_eq!(tx.owned_drives(ANN, &nobody)?, [drive_id()]);
        assert!(tx.owned_drives(BOB, &nobody)?.is_empty());
        let member = Standing { member_of: vec![group], owner_of: Vec::new() };
        let owner = Standing { member_of: Vec::new(), owner_of: vec![group] };
        assert!(tx.owned_drives(BOB, &member)?.is_empty());
        assert_eq!(tx.owned_drives(BOB, &owner)?, [drive_id()]);
        assert_eq!(tx.owned_drives(ANN, &owner)?, [drive_id()]);
        Ok(())
    })
    .await
    .unwrap();
}
