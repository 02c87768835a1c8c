//! The database: closures go in, run on threads of their own, and answers come out.

mod driver;
mod job;
mod migration;
mod queue;
mod sqlite;
mod thread;
mod value;

use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use driveway_core::seal::Seal;
use tokio::sync::oneshot;

pub(crate) use self::driver::Driver;
use self::job::Reply;
pub(crate) use self::sqlite::Sqlite;
use self::thread::{Calls, TrailKey};
pub(crate) use self::value::{Column, Row, Value, only};
#[cfg(test)]
pub(crate) use self::{driver::EachRow, migration::migrate};
use crate::error::{Error, Result};
use crate::tx::Tx;
use crate::url::DatabaseUrl;

/// How the database is opened.
#[derive(Debug, Clone, Copy)]
pub struct DbOptions {
    /// How many threads read.
    pub readers: usize,
    /// How many reads may wait before further ones are refused as busy.
    pub read_queue: usize,
    /// How many writes may wait before further ones are refused as busy.
    pub write_queue: usize,
    /// How long to wait for another process that holds the database's lock.
    pub busy_timeout: Duration,
}

impl Default for DbOptions {
    fn default() -> Self {
        Self { readers: 4, read_queue: 8192, write_queue: 4096, busy_timeout: Duration::from_secs(5) }
    }
}

/// The metadata. Clones share its threads, which end with the last of them.
#[derive(Debug, Clone)]
pub struct Db {
    threads: Arc<Threads>,
}

#[derive(Debug)]
struct Threads {
    reads: Arc<Calls>,
    writes: Arc<Calls>,
    trail_key: Arc<TrailKey>,
    handles: Vec<JoinHandle<()>>,
}

impl Db {
    /// Opens the database, makes it if it isn't there, and brings its tables up to date. Blocks while it does.
    pub fn open(url: &DatabaseUrl, options: DbOptions) -> Result<Self> {
        let DatabaseUrl::Sqlite(path) = url;
        let writer = sqlite::open(path, options.busy_timeout, true)?;
        migration::migrate(&mut Sqlite::new(&writer))?;
        let mut threads = Threads {
            reads: Arc::new(Calls::new(options.read_queue)),
            writes: Arc::new(Calls::new(options.write_queue)),
            trail_key: Arc::default(),
            handles: Vec::with_capacity(options.readers + 1),
        };
        let (calls, key) = (Arc::clone(&threads.writes), Arc::clone(&threads.trail_key));
        threads.spawn("db-write", move || thread::write(&mut Sqlite::new(&writer), &calls, &key))?;
        threads.spawn_readers(path, options)?;
        Ok(Self { threads: Arc::new(threads) })
    }

    /// Gives the key that audit trails are written and proved under. It is given once; until then there are no trails.
    pub fn seal_trails(&self, seal: Arc<Seal>) {
        let _is_first = self.threads.trail_key.set(seal);
    }

    /// Runs a closure that reads one snapshot, which has every write that was acknowledged before this call.
    pub async fn read<T, F>(&self, work: F) -> driveway_core::Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> driveway_core::Result<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.threads.reads.push(job::call(work, Reply::Async(reply)))?;
        answer.await.map_err(|_| Error::Closed)?
    }

    /// Runs a closure that writes. On `Ok` its writes are durable when this returns; on `Err` or a panic there are
    /// none. It may run more than once, so ids and times are brought along and not made inside.
    pub async fn write<T, F>(&self, work: F) -> driveway_core::Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> driveway_core::Result<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.threads.writes.push(job::call(work, Reply::Async(reply)))?;
        answer.await.map_err(|_| Error::Closed)?
    }

    /// [`Db::read`] for callers without a runtime, such as the command line.
    pub fn read_blocking<T, F>(&self, work: F) -> driveway_core::Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> driveway_core::Result<T> + Send + 'static,
    {
        let (reply, answer) = mpsc::sync_channel(1);
        self.threads.reads.push(job::call(work, Reply::Blocking(reply)))?;
        answer.recv().map_err(|_| Error::Closed)?
    }

    /// [`Db::write`] for callers without a runtime, such as the command line.
    pub fn write_blocking<T, F>(&self, work: F) -> driveway_core::Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> driveway_core::Result<T> + Send + 'static,
    {
        let (reply, answer) = mpsc::sync_channel(1);
        self.threads.writes.push(job::call(work, Reply::Blocking(reply)))?;
        answer.recv().map_err(|_| Error::Closed)?
    }
}

impl Threads {
    fn spawn_readers(&mut self, path: &Path, options: DbOptions) -> Result<()> {
        let count = options.readers.max(1);
        for number in 0..count {
            let reader = sqlite::open(path, options.busy_timeout, false)?;
            let (calls, key) = (Arc::clone(&self.reads), Arc::clone(&self.trail_key));
            let run = move || thread::read(&mut Sqlite::new(&reader), &calls, &key, count);
            self.spawn(&format!("db-read-{number}"), run)?;
        }
        Ok(())
    }

    fn spawn(&mut self, name: &str, work: impl FnOnce() + Send + 'static) -> Result<()> {
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(work);
        self.handles.push(thread.map_err(|error| Error::Database(Box::new(error)))?);
        Ok(())
    }
}

/// Waits for the threads, so that the files are free when the last clone is gone.
impl Drop for Threads {
    fn drop(&mut self) {
        self.reads.close();
        self.writes.close();
        for thread in self.handles.drain(..) {
            // The last clone may go away inside a closure, and a thread can't wait for itself.
            if thread.thread().id() != std::thread::current().id() && thread.join().is_err() {
                tracing::error!("a database thread panicked");
            }
        }
    }
}

/// Runs a test over an empty database in memory.
#[cfg(test)]
pub(crate) fn scratch(work: impl FnOnce(&mut Tx<'_>)) {
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    let mut driver = Sqlite::new(&connection);
    migration::migrate(&mut driver).unwrap();
    work(&mut Tx::new(&mut driver));
}
