//! Short words for what the tests of sharing do most.

use driveway_core::drive::Drive;
use driveway_core::id::{ItemId, PermissionId, TenantId, UserId};
use driveway_core::permission::{Grantee, Permission, PermissionKind, Role};
use driveway_core::policy::sharing::SharingPolicy;
use serde_json::{Value, json};

use super::{Actor, Answer, TestServer};

pub const ALICE: &str = "alice@harbour.example";
pub const BOB: &str = "bob@harbour.example";
pub const ADMIN: &str = "admin@harbour.example";
pub const PAT: &str = "pat@personal.example";

impl Actor {
    /// createLink on the item with this path, which begins with the version.
    pub async fn share(&self, item: &str, body: &Value) -> Answer {
        self.post(&format!("{item}/createLink"), body).await
    }

    /// An anonymous view link on an item, new or not.
    pub async fn view_link(&self, item: &str) -> Value {
        self.share(item, &json!({ "type": "view", "scope": "anonymous" })).await.json()
    }

    /// The permissions that this one sees on an item.
    pub async fn permissions(&self, item: &str) -> Vec<Value> {
        let list = self.get(&format!("{item}/permissions")).await.expect(200).json();
        list["value"].as_array().unwrap().clone()
    }

    /// The status of an organization's policy change.
    pub async fn set_policy(&self, change: &Value) {
        self.patch("/driveway/v1/policy/sharing", change).await.expect(200);
    }
}

impl TestServer {
    /// The path of a sample at the top of a person's drive.
    pub fn item(&self, principal_name: &str, name: &str) -> String {
        self.item_in(&self.person(principal_name).drive, name)
    }

    /// The path of a sample at the top of a drive.
    pub fn item_in(&self, drive: &Drive, name: &str) -> String {
        let item = self.demo.items.iter().find(|item| item.drive == drive.id && item.name == name).unwrap();
        format!("/v1.0/drives/{}/items/{}", drive.id, item.id)
    }

    /// Gives a person a role on an item, as an invitation will.
    pub async fn grant(&self, item: &str, principal_name: &str, role: Role) -> String {
        let item = ItemId::parse(item.rsplit('/').next().unwrap()).unwrap();
        let grantee = Grantee::User(self.person(principal_name).user.id);
        let id = PermissionId::from_uuid(self.app.new_id());
        let kind = PermissionKind::Grant { grantee, role };
        let permission = Permission { id, item, kind, created_at: self.app.clock.now() };
        self.app.db.write(move |tx| tx.insert_permission(&permission, None)).await.unwrap();
        id.to_string()
    }

    /// Takes a permission away where no request can.
    pub async fn withdraw(&self, permission: &str) {
        let id = PermissionId::parse(permission).unwrap();
        assert!(self.app.db.write(move |tx| tx.delete_permission(id)).await.unwrap());
    }

    /// The policy of personal drives, which no account administers.
    pub async fn set_personal_policy(&self, policy: SharingPolicy) {
        policy.validate().unwrap();
        let tenant: TenantId = self.person(PAT).user.tenant;
        self.app.db.write(move |tx| tx.set_sharing_policy(tenant, &policy)).await.unwrap();
    }

    /// Disables an account, or enables it again.
    pub async fn set_enabled(&self, principal_name: &str, enabled: bool) {
        let user: UserId = self.person(principal_name).user.id;
        self.app.db.write(move |tx| tx.set_user_enabled(user, enabled)).await.unwrap();
    }
}

/// The URL of a link.
#[track_caller]
pub fn url(link: &Value) -> &str {
    link["link"]["webUrl"].as_str().unwrap_or_else(|| panic!("no URL in {link}"))
}

/// The path of the shared item by way of the link's share id.
#[track_caller]
pub fn by_share(link: &Value) -> String {
    format!("/v1.0/shares/{}/driveItem", link["shareId"].as_str().unwrap_or_else(|| panic!("no share id in {link}")))
}
