//! Following a folder: what a paging token of delta says, and how it is written.
//!
//! Whoever follows asks for what changed behind a place in the order of a drive's changes. A token says which place that is, of
//! which folder, and how far an enumeration is that takes several pages. It is sealed before it leaves the server.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::id::{DriveId, ItemId};

/// How much of a hash tells one view from another.
const VIEW_BYTES: usize = 12;

/// What is hidden from somebody in the folder that they follow. While it stays the same, what they were told and weren't told
/// before still holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View(String);

impl View {
    /// The view of an owner, from whom nothing is hidden.
    pub fn whole() -> Self {
        Self("whole".to_owned())
    }

    /// The view of somebody from whom these items are hidden.
    pub fn without(mut hidden: Vec<ItemId>) -> Self {
        hidden.sort();
        let mut hash = Sha256::new();
        hidden.iter().for_each(|item| hash.update(item.as_uuid().as_bytes()));
        Self(HEXLOWER.encode(hash.finalize().get(..VIEW_BYTES).unwrap_or_default()))
    }

    /// A view of so much that is hidden that it isn't looked through: it lasts until the drive's next change.
    pub fn until_next(change: i64) -> Self {
        Self(format!("until{change}"))
    }
}

/// How far the walk through a folder's subtree is: behind which child of which folder it goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// The top of the subtree.
    pub top: ItemId,
    /// The folder whose children are told.
    pub folder: ItemId,
    /// The last one that was; `None` before the first.
    pub after: Option<ItemId>,
    /// The drive's newest change when the walk began at the top.
    pub began: i64,
}

/// How far an enumeration is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It is over: the next one begins here.
    Settled,
    /// Everything that lies in the folder is told, for somebody who knows nothing.
    First {
        /// The place in it.
        cursor: Option<Cursor>,
    },
    /// What changed and is there is told, up to a change.
    Live {
        /// The enumeration's last change.
        until: i64,
        /// The last change that was looked at.
        at: i64,
    },
    /// What lies in folders that came or came back is told.
    Trees {
        /// The enumeration's last change.
        until: i64,
        /// The last change whose subtree was told.
        at: i64,
        /// The place in the subtree of the next one.
        cursor: Option<Cursor>,
    },
    /// What is gone is told, newest first, so that a folder comes before what had been deleted in it earlier.
    Gone {
        /// The enumeration's last change.
        until: i64,
        /// The last change that was looked at.
        before: i64,
    },
}

/// What a paging token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeltaToken {
    /// The drive.
    pub drive: DriveId,
    /// The folder that is followed.
    pub folder: ItemId,
    /// What was hidden when it was given.
    pub view: View,
    /// The last change that the client knows of.
    pub since: i64,
    /// Folders that moved up to this change may have moved past a walk, and are told with all that lies in them.
    pub loose: i64,
    /// How far the enumeration is.
    pub step: Step,
}

/// The first word of every token: another form would have another one.
const FORM: &str = "1";

/// What stands for nothing.
const NOTHING: &str = "-";

impl DeltaToken {
    /// The text that is sealed.
    pub fn to_text(&self) -> String {
        let Self { drive, folder, view: View(view), since, loose, step } = self;
        let step = match step {
            Step::Settled => "settled".to_owned(),
            Step::First { cursor } => format!("first {}", cursor_text(cursor.as_ref())),
            Step::Live { until, at } => format!("live {until} {at}"),
            Step::Trees { until, at, cursor } => format!("trees {until} {at} {}", cursor_text(cursor.as_ref())),
            Step::Gone { until, before } => format!("gone {until} {before}"),
        };
        format!("{FORM} {drive} {folder} {view} {since} {loose} {step}")
    }

    /// Reads the text; `None` for any other.
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = Words(text.split(' '));
        words.next().filter(|form| *form == FORM)?;
        let token = Self {
            drive: DriveId::parse(words.next()?).ok()?,
            folder: words.item()?,
            view: View(words.next()?.to_owned()),
            since: words.number()?,
            loose: words.number()?,
            step: match words.next()? {
                "settled" => Step::Settled,
                "first" => Step::First { cursor: words.cursor().ok()? },
                "live" => Step::Live { until: words.number()?, at: words.number()? },
                "trees" => Step::Trees { until: words.number()?, at: words.number()?, cursor: words.cursor().ok()? },
                "gone" => Step::Gone { until: words.number()?, before: words.number()? },
                _ => return None,
            },
        };
        words.next().is_none().then_some(token)
    }
}

fn cursor_text(cursor: Option<&Cursor>) -> String {
    let Some(Cursor { top, folder, after, began }) = cursor else { return NOTHING.to_owned() };
    let after = after.map_or_else(|| NOTHING.to_owned(), |after| after.to_string());
    format!("{top} {folder} {after} {began}")
}

struct Words<'t>(std::str::Split<'t, char>);

impl<'t> Words<'t> {
    fn next(&mut self) -> Option<&'t str> {
        self.0.next()
    }

    fn number(&mut self) -> Option<i64> {
        self.next()?.parse().ok()
    }

    fn item(&mut self) -> Option<ItemId> {
        ItemId::parse(self.next()?).ok()
    }

    /// A cursor, or the word for none.
    fn cursor(&mut self) -> Result<Option<Cursor>, Malformed> {
        let top = match self.next().ok_or(Malformed)? {
            NOTHING => return Ok(None),
            top => ItemId::parse(top).map_err(|_| Malformed)?,
        };
        let folder = self.item().ok_or(Malformed)?;
        let after = match self.next().ok_or(Malformed)? {
            NOTHING => None,
            after => Some(ItemId::parse(after).map_err(|_| Malformed)?),
        };
        Ok(Some(Cursor { top, folder, after, began: self.number().ok_or(Malformed)? }))
    }
}

/// A text that is no cursor.
struct Malformed;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn item() -> impl Strategy<Value = ItemId> {
        any::<u128>().prop_map(|id| ItemId::from_uuid(Uuid::from_u128(id)))
    }

    fn cursor() -> impl Strategy<Value = Option<Cursor>> {
        let some = (item(), item(), proptest::option::of(item()), any::<i64>())
            .prop_map(|(top, folder, after, began)| Cursor { top, folder, after, began });
        proptest::option::of(some)
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            Just(Step::Settled),
            cursor().prop_map(|cursor| Step::First { cursor }),
            any::<(i64, i64)>().prop_map(|(until, at)| Step::Live { until, at }),
            (any::<(i64, i64)>(), cursor()).prop_map(|((until, at), cursor)| Step::Trees { until, at, cursor }),
            any::<(i64, i64)>().prop_map(|(until, before)| Step::Gone { until, before }),
        ]
    }

    proptest! {
        #[test]
        fn a_token_says_what_was_written(
            drive: u128, folder in item(), hidden in proptest::collection::vec(item(), 0..4),
            places: (i64, i64), step in step()
        ) {
            let token = DeltaToken {
                drive: DriveId::business(Uuid::from_u128(drive)),
                folder,
                view: View::without(hidden),
                since: places.0,
                loose: places.1,
                step,
            };
            let text = token.to_text();
            prop_assert_eq!(DeltaToken::parse(&text), Some(token));
            prop_assert_eq!(DeltaToken::parse(&format!("{text} more")), None);
            prop_assert_eq!(DeltaToken::parse(text.rsplit_once(' ').unwrap().0), None);
        }

        #[test]
        fn no_other_text_is_one(text: String) {
            prop_assert_eq!(DeltaToken::parse(&text), None);
        }

        #[test]
        fn a_view_is_what_is_hidden_in_no_order(mut hidden in proptest::collection::vec(item(), 0..5), more in item()) {
            let view = View::without(hidden.clone());
            hidden.reverse();
            prop_assert_eq!(&View::without(hidden.clone()), &view);
            hidden.push(more);
            prop_assert_ne!(View::without(hidden), view);
        }
    }
}
