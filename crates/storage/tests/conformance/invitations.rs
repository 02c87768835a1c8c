use driveway_core::id::GroupId;
use driveway_core::permission::{Creator, Grantee, Invitation, LinkScope, Permission, PermissionKind, Role};
use uuid::Uuid;

use crate::backend::{Database, on_every_database};
use crate::world::*;

on_every_database! {
    invitations_are_kept_whole
    an_item_has_one_invitation_for_somebody
    an_account_takes_what_waits_for_its_address
    what_is_shared_with_a_person_is_found
    roles_and_dates_are_changed
}

fn invited(number: u128, grantee: Option<Grantee>, email: Option<&str>) -> Permission {
    let invitation = Invitation {
        grantee,
        role: Role::Read,
        invited_by: Creator { user: Some(ANN), application: APP },
        expires_at: Some(at(500)),
        email: email.map(str::to_owned),
    };
    let kind = PermissionKind::Invitation(invitation);
    Permission { id: permission_id(number), item: ROOT, kind, created_at: at(10) }
}

fn of(permission: &Permission) -> &Invitation {
    match &permission.kind {
        PermissionKind::Invitation(invitation) => invitation,
        other => panic!("{other:?} is no invitation"),
    }
}

async fn invitations_are_kept_whole(database: Database) {
    let db = database.open();
    settle(&db).await;
    let group = Grantee::Group(GroupId::from_uuid(Uuid::from_u128(1)));
    let all = [
        invited(1, Some(Grantee::User(BOB)), Some("Bob@Example.com")),
        invited(2, Some(group), None),
        invited(3, None, Some("Carol@Example.com")),
    ];
    db.write(move |tx| {
        all.iter().try_for_each(|permission| tx.insert_permission(permission, None))?;
        for written in &all {
            let found = tx.permission(written.id)?.unwrap();
            assert_eq!((of(&found), found.created_at, found.link().is_none()), (of(written), at(10), true));
        }
        let chain = tx.chain(ROOT)?.unwrap();
        assert_eq!(of(&chain.items[0].grants[0]), of(&all[0]));
        Ok(())
    })
    .await
    .unwrap();
    assert_sound(&db).await;
}

async fn an_item_has_one_invitation_for_somebody(database: Database) {
    let db = database.open();
    settle(&db).await;
    db.write(|tx| {
        tx.insert_permission(&invited(1, Some(Grantee::User(BOB)), None), None)?;
        tx.insert_permission(&invited(2, None, Some("carol@example.com")), None)?;
        assert!(tx.insert_permission(&invited(3, Some(Grantee::User(BOB)), None), None).is_err());
        assert!(tx.insert_permission(&invited(4, None, Some("CAROL@example.com")), None).is_err());
        assert_eq!(tx.permissions_of(ROOT)?.len(), 2);
        Ok(())
    })
    .await
    .unwrap();
}

async fn an_account_takes_what_waits_for_its_address(database: Database) {
    let db = database.open();
    settle(&db).await;
    db.write(|tx| {
        tx.insert_permission(&invited(1, None, Some("Carol@Example.com")), None)?;
        tx.insert_permission(&invited(2, None, Some("dave@example.com")), None)?;
        assert_eq!(tx.redeem_invitations(BOB, "carol@example.COM")?, 1);
        assert_eq!(tx.redeem_invitations(ANN, "carol@example.com")?, 0);
        let taken = tx.permission(permission_id(1))?.unwrap();
        assert_eq!(taken.holder(), Some(&Grantee::User(BOB)));
        assert_eq!(tx.permission(permission_id(2))?.unwrap().holder(), None);
        Ok(())
    })
    .await
    .unwrap();
}

async fn what_is_shared_with_a_person_is_found(database: Database) {
    let db = database.open();
    settle(&db).await;
    db.write(|tx| {
        let mut later = link(1, ROOT, LinkScope::Users);
        later.created_at = at(20);
        tx.insert_permission(&later, Some(&slot(&later)))?;
        tx.add_grantees(permission_id(1), &[BOB, ANN])?;
        tx.insert_permission(&invited(2, Some(Grantee::User(BOB)), None), None)?;
        tx.insert_permission(&grant(3, ROOT, Grantee::User(ANN), Role::Owner), None)?;
        let ids = |found: Vec<Permission>| found.iter().map(|permission| permission.id).collect::<Vec<_>>();
        assert_eq!(ids(tx.shared_with(BOB)?), [permission_id(1), permission_id(2)]);
        tx.remove_grantees(permission_id(1), &[BOB])?;
        assert_eq!(ids(tx.shared_with(BOB)?), [permission_id(2)]);
        assert_eq!(tx.shared_with(ANN)?[0].link().unwrap().grantees, [ANN]);
        Ok(())
    })
    .await
    .unwrap();
}

async fn roles_and_dates_are_changed(database: Database) {
    let db = database.open();
    settle(&db).await;
    db.write(|tx| {
        tx.insert_permission(&grant(1, ROOT, Grantee::User(BOB), Role::Read), None)?;
        let anyone = link(2, ROOT, LinkScope::Anonymous);
        tx.insert_permission(&anyone, Some(&slot(&anyone)))?;
        tx.set_role(permission_id(1), Role::Write)?;
        assert_eq!(tx.permission(permission_id(1))?.unwrap().role(), Role::Write);
        assert!(tx.set_role(permission_id(2), Role::Write).is_err(), "a link's role is its type's");
        tx.set_expiry(permission_id(2), Some(at(90)))?;
        assert_eq!(tx.permission(permission_id(2))?.unwrap().ends_at(), Some(at(90)));
        tx.set_expiry(permission_id(2), None)?;
        assert_eq!(tx.permission(permission_id(2))?.unwrap().ends_at(), None);
        // A grant becomes an invitation in its place; its holder stays.
        let renewed = of(&invited(1, Some(Grantee::User(BOB)), Some("bob@example.com"))).clone();
        tx.renew_invitation(permission_id(1), &renewed)?;
        assert_eq!(of(&tx.permission(permission_id(1))?.unwrap()), &renewed);
        assert!(tx.renew_invitation(permission_id(2), &renewed).is_err());
        Ok(())
    })
    .await
    .unwrap();
}
