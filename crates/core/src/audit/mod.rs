//! The audit trail of links: what is written down of each, and how a change of what was written shows.
//!
//! Every link has a chain of events. The MAC of each covers the one before it, under a key that isn't in the database, so
//! that whoever can only write to the database can't make a chain that verifies. What that leaves open is said in
//! ADR 0010.

mod address;
mod chain;
mod refusal;

use crate::id::{ApplicationId, UserId};

pub use self::address::{Addresses, Network};
pub use self::chain::{Entry, Record, Tail, anchor, entry, first_break, is_whole_to};
pub use self::refusal::Refusal;

/// What happened to a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// It was made.
    Created,
    /// It was there before there were audit trails; its trail begins here.
    Adopted,
    /// Something that was said of it was changed.
    Changed,
    /// People were added to it.
    PeopleAdded,
    /// People were taken off it.
    PeopleRemoved,
    /// A person made its right their own.
    Redeemed,
    /// It was taken away.
    Revoked,
    /// It was opened: its page, or what it leads to in the API.
    Opened,
    /// Something was changed by way of it.
    Written,
    /// A file was delivered whole by way of it.
    Downloaded,
    /// What it leads to was copied: the bytes have left to a place that the link doesn't reach.
    Copied,
    /// It didn't open.
    Refused,
    /// More was opened and refused than is written down of one link.
    Dropped,
    /// Everything up to here is older than trails are kept.
    Pruned,
}

impl Kind {
    /// The word in trails and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Adopted => "adopted",
            Self::Changed => "changed",
            Self::PeopleAdded => "peopleAdded",
            Self::PeopleRemoved => "peopleRemoved",
            Self::Redeemed => "redeemed",
            Self::Revoked => "revoked",
            Self::Opened => "opened",
            Self::Written => "written",
            Self::Downloaded => "downloaded",
            Self::Copied => "copied",
            Self::Refused => "refused",
            Self::Dropped => "dropped",
            Self::Pruned => "pruned",
        }
    }

    /// Whether a trail can begin with it.
    pub fn begins(self) -> bool {
        matches!(self, Self::Created | Self::Adopted)
    }
}

/// Through which door something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Through {
    /// The server itself.
    #[default]
    Server,
    /// The drive API.
    Graph,
    /// `/shares/{share}` of the drive API.
    Shares,
    /// `/driveway/v1`.
    Driveway,
    /// The link's own page.
    Page,
    /// A short-lived download URL.
    Download,
}

impl Through {
    /// The word in trails and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Graph => "graph",
            Self::Shares => "shares",
            Self::Driveway => "driveway",
            Self::Page => "page",
            Self::Download => "download",
        }
    }
}

/// Where a request came from, as far as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Source {
    /// The door.
    pub through: Through,
    /// The address, whole or shortened; `None` when none is kept.
    pub address: Option<Network>,
}

/// Who did something, from where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct By {
    /// The person, if one had signed in.
    pub user: Option<UserId>,
    /// The application that the token was issued to; without a token it is a stranger.
    pub application: Option<ApplicationId>,
    /// Door and address.
    pub source: Source,
}
