//! The seam: all that the nouns need of a database.

use std::ops::ControlFlow;

use super::value::{Cells, Value};
use crate::error::Result;

/// Called with each row of a query, until it has enough.
pub(crate) type EachRow<'a> = dyn FnMut(&dyn Cells) -> Result<ControlFlow<()>> + 'a;

/// A connection. SQL says `$1`, `$2`; it is `'static`, so that a driver can know a statement by its address.
pub(crate) trait Driver {
    /// Runs a statement and hands over its rows.
    fn query(&mut self, sql: &'static str, values: &[Value<'_>], each: &mut EachRow<'_>) -> Result<()>;

    /// Runs a statement and counts the rows that it changed.
    fn execute(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<u64>;

    /// Runs several statements without parameters: a migration.
    fn batch(&mut self, sql: &str) -> Result<()>;

    /// The word that opens a transaction, for writing or for one snapshot of reading.
    fn begin(&mut self, writes: bool) -> Result<()>;

    /// Whether a transaction is open: a grave failure may have ended it.
    fn is_open(&self) -> bool;

    /// What the database itself finds wrong with its files and references.
    fn integrity(&mut self) -> Result<Vec<String>>;
}
