//! What the maker of a link and the owners of its item may make of it.

use jiff::Timestamp;

use super::sharing::{SharingPolicy, disabled};
use crate::error::{Code, Error, Inner, Result};
use crate::link_life::MOST_DOWNLOADS;
use crate::permission::{LinkType, PasswordGuard, Role, SharingLink};

/// Who asks for a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manager {
    /// What they may do to the item, by grants.
    pub role: Option<Role>,
    /// Whether they made the link.
    pub is_maker: bool,
}

impl Manager {
    /// Whether the link is there for them: for its maker, as long as they see the item, and for the item's owners.
    /// Everybody else gets what they would get if it weren't there (P13).
    pub fn may_see(self) -> bool {
        self.role == Some(Role::Owner) || (self.is_maker && self.role.is_some())
    }
}

/// Everything that decides about a change.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The policy that holds in the drive.
    pub policy: &'a SharingPolicy,
    /// Who asks.
    pub manager: Manager,
    /// Whether policy would let them make this very link now.
    pub could_make: bool,
    /// The link as it is.
    pub link: &'a SharingLink,
    /// When it was made.
    pub created_at: Timestamp,
}

/// The members that a change names; `Some(None)` clears one.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// The password.
    pub password: Option<Option<PasswordGuard>>,
    /// When it ends.
    pub expires_at: Option<Option<Timestamp>>,
    /// On or off.
    pub enabled: Option<bool>,
    /// The name.
    pub name: Option<Option<String>>,
    /// When it begins.
    pub not_before: Option<Option<Timestamp>>,
    /// How many downloads it is good for.
    pub maximum_downloads: Option<Option<u32>>,
}

impl Change {
    /// The members that it names, as they are on the wire.
    pub fn members(&self) -> Vec<&'static str> {
        [
            (self.password.is_some(), "password"),
            (self.expires_at.is_some(), "expirationDateTime"),
            (self.enabled.is_some(), "enabled"),
            (self.name.is_some(), "name"),
            (self.not_before.is_some(), "notBeforeDateTime"),
            (self.maximum_downloads.is_some(), "maximumDownloads"),
        ]
        .into_iter()
        .filter_map(|(is_named, name)| is_named.then_some(name))
        .collect()
    }
}

/// Refuses who sees the link and couldn't make it (any more); nobody gets a live link out of a dead right (P9).
pub fn may_change(facts: &Facts<'_>) -> Result<()> {
    if !facts.manager.may_see() {
        return Err(Error::item_not_found());
    }
    match facts.manager.role {
        Some(role) if role >= Role::Write && role >= facts.link.link_type.role() => Ok(()),
        _ => Err(Error::access_denied("You couldn't make this link now, and so you can't change it.")),
    }
}

/// The link that a change makes, or why it is refused. What the change doesn't name stays as it is.
pub fn change_link(facts: &Facts<'_>, change: &Change, now: Timestamp) -> Result<SharingLink> {
    may_change(facts)?;
    let mut link = facts.link.clone();
    if let Some(password) = &change.password {
        // What Graph's page keeps to anonymous links on personal drives is for every link here, but for one: a frame on
        // somebody else's page isn't given the cookie of a visit.
        if password.is_some() && link.link_type == LinkType::Embed {
            return Err(Error::invalid("password", "A link for frames can't ask for a password."));
        }
        link.password.clone_from(password);
    }
    if let Some(expires_at) = change.expires_at {
        link.expires_at = resolve_expiry(facts, expires_at, now)?;
    }
    if let Some(enabled) = change.enabled {
        link.life.enabled = enabled;
    }
    if let Some(name) = &change.name {
        link.life.name.clone_from(name);
    }
    if let Some(not_before) = change.not_before {
        link.life.not_before = not_before;
    }
    if let Some(most) = change.maximum_downloads {
        check_downloads(most)?;
        link.life.maximum_downloads = most;
    }
    check_order(facts, change, &link)?;
    match widened(facts.link, &link) {
        Some(member) if !facts.could_make => Err(only_narrower(member)),
        _ => Ok(link),
    }
}

/// The first member by which a link opens more, or for longer, than another. A name and another password are neither.
fn widened(old: &SharingLink, new: &SharingLink) -> Option<&'static str> {
    let begins_earlier =
        old.life.not_before.is_some_and(|begin| new.life.not_before.is_none_or(|earlier| earlier < begin));
    let gives_more =
        old.life.maximum_downloads.is_some_and(|most| new.life.maximum_downloads.is_none_or(|more| more > most));
    [
        (!old.life.enabled && new.life.enabled, "enabled"),
        (ends_later(old.expires_at, new.expires_at), "expirationDateTime"),
        (begins_earlier, "notBeforeDateTime"),
        (gives_more, "maximumDownloads"),
        (old.password.is_some() && new.password.is_none(), "password"),
    ]
    .into_iter()
    .find_map(|(is_wider, member)| is_wider.then_some(member))
}

/// Whether an end is taken away or put off.
pub(super) fn ends_later(old: Option<Timestamp>, new: Option<Timestamp>) -> bool {
    old.is_some_and(|end| new.is_none_or(|later| later > end))
}

/// The refusal of what widens a link that policy wouldn't let this one make any more. Narrowing it is always good.
pub(super) fn only_narrower(member: &'static str) -> Error {
    disabled(member, "The administrator wouldn't let you make this link now: it can be narrowed, not widened.")
}

/// The expiry, pulled back to the organization's maximum as createLink does it (AMB-10). The maximum counts from the
/// link's making: nobody makes a link immortal by extending it again and again.
fn resolve_expiry(facts: &Facts<'_>, wish: Option<Timestamp>, now: Timestamp) -> Result<Option<Timestamp>> {
    let Some(wish) = wish else { return Ok(None) };
    if wish <= now {
        return Err(Error::invalid("expirationDateTime", "The expiry has to lie in the future.")
            .inner(Inner::InvalidParameterFormat));
    }
    let expires_at =
        facts.policy.effective_expiry(facts.link.link_type, facts.link.scope, Some(wish), facts.created_at);
    if expires_at.is_some_and(|expires_at| expires_at <= now) {
        return Err(Error::new(Code::NotAllowed, "The organization's longest time for links is over for this one.")
            .target("expirationDateTime"));
    }
    Ok(expires_at)
}

fn check_downloads(most: Option<u32>) -> Result<()> {
    match most {
        Some(most) if !(1..=MOST_DOWNLOADS).contains(&most) => {
            Err(Error::invalid("maximumDownloads", "A number of downloads must be between 1 and 1000000000.")
                .inner(Inner::InvalidParameterFormat))
        }
        _ => Ok(()),
    }
}

/// A link that ends before it begins could never be opened; whoever asks for it has made a mistake.
fn check_order(facts: &Facts<'_>, change: &Change, link: &SharingLink) -> Result<()> {
    let target = match (change.not_before, change.expires_at) {
        (Some(_), _) => "notBeforeDateTime",
        (None, Some(_)) => "expirationDateTime",
        (None, None) => return Ok(()),
    };
    let end = facts.policy.effective_expiry(link.link_type, link.scope, link.expires_at, facts.created_at);
    match (link.life.not_before, end) {
        (Some(begin), Some(end)) if begin >= end => {
            Err(Error::invalid(target, "The link would end before it begins.").inner(Inner::InvalidParameterFormat))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
