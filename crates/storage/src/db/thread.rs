//! What the database threads do.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use driveway_core::Error;
use driveway_core::seal::Seal;

use super::driver::Driver;
use super::job::Job;
use super::queue::Queue;
use crate::tx::Tx;

/// A queue of calls.
pub(crate) type Calls = Queue<Box<dyn Job>>;

/// The key of audit trails, once it is known.
pub(crate) type TrailKey = OnceLock<Arc<Seal>>;

/// How many writes share one commit at most: beyond that the gain is small and the wait of the first grows.
const WRITES_A_COMMIT: usize = 128;

/// How long a commit waits for the writes before it to run.
const BATCH_TIME: Duration = Duration::from_millis(2);

/// How many reads share one snapshot at most. They were all asked for before it is taken, so each sees what it may
/// expect.
const READS_A_SNAPSHOT: usize = 16;

/// Reads until the queue closes.
pub(crate) fn read(driver: &mut dyn Driver, calls: &Calls, key: &TrailKey, threads: usize) {
    let mut jobs = Vec::with_capacity(READS_A_SNAPSHOT);
    loop {
        calls.take(threads, READS_A_SNAPSHOT, &mut jobs);
        if jobs.is_empty() {
            return;
        }
        let opened = driver.begin(false).map_err(Error::from);
        for mut job in jobs.drain(..).filter(|job| job.is_wanted()) {
            if opened.is_ok() {
                job.run(&mut Tx::sealed(driver, key.get().map(AsRef::as_ref)));
            }
            job.answer(opened.clone());
        }
        end(driver, "COMMIT");
    }
}

/// Writes until the queue closes: many calls a commit when many are queued, one when they come alone.
pub(crate) fn write(driver: &mut dyn Driver, calls: &Calls, key: &TrailKey) {
    let (mut next, mut done) = (Vec::with_capacity(1), Vec::with_capacity(WRITES_A_COMMIT));
    loop {
        calls.take(1, 1, &mut next);
        let Some(first) = next.pop() else { return };
        let outcome = commit_together(driver, calls, key, first, &mut done).map_err(Error::from);
        if outcome.is_err() {
            end(driver, "ROLLBACK");
        }
        for job in done.drain(..) {
            job.answer(outcome.clone());
        }
    }
}

/// Runs a job and what is queued behind it in one transaction. There is no timer: batches form under load only.
fn commit_together(
    driver: &mut dyn Driver,
    calls: &Calls,
    key: &TrailKey,
    first: Box<dyn Job>,
    done: &mut Vec<Box<dyn Job>>,
) -> crate::Result<()> {
    if let Err(error) = driver.begin(true) {
        done.push(first);
        return Err(error);
    }
    let started = Instant::now();
    let mut next = Some(first);
    while let Some(mut job) = next {
        let went = in_savepoint(driver, key, job.as_mut());
        done.push(job);
        went?;
        let is_full = done.len() >= WRITES_A_COMMIT || started.elapsed() >= BATCH_TIME;
        next = if is_full { None } else { calls.try_take() };
    }
    driver.execute("COMMIT", &[]).map(drop)
}

/// Runs a job so that its failure undoes its own writes only.
fn in_savepoint(driver: &mut dyn Driver, key: &TrailKey, job: &mut dyn Job) -> crate::Result<()> {
    driver.execute("SAVEPOINT call", &[])?;
    if !job.run(&mut Tx::sealed(driver, key.get().map(AsRef::as_ref))) {
        // A full disk or the like ends the whole transaction, and then the writes before this one are gone as well.
        if !driver.is_open() {
            return Err(crate::Error::Database("the transaction was lost".into()));
        }
        driver.execute("ROLLBACK TO call", &[])?;
    }
    driver.execute("RELEASE call", &[]).map(drop)
}

fn end(driver: &mut dyn Driver, word: &'static str) {
    if driver.is_open()
        && let Err(error) = driver.execute(word, &[])
    {
        tracing::error!(%error, "a database transaction would not end");
    }
}
