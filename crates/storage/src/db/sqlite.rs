//! The SQLite driver.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, Statement, ToSql};

use super::driver::{Driver, EachRow};
use super::value::{Cells, Value};
use crate::error::{Error, Result};

/// Opens the file, making it if need be. SQLite doesn't wait where two processes turn WAL mode on at once, so this does.
pub(crate) fn open(path: &Path, busy_timeout: Duration, writes: bool) -> Result<Connection> {
    let started = Instant::now();
    loop {
        match connect(path, busy_timeout, writes) {
            Err(Error::Busy) if started.elapsed() < busy_timeout => std::thread::sleep(Duration::from_millis(5)),
            outcome => return outcome,
        }
    }
}

/// `FULL` is what makes an acknowledged commit survive a power cut in WAL mode.
fn connect(path: &Path, busy_timeout: Duration, writes: bool) -> Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(busy_timeout)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -16384;
         PRAGMA journal_size_limit = 67108864;",
    )?;
    if !writes {
        connection.execute_batch("PRAGMA query_only = ON")?;
    }
    Ok(connection)
}

/// A connection with its prepared statements, known by the address of their text: no hashing of SQL on the way.
pub(crate) struct Sqlite<'c> {
    connection: &'c Connection,
    statements: HashMap<(usize, usize), Statement<'c>>,
}

impl<'c> Sqlite<'c> {
    pub(crate) fn new(connection: &'c Connection) -> Self {
        Self { connection, statements: HashMap::new() }
    }

    fn statement(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<&mut Statement<'c>> {
        use std::collections::hash_map::Entry;
        let statement = match self.statements.entry((sql.as_ptr().addr(), sql.len())) {
            Entry::Occupied(known) => known.into_mut(),
            // SQLite numbers `$n` by first appearance and `?n` by its number.
            Entry::Vacant(place) => place.insert(self.connection.prepare(&sql.replace('$', "?"))?),
        };
        for (index, value) in values.iter().enumerate() {
            statement.raw_bind_parameter(index + 1, value)?;
        }
        Ok(statement)
    }
}

impl Driver for Sqlite<'_> {
    fn query(&mut self, sql: &'static str, values: &[Value<'_>], each: &mut EachRow<'_>) -> Result<()> {
        let mut rows = self.statement(sql, values)?.raw_query();
        while let Some(row) = rows.next()? {
            if each(row)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    fn execute(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<u64> {
        Ok(self.statement(sql, values)?.raw_execute()? as u64)
    }

    fn batch(&mut self, sql: &str) -> Result<()> {
        Ok(self.connection.execute_batch(sql)?)
    }

    fn begin(&mut self, writes: bool) -> Result<()> {
        self.execute(if writes { "BEGIN IMMEDIATE" } else { "BEGIN" }, &[]).map(drop)
    }

    fn is_open(&self) -> bool {
        !self.connection.is_autocommit()
    }

    fn integrity(&mut self) -> Result<Vec<String>> {
        let mut problems = Vec::new();
        self.query("PRAGMA integrity_check", &[], &mut |row| {
            problems.extend(row.text(0)?.filter(|text| *text != "ok").map(str::to_owned));
            Ok(ControlFlow::Continue(()))
        })?;
        self.query("PRAGMA foreign_key_check", &[], &mut |row| {
            let (table, parent) = (row.text(0)?.unwrap_or_default(), row.text(2)?.unwrap_or_default());
            problems.push(format!("row {:?} of {table} refers to no row of {parent}", row.integer(1)?));
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(problems)
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

impl Cells for rusqlite::Row<'_> {
    fn is_null(&self, column: usize) -> Result<bool> {
        Ok(self.get_ref(column)? == ValueRef::Null)
    }

    fn integer(&self, column: usize) -> Result<Option<i64>> {
        match self.get_ref(column)? {
            ValueRef::Null => Ok(None),
            ValueRef::Integer(number) => Ok(Some(number)),
            _ => Err(Error::Malformed("integer")),
        }
    }

    fn text(&self, column: usize) -> Result<Option<&str>> {
        match self.get_ref(column)? {
            ValueRef::Null => Ok(None),
            ValueRef::Text(bytes) => std::str::from_utf8(bytes).map(Some).map_err(|_| Error::Malformed("text")),
            _ => Err(Error::Malformed("text")),
        }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        const UNIQUE: [i32; 2] = [rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE, rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY];
        match &error {
            rusqlite::Error::SqliteFailure(cause, _) if UNIQUE.contains(&cause.extended_code) => {
                Self::Taken(error.to_string())
            }
            rusqlite::Error::SqliteFailure(cause, _)
                if matches!(cause.code, ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) =>
            {
                Self::Busy
            }
            _ => Self::Database(Box::new(error)),
        }
    }
}
