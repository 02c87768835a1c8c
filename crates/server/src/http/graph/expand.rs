//! `$expand=children`: the first items of a folder inside the folder itself (SHARE-04). Nothing else is expanded, and what
//! isn't is refused by name: passing over it would lie (PERM-05, AMB-57).

use driveway_core::error::{Code, Error, Inner};
use driveway_core::listing::{Order, Place};
use driveway_core::odata::{Expand, QueryOptions};
use serde_json::Value;

use super::{Call, Result, item, render};
use crate::ops::children::Page;

/// Folders of a listing whose children come along, at the most. The next page has the others.
pub(super) const FOLDERS_AT_ONCE: u32 = 50;

/// Children that come along with a folder when the client doesn't say, and at the most.
const CHILDREN: u32 = 200;

/// What `children(…)` asks for.
#[derive(Debug, Clone)]
pub(super) struct Children {
    select: Option<Vec<String>>,
    /// How many of them.
    pub(super) top: u32,
}

/// The one expansion that an item has.
pub(super) fn children(expand: &[Expand]) -> Result<Option<Children>> {
    let mut found = None;
    for expand in expand {
        if expand.property != "children" {
            return Err(unknown(&expand.property));
        }
        let options = only_select_and_top(&expand.options)?;
        found = Some(Children { select: options.select.clone(), top: options.top.unwrap_or(CHILDREN).min(CHILDREN) });
    }
    Ok(found)
}

/// The refusal of what can't be expanded.
pub(super) fn unknown(property: &str) -> Error {
    Error::new(Code::NotSupported, format!("{property} can't be expanded here.")).target("$expand")
}

fn only_select_and_top(options: &QueryOptions) -> Result<&QueryOptions> {
    if let Some(deeper) = options.expand.first() {
        return Err(unknown(&deeper.property));
    }
    let is_plain = options.filter.is_none()
        && options.search.is_none()
        && options.orderby.is_empty()
        && options.skip_token.is_none()
        && options.count.is_none();
    if is_plain {
        Ok(options)
    } else {
        Err(Error::invalid("$expand", "Expanded children take $select and $top only.").inner(Inner::InvalidQueryOption))
    }
}

/// Puts the children into their folder. Where there are more, the next link leads to them.
pub(super) fn insert(call: &Call, folder: &mut Value, wanted: &Children, page: &Page) {
    let children: Vec<Value> = page
        .items
        .iter()
        .map(|child| {
            let child = render::item::child(call, &page.folder, child);
            wanted.select.as_ref().map_or_else(|| child.clone(), |names| render::keep(names, &child))
        })
        .collect();
    render::insert(folder, "children", children);
    if let Some(next) = &page.next {
        let select = wanted.select.as_deref();
        let behind = Order::default().write(&Place::Name(next.clone()));
        let next = item::next_link(call, &page.folder, &behind, Some(wanted.top), select, false);
        render::insert(folder, "children@odata.nextLink", next);
    }
}

/// The expansion of children as a URL writes it.
pub(super) fn written(children: &Expand) -> String {
    let select = children.options.select.as_ref().map(|names| format!("$select={}", names.join(",")));
    let top = children.options.top.map(|top| format!("$top={top}"));
    let options: Vec<String> = select.into_iter().chain(top).collect();
    if options.is_empty() { "children".to_owned() } else { format!("children({})", options.join(";")) }
}
