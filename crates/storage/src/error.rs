//! What can go wrong down here, and what it is in the domain's words.

use std::fmt;

use driveway_core::error::Code;

/// The result of everything that can fail in storage's words.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure of one of the two stores.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A queue is full, or another process keeps the database locked.
    #[error("the database is busy")]
    Busy,
    /// A row with this key is there already.
    #[error("a unique key is taken: {0}")]
    Taken(String),
    /// The database's threads have ended.
    #[error("the database is closed")]
    Closed,
    /// The database was written by a newer version of this program, or its migrations were edited.
    #[error("{0}")]
    Schema(String),
    /// A URL that names no store, or one that isn't built in yet.
    #[error("{0}")]
    Url(String),
    /// A stored value that can't be what it should be.
    #[error("a stored value is no {0}")]
    Malformed(&'static str),
    /// A closure panicked; nothing of it was kept.
    #[error("a database closure panicked: {0}")]
    Panicked(String),
    /// The database failed.
    #[error("database: {0}")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The blob store failed.
    #[error("blobs: {0}")]
    Blobs(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// A failure of the blob store, by its cause.
    pub(crate) fn blobs(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Blobs(cause.into())
    }

    /// A schema that this version can't work with.
    pub(crate) fn schema(message: impl fmt::Display) -> Self {
        Self::Schema(message.to_string())
    }
}

/// Busy is worth another try in a second; a taken key is a name that exists; all else is a fault of ours.
impl From<Error> for driveway_core::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Busy => Self::busy(1),
            Error::Taken(_) => Self::new(Code::NameAlreadyExists, "The name or key is taken."),
            other => Self::internal(other),
        }
    }
}
