//! What is to be sent after a transaction has committed: written with what it speaks of, sent later, and tried again.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::id::PermissionId;

/// Minutes to wait after each attempt but the last. A mail server that is down for most of a day loses nothing.
const WAITS: [i64; 7] = [1, 5, 15, 60, 3 * 60, 6 * 60, 12 * 60];

/// The most attempts at one delivery.
pub const MOST_ATTEMPTS: u32 = 8;

/// When a delivery comes due again after the attempt with this number, from 1 on. That counts also when nobody knows how
/// the attempt went, because the server ended in its midst.
pub fn due_after(attempt: u32, now: Timestamp) -> Timestamp {
    let at = usize::try_from(attempt.saturating_sub(1)).unwrap_or(usize::MAX).min(WAITS.len() - 1);
    let minutes = WAITS.get(at).copied().unwrap_or(60);
    now.saturating_add(SignedDuration::from_mins(minutes)).unwrap_or(Timestamp::MAX)
}

/// What kind of thing is sent. Deliveries to other programs will be further kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A mail with a link's URL, to somebody whom the link is for.
    LinkMail,
    /// A mail that tells somebody of an invitation. It has no secret in it: they sign in.
    InvitationMail,
}

impl Kind {
    /// The word that storage keeps.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LinkMail => "linkMail",
            Self::InvitationMail => "invitationMail",
        }
    }

    /// Reads the word that storage keeps.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::LinkMail, Self::InvitationMail].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// How a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// It is to be sent.
    Waiting,
    /// The other side took it.
    Sent,
    /// What it speaks of was taken back before it was sent.
    Dropped,
    /// The other side refused it for good, or the attempts are used up.
    GivenUp,
}

impl State {
    /// The word that storage keeps.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Dropped => "dropped",
            Self::GivenUp => "givenUp",
        }
    }
}

/// Something to be sent. It holds no secret: what is sent is made of the permission when it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its id, the same at every attempt, so that the other side can tell a repetition.
    pub id: Uuid,
    /// What kind of thing it is.
    pub kind: Kind,
    /// The permission that it speaks of. It may be gone when the delivery is due.
    pub permission: PermissionId,
    /// Where it goes: a mail address.
    pub recipient: String,
    /// Who asked for it, as limits count them.
    pub sender: String,
    /// What the sender wrote, as text.
    pub message: String,
    /// When it was asked for.
    pub created_at: Timestamp,
}

/// A delivery that is due, with the attempts before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// What is to be sent.
    pub delivery: Delivery,
    /// How often that was tried.
    pub attempts: u32,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn each_wait_is_longer_than_the_one_before(attempt in 1_u32..MOST_ATTEMPTS - 1) {
            let now = Timestamp::UNIX_EPOCH;
            prop_assert!(now < due_after(attempt, now) && due_after(attempt, now) < due_after(attempt + 1, now));
        }

        #[test]
        fn what_is_claimed_always_comes_due_again(attempt: u32, second in 0_i64..4_000_000_000) {
            let now = Timestamp::from_second(second).unwrap();
            prop_assert!(due_after(attempt, now) > now);
        }
    }

    #[test]
    fn words_are_read_back() {
        for kind in [Kind::LinkMail, Kind::InvitationMail] {
            assert_eq!(Kind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(Kind::parse("webhook"), None);
    }
}
