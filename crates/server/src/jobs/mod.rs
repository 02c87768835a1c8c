//! Work that nobody waits for: bytes that nothing names any more, counts of guesses that no longer matter.

use std::sync::Arc;
use std::time::Duration;

use driveway_storage::{Collected, Collection};
use jiff::SignedDuration;

use crate::app::App;

/// How often the jobs run.
const EVERY: Duration = Duration::from_mins(10);

/// How long bytes that nothing names are kept: long enough for any upload to come to its transaction.
const GRACE: SignedDuration = SignedDuration::from_hours(24);

/// Runs the jobs from time to time, until the process ends.
pub async fn run(app: Arc<App>) {
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        ticks.tick().await;
        once(&app).await;
    }
}

/// Runs each job once. One that fails is tried again at its next turn.
pub async fn once(app: &App) {
    let now = app.clock.now();
    let collection = Collection { now, store_now: app.clock.machine_now(), grace: GRACE };
    for outcome in [app.blobs.collect(&app.db, collection).await, app.blobs.sweep(&app.db, collection).await] {
        match outcome {
            Ok(collected) if collected == Collected::default() => {}
            Ok(collected) => tracing::info!(?collected, "collected bytes that nothing names"),
            Err(error) => tracing::warn!(cause = error.cause(), "collecting bytes failed"),
        }
    }
    let window = SignedDuration::from_secs(i64::from(app.config.limits.password_window_seconds));
    let before = now.saturating_sub(window).unwrap_or(now);
    if let Err(error) = app.db.write(move |tx| tx.prune_failures(before)).await {
        tracing::warn!(cause = error.cause(), "pruning counts of guesses failed");
    }
}
