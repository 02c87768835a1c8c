//! A small world to test in: a tenant, two people, an application and a drive.

use std::sync::Arc;

use driveway_core::drive::{Drive, DriveKind, DriveOwner};
use driveway_core::id::{ApplicationId, DriveId, ItemId, PermissionId, TenantId, UserId};
use driveway_core::identity::{Application, Tenant, TenantKind, User};
use driveway_core::item::{FileFacet, Sha256};
use driveway_core::link_life::LinkLife;
use driveway_core::permission::{
    Creator, Grantee, LinkScope, LinkType, Permission, PermissionKind, Role, SharingLink, Slot,
};
use driveway_core::seal::{Seal, SealKey};
use driveway_core::{Error, Result};
use driveway_storage::{Adoption, Db, NewFacet, NewItem, PutOutcome, Tx};
use jiff::Timestamp;
use secrecy::SecretBox;
use uuid::Uuid;

pub const TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(0x1000));
pub const ANN: UserId = UserId::from_uuid(Uuid::from_u128(0x2001));
pub const BOB: UserId = UserId::from_uuid(Uuid::from_u128(0x2002));
pub const APP: ApplicationId = ApplicationId::from_uuid(Uuid::from_u128(0x3000));
pub const ROOT: ItemId = ItemId::from_uuid(Uuid::from_u128(0x4000));

pub fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

pub fn item_id(number: u128) -> ItemId {
    ItemId::from_uuid(Uuid::from_u128(0x1_0000 + number))
}

pub fn permission_id(number: u128) -> PermissionId {
    PermissionId::from_uuid(Uuid::from_u128(0x2_0000 + number))
}

pub fn drive_id() -> DriveId {
    DriveId::business(Uuid::from_u128(0x5000))
}

pub fn tenant() -> Tenant {
    Tenant { id: TENANT, kind: TenantKind::Organization, display_name: "Contoso".into() }
}

pub fn user(id: UserId, name: &str) -> User {
    User {
        id,
        tenant: TENANT,
        user_principal_name: format!("{name}@Example.com"),
        display_name: name.into(),
        mail: None,
        enabled: true,
        administrator: false,
        created_at: at(0),
    }
}

pub fn application() -> Application {
    Application { id: APP, display_name: "Client".into(), enabled: true }
}

pub fn drive() -> Drive {
    Drive {
        id: drive_id(),
        tenant: TENANT,
        kind: DriveKind::Business,
        owner: DriveOwner::User(ANN),
        owner_name: "Ann".into(),
        root: ROOT,
        name: "OneDrive".into(),
        quota_bytes: 1 << 40,
        created_at: at(0),
    }
}

/// Fills an empty database.
/// Gives a database the key of links' trails.
pub fn seal_trails(db: &Db) {
    db.seal_trails(Arc::new(Seal::new(SealKey::new(1, SecretBox::new(Box::new([3; 32]))), Vec::new())));
}

pub async fn settle(db: &Db) {
    db.write(|tx| {
        tx.insert_tenant(&tenant())?;
        tx.insert_user(&user(ANN, "Ann"))?;
        tx.insert_user(&user(BOB, "Bob"))?;
        tx.insert_application(&application(), None)?;
        tx.insert_drive(&drive(), at(0))
    })
    .await
    .unwrap();
}

pub fn sha(number: u8) -> Sha256 {
    Sha256([number; 32])
}

pub fn facet(number: u8) -> FileFacet {
    FileFacet { mime_type: "text/plain".into(), sha256: sha(number), quick_xor: [number; 20] }
}

pub fn folder(number: u128, parent: ItemId, name: &str) -> NewItem {
    NewItem {
        id: item_id(number),
        drive: drive_id(),
        parent,
        name: name.into(),
        name_key: name.to_lowercase(),
        facet: NewFacet::Folder,
        author_user: Some(ANN),
        author_application: Some(APP),
        created_at: at(1),
        file_system_created_at: at(2),
        file_system_modified_at: at(3),
    }
}

/// A file whose content's hash and size come from one number.
pub fn file(number: u128, parent: ItemId, name: &str, content: u8) -> NewItem {
    let facet = NewFacet::File { file: facet(content), size: i64::from(content) };
    NewItem { facet, ..folder(number, parent, name) }
}

pub fn adopt(tx: &mut Tx<'_>, content: u8) -> Result<()> {
    match tx.adopt_blob(&sha(content), content.into(), PutOutcome::Created, at(0))? {
        Adoption::Adopted => Ok(()),
        Adoption::PutAgain => Err(Error::busy(1)),
    }
}

pub fn insert_file(tx: &mut Tx<'_>, new: &NewItem) -> Result<()> {
    if let NewFacet::File { file, .. } = &new.facet {
        adopt(tx, file.sha256.0[0])?;
    }
    tx.insert_item(new)
}

pub fn grant(number: u128, item: ItemId, grantee: Grantee, role: Role) -> Permission {
    Permission { id: permission_id(number), item, kind: PermissionKind::Grant { grantee, role }, created_at: at(10) }
}

pub fn link(number: u128, item: ItemId, scope: LinkScope) -> Permission {
    let link = SharingLink {
        link_type: LinkType::View,
        scope,
        creator: Creator { user: Some(ANN), application: APP },
        password: None,
        expires_at: None,
        grantees: Vec::new(),
        life: LinkLife::default(),
    };
    Permission { id: permission_id(number), item, kind: PermissionKind::Link(link), created_at: at(10) }
}

pub fn slot(permission: &Permission) -> Slot {
    permission.link().unwrap().slot()
}

/// Asserts that the whole database is sound.
pub async fn assert_sound(db: &Db) {
    assert_eq!(db.read(|tx| tx.check()).await.unwrap(), vec![]);
}
