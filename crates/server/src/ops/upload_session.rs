//! Upload sessions (ITEM-07): a file that comes in fragments, each durable before it is acknowledged.
//!
//! A session is a row, and its fragments are objects of the blob store, so that any node goes on with it and a crash costs the
//! fragment that was on its way. The last fragment isn't staged: it follows those before it into the blob, and the item is
//! made in the transaction that ends the session. The right of who began it is asked for again each time (P10, P35).

mod commit;
mod fragment;
mod kept;

use std::net::IpAddr;

use driveway_core::error::{Code, Error, Inner};
use driveway_core::seal::{Purpose, Seal};
use driveway_core::upload::Progress;
use driveway_storage::{NewUploadSession, UploadSession};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use self::kept::Kept;
use super::access::Access;
use super::upload::{Place, Upload, Uploaded, check_quota, find_place};
use super::{Credentials, Result, Tx};
use crate::app::App;
use crate::config::Limits;

pub use self::commit::commit;
pub use self::fragment::{other_length, put, without_bytes};

/// Sessions that are cleared away in one go.
const PAGE: u32 = 100;

/// What a session is begun with.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Where the file goes and how.
    pub upload: Upload,
    /// How many bytes it has, if the client knows.
    pub file_size: Option<u64>,
    /// Whether the file is made when the client says so, and not with the last byte.
    pub defer_commit: bool,
    /// The address of the client: strangers behind one link are counted by it.
    pub client: IpAddr,
}

/// What a client is told of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// When the session is over if nothing comes.
    pub expires_at: Timestamp,
    /// How far it is.
    pub progress: Progress,
}

/// What came of a fragment or of the end of a session.
#[derive(Debug)]
pub enum Outcome {
    /// More is to come.
    More(Status),
    /// The file is there.
    Done(Uploaded, Box<Access>),
}

/// Begins a session and returns the secret of its URL.
pub async fn create(app: &App, credentials: Credentials, new: NewSession, now: Timestamp) -> Result<(String, Status)> {
    let (id, limits) = (app.entropy.opaque_id(), app.config.limits);
    check_size(new.file_size.unwrap_or(0), &limits)?;
    let caller = caller_key(&app.seal, &credentials, new.client);
    let expires_at = later(now, &limits);
    let progress = Progress { received: 0, total: new.file_size };
    app.db
        .write(move |tx| {
            let place = find_place(tx, &credentials, &new.upload, now)?;
            let (access, kept) = Kept::pin(&place, &new.upload)?;
            check_quota(tx, &access, new.file_size.unwrap_or(0).saturating_sub(place.replaced_bytes()))?;
            if tx.upload_sessions_of(&caller, now)? >= i64::from(limits.sessions) {
                let message = "Too many uploads are under way. Try again when one has ended.";
                return Err(Error::new(Code::ActivityLimitReached, message)
                    .inner(Inner::ThrottledRequest)
                    .retry_after(60));
            }
            let session = NewUploadSession {
                id,
                caller: caller.clone(),
                drive: access.drive.id.clone(),
                target_right: kept::right(&access),
                request: kept.to_text()?,
                defer_commit: new.defer_commit,
                total: new.file_size,
                expires_at,
            };
            tx.insert_upload_session(&session, now)
        })
        .await?;
    Ok((app.seal.seal(Purpose::Upload, id.as_bytes()), Status { expires_at, progress }))
}

/// By what the sessions of one caller are counted. A stranger's address stands in the database as a mark only.
fn caller_key(seal: &Seal, credentials: &Credentials, client: IpAddr) -> String {
    match (&credentials.bearer, credentials.link) {
        (Some(claims), _) => claims.user.map_or_else(|| claims.application.to_string(), |user| user.to_string()),
        (None, Some(link)) => seal.mark(Purpose::Upload, format!("{link} {client}").as_bytes()),
        (None, None) => seal.mark(Purpose::Upload, client.to_string().as_bytes()),
    }
}

/// How far a session is.
pub async fn status(app: &App, secret: &str, now: Timestamp) -> Result<Status> {
    let session = under_way(app, secret, now).await?;
    Ok(Status { expires_at: session.new.expires_at, progress: session.progress() })
}

/// Ends a session and throws away what came. The URL is the right to do so: it takes nothing away but what came by it.
pub async fn cancel(app: &App, secret: &str, now: Timestamp) -> Result<()> {
    let session = under_way(app, secret, now).await?;
    let id = session.new.id;
    let objects = app.db.write(move |tx| tx.delete_upload_session(id, true)).await?.ok_or_else(not_there)?;
    app.blobs.delete_fragments(objects).await;
    Ok(())
}

/// Forgets sessions whose time is over, with what came by them. How many there were.
pub async fn expire(app: &App) -> Result<u64> {
    let now = app.clock.now();
    let mut count = 0;
    loop {
        let dead = app.db.read(move |tx| tx.dead_upload_sessions(now, PAGE)).await?;
        if dead.is_empty() {
            return Ok(count);
        }
        for id in dead {
            let objects = app.db.write(move |tx| tx.delete_upload_session(id, false)).await?;
            app.blobs.delete_fragments(objects.unwrap_or_default()).await;
            count += 1;
        }
    }
}

/// A session that has neither ended nor expired.
async fn under_way(app: &App, secret: &str, now: Timestamp) -> Result<UploadSession> {
    known(app, secret, now).await?.filter(|session| session.item.is_none()).ok_or_else(not_there)
}

/// The session that a secret stands for. A forged one is refused before any query.
async fn known(app: &App, secret: &str, now: Timestamp) -> Result<Option<UploadSession>> {
    let opened = app.seal.open(Purpose::Upload, secret).and_then(|bytes| Uuid::from_slice(&bytes).ok());
    let Some(id) = opened else { return Ok(None) };
    app.db.read(move |tx| tx.upload_session(id, now)).await
}

fn not_there() -> Error {
    Error::item_not_found().inner(Inner::UploadSessionNotFound)
}

/// When a session to which something came now is over.
fn later(now: Timestamp, limits: &Limits) -> Timestamp {
    now.saturating_add(SignedDuration::from_secs(i64::from(limits.session_seconds))).unwrap_or(Timestamp::MAX)
}

fn check_size(total: u64, limits: &Limits) -> Result<()> {
    if total > limits.session_bytes {
        let message = format!("The content is larger than the {} bytes that a file may have.", limits.session_bytes);
        return Err(Error::new(Code::PayloadTooLarge, message).inner(Inner::MaxFileSizeExceeded));
    }
    Ok(())
}

/// Refuses bytes for which there is no room: with what else is on its way, the drive would be full, or the staging area.
fn check_room(tx: &mut Tx<'_>, place: &Place, more: u64, limits: &Limits) -> Result<()> {
    let (here, all) = tx.staged_bytes(&place.access().drive.id)?;
    check_quota(tx, place.access(), here.saturating_add(more).saturating_sub(place.replaced_bytes()))?;
    if all.saturating_add(more) > limits.staged_bytes {
        return Err(Error::busy(60));
    }
    Ok(())
}
