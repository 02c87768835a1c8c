//! What lies in a folder: listed in an order, a page at a time, and counted.

use driveway_core::item::{DriveItem, Facet};
use driveway_core::listing::{Order, Place};
use jiff::Timestamp;

use super::access::{Access, step_down};
use super::item::reaches_down_to;
use super::listed::Listed;
use super::sums::{hide_unreachable, hide_unreachable_in};
use super::{Credentials, Result, Tx, checkout};

/// A page of a folder's items.
#[derive(Debug)]
pub struct Page {
    /// The folder.
    pub folder: Access,
    /// Its items, in the order that was asked for.
    pub items: Vec<DriveItem>,
    /// Behind what the next page begins, if there is one.
    pub next: Option<String>,
}

/// The items of a folder in the order of their names, a page at a time; see [`children_in_order`]. The next page begins behind
/// a folded name.
pub fn children(tx: &mut Tx<'_>, folder: Access, after: Option<&str>, limit: u32, now: Timestamp) -> Result<Page> {
    let after = after.map(|name| Place::Name(name.to_owned()));
    let (folder, items, next) = list(tx, folder, Order::default(), after, limit, now)?;
    let next = next.and_then(|place| match place {
        Place::Name(name) => Some(name),
        Place::Number(..) => None,
    });
    Ok(Page { folder, items, next })
}

/// The items of a folder, a page at a time. One that whoever reached the folder couldn't reach isn't there (P3). A page is
/// empty only at the end: clients take an empty one for it. The next page begins behind a place in this order, as
/// [`Order::write`] writes it.
pub fn children_in_order(
    tx: &mut Tx<'_>,
    folder: Access,
    (order, after): (Order, Option<Place>),
    limit: u32,
    now: Timestamp,
) -> Result<Page> {
    let (folder, items, next) = list(tx, folder, order, after, limit, now)?;
    Ok(Page { folder, items, next: next.map(|place| order.write(&place)) })
}

fn list(
    tx: &mut Tx<'_>,
    mut folder: Access,
    order: Order,
    mut after: Option<Place>,
    limit: u32,
    now: Timestamp,
) -> Result<(Access, Vec<DriveItem>, Option<Place>)> {
    if !folder.item.is_folder() {
        return Ok((folder, Vec::new(), None));
    }
    loop {
        let found = tx.children_in_order(folder.item.id, order, after.as_ref(), limit.saturating_add(1))?;
        let Listed { values: found, more } = Listed::of(found, limit);
        let next = found.last().filter(|_| more).map(|item| order.behind(item));
        let mut items = Vec::with_capacity(found.len());
        for mut item in found {
            checkout::show_own(tx, &folder.via, &mut item)?;
            if reaches_down_to(tx, &folder.via, &item, now)? {
                items.push(item);
            }
        }
        if items.is_empty() && next.is_some() {
            after = next;
            continue;
        }
        hide_unreachable(tx, &folder.drive.id, (&folder.via, folder.role), &mut items, now)?;
        hide_unreachable_in(tx, &mut folder, now)?;
        return Ok((folder, items, next));
    }
}

/// How many items a folder has, as far as the right by which it was reached reaches them.
pub fn count_children(tx: &mut Tx<'_>, mut folder: Access, now: Timestamp) -> Result<i64> {
    hide_unreachable_in(tx, &mut folder, now)?;
    match folder.item.facet {
        Facet::Folder { child_count } => Ok(child_count),
        Facet::File(_) => Ok(0),
    }
}

/// The first items of each folder among some items, by the right that reached these.
pub fn children_of_each(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    page: &Page,
    limit: u32,
    now: Timestamp,
) -> Result<Vec<Option<Page>>> {
    let mut pages = Vec::with_capacity(page.items.len());
    for item in &page.items {
        let folder = if item.is_folder() { step_down(tx, credentials, &page.folder, item, now)? } else { None };
        pages.push(folder.map(|folder| children(tx, folder, None, limit, now)).transpose()?);
    }
    Ok(pages)
}
