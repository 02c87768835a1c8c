//! Versions: what the content of a file was before, and what it is; Graph's `driveItemVersion`.

use jiff::Timestamp;

use crate::item::{Author, FileFacet};

/// A content that a file has or had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileVersion {
    /// Which one it is, counted from 1; the current one has the greatest number.
    pub number: i64,
    /// The bytes and their media type.
    pub file: FileFacet,
    /// How many bytes.
    pub size: i64,
    /// What was said of it at check-in.
    pub comment: Option<String>,
    /// When it became the content.
    pub modified_at: Timestamp,
    /// Who made it the content.
    pub modified_by: Author,
}

/// The id of the version with a number: `3.0`.
pub fn version_id(number: i64) -> String {
    format!("{number}.0")
}

/// The number of the version with an id.
pub fn parse_version_id(id: &str) -> Option<i64> {
    let number: i64 = id.strip_suffix(".0")?.parse().ok()?;
    (version_id(number) == id && number > 0).then_some(number)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_id_names_its_number(number in 1..i64::MAX) {
            prop_assert_eq!(parse_version_id(&version_id(number)), Some(number));
        }

        #[test]
        fn nothing_else_is_an_id(text in "[-+0-9. ]{0,6}") {
            prop_assert!(parse_version_id(&text).is_none_or(|number| version_id(number) == text));
        }
    }
}
