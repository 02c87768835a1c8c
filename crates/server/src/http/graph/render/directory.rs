//! People, groups, sites and the organization as Graph's JSON.

use driveway_core::identity::{Group, Tenant, User};
use driveway_core::time;
use serde_json::{Value, json};

use super::super::Call;
use super::{insert, keep};
use crate::ops::lookup::Profile;
use crate::ops::site::SiteView;

/// A person. What Graph tells on request only is told on request only, and only to whom more than names are told.
pub(crate) fn user(call: &Call, profile: &Profile) -> Value {
    let user = &profile.user;
    let mut value = json!({
        "id": user.id.to_string(),
        "displayName": user.display_name,
        "userPrincipalName": user.user_principal_name,
        "businessPhones": [],
    });
    if let Some(mail) = &user.mail {
        insert(&mut value, "mail", mail.as_str());
    }
    let Some(wanted) = &call.query.select else { return value };
    if profile.whole {
        add_details(&mut value, user);
    }
    keep(wanted, &value)
}

fn add_details(value: &mut Value, user: &User) {
    insert(value, "accountEnabled", user.enabled);
    insert(value, "createdDateTime", time::format(user.created_at));
    insert(value, "userType", "Member");
}

/// A group.
pub(crate) fn group(group: &Group) -> Value {
    json!({
        "id": group.id.to_string(),
        "displayName": group.display_name,
        "groupTypes": [],
        "mailEnabled": false,
        "securityEnabled": true,
    })
}

/// An organization.
pub(crate) fn organization(tenant: &Tenant) -> Value {
    json!({ "id": tenant.id.to_string(), "displayName": tenant.display_name })
}

/// A site. Its id has three parts, as clients know it: host, site collection, site.
pub(crate) fn site(call: &Call, view: &SiteView) -> Value {
    let host = host(call);
    let (site, made) = (&view.site, time::format(view.drive.created_at));
    let mut value = json!({
        "id": format!("{host},{},{}", site.id, site.id),
        "name": site.name,
        "displayName": site.display_name,
        "webUrl": format!("{}/sites/{}", call.context.base_url, site.name),
        "createdDateTime": made,
        "lastModifiedDateTime": made,
        "isPersonalSite": false,
        "siteCollection": { "hostname": host },
    });
    if view.is_root {
        insert(&mut value, "root", json!({}));
    }
    value
}

/// The host by which the client knows this server, without its port: a colon would end the host in a site's address.
pub(crate) fn host(call: &Call) -> String {
    let url = call.context.base_url.parse::<axum::http::Uri>();
    url.ok().and_then(|url| url.host().map(str::to_owned)).unwrap_or_default()
}
