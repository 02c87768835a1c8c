//! The words of names and contents: SQLite's. Everything that only its full-text tables can is in this file, in the migration
//! `0020_search_index.sqlite.sql` and behind six methods; another database brings its own.

use driveway_core::Result;
use driveway_core::id::{DriveId, ItemId};
use driveway_core::item::Sha256;
use driveway_core::search::{Query, Term, name_words};

use crate::db::Row;
use crate::search::{Match, Source, by_name, lowest, read_candidate};
use crate::tx::{Tx, values};

/// The longest beginnings of words that have lists of their own, in names and in contents.
const NAME_PREFIX: usize = 8;
const TEXT_PREFIX: usize = 6;

/// Pages that are written by one step of merging: some milliseconds.
const PAGES_AT_ONCE: i64 = 64;

macro_rules! indexed_names {
    () => {
        "SELECT s.number, s.item_id, i.name
                   FROM search_names CROSS JOIN search_items s CROSS JOIN items i
                   WHERE search_names MATCH $1 AND search_names.rowid < $2 AND s.number = search_names.rowid
                     AND s.name_due = 0 AND i.id = s.item_id
                   ORDER BY search_names.rowid DESC LIMIT $3"
    };
}
macro_rules! indexed_texts {
    () => {
        "SELECT s.number, s.item_id
                   FROM search_texts CROSS JOIN search_items s CROSS JOIN items i
                   WHERE search_texts MATCH $1 AND search_texts.rowid < $2 AND s.number = search_texts.rowid
                     AND s.text_due = 0 AND i.id = s.item_id AND s.text_revision = i.content_revision
                   ORDER BY search_texts.rowid DESC LIMIT $3"
    };
}
macro_rules! due_names {
    () => {
        "SELECT s.number, s.item_id, s.drive_id, i.name FROM search_items s LEFT JOIN items i ON i.id = s.item_id
                   WHERE s.name_due = 1 ORDER BY s.drive_id, s.number LIMIT $1"
    };
}

/// A file whose content the index doesn't know as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueText {
    /// The item's number.
    pub number: i64,
    /// Its drive.
    pub drive: DriveId,
    /// Its name.
    pub name: String,
    /// Its media type.
    pub mime_type: String,
    /// Its content.
    pub sha256: Sha256,
    /// Its size in bytes.
    pub size: i64,
    /// Which content it is.
    pub revision: i64,
}

impl Tx<'_> {
    /// The items whose names as they are now match. The index may say too much, having only beginnings: each name is looked at.
    pub(crate) fn indexed_names(
        &mut self,
        drives: &[DriveId],
        query: &Query,
        before: i64,
        limit: u32,
    ) -> Result<Source> {
        let expression = expression(drives, query, in_names);
        let named = self.all(indexed_names!(), values![expression, before, i64::from(limit)], read_candidate)?;
        Ok(by_name(named, query, limit))
    }

    /// The files whose content as it is now matches, together with their name.
    pub(crate) fn indexed_texts(
        &mut self,
        drives: &[DriveId],
        query: &Query,
        before: i64,
        limit: u32,
    ) -> Result<Source> {
        let read = |row: &mut Row<'_>| Ok(Match { number: row.get()?, item: row.get()?, by_name: false });
        let expression = expression(drives, query, in_texts);
        let found = self.all(indexed_texts!(), values![expression, before, i64::from(limit)], read)?;
        Ok(Source { down_to: lowest(found.iter().map(|found| found.number), limit), found })
    }

    /// Whether a file's content as it is now matches, together with its name.
    pub(crate) fn has_text(&mut self, number: i64, query: &Query) -> Result<bool> {
        let sql = "SELECT COUNT(*) FROM search_texts CROSS JOIN search_items s CROSS JOIN items i
                   WHERE search_texts MATCH $1 AND search_texts.rowid = $2 AND s.number = search_texts.rowid
                     AND s.text_due = 0 AND i.id = s.item_id AND s.text_revision = i.content_revision";
        if query.terms().is_empty() {
            return Ok(false);
        }
        Ok(self.number(sql, values![terms(query, in_texts), number])? > 0)
    }

    /// Brings the names of at most `limit` items into the index, and takes the words of as many out that are gone; says how
    /// many that were.
    pub fn index_names(&mut self, limit: u32) -> Result<u64> {
        let read = |row: &mut Row<'_>| {
            let (number, item, drive) = (row.get::<i64>()?, row.maybe::<ItemId>()?, row.get::<DriveId>()?);
            Ok((number, item.is_some(), drive, row.maybe::<String>()?))
        };
        let mut due = self.all(due_names!(), values![i64::from(limit)], read)?;
        // The full-text tables gather rows that come in the order of their numbers.
        due.sort_by_key(|(number, ..)| *number);
        let count = due.len() as u64;
        for (number, is_there, drive, name) in due {
            self.execute("DELETE FROM search_names WHERE rowid = $1", values![number])?;
            match name.filter(|_| is_there) {
                Some(name) => {
                    let found = name_words(&name);
                    let words = row_of(&drive, found.words.iter().chain(&found.parts));
                    self.execute("INSERT INTO search_names (rowid, words) VALUES ($1, $2)", values![number, words])?;
                    self.execute("UPDATE search_items SET name_due = 0 WHERE number = $1", values![number])?;
                }
                None => {
                    self.execute("DELETE FROM search_texts WHERE rowid = $1", values![number])?;
                    self.execute("DELETE FROM search_items WHERE number = $1", values![number])?;
                }
            }
        }
        Ok(count)
    }

    /// Merges a part of what was brought in bit by bit, and says whether there is more to merge. Each transaction that brings words
    /// in leaves lists of its own, and a search looks into all of them.
    pub fn merge_words(&mut self) -> Result<bool> {
        let mut is_more = false;
        for sql in [
            "INSERT INTO search_names (search_names, rank) VALUES ('merge', $1)",
            "INSERT INTO search_texts (search_texts, rank) VALUES ('merge', $1)",
        ] {
            let before = self.number("SELECT total_changes()", values![])?;
            self.execute(sql, values![PAGES_AT_ONCE])?;
            // The statement itself is one change.
            is_more |= self.number("SELECT total_changes()", values![])? - before > 1;
        }
        Ok(is_more)
    }

    /// At most `limit` files whose content the index doesn't know, behind a number.
    pub fn due_texts(&mut self, after: i64, limit: u32) -> Result<Vec<DueText>> {
        let sql = "SELECT s.number, s.drive_id, i.name, i.mime_type, i.file_sha256, i.size, i.content_revision
                   FROM search_items s JOIN items i ON i.id = s.item_id
                   WHERE s.text_due = 1 AND s.number > $1 AND i.is_folder = 0 ORDER BY s.number LIMIT $2";
        self.all(sql, values![after, i64::from(limit)], |row| {
            Ok(DueText {
                number: row.get()?,
                drive: row.get()?,
                name: row.get()?,
                mime_type: row.get()?,
                sha256: row.get()?,
                size: row.get()?,
                revision: row.get()?,
            })
        })
    }

    /// Brings a file's words into the index, or takes them out where it has none; `false` if the file has another name or
    /// content by now.
    pub fn index_text(&mut self, due: &DueText, words: Option<&[String]>) -> Result<bool> {
        let sql = "UPDATE search_items SET text_due = 0, text_revision = $1
                   WHERE number = $2 AND EXISTS (SELECT 1 FROM items i
                       WHERE i.id = search_items.item_id AND i.content_revision = $3 AND i.name = $4)";
        let revision = words.map(|_| due.revision);
        if self.execute(sql, values![revision, due.number, due.revision, &due.name])? == 0 {
            return Ok(false);
        }
        self.execute("DELETE FROM search_texts WHERE rowid = $1", values![due.number])?;
        if let Some(words) = words {
            let name = name_words(&due.name);
            let words = row_of(&due.drive, name.words.iter().chain(&name.parts).chain(words));
            self.execute("INSERT INTO search_texts (rowid, words) VALUES ($1, $2)", values![due.number, words])?;
        }
        Ok(true)
    }
}

/// The word that stands for a drive, which no text has: words have no underscore.
fn place(drive: &DriveId) -> String {
    format!("_{}", data_encoding::HEXLOWER.encode(drive.as_str().as_bytes()))
}

fn row_of<'w>(drive: &DriveId, words: impl Iterator<Item = &'w String>) -> String {
    let mut row = place(drive);
    for word in words {
        row.push(' ');
        row.push_str(word);
    }
    row
}

/// A query in the words of the full-text tables. Each word is quoted and has letters and digits only, so that nothing that
/// somebody types is syntax.
fn expression(drives: &[DriveId], query: &Query, term: fn(&Term) -> String) -> String {
    let places: Vec<String> = drives.iter().map(|drive| format!("\"{}\"", place(drive))).collect();
    format!("({}) AND {}", places.join(" OR "), terms(query, term))
}

fn terms(query: &Query, term: fn(&Term) -> String) -> String {
    query.terms().iter().map(term).collect::<Vec<_>>().join(" AND ")
}

/// A term in names: its words in any order, the last one by as much of its beginning as has a list. What that finds too much
/// is told apart by the name.
fn in_names(term: &Term) -> String {
    let last = term.words.len().saturating_sub(1);
    let word = |(at, word): (usize, &String)| {
        if at == last && term.is_prefix { beginning(word, NAME_PREFIX) } else { format!("\"{word}\"") }
    };
    term.words.iter().enumerate().map(word).collect::<Vec<_>>().join(" AND ")
}

/// A term in contents: its words one after the other. The beginning of a word is looked for as far as it has a list; a longer
/// one is looked for as it is.
fn in_texts(term: &Term) -> String {
    match term.words.as_slice() {
        [word] if term.is_prefix && word.chars().count() <= TEXT_PREFIX => beginning(word, TEXT_PREFIX),
        words => format!("\"{}\"", words.join(" ")),
    }
}

fn beginning(word: &str, most: usize) -> String {
    let beginning: String = word.chars().take(most).collect();
    format!("\"{beginning}\" *")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{Value, scratch};

    /// A page is read from the list of a word, from the newest on, and nothing is sorted.
    #[test]
    fn a_page_is_read_and_not_sorted() {
        scratch(|tx| {
            for sql in [
                concat!("EXPLAIN QUERY PLAN ", indexed_names!()),
                concat!("EXPLAIN QUERY PLAN ", indexed_texts!()),
                concat!("EXPLAIN QUERY PLAN ", due_names!()),
            ] {
                let nulls: Vec<Value<'_>> = sql.matches('$').map(|_| Value::Null).collect();
                let read = |row: &mut Row<'_>| {
                    row.skip(3);
                    row.get::<String>()
                };
                let plan = tx.all(sql, &nulls, read).unwrap().join("; ");
                assert!(!plan.contains("TEMP B-TREE"), "{plan}");
                assert!(plan.contains(":M") || plan.contains("search_names_due"), "{plan}");
            }
        });
    }

    #[test]
    fn what_came_bit_by_bit_is_merged() {
        scratch(|tx| {
            for number in 1..=40_i64 {
                let sql = "INSERT INTO search_names (rowid, words) VALUES ($1, 'yearly report')";
                tx.execute(sql, values![number]).unwrap();
            }
            let lists = "SELECT COUNT(DISTINCT segid) FROM search_names_idx";
            assert!(tx.number(lists, values![]).unwrap() > 1);
            while tx.merge_words().unwrap() {}
            assert_eq!(tx.number(lists, values![]).unwrap(), 1);
            let found = "SELECT COUNT(*) FROM search_names WHERE search_names MATCH '\"rep\" *'";
            assert_eq!(tx.number(found, values![]).unwrap(), 40);
        });
    }
}
