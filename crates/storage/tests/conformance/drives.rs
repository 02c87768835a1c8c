use driveway_core::drive::{Drive, DriveKind, DriveOwner};
use driveway_core::id::{DriveId, GroupId, ItemId, SiteId};
use driveway_core::identity::{Group, Site};
use uuid::Uuid;

use crate::backend::{Database, on_every_database};
use crate::world::*;

on_every_database! {
    a_drive_comes_with_its_root
    drives_are_found_by_owner
}

async fn a_drive_comes_with_its_root(database: Database) {
    let db = database.open();
    settle(&db).await;
    db.read(|tx| {
        assert_eq!(tx.drive(&drive_id())?, Some(drive()));
        assert_eq!(tx.drive_of_item(ROOT)?, Some(drive()));
        assert_eq!(tx.drive_of_item(item_id(9))?, None);
        let root = tx.item(ROOT)?.unwrap();
        assert!(root.is_root() && root.is_folder());
        assert_eq!((root.name.as_str(), root.size, root.created_at), ("root", 0, at(0)));
        Ok(())
    })
    .await
    .unwrap();
    assert_sound(&db).await;
}

async fn drives_are_found_by_owner(database: Database) {
    let db = database.open();
    settle(&db).await;
    let group = Group { id: GroupId::from_uuid(Uuid::from_u128(1)), tenant: TENANT, display_name: "Team".into() };
    let site = Site {
        id: SiteId::from_uuid(Uuid::from_u128(2)),
        tenant: TENANT,
        name: "site".into(),
        display_name: "Site".into(),
    };
    let library = |number: u128, owner, owner_name: &str, second| Drive {
        id: DriveId::business(Uuid::from_u128(number)),
        kind: DriveKind::DocumentLibrary,
        owner,
        owner_name: owner_name.into(),
        root: ItemId::from_uuid(Uuid::from_u128(number)),
        created_at: at(second),
        ..drive()
    };
    let later = library(1, DriveOwner::Group(group.id), "Team", 5);
    let first = library(2, DriveOwner::Group(group.id), "Team", 1);
    let sites = library(3, DriveOwner::Site(site.id), "Site", 1);
    let written = (group.clone(), site, [later.clone(), first.clone(), sites.clone()]);
    db.write(move |tx| {
        tx.insert_group(&written.0)?;
        tx.insert_site(&written.1)?;
        written.2.iter().try_for_each(|drive| tx.insert_drive(drive, at(0)))
    })
    .await
    .unwrap();
    db.read(move |tx| {
        assert_eq!(tx.drive_of(DriveOwner::User(ANN))?, Some(drive()));
        assert_eq!(tx.drive_of(DriveOwner::User(BOB))?, None);
        assert_eq!(tx.drive_of(first.owner)?.as_ref(), Some(&first));
        assert_eq!(tx.drives_of(first.owner)?, [first.clone(), later.clone()]);
        assert_eq!(tx.drive_of(sites.owner)?.as_ref(), Some(&sites));
        Ok(())
    })
    .await
    .unwrap();
    assert_sound(&db).await;
}
