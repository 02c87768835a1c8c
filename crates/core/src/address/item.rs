//! Items: where to start in a drive, and the path from there.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};

use super::DriveKey;

/// What is written encoded: all but letters, digits and the marks that have no meaning in a segment.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b'@');

/// Where in a drive a path begins.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Start {
    /// The drive's root; of a share, the shared item.
    Root,
    /// The item with this id.
    Id(String),
    /// A special folder: `documents`, `photos`, `approot`.
    Special(String),
}

/// Which item.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ItemAddress {
    /// The drive.
    pub drive: DriveKey,
    /// The item from which the path goes.
    pub start: Start,
    /// The decoded names below `start`; empty for `start` itself.
    ///
    /// They came from a colon path or from `children/{name}`. OData takes the latter for a key, so that it may be an id too.
    pub path: Vec<String>,
}

impl ItemAddress {
    /// The canonical URL path of the item from behind the version, percent-encoded: `/me/drive/root:/a/b`.
    pub fn to_path(&self) -> String {
        self.to_string()
    }
}

/// Writes what [`ItemAddress::to_path`] gives; [`super::parse`] reads it back behind a version.
impl fmt::Display for ItemAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.drive.fmt(f)?;
        match (&self.start, &self.drive) {
            (Start::Root, DriveKey::Share(_)) => f.write_str("/driveItem"),
            (Start::Root, _) => f.write_str("/root"),
            (Start::Id(id), _) => write!(f, "/items/{}", encoded(id)),
            (Start::Special(name), _) => write!(f, "/special/{}", encoded(name)),
        }?;
        if !self.path.is_empty() {
            f.write_str(":")?;
        }
        self.path.iter().try_for_each(|name| write!(f, "/{}", encoded(name)))
    }
}

/// One segment of a path, percent-encoded.
pub(super) fn encoded(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, ENCODED)
}
