//! Search: which items are to be found, and the pages of what is. [`search_index`](crate::search_index) keeps the words.
//!
//! A change notes in its own transaction that the index is to follow, and the index follows in a job. Until it has, names are
//! read from the items themselves, so that what was just made or renamed is found at once. What the index says of an item that
//! has changed since counts for nothing.

use std::collections::BTreeMap;

use driveway_core::Result;
use driveway_core::id::{DriveId, GroupId, ItemId, UserId};
use driveway_core::search::{Query, TextKind};

use crate::db::Row;
use crate::item::{NewFacet, NewItem};
use crate::tx::{Tx, values};

/// An item that matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match {
    /// Its number: greater for what came later.
    pub number: i64,
    /// The item.
    pub item: ItemId,
    /// Whether its name has all that was looked for. Otherwise its name and its content together do.
    pub by_name: bool,
}

/// Some of the items that match, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Matches {
    /// The items. There may be none, and more behind.
    pub found: Vec<Match>,
    /// The number before which the search goes on, unless this was all.
    pub next: Option<i64>,
}

/// An item that may be found, as a list of them has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Its number.
    pub number: i64,
    /// The item.
    pub item: ItemId,
    /// Its name.
    pub name: String,
}

/// An item on which somebody has a right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RightHeld {
    /// The item.
    pub item: ItemId,
    /// Its drive.
    pub drive: DriveId,
    /// Whether it is the drive's root.
    pub is_root: bool,
}

/// Where and for what is looked.
#[derive(Debug, Clone)]
pub struct SearchFor {
    /// In these drives, by the index.
    pub drives: Vec<DriveId>,
    /// Among these items, one by one; the newest first.
    pub among: Vec<Candidate>,
    /// For this.
    pub query: Query,
    /// Whether what stands in files counts.
    pub in_texts: bool,
}

/// What one of several lists of matches came to.
#[derive(Debug, Default)]
pub(crate) struct Source {
    pub(crate) found: Vec<Match>,
    /// The number down to which the list was read; `None` if it was read to its end.
    pub(crate) down_to: Option<i64>,
}

impl Tx<'_> {
    /// At most `limit` items, or somewhat fewer, that match, whoever may see them and wherever above them something is in the
    /// recycle bin; the newest first, from behind the number `before` on. Costs what `limit` costs, however many match.
    pub fn search(&mut self, what: &SearchFor, before: Option<i64>, limit: u32) -> Result<Matches> {
        let before = before.unwrap_or(i64::MAX);
        let mut sources = Vec::new();
        if what.query.is_everything() {
            for drive in &what.drives {
                sources.push(self.all_items(drive, before, limit)?);
            }
        }
        sources.push(self.matching_among(what, before, limit)?);
        if !what.query.is_everything() && !what.query.terms().is_empty() && !what.drives.is_empty() {
            for drive in &what.drives {
                sources.push(self.unindexed_names(drive, &what.query, before, limit)?);
            }
            sources.push(self.indexed_names(&what.drives, &what.query, before, limit)?);
            if what.in_texts {
                sources.push(self.indexed_texts(&what.drives, &what.query, before, limit)?);
            }
        }
        Ok(merged(sources, limit))
    }

    fn all_items(&mut self, drive: &DriveId, before: i64, limit: u32) -> Result<Source> {
        let sql = "SELECT number, item_id FROM search_items
                   WHERE drive_id = $1 AND number < $2 AND item_id IS NOT NULL ORDER BY number DESC LIMIT $3";
        let read = |row: &mut Row<'_>| Ok(Match { number: row.get()?, item: row.get()?, by_name: true });
        let found = self.all(sql, values![drive, before, i64::from(limit)], read)?;
        Ok(Source { down_to: lowest(found.iter().map(|found| found.number), limit), found })
    }

    /// The items whose names the index doesn't know yet. They are few but after a great change, and then come in pages too.
    fn unindexed_names(&mut self, drive: &DriveId, query: &Query, before: i64, limit: u32) -> Result<Source> {
        let sql = "SELECT s.number, s.item_id, i.name FROM search_items s JOIN items i ON i.id = s.item_id
                   WHERE s.drive_id = $1 AND s.name_due = 1 AND s.number < $2 ORDER BY s.number DESC LIMIT $3";
        let named = self.all(sql, values![drive, before, i64::from(limit)], read_candidate)?;
        Ok(by_name(named, query, limit))
    }

    /// Those of a list that match.
    fn matching_among(&mut self, what: &SearchFor, before: i64, limit: u32) -> Result<Source> {
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut found = Vec::new();
        for Candidate { number, item, name } in what.among.iter().filter(|one| one.number < before) {
            if found.len() >= most {
                break;
            }
            let by_name = what.query.matches_name(name);
            if by_name || (what.in_texts && self.has_text(*number, &what.query)?) {
                found.push(Match { number: *number, item: *item, by_name });
            }
        }
        Ok(Source { down_to: lowest(found.iter().map(|found| found.number), limit), found })
    }

    /// Live items below a folder, as far as nothing above them is in the recycle bin: at most `limit`, in no order.
    pub fn items_below(&mut self, folder: ItemId, limit: u32) -> Result<Vec<Candidate>> {
        let sql = "WITH RECURSIVE down (id) AS (
                       SELECT id FROM items WHERE parent_id = $1 AND deleted_at IS NULL
                       UNION ALL
                       SELECT i.id FROM down JOIN items i ON i.parent_id = down.id WHERE i.deleted_at IS NULL
                   )
                   SELECT s.number, i.id, i.name
                   FROM down CROSS JOIN items i CROSS JOIN search_items s
                   WHERE i.id = down.id AND s.item_id = down.id LIMIT $2";
        self.all(sql, values![folder, i64::from(limit)], read_candidate)
    }

    /// One item, as it may be found.
    pub fn search_candidate(&mut self, item: ItemId) -> Result<Option<Candidate>> {
        let sql =
            "SELECT s.number, i.id, i.name FROM search_items s JOIN items i ON i.id = s.item_id WHERE s.item_id = $1";
        self.one(sql, values![item], read_candidate)
    }

    /// The items that have a right for a person or one of these groups, or a link that the person carries; at most `limit`.
    pub fn rights_held(&mut self, user: UserId, groups: &[GroupId], limit: u32) -> Result<Vec<RightHeld>> {
        let sql = "SELECT i.id, i.drive_id, i.parent_id FROM permissions p JOIN items i ON i.id = p.item_id
                   WHERE p.grantee_id = $1 AND p.grantee_kind = 'user'
                   UNION
                   SELECT i.id, i.drive_id, i.parent_id FROM link_grantees g JOIN permissions p ON p.id = g.permission_id
                   JOIN items i ON i.id = p.item_id WHERE g.user_id = $1
                   UNION
                   SELECT i.id, i.drive_id, i.parent_id FROM link_redemptions r JOIN items i ON i.id = r.item_id
                   WHERE r.user_id = $1
                   ORDER BY 1 LIMIT $2";
        let mut held = self.all(sql, values![user, i64::from(limit)], read_right)?;
        let sql = "SELECT i.id, i.drive_id, i.parent_id FROM permissions p JOIN items i ON i.id = p.item_id
                   WHERE p.grantee_id = $1 AND p.grantee_kind IN ('group', 'groupOwners') ORDER BY 1 LIMIT $2";
        for group in groups {
            held.extend(self.all(sql, values![*group, i64::from(limit)], read_right)?);
        }
        held.sort_by_key(|right| right.item);
        held.dedup();
        held.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(held)
    }

    /// Notes a new item.
    pub(crate) fn note_for_search(&mut self, item: &NewItem) -> Result<()> {
        let has_text = match &item.facet {
            NewFacet::Folder => false,
            NewFacet::File { file, .. } => TextKind::of(&file.mime_type, &item.name).is_some(),
        };
        let sql = "INSERT INTO search_items (item_id, drive_id, name_due, text_due) VALUES ($1, $2, 1, $3)";
        self.execute(sql, values![item.id, &item.drive, has_text]).map(drop)
    }

    /// Notes that an item has another name. What is known of its content has the name with it.
    pub(crate) fn note_name_for_search(&mut self, item: ItemId) -> Result<()> {
        let sql = "UPDATE search_items SET name_due = 1,
                       text_due = (SELECT 1 - i.is_folder FROM items i WHERE i.id = search_items.item_id)
                   WHERE item_id = $1";
        self.execute(sql, values![item]).map(drop)
    }

    /// Notes that a file has another content.
    pub(crate) fn note_text_for_search(&mut self, item: ItemId) -> Result<()> {
        self.execute("UPDATE search_items SET text_due = 1 WHERE item_id = $1", values![item]).map(drop)
    }

    /// Notes that an item is gone.
    pub(crate) fn note_gone_for_search(&mut self, item: ItemId) -> Result<()> {
        let sql = "UPDATE search_items SET item_id = NULL, name_due = 1, text_due = 0 WHERE item_id = $1";
        self.execute(sql, values![item]).map(drop)
    }
}

pub(crate) fn read_candidate(row: &mut Row<'_>) -> crate::Result<Candidate> {
    Ok(Candidate { number: row.get()?, item: row.get()?, name: row.get()? })
}

fn read_right(row: &mut Row<'_>) -> crate::Result<RightHeld> {
    Ok(RightHeld { item: row.get()?, drive: row.get()?, is_root: row.maybe::<ItemId>()?.is_none() })
}

/// Of a list that was read up to `limit`, what matches by its name as it is now.
pub(crate) fn by_name(named: Vec<Candidate>, query: &Query, limit: u32) -> Source {
    let down_to = lowest(named.iter().map(|one| one.number), limit);
    let matching = named.into_iter().filter(|one| query.matches_name(&one.name));
    Source { found: matching.map(|one| Match { number: one.number, item: one.item, by_name: true }).collect(), down_to }
}

/// The last of a list that goes down, if the list is as long as it may be.
pub(crate) fn lowest(numbers: impl ExactSizeIterator<Item = i64>, limit: u32) -> Option<i64> {
    let is_cut = numbers.len() >= usize::try_from(limit).unwrap_or(usize::MAX);
    numbers.last().filter(|_| is_cut)
}

/// One list of several that go down. It ends where the first of them was cut: what is behind may be in any.
fn merged(sources: Vec<Source>, limit: u32) -> Matches {
    let down_to = sources.iter().filter_map(|source| source.down_to).max();
    let mut found: BTreeMap<i64, Match> = BTreeMap::new();
    for one in sources.into_iter().flat_map(|source| source.found).filter(|one| down_to <= Some(one.number)) {
        found.entry(one.number).and_modify(|known| known.by_name |= one.by_name).or_insert(one);
    }
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let is_over = found.len() > limit;
    let found: Vec<Match> = found.into_values().rev().take(limit).collect();
    let next = if is_over { found.last().map(|last| last.number) } else { down_to };
    Matches { found, next }
}
