//! The names of driveItems: what is allowed, and when two names are the same.

mod conflict;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

pub use self::conflict::{ConflictBehavior, UnknownConflictBehavior};

/// The longest name, in Unicode scalar values.
///
/// OneDrive's own limit is 255 UTF-16 units; scalar values are what a user counts as characters, and are no stricter.
pub const MAX_NAME_CHARS: usize = 255;

/// The longest path from the root of a drive, in Unicode scalar values with one `/` between names: OneDrive's 400.
///
/// It is a rule about where an item stands, so that who creates or moves one checks it, not [`ItemName`].
pub const MAX_FULL_PATH_CHARS: usize = 400;

const FORBIDDEN: [char; 9] = ['"', '*', ':', '<', '>', '?', '/', '\\', '|'];

/// Names that devices and sync clients claim, whole and in any case. `COM0` to `LPT9` are recognised by their form.
const RESERVED: [&str; 6] = [".lock", "CON", "PRN", "AUX", "NUL", "desktop.ini"];

/// Why a text can't be the name of an item. Graph answers 400 `invalidRequest`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameError {
    /// There is no name.
    #[error("a name must not be empty")]
    Empty,
    /// The name is `.` or `..`, or ends with a period.
    #[error("a name must not end with a period")]
    TrailingPeriod,
    /// The name begins or ends with a space.
    #[error("a name must not begin or end with a space")]
    OuterSpace,
    /// The name has a character that no name may have.
    #[error("a name must not contain {0:?}")]
    Forbidden(char),
    /// The name is longer than [`MAX_NAME_CHARS`].
    #[error("a name must not be longer than {MAX_NAME_CHARS} characters")]
    TooLong,
    /// The name is kept for devices, lock files or servers.
    #[error("the name is reserved")]
    Reserved,
}

/// The name of a driveItem, exactly as it was given.
///
/// Two names that differ in case or in Unicode composition only are the same name in a folder: compare [`ItemName::key`]. `==`
/// compares the text, because a rename may change nothing but the case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct ItemName(String);

impl ItemName {
    /// Takes a name that keeps OneDrive's rules.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        check(text)?;
        Ok(Self(text.to_owned()))
    }

    /// The name as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text by which names are compared; see [`name_key`].
    pub fn key(&self) -> String {
        name_key(&self.0)
    }

    /// What follows the last period, without it: `txt`. `None` for `README`, for `.profile` and for `Mr. Smith`.
    pub fn extension(&self) -> Option<&str> {
        self.stem_and_extension().1
    }

    /// The `n`th other name for when this one is taken: `file 1.txt`, `folder 1`.
    ///
    /// A stem that would make it too long is cut, never down to nothing, so that the result always is a name.
    #[must_use]
    pub fn with_suffix(&self, n: u32) -> Self {
        let (stem, ending) = match self.stem_and_extension() {
            // One that fills half of the name is no type of file, and would leave no room for the stem.
            (stem, Some(extension)) if extension.chars().count() < MAX_NAME_CHARS / 2 => {
                (stem, format!(" {n}.{extension}"))
            }
            _ => (self.as_str(), format!(" {n}")),
        };
        let room = MAX_NAME_CHARS.saturating_sub(ending.chars().count());
        Self(stem.chars().take(room).chain(ending.chars()).collect())
    }

    fn stem_and_extension(&self) -> (&str, Option<&str>) {
        match self.0.rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() && !extension.contains(' ') => (stem, Some(extension)),
            _ => (&self.0, None),
        }
    }
}

/// The text by which names are compared and looked up, for a name that need not be a valid one.
///
/// It is the name in Unicode's composed form (NFC), lower-cased by Unicode's full mapping without regard to language. The final
/// sigma, which that mapping places by context, counts as any other sigma; `ß` and `ss` stay two names, as they are on Windows.
pub fn name_key(name: &str) -> String {
    let lower = name.nfc().collect::<String>().to_lowercase();
    lower.replace('ς', "σ").nfc().collect()
}

fn check(name: &str) -> Result<(), NameError> {
    if name.is_empty() {
        return Err(NameError::Empty);
    }
    if let Some(c) = name.chars().find(|c| c.is_control() || FORBIDDEN.contains(c)) {
        return Err(NameError::Forbidden(c));
    }
    if name.chars().count() > MAX_NAME_CHARS {
        return Err(NameError::TooLong);
    }
    if name.starts_with(' ') || name.ends_with(' ') {
        return Err(NameError::OuterSpace);
    }
    if name.ends_with('.') {
        return Err(NameError::TrailingPeriod);
    }
    if is_reserved(name) { Err(NameError::Reserved) } else { Ok(()) }
}

fn is_reserved(name: &str) -> bool {
    name.starts_with("~$")
        || name.to_ascii_lowercase().contains("_vti_")
        || RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(name))
        || is_port(name)
}

/// `COM0` to `COM9` and `LPT0` to `LPT9`.
fn is_port(name: &str) -> bool {
    let Some((device, number)) = name.split_at_checked(3) else { return false };
    let port = device.eq_ignore_ascii_case("COM") || device.eq_ignore_ascii_case("LPT");
    port && number.len() == 1 && number.bytes().all(|byte| byte.is_ascii_digit())
}

impl FromStr for ItemName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for ItemName {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        check(&text)?;
        Ok(Self(text))
    }
}

impl From<ItemName> for String {
    fn from(name: ItemName) -> Self {
        name.0
    }
}

impl AsRef<str> for ItemName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ItemName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests;
