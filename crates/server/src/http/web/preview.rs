//! What of a file its page can show: pictures, sounds and films of types that can't act, and the beginning of texts.

use driveway_core::item::DriveItem;
use driveway_core::{Error, item::FileFacet};
use futures::TryStreamExt;

use super::pages::Preview;
use crate::app::App;
use crate::http::deliver::inert_media_type;

/// Bytes of a text that its page shows.
const EXCERPT_BYTES: u64 = 16 * 1024;

/// Bytes of a picture that its page still shows. A larger one is for downloading.
const LARGEST_PICTURE: i64 = 20 * 1024 * 1024;

/// The preview of a file whose bytes are at `inline_url`.
pub(crate) async fn preview(app: &App, item: &DriveItem, inline_url: String) -> Result<Preview, Error> {
    let Some(file) = item.file() else { return Ok(Preview::None) };
    if let Some(media_type) = inert_media_type(&file.mime_type) {
        let media_type = media_type.to_owned();
        return Ok(match media_type.split('/').next() {
            Some("image") if item.size <= LARGEST_PICTURE => Preview::Image { src: inline_url },
            Some("audio") => Preview::Audio { src: inline_url, media_type },
            Some("video") => Preview::Video { src: inline_url, media_type },
            _ => Preview::None,
        });
    }
    if is_text(&file.mime_type) { excerpt(app, item, file).await } else { Ok(Preview::None) }
}

/// Types that are read as text. HTML and SVG are shown as their source, never as what it says.
fn is_text(mime_type: &str) -> bool {
    mime_type.starts_with("text/")
        || matches!(mime_type, "application/json" | "application/xml" | "application/toml" | "application/yaml")
}

async fn excerpt(app: &App, item: &DriveItem, file: &FileFacet) -> Result<Preview, Error> {
    let size = u64::try_from(item.size).unwrap_or(0);
    if size == 0 {
        return Ok(Preview::None);
    }
    let end = size.min(EXCERPT_BYTES);
    let mut stream = app.blobs.read(&file.sha256, 0..end).await?;
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.try_next().await? {
        bytes.extend_from_slice(&chunk);
    }
    let truncated = end < size;
    // What isn't UTF-8 is shown as nothing rather than as gibberish; a character cut in two at the end is dropped.
    let text = match std::str::from_utf8(&bytes) {
        Ok(text) => text,
        Err(error) if truncated && error.error_len().is_none() => {
            std::str::from_utf8(bytes.get(..error.valid_up_to()).unwrap_or_default()).unwrap_or("")
        }
        Err(_) => return Ok(Preview::None),
    };
    Ok(Preview::Text { excerpt: text.to_owned(), truncated })
}
