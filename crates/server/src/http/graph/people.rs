//! The members of a body that speak of people: roles and recipients.

use driveway_core::error::{Error, Inner};
use driveway_core::permission::Role;
use serde_json::Value;

use super::Result;
use crate::app::App;
use crate::http::json::Members;
use crate::ops::invite::Recipient;
use crate::ops::outbox::Postage;

/// The longest message, in characters (INV-02).
const LONGEST_MESSAGE: usize = 2000;

/// The most people that one call may name.
const MOST_RECIPIENTS: usize = 100;

/// The greatest of the named roles: each greater one includes the lesser ones. `None` if there are none to read.
pub(super) fn roles(members: &mut Members) -> Result<Option<Role>> {
    let invalid = || Error::invalid("roles", "roles has to be a list of read, write or owner.");
    let list = match members.take("roles") {
        None => return Ok(None),
        Some(Value::Array(list)) => list,
        Some(_) => return Err(invalid()),
    };
    if list.len() > Role::ALL.len() {
        return Err(Error::invalid("roles", "roles has too many entries.").inner(Inner::ParameterIsTooLong));
    }
    let read = |word: &Value| word.as_str().and_then(Role::parse).ok_or_else(invalid);
    let roles = list.iter().map(read).collect::<Result<Vec<Role>>>()?;
    let empty = || Error::invalid("roles", "roles can't be empty.").inner(Inner::ParameterIsTooSmall);
    roles.into_iter().max().map(Some).ok_or_else(empty)
}

/// The people named, 1 to 100 of them: each by exactly one of `email`, `alias` and `objectId` (1.5 of the behaviour
/// table).
pub(super) fn recipients(members: &mut Members, name: &'static str) -> Result<Vec<Recipient>> {
    let mut people = Vec::new();
    for mut recipient in members.objects(name, MOST_RECIPIENTS)?.unwrap_or_default() {
        let target = recipient.target("email");
        let given: Vec<Recipient> = [
            recipient.text("email")?.map(Recipient::Email),
            recipient.text("alias")?.map(Recipient::Alias),
            recipient.text("objectId")?.map(Recipient::ObjectId),
        ]
        .into_iter()
        .flatten()
        .collect();
        recipient.finish()?;
        match <[Recipient; 1]>::try_from(given) {
            Ok([person]) => people.push(person),
            Err(_) => return Err(Error::invalid(target, "A recipient has exactly one of email, alias and objectId.")),
        }
    }
    if people.is_empty() {
        return Err(Error::invalid(name, "Somebody has to be named.").inner(Inner::ParameterIsTooSmall));
    }
    Ok(people)
}

/// What mails need, when the member that asks for them is true. A message without it would reach nobody, and passing over
/// it would be a silent yes.
pub(super) fn postage(app: &App, asks: (&'static str, bool), message: String) -> Result<Option<Postage>> {
    if message.chars().count() > LONGEST_MESSAGE {
        return Err(
            Error::invalid("message", "A message has at most 2000 characters.").inner(Inner::ParameterIsTooLong)
        );
    }
    match asks {
        (target, true) => Postage::buy(app, target, message).map(Some),
        (_, false) if message.is_empty() => Ok(None),
        (target, false) => {
            Postage::buy(app, "message", String::new())?;
            Err(Error::invalid("message", format!("A message is mailed: it goes with {target}.")))
        }
    }
}
