//! Why a link refused.

/// Why a link didn't open. It goes into the link's trail and nowhere else: visitors can't tell most of these apart (P16).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// It was taken away, or went with its item.
    Revoked,
    /// Its item, or something above it, is in the recycle bin or about to go for good.
    ItemDeleted,
    /// It is switched off.
    Off,
    /// Its time is over.
    Expired,
    /// Its downloads are all taken.
    UsedUp,
    /// Its time hasn't come.
    NotYet,
    /// Who made it may not share the item any more (P9, P10).
    CreatorLostRight,
    /// Policy has closed links of its kind, or to such people (AMB-20).
    ClosedByPolicy,
    /// It is live and not for whoever is signed in (SHARE-17).
    NotForYou,
    /// The password was wrong.
    WrongPassword,
    /// There were too many wrong passwords (P25).
    TooManyPasswords,
}

impl Refusal {
    /// The word in trails and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::ItemDeleted => "itemDeleted",
            Self::Off => "off",
            Self::Expired => "expired",
            Self::UsedUp => "usedUp",
            Self::NotYet => "notYet",
            Self::CreatorLostRight => "creatorLostRight",
            Self::ClosedByPolicy => "closedByPolicy",
            Self::NotForYou => "notForYou",
            Self::WrongPassword => "wrongPassword",
            Self::TooManyPasswords => "tooManyPasswords",
        }
    }
}
