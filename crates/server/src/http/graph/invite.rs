//! `POST …/invite`.

use axum::http::StatusCode;
use axum::response::Response;
use driveway_core::address::Version;
use driveway_core::error::{Code, Error, Inner};
use driveway_core::id::PermissionId;
use driveway_core::permission::Role;
use serde_json::{Value, json};

use super::{Call, Result, people, render};
use crate::http::json::{Members, respond};
use crate::ops::invite::{self as ops, Fresh, NewInvitations, Outcome, Recipient};

/// Invites people: 200, or on beta 207 if some couldn't be invited.
pub(super) async fn invite(mut call: Call) -> Result<Response> {
    call.refuse_expand()?;
    let members = call.members().await?;
    let new = new_invitations(members, call.version == Version::Beta)?;
    let id = || PermissionId::from_uuid(call.app.new_id());
    let fresh = Fresh { invitations: new.recipients.iter().map(|_| id()).collect(), grant: id() };
    let (role, address, credentials, now) = (new.role, call.item()?, call.credentials.clone(), call.context.now);
    let outcomes = call.app.db.write(move |tx| ops::invite(tx, &credentials, &address, &new, &fresh, now)).await?;
    let status = if outcomes.iter().all(Result::is_ok) { StatusCode::OK } else { StatusCode::MULTI_STATUS };
    let permissions: Vec<Value> = outcomes.iter().map(|outcome| permission(&call, outcome, role)).collect();
    let context = format!("{}#Collection(permission)", call.metadata_url());
    Ok(respond(status, &json!({ "@odata.context": context, "value": permissions })))
}

/// A permission, or who couldn't be given one and why (INV-06).
fn permission(call: &Call, outcome: &Outcome, role: Role) -> Value {
    match outcome {
        Ok(view) => render::select(call, render::permission::permission(&call.app, &call.context.base_url, view)),
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

fn new_invitations(mut members: Members, some_may_fail: bool) -> Result<NewInvitations> {
    let recipients = people::recipients(&mut members, "recipients")?;
    let role = people::roles(&mut members)?
        .ok_or_else(|| Error::invalid("roles", "An invitation needs roles.").inner(Inner::ParameterIsTooSmall))?;
    let expires_at = members.instant("expirationDateTime")?;
    let retain_inherited_permissions = members.flag("retainInheritedPermissions")?.unwrap_or(true);
    let (sign_in, mail) = (members.flag("requireSignIn")?, members.flag("sendInvitation")?);
    let message = members.text_or_empty("message")?.unwrap_or_default();
    let password = members.take("password");
    members.finish()?;
    check_how(sign_in.unwrap_or(false), mail.unwrap_or(false))?;
    check_message(&message)?;
    if password.is_some() {
        let message = "Invitations are for accounts, which sign in; passwords are for anonymous links.";
        return Err(Error::new(Code::NotSupported, message).target("password"));
    }
    Ok(NewInvitations { recipients, role, expires_at, retain_inherited_permissions, some_may_fail })
}

/// One of the two has to be asked for (AMB-52), and mail needs a mail set-up, which there is none of yet.
fn check_how(sign_in: bool, mail: bool) -> Result<()> {
    match (sign_in, mail) {
        (false, false) => Err(Error::invalid("requireSignIn", "requireSignIn and sendInvitation can't both be false.")),
        (_, true) => Err(no_mail("sendInvitation")),
        (true, false) => Ok(()),
    }
}

fn check_message(message: &str) -> Result<()> {
    match message.chars().count() {
        0 => Ok(()),
        1..=2000 => Err(no_mail("message")),
        _ => Err(Error::invalid("message", "A message has at most 2000 characters.").inner(Inner::ParameterIsTooLong)),
    }
}

fn no_mail(target: &'static str) -> Error {
    Error::new(Code::NotSupported, "This server isn't set up to send mail.").target(target)
}
