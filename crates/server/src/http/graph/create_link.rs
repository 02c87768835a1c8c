//! `POST …/createLink`.

use axum::http::StatusCode;
use axum::response::Response;
use driveway_core::error::{Code, Error, Inner};
use driveway_core::link_life::parse_name;
use driveway_core::permission::{LinkScope, LinkType};
use secrecy::SecretString;

use super::{Call, Result, render};
use crate::http::json::{Members, respond};
use crate::ops::create_link::{self as ops, Made, NewLink};
use crate::ops::password;

/// The most people that one call may name.
const MOST_RECIPIENTS: usize = 100;

/// Makes a link, or finds the one that the application has: 201 or 200.
pub(super) async fn create_link(mut call: Call) -> Result<Response> {
    call.refuse_expand()?;
    let body = std::mem::take(&mut call.body);
    let members = Members::read(&call.headers, body, call.app.config.limits.json_bytes).await?;
    let new = new_link(members)?;
    let address = call.item()?;
    let (made, view) =
        ops::create_link(&call.app, call.credentials.clone(), address, new, call.context.client, call.context.now)
            .await?;
    let status = match made {
        Made::Created => StatusCode::CREATED,
        Made::Existing => StatusCode::OK,
    };
    Ok(respond(status, &render::permission::entity(&call, &view)))
}

fn new_link(mut members: Members) -> Result<NewLink> {
    let link_type = members.text("type")?.map(|word| link_type(&word)).transpose()?;
    let scope = scope(&mut members)?;
    let password = members.text("password")?;
    if let Some(password) = &password {
        password::check_shape(password)?;
    }
    let new = NewLink {
        link_type,
        scope,
        password: password.map(SecretString::from),
        expires_at: members.instant("expirationDateTime")?,
        retain_inherited_permissions: members.flag("retainInheritedPermissions")?.unwrap_or(true),
        recipients: recipients(&mut members)?,
        name: members.text("@driveway.name")?.map(|name| parse_name(&name, "@driveway.name")).transpose()?,
    };
    refuse_mail(&mut members)?;
    members.finish()?;
    Ok(new)
}

fn link_type(word: &str) -> Result<LinkType> {
    let later = ["review", "blocksDownload", "createOnly", "addressBar", "adminDefault"];
    if later.iter().any(|later| later.eq_ignore_ascii_case(word)) {
        return Err(Error::new(Code::NotSupported, "Links of this type aren't offered here.").target("type"));
    }
    LinkType::parse(word).ok_or_else(|| Error::invalid("type", "type has to be view, edit or embed."))
}

/// The scope. An empty one means the default, as one client always sends it; `null` and absence do too.
fn scope(members: &mut Members) -> Result<Option<LinkScope>> {
    let Some(word) = members.text_or_empty("scope")?.filter(|word| !word.is_empty()) else { return Ok(None) };
    if word.eq_ignore_ascii_case("existingAccess") {
        return Err(Error::new(Code::NotSupported, "Links of this scope aren't offered here.").target("scope"));
    }
    LinkScope::parse(&word)
        .map(Some)
        .ok_or_else(|| Error::invalid("scope", "scope has to be anonymous, organization or users."))
}

/// The people named: each by exactly one of `email`, `alias` and `objectId` (1.5 of the behaviour table).
fn recipients(members: &mut Members) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for mut recipient in members.objects("recipients", MOST_RECIPIENTS)?.unwrap_or_default() {
        let target = recipient.target("email");
        let given: Vec<String> = [recipient.text("email")?, recipient.text("alias")?, recipient.text("objectId")?]
            .into_iter()
            .flatten()
            .collect();
        recipient.finish()?;
        match <[String; 1]>::try_from(given) {
            Ok([name]) => names.push(name),
            Err(_) => return Err(Error::invalid(target, "A recipient has exactly one of email, alias and objectId.")),
        }
    }
    Ok(names)
}

/// Mail needs a mail set-up, which there is none of yet: a clear refusal, never a silent yes (AMB-49).
fn refuse_mail(members: &mut Members) -> Result<()> {
    if members.flag("sendNotification")? == Some(true) {
        return Err(Error::new(Code::NotSupported, "This server isn't set up to send mail.").target("sendNotification"));
    }
    match members.text("message")? {
        None => Ok(()),
        Some(message) if message.chars().count() > 2000 => {
            Err(Error::invalid("message", "A message has at most 2000 characters.").inner(Inner::ParameterIsTooLong))
        }
        Some(_) => Err(Error::new(Code::NotSupported, "This server isn't set up to send mail.").target("message")),
    }
}
