use driveway_core::id::{ApplicationId, GrantId, UserId};
use driveway_core::identity::Registration;
use driveway_storage::{AuthorizationCode, Db, DeviceState, NewDeviceCode, OauthGrant, Session};
use jiff::Timestamp;
use secrecy::ExposeSecret;
use uuid::Uuid;

use crate::backend::{Database, on_every_database};
use crate::world::*;

on_every_database! {
    a_new_password_ends_what_came_of_the_old_one
    sessions_and_links_are_kept_until_they_are_over
    a_code_is_used_up_and_its_grant_ends_with_its_tokens
    a_device_is_answered_once
    registrations_and_consents_are_replaced_whole
    a_domain_is_its_accounts_tenants
}

async fn settled(database: &Database) -> (Db, UserId, ApplicationId) {
    let db = database.open();
    settle(&db).await;
    let user = db.read(|tx| Ok(tx.users()?[0].id)).await.unwrap();
    (db, user, application().id)
}

fn session(user: UserId, expires_at: Timestamp) -> Session {
    Session { user, password_version: 0, created_at: at(0), expires_at }
}

fn grant(user: UserId, application: ApplicationId) -> OauthGrant {
    OauthGrant {
        id: GrantId::from_uuid(Uuid::from_u128(1)),
        application,
        user,
        password_version: 0,
        scopes: "openid Files.Read".into(),
        created_at: at(0),
    }
}

async fn a_new_password_ends_what_came_of_the_old_one(database: Database) {
    let (db, user, application) = settled(&database).await;
    db.write(move |tx| {
        let none = tx.user_password(user)?.unwrap();
        assert!(none.hash.is_none() && none.version == 0);
        tx.insert_session(sha(1), &session(user, at(100)))?;
        tx.insert_sign_in_link(sha(2), user, at(100))?;
        tx.insert_oauth_grant(&grant(user, application))?;
        tx.insert_refresh_token(sha(3), grant(user, application).id, at(100))?;
        tx.set_user_password(user, &"$argon2id$one".to_owned().into())?;
        let one = tx.user_password(user)?.unwrap();
        assert_eq!((one.hash.unwrap().expose_secret(), one.version), ("$argon2id$one", 1));
        assert_eq!(tx.session(sha(1))?, None);
        assert_eq!(tx.sign_in_link(sha(2), at(1))?, None);
        assert_eq!(tx.refresh_token(sha(3))?, None);
        assert!(tx.user_password(UserId::from_uuid(Uuid::nil()))?.is_none());
        assert!(tx.set_user_password(UserId::from_uuid(Uuid::nil()), &"x".to_owned().into()).is_err());
        Ok(())
    })
    .await
    .unwrap();
}

async fn sessions_and_links_are_kept_until_they_are_over(database: Database) {
    let (db, user, _) = settled(&database).await;
    db.write(move |tx| {
        let kept = session(user, at(10));
        tx.insert_session(sha(1), &kept)?;
        tx.insert_session(sha(2), &session(user, at(20)))?;
        tx.insert_sign_in_link(sha(3), user, at(10))?;
        assert_eq!(tx.session(sha(1))?, Some(kept));
        assert_eq!(tx.sign_in_link(sha(3), at(9))?, Some(user));
        assert_eq!(tx.sign_in_link(sha(3), at(10))?, None);
        assert_eq!(tx.prune_sign_ins(at(10))?, 2);
        assert_eq!(tx.session(sha(1))?, None);
        tx.delete_session(sha(2))?;
        tx.delete_session(sha(2))?;
        assert_eq!(tx.session(sha(2))?, None);
        Ok(())
    })
    .await
    .unwrap();
}

async fn a_code_is_used_up_and_its_grant_ends_with_its_tokens(database: Database) {
    let (db, user, application) = settled(&database).await;
    db.write(move |tx| {
        let code = AuthorizationCode {
            application,
            user,
            password_version: 0,
            redirect_uri: "http://localhost/".into(),
            challenge: Some("c".into()),
            scopes: "openid".into(),
            nonce: None,
            expires_at: at(10),
            grant: None,
        };
        tx.insert_code(sha(1), &code)?;
        assert_eq!(tx.code(sha(1))?, Some(code.clone()));
        let grant = grant(user, application);
        tx.use_code(sha(1), grant.id)?;
        assert_eq!(tx.code(sha(1))?, Some(AuthorizationCode { grant: Some(grant.id), ..code }));
        tx.insert_oauth_grant(&grant)?;
        tx.insert_refresh_token(sha(2), grant.id, at(50))?;
        tx.replace_refresh_token(sha(2), at(5))?;
        tx.replace_refresh_token(sha(2), at(6))?;
        assert_eq!(tx.refresh_token(sha(2))?.unwrap().replaced_at, Some(at(5)));
        assert_eq!(tx.oauth_grant(grant.id)?, Some(grant.clone()));
        assert_eq!(tx.prune_sign_ins(at(49))?, 0);
        tx.delete_oauth_grant(grant.id)?;
        assert_eq!(tx.refresh_token(sha(2))?, None);
        tx.insert_oauth_grant(&grant)?;
        tx.insert_refresh_token(sha(2), grant.id, at(50))?;
        assert_eq!(tx.prune_sign_ins(at(50))?, 2);
        assert_eq!(tx.oauth_grant(grant.id)?, None);
        assert_eq!(tx.prune_codes(at(9))?, 0);
        assert_eq!(tx.prune_codes(at(10))?, 1);
        Ok(())
    })
    .await
    .unwrap();
}

async fn a_device_is_answered_once(database: Database) {
    let (db, user, application) = settled(&database).await;
    db.write(move |tx| {
        let new = NewDeviceCode {
            application,
            authority: "common".into(),
            scopes: "openid".into(),
            interval_seconds: 5,
            expires_at: at(10),
        };
        tx.insert_device_code(sha(1), sha(2), &new)?;
        let waiting = tx.device_code_of_user_code(sha(2), at(9))?.unwrap();
        assert_eq!((waiting.device, waiting.new.clone(), waiting.state), (sha(1), new, DeviceState::Pending));
        assert_eq!(tx.device_code_of_user_code(sha(2), at(10))?, None);
        tx.ask_device_code(sha(1), at(3), 10)?;
        assert!(tx.answer_device_code(sha(1), DeviceState::Allowed, user, 7)?);
        assert!(!tx.answer_device_code(sha(1), DeviceState::Denied, user, 7)?);
        let answered = tx.device_code(sha(1))?.unwrap();
        assert_eq!((answered.state, answered.user), (DeviceState::Allowed, Some((user, 7))));
        assert_eq!((answered.asked_at, answered.new.interval_seconds), (Some(at(3)), 10));
        assert_eq!(tx.device_code_of_user_code(sha(2), at(9))?, None);
        tx.delete_device_code(sha(1))?;
        assert_eq!(tx.device_code(sha(1))?, None);
        Ok(())
    })
    .await
    .unwrap();
}

async fn registrations_and_consents_are_replaced_whole(database: Database) {
    let (db, user, application) = settled(&database).await;
    db.write(move |tx| {
        let known = tx.registration(application)?.unwrap();
        assert!(known.redirect_uris.is_empty() && !known.is_consented && !known.is_without_pkce);
        let one = Registration {
            redirect_uris: vec!["http://localhost/".into(), "https://a.example/".into()],
            scopes: "Files.Read".into(),
            roles: "Files.Read.All".into(),
            is_consented: true,
            is_without_pkce: true,
            ..known
        };
        tx.set_registration(&one)?;
        assert_eq!(tx.registration(application)?, Some(one.clone()));
        let two = Registration { redirect_uris: vec!["https://b.example/".into()], ..one };
        tx.set_registration(&two)?;
        assert_eq!(tx.registration(application)?, Some(two));
        assert_eq!(tx.registration(ApplicationId::from_uuid(Uuid::nil()))?, None);
        tx.put_consent(user, application, "Files.Read")?;
        tx.put_consent(user, application, "Files.Read User.Read")?;
        assert_eq!(tx.consent(user, application)?.as_deref(), Some("Files.Read User.Read"));
        Ok(())
    })
    .await
    .unwrap();
}

async fn a_domain_is_its_accounts_tenants(database: Database) {
    let (db, ..) = settled(&database).await;
    db.read(|tx| {
        let name = tx.users()?[0].user_principal_name.clone();
        let domain = name.split_once('@').unwrap().1.to_owned();
        assert_eq!(tx.tenant_of_domain(&domain.to_uppercase())?, Some(TENANT));
        assert_eq!(tx.tenant_of_domain(domain.get(1..).unwrap())?, None);
        assert_eq!(tx.tenant_of_domain("%")?, None);
        Ok(())
    })
    .await
    .unwrap();
}
