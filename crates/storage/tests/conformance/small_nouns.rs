use driveway_core::drive::SpecialFolder;
use driveway_core::id::{ApplicationId, TenantId};
use driveway_core::policy::sharing::SharingPolicy;
use uuid::Uuid;

use crate::backend::{Database, on_every_database};
use crate::world::*;

on_every_database! {
    settings_are_kept
    policies_are_kept_per_tenant
    wrong_guesses_are_counted_per_link_and_address
    special_folders_are_kept_per_drive_and_application
}

async fn settings_are_kept(database: Database) {
    let db = database.open();
    db.write(|tx| {
        assert_eq!(tx.setting("key")?, None);
        tx.set_setting("key", "one")?;
        tx.set_setting("key", "two")?;
        assert_eq!(tx.setting("key")?.as_deref(), Some("two"));
        Ok(())
    })
    .await
    .unwrap();
}

async fn policies_are_kept_per_tenant(database: Database) {
    let db = database.open();
    settle(&db).await;
    let policy =
        SharingPolicy { create_only_links: false, maximum_expiration_days: Some(30), ..SharingPolicy::default() };
    db.write(move |tx| {
        assert_eq!(tx.tenant_policy(TENANT)?, SharingPolicy::default());
        tx.set_sharing_policy(TENANT, &SharingPolicy::default())?;
        tx.set_sharing_policy(TENANT, &policy)?;
        assert_eq!(tx.tenant_policy(TENANT)?, policy);
        assert_eq!(tx.tenant_policy(TenantId::from_uuid(Uuid::nil()))?, SharingPolicy::default());
        Ok(())
    })
    .await
    .unwrap();
}

async fn wrong_guesses_are_counted_per_link_and_address(database: Database) {
    let db = database.open();
    db.write(|tx| {
        let (one, two) = (permission_id(1), permission_id(2));
        assert_eq!(tx.failures(one, "192.0.2.1", at(0))?, 0);
        assert_eq!(tx.record_failure(one, "192.0.2.1", at(0), 60)?.count, 1);
        assert_eq!(tx.record_failure(one, "192.0.2.1", at(59), 60)?.count, 2);
        assert_eq!(tx.record_failure(one, "192.0.2.2", at(1), 60)?.count, 1);
        assert_eq!(tx.record_failure(two, "192.0.2.1", at(1), 60)?.count, 1);
        assert_eq!((tx.failures(one, "192.0.2.1", at(0))?, tx.failures(one, "192.0.2.1", at(1))?), (2, 0));
        // The window started with the first guess, not with the last.
        assert_eq!(tx.record_failure(one, "192.0.2.1", at(61), 60)?.count, 1);
        assert_eq!(tx.failures(one, "192.0.2.1", at(61))?, 1);
        tx.clear_failures(one, "192.0.2.1")?;
        assert_eq!(tx.failures(one, "192.0.2.1", at(0))?, 0);
        assert_eq!((tx.prune_failures(at(1))?, tx.prune_failures(at(2))?), (0, 2));
        Ok(())
    })
    .await
    .unwrap();
}

async fn special_folders_are_kept_per_drive_and_application(database: Database) {
    let db = database.open();
    settle(&db).await;
    db.write(|tx| {
        for number in 1..=3 {
            tx.insert_item(&folder(number, ROOT, &format!("Folder {number}")))?;
        }
        let other = ApplicationId::from_uuid(Uuid::from_u128(9));
        let (documents, own) = (SpecialFolder::Documents, SpecialFolder::AppRoot);
        assert_eq!(tx.special_folder(&drive_id(), documents, APP)?, None);
        tx.put_special_folder(&drive_id(), documents, APP, item_id(1))?;
        tx.put_special_folder(&drive_id(), own, APP, item_id(2))?;
        assert_eq!(tx.special_folder(&drive_id(), documents, other)?, Some(item_id(1)));
        assert_eq!(tx.special_folder(&drive_id(), own, other)?, None);
        tx.put_special_folder(&drive_id(), documents, other, item_id(3))?;
        assert_eq!(tx.special_folder(&drive_id(), documents, APP)?, Some(item_id(3)));
        assert_eq!(tx.special_folder_of(item_id(2))?, Some(own));
        assert_eq!(tx.special_folder_of(item_id(1))?, None);
        Ok(())
    })
    .await
    .unwrap();
}
