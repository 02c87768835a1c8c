//! Fragments: the next one is kept, one that is there already is known again, everything else is refused.

use std::sync::Arc;

use bytes::Bytes;
use driveway_core::audit::Source;
use driveway_core::error::{Code, Error, Inner};
use driveway_core::upload::{Arrival, ContentRange};
use driveway_storage::{ReceiveError, UploadFragment, UploadSession};
use futures::Stream;
use jiff::Timestamp;

use super::commit::{Last, again, by_link, exactly, finish};
use super::{Outcome, Status, check_room, check_size, kept, known, later, not_there};
use crate::app::App;
use crate::config::Limits;
use crate::ops::Result;
use crate::ops::upload::find_place;

/// Fragments that a session may have whatever their size, and the bytes that each further one has to stand for: nobody needs
/// a million objects of a byte each.
const FEW: u64 = 1000;
const SMALLEST: u64 = 64 * 1024;

/// Takes a fragment.
pub async fn put<S, E>(
    app: &App,
    secret: &str,
    range: ContentRange,
    body: S,
    source: Source,
    now: Timestamp,
) -> Result<Outcome>
where
    S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
    E: std::fmt::Display + Send + 'static,
{
    let session = known(app, secret, now).await?.ok_or_else(not_there)?;
    let outcome = take(app, &session, range, body, source, now).await.map_err(kept::without_challenge);
    by_link(app, &session, source, &outcome, now);
    outcome
}

/// What is said of a range that comes without its bytes: the Python SDK tells a small file so a second time. Where the file
/// is there and the range is one of its fragments, that is the answer; nothing else can be meant.
pub async fn without_bytes(
    app: &App,
    secret: &str,
    range: ContentRange,
    source: Source,
    now: Timestamp,
) -> Result<Outcome> {
    let session = known(app, secret, now).await?.ok_or_else(not_there)?;
    let (id, start) = (session.new.id, range.start);
    let there = app.db.read(move |tx| tx.upload_fragment(id, start)).await?;
    session.progress().place(range)?;
    if session.item.is_none() || there.is_none_or(|there| there.length != range.length()) {
        return Err(other_length());
    }
    again(app, &session, source, now).await.map_err(kept::without_challenge)
}

/// Why a fragment that isn't as long as its range is refused.
#[must_use]
pub fn other_length() -> Error {
    Error::invalid("Content-Length", "The body has another length than its range.").inner(Inner::FragmentLengthMismatch)
}

async fn take<S, E>(
    app: &App,
    session: &UploadSession,
    range: ContentRange,
    body: S,
    source: Source,
    now: Timestamp,
) -> Result<Outcome>
where
    S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
    E: std::fmt::Display + Send + 'static,
{
    let limits = app.config.limits;
    check_size(range.total, &limits)?;
    check_length(range, &limits)?;
    if session.progress().place(range)? == Arrival::Again || session.item.is_some() {
        return repeated(app, session, range, body, source, now).await;
    }
    check_count(session)?;
    let request = Arc::new(kept::request(session, source)?);
    let asking = Arc::clone(&request);
    let staged = session.received;
    app.db
        .read(move |tx| {
            let place = find_place(tx, &asking.0, &asking.1, now)?;
            // The session's own bytes are among those on their way.
            let rest = range.total.saturating_sub(staged);
            check_room(tx, &place, rest, &limits)
        })
        .await?;
    if range.is_last() && !session.new.defer_commit {
        return finish(app, session, &request, Some(Last { range, body }), now).await;
    }
    let fragment = stage(app, range, body).await?;
    let (id, expires_at, adding) = (session.new.id, later(now, &limits), fragment.clone());
    if app.db.write(move |tx| tx.add_upload_fragment(id, &adding, range.total, expires_at)).await? {
        let mut session = session.clone();
        (session.received, session.new.total) = (range.end, Some(range.total));
        return Ok(Outcome::More(Status { expires_at, progress: session.progress() }));
    }
    // Another request was faster, with the same bytes or with others.
    app.blobs.delete_fragments(fragment.object.into_iter().collect()).await;
    let session = app.db.read(move |tx| tx.upload_session(id, now)).await?.ok_or_else(not_there)?;
    same(app, &session, range, &fragment, source, now).await
}

/// Makes a fragment durable. An empty one, of an empty file, is nothing to keep.
async fn stage<S, E>(app: &App, range: ContentRange, body: S) -> Result<UploadFragment>
where
    S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
    E: std::fmt::Display + Send + 'static,
{
    let (start, length) = (range.start, range.length());
    let body = exactly(body, length);
    if length == 0 {
        let sha256 = app.blobs.hash_fragment(body, 0).await.map_err(refused_fragment)?;
        return Ok(UploadFragment { start, length, sha256, object: None });
    }
    let object = app.entropy.opaque_id();
    let sha256 = app.blobs.stage_fragment(body, length, object).await.map_err(refused_fragment)?;
    Ok(UploadFragment { start, length, sha256, object: Some(object) })
}

/// A fragment that lies within what is there: if it is the same, the answer that its client never got.
async fn repeated<S, E>(
    app: &App,
    session: &UploadSession,
    range: ContentRange,
    body: S,
    source: Source,
    now: Timestamp,
) -> Result<Outcome>
where
    S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
    E: std::fmt::Display + Send + 'static,
{
    let sha256 =
        app.blobs.hash_fragment(exactly(body, range.length()), range.length()).await.map_err(refused_fragment)?;
    let fragment = UploadFragment { start: range.start, length: range.length(), sha256, object: None };
    same(app, session, range, &fragment, source, now).await
}

async fn same(
    app: &App,
    session: &UploadSession,
    range: ContentRange,
    fragment: &UploadFragment,
    source: Source,
    now: Timestamp,
) -> Result<Outcome> {
    let (id, start) = (session.new.id, range.start);
    let there = app.db.read(move |tx| tx.upload_fragment(id, start)).await?;
    let is_same = there.is_some_and(|there| there.length == fragment.length && there.sha256 == fragment.sha256);
    match (is_same, session.item) {
        (true, Some(_)) => again(app, session, source, now).await,
        (true, None) => Ok(Outcome::More(Status { expires_at: session.new.expires_at, progress: session.progress() })),
        (false, Some(_)) => Err(not_there()),
        (false, None) => Err(Error::new(Code::InvalidRange, "Other bytes are there already.")
            .target("Content-Range")
            .inner(Inner::FragmentOverlap)),
    }
}

fn check_length(range: ContentRange, limits: &Limits) -> Result<()> {
    if range.length() > limits.fragment_bytes {
        let message = format!("A fragment has at most {} bytes.", limits.fragment_bytes);
        return Err(Error::new(Code::PayloadTooLarge, message).inner(Inner::MaxFragmentLengthExceeded));
    }
    Ok(())
}

fn check_count(session: &UploadSession) -> Result<()> {
    if session.fragments >= FEW + session.received / SMALLEST {
        let message = format!("There are too many small fragments. Send at least {SMALLEST} bytes in each.");
        return Err(Error::invalid("Content-Range", message));
    }
    Ok(())
}

/// Why a fragment wasn't taken. Nothing of it is kept.
pub(super) fn refused_fragment(error: ReceiveError) -> Error {
    match error {
        ReceiveError::TooLarge | ReceiveError::Body(_) => {
            Error::new(Code::InvalidRequest, "The body isn't as long as its range says.")
                .target("Content-Range")
                .inner(Inner::FragmentLengthMismatch)
        }
        ReceiveError::Storage(error) => error.into(),
    }
}
