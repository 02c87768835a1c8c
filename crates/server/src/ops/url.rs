//! The addresses under which people open things: one shape, in answers and in mails.

use driveway_core::id::{DriveId, ItemId};

/// The URL that opens a link. It ends in a slash: with five parts between slashes one client would take it for a
/// personal OneDrive URL and rewrite it (ADR 5).
pub fn of_link(base_url: &str, token: &str) -> String {
    format!("{base_url}/s/{token}/")
}

/// The plain URL of an item, which gives nobody a right.
pub fn of_item(base_url: &str, drive: &DriveId, item: ItemId) -> String {
    format!("{base_url}/d/{drive}/{item}")
}
