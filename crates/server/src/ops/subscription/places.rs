//! So many at once of one kind, and no more.

use std::collections::HashMap;

/// At most `MOST` places for each key.
#[derive(Debug, Default)]
pub(super) struct Places<const MOST: usize> {
    taken: HashMap<String, usize>,
}

impl<const MOST: usize> Places<MOST> {
    /// Whether a place is free.
    pub(super) fn has_room(&self, key: &str) -> bool {
        self.taken.get(key).is_none_or(|taken| *taken < MOST)
    }

    /// Takes a place.
    pub(super) fn take(&mut self, key: String) {
        *self.taken.entry(key).or_default() += 1;
    }

    /// Gives a place back.
    pub(super) fn free(&mut self, key: &str) {
        let left = self.taken.get_mut(key).map(|taken| {
            *taken = taken.saturating_sub(1);
            *taken
        });
        if left == Some(0) {
            self.taken.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_for_each_key() {
        let mut places = Places::<2>::default();
        places.take("a".to_owned());
        assert!(places.has_room("a"));
        places.take("a".to_owned());
        assert!(!places.has_room("a") && places.has_room("b"));
        places.free("a");
        assert!(places.has_room("a"));
        places.free("a");
        places.free("a");
        assert!(places.taken.is_empty());
    }
}
