//! Drives, and who owns them.

use std::fmt;

use super::item::encoded;

/// A user's id or userPrincipalName; which of the two is for the directory to find out.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UserKey(pub String);

impl UserKey {
    /// The id or name as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Which site.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SiteKey {
    /// `/sites/root`.
    Root,
    /// A site's id, often `host,guid,guid`, or a bare host for its root site.
    Id(String),
    /// `/sites/{host}:/sites/a/b`.
    Path {
        /// The host, or `root` for our own.
        host: String,
        /// The names of the path on that host.
        path: Vec<String>,
    },
}

/// Who owns a drive, where the URL says it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Owner {
    /// The caller.
    Me,
    /// A user.
    User(UserKey),
    /// The group with this id.
    Group(String),
    /// A site.
    Site(SiteKey),
}

/// Which drive.
///
/// An owner stands for their default drive. An owner before an explicit drive (`/users/{u}/drives/{d}`) says nothing more than the
/// drive's id does and is dropped.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum DriveKey {
    /// The caller's drive; also a bare `/drive`.
    Me,
    /// A user's drive.
    User(UserKey),
    /// The drive of the group with this id.
    Group(String),
    /// A site's default document library.
    Site(SiteKey),
    /// The drive with this id.
    Id(String),
    /// What was shared by the share of this key; its root is the shared item.
    Share(String),
}

impl From<Owner> for DriveKey {
    fn from(owner: Owner) -> Self {
        match owner {
            Owner::Me => Self::Me,
            Owner::User(user) => Self::User(user),
            Owner::Group(group) => Self::Group(group),
            Owner::Site(site) => Self::Site(site),
        }
    }
}

/// Writes the URL path of the drive, from behind the version.
impl fmt::Display for DriveKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Me => f.write_str("/me/drive"),
            Self::User(UserKey(user)) => write!(f, "/users/{}/drive", encoded(user)),
            Self::Group(group) => write!(f, "/groups/{}/drive", encoded(group)),
            Self::Site(site) => write!(f, "/sites/{site}/drive"),
            Self::Id(drive) => write!(f, "/drives/{}", encoded(drive)),
            Self::Share(share) => write!(f, "/shares/{}", encoded(share)),
        }
    }
}

/// Writes the site as it stands after `/sites/`.
impl fmt::Display for SiteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => f.write_str("root"),
            Self::Id(site) => encoded(site).fmt(f),
            Self::Path { host, path } => {
                write!(f, "{}:", encoded(host))?;
                path.iter().try_for_each(|name| write!(f, "/{}", encoded(name)))?;
                f.write_str(if path.is_empty() { "/:" } else { ":" })
            }
        }
    }
}
