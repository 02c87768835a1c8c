//! Paths below an item or a host: the names between two colons.

use super::AddressError;
use super::segments::Segments;

/// The greatest number of names in a path.
pub const MAX_PATH_NAMES: usize = 400;

/// The greatest number of characters in the names of a path together.
///
/// It bounds the work of resolving an address; OneDrive's rule for how deep an item may lie is stricter, see
/// [`crate::name::MAX_FULL_PATH_CHARS`].
pub const MAX_PATH_CHARS: usize = 4_096;

/// The names of a path, gathered within the bounds.
#[derive(Default)]
pub(super) struct Names {
    names: Vec<String>,
    chars: usize,
}

impl Names {
    /// Appends the names of a decoded piece of a path, in which an encoded slash parts names like any other.
    pub(super) fn extend(&mut self, piece: &str) -> Result<(), AddressError> {
        for name in piece.split('/').filter(|name| !name.is_empty() && *name != ".") {
            if name == ".." || name.contains(|c: char| c == ':' || c.is_control()) {
                return Err(AddressError::InvalidPath);
            }
            self.chars += name.chars().count();
            if self.names.len() >= MAX_PATH_NAMES || self.chars > MAX_PATH_CHARS {
                return Err(AddressError::TooLong);
            }
            self.names.push(name.to_owned());
        }
        Ok(())
    }

    /// Takes a path from `segments` up to the colon that closes it, or to the end. `rest` is what follows the opening colon in
    /// its own segment.
    ///
    /// No name has a colon, so the first one closes the path, encoded or not, and a slash or the end must follow it.
    pub(super) fn take_path(&mut self, rest: &str, segments: &mut Segments<'_>) -> Result<(), AddressError> {
        if !(rest.is_empty() || rest.starts_with('/')) {
            return Err(AddressError::InvalidPath);
        }
        let mut piece = rest.to_owned();
        loop {
            if let Some((inside, after)) = piece.split_once(':') {
                self.extend(inside)?;
                return segments.resume(after);
            }
            self.extend(&piece)?;
            match segments.pop() {
                Some(next) => piece = next,
                None => return Ok(()),
            }
        }
    }

    pub(super) fn into_vec(self) -> Vec<String> {
        self.names
    }
}
