//! A page while it is filled: what is there, and what is gone.

use std::collections::HashMap;

use driveway_core::delta::{DeltaToken, Step};
use driveway_core::error::Inner;
use driveway_core::id::ItemId;
use driveway_storage::{Change, ChangeKind, Left, Order};

use super::scope::{Path, Scope};
use super::{Entry, resync};
use crate::ops::Result;

/// Changes that are read at once.
pub(super) const CHUNK: u32 = 256;

/// Changes and items that a page looks at, at the most: most of a drive's may lie elsewhere.
const MOST_LOOKS: u32 = 5000;

/// A page while it is filled.
pub(super) struct Telling<'p, 't> {
    pub(super) scope: Scope<'p, 't>,
    /// The last change that the client knows of.
    pub(super) since: i64,
    /// Up to where moved folders are told with all that lies in them.
    pub(super) loose: i64,
    /// Changes and items that may still be looked at.
    pub(super) looks: u32,
    limit: usize,
    shows_sharing: bool,
    entries: Vec<Entry>,
    told: HashMap<ItemId, usize>,
}

impl<'p, 't> Telling<'p, 't> {
    pub(super) fn new(scope: Scope<'p, 't>, token: &DeltaToken, limit: u32, shows_sharing: bool) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Self {
            scope,
            since: token.since,
            loose: token.loose,
            looks: MOST_LOOKS,
            limit,
            shows_sharing,
            entries: Vec::new(),
            told: HashMap::new(),
        }
    }

    pub(super) fn into_entries(self) -> Vec<Entry> {
        self.entries
    }

    /// Fills the page from a step on; where the next one goes on.
    pub(super) fn tell(&mut self, mut step: Step) -> Result<Step> {
        loop {
            step = match step {
                Step::Settled => return Ok(Step::Settled),
                Step::First { cursor } => match self.subtree(self.scope.access.item.id, cursor)? {
                    Some(cursor) => return self.pause(Step::First { cursor: Some(cursor) }),
                    None => Step::Settled,
                },
                Step::Live { until, at } => match self.live(until, at)? {
                    Some(at) => return self.pause(Step::Live { until, at }),
                    None => Step::Trees { until, at: self.since, cursor: None },
                },
                Step::Trees { until, at, cursor } => match self.trees(until, at, cursor)? {
                    Some((at, cursor)) => return self.pause(Step::Trees { until, at, cursor }),
                    None => Step::Gone { until, before: until.saturating_add(1) },
                },
                Step::Gone { until, before } => match self.gone(before)? {
                    Some(before) => return self.pause(Step::Gone { until, before }),
                    None => Step::Settled,
                },
            };
        }
    }

    /// Clients take an empty page for the last one, so that one that found nothing in so many looks tells of the folder itself.
    fn pause(&mut self, step: Step) -> Result<Step> {
        if self.entries.is_empty()
            && let Some(path) = self.scope.path(self.scope.access.item.id)?
        {
            self.tell_there(&path);
        }
        Ok(step)
    }

    pub(super) fn is_full(&self) -> bool {
        self.entries.len() >= self.limit || self.looks == 0
    }

    /// Tells of an item, once on a page.
    pub(super) fn tell_there(&mut self, path: &Path) {
        let Some((item, above)) = path.split_first() else { return };
        if self.told.contains_key(&item.id) {
            return;
        }
        self.told.insert(item.id, self.entries.len());
        let above = self.scope.above(above);
        self.entries.push(Entry::There { item: Box::new((**item).clone()), above, shared_changed: false });
    }

    /// Tells of everything on a path that is there, the highest first: clients want folders before what lies in them.
    pub(super) fn tell_down(&mut self, path: &Path) {
        for at in (0..path.len()).rev() {
            let part: Path = path.iter().skip(at).cloned().collect();
            if part.first().is_some_and(|item| item.deleted_at.is_some()) {
                return;
            }
            self.tell_there(&part);
        }
    }

    /// Tells what changed and is there; the last change that was looked at, if there are more.
    fn live(&mut self, until: i64, mut at: i64) -> Result<Option<i64>> {
        let kinds: &[ChangeKind] = if self.shows_sharing {
            &[ChangeKind::Content, ChangeKind::Moved, ChangeKind::Sharing]
        } else {
            &[ChangeKind::Content, ChangeKind::Moved]
        };
        loop {
            let changes = self.changes((at, until.saturating_add(1)), kinds, Order::Forwards)?;
            if changes.is_empty() {
                return Ok(None);
            }
            for change in changes {
                if self.is_full() {
                    return Ok(Some(at));
                }
                self.tell_change(&change)?;
                at = change.sequence;
                self.looks = self.looks.saturating_sub(1);
            }
        }
    }

    /// The folders above a change are told as well: their sums changed with it.
    fn tell_change(&mut self, change: &Change) -> Result<()> {
        let id = match (&change.left, self.scope.item(change.item)?) {
            (Some(left), _) => left.folder,
            (None, Some(item)) => item.id,
            (None, None) => return Ok(()),
        };
        if change.left.as_ref().is_some_and(|left| left.cut_off) && !self.scope.is_owner() {
            return Ok(());
        }
        let Some(path) = self.scope.reached(id)? else { return Ok(()) };
        self.tell_down(&path);
        if change.kind == ChangeKind::Sharing
            && let Some(Entry::There { shared_changed, .. }) =
                self.told.get(&change.item).and_then(|at| self.entries.get_mut(*at))
        {
            *shared_changed = true;
        }
        Ok(())
    }

    /// Tells what is gone, newest first; the last change that was looked at, if there are more.
    fn gone(&mut self, mut before: i64) -> Result<Option<i64>> {
        loop {
            let kinds = [ChangeKind::Content, ChangeKind::Moved];
            let changes = self.changes((self.since, before), &kinds, Order::Backwards)?;
            if changes.is_empty() {
                return Ok(None);
            }
            for change in changes {
                if self.is_full() {
                    return Ok(Some(before));
                }
                if let Some((left, path)) = self.left(&change)? {
                    self.tell_gone(change.item, left, &path)?;
                }
                before = change.sequence;
                self.looks = self.looks.saturating_sub(1);
            }
        }
    }

    /// Where a change took an item away from, if it isn't there any more and whoever asks reaches the place.
    fn left(&mut self, change: &Change) -> Result<Option<(Left, Path)>> {
        let left = match (&change.left, self.scope.item(change.item)?) {
            (Some(left), item) => {
                if item.is_some() && self.scope.there(change.item)?.is_some() {
                    return Ok(None);
                }
                left.clone()
            }
            (None, Some(item)) if item.deleted_at.is_some() => {
                let Some(folder) = item.parent else { return Ok(None) };
                if self.scope.reached(item.id)?.is_none() {
                    return Ok(None);
                }
                Left { folder, name: item.name.clone(), is_folder: item.is_folder(), cut_off: false }
            }
            (None, _) => return Ok(None),
        };
        Ok(self.scope.reached(left.folder)?.map(|path| (left, path)))
    }

    /// Where it can't be told whether whoever asks ever saw the item there, they begin anew instead (P18).
    fn tell_gone(&mut self, id: ItemId, left: Left, path: &Path) -> Result<()> {
        if !self.scope.is_owner() && (left.cut_off || !self.scope.is_settled(path, self.since)?) {
            return Err(resync(Inner::ResyncChangesApplyDifferences));
        }
        if self.told.contains_key(&id) {
            return Ok(());
        }
        self.told.insert(id, self.entries.len());
        let above = self.scope.above(path);
        self.entries.push(Entry::Gone { id, name: left.name, is_folder: left.is_folder, above });
        Ok(())
    }

    pub(super) fn changes(&mut self, between: (i64, i64), kinds: &[ChangeKind], order: Order) -> Result<Vec<Change>> {
        self.scope.tx.changes(&self.scope.access.drive.id, between, kinds, order, CHUNK)
    }
}
