//! The segments of a path, decoded, read from the front.

use std::collections::VecDeque;

use super::AddressError;
use super::call::{Aliases, Call};
use super::tail::{Tail, TailSegment};
use crate::odata::text::decode;

/// What is left of a path.
///
/// The raw path is cut at its slashes first and decoded then, so that an encoded slash never parts an id.
pub(super) struct Segments<'q> {
    ahead: VecDeque<String>,
    aliases: Aliases<'q>,
}

impl<'q> Segments<'q> {
    pub(super) fn new(path: &str, query: Option<&'q str>) -> Result<Self, AddressError> {
        let mut ahead = VecDeque::new();
        for raw in path.split('/') {
            let text = decode(raw).ok_or(AddressError::InvalidEncoding)?;
            if counts(&text)? {
                ahead.push_back(text.into_owned());
            }
        }
        Ok(Self { ahead, aliases: Aliases::new(query) })
    }

    pub(super) fn peek(&self) -> Option<&str> {
        self.ahead.front().map(String::as_str)
    }

    /// Takes the next segment as it is.
    pub(super) fn pop(&mut self) -> Option<String> {
        self.ahead.pop_front()
    }

    /// Takes the next segment if it is this word.
    pub(super) fn word(&mut self, word: &str) -> bool {
        let found = self.peek() == Some(word);
        if found {
            self.pop();
        }
        found
    }

    /// Whether `collection/$count` comes next and nothing behind it.
    pub(super) fn is_count_of(&self, collection: &str) -> bool {
        self.ahead.len() == 2 && self.ahead.iter().map(String::as_str).eq([collection, "$count"])
    }

    /// Takes `collection/key` or `collection('key')` and gives the key. A collection without a key stays.
    pub(super) fn keyed(&mut self, collection: &str) -> Result<Option<String>, AddressError> {
        let Some(text) = self.peek() else { return Ok(None) };
        match Call::parse(text, &self.aliases)? {
            Call::Plain(name) if name == collection && self.ahead.len() > 1 => {
                self.pop();
                Ok(self.pop())
            }
            Call::Key(name, key) if name == collection => {
                self.pop();
                Ok(Some(key))
            }
            _ => Ok(None),
        }
    }

    /// Puts back what followed a closing colon in the same segment: nothing, or further segments behind an encoded slash.
    pub(super) fn resume(&mut self, after: &str) -> Result<(), AddressError> {
        if !(after.is_empty() || after.starts_with('/')) {
            return Err(AddressError::InvalidPath);
        }
        for text in after.rsplit('/') {
            if counts(text)? {
                self.ahead.push_front(text.to_owned());
            }
        }
        Ok(())
    }

    /// All that is left, as the tail of a resource.
    pub(super) fn tail(self) -> Result<Tail, AddressError> {
        let mut segments = Vec::new();
        for text in &self.ahead {
            match Call::parse(text, &self.aliases)? {
                Call::Plain(name) => segments.push(TailSegment::plain(name)),
                Call::Key(name, key) => segments.extend([TailSegment::plain(name), TailSegment::plain(&key)]),
                Call::Function(name, arguments) => segments.push(TailSegment { name: name.to_owned(), arguments }),
            }
        }
        Ok(Tail { segments })
    }

    /// All that is left, as it is.
    pub(super) fn into_texts(self) -> Vec<String> {
        self.ahead.into()
    }
}

/// Whether a segment says anything: empty ones and `.` don't, and `..` must not occur.
fn counts(text: &str) -> Result<bool, AddressError> {
    if text == ".." || text.contains(char::is_control) {
        return Err(AddressError::InvalidPath);
    }
    Ok(!text.is_empty() && text != ".")
}
