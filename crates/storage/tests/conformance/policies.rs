use driveway_core::drive::{Drive, DriveKind, DriveOwner};
use driveway_core::error::Code;
use driveway_core::id::{DriveId, ItemId, SiteId, TenantId, UserId};
use driveway_core::identity::{Site, Tenant, TenantKind, User};
use driveway_core::permission::{LinkScope, Permission, PermissionKind};
use driveway_core::policy::sharing::{Limits, SharingCapability, SharingPolicy};
use driveway_storage::{LimitedPlace, LinkPlace};
use uuid::Uuid;

use crate::backend::{Database, on_every_database};
use crate::world::*;

on_every_database! {
    policy_02_limits_of_site_and_drive_narrow_the_policy
    links_are_scanned_with_their_circumstances
}

const SITE: SiteId = SiteId::from_uuid(Uuid::from_u128(0x7000));
const LIBRARY_ROOT: ItemId = ItemId::from_uuid(Uuid::from_u128(0x7001));

/// The library of a site.
fn library() -> Drive {
    Drive {
        id: DriveId::business(Uuid::from_u128(0x7002)),
        kind: DriveKind::DocumentLibrary,
        owner: DriveOwner::Site(SITE),
        root: LIBRARY_ROOT,
        ..drive()
    }
}

async fn policy_02_limits_of_site_and_drive_narrow_the_policy(database: Database) {
    let db = database.open();
    settle(&db).await;
    db.write(|tx| {
        tx.insert_site(&Site { id: SITE, tenant: TENANT, name: "s".into(), display_name: "S".into() })?;
        tx.insert_drive(&library(), at(0))?;
        let (of_site, of_drive) = (LimitedPlace::Site(SITE), LimitedPlace::Drive(library().id));
        let days = |days| Limits { maximum_expiration_days: Some(days), ..Limits::default() };
        let closed = Limits { sharing_capability: Some(SharingCapability::Disabled), ..days(9) };
        assert_eq!(tx.sharing_policy(&library().id)?, SharingPolicy::default());
        tx.set_limits(TENANT, &of_site, &days(3))?;
        tx.set_limits(TENANT, &of_site, &days(5))?;
        tx.set_limits(TENANT, &of_drive, &closed)?;
        assert_eq!(tx.limits(&of_site)?, Some(days(5)));
        assert_eq!(tx.limits_in(&library().id)?, closed.meet(&days(5)));
        assert_eq!(tx.limits_in(&drive_id())?, Limits::default());
        assert_eq!(tx.limits_of_tenant(TENANT)?.len(), 2);
        let met = tx.sharing_policy(&library().id)?;
        assert_eq!(met, SharingPolicy::default().narrowed(&closed).narrowed(&days(5)));
        // The other drive has neither, and what the tenant says holds in both.
        assert_eq!(tx.sharing_policy(&drive_id())?, SharingPolicy::default());
        let short = SharingPolicy { maximum_expiration_days: Some(1), ..SharingPolicy::default() };
        tx.set_sharing_policy(TENANT, &short)?;
        assert_eq!(tx.sharing_policy(&drive_id())?, short);
        assert_eq!(tx.sharing_policy(&library().id)?.maximum_expiration_days, Some(1));
        assert!(tx.delete_limits(&of_site)? && !tx.delete_limits(&of_site)?);
        assert_eq!(tx.limits(&of_site)?, None);
        let nowhere = DriveId::business(Uuid::from_u128(1));
        assert_eq!(tx.sharing_policy(&nowhere).unwrap_err().code(), Code::ItemNotFound);
        Ok(())
    })
    .await
    .unwrap();
    assert_sound(&db).await;
}

async fn links_are_scanned_with_their_circumstances(database: Database) {
    const STRANGER: UserId = UserId::from_uuid(Uuid::from_u128(0x2009));
    const ELSEWHERE: TenantId = TenantId::from_uuid(Uuid::from_u128(0x1009));
    let db = database.open();
    settle(&db).await;
    db.write(|tx| {
        tx.insert_site(&Site { id: SITE, tenant: TENANT, name: "s".into(), display_name: "S".into() })?;
        tx.insert_drive(&library(), at(0))?;
        tx.insert_tenant(&Tenant { id: ELSEWHERE, kind: TenantKind::Consumer, display_name: "E".into() })?;
        let mail = Some("s@mail.example".to_owned());
        tx.insert_user(&User { tenant: ELSEWHERE, mail, ..user(STRANGER, "Stranger") })?;
        let made = |number, item, scope| Permission { created_at: at(1), ..link(number, item, scope) };
        let mut people = made(2, LIBRARY_ROOT, LinkScope::Users);
        if let PermissionKind::Link(link) = &mut people.kind {
            link.grantees = vec![BOB, STRANGER];
            link.creator.user = Some(STRANGER);
        }
        tx.insert_permission(&made(1, ROOT, LinkScope::Anonymous), None)?;
        tx.insert_permission(&people, None)?;
        let addresses = vec!["Stranger@Example.com".to_owned(), "s@mail.example".to_owned()];
        let first = tx.scan_links(TENANT, None, None, 1)?;
        assert_eq!((first.len(), first[0].permission.id, &first[0].drive), (1, permission_id(2), &library().id));
        assert_eq!(first[0].outside_maker, Some(addresses.clone()));
        assert_eq!((&first[0].outside_people, first[0].is_folder), (&vec![addresses], true));
        let after = LinkPlace { created_at: at(1), id: permission_id(2) };
        let second = tx.scan_links(TENANT, None, Some(after), 9)?;
        assert_eq!((second.len(), second[0].permission.id), (1, permission_id(1)));
        assert!(second[0].outside_maker.is_none() && second[0].outside_people.is_empty());
        for (place, found) in [
            (LimitedPlace::Site(SITE), 2),
            (LimitedPlace::Drive(library().id), 2),
            (LimitedPlace::Drive(drive_id()), 1),
        ] {
            let links = tx.scan_links(TENANT, Some(&place), None, 9)?;
            assert_eq!(links.iter().map(|link| link.permission.id).collect::<Vec<_>>(), [permission_id(found)]);
        }
        assert!(tx.scan_links(ELSEWHERE, None, None, 9)?.is_empty());
        Ok(())
    })
    .await
    .unwrap();
}
