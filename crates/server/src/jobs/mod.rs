//! Work that nobody waits for.

use std::sync::Arc;
use std::time::Duration;

use crate::app::App;
use crate::ops::upkeep;

/// How often the jobs run.
const EVERY: Duration = Duration::from_mins(10);

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
    match upkeep::collect_blobs(app).await {
        Ok(collected) if collected.iter().all(|part| part.blobs == 0 && part.remains == 0) => {}
        Ok(collected) => tracing::info!(?collected, "collected bytes that nothing names"),
        Err(error) => tracing::warn!(cause = error.cause(), "collecting bytes failed"),
    }
    if let Err(error) = upkeep::prune_password_failures(app).await {
        tracing::warn!(cause = error.cause(), "pruning counts of guesses failed");
    }
}
