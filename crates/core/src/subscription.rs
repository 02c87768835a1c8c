//! Subscriptions: a program is told by a webhook that something changed, and reads what through delta.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::error::{Error, Inner, Result};
use crate::id::{ApplicationId, DriveId, ItemId, TenantId, UserId};

/// The longest that a subscription to a drive may last, in minutes: a little under thirty days.
pub const MOST_MINUTES: i64 = 42_300;

/// The longest `clientState`, in characters.
pub const LONGEST_CLIENT_STATE: usize = 128;

/// The longest URL that is called, and the longest `resource`, in bytes.
pub const LONGEST_URL: usize = 2048;

/// How long a notification is tried again before it is given up.
pub const TRIED_FOR: SignedDuration = SignedDuration::from_hours(4);

/// Seconds between two attempts: at first, and at the most.
const WAITS: (i64, i64) = (10, 30 * 60);

/// A subscription to changes below a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Its id.
    pub id: Uuid,
    /// The application that made it.
    pub application: ApplicationId,
    /// The person who made it, unless the application acted for itself.
    pub user: Option<UserId>,
    /// The tenant of both.
    pub tenant: TenantId,
    /// The drive.
    pub drive: DriveId,
    /// The folder: the drive's root, or one below it.
    pub folder: ItemId,
    /// What was subscribed to, in the words of who did.
    pub resource: String,
    /// What is called.
    pub notification_url: String,
    /// What is called about the subscription itself.
    pub lifecycle_url: Option<String>,
    /// What is repeated in each notification, so that the receiver knows them for genuine.
    pub client_state: Option<String>,
    /// The highest version of TLS that the receiver is said to speak.
    pub tls: TlsVersion,
    /// Whether changes of sharing count too (HDR-16).
    pub with_sharing: bool,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A version of TLS, as Graph writes it. Older ones aren't spoken here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TlsVersion {
    /// `v1_2`
    #[default]
    V1_2,
    /// `v1_3`
    V1_3,
}

impl TlsVersion {
    /// The word on the wire and in storage.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V1_2 => "v1_2",
            Self::V1_3 => "v1_3",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::V1_2, Self::V1_3].into_iter().find(|version| version.as_str() == text)
    }
}

/// What is told of a subscription itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LifecycleEvent {
    /// A notification was given up: what changed can be read through delta.
    Missed,
    /// It is over before its time, because whoever made it may no longer read the resource.
    SubscriptionRemoved,
}

impl LifecycleEvent {
    /// The word on the wire and in storage.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missed => "missed",
            Self::SubscriptionRemoved => "subscriptionRemoved",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Missed, Self::SubscriptionRemoved].into_iter().find(|event| event.as_str() == text)
    }
}

/// How the attempts at one notification stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempts {
    /// How many were made without success, whether or not it is known how they went.
    pub count: u32,
    /// When the first of these was made.
    pub since: Option<Timestamp>,
    /// Before that instant there is no other.
    pub due_at: Timestamp,
}

impl Attempts {
    /// None yet.
    pub fn none(now: Timestamp) -> Self {
        Self { count: 0, since: None, due_at: now }
    }

    /// One more, which is counted before it is made.
    #[must_use]
    pub fn one_more(self, now: Timestamp) -> Self {
        let count = self.count.saturating_add(1);
        let wait = WAITS.0.saturating_mul(1 << (count - 1).min(20)).min(WAITS.1);
        let due_at = now.saturating_add(SignedDuration::from_secs(wait)).unwrap_or(Timestamp::MAX);
        Self { count, since: self.since.or(Some(now)), due_at }
    }

    /// Whether the next attempt would come too late to be made.
    pub fn are_used_up(self) -> bool {
        self.since.is_some_and(|since| self.due_at.duration_since(since) > TRIED_FOR)
    }
}

/// Refuses an end that has passed or is too far away.
pub fn check_expiry(expires_at: Timestamp, now: Timestamp) -> Result<()> {
    let most = now.saturating_add(SignedDuration::from_mins(MOST_MINUTES)).unwrap_or(Timestamp::MAX);
    if expires_at > now && expires_at <= most {
        return Ok(());
    }
    let message = if expires_at <= now {
        "expirationDateTime has to be in the future.".to_owned()
    } else {
        format!("A subscription to a drive lasts at most {MOST_MINUTES} minutes.")
    };
    Err(Error::invalid("expirationDateTime", message).inner(Inner::InvalidParameterFormat))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn attempts_go_on_for_hours_and_end() {
        let now = Timestamp::UNIX_EPOCH;
        let (mut attempts, mut at) = (Attempts::none(now), now);
        let mut waits = Vec::new();
        while !attempts.are_used_up() {
            attempts = attempts.one_more(at);
            waits.push(attempts.due_at.duration_since(at).as_secs());
            at = attempts.due_at;
        }
        assert_eq!(waits.get(..5), Some(&[10, 20, 40, 80, 160][..]));
        assert!(waits.is_sorted() && waits.last() == Some(&1800), "{waits:?}");
        let last_made = at.duration_since(now) - SignedDuration::from_secs(1800);
        assert!(last_made <= TRIED_FOR && last_made > TRIED_FOR - SignedDuration::from_mins(31), "{last_made}");
    }

    proptest! {
        #[test]
        fn what_is_claimed_always_comes_due_again(count: u32, second in 0_i64..4_000_000_000) {
            let now = Timestamp::from_second(second).unwrap();
            let next = Attempts { count, since: None, due_at: now }.one_more(now);
            prop_assert!(next.due_at > now && next.since == Some(now) && next.count >= 1);
        }

        #[test]
        fn an_end_lies_within_thirty_days(second in -1000_i64..3_000_000) {
            let now = Timestamp::from_second(1_800_000_000).unwrap();
            let is_good = check_expiry(Timestamp::from_second(1_800_000_000 + second).unwrap(), now).is_ok();
            prop_assert_eq!(is_good, second > 0 && second <= MOST_MINUTES * 60);
        }
    }

    #[test]
    fn words_are_read_back() {
        for event in [LifecycleEvent::Missed, LifecycleEvent::SubscriptionRemoved] {
            assert_eq!(LifecycleEvent::parse(event.as_str()), Some(event));
        }
        for version in [TlsVersion::V1_2, TlsVersion::V1_3] {
            assert_eq!(TlsVersion::parse(version.as_str()), Some(version));
        }
        assert_eq!((LifecycleEvent::parse("updated"), TlsVersion::parse("v1_0")), (None, None));
    }
}
