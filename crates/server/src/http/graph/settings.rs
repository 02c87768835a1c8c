//! `/admin/sharepoint/settings`: what Graph has of an organization's sharing policy (1.13 of the behaviour table).

use axum::http::StatusCode;
use axum::response::Response;
use driveway_core::error::{Code, Error, Inner};
use driveway_core::policy::sharing::SharingPolicy;
use serde_json::{Value, json};

use super::{Call, Result};
use crate::http::json::respond;
use crate::ops::policy;

/// The members that a policy has under the same names.
const SHARING: [&str; 5] = [
    "sharingCapability",
    "sharingDomainRestrictionMode",
    "sharingAllowedDomainList",
    "sharingBlockedDomainList",
    "isResharingByExternalUsersEnabled",
];
/// Here an invitation is always taken by the account of the invited address.
const MATCHES_INVITED: &str = "isRequireAcceptingUserToMatchInvitedUserEnabled";
/// The members that the type has and that mean nothing here.
const ELSEWHERE: [&str; 23] = [
    "allowedDomainGuidsForSyncApp",
    "availableManagedPathsForSiteCreation",
    "deletedUserPersonalSiteRetentionPeriodInDays",
    "excludedFileExtensionsForSyncApp",
    "idleSessionSignOut",
    "imageTaggingOption",
    "isCommentingOnSitePagesEnabled",
    "isFileActivityNotificationEnabled",
    "isLegacyAuthProtocolsEnabled",
    "isLoopEnabled",
    "isMacSyncAppEnabled",
    "isSharePointMobileNotificationEnabled",
    "isSharePointNewsfeedEnabled",
    "isSiteCreationEnabled",
    "isSiteCreationUIEnabled",
    "isSitePagesCreationEnabled",
    "isSitesStorageLimitAutomatic",
    "isSyncButtonHiddenOnPersonalSite",
    "isUnmanagedSyncAppForTenantRestricted",
    "personalSiteDefaultStorageLimitInMB",
    "siteCreationDefaultManagedPath",
    "siteCreationDefaultStorageLimitInMB",
    "tenantDefaultTimezone",
];

/// The settings, for administrators.
pub(super) async fn get(call: Call) -> Result<Response> {
    call.refuse_expand()?;
    let credentials = call.credentials.clone();
    let policy = call.app.db.read(move |tx| policy::get(tx, &credentials)).await?;
    Ok(respond(StatusCode::OK, &render(&call, &policy)))
}

/// Changes settings, and answers with all of them as they are then.
pub(super) async fn update(mut call: Call) -> Result<Response> {
    call.refuse_expand()?;
    let changes = call.members().await?.rest();
    let credentials = call.credentials.clone();
    let policy = call
        .app
        .db
        .write(move |tx| {
            // Who may change nothing isn't told what is wrong with the change.
            policy::get(tx, &credentials)?;
            policy::change(tx, &credentials, &known(&changes)?)
        })
        .await?;
    Ok(respond(StatusCode::OK, &render(&call, &policy)))
}

fn known(changes: &policy::Changes) -> Result<policy::Changes> {
    let mut known = Vec::with_capacity(changes.len());
    for (name, value) in changes {
        let shown: String = name.chars().take(64).collect();
        if SHARING.contains(&name.as_str()) {
            known.push((name.clone(), value.clone()));
        } else if name == MATCHES_INVITED {
            check_matches_invited(value)?;
        } else if name == "id" {
            return Err(Error::invalid("id", "The property 'id' can't be changed.").inner(Inner::PropertyNotUpdateable));
        } else if ELSEWHERE.contains(&name.as_str()) {
            let message = format!("The property '{name}' has no meaning here and can't be set.");
            return Err(Error::new(Code::NotSupported, message).target(shown));
        } else {
            return Err(Error::invalid(shown.clone(), format!("The property '{shown}' doesn't exist here.")));
        }
    }
    Ok(known)
}

fn check_matches_invited(value: &Value) -> Result<()> {
    match value {
        Value::Null | Value::Bool(true) => Ok(()),
        Value::Bool(false) => {
            let message = "Invitations are always taken by the account of the invited address.";
            Err(Error::new(Code::NotSupported, message).target(MATCHES_INVITED))
        }
        _ => Err(Error::invalid(MATCHES_INVITED, format!("{MATCHES_INVITED} has to be true or false."))),
    }
}

fn render(call: &Call, policy: &SharingPolicy) -> Value {
    json!({
        "@odata.context": format!("{}#admin/sharepoint/settings/$entity", call.metadata_url()),
        "sharingCapability": policy.sharing_capability,
        "sharingDomainRestrictionMode": policy.sharing_domain_restriction_mode,
        "sharingAllowedDomainList": policy.sharing_allowed_domain_list,
        "sharingBlockedDomainList": policy.sharing_blocked_domain_list,
        "isResharingByExternalUsersEnabled": policy.is_resharing_by_external_users_enabled,
        MATCHES_INVITED: true,
    })
}
