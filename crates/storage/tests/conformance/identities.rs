use driveway_core::error::Code;
use driveway_core::id::{ApplicationId, GroupId, SiteId, TenantId, UserId};
use driveway_core::identity::{Application, Group, Site, Tenant, TenantKind, User};
use uuid::Uuid;

use crate::backend::{Database, on_every_database};
use crate::world::*;

on_every_database! {
    tenants_are_kept
    users_are_found_without_regard_to_case
    accounts_are_disabled
    groups_have_members_and_owners
    sites_are_unique_in_their_tenant
    applications_keep_their_secrets
    caller_facts_are_what_is_there
    a_tenants_people_groups_and_sites_come_in_pages
}

fn group(number: u128) -> Group {
    Group { id: GroupId::from_uuid(Uuid::from_u128(number)), tenant: TENANT, display_name: format!("Team {number}") }
}

async fn tenants_are_kept(database: Database) {
    let db = database.open();
    let other =
        Tenant { id: TenantId::from_uuid(Uuid::nil()), kind: TenantKind::Consumer, display_name: "Home".into() };
    let (written, wanted) = (other.clone(), vec![other.clone(), tenant()]);
    db.write(move |tx| {
        tx.insert_tenant(&tenant())?;
        tx.insert_tenant(&written)
    })
    .await
    .unwrap();
    db.read(move |tx| {
        assert_eq!(tx.tenant(TENANT)?, Some(tenant()));
        assert_eq!(tx.tenant(TenantId::from_uuid(Uuid::from_u128(9)))?, None);
        assert_eq!(tx.tenants()?, wanted);
        Ok(())
    })
    .await
    .unwrap();
}

async fn users_are_found_without_regard_to_case(database: Database) {
    let db = database.open();
    settle(&db).await;
    let zoe =
        User {
            mail: Some("z@example.com".into()), administrator: true, ..user(UserId::from_uuid(Uuid::nil()), "ZOË")
        };
    let written = zoe.clone();
    db.write(move |tx| tx.insert_user(&written)).await.unwrap();
    let twin = User {
        id: UserId::from_uuid(Uuid::from_u128(77)),
        user_principal_name: "zoë@example.COM".into(),
        ..zoe.clone()
    };
    let taken = db.write(move |tx| tx.insert_user(&twin)).await.unwrap_err();
    assert_eq!(taken.code(), Code::NameAlreadyExists);
    db.read(move |tx| {
        assert_eq!(tx.user(zoe.id)?.as_ref(), Some(&zoe));
        assert_eq!(tx.user_by_principal_name("zoë@EXAMPLE.com")?.as_ref(), Some(&zoe));
        assert_eq!(tx.user_by_principal_name("nobody@example.com")?, None);
        let names: Vec<_> = tx.users()?.into_iter().map(|user| user.display_name).collect();
        assert_eq!(names, ["Ann", "Bob", "ZOË"]);
        Ok(())
    })
    .await
    .unwrap();
}

async fn accounts_are_disabled(database: Database) {
    let db = database.open();
    settle(&db).await;
    db.write(|tx| {
        tx.set_user_enabled(ANN, false)?;
        tx.set_application_enabled(APP, false)
    })
    .await
    .unwrap();
    db.read(|tx| {
        assert!(!tx.user(ANN)?.unwrap().enabled && tx.user(BOB)?.unwrap().enabled);
        assert!(!tx.application(APP)?.unwrap().enabled);
        Ok(())
    })
    .await
    .unwrap();
    let unknown = UserId::from_uuid(Uuid::nil());
    let error = db.write(move |tx| tx.set_user_enabled(unknown, true)).await.unwrap_err();
    assert_eq!(error.code(), Code::ItemNotFound);
}

async fn groups_have_members_and_owners(database: Database) {
    let db = database.open();
    settle(&db).await;
    db.write(|tx| {
        tx.insert_group(&group(1))?;
        tx.insert_group(&group(2))?;
        tx.put_group_member(group(1).id, ANN, false)?;
        tx.put_group_member(group(2).id, ANN, false)?;
        tx.put_group_member(group(2).id, ANN, true)?;
        tx.put_group_member(group(2).id, BOB, false)
    })
    .await
    .unwrap();
    db.read(|tx| {
        let standing = tx.standing(ANN)?;
        assert_eq!((standing.member_of, standing.owner_of), (vec![group(1).id], vec![group(2).id]));
        assert_eq!(tx.group_members(group(2).id)?, [(ANN, true), (BOB, false)]);
        assert_eq!(tx.group(group(1).id)?, Some(group(1)));
        assert_eq!(tx.groups()?, [group(1), group(2)]);
        Ok(())
    })
    .await
    .unwrap();
}

async fn sites_are_unique_in_their_tenant(database: Database) {
    let db = database.open();
    settle(&db).await;
    let site = Site {
        id: SiteId::from_uuid(Uuid::from_u128(1)),
        tenant: TENANT,
        name: "marketing".into(),
        display_name: "Marketing".into(),
    };
    let (written, twin) = (site.clone(), Site { id: SiteId::from_uuid(Uuid::from_u128(2)), ..site.clone() });
    db.write(move |tx| tx.insert_site(&written)).await.unwrap();
    let taken = db.write(move |tx| tx.insert_site(&twin)).await.unwrap_err();
    assert_eq!(taken.code(), Code::NameAlreadyExists);
    db.read(move |tx| {
        assert_eq!(tx.site(site.id)?.as_ref(), Some(&site));
        assert_eq!(tx.site_by_name(TENANT, "marketing")?.as_ref(), Some(&site));
        assert_eq!(tx.site_by_name(TenantId::from_uuid(Uuid::nil()), "marketing")?, None);
        assert_eq!(tx.sites()?, std::slice::from_ref(&site));
        Ok(())
    })
    .await
    .unwrap();
}

async fn applications_keep_their_secrets(database: Database) {
    let db = database.open();
    settle(&db).await;
    let confidential =
        Application { id: ApplicationId::from_uuid(Uuid::from_u128(5)), display_name: "Backend".into(), enabled: true };
    let written = confidential.clone();
    db.write(move |tx| tx.insert_application(&written, Some("hash"))).await.unwrap();
    db.read(move |tx| {
        assert_eq!(tx.application_secret_hash(confidential.id)?.as_deref(), Some("hash"));
        assert_eq!(tx.application_secret_hash(APP)?, None);
        assert_eq!(tx.application(APP)?, Some(application()));
        assert_eq!(tx.applications()?, [confidential.clone(), application()]);
        Ok(())
    })
    .await
    .unwrap();
}

async fn caller_facts_are_what_is_there(database: Database) {
    let db = database.open();
    settle(&db).await;
    db.write(|tx| {
        tx.insert_group(&group(1))?;
        tx.put_group_member(group(1).id, ANN, true)
    })
    .await
    .unwrap();
    db.read(|tx| {
        let facts = tx.caller_facts(Some(ANN), APP, TENANT)?;
        assert_eq!((facts.tenant, facts.application), (Some(tenant()), Some(application())));
        let (person, standing) = facts.user.unwrap();
        assert_eq!((person, standing.owner_of), (user(ANN, "Ann"), vec![group(1).id]));

        let facts = tx.caller_facts(None, APP, TENANT)?;
        assert!(facts.user.is_none() && facts.application.is_some());

        let nobody = Uuid::from_u128(99);
        let facts = tx.caller_facts(
            Some(UserId::from_uuid(nobody)),
            ApplicationId::from_uuid(nobody),
            TenantId::from_uuid(nobody),
        )?;
        assert!(facts.tenant.is_none() && facts.user.is_none() && facts.application.is_none());
        Ok(())
    })
    .await
    .unwrap();
}

async fn a_tenants_people_groups_and_sites_come_in_pages(database: Database) {
    let db = database.open();
    settle(&db).await;
    let elsewhere = TenantId::from_uuid(Uuid::from_u128(99));
    db.write(move |tx| {
        tx.insert_tenant(&Tenant { id: elsewhere, kind: TenantKind::Organization, display_name: "Else".into() })?;
        let stranger = User { tenant: elsewhere, ..user(UserId::from_uuid(Uuid::from_u128(98)), "Amy") };
        tx.insert_user(&stranger)?;
        for number in 1..=3 {
            tx.insert_group(&group(number))?;
            tx.put_group_member(group(number).id, ANN, number == 2)?;
            tx.insert_site(&Site {
                id: SiteId::from_uuid(Uuid::from_u128(number)),
                tenant: TENANT,
                name: format!("site-{number}"),
                display_name: "A site".into(),
            })?;
        }
        tx.insert_group(&Group { tenant: elsewhere, ..group(4) })
    })
    .await
    .unwrap();
    db.read(move |tx| {
        let names = |users: Vec<User>| users.into_iter().map(|user| user.display_name).collect::<Vec<_>>();
        assert_eq!(names(tx.users_of(TENANT, None, 1)?), ["Ann"]);
        assert_eq!(names(tx.users_of(TENANT, Some("ANN@example.com"), 9)?), ["Bob"]);
        assert_eq!(names(tx.users_of(elsewhere, None, 9)?), ["Amy"]);
        assert_eq!(tx.groups_of(TENANT, None, 2)?, [group(1), group(2)]);
        assert_eq!(tx.groups_of(TENANT, Some(group(2).id), 9)?, [group(3)]);
        assert_eq!(tx.groups_of_user(ANN, None, 2)?, [group(1), group(2)]);
        assert_eq!(tx.groups_of_user(ANN, Some(group(2).id), 9)?, [group(3)]);
        assert_eq!(tx.groups_of_user(BOB, None, 9)?, []);
        let names = |sites: Vec<Site>| sites.into_iter().map(|site| site.name).collect::<Vec<_>>();
        assert_eq!(names(tx.sites_of(TENANT, None, 2)?), ["site-1", "site-2"]);
        assert_eq!(names(tx.sites_of(TENANT, Some("site-2"), 9)?), ["site-3"]);
        assert_eq!(names(tx.sites_of(elsewhere, None, 9)?), [""; 0]);
        Ok(())
    })
    .await
    .unwrap();
}
