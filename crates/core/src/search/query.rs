//! What somebody looks for.

use super::{NameWords, name_words, pieces, runs, words_of};

/// The longest query, in characters.
pub const MAX_QUERY_CHARS: usize = 255;

/// The most terms of a query.
pub const MAX_QUERY_TERMS: usize = 32;

/// Why a text is no query. Graph answers 400 `invalidRequest`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// There is nothing to look for.
    #[error("there is nothing to look for")]
    Empty,
    /// It has more than [`MAX_QUERY_CHARS`] characters.
    #[error("one may look for at most {MAX_QUERY_CHARS} characters")]
    TooLong,
    /// It has more than [`MAX_QUERY_TERMS`] terms.
    #[error("one may look for at most {MAX_QUERY_TERMS} words")]
    TooManyTerms,
}

/// One of the things that all have to be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Words that follow each other; never empty.
    pub words: Vec<String>,
    /// Whether the last of them may be the beginning of a longer word.
    pub is_prefix: bool,
}

/// A query, read. Any text is one, or else says why not: nothing in it is syntax but quotes around a phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    terms: Vec<Term>,
    is_everything: bool,
}

impl Query {
    /// Reads a query. What stands in quotes are words that follow each other exactly; every other word may be the beginning of
    /// one. A star alone asks for everything. A text without any word finds nothing.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(QueryError::Empty);
        }
        if text.chars().count() > MAX_QUERY_CHARS {
            return Err(QueryError::TooLong);
        }
        let mut terms = Vec::new();
        for (at, part) in text.split('"').enumerate() {
            // Behind each odd quote a phrase begins; one that isn't closed goes to the end.
            if at % 2 == 1 { terms.extend(phrase(part)) } else { terms.extend(beginnings(part)) }
        }
        if terms.len() > MAX_QUERY_TERMS {
            return Err(QueryError::TooManyTerms);
        }
        Ok(Self { terms, is_everything: text.chars().all(|c| c == '*') })
    }

    /// Whether everything is asked for, and no word.
    pub fn is_everything(&self) -> bool {
        self.is_everything
    }

    /// What has to be there, all of it; nothing matches where there is none and not everything is asked for.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// Whether a name has all that is looked for.
    pub fn matches_name(&self, name: &str) -> bool {
        if self.is_everything {
            return true;
        }
        let found = name_words(name);
        !self.terms.is_empty() && self.terms.iter().all(|term| term.is_in(&found))
    }
}

impl Term {
    fn is_in(&self, name: &NameWords) -> bool {
        let single = match self.words.as_slice() {
            [word] => Some(word),
            _ => None,
        };
        name.words.windows(self.words.len()).any(|words| self.fits(words))
            || single.is_some_and(|word| name.parts.iter().any(|part| self.ends_with(part, word)))
    }

    /// Whether these words, as many as the term has, are the term's.
    pub(super) fn fits(&self, words: &[String]) -> bool {
        let last = self.words.len().saturating_sub(1);
        self.words
            .iter()
            .zip(words)
            .enumerate()
            .all(|(at, (wanted, word))| if at == last { self.ends_with(word, wanted) } else { word == wanted })
    }

    fn ends_with(&self, word: &str, wanted: &str) -> bool {
        if self.is_prefix { word.starts_with(wanted) } else { word == wanted }
    }
}

fn phrase(text: &str) -> Option<Term> {
    let pieces = runs(text).flat_map(|(_, run)| pieces(run));
    let words: Vec<String> = pieces.flat_map(|piece| neighbours(&piece).0).collect();
    let is_prefix = matches!(words.as_slice(), [word] if word.chars().count() == 1);
    (!words.is_empty()).then_some(Term { words, is_prefix })
}

fn beginnings(text: &str) -> impl Iterator<Item = Term> {
    runs(text).flat_map(|(_, run)| pieces(run)).map(|piece| {
        let (words, is_prefix) = neighbours(&piece);
        Term { words, is_prefix }
    })
}

/// The words of a piece as they are looked for, and whether the last one may go on: without the single character at the end,
/// behind which there may be more.
fn neighbours(piece: &str) -> (Vec<String>, bool) {
    let mut words = words_of(piece);
    let is_spaced = words.len() == 1;
    if !is_spaced {
        words.pop();
    }
    (words, is_spaced)
}
