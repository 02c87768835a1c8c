//! The ready file: everything that a program needs to use a demo, as JSON.

use std::io::Write;
use std::path::Path;

use driveway_core::drive::{Drive, DriveOwner};
use driveway_core::id::UserId;
use serde_json::{Value, json};

use crate::ops::demo::{Demo, DemoUser};

/// A person's token.
pub(super) struct DemoToken {
    pub(super) user: UserId,
    pub(super) token: String,
}

/// Writes the file whole, with where the server is reached and the certificate to trust there: a reader sees the old one or the new one, never a part. It holds secrets and is its owner's.
pub(super) fn write(
    path: &Path,
    reach: (&str, Option<&Path>),
    issuer: &str,
    demo: &Demo,
    tokens: &[DemoToken],
) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(&content(reach, issuer, demo, tokens))?;
    let unfinished = path.with_extension("unfinished");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&unfinished)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&unfinished, path)?;
    Ok(())
}

fn content((base_url, ca): (&str, Option<&Path>), issuer: &str, demo: &Demo, tokens: &[DemoToken]) -> Value {
    let applications: Vec<Value> = demo
        .applications
        .iter()
        .map(|(id, name, secret)| json!({ "clientId": id.to_string(), "displayName": name, "clientSecret": secret }))
        .collect();
    let users: Vec<Value> = demo.users.iter().map(|user| person(user, tokens)).collect();
    let items: Vec<Value> = demo
        .items
        .iter()
        .map(|item| json!({ "driveId": item.drive.as_str(), "id": item.id.to_string(), "name": item.name, "path": format!("/{}", item.name) }))
        .collect();
    let mut content = json!({
        "baseUrl": base_url,
        "graphUrl": format!("{base_url}/v1.0"),
        "issuer": issuer,
        "tenant": { "id": demo.organization.id.to_string() },
        "applications": applications,
        "users": users,
        "group": library(&demo.group),
        "site": library(&demo.site),
        "items": items,
    });
    if let Some((ca, members)) = ca.zip(content.as_object_mut()) {
        members.insert("caCertificate".into(), ca.display().to_string().into());
    }
    content
}

fn person(user: &DemoUser, tokens: &[DemoToken]) -> Value {
    let token = tokens.iter().find(|token| token.user == user.user.id).map(|token| token.token.as_str());
    json!({
        "id": user.user.id.to_string(),
        "userPrincipalName": user.user.user_principal_name,
        "kind": user.kind,
        "password": user.password,
        "driveId": user.drive.id.as_str(),
        "accessToken": token,
    })
}

fn library(drive: &Drive) -> Value {
    let id = match drive.owner {
        DriveOwner::User(user) => user.to_string(),
        DriveOwner::Group(group) => group.to_string(),
        DriveOwner::Site(site) => site.to_string(),
    };
    json!({ "id": id, "driveId": drive.id.as_str() })
}
