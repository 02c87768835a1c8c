//! Keeping the house: is it sound, does it answer, what can be thrown away?

pub use driveway_storage::Collected as Cleared;
use driveway_storage::{Collection, Finding};
use jiff::SignedDuration;

use super::Result;
use crate::app::App;

/// How long bytes that nothing names are kept: long enough for any upload to come to its transaction.
const GRACE: SignedDuration = SignedDuration::from_hours(24);

/// Everything in the data directory that isn't as it should be.
pub fn check(app: &App) -> Result<Vec<Finding>> {
    app.db.read_blocking(|tx| tx.check())
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
