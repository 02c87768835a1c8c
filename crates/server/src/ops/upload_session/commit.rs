//! The end of a session: its bytes become the content of an item, once.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use driveway_core::address::Start;
use driveway_core::audit::Source;
use driveway_core::caller::Intent;
use driveway_core::error::{Code, Error, Inner};
use driveway_core::item::Sha256;
use driveway_core::upload::ContentRange;
use driveway_storage::{UploadFragment, UploadSession};
use futures::{Stream, StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use sha2::Digest;
use uuid::Uuid;

use super::fragment::refused_fragment;
use super::{Outcome, kept, known, later, not_there};
use crate::app::App;
use crate::ops::access::{Access, reach};
use crate::ops::gate::{self, Below, Passage};
use crate::ops::openings::Use;
use crate::ops::upload::{Upload, Uploaded, name};
use crate::ops::{Credentials, Result};

/// The last fragment, whose bytes go straight into the blob.
pub(super) struct Last<S> {
    pub(super) range: ContentRange,
    pub(super) body: S,
}

/// Makes the file of a session whose bytes are all there. Saying so again gives the same file.
pub async fn commit(app: &App, secret: &str, source: Source, now: Timestamp) -> Result<Outcome> {
    let session = known(app, secret, now).await?.ok_or_else(not_there)?;
    let outcome = try_commit(app, &session, source, now).await.map_err(kept::without_challenge);
    by_link(app, &session, source, &outcome, now);
    outcome
}

async fn try_commit(app: &App, session: &UploadSession, source: Source, now: Timestamp) -> Result<Outcome> {
    if session.item.is_some() {
        return again(app, session, source, now).await;
    }
    if !session.progress().is_complete() {
        return Err(Error::new(Code::InvalidRequest, "Some of the bytes are still missing.")
            .inner(Inner::UploadSessionIncomplete));
    }
    let request = Arc::new(kept::request(session, source)?);
    finish(app, session, &request, None::<Last<stream::Empty<Result<Bytes, String>>>>, now).await
}

/// Puts the staged fragments and the last one together and names them, in the transaction that ends the session.
pub(super) async fn finish<S, E>(
    app: &App,
    session: &UploadSession,
    request: &Arc<(Credentials, Upload)>,
    last: Option<Last<S>>,
    now: Timestamp,
) -> Result<Outcome>
where
    S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
    E: fmt::Display + Send + 'static,
{
    let id = session.new.id;
    let parts = app.db.read(move |tx| tx.upload_fragments(id)).await?;
    let staged = app.blobs.read_fragments(parts.iter().filter_map(|part| part.object).collect());
    let trouble: Arc<Mutex<Option<Error>>> = Arc::default();
    let noting = Arc::clone(&trouble);
    let staged = staged.map_err(move |error| {
        let text = error.to_string();
        *noting.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.into());
        text
    });
    let hasher: Arc<Mutex<sha2::Sha256>> = Arc::default();
    let (range, body) = last.map(|last| (last.range, last.body)).unzip();
    let hashing = Arc::clone(&hasher);
    let length = range.map_or(0, ContentRange::length);
    let body = stream::iter(body).map(move |body| exactly(body, length)).flatten().inspect_ok(move |chunk| {
        hashing.lock().unwrap_or_else(PoisonError::into_inner).update(chunk);
    });
    let total = session.received + length;
    let content = Box::pin(staged.chain(body));
    let received = match app.blobs.receive(content, total, app.entropy.opaque_id()).await {
        Ok(received) => received,
        Err(error) => {
            let ours = trouble.lock().unwrap_or_else(PoisonError::into_inner).take();
            return Err(overtaken(app, id, now)
                .await?
                .unwrap_or_else(|| ours.unwrap_or_else(|| refused_fragment(error))));
        }
    };
    if received.size != total {
        let damaged = || Error::internal("the fragments of an upload session have lost bytes");
        return Err(overtaken(app, id, now).await?.unwrap_or_else(damaged));
    }
    let sha256 = Sha256(hasher.lock().unwrap_or_else(PoisonError::into_inner).clone().finalize().into());
    let last = range.map(|range| UploadFragment { start: range.start, length, sha256, object: None });
    let expires_at = later(now, &app.config.limits);
    let ended = move |tx: &mut crate::ops::Tx<'_>, item| {
        tx.finish_upload_session(id, last.as_ref(), item, expires_at, now)?.map(drop).ok_or_else(|| Error::busy(1))
    };
    let (uploaded, access) = match name(app, request, received, ended, now).await {
        Ok(named) => named,
        Err(error) => return Err(overtaken(app, id, now).await?.unwrap_or(error)),
    };
    app.blobs.delete_fragments(parts.into_iter().filter_map(|part| part.object).collect()).await;
    Ok(Outcome::Done(uploaded, Box::new(access)))
}

/// What is said where another request has ended the session meanwhile: by making the file, which a repetition of this one is
/// told of, or by taking it away.
async fn overtaken(app: &App, id: Uuid, now: Timestamp) -> Result<Option<Error>> {
    let session = app.db.read(move |tx| tx.upload_session(id, now)).await?;
    Ok(match session {
        None => Some(not_there()),
        Some(session) if session.item.is_some() => Some(Error::busy(1)),
        Some(_) => None,
    })
}

/// What became of a session that has ended, for who may still see it.
pub(super) async fn again(app: &App, session: &UploadSession, source: Source, now: Timestamp) -> Result<Outcome> {
    let item = session.item.ok_or_else(not_there)?;
    let credentials = kept::credentials(session, source)?;
    let address = kept::address(session, &credentials, Start::Id(item.to_string()), Vec::new());
    let access: Access = app
        .db
        .read(move |tx| {
            if let Some(link) = credentials.link
                && let Passage::Add(opened) = gate::open_link(tx, link, Below::Id(item), &credentials, now)?
            {
                return Ok(opened.access);
            }
            reach(tx, &credentials, &address, Intent::Write, now)
        })
        .await?;
    Ok(Outcome::Done(Uploaded::Replaced, Box::new(access)))
}

/// Notes what came of a request by way of a link, for the link's trail. A fragment among others is neither use nor refusal.
pub(super) fn by_link(app: &App, session: &UploadSession, source: Source, outcome: &Result<Outcome>, now: Timestamp) {
    let Ok(credentials) = kept::credentials(session, source) else { return };
    match outcome {
        Ok(Outcome::Done(..)) => app.openings.used_by_call(&credentials, Use::Written, now),
        Err(error) if matches!(error.code(), Code::ItemNotFound | Code::AccessDenied | Code::NotAllowed) => {
            app.openings.used_by_call(&credentials, Use::Failed(error.refusal()), now);
        }
        Ok(Outcome::More(_)) | Err(_) => {}
    }
}

/// A body of so many bytes: one that ends before is an error, and so is one that goes on.
pub(super) fn exactly<S, E>(body: S, length: u64) -> impl Stream<Item = Result<Bytes, String>> + Send + Unpin
where
    S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
    E: fmt::Display,
{
    Box::pin(stream::unfold((body, Some(length)), |(mut body, left)| async move {
        let left = left?;
        match body.next().await {
            Some(Ok(chunk)) => match left.checked_sub(chunk.len() as u64) {
                Some(left) => Some((Ok(chunk), (body, Some(left)))),
                None => Some((Err("more came than was said".to_owned()), (body, None))),
            },
            Some(Err(error)) => Some((Err(error.to_string()), (body, None))),
            None if left > 0 => Some((Err("less came than was said".to_owned()), (body, None))),
            None => None,
        }
    }))
}
