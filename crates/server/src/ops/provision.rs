//! Setting up: tenants, people, groups and sites, each with the drive that goes with it.

use driveway_core::drive::{Drive, DriveKind, DriveOwner};
use driveway_core::error::Error;
use driveway_core::id::{ApplicationId, DriveId, GroupId, ItemId, PermissionId, SiteId, TenantId, UserId};
use driveway_core::identity::{Application, Group, Site, Tenant, TenantKind, User};
use driveway_core::mail_address::domain_to_ascii;
use driveway_core::permission::{Grantee, Permission, PermissionKind, Role};
use jiff::Timestamp;

use super::{Result, Tx};
use crate::app::App;

/// What a drive is made of.
struct NewDrive {
    tenant: TenantId,
    kind: DriveKind,
    owner: DriveOwner,
    owner_name: String,
    name: &'static str,
    grants: Vec<(Grantee, Role)>,
}

/// Ids for one drive with its root and grants, drawn before the transaction.
#[derive(Clone, Copy)]
struct DriveIds {
    drive: uuid::Uuid,
    root: ItemId,
    grants: [PermissionId; 3],
}

impl DriveIds {
    fn draw(app: &App) -> Self {
        let grant = || PermissionId::from_uuid(app.new_id());
        Self {
            drive: app.entropy.opaque_id(),
            root: ItemId::from_uuid(app.new_id()),
            grants: [grant(), grant(), grant()],
        }
    }
}

/// The tenants that every server has: one organization and the consumer tenant. Makes what isn't there yet.
pub fn tenants(app: &App, organization_name: &str) -> Result<(Tenant, Tenant)> {
    let organization = Tenant {
        id: TenantId::from_uuid(app.entropy.opaque_id()),
        kind: TenantKind::Organization,
        display_name: organization_name.to_owned(),
    };
    // The id that Microsoft's consumer tenant has is known to clients, which tell accounts apart by it.
    let consumer_id = uuid::uuid!("9188040d-6c67-4c5b-b112-36a304b66dad");
    let consumer = Tenant {
        id: TenantId::from_uuid(consumer_id),
        kind: TenantKind::Consumer,
        display_name: "Personal accounts".to_owned(),
    };
    app.db.write_blocking(move |tx| {
        let there = tx.tenants()?;
        let find_or_make = |tx: &mut Tx<'_>, wanted: &Tenant| -> Result<Tenant> {
            if let Some(found) = there.iter().find(|tenant| tenant.kind == wanted.kind) {
                return Ok(found.clone());
            }
            tx.insert_tenant(wanted)?;
            Ok(wanted.clone())
        };
        Ok((find_or_make(tx, &organization)?, find_or_make(tx, &consumer)?))
    })
}

/// A person with a drive of their own.
pub fn user(
    app: &App,
    tenant: &Tenant,
    principal_name: &str,
    display_name: &str,
    administrator: bool,
) -> Result<(User, Drive)> {
    let now = app.clock.now();
    check_principal_name(principal_name)?;
    let user = User {
        id: UserId::from_uuid(app.entropy.opaque_id()),
        tenant: tenant.id,
        user_principal_name: principal_name.to_owned(),
        display_name: display_name.to_owned(),
        mail: Some(principal_name.to_owned()),
        enabled: true,
        administrator,
        created_at: now,
    };
    let kind = match tenant.kind {
        TenantKind::Consumer => DriveKind::Personal,
        TenantKind::Organization => DriveKind::Business,
    };
    let (ids, quota, tenant) = (DriveIds::draw(app), app.config.limits.drive_bytes, tenant.id);
    app.db.write_blocking(move |tx| {
        if tx.user_by_principal_name(&user.user_principal_name)?.is_some() {
            return Err(Error::invalid("userPrincipalName", "There is a user of this name already."));
        }
        tx.insert_user(&user)?;
        // What was shared with the address before there was an account for it (AMB-53).
        tx.redeem_invitations(user.id, &user.user_principal_name)?;
        let new = NewDrive {
            tenant,
            kind,
            owner: DriveOwner::User(user.id),
            owner_name: user.display_name.clone(),
            name: "OneDrive",
            grants: vec![(Grantee::User(user.id), Role::Owner)],
        };
        let drive = insert_drive(tx, new, ids, quota, now)?;
        Ok((user.clone(), drive))
    })
}

fn check_principal_name(name: &str) -> Result<()> {
    let is_address = name
        .split_once('@')
        .is_some_and(|(local, domain)| !local.is_empty() && !domain.contains('@') && domain_to_ascii(domain).is_some());
    if is_address
        && name.len() <= 113
        && name.chars().all(|c| !c.is_control() && !c.is_whitespace() && !matches!(c, '/' | '#' | '?' | ':'))
    {
        Ok(())
    } else {
        Err(Error::invalid("userPrincipalName", "A user principal name looks like ann@example.com."))
    }
}

/// A group with a document library that its members may write to and its owners own.
pub fn group(
    app: &App,
    tenant: &Tenant,
    display_name: &str,
    owners: &[UserId],
    members: &[UserId],
) -> Result<(Group, Drive)> {
    let now = app.clock.now();
    let group = Group {
        id: GroupId::from_uuid(app.entropy.opaque_id()),
        tenant: tenant.id,
        display_name: display_name.to_owned(),
    };
    let (ids, quota) = (DriveIds::draw(app), app.config.limits.drive_bytes);
    let people: Vec<(UserId, bool)> =
        owners.iter().map(|user| (*user, true)).chain(members.iter().map(|user| (*user, false))).collect();
    app.db.write_blocking(move |tx| {
        tx.insert_group(&group)?;
        for (user, is_owner) in &people {
            tx.put_group_member(group.id, *user, *is_owner)?;
        }
        let new = NewDrive {
            tenant: group.tenant,
            kind: DriveKind::DocumentLibrary,
            owner: DriveOwner::Group(group.id),
            owner_name: group.display_name.clone(),
            name: "Documents",
            grants: vec![(Grantee::GroupOwners(group.id), Role::Owner), (Grantee::Group(group.id), Role::Write)],
        };
        Ok((group.clone(), insert_drive(tx, new, ids, quota, now)?))
    })
}

/// A site with a document library that a group's members may write to and its owners own.
pub fn site(app: &App, tenant: &Tenant, name: &str, display_name: &str, group: GroupId) -> Result<(Site, Drive)> {
    let now = app.clock.now();
    let site = Site {
        id: SiteId::from_uuid(app.entropy.opaque_id()),
        tenant: tenant.id,
        name: name.to_owned(),
        display_name: display_name.to_owned(),
    };
    let (ids, quota) = (DriveIds::draw(app), app.config.limits.drive_bytes);
    app.db.write_blocking(move |tx| {
        if tx.group(group)?.is_none_or(|group| group.tenant != site.tenant) {
            return Err(Error::invalid("group", "There is no such group in this organization."));
        }
        tx.insert_site(&site)?;
        let new = NewDrive {
            tenant: site.tenant,
            kind: DriveKind::DocumentLibrary,
            owner: DriveOwner::Site(site.id),
            owner_name: site.display_name.clone(),
            name: "Documents",
            grants: vec![(Grantee::GroupOwners(group), Role::Owner), (Grantee::Group(group), Role::Write)],
        };
        Ok((site.clone(), insert_drive(tx, new, ids, quota, now)?))
    })
}

fn insert_drive(tx: &mut Tx<'_>, new: NewDrive, ids: DriveIds, quota_bytes: i64, now: Timestamp) -> Result<Drive> {
    let drive = Drive {
        id: match new.kind {
            DriveKind::Personal => DriveId::personal(ids.drive),
            DriveKind::Business | DriveKind::DocumentLibrary => DriveId::business(ids.drive),
        },
        tenant: new.tenant,
        kind: new.kind,
        owner: new.owner,
        owner_name: new.owner_name,
        root: ids.root,
        name: new.name.to_owned(),
        quota_bytes,
        created_at: now,
    };
    tx.insert_drive(&drive, now)?;
    for ((grantee, role), id) in new.grants.into_iter().zip(ids.grants) {
        let kind = PermissionKind::Grant { grantee, role };
        tx.insert_permission(&Permission { id, item: drive.root, kind, created_at: now }, None)?;
    }
    Ok(drive)
}

/// Registers an application. The secret, if it has one, is kept as a hash.
pub fn application(app: &App, display_name: &str, id: ApplicationId, secret: Option<&str>) -> Result<Application> {
    let application = Application { id, display_name: display_name.to_owned(), enabled: true };
    // A client secret is 256 random bits, which no dictionary holds: a plain hash is enough.
    let hash =
        secret.map(|secret| data_encoding::HEXLOWER.encode(&<sha2::Sha256 as sha2::Digest>::digest(secret.as_bytes())));
    app.db.write_blocking(move |tx| {
        tx.insert_application(&application, hash.as_deref())?;
        Ok(application.clone())
    })
}
