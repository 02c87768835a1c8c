//! What a change of policy does to a link that is there: for looking before leaping.
//!
//! It is about policy alone. A link whose creator has lost their right is closed before and after, and is told as if it
//! weren't: finding that out would mean looking at every folder above every link.

use jiff::Timestamp;

use super::redeem::{State, state};
use super::sharing::{Outsider, SharingPolicy};
use crate::drive::DriveKind;
use crate::permission::{LinkType, SharingLink};

/// A link, as far as policy cares.
#[derive(Debug)]
pub struct Subject<'a> {
    /// The link.
    pub link: &'a SharingLink,
    /// When it was made.
    pub created_at: Timestamp,
    /// The kind of its drive.
    pub drive: DriveKind,
    /// Whether it is on a folder.
    pub is_folder: bool,
    /// Its maker, if they are from outside.
    pub outside_maker: Option<Outsider<'a>>,
    /// Those from outside whom it is for.
    pub outside_people: Vec<Outsider<'a>>,
}

/// What happens to a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// It opened, and doesn't any more; it is dormant, or its time is over.
    Closes,
    /// It opens again.
    Revives,
    /// It ends sooner.
    Shortens,
    /// It ends later, or not at all.
    Extends,
    /// It closes for some of the people whom it is for.
    Excludes,
    /// It opens for some of the people whom it is for, and didn't.
    Admits,
}

impl Effect {
    /// Every effect.
    pub const ALL: [Self; 6] =
        [Self::Closes, Self::Revives, Self::Shortens, Self::Extends, Self::Excludes, Self::Admits];

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Closes => "closes",
            Self::Revives => "revives",
            Self::Shortens => "shortens",
            Self::Extends => "extends",
            Self::Excludes => "excludes",
            Self::Admits => "admits",
        }
    }
}

impl Subject<'_> {
    /// What becomes of the link when one policy takes the place of another; nothing where they agree about it. What is off or
    /// used up, or has come to its own end, stays as it is.
    pub fn effect(&self, before: &SharingPolicy, after: &SharingPolicy, now: Timestamp) -> Option<Effect> {
        let own = state(self.link, self.created_at, &SharingPolicy::default(), now);
        if !matches!(own, State::Live | State::Pending) {
            return None;
        }
        match (self.is_open(before, now), self.is_open(after, now)) {
            (false, false) => return None,
            (true, false) => return Some(Effect::Closes),
            (false, true) => return Some(Effect::Revives),
            (true, true) => {}
        }
        let admitted = |policy: &SharingPolicy| self.outside_people.iter().filter(|one| policy.admits(one)).count();
        // No end is later than any.
        let end = |policy| self.end(policy).unwrap_or(Timestamp::MAX);
        match (end(before).cmp(&end(after)), admitted(before).cmp(&admitted(after))) {
            (std::cmp::Ordering::Greater, _) => Some(Effect::Shortens),
            (_, std::cmp::Ordering::Greater) => Some(Effect::Excludes),
            (std::cmp::Ordering::Less, _) => Some(Effect::Extends),
            (_, std::cmp::Ordering::Less) => Some(Effect::Admits),
            _ => None,
        }
    }

    /// When the link ends under a policy.
    pub fn end(&self, policy: &SharingPolicy) -> Option<Timestamp> {
        policy.effective_expiry(self.link.link_type, self.link.scope, self.link.expires_at, self.created_at)
    }

    fn is_open(&self, policy: &SharingPolicy, now: Timestamp) -> bool {
        let maker_may_share = self
            .outside_maker
            .as_ref()
            .is_none_or(|maker| policy.is_resharing_by_external_users_enabled && policy.admits(maker));
        maker_may_share
            && policy.forbids(self.link.link_type, self.link.scope, self.is_folder).is_none()
            && (self.link.link_type != LinkType::Embed || policy.allows_embed_on(self.drive))
            && self.end(policy).is_none_or(|end| now < end)
    }
}
