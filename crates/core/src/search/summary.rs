//! A few words of a text around what was looked for.

use super::{Query, Term, pieces, runs, words_of};

/// Characters shown before the first word that was found, and from it on.
const BEFORE: usize = 60;
const FROM_IT_ON: usize = 180;

/// What Graph shows of a hit: the text around the first word that was looked for, with `<c0>` and `</c0>` around each such
/// word and `<ddd/>` where something was left out. Of the text itself `<`, `>` and `&` are escaped, and what is between words
/// and shows nothing is one space. `None` if none of the words is there.
pub fn summary(text: &str, query: &Query) -> Option<String> {
    let (first, _) = runs(text).find(|(_, run)| is_wanted(query, run))?;
    let (before, from_it_on) = text.split_at_checked(first)?;
    let start = before.char_indices().rev().take(BEFORE).last().map_or(first, |(at, _)| at);
    let end = from_it_on.char_indices().nth(FROM_IT_ON).map_or(from_it_on.len(), |(at, _)| at);
    let shown = text.get(start..first + end)?;
    let mut out = String::with_capacity(shown.len() + 64);
    if start > 0 {
        out.push_str("<ddd/>");
    }
    let mut done = 0;
    for (at, run) in runs(shown).filter(|(_, run)| is_wanted(query, run)) {
        escape(shown.get(done..at)?, &mut out);
        out.push_str("<c0>");
        escape(run, &mut out);
        out.push_str("</c0>");
        done = at + run.len();
    }
    escape(shown.get(done..)?, &mut out);
    if end < from_it_on.len() {
        out.push_str("<ddd/>");
    }
    Some(out)
}

/// Whether a stretch of text holds a word that is looked for.
fn is_wanted(query: &Query, run: &str) -> bool {
    let words: Vec<String> = pieces(run).iter().flat_map(|piece| words_of(piece)).collect();
    words.iter().any(|word| query.terms().iter().any(|term| is_one_of(term, word)))
}

fn is_one_of(term: &Term, word: &String) -> bool {
    term.words.contains(word) || (term.is_prefix && term.words.last().is_some_and(|last| word.starts_with(last)))
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            c if c.is_whitespace() || c.is_control() => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c => out.push(c),
        }
    }
}
