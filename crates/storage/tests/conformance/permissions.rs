use driveway_core::error::Code;
use driveway_core::id::GroupId;
use driveway_core::permission::{Grantee, LinkScope, LinkType, PasswordGuard, Permission, PermissionKind, Role};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use crate::backend::{Database, on_every_database};
use crate::world::*;

on_every_database! {
    grants_are_kept
    links_are_kept_whole
    a_slot_has_one_link
    two_requests_cant_both_be_first
    people_are_added_and_go_with_their_link
}

async fn grants_are_kept(database: Database) {
    let db = database.open();
    settle(&db).await;
    let group = GroupId::from_uuid(Uuid::from_u128(1));
    let grants = [
        (Grantee::User(BOB), Role::Read),
        (Grantee::Group(group), Role::Write),
        (Grantee::GroupOwners(group), Role::Owner),
    ];
    db.write(move |tx| {
        (1..)
            .zip(grants)
            .try_for_each(|(n, (grantee, role))| tx.insert_permission(&grant(n, ROOT, grantee, role), None))
    })
    .await
    .unwrap();
    db.write(move |tx| {
        let found = tx.permissions_of(ROOT)?;
        let kinds: Vec<_> = found
            .iter()
            .map(|permission| match permission.kind {
                PermissionKind::Grant { grantee, role } => (grantee, role),
                _ => panic!("only grants were made"),
            })
            .collect();
        assert_eq!(kinds, grants);
        assert_eq!((found[0].id, found[0].item, found[0].created_at), (permission_id(1), ROOT, at(10)));
        assert!(tx.permission(permission_id(2))?.is_some() && tx.link(permission_id(2))?.is_none());
        assert!(tx.delete_permission(permission_id(2))? && !tx.delete_permission(permission_id(2))?);
        assert!(tx.permission(permission_id(2))?.is_none());
        Ok(())
    })
    .await
    .unwrap();
}

async fn links_are_kept_whole(database: Database) {
    let db = database.open();
    settle(&db).await;
    let mut guarded = link(1, ROOT, LinkScope::Anonymous);
    if let PermissionKind::Link(link) = &mut guarded.kind {
        link.link_type = LinkType::Edit;
        link.creator.user = None;
        link.password = Some(PasswordGuard { hash: SecretString::from("$argon2id$…"), version: 3 });
        link.expires_at = Some(at(500));
    }
    let written = guarded.clone();
    db.write(move |tx| tx.insert_permission(&written, Some(&slot(&written)))).await.unwrap();
    let found = db.read(|tx| tx.link(permission_id(1))).await.unwrap().unwrap();
    let link = found.link().unwrap();
    assert_eq!((link.link_type, link.scope, found.role()), (LinkType::Edit, LinkScope::Anonymous, Role::Write));
    assert_eq!((link.creator, link.expires_at), (guarded.link().unwrap().creator, Some(at(500))));
    let guard = link.password.as_ref().unwrap();
    assert_eq!((guard.hash.expose_secret(), guard.version), ("$argon2id$…", 3));
    let held = db.read(move |tx| tx.link_in_slot(ROOT, &slot(&guarded))).await.unwrap();
    assert_eq!(held.map(|held| held.id), Some(permission_id(1)));
    assert_sound(&db).await;
}

async fn a_slot_has_one_link(database: Database) {
    let db = database.open();
    settle(&db).await;
    db.write(|tx| {
        tx.insert_item(&folder(1, ROOT, "a"))?;
        let first = link(1, ROOT, LinkScope::Anonymous);
        tx.insert_permission(&first, Some(&slot(&first)))?;
        let second = link(2, ROOT, LinkScope::Anonymous);
        let taken = tx.insert_permission(&second, Some(&slot(&second))).unwrap_err();
        assert_eq!(taken.code(), Code::NameAlreadyExists);
        // Another item and another scope have slots of their own.
        let elsewhere = link(3, item_id(1), LinkScope::Anonymous);
        tx.insert_permission(&elsewhere, Some(&slot(&elsewhere)))?;
        let other = link(4, ROOT, LinkScope::Organization);
        tx.insert_permission(&other, Some(&slot(&other)))?;
        tx.vacate_slot(permission_id(1))?;
        assert!(tx.link_in_slot(ROOT, &slot(&first))?.is_none());
        tx.insert_permission(&second, Some(&slot(&second)))?;
        assert_eq!(tx.link_in_slot(ROOT, &slot(&first))?.unwrap().id, permission_id(2));
        assert_eq!(tx.permissions_of(ROOT)?.len(), 3);
        Ok(())
    })
    .await
    .unwrap();
    assert_sound(&db).await;
}

async fn two_requests_cant_both_be_first(database: Database) {
    let db = database.open();
    settle(&db).await;
    let attempts = (0..64).map(|number| {
        let db = db.clone();
        async move {
            let mine = link(number, ROOT, LinkScope::Anonymous);
            db.write(move |tx| match tx.link_in_slot(ROOT, &slot(&mine))? {
                Some(held) => Ok((false, held.id)),
                None => tx.insert_permission(&mine, Some(&slot(&mine))).map(|()| (true, mine.id)),
            })
            .await
            .unwrap()
        }
    });
    let answers = futures::future::join_all(attempts.map(tokio::spawn)).await;
    let answers: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
    let winners: Vec<_> = answers.iter().filter(|(made, _)| *made).collect();
    assert_eq!(winners.len(), 1);
    assert!(answers.iter().all(|(_, id)| *id == winners[0].1));
    let blind = (100..164).map(|number| {
        let db = db.clone();
        async move {
            let mine = link(number, ROOT, LinkScope::Organization);
            db.write(move |tx| tx.insert_permission(&mine, Some(&slot(&mine)))).await.is_ok()
        }
    });
    let made = futures::future::join_all(blind.map(tokio::spawn)).await;
    assert_eq!(made.into_iter().filter(|made| *made.as_ref().unwrap()).count(), 1);
    assert_eq!(db.read(|tx| tx.permissions_of(ROOT)).await.unwrap().len(), 2);
    assert_sound(&db).await;
}

async fn people_are_added_and_go_with_their_link(database: Database) {
    let db = database.open();
    settle(&db).await;
    db.write(|tx| {
        let people: Permission = link(1, ROOT, LinkScope::Users);
        tx.insert_permission(&people, Some(&slot(&people)))?;
        tx.add_grantees(permission_id(1), &[BOB])?;
        tx.add_grantees(permission_id(1), &[BOB, ANN])?;
        for found in
            [tx.permission(permission_id(1))?, tx.link_in_slot(ROOT, &slot(&people))?, tx.permissions_of(ROOT)?.pop()]
        {
            assert_eq!(found.unwrap().link().unwrap().grantees, [ANN, BOB]);
        }
        assert!(tx.delete_permission(permission_id(1))?);
        assert!(tx.permission(permission_id(1))?.is_none());
        // An equal link made later starts with nobody.
        tx.insert_permission(&people, Some(&slot(&people)))?;
        assert_eq!(tx.link(permission_id(1))?.unwrap().link().unwrap().grantees, []);
        Ok(())
    })
    .await
    .unwrap();
    assert_sound(&db).await;
}
