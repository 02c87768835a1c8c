//! Whether a link opens, for whom, and to what: asked anew on every request (design, rule 4).

use jiff::Timestamp;

use super::access::{Actor, Chain};
use super::sharing::SharingPolicy;
use crate::audit::Refusal;
use crate::id::{TenantId, UserId};
use crate::permission::{LinkScope, LinkType, Permission, Role, SharingLink};

/// Everything that decides whether a link opens an item.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The item that is asked for, with what lies above it.
    pub chain: &'a Chain,
    /// The link whose id is in the token.
    pub link: &'a Permission,
    /// Whether the link is on a folder.
    pub is_folder: bool,
    /// The policy that holds in the drive.
    pub policy: &'a SharingPolicy,
    /// Who made the link, as they stand now; [`Actor::Nobody`] when the account or application is disabled or gone.
    pub creator: Actor<'a>,
    /// Who presents it, if they have signed in.
    pub visitor: Option<Visitor>,
    /// The version of the password that the visitor has shown to know, if any.
    pub password_version: Option<i64>,
}

/// A signed-in person who presents a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visitor {
    /// The person.
    pub user: UserId,
    /// Their tenant.
    pub tenant: TenantId,
    /// Whether policy lets them have what is shared with them; always, in their own tenant.
    pub is_admitted: bool,
}

/// What a link amounts to for this visitor, now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It opens the item with this role.
    Open(Role),
    /// It takes files into the shared folder, and opens nothing (AMB-39).
    Add,
    /// It would, for somebody who signs in.
    SignIn,
    /// It would, for somebody who knows the password.
    Password,
    /// It is live and this person isn't among those it is for (SHARE-17).
    NotForYou,
    /// Policy has closed links of its kind, or to such people, for the time being (AMB-20).
    Closed,
    /// There is no such link, or no more, or not for this item: strangers can't tell which (P16).
    Gone,
}

/// Decides whether the link opens the item that the chain starts with.
///
/// The role is never greater than what the link's creator has on the item now (P9, P10).
pub fn may_open(facts: &Facts<'_>, now: Timestamp) -> Decision {
    let Some(link) = live_link(facts, now) else { return Decision::Gone };
    let role = match role_through(facts, link, now) {
        Ok(role) => role,
        Err(ClosedBy::Maker) => return Decision::Gone,
        Err(ClosedBy::Policy) => return Decision::Closed,
    };
    match (link.scope, facts.visitor) {
        (LinkScope::Anonymous, _) => {}
        (_, None) => return Decision::SignIn,
        (LinkScope::Organization, Some(visitor)) if visitor.tenant == facts.chain.tenant => {}
        (LinkScope::Users, Some(visitor)) if link.grantees.contains(&visitor.user) => {
            if !visitor.is_admitted {
                return Decision::Closed;
            }
        }
        (LinkScope::Organization | LinkScope::Users, Some(_)) => return Decision::NotForYou,
    }
    match &link.password {
        Some(guard) if facts.password_version != Some(guard.version) => Decision::Password,
        _ if link.link_type == LinkType::CreateOnly => Decision::Add,
        _ => Decision::Open(role),
    }
}

/// Why a link opens for nobody, whatever its own life says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClosedBy {
    /// Policy has closed links of its kind here, for the time being (AMB-20).
    Policy,
    /// Who made it may not share the item any more (P9).
    Maker,
}

impl ClosedBy {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::Maker => "maker",
        }
    }
}

/// What the maker of a link may do to the item now. Sharing takes write access: who has lost it has lost the link as well.
pub fn makers_role(chain: &Chain, maker: Actor<'_>, now: Timestamp) -> Option<Role> {
    chain.role_of(maker, now).filter(|role| *role >= Role::Write)
}

/// What the link gives at most, by its maker's rights and by policy, or which of the two gives nothing. It is the same for
/// every visitor.
pub fn role_through(facts: &Facts<'_>, link: &SharingLink, now: Timestamp) -> Result<Role, ClosedBy> {
    let maker = makers_role(facts.chain, facts.creator, now).ok_or(ClosedBy::Maker)?;
    let role = facts.link.role().min(maker);
    match facts.policy.forbids(link.link_type, link.scope, facts.is_folder) {
        Some(_) => Err(ClosedBy::Policy),
        None => Ok(role),
    }
}

/// Why the link doesn't open, by the facts that it was decided by. Nothing for what only asks for an account or a password,
/// nor for a link that doesn't reach the item.
pub fn why_not(facts: &Facts<'_>, decision: Decision, now: Timestamp) -> Option<Refusal> {
    match decision {
        Decision::Open(_) | Decision::Add | Decision::SignIn | Decision::Password => None,
        Decision::NotForYou => Some(Refusal::NotForYou),
        Decision::Closed => Some(Refusal::ClosedByPolicy),
        Decision::Gone if !facts.chain.is_live() => Some(Refusal::ItemDeleted),
        Decision::Gone => match state(facts.link.link()?, facts.link.created_at, facts.policy, now) {
            State::Off => Some(Refusal::Off),
            State::Expired => Some(Refusal::Expired),
            State::UsedUp => Some(Refusal::UsedUp),
            State::Pending => Some(Refusal::NotYet),
            State::Live if !facts.chain.reaches(facts.link) => None,
            State::Live => Some(Refusal::CreatorLostRight),
        },
    }
}

fn live_link<'a>(facts: &Facts<'a>, now: Timestamp) -> Option<&'a SharingLink> {
    if !facts.chain.is_live() {
        return None;
    }
    let link = facts.link.link()?;
    let is_live = state(link, facts.link.created_at, facts.policy, now) == State::Live;
    (is_live && facts.chain.reaches(facts.link)).then_some(link)
}

/// How a link stands in its life, whoever asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It can be opened.
    Live,
    /// It is switched off.
    Off,
    /// Its time is over.
    Expired,
    /// Its downloads are all taken.
    UsedUp,
    /// Its time hasn't come.
    Pending,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Live, Self::Off, Self::Expired, Self::UsedUp, Self::Pending];

    /// Reads the word without regard to case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str().eq_ignore_ascii_case(text))
    }

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Off => "off",
            Self::Expired => "expired",
            Self::UsedUp => "usedUp",
            Self::Pending => "pending",
        }
    }

    /// Whether it has given up its slot: what is off, expired or used up makes room for another link. What is still to
    /// begin doesn't.
    pub fn is_over(self) -> bool {
        !matches!(self, Self::Live | Self::Pending)
    }
}

/// How a link stands in its life. Where several things are true, what its maker did last by intent comes first.
pub fn state(link: &SharingLink, created_at: Timestamp, policy: &SharingPolicy, now: Timestamp) -> State {
    if !link.life.enabled {
        State::Off
    } else if is_expired(link, created_at, policy, now) {
        State::Expired
    } else if link.life.is_used_up() {
        State::UsedUp
    } else if !link.life.has_begun(now) {
        State::Pending
    } else {
        State::Live
    }
}

/// Whether a link's time is over: at its expiry or after (AMB-64).
pub fn is_expired(link: &SharingLink, created_at: Timestamp, policy: &SharingPolicy, now: Timestamp) -> bool {
    policy
        .effective_expiry(link.link_type, link.scope, link.expires_at, created_at)
        .is_some_and(|expires_at| now >= expires_at)
}

#[cfg(test)]
mod by_type;
#[cfg(test)]
mod tests;
