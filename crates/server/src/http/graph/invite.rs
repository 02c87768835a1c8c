//! `POST …/invite`.

use axum::http::StatusCode;
use axum::response::Response;
use driveway_core::address::Version;
use driveway_core::error::{Code, Error, Inner};
use driveway_core::id::PermissionId;
use driveway_core::permission::Role;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::{Call, Result, people, render};
use crate::http::json::{Members, respond};
use crate::ops::invite::{self as ops, Fresh, NewInvitations, Outcome, Recipient};
use crate::ops::invite_by_link;
use crate::ops::password::check_shape;

/// Invites people: 200, or on beta 207 if some couldn't be invited.
pub(super) async fn invite(mut call: Call) -> Result<Response> {
    call.refuse_expand()?;
    let members = call.members().await?;
    let (new, how) = new_invitations(members, &call)?;
    let id = || PermissionId::from_uuid(call.app.new_id());
    let fresh = Fresh { invitations: new.recipients.iter().map(|_| id()).collect() };
    let (role, address, credentials, now) = (new.role, call.item()?, call.credentials.clone(), call.context.now);
    let outcomes = match how {
        How::SignIn => {
            let made = call.app.db.write(move |tx| ops::invite(tx, &credentials, &address, &new, &fresh, now)).await?;
            call.app.outbox.notify_one();
            made
        }
        How::OwnLink(password) => {
            invite_by_link::invite_by_link(&call.app, credentials, address, new, password, now).await?
        }
    };
    let status = if outcomes.iter().all(Result::is_ok) { StatusCode::OK } else { StatusCode::MULTI_STATUS };
    let permissions: Vec<Value> = outcomes.iter().map(|outcome| permission(&call, outcome, role)).collect();
    let context = format!("{}#Collection(permission)", call.metadata_url());
    Ok(respond(status, &json!({ "@odata.context": context, "value": permissions })))
}

/// A permission, or who couldn't be given one and why (INV-06).
fn permission(call: &Call, outcome: &Outcome, role: Role) -> Value {
    match outcome {
        Ok(view) => {
            let mut value = render::permission::permission(&call.app, &call.context.base_url, view);
            // The link that stands for an invitation is named after whom it is for.
            if let Some(email) = view.permission.link().and_then(|link| link.life.name.as_deref()) {
                render::insert(&mut value, "invitation", json!({ "email": email, "signInRequired": false }));
            }
            render::select(call, value)
        }
        Err((recipient, error)) => {
            let inner = error.inner_code().map_or("secureSharingInvalidRequest", Inner::as_str);
            let mut value = json!({
                "@odata.type": "#microsoft.graph.permission",
                "roles": [role.as_str()],
                "error": {
                    "code": error.code().as_str(),
                    "message": error.message(),
                    "target": error.target_name(),
                    "innererror": { "code": inner },
                },
            });
            if let Recipient::Email(email) = recipient {
                render::insert(&mut value, "invitation", json!({ "email": email, "signInRequired": true }));
            }
            value
        }
    }
}

/// How the people get in.
enum How {
    /// With their accounts.
    SignIn,
    /// With a link of their own, perhaps behind a password.
    OwnLink(Option<SecretString>),
}

fn new_invitations(mut members: Members, call: &Call) -> Result<(NewInvitations, How)> {
    let recipients = people::recipients(&mut members, "recipients")?;
    let role = people::roles(&mut members)?
        .ok_or_else(|| Error::invalid("roles", "An invitation needs roles.").inner(Inner::ParameterIsTooSmall))?;
    let expires_at = members.instant("expirationDateTime")?;
    let retain_inherited_permissions = members.flag("retainInheritedPermissions")?.unwrap_or(true);
    let sign_in = members.flag("requireSignIn")?.unwrap_or(false);
    let mail = members.flag("sendInvitation")?.unwrap_or(false);
    let message = members.text_or_empty("message")?.unwrap_or_default();
    let password = members.text("password")?;
    members.finish()?;
    if !sign_in && !mail {
        return Err(Error::invalid("requireSignIn", "requireSignIn and sendInvitation can't both be false."));
    }
    let postage = people::postage(&call.app, ("sendInvitation", mail), message)?;
    let how = how(sign_in, role, password)?;
    let some_may_fail = call.version == Version::Beta;
    Ok((NewInvitations { recipients, role, expires_at, retain_inherited_permissions, postage, some_may_fail }, how))
}

/// Who signs in needs no password; who doesn't gets a link, which may have one (INV-04).
fn how(sign_in: bool, role: Role, password: Option<String>) -> Result<How> {
    if let Some(password) = &password {
        if sign_in {
            let message = "People who sign in need no password: it goes with requireSignIn false.";
            return Err(Error::new(Code::NotSupported, message).target("password"));
        }
        check_shape(password)?;
    }
    if sign_in {
        return Ok(How::SignIn);
    }
    if role == Role::Owner {
        return Err(Error::invalid("roles", "People are invited to read or to write."));
    }
    Ok(How::OwnLink(password.map(SecretString::from)))
}
