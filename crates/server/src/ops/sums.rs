//! The sums of folders: how much lies in them, as far as it may be told.
//!
//! A folder's row counts everything. Whoever can't reach something in it that is cut off isn't told of it by its weight
//! either (P3).
//!
//! What is in the way is looked at one by one, so there is a number above which it isn't worth it: SDKs cut off everything
//! that they share. Then folders don't tell their size, and count nothing that is cut off.

use driveway_core::id::{DriveId, ItemId};
use driveway_core::item::{DriveItem, Facet};
use driveway_core::permission::Role;
use driveway_core::policy::access::Chain;
use jiff::Timestamp;

use super::access::{Access, Via};
use super::item::role_below;
use super::{Result, Tx};

/// The items cut off in a drive that are looked at one by one.
const MOST: u32 = 128;

/// Something that is cut off and out of reach, with what lies above it.
struct Hidden {
    id: ItemId,
    size: i64,
    chain: Chain,
}

impl Hidden {
    /// Whether it lies below a folder, and not inside something else that is hidden and counted already.
    fn counts_in(&self, folder: ItemId, hidden: &[Self]) -> bool {
        let above = self.chain.items.iter().skip(1);
        let between: Vec<ItemId> = above.map(|item| item.id).take_while(|above| *above != folder).collect();
        let lies_below = between.len() + 1 < self.chain.items.len();
        lies_below && !hidden.iter().any(|other| between.contains(&other.id))
    }

    fn lies_directly_in(&self, folder: ItemId) -> bool {
        self.chain.items.get(1).is_some_and(|parent| parent.id == folder)
    }
}

/// Takes out of folders' sizes and counts what lies in them out of reach of the right by which they were reached.
pub fn hide_unreachable(
    tx: &mut Tx<'_>,
    drive: &DriveId,
    (via, role): (&Via, Role),
    items: &mut [DriveItem],
    now: Timestamp,
) -> Result<()> {
    if role == Role::Owner || !items.iter().any(DriveItem::is_folder) {
        return Ok(());
    }
    let cut_off = tx.cut_off_items(drive, MOST + 1)?;
    if cut_off.len() > MOST as usize {
        return hide_sums(tx, items);
    }
    let hidden = hidden(tx, cut_off, via, now)?;
    for item in items {
        let DriveItem { id, facet: Facet::Folder { child_count }, size, .. } = item else { continue };
        for one in hidden.iter().filter(|one| one.counts_in(*id, &hidden)) {
            *size = size.saturating_sub(one.size);
            *child_count = child_count.saturating_sub(one.lies_directly_in(*id).into());
        }
    }
    Ok(())
}

/// The same for the item that was reached itself.
pub fn hide_unreachable_in(tx: &mut Tx<'_>, access: &mut Access, now: Timestamp) -> Result<()> {
    let right = (&access.via, access.role);
    hide_unreachable(tx, &access.drive.id, right, std::slice::from_mut(&mut access.item), now)
}

/// Tells of folders nothing that depends on what can be reached.
fn hide_sums(tx: &mut Tx<'_>, items: &mut [DriveItem]) -> Result<()> {
    for item in items {
        if let DriveItem { id, facet: Facet::Folder { child_count }, size, .. } = item {
            *size = 0;
            *child_count = child_count.saturating_sub(tx.cut_off_children(*id)?);
        }
    }
    Ok(())
}

/// What of this is out of the right's reach. Most drives have nothing of the kind, which costs one look into an index.
fn hidden(tx: &mut Tx<'_>, cut_off: Vec<ItemId>, via: &Via, now: Timestamp) -> Result<Vec<Hidden>> {
    let mut hidden = Vec::new();
    for id in cut_off {
        if let Some((chain, None)) = role_below(tx, via, id, now)?
            && chain.is_live()
            && let Some(item) = tx.item(id)?
        {
            hidden.push(Hidden { id, size: item.size, chain });
        }
    }
    Ok(hidden)
}
