//! `POST …/createLink`.

use axum::http::StatusCode;
use axum::response::Response;
use driveway_core::error::{Error, Inner};
use driveway_core::link_life::parse_name;
use driveway_core::permission::{LinkScope, LinkType};
use secrecy::SecretString;

use super::{Call, Result, people, render};
use crate::app::App;
use crate::http::json::{Members, respond};
use crate::ops::create_link::{self as ops, Made, NewLink};
use crate::ops::outbox::Postage;
use crate::ops::password;

/// The most people that one call may name.
const MOST_RECIPIENTS: usize = 100;

/// Makes a link, or finds the one that the application has: 201 or 200.
pub(super) async fn create_link(mut call: Call) -> Result<Response> {
    call.refuse_expand()?;
    let members = call.members().await?;
    let (new, asks_for_existing) = new_link(members, &call.app)?;
    let address = call.item()?;
    if asks_for_existing {
        let (credentials, now) = (call.credentials.clone(), call.context.now);
        let wished = new.link_type;
        let access = call.app.db.read(move |tx| ops::existing_access(tx, &credentials, &address, &new, now)).await?;
        let word = wished.unwrap_or(LinkType::View).as_str();
        return Ok(respond(StatusCode::OK, &render::permission::existing_access(&call, &access, word)));
    }
    if new.is_bare() {
        let (credentials, now, address, new) =
            (call.credentials.clone(), call.context.now, address.clone(), new.clone());
        let access =
            call.app.db.read(move |tx| ops::default_existing_access(tx, &credentials, &address, &new, now)).await?;
        if let Some(access) = access {
            let word = LinkType::View.as_str();
            return Ok(respond(StatusCode::OK, &render::permission::existing_access(&call, &access, word)));
        }
    }
    let (made, view) =
        ops::create_link(&call.app, call.credentials.clone(), address, new, call.context.client, call.context.now)
            .await?;
    let status = match made {
        Made::Created => StatusCode::CREATED,
        Made::Existing => StatusCode::OK,
    };
    Ok(respond(status, &render::permission::entity(&call, &view)))
}

fn new_link(mut members: Members, app: &App) -> Result<(NewLink, bool)> {
    let (link_type, address_bar) = members.text("type")?.map(|word| link_type(&word)).transpose()?.unwrap_or_default();
    let (scope, asks_for_existing) = scope(&mut members)?;
    let password = members.text("password")?;
    if let Some(password) = &password {
        password::check_shape(password)?;
    }
    let recipients = recipients(&mut members)?;
    let new = NewLink {
        link_type,
        address_bar,
        scope,
        password: password.map(SecretString::from),
        expires_at: members.instant("expirationDateTime")?,
        retain_inherited_permissions: members.flag("retainInheritedPermissions")?.unwrap_or(true),
        postage: postage(&mut members, app, &recipients)?,
        recipients,
        name: members.text("@driveway.name")?.map(|name| parse_name(&name, "@driveway.name")).transpose()?,
    };
    members.finish()?;
    Ok((new, asks_for_existing))
}

/// The type. adminDefault is what no type means; addressBar is it too, where policy has such links (AMB-41).
fn link_type(word: &str) -> Result<(Option<LinkType>, bool)> {
    if word.eq_ignore_ascii_case("adminDefault") {
        return Ok((None, false));
    }
    if word.eq_ignore_ascii_case("addressBar") {
        return Ok((None, true));
    }
    let known = LinkType::parse(word).ok_or_else(|| {
        Error::invalid(
            "type",
            "type has to be view, edit, embed, review, blocksDownload, createOnly, addressBar or adminDefault.",
        )
    })?;
    Ok((Some(known), false))
}

/// The scope. An empty one means the default, as one client always sends it; `null` and absence do too.
/// existingAccess is none of the scopes of a link: it makes nothing (AMB-65).
fn scope(members: &mut Members) -> Result<(Option<LinkScope>, bool)> {
    let Some(word) = members.text_or_empty("scope")?.filter(|word| !word.is_empty()) else { return Ok((None, false)) };
    if word.eq_ignore_ascii_case("existingAccess") {
        return Ok((None, true));
    }
    LinkScope::parse(&word)
        .map(|scope| (Some(scope), false))
        .ok_or_else(|| Error::invalid("scope", "scope has to be anonymous, organization, users or existingAccess."))
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

/// What mails to the recipients need, if they are asked for. Without a mail set-up that is a clear refusal, never a silent
/// yes; so is a message that nobody would get (AMB-49).
fn postage(members: &mut Members, app: &App, recipients: &[String]) -> Result<Option<Postage>> {
    let is_asked = members.flag("sendNotification")? == Some(true);
    let message = members.text("message")?;
    let postage = people::postage(app, ("sendNotification", is_asked), message.unwrap_or_default())?;
    if postage.is_some() && recipients.is_empty() {
        return Err(Error::invalid(
            "recipients",
            "A notification goes to the recipients of a link for specific people.",
        )
        .inner(Inner::ParameterIsTooSmall));
    }
    Ok(postage)
}
