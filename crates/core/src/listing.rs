//! The order in which the items of a folder are listed, and the place where a page of them begins.
//!
//! A page begins behind an item and not after so many, so that what is added, renamed or deleted meanwhile makes nobody
//! else's item come twice or not at all.

use crate::id::ItemId;
use crate::item::DriveItem;
use crate::name::name_key;
use crate::time;

/// What the items of a folder are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SortKey {
    /// Their names, without regard to case.
    #[default]
    Name,
    /// Their sizes in bytes; of folders, what lies in them.
    Size,
    /// When they were made.
    Created,
    /// When they were changed.
    Modified,
}

/// The most items of a folder that may be sorted by size.
///
/// Names and times stand in indexes. The sizes of folders change with everything below them, so that an index of sizes would be
/// written at every level with every upload; they are sorted when they are asked for instead, as far as that is quick.
pub const MOST_SORTED_BY_SIZE: i64 = 10_000;

/// The order of a listing. Items that are alike in it go by their ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Order {
    /// What counts.
    pub by: SortKey,
    /// Whether the greatest comes first.
    pub descending: bool,
}

/// Where a page begins: behind the item that has this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The folded name, in a listing by name.
    Name(String),
    /// The number, in any other listing: bytes, or microseconds since 1970; and the id.
    Number(i64, ItemId),
}

impl SortKey {
    const ALL: [(Self, &'static str); 4] = [
        (Self::Name, "name"),
        (Self::Size, "size"),
        (Self::Created, "createdDateTime"),
        (Self::Modified, "lastModifiedDateTime"),
    ];

    /// Graph's word for it, as `$orderby` has it.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(key, _)| *key == self).map_or("name", |(_, word)| word)
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == word).map(|(key, _)| *key)
    }
}

impl Order {
    /// The place behind an item.
    pub fn behind(self, item: &DriveItem) -> Place {
        match self.by {
            SortKey::Name => Place::Name(name_key(&item.name)),
            SortKey::Size => Place::Number(item.size, item.id),
            SortKey::Created => Place::Number(time::to_micros(item.created_at), item.id),
            SortKey::Modified => Place::Number(time::to_micros(item.modified_at), item.id),
        }
    }

    /// A place as text, for a token that says which order it is of.
    pub fn write(self, place: &Place) -> String {
        let (key, direction) = (self.by.as_str(), if self.descending { "desc" } else { "asc" });
        match place {
            Place::Name(name) => format!("{key} {direction} {name}"),
            Place::Number(number, id) => format!("{key} {direction} {number} {id}"),
        }
    }

    /// Reads what [`Order::write`] gives. A place in another order is none in this one.
    pub fn read(self, text: &str) -> Option<Place> {
        let rest = text.strip_prefix(self.by.as_str())?.strip_prefix(' ')?;
        let rest = rest.strip_prefix(if self.descending { "desc " } else { "asc " })?;
        if self.by == SortKey::Name {
            return Some(Place::Name(rest.to_owned()));
        }
        let (number, id) = rest.split_once(' ')?;
        Some(Place::Number(number.parse().ok()?, ItemId::parse(id).ok()?))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn orders() -> impl Iterator<Item = Order> {
        SortKey::ALL.into_iter().flat_map(|(by, _)| [false, true].map(|descending| Order { by, descending }))
    }

    proptest! {
        #[test]
        fn a_place_is_read_in_its_own_order_only(name: String, number: i64, id: u128) {
            for order in orders() {
                let place = match order.by {
                    SortKey::Name => Place::Name(name.clone()),
                    _ => Place::Number(number, ItemId::from_uuid(Uuid::from_u128(id))),
                };
                let text = order.write(&place);
                for other in orders() {
                    prop_assert_eq!(other.read(&text), (other == order).then(|| place.clone()));
                }
            }
        }

        #[test]
        fn reading_never_panics(text: String) {
            for order in orders() {
                let _ = order.read(&text);
            }
        }
    }

    #[test]
    fn the_words_are_those_of_the_type() {
        for (key, word) in SortKey::ALL {
            assert_eq!((SortKey::parse(word), key.as_str()), (Some(key), word));
        }
        assert_eq!(SortKey::parse("Name"), None);
    }
}
