//! Search: what a word is, what a query asks for, and what of a file is text.
//!
//! Names, texts and queries are cut into words by one rule, so that whatever was typed in one way is found when it is typed in
//! another: case, accents and compatibility forms don't count. Scripts without spaces are cut into pairs of characters.

mod query;
mod summary;
mod text;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

pub use self::query::{MAX_QUERY_CHARS, MAX_QUERY_TERMS, Query, QueryError, Term};
pub use self::summary::summary;
pub use self::text::{TextKind, extract};

/// The longest word, in characters; what is beyond doesn't count. So does a query, which is cut alike.
pub const MAX_WORD_CHARS: usize = 64;

/// The parts of one word of a name by which it is found besides.
const MAX_PARTS: usize = 6;

/// What a name is found by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NameWords {
    /// Its words in their order: `Q3 figures.csv` has `q3`, `figures` and `csv`.
    pub words: Vec<String>,
    /// What begins within a word, from there to its end: `BudgetReport2026` has `report2026` and `2026`.
    pub parts: Vec<String>,
}

/// The words of a name.
pub fn name_words(name: &str) -> NameWords {
    let mut found = NameWords::default();
    for piece in runs(name).flat_map(|(_, run)| pieces(run)) {
        found.words.extend(words_of(&piece));
        if !piece.contains(is_unspaced) {
            found.parts.extend(parts_of(&piece));
        }
    }
    found
}

/// The words of a text, in their order.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    runs(text).flat_map(|(_, run)| pieces(run)).flat_map(|piece| words_of(&piece))
}

/// The stretches of a text that hold words, with the byte at which each begins.
fn runs(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let after = rest.trim_start_matches(|c| !is_of_word(c));
        let end = after.find(|c| !is_of_word(c)).unwrap_or(after.len());
        let (run, beyond) = after.split_at_checked(end)?;
        let start = text.len() - after.len();
        rest = beyond;
        (!run.is_empty()).then_some((start, run))
    })
}

/// A run without accents and compatibility forms, which may have torn it; cut where scripts with and without spaces meet.
fn pieces(run: &str) -> Vec<String> {
    let folded: String = run.nfkd().filter(|c| !is_accent(*c)).collect();
    let folded: String = folded.nfc().collect();
    let mut pieces = Vec::new();
    for run in folded.split(|c| !is_of_word(c)).filter(|run| !run.is_empty()) {
        let mut piece = String::new();
        for c in run.chars() {
            if piece.chars().next_back().is_some_and(|last| is_unspaced(last) != is_unspaced(c)) {
                pieces.push(std::mem::take(&mut piece));
            }
            piece.push(c);
        }
        pieces.push(piece);
    }
    pieces
}

/// One word of a piece with spaces around it. Of one without: each two neighbours, and the last character alone, so that
/// whatever stands in the middle is found.
fn words_of(piece: &str) -> Vec<String> {
    if !piece.contains(is_unspaced) {
        return vec![lower(piece)];
    }
    let characters: Vec<char> = piece.chars().collect();
    let mut words: Vec<String> = characters.windows(2).map(|pair| pair.iter().collect()).collect();
    words.extend(characters.last().map(char::to_string));
    words
}

fn parts_of(piece: &str) -> Vec<String> {
    let characters: Vec<char> = piece.chars().collect();
    let begins = |pair: &[char]| match pair {
        [before, after] => (before.is_lowercase() && after.is_uppercase()) || before.is_numeric() != after.is_numeric(),
        _ => false,
    };
    let starts = characters.windows(2).enumerate().filter(|(_, pair)| begins(pair)).map(|(at, _)| at + 1);
    let part = |at: usize| lower(&characters.iter().skip(at).collect::<String>());
    starts.take(MAX_PARTS).map(part).collect()
}

fn lower(piece: &str) -> String {
    let lower = piece.to_lowercase().replace('ς', "σ").replace('ß', "ss");
    lower.chars().take(MAX_WORD_CHARS).collect()
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

/// The marks that people leave out when they type. Those of other scripts are vowels, and stay.
fn is_accent(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

/// Whether a character is of a script that puts no spaces between words.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0e00}'..='\u{0e7f}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests;
