//! Bringing the index of words up to date: names, and what of files is text.
//!
//! What is to be done stands in the database, written with the change that made it so. Doing it again changes nothing, and
//! what a crash left undone is done by the next run.

use std::sync::Arc;

use driveway_core::search::{TextKind, extract, words};
use driveway_storage::DueText;
use futures::StreamExt;

use super::Result;
use crate::app::App;

/// Names that one transaction brings in.
const NAMES: u32 = 200;

/// Files that are looked at between two questions to the database.
const FILES: u32 = 50;

/// Words of one file that are kept, from its beginning.
const MOST_WORDS: usize = 10_000;

/// Words after which a transaction ends: others who write wait for it.
const ENOUGH_WORDS: usize = 2_000;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Names that were brought in, or taken out.
    pub names: u64,
    /// Files that were looked at for text.
    pub files: u64,
}

/// A file and its words, if it has any.
type Read = (DueText, Option<Vec<String>>);

/// Does what there is to do. A file that can't be read now is tried again by the next run.
pub async fn catch_up(app: &App) -> Result<Tally> {
    let tally = take_in(app).await?;
    if tally != Tally::default() {
        while app.db.write(|tx| tx.merge_words()).await? {}
    }
    Ok(tally)
}

/// Brings in what isn't known yet.
async fn take_in(app: &App) -> Result<Tally> {
    let mut tally = Tally::default();
    loop {
        let names = app.db.write(|tx| tx.index_names(NAMES)).await?;
        tally.names += names;
        if names < u64::from(NAMES) {
            break;
        }
    }
    let mut after = 0;
    loop {
        let due = app.db.read(move |tx| tx.due_texts(after, FILES)).await?;
        let Some(last) = due.last() else { return Ok(tally) };
        after = last.number;
        tally.files += due.len() as u64;
        index(app, due).await?;
    }
}

/// Brings some files in, in transactions of so many words that nobody waits for them.
async fn index(app: &App, due: Vec<DueText>) -> Result<()> {
    let (mut batch, mut size): (Vec<Read>, usize) = (Vec::new(), 0);
    for one in due {
        let words = match read(app, &one).await {
            Ok(words) => words,
            Err(error) => {
                tracing::warn!(number = one.number, cause = error.cause(), "a file couldn't be read for search");
                continue;
            }
        };
        size += words.as_ref().map_or(0, Vec::len);
        batch.push((one, words));
        if size >= ENOUGH_WORDS {
            store(app, std::mem::take(&mut batch)).await?;
            size = 0;
        }
    }
    store(app, batch).await
}

async fn store(app: &App, batch: Vec<Read>) -> Result<()> {
    if batch.is_empty() {
        return Ok(());
    }
    let batch = Arc::new(batch);
    app.db
        .write(move |tx| {
            // One that has changed meanwhile stays due.
            batch.iter().try_for_each(|(due, words)| tx.index_text(due, words.as_deref()).map(drop))
        })
        .await
}

/// The words of a file's text; `None` for what isn't text, and where contents aren't searched.
async fn read(app: &App, due: &DueText) -> Result<Option<Vec<String>>> {
    let most = app.config.limits.search_text_bytes;
    let Some(kind) = TextKind::of(&due.mime_type, &due.name).filter(|_| most > 0) else { return Ok(None) };
    let bytes = head(app, due, most).await?;
    let taken = move || extract(kind, &bytes).map(|text| words(&text).take(MOST_WORDS).collect::<Vec<_>>());
    tokio::task::spawn_blocking(taken).await.map_err(driveway_core::Error::internal)
}

async fn head(app: &App, due: &DueText, most: u64) -> Result<Vec<u8>> {
    let size = u64::try_from(due.size).unwrap_or(0).min(most);
    let mut stream = app.blobs.read(&due.sha256, 0..size).await?;
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    while let Some(chunk) = stream.next().await {
        bytes.extend_from_slice(&chunk?);
    }
    Ok(bytes)
}
