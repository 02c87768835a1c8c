//! Walking through a folder: all that lies in it, folders before what they hold, a page at a time.
//!
//! Siblings are told in the order of their ids, which no rename changes. What moves meanwhile is noted behind the enumeration's
//! last change, so that the next one tells it; of moved folders it tells all that lies in them.

use std::collections::VecDeque;

use driveway_core::delta::Cursor;
use driveway_core::id::ItemId;
use driveway_core::item::{DriveItem, Facet};
use driveway_storage::{Change, ChangeKind, Order};

use super::telling::{CHUNK, Telling};
use crate::ops::Result;

/// A folder on the way down.
struct Level {
    folder: ItemId,
    /// The last child that was looked at.
    after: Option<ItemId>,
    /// Those that were read and are still to be looked at.
    ready: VecDeque<DriveItem>,
    /// Whether there are no more to read.
    is_read: bool,
}

impl Level {
    fn behind(folder: ItemId, after: Option<ItemId>) -> Self {
        Self { folder, after, ready: VecDeque::new(), is_read: false }
    }
}

impl Telling<'_, '_> {
    /// Tells what lies in folders that came to the one that is followed, or back; the last of them that is done and the place in
    /// the next, if there are more.
    pub(super) fn trees(
        &mut self,
        until: i64,
        mut at: i64,
        mut cursor: Option<Cursor>,
    ) -> Result<Option<(i64, Option<Cursor>)>> {
        loop {
            let kinds = [ChangeKind::Moved, ChangeKind::Restored];
            let changes = self.changes((at, until.saturating_add(1)), &kinds, Order::Forwards)?;
            if changes.is_empty() {
                return Ok(None);
            }
            for change in changes {
                if self.is_full() {
                    return Ok(Some((at, cursor)));
                }
                if self.came(&change)? {
                    let place = cursor.filter(|cursor| cursor.top == change.item);
                    if let Some(place) = self.subtree(change.item, place)? {
                        return Ok(Some((at, Some(place))));
                    }
                }
                (at, cursor) = (change.sequence, None);
                self.looks = self.looks.saturating_sub(1);
            }
        }
    }

    /// Whether an item is a folder whose content the client may not know: it was in the recycle bin, or in a place that isn't
    /// known to have been told, or it moved while a walk went on.
    fn came(&mut self, change: &Change) -> Result<bool> {
        let is_filled = self.scope.item(change.item)?.is_some_and(|item| is_filled(&item));
        if !is_filled || self.scope.there(change.item)?.is_none() {
            return Ok(false);
        }
        let Some(left) = &change.left else { return Ok(true) };
        if change.sequence <= self.loose {
            return Ok(true);
        }
        match self.scope.reached(left.folder)? {
            Some(path) => Ok(!self.scope.is_settled(&path, self.since)?),
            None => Ok(true),
        }
    }

    /// Tells all that lies in a folder, and the folder; the place to go on at, if there is more.
    pub(super) fn subtree(&mut self, top: ItemId, place: Option<Cursor>) -> Result<Option<Cursor>> {
        let resumed = match place {
            Some(place) => self.resume(&place)?.map(|levels| (levels, place.began)),
            None => None,
        };
        let (mut levels, began) = match resumed {
            Some(resumed) => resumed,
            None => {
                if let Some(path) = self.scope.there(top)? {
                    self.tell_down(&path);
                }
                (vec![Level::behind(top, None)], self.scope.tx.last_change(&self.scope.access.drive.id)?)
            }
        };
        while let Some(level) = levels.last_mut() {
            if self.is_full() {
                return Ok(Some(Cursor { top, folder: level.folder, after: level.after, began }));
            }
            if level.ready.is_empty() && !level.is_read {
                level.ready = self.scope.tx.children_by_id(level.folder, level.after, CHUNK)?.into();
                level.is_read = level.ready.len() < CHUNK as usize;
            }
            let Some(child) = level.ready.pop_front() else {
                levels.pop();
                continue;
            };
            level.after = Some(child.id);
            self.looks = self.looks.saturating_sub(1);
            let child = self.scope.learn(child);
            if let Some(path) = self.scope.there(child.id)? {
                self.tell_there(&path);
                if is_filled(&child) {
                    levels.push(Level::behind(child.id, None));
                }
            }
        }
        Ok(None)
    }

    /// The way down to a place, unless a folder on it was put somewhere else since the walk began: then what was still to come
    /// there can't be found any more, and the walk begins anew.
    fn resume(&mut self, place: &Cursor) -> Result<Option<Vec<Level>>> {
        let mut levels = vec![Level::behind(place.folder, place.after)];
        let mut id = place.folder;
        while id != place.top {
            let Some(item) = self.scope.item(id)? else { return Ok(None) };
            let Some(parent) = item.parent else { return Ok(None) };
            if self.scope.tx.came_after(id, place.began)? {
                return Ok(None);
            }
            if item.deleted_at.is_some() {
                levels.clear();
            }
            levels.push(Level::behind(parent, Some(id)));
            id = parent;
        }
        levels.reverse();
        Ok(Some(levels))
    }
}

fn is_filled(item: &DriveItem) -> bool {
    matches!(item.facet, Facet::Folder { child_count } if child_count > 0)
}
