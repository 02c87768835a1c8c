//! Where the two stores are.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// Where the metadata is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// `sqlite:PATH`: a file, made when it isn't there.
    Sqlite(PathBuf),
}

impl DatabaseUrl {
    /// Reads `sqlite:PATH`. `postgres://…` is recognised and refused until its driver is built in.
    pub fn parse(text: &str) -> Result<Self> {
        if let Some(path) = text.strip_prefix("sqlite:").filter(|path| !path.is_empty()) {
            return Ok(Self::Sqlite(path.into()));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Err(Error::Url("PostgreSQL comes later; for now the database is sqlite:PATH.".into()));
        }
        Err(Error::Url(format!("A database is sqlite:PATH, not {text:?}.")))
    }
}

impl From<&Path> for DatabaseUrl {
    fn from(path: &Path) -> Self {
        Self::Sqlite(path.into())
    }
}

/// Where the bytes are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlobsUrl {
    /// `file:DIR`: a folder, made when it isn't there.
    Folder(PathBuf),
    /// `memory:`: gone with the process; for tests.
    Memory,
}

impl BlobsUrl {
    /// Reads `file:DIR` or `memory:`. `s3://…` is recognised and refused until it is built in.
    pub fn parse(text: &str) -> Result<Self> {
        if text == "memory:" {
            return Ok(Self::Memory);
        }
        if let Some(path) = text.strip_prefix("file:").filter(|path| !path.is_empty()) {
            return Ok(Self::Folder(path.into()));
        }
        if text.starts_with("s3://") {
            return Err(Error::Url("S3 comes later; for now blobs are in file:DIR or memory:.".into()));
        }
        Err(Error::Url(format!("Blobs are in file:DIR or memory:, not {text:?}.")))
    }
}

impl From<&Path> for BlobsUrl {
    fn from(path: &Path) -> Self {
        Self::Folder(path.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_in_parses_and_what_comes_later_says_so() {
        assert_eq!(DatabaseUrl::parse("sqlite:data/x.db").unwrap(), DatabaseUrl::Sqlite("data/x.db".into()));
        assert!(DatabaseUrl::parse("postgres://db/x").unwrap_err().to_string().contains("comes later"));
        assert!(DatabaseUrl::parse("sqlite:").is_err() && DatabaseUrl::parse("mysql:x").is_err());
        assert_eq!(BlobsUrl::parse("file:data/blobs").unwrap(), BlobsUrl::Folder("data/blobs".into()));
        assert_eq!(BlobsUrl::parse("memory:").unwrap(), BlobsUrl::Memory);
        assert!(BlobsUrl::parse("s3://bucket/prefix").unwrap_err().to_string().contains("comes later"));
        assert!(BlobsUrl::parse("file:").is_err() && BlobsUrl::parse("data").is_err());
    }
}
