//! The address of a Graph request: which drive, which item, and what of it.
//!
//! Graph has many spellings for one thing (owners, ids, paths between colons, keys in parentheses, namespaces before an action).
//! [`parse`] brings all of them to one typed [`GraphAddress`], so that the rest of the house never sees a URL.
//!
//! Property names are case-sensitive and ids too (MISC-06). What can't be told from the text stays open: whether the address
//! names anything, and whether a name is one that an item may have.

mod call;
mod drive;
mod item;
mod path;
mod resolve;
mod segments;
mod tail;

pub use self::drive::{DriveKey, Owner, SiteKey, UserKey};
pub use self::item::{ItemAddress, Start};
pub use self::path::{MAX_PATH_CHARS, MAX_PATH_NAMES};
use self::segments::Segments;
pub use self::tail::{Tail, TailSegment};

/// Why a URL isn't an address. Graph answers 400 `invalidRequest`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// The path doesn't begin with a version of the API.
    #[error("the URL names no version of the API")]
    UnknownVersion,
    /// A `%` without two hexadecimal digits, or bytes that aren't UTF-8.
    #[error("the URL is not valid percent-encoded UTF-8")]
    InvalidEncoding,
    /// A `..`, a control character, or a colon where none may be.
    #[error("the URL contains an invalid path")]
    InvalidPath,
    /// The path below an item has more than [`MAX_PATH_NAMES`] names or [`MAX_PATH_CHARS`] characters.
    #[error("the path is too long")]
    TooLong,
    /// A key or function in parentheses is malformed, such as an unpaired quote in `search(q='it's')`.
    #[error("the URL contains a malformed function call")]
    InvalidCall,
    /// The path uses a parameter alias that the query string doesn't define.
    #[error("the parameter alias '{0}' has no value")]
    UnknownAlias(String),
}

/// Which generation of the API was addressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Version {
    /// `/v1.0`, and the older `/v2.0` and `/_api/v2.0` of the direct endpoint, which rclone's `tenant_url` uses.
    V1,
    /// `/beta`.
    Beta,
}

/// A Graph URL, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphAddress {
    /// The generation of the API.
    pub version: Version,
    /// What is addressed there.
    pub resource: Resource,
}

/// What a Graph URL addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resource {
    /// `/$batch`.
    Batch,
    /// `/me` and what hangs on it, other than drives.
    Me {
        /// What of the user.
        tail: Tail,
    },
    /// `/users`.
    Users,
    /// `/users/{user}` and what hangs on it, other than drives.
    User {
        /// The user.
        user: UserKey,
        /// What of them.
        tail: Tail,
    },
    /// `/groups`.
    Groups,
    /// `/groups/{group}` and what hangs on it, other than drives.
    Group {
        /// The group's id.
        group: String,
        /// What of it.
        tail: Tail,
    },
    /// `/sites`.
    Sites,
    /// `/sites/{site}` and what hangs on it, other than drives.
    Site {
        /// The site.
        site: SiteKey,
        /// What of it.
        tail: Tail,
    },
    /// The list of an owner's drives: `/me/drives`, `/sites/{site}/drives`. A bare `/drives` means the caller's.
    Drives {
        /// Whose drives.
        owner: Owner,
    },
    /// A drive, or something on it that is no item: `recent`, `sharedWithMe`, `search(q='…')`.
    Drive {
        /// The drive.
        drive: DriveKey,
        /// What of it.
        tail: Tail,
    },
    /// An item, or something on it: `children`, `createLink`, `permissions/{id}`.
    Item {
        /// The item.
        item: ItemAddress,
        /// What of it.
        tail: Tail,
    },
    /// `/shares/{share}` and what hangs on it, other than items.
    Share {
        /// The share's key, as [`crate::share_id::ShareKey`] reads it.
        share: String,
        /// What of it.
        tail: Tail,
    },
    /// `/organization`, and an organization below it.
    Organization {
        /// The organization's id, if one is named.
        tail: Tail,
    },
    /// `/admin/sharepoint/settings`: what the organization says about sharing.
    Settings,
    /// `/subscriptions`.
    Subscriptions,
    /// `/subscriptions/{subscription}` and what hangs on it.
    Subscription {
        /// The subscription's id.
        subscription: String,
        /// What of it.
        tail: Tail,
    },
    /// `/search/query`: a search over everything that the caller reaches.
    Search,
    /// Well formed, but nothing of the drive API: the decoded segments after the version.
    Other(Vec<String>),
}

/// Reads the raw, still percent-encoded path of a request and its raw query string.
///
/// The query matters only for parameter aliases: `…/children('@a1')/content?@a1='leaf'`. Empty segments and `.` segments don't
/// count, anywhere.
pub fn parse(path: &str, query: Option<&str>) -> Result<GraphAddress, AddressError> {
    let mut segments = Segments::new(path, query)?;
    let version = version(&mut segments).ok_or(AddressError::UnknownVersion)?;
    Ok(GraphAddress { version, resource: resolve::resource(segments)? })
}

fn version(segments: &mut Segments<'_>) -> Option<Version> {
    match segments.pop()?.as_str() {
        "v1.0" | "v2.0" => Some(Version::V1),
        "beta" => Some(Version::Beta),
        "_api" => segments.pop().filter(|version| version == "v2.0").map(|_| Version::V1),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
