//! Query options that a route doesn't have are refused by name: passing over `$filter` would look like its answer.
//!
//! Lists look after their own. Here is what has one answer, or none.

use driveway_core::error::{Error, Inner};
use driveway_core::odata::QueryOptions;

use super::Result;
use super::routes::Route;
use axum::http::Method;

/// Routes that read one thing.
const SINGLE: [&str; 14] = [
    "drive.get",
    "item.get",
    "content.get",
    "versions.get",
    "versions.content",
    "permissions.get",
    "share.get",
    "share.permission",
    "user.get",
    "group.get",
    "site.get",
    "organization.get",
    "settings.get",
    "children.count",
];

/// Lists that come in one order, whole or by pages, and aren't searched.
const PLAIN_LISTS: [&str; 3] = ["drives.list", "versions.list", "share.items"];

/// Refuses what the route can't do.
pub(super) fn check(route: &Route, query: &QueryOptions) -> Result<()> {
    let is_single = SINGLE.contains(&route.name) || route.method != Method::GET;
    let is_plain = is_single || PLAIN_LISTS.contains(&route.name);
    let asked = [
        ("$filter", is_plain && query.filter.is_some()),
        ("$search", is_plain && query.search.is_some()),
        ("$orderby", is_plain && !query.orderby.is_empty()),
        ("$count", is_plain && query.count == Some(true)),
        ("$top", is_single && query.top.is_some()),
        ("$skiptoken", is_single && query.skip_token.is_some()),
    ];
    match asked.into_iter().find(|(_, is_refused)| *is_refused) {
        None => Ok(()),
        Some((name, _)) => {
            Err(Error::invalid(name, format!("{name} isn't offered here.")).inner(Inner::InvalidQueryOption))
        }
    }
}
