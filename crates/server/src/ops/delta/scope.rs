//! What lies in the folder that is followed, and what of it is told.

use std::collections::HashMap;
use std::rc::Rc;

use driveway_core::delta::View;
use driveway_core::id::ItemId;
use driveway_core::item::DriveItem;
use driveway_core::permission::Role;
use driveway_core::policy::access::ChainItem;
use jiff::Timestamp;

use crate::ops::access::Access;
use crate::ops::item::role_below;
use crate::ops::{Result, Tx};

/// The items cut off in a drive that are looked at one by one. SDKs cut off everything that they share.
const MOST: u32 = 512;

/// An item and what lies above it, the nearest first, up to the folder that is followed.
pub(super) type Path = Vec<Rc<DriveItem>>;

/// The folder that is followed, with what one page has seen of what lies in it.
pub(super) struct Scope<'p, 't> {
    pub(super) tx: &'p mut Tx<'t>,
    pub(super) access: &'p Access,
    now: Timestamp,
    items: HashMap<ItemId, Option<Rc<DriveItem>>>,
    reached: HashMap<ItemId, bool>,
}

impl<'p, 't> Scope<'p, 't> {
    pub(super) fn new(tx: &'p mut Tx<'t>, access: &'p Access, now: Timestamp) -> Self {
        let folder = Some(Rc::new(access.item.clone()));
        let items = HashMap::from([(access.item.id, folder)]);
        Self { tx, access, now, items, reached: HashMap::new() }
    }

    /// Whether nothing that lies here can be hidden from whoever asks.
    pub(super) fn is_owner(&self) -> bool {
        self.access.role == Role::Owner
    }

    /// An item, be it live or not.
    pub(super) fn item(&mut self, id: ItemId) -> Result<Option<Rc<DriveItem>>> {
        if let Some(known) = self.items.get(&id) {
            return Ok(known.clone());
        }
        let item = self.tx.item_in_drive(&self.access.drive.id, id)?.map(Rc::new);
        self.items.insert(id, item.clone());
        Ok(item)
    }

    /// Takes an item that was read already.
    pub(super) fn learn(&mut self, item: DriveItem) -> Rc<DriveItem> {
        let item = Rc::new(item);
        self.items.insert(item.id, Some(Rc::clone(&item)));
        item
    }

    /// The way up from an item to the folder that is followed; `None` where it doesn't lead there.
    pub(super) fn path(&mut self, id: ItemId) -> Result<Option<Path>> {
        let (mut path, mut next) = (Vec::new(), Some(id));
        while let Some(id) = next {
            let Some(item) = self.item(id)? else { return Ok(None) };
            next = item.parent;
            path.push(item);
            if id == self.access.item.id {
                return Ok(Some(path));
            }
        }
        Ok(None)
    }

    /// Whether whoever asks reaches all of a path, leaving aside what of it is deleted. Only where something is cut off from
    /// above can they not.
    pub(super) fn is_reached(&mut self, path: &Path) -> Result<bool> {
        if self.is_owner() {
            return Ok(true);
        }
        let folder = self.access.item.id;
        for item in path.iter().filter(|item| !item.inherits && item.id != folder) {
            let is_reached = match self.reached.get(&item.id) {
                Some(known) => *known,
                None => {
                    role_below(self.tx, &self.access.via, item.id, self.now)?.is_some_and(|(_, role)| role.is_some())
                }
            };
            self.reached.insert(item.id, is_reached);
            if !is_reached {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The path of an item that whoever asks reaches, live or not.
    pub(super) fn reached(&mut self, id: ItemId) -> Result<Option<Path>> {
        let Some(path) = self.path(id)? else { return Ok(None) };
        Ok(self.is_reached(&path)?.then_some(path))
    }

    /// The path of an item that is there and that whoever asks reaches.
    pub(super) fn there(&mut self, id: ItemId) -> Result<Option<Path>> {
        Ok(self.reached(id)?.filter(|path| path.iter().all(|item| item.deleted_at.is_none())))
    }

    /// Whether everything on a path lay where it does now when a change happened.
    pub(super) fn is_settled(&mut self, path: &Path, since: i64) -> Result<bool> {
        for item in path.iter().filter(|item| item.id != self.access.item.id) {
            if self.tx.came_after(item.id, since)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// A path with what lies above the folder that is followed.
    pub(super) fn above(&self, path: &[Rc<DriveItem>]) -> Vec<ChainItem> {
        let above_folder = self.access.chain.items.iter().skip(1);
        path.iter().map(|item| step(item)).chain(above_folder.cloned()).collect()
    }

    /// What is hidden here from whoever asks.
    pub(super) fn view(&mut self, last: i64) -> Result<View> {
        if self.is_owner() {
            return Ok(View::whole());
        }
        let cut_off = self.tx.cut_off_items(&self.access.drive.id, MOST + 1)?;
        if cut_off.len() > MOST as usize {
            return Ok(View::until_next(last));
        }
        let mut hidden = Vec::new();
        for id in cut_off {
            if let Some(path) = self.path(id)?
                && !self.is_reached(&path)?
            {
                hidden.push(id);
            }
        }
        Ok(View::without(hidden))
    }
}

fn step(item: &DriveItem) -> ChainItem {
    ChainItem {
        id: item.id,
        name: item.name.clone(),
        inherits: item.inherits,
        keeps: None,
        deleted: item.deleted_at.is_some(),
        grants: Vec::new(),
    }
}
