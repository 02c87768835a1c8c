//! What is shown of a hit's text. It is read when the hit is shown, of the content as it is then: no text is kept for it.

use driveway_core::search::{Query, TextKind, extract, summary};
use futures::StreamExt;

use super::content;
use super::search::Hit;
use crate::app::App;

/// Hits whose texts are read, and how much of each: a summary is a help, and the page shall not wait for it.
const MOST_READ: usize = 25;
const MOST_BYTES: u64 = 64 * 1024;

/// For each hit some words around what was looked for, in its text or else in its name; `None` where neither shows any.
pub async fn of(app: &App, hits: impl Iterator<Item = &Hit>, query: &Query) -> Vec<Option<String>> {
    let mut summaries = Vec::new();
    for (at, hit) in hits.enumerate() {
        let in_text = if at < MOST_READ { of_text(app, hit, query).await } else { None };
        summaries.push(in_text.or_else(|| summary(&hit.access.item.name, query)));
    }
    summaries
}

/// Only who may have the bytes is shown any of them.
async fn of_text(app: &App, hit: &Hit, query: &Query) -> Option<String> {
    let access = &hit.access;
    if access.counts_downloads() || app.config.limits.search_text_bytes == 0 {
        return None;
    }
    let content = content::content(access).ok()?;
    let kind = TextKind::of(&content.mime_type, &content.name)?;
    let mut stream = app.blobs.read(&content.sha256, 0..content.size.min(MOST_BYTES)).await.ok()?;
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.next().await {
        bytes.extend_from_slice(&chunk.ok()?);
    }
    summary(&extract(kind, &bytes)?, query)
}
