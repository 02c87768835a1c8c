//! Invitations, and what is shared with a person.

use driveway_core::Result;
use driveway_core::id::{PermissionId, UserId};
use driveway_core::mail_address;
use driveway_core::permission::{Creator, Grantee, Invitation, Permission, Role};

use crate::db::{Row, Value, only};
use crate::permission::{permission_columns, read_permission};
use crate::tx::{Tx, values};

impl Tx<'_> {
    /// Adds an invitation; 0 if the item has one for the same person or address.
    pub(crate) fn insert_invitation(&mut self, permission: &Permission, invitation: &Invitation) -> Result<u64> {
        let sql =
            "INSERT INTO permissions (id, item_id, created_at, kind, role, grantee_kind, grantee_id, application_id,
                                            created_by_user, expires_at, invitation_email, invitation_email_key, slot)
                   VALUES ($1, $2, $3, 'invitation', $4, $5, $6, $7, $8, $9, $10, $11, $12)
                   ON CONFLICT (item_id, slot) DO NOTHING";
        let (kind, id) = grantee_columns(invitation.grantee);
        let key = invitation.email.as_deref().map(address_key);
        let slot = match (&id, &key) {
            (Some(id), _) => format!("invited/{id}"),
            (None, key) => format!("invited/{}", key.as_deref().unwrap_or_default()),
        };
        let values = values![
            permission.id,
            permission.item,
            permission.created_at,
            invitation.role.as_str(),
            kind,
            id,
            invitation.invited_by.application,
            invitation.invited_by.user,
            invitation.expires_at,
            invitation.email.as_deref(),
            key,
            slot,
        ];
        self.execute(sql, values)
    }

    /// Puts the terms of an invitation in the place of a grant's or an older invitation's. Id and holder stay.
    pub fn renew_invitation(&mut self, id: PermissionId, invitation: &Invitation) -> Result<()> {
        let sql = "UPDATE permissions SET kind = 'invitation', role = $2, application_id = $3, created_by_user = $4,
                                          expires_at = $5, invitation_email = $6, invitation_email_key = $7
                   WHERE id = $1 AND kind <> 'link'";
        let values = values![
            id,
            invitation.role.as_str(),
            invitation.invited_by.application,
            invitation.invited_by.user,
            invitation.expires_at,
            invitation.email.as_deref(),
            invitation.email.as_deref().map(address_key),
        ];
        self.change(sql, values)?;
        self.note_sharing_by(id)
    }

    /// Gives a person what waits for their address; how many permissions that were.
    pub fn redeem_invitations(&mut self, user: UserId, address: &str) -> Result<u64> {
        let awaited = "SELECT id FROM permissions
                       WHERE kind = 'invitation' AND grantee_id IS NULL AND invitation_email_key = $1";
        for id in self.all(awaited, values![address_key(address)], only)? {
            self.note_sharing_by(id)?;
        }
        let sql = "UPDATE permissions SET grantee_kind = 'user', grantee_id = $1
                   WHERE kind = 'invitation' AND grantee_id IS NULL AND invitation_email_key = $2";
        self.execute(sql, values![user, address_key(address)])
    }

    /// The permissions that name a person: grants, invitations and links for specific people, the newest first.
    pub fn shared_with(&mut self, user: UserId) -> Result<Vec<Permission>> {
        const SQL: &str = concat!(
            "SELECT ",
            permission_columns!(),
            " FROM permissions p WHERE p.grantee_kind = 'user' AND p.grantee_id = $1 UNION ALL SELECT ",
            permission_columns!(),
            " FROM link_grantees g JOIN permissions p ON p.id = g.permission_id WHERE g.user_id = $1"
        );
        let mut found = self.all(SQL, values![user], read_permission)?;
        found.iter_mut().try_for_each(|permission| self.load_grantees(permission))?;
        found.sort_by_key(|permission| (std::cmp::Reverse(permission.created_at), permission.id));
        Ok(found)
    }

    /// Takes people off a users link.
    pub fn remove_grantees(&mut self, link: PermissionId, users: &[UserId]) -> Result<()> {
        let sql = "DELETE FROM link_grantees WHERE permission_id = $1 AND user_id = $2";
        users.iter().try_for_each(|user| self.execute(sql, values![link, *user]).map(drop))?;
        self.note_sharing_by(link)
    }
}

fn grantee_columns(grantee: Option<Grantee>) -> (Value<'static>, Option<String>) {
    match grantee {
        None => (Value::Null, None),
        Some(Grantee::User(id)) => ("user".into(), Some(id.to_string())),
        Some(Grantee::Group(id)) => ("group".into(), Some(id.to_string())),
        Some(Grantee::GroupOwners(id)) => ("groupOwners".into(), Some(id.to_string())),
    }
}

/// Addresses that differ in case only, or in how their domain is spelled, are one person's.
fn address_key(address: &str) -> String {
    mail_address::key(address)
}

/// Reads an invitation from the columns behind `kind`.
pub(crate) fn read_invitation(row: &mut Row<'_>) -> crate::Result<Invitation> {
    let role = row.word(Role::parse)?;
    let kind: Option<String> = row.maybe()?;
    let grantee = match kind.as_deref() {
        None => {
            row.skip(1);
            None
        }
        Some("user") => Some(Grantee::User(row.get()?)),
        Some("group") => Some(Grantee::Group(row.get()?)),
        Some("groupOwners") => Some(Grantee::GroupOwners(row.get()?)),
        Some(_) => return Err(crate::Error::Malformed("grantee")),
    };
    row.skip(2);
    let invited_by = Creator { application: row.get()?, user: row.maybe()? };
    row.skip(2);
    let expires_at = row.maybe()?;
    // What follows up to the address is said of links only.
    row.skip(5);
    Ok(Invitation { grantee, role, invited_by, expires_at, email: row.maybe()? })
}
