use driveway_core::error::Code;
use driveway_core::link_life::LinkLife;
use driveway_core::permission::{LinkScope, PasswordGuard, Permission, PermissionKind, SharingLink};
use secrecy::SecretString;
use uuid::Uuid;

use crate::backend::{Database, on_every_database};
use crate::world::*;

on_every_database! {
    a_life_is_kept_and_changed
    a_changed_link_takes_a_free_slot_only
    of_many_reservations_so_many_are_granted
    downloads_are_given_back_once
    openings_are_noted
}

fn named(number: u128, name: &str) -> Permission {
    let mut permission = link(number, ROOT, LinkScope::Anonymous);
    if let PermissionKind::Link(link) = &mut permission.kind {
        link.life.name = Some(name.into());
    }
    permission
}

fn sharing(permission: &Permission) -> SharingLink {
    permission.link().unwrap().clone()
}

async fn a_life_is_kept_and_changed(database: Database) {
    let db = database.open();
    settle(&db).await;
    db.write(|tx| {
        let first = named(1, "press/open");
        tx.insert_permission(&first, Some(&slot(&first)))?;
        let mut changed = sharing(&tx.link(permission_id(1))?.unwrap());
        assert_eq!(changed.life, LinkLife { name: Some("press/open".into()), ..LinkLife::default() });
        changed.life = LinkLife {
            name: None,
            enabled: false,
            not_before: Some(at(50)),
            maximum_downloads: Some(4_000_000_000),
            downloads: 0,
        };
        changed.expires_at = Some(at(60));
        changed.password = Some(PasswordGuard { hash: SecretString::from("$argon2id$…"), version: 9 });
        tx.update_link(permission_id(1), &changed, true)?;
        let kept = sharing(&tx.link(permission_id(1))?.unwrap());
        assert_eq!((&kept.life, kept.expires_at), (&changed.life, Some(at(60))));
        assert_eq!(kept.password.map(|guard| guard.version), Some(9));
        assert_eq!(tx.links_above(ROOT)?[0].link().unwrap().life, changed.life);
        assert_eq!(tx.update_link(permission_id(2), &changed, false).unwrap_err().code(), Code::ItemNotFound);
        Ok(())
    })
    .await
    .unwrap();
    assert_sound(&db).await;
}

async fn a_changed_link_takes_a_free_slot_only(database: Database) {
    let db = database.open();
    settle(&db).await;
    db.write(|tx| {
        let (first, second) = (named(1, "a"), named(2, "b"));
        tx.insert_permission(&first, Some(&slot(&first)))?;
        tx.insert_permission(&second, Some(&slot(&second)))?;
        let taken = tx.update_link(permission_id(2), &sharing(&first), true).unwrap_err();
        assert_eq!(taken.code(), Code::NameAlreadyExists);
        assert_eq!(tx.link_in_slot(ROOT, &slot(&second))?.unwrap().id, permission_id(2));
        tx.update_link(permission_id(1), &sharing(&first), false)?;
        assert!(tx.link_in_slot(ROOT, &slot(&first))?.is_none() && !tx.is_slot_taken(ROOT, &slot(&first))?);
        assert!(tx.is_slot_taken(ROOT, &slot(&second))?);
        tx.update_link(permission_id(2), &sharing(&first), true)?;
        assert_eq!(tx.link_in_slot(ROOT, &slot(&first))?.unwrap().id, permission_id(2));
        Ok(())
    })
    .await
    .unwrap();
    assert_sound(&db).await;
}

fn limited(number: u128, most: u32) -> Permission {
    let mut permission = link(number, ROOT, LinkScope::Anonymous);
    if let PermissionKind::Link(link) = &mut permission.kind {
        link.life.maximum_downloads = Some(most);
    }
    permission
}

async fn of_many_reservations_so_many_are_granted(database: Database) {
    let db = database.open();
    settle(&db).await;
    db.write(|tx| tx.insert_permission(&limited(1, 5), None)).await.unwrap();
    let asking = (0..64_u128).map(|number| {
        let db = db.clone();
        async move {
            let (id, run) = (Uuid::from_u128(number), Uuid::nil());
            db.write(move |tx| tx.reserve_download(permission_id(1), id, run)).await.unwrap()
        }
    });
    let granted = futures::future::join_all(asking.map(tokio::spawn)).await;
    assert_eq!(granted.into_iter().filter(|granted| *granted.as_ref().unwrap()).count(), 5);
    let kept = db.read(|tx| tx.link(permission_id(1))).await.unwrap().unwrap();
    assert_eq!(kept.link().unwrap().life.downloads, 5);
    assert_sound(&db).await;
}

async fn downloads_are_given_back_once(database: Database) {
    let db = database.open();
    settle(&db).await;
    db.write(|tx| {
        tx.insert_permission(&limited(1, 3), None)?;
        let (this, former) = (Uuid::from_u128(1), Uuid::from_u128(2));
        for (reservation, run) in [(10, this), (11, former), (12, former)] {
            assert!(tx.reserve_download(permission_id(1), Uuid::from_u128(reservation), run)?);
        }
        assert!(!tx.reserve_download(permission_id(1), Uuid::from_u128(13), this)?);
        assert!(!tx.reserve_download(permission_id(9), Uuid::from_u128(13), this)?);
        let downloads = |tx: &mut driveway_storage::Tx<'_>| {
            tx.link(permission_id(1)).map(|link| sharing(&link.unwrap()).life.downloads)
        };
        assert_eq!(tx.give_back_downloads(this)?, 2);
        assert_eq!((tx.give_back_downloads(this)?, downloads(tx)?), (0, 1));
        tx.end_download(Uuid::from_u128(10), false)?;
        tx.end_download(Uuid::from_u128(10), false)?;
        assert_eq!(downloads(tx)?, 0);
        assert!(tx.reserve_download(permission_id(1), Uuid::from_u128(14), this)?);
        tx.end_download(Uuid::from_u128(14), true)?;
        tx.end_download(Uuid::from_u128(14), false)?;
        assert_eq!(downloads(tx)?, 1);
        // A link that goes takes what is under way with it.
        assert!(tx.reserve_download(permission_id(1), Uuid::from_u128(15), this)?);
        assert!(tx.delete_permission(permission_id(1))?);
        tx.end_download(Uuid::from_u128(15), false)
    })
    .await
    .unwrap();
    assert_sound(&db).await;
}

async fn openings_are_noted(database: Database) {
    let db = database.open();
    settle(&db).await;
    db.write(|tx| {
        tx.insert_permission(&link(1, ROOT, LinkScope::Anonymous), None)?;
        assert_eq!(tx.last_opened(permission_id(1))?, None);
        tx.note_opening(permission_id(1), 2, at(20))?;
        tx.note_opening(permission_id(1), 0, at(15))?;
        tx.note_opening(permission_id(2), 1, at(15))?;
        assert_eq!(tx.last_opened(permission_id(1))?, Some(at(20)));
        assert_eq!(sharing(&tx.link(permission_id(1))?.unwrap()).life.downloads, 2);
        Ok(())
    })
    .await
    .unwrap();
    assert_sound(&db).await;
}
