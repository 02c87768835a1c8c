//! The bytes of a file, and what is told with them.

use driveway_core::error::{Code, Error};
use driveway_core::item::{DriveItem, FileFacet, Sha256};

use super::Result;
use super::access::Access;

/// A file's content and what a response says of it.
#[derive(Debug, Clone)]
pub struct Content {
    /// What the blob is called.
    pub sha256: Sha256,
    /// How many bytes it has.
    pub size: u64,
    /// The file's name, for saving.
    pub name: String,
    /// The file's media type.
    pub mime_type: String,
    /// The tag that changes with the content, quotes included. A rename doesn't make a client download again.
    pub e_tag: String,
    /// When the content last changed.
    pub modified_at: jiff::Timestamp,
}

/// The content of an item that was reached, to be handed out; folders have none, and some links only let look.
pub fn content(access: &Access) -> Result<Content> {
    if access.prevents_download() {
        return Err(Error::access_denied("This link lets look and not download."));
    }
    of_item(&access.item)
}

/// The content of an item that was reached, to be shown inside our own page.
pub fn preview(access: &Access) -> Result<Content> {
    of_item(&access.item)
}

fn of_item(item: &DriveItem) -> Result<Content> {
    let file: &FileFacet = item.file().ok_or_else(|| Error::new(Code::NotSupported, "A folder has no content."))?;
    Ok(Content {
        sha256: file.sha256,
        size: u64::try_from(item.size).unwrap_or(0),
        name: item.name.clone(),
        mime_type: file.mime_type.clone(),
        e_tag: item.c_tag(),
        modified_at: item.modified_at,
    })
}
