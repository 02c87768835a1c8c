//! Permissions: grants and links.

use driveway_core::Result;
use driveway_core::error::{Code, Error};
use driveway_core::id::{GroupId, ItemId, PermissionId, UserId};
use driveway_core::permission::{
    Creator, Grantee, LinkScope, LinkType, PasswordGuard, Permission, PermissionKind, Role, SharingLink, Slot,
};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use crate::change::ChangeKind;
use crate::db::{Row, Value, only};
use crate::invitation::read_invitation;
use crate::link_life::read_life;
use crate::tx::{Tx, values};

/// The columns that [`read_permission`] reads, in its order.
macro_rules! permission_columns {
    () => {
        "p.id, p.item_id, p.created_at, p.kind, p.role, p.grantee_kind, p.grantee_id, p.link_type, p.link_scope,
         p.application_id, p.created_by_user, p.password_hash, p.password_version, p.expires_at,
         p.name, p.enabled, p.not_before, p.maximum_downloads, p.downloads, p.invitation_email"
    };
}
pub(crate) use permission_columns;

macro_rules! permissions {
    ($tail:literal) => {
        concat!("SELECT ", permission_columns!(), " FROM permissions p ", $tail)
    };
}

impl Tx<'_> {
    /// Puts a permission on an item; a link in a slot. If the slot is taken it is `nameAlreadyExists`, and the
    /// transaction can go on: of two equal requests exactly one gets in.
    pub fn insert_permission(&mut self, permission: &Permission, slot: Option<&Slot>) -> Result<()> {
        let slot = slot.map(Slot::key);
        let inserted = match &permission.kind {
            PermissionKind::Grant { grantee, role } => self.insert_grant(permission, grantee, *role)?,
            PermissionKind::Invitation(invitation) => self.insert_invitation(permission, invitation)?,
            PermissionKind::Link(link) => self.insert_link(permission, link, slot.as_deref())?,
        };
        if inserted == 0 {
            return Err(Error::new(Code::NameAlreadyExists, "The item has such a link."));
        }
        self.note_change(permission.item, ChangeKind::Sharing, Some(permission.created_at))?;
        match permission.link() {
            Some(link) => self.insert_grantees(permission.id, &link.grantees),
            None => Ok(()),
        }
    }

    fn insert_grant(&mut self, permission: &Permission, grantee: &Grantee, role: Role) -> Result<u64> {
        let sql = "INSERT INTO permissions (id, item_id, created_at, kind, role, grantee_kind, grantee_id)
                   VALUES ($1, $2, $3, 'grant', $4, $5, $6)";
        let (kind, id): (_, Value<'_>) = match *grantee {
            Grantee::User(id) => ("user", id.into()),
            Grantee::Group(id) => ("group", id.into()),
            Grantee::GroupOwners(id) => ("groupOwners", id.into()),
        };
        self.execute(sql, values![permission.id, permission.item, permission.created_at, role.as_str(), kind, id])
    }

    fn insert_link(&mut self, permission: &Permission, link: &SharingLink, slot: Option<&str>) -> Result<u64> {
        let sql = "INSERT INTO permissions (id, item_id, created_at, kind, role, link_type, link_scope, application_id,
                                            created_by_user, password_hash, password_version, expires_at, slot,
                                            name, enabled, not_before, maximum_downloads, drive_id, tenant_id)
                   VALUES ($1, $2, $3, 'link', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
                           (SELECT drive_id FROM items WHERE id = $2),
                           (SELECT d.tenant_id FROM items i JOIN drives d ON d.id = i.drive_id WHERE i.id = $2))
                   ON CONFLICT (item_id, slot) DO NOTHING";
        let password = link.password.as_ref();
        let values = values![
            permission.id,
            permission.item,
            permission.created_at,
            permission.role().as_str(),
            link.link_type.as_str(),
            link.scope.as_str(),
            link.creator.application,
            link.creator.user,
            password.map(|guard| guard.hash.expose_secret()),
            password.map(|guard| guard.version),
            link.expires_at,
            slot,
            link.life.name.as_deref(),
            link.life.enabled,
            link.life.not_before,
            link.life.maximum_downloads.map(i64::from),
        ];
        self.execute(sql, values)
    }

    /// A permission.
    pub fn permission(&mut self, id: PermissionId) -> Result<Option<Permission>> {
        let found = self.one(permissions!("WHERE p.id = $1"), values![id], read_permission)?;
        self.with_grantees(found)
    }

    /// A permission that is a link.
    pub fn link(&mut self, id: PermissionId) -> Result<Option<Permission>> {
        Ok(self.permission(id)?.filter(|permission| permission.link().is_some()))
    }

    /// The permissions on this very item, oldest first.
    pub fn permissions_of(&mut self, item: ItemId) -> Result<Vec<Permission>> {
        let sql = permissions!("WHERE p.item_id = $1 ORDER BY p.created_at, p.id");
        let mut permissions = self.all(sql, values![item], read_permission)?;
        permissions.iter_mut().try_for_each(|permission| self.load_grantees(permission))?;
        Ok(permissions)
    }

    /// Whether the item carries a link, live or not.
    pub fn has_link(&mut self, item: ItemId) -> Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM permissions WHERE item_id = $1 AND kind = 'link')";
        Ok(self.one(sql, values![item], only)?.unwrap_or_default())
    }

    /// The link that has this slot on the item.
    pub fn link_in_slot(&mut self, item: ItemId, slot: &Slot) -> Result<Option<Permission>> {
        let sql = permissions!("WHERE p.item_id = $1 AND p.slot = $2");
        let found = self.one(sql, values![item, slot.key()], read_permission)?;
        self.with_grantees(found)
    }

    /// Whether a link has this slot on the item, live or not.
    pub fn is_slot_taken(&mut self, item: ItemId, slot: &Slot) -> Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM permissions WHERE item_id = $1 AND slot = $2)";
        Ok(self.one(sql, values![item, slot.key()], only)?.unwrap_or_default())
    }

    /// Frees a link's slot for another one: an expired link stays on record and can't be opened.
    pub fn vacate_slot(&mut self, id: PermissionId) -> Result<()> {
        self.change("UPDATE permissions SET slot = NULL WHERE id = $1", values![id])
    }

    /// Changes what a grant gives.
    pub fn set_role(&mut self, id: PermissionId, role: Role) -> Result<()> {
        let sql = "UPDATE permissions SET role = $2 WHERE id = $1 AND kind <> 'link'";
        self.change(sql, values![id, role.as_str()])?;
        self.note_sharing_by(id)
    }

    /// Changes when a permission ends; `None` for never.
    pub fn set_expiry(&mut self, id: PermissionId, expires_at: Option<Timestamp>) -> Result<()> {
        self.change("UPDATE permissions SET expires_at = $2 WHERE id = $1", values![id, expires_at])?;
        self.note_sharing_by(id)
    }

    /// Takes a permission away; whether it was there.
    pub fn delete_permission(&mut self, id: PermissionId) -> Result<bool> {
        self.note_sharing_by(id)?;
        Ok(self.execute("DELETE FROM permissions WHERE id = $1", values![id])? > 0)
    }

    /// Adds people to a users link; those it has already are passed over.
    pub fn add_grantees(&mut self, link: PermissionId, users: &[UserId]) -> Result<()> {
        self.insert_grantees(link, users)?;
        self.note_sharing_by(link)
    }

    fn insert_grantees(&mut self, link: PermissionId, users: &[UserId]) -> Result<()> {
        let sql = "INSERT INTO link_grantees (permission_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        users.iter().try_for_each(|user| self.execute(sql, values![link, *user]).map(drop))
    }

    fn with_grantees(&mut self, mut found: Option<Permission>) -> Result<Option<Permission>> {
        if let Some(permission) = &mut found {
            self.load_grantees(permission)?;
        }
        Ok(found)
    }

    /// Fills in the people of a users link; other permissions have none.
    pub(crate) fn load_grantees(&mut self, permission: &mut Permission) -> Result<()> {
        let sql = "SELECT user_id FROM link_grantees WHERE permission_id = $1 ORDER BY user_id";
        if let PermissionKind::Link(link) = &mut permission.kind
            && link.scope == LinkScope::Users
        {
            link.grantees = self.all(sql, values![permission.id], only)?;
        }
        Ok(())
    }
}

/// Reads a permission without the people of a users link.
pub(crate) fn read_permission(row: &mut Row<'_>) -> crate::Result<Permission> {
    let (id, item, created_at) = (row.get()?, row.get()?, row.get()?);
    let kind: String = row.get()?;
    let kind = match kind.as_str() {
        "grant" => read_grant(row)?,
        "invitation" => PermissionKind::Invitation(read_invitation(row)?),
        _ => PermissionKind::Link(read_link(row)?),
    };
    Ok(Permission { id, item, kind, created_at })
}

fn read_grant(row: &mut Row<'_>) -> crate::Result<PermissionKind> {
    let role = row.word(Role::parse)?;
    let kind: String = row.get()?;
    let grantee = match kind.as_str() {
        "user" => Grantee::User(row.get()?),
        "group" => Grantee::Group(row.get::<GroupId>()?),
        "groupOwners" => Grantee::GroupOwners(row.get()?),
        _ => return Err(crate::Error::Malformed("grantee")),
    };
    Ok(PermissionKind::Grant { grantee, role })
}

fn read_link(row: &mut Row<'_>) -> crate::Result<SharingLink> {
    row.skip(3);
    Ok(SharingLink {
        link_type: row.word(LinkType::parse)?,
        scope: row.word(LinkScope::parse)?,
        creator: Creator { application: row.get()?, user: row.maybe()? },
        password: read_password(row)?,
        expires_at: row.maybe()?,
        grantees: Vec::new(),
        life: read_life(row)?,
    })
}

fn read_password(row: &mut Row<'_>) -> crate::Result<Option<PasswordGuard>> {
    let (hash, version): (Option<String>, _) = (row.maybe()?, row.maybe()?);
    Ok(hash.zip(version).map(|(hash, version)| PasswordGuard { hash: SecretString::from(hash), version }))
}
