//! Work that nobody waits for.

use std::sync::Arc;
use std::time::Duration;

use crate::app::App;
use crate::ops::subscription::Flights;
use crate::ops::{audit, copy, delta, outbox, recycle_bin, search_index, subscription, upkeep, upload_session};

/// How often the jobs run.
const EVERY: Duration = Duration::from_mins(10);

/// How often the whole object store is listed for remains: once a day, counted in turns.
const SWEEP_AT: u32 = 144;

/// How long a mail that is tried again may lie due. New ones are sent at once.
const LOOK_FOR_MAIL: Duration = Duration::from_secs(15);

/// How long a change waits at the most before those who want to know are told. Changes that come meanwhile are told with it.
const LOOK_FOR_CHANGES: Duration = Duration::from_secs(1);

/// How long the index of words may lie behind. Until then names are found without it, and contents aren't.
const LOOK_FOR_WORDS: Duration = Duration::from_secs(1);

/// Runs the jobs, until the process ends.
pub async fn run(app: Arc<App>) {
    tokio::join!(keep_house(&app), send_mail(&app), send_notifications(&app), index_words(&app));
}

/// Keeps the index of words up to date.
async fn index_words(app: &App) {
    let mut ticks = tokio::time::interval(LOOK_FOR_WORDS);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match search_index::catch_up(app).await {
            Ok(tally) if tally == search_index::Tally::default() => {}
            Ok(tally) => tracing::debug!(?tally, "words for search"),
            Err(error) => tracing::warn!(cause = error.cause(), "indexing words failed; it is tried again"),
        }
    }
}

/// Sends mail as it comes.
async fn send_mail(app: &App) {
    loop {
        match outbox::deliver(app).await {
            Ok(tally) if tally == outbox::Tally::default() => {}
            Ok(tally) => tracing::info!(?tally, "mails"),
            Err(error) => tracing::warn!(cause = error.cause(), "sending mail failed; it is tried again"),
        }
        // Either it is told that there is something, or it is time to look: both mean the same.
        let _ = tokio::time::timeout(LOOK_FOR_MAIL, app.outbox.notified()).await;
    }
}

/// Tells programs that subscribed to changes, each at its own pace.
async fn send_notifications(app: &App) {
    let mut flights = Flights::new(app);
    loop {
        if let Err(error) = flights.take_off().await {
            tracing::warn!(cause = error.cause(), "looking for notifications failed; it is tried again");
        }
        let waiting = tokio::time::sleep(LOOK_FOR_CHANGES);
        tokio::select! {
            Some(landed) = flights.land() => {
                if let Err(error) = landed {
                    tracing::warn!(cause = error.cause(), "a notification failed; it is tried again");
                }
            }
            () = waiting => {}
        }
    }
}

async fn keep_house(app: &App) {
    let mut ticks = tokio::time::interval(EVERY);
    for turn in (0..SWEEP_AT).cycle() {
        ticks.tick().await;
        once(app).await;
        if turn == SWEEP_AT - 1 {
            report(&upkeep::sweep_blobs(app).await);
        }
    }
}

fn report(outcome: &driveway_core::Result<upkeep::Cleared>) {
    match outcome {
        Ok(cleared) if cleared.blobs == 0 && cleared.remains == 0 => {}
        Ok(cleared) => tracing::info!(?cleared, "cleared away bytes that nothing names"),
        Err(error) => tracing::warn!(cause = error.cause(), "clearing bytes away failed"),
    }
}

/// Runs each job once. One that fails is tried again at its next turn.
pub async fn once(app: &App) {
    report(&upkeep::collect_blobs(app).await);
    if let Err(error) = upload_session::expire(app).await {
        tracing::warn!(cause = error.cause(), "clearing dead upload sessions away failed");
    }
    if let Err(error) = copy::prune(app).await {
        tracing::warn!(cause = error.cause(), "forgetting old copies failed");
    }
    if let Err(error) = recycle_bin::empty(app).await {
        tracing::warn!(cause = error.cause(), "emptying recycle bins failed");
    }
    if let Err(error) = upkeep::prune_password_failures(app).await {
        tracing::warn!(cause = error.cause(), "pruning counts of guesses failed");
    }
    if let Err(error) = audit::prune(app).await {
        tracing::warn!(cause = error.cause(), "pruning audit trails failed");
    }
    if let Err(error) = delta::prune(app).await {
        tracing::warn!(cause = error.cause(), "forgetting old changes failed");
    }
    if let Err(error) = outbox::prune(app).await {
        tracing::warn!(cause = error.cause(), "forgetting old mails failed");
    }
    if let Err(error) = subscription::prune(app).await {
        tracing::warn!(cause = error.cause(), "forgetting subscriptions that are over failed");
    }
}
