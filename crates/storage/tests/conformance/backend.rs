//! The backends that the suite runs on.

use std::path::PathBuf;

use driveway_storage::{Blobs, BlobsUrl, DatabaseUrl, Db, DbOptions};
use tempfile::TempDir;

/// A database of a test's own.
pub struct Database {
    url: DatabaseUrl,
    path: PathBuf,
    _home: TempDir,
}

/// A file in a folder that goes away.
pub fn sqlite() -> Database {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("driveway.db");
    Database { url: DatabaseUrl::Sqlite(path.clone()), path, _home: home }
}

impl Database {
    pub fn open(&self) -> Db {
        self.open_with(DbOptions::default()).unwrap()
    }

    pub fn open_with(&self, options: DbOptions) -> driveway_storage::Result<Db> {
        Db::open(&self.url, options)
    }

    /// Does what the library never does.
    pub fn tamper(&self, sql: &str) {
        let connection = rusqlite::Connection::open(&self.path).unwrap();
        connection.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
        connection.execute_batch(sql).unwrap();
    }
}

/// A blob store of a test's own.
pub struct Store {
    pub blobs: Blobs,
    /// Where its files are, if it has any.
    pub folder: Option<TempDir>,
}

pub fn folder() -> Store {
    let home = tempfile::tempdir().unwrap();
    Store { blobs: Blobs::open(&BlobsUrl::Folder(home.path().join("blobs"))).unwrap(), folder: Some(home) }
}

pub fn memory() -> Store {
    Store { blobs: Blobs::open(&BlobsUrl::Memory).unwrap(), folder: None }
}

impl Store {
    /// Every file that has to do with blobs, relative to the folder.
    pub fn files(&self) -> Vec<String> {
        let Some(home) = &self.folder else { return Vec::new() };
        let root = home.path().join("blobs");
        let mut files = Vec::new();
        let mut directories = vec![root.clone()];
        while let Some(directory) = directories.pop() {
            for entry in std::fs::read_dir(directory).unwrap().map(Result::unwrap) {
                if entry.file_type().unwrap().is_dir() {
                    directories.push(entry.path());
                } else {
                    files.push(entry.path().strip_prefix(&root).unwrap().display().to_string());
                }
            }
        }
        files
    }
}

/// Runs cases on every database.
macro_rules! on_every_database {
    ($($case:ident)+) => {
        mod sqlite { $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() { super::$case(crate::backend::sqlite()).await; }
        )+ }
    };
}
pub(crate) use on_every_database;

/// Runs cases on every blob store.
macro_rules! on_every_store {
    ($($case:ident)+) => {
        mod folder { $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() { super::$case(crate::backend::folder()).await; }
        )+ }
        mod memory { $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() { super::$case(crate::backend::memory()).await; }
        )+ }
    };
}
pub(crate) use on_every_store;
