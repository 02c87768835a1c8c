//! What a link's maker and the item's owners can say of it beyond Graph: a name, an off switch, a beginning, a number of
//! downloads. Who says nothing gets a link as Graph has it.

use jiff::Timestamp;
use unicode_normalization::UnicodeNormalization;

use crate::error::{Error, Inner, Result};

/// The longest name of a link, in characters.
pub const LONGEST_NAME: usize = 100;

/// The greatest number of downloads that a link can be limited to.
pub const MOST_DOWNLOADS: u32 = 1_000_000_000;

/// The life of a link besides its expiry and password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkLife {
    /// What it is called by those who can see its secrets. Part of its slot, so that one can have several.
    pub name: Option<String>,
    /// Whether it is switched on. Off, it is dead to everybody, and on again with the same URL.
    pub enabled: bool,
    /// When it begins; before that it is dead.
    pub not_before: Option<Timestamp>,
    /// How many downloads it is good for.
    pub maximum_downloads: Option<u32>,
    /// How many have been completed or are under way.
    pub downloads: u32,
}

impl Default for LinkLife {
    fn default() -> Self {
        Self { name: None, enabled: true, not_before: None, maximum_downloads: None, downloads: 0 }
    }
}

impl LinkLife {
    /// Whether its downloads are all taken. From then on its bytes are those of a dead link.
    pub fn is_used_up(&self) -> bool {
        self.maximum_downloads.is_some_and(|most| self.downloads >= most)
    }

    /// Whether it has begun: at the instant itself it has.
    pub fn has_begun(&self, now: Timestamp) -> bool {
        self.not_before.is_none_or(|begin| now >= begin)
    }
}

/// Reads a name. It is kept in one form (NFC), so that names that look alike are one; `target` is the member at fault.
pub fn parse_name(text: &str, target: &'static str) -> Result<String> {
    let name: String = text.trim().nfc().collect();
    if name.is_empty() {
        return Err(Error::invalid(target, "A name can't be empty or blank.").inner(Inner::ParameterIsTooSmall));
    }
    if name.chars().count() > LONGEST_NAME {
        return Err(Error::invalid(target, "A name has at most 100 characters.").inner(Inner::ParameterIsTooLong));
    }
    if name.chars().any(char::is_control) {
        return Err(Error::invalid(target, "A name is one line of text."));
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_lines_in_one_form() {
        assert_eq!(parse_name("  for the caf\u{65}\u{301} ", "name").unwrap(), "for the caf\u{e9}");
        assert_eq!(parse_name(&"x".repeat(100), "name").unwrap().len(), 100);
        for bad in ["", "  ", "a\nb", &"x".repeat(101)] {
            assert_eq!(parse_name(bad, "name").unwrap_err().target_name(), Some("name"), "{bad:?}");
        }
    }

    #[test]
    fn a_link_of_which_nothing_is_said_is_on_and_unlimited() {
        let life = LinkLife::default();
        assert!(life.enabled && !life.is_used_up() && life.has_begun(Timestamp::MIN));
        assert!(LinkLife { maximum_downloads: Some(2), downloads: 2, ..LinkLife::default() }.is_used_up());
        assert!(!LinkLife { maximum_downloads: Some(2), downloads: 1, ..LinkLife::default() }.is_used_up());
    }
}
