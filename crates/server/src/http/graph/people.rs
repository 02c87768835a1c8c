//! The members of a body that speak of people: roles and recipients.

use driveway_core::error::{Error, Inner};
use driveway_core::permission::Role;
use serde_json::Value;

use super::Result;
use crate::http::json::Members;

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
