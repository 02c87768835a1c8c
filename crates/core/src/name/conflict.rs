//! What to do when a name is taken.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The text isn't `fail`, `replace` or `rename`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("conflictBehavior must be fail, replace or rename")]
pub struct UnknownConflictBehavior;

/// What a request wants done when another item already has the name (ODATA-05).
///
/// There is no default here: it is `replace` for an upload and `fail` for what makes a folder or copies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "String")]
pub enum ConflictBehavior {
    /// Refuse with `nameAlreadyExists`.
    Fail,
    /// Put the new item in the place of the old one.
    Replace,
    /// Give the new item a name that is free, as [`super::ItemName::with_suffix`] makes them.
    Rename,
}

impl ConflictBehavior {
    /// Graph's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Replace => "replace",
            Self::Rename => "rename",
        }
    }
}

/// Enum values come in any case (AMB-47).
impl FromStr for ConflictBehavior {
    type Err = UnknownConflictBehavior;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Fail, Self::Replace, Self::Rename]
            .into_iter()
            .find(|behavior| behavior.as_str().eq_ignore_ascii_case(text))
            .ok_or(UnknownConflictBehavior)
    }
}

impl TryFrom<String> for ConflictBehavior {
    type Error = UnknownConflictBehavior;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ConflictBehavior> for &'static str {
    fn from(behavior: ConflictBehavior) -> Self {
        behavior.as_str()
    }
}

impl fmt::Display for ConflictBehavior {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amb_47_any_case_in() {
        assert_eq!("REPLACE".parse(), Ok(ConflictBehavior::Replace));
        assert_eq!("Rename".parse(), Ok(ConflictBehavior::Rename));
        assert_eq!("fail".parse(), Ok(ConflictBehavior::Fail));
        assert_eq!(ConflictBehavior::from_str(""), Err(UnknownConflictBehavior));
    }
}
