//! Keeping the house: is it sound, does it answer, what can be thrown away?

use data_encoding::HEXLOWER;
pub use driveway_storage::Collected as Cleared;
pub use driveway_storage::Look;
use driveway_storage::{Collection, Damage};
use jiff::SignedDuration;

use super::Result;
use crate::app::App;

/// How long bytes that nothing names are kept: long enough for any upload to come to its transaction.
const GRACE: SignedDuration = SignedDuration::from_hours(24);

/// Blobs that are looked at between two questions to the database.
const PAGE: u32 = 500;

/// Everything in the data directory that isn't as it should be, in sentences: what the rows say of each other, whether the
/// links' audit trails are whole, and whether the bytes that they name are there. `look` says whether every byte is read as well.
pub async fn check(app: &App, look: Look) -> Result<Vec<String>> {
    let rows = app.db.read(|tx| tx.check()).await?;
    let trails = app.db.read(|tx| tx.check_trails()).await?;
    let mut findings: Vec<String> = rows.iter().chain(&trails).map(ToString::to_string).collect();
    let mut after = None;
    loop {
        let page = app.db.read(move |tx| tx.named_blobs(after, PAGE)).await?;
        for (sha256, size) in &page {
            if let Some(damage) = app.blobs.verify(sha256, *size, look).await? {
                findings.push(format!("{}: {}", sentence(damage), HEXLOWER.encode(&sha256.0)));
            }
        }
        match page.last() {
            Some((last, _)) => after = Some(*last),
            None => break,
        }
    }
    findings.extend(check_fragments(app).await?);
    Ok(findings)
}

/// Whether what upload sessions hold is there.
async fn check_fragments(app: &App) -> Result<Vec<String>> {
    let (mut findings, mut after) = (Vec::new(), None);
    loop {
        let page = app.db.read(move |tx| tx.staged_objects(after, PAGE)).await?;
        for (object, size) in &page {
            if app.blobs.verify_fragment(*object, *size).await?.is_some() {
                findings.push(format!("a fragment of an upload session is missing or of another size: {object}"));
            }
        }
        match page.last() {
            Some((last, _)) => after = Some(*last),
            None => return Ok(findings),
        }
    }
}

fn sentence(damage: Damage) -> &'static str {
    match damage {
        Damage::Missing => "the bytes of a file are missing",
        Damage::OtherSize => "the bytes of a file have another size",
        Damage::OtherBytes => "the bytes of a file aren't what they were",
    }
}

/// Whether the database answers.
pub async fn ready(app: &App) -> Result<()> {
    app.db.read(|tx| tx.setting("instance_id")).await.map(drop)
}

/// Deletes bytes that nothing has named for a day.
pub async fn collect_blobs(app: &App) -> Result<Cleared> {
    app.blobs.collect(&app.db, collection(app)).await
}

/// Deletes what uploads that died left behind. Lists the whole store.
pub async fn sweep_blobs(app: &App) -> Result<Cleared> {
    app.blobs.sweep(&app.db, collection(app)).await
}

fn collection(app: &App) -> Collection {
    Collection { now: app.clock.now(), store_now: app.clock.machine_now(), grace: GRACE }
}

/// Forgets counts of password tries whose window is over.
pub async fn prune_password_failures(app: &App) -> Result<u64> {
    let now = app.clock.now();
    let window = SignedDuration::from_secs(i64::from(app.config.limits.password_window_seconds));
    let before = now.saturating_sub(window).unwrap_or(now);
    app.db.write(move |tx| tx.prune_failures(before)).await
}

/// Forgets sessions, codes and tokens that are over. Used codes are kept for a day, so that a second use is noticed.
pub async fn prune_sign_ins(app: &App) -> Result<u64> {
    let now = app.clock.now();
    let before = now.saturating_sub(GRACE).unwrap_or(now);
    app.db.write(move |tx| Ok(tx.prune_sign_ins(now)? + tx.prune_codes(before)?)).await
}
