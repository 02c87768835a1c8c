//! A transaction, as closures get it. Its queries are in the files of the nouns.

use std::ops::ControlFlow;

use driveway_core::seal::Seal;

use crate::db::{Driver, Row, Value, only};
use crate::error::{Error, Result};

/// A transaction of [`Db::read`](crate::Db::read) or [`Db::write`](crate::Db::write).
pub struct Tx<'a> {
    driver: &'a mut dyn Driver,
    seal: Option<&'a Seal>,
}

/// The parameters of a statement.
macro_rules! values {
    ($($value:expr),* $(,)?) => { &[$($crate::db::Value::from($value)),*] };
}
pub(crate) use values;

impl<'a> Tx<'a> {
    pub(crate) fn new(driver: &'a mut dyn Driver) -> Self {
        Self { driver, seal: None }
    }

    /// A transaction that can write audit trails and prove them.
    pub(crate) fn sealed(driver: &'a mut dyn Driver, seal: Option<&'a Seal>) -> Self {
        Self { driver, seal }
    }

    /// The key of audit trails.
    pub(crate) fn seal(&self) -> driveway_core::Result<&'a Seal> {
        self.seal.ok_or_else(|| driveway_core::Error::internal("audit trails have no key"))
    }

    /// Every row.
    pub(crate) fn rows<T>(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
        mut read: impl FnMut(&mut Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut rows = Vec::new();
        self.driver.query(sql, values, &mut |cells| {
            rows.push(read(&mut Row::new(cells))?);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(rows)
    }

    /// [`Tx::rows`] in the domain's words.
    pub(crate) fn all<T>(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
        read: impl FnMut(&mut Row<'_>) -> Result<T>,
    ) -> driveway_core::Result<Vec<T>> {
        Ok(self.rows(sql, values, read)?)
    }

    /// One row after the other, until the reader has enough.
    pub(crate) fn until(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
        mut read: impl FnMut(&mut Row<'_>) -> Result<ControlFlow<()>>,
    ) -> driveway_core::Result<()> {
        Ok(self.driver.query(sql, values, &mut |cells| read(&mut Row::new(cells)))?)
    }

    /// The first row, if there is one.
    pub(crate) fn one<T>(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
        mut read: impl FnMut(&mut Row<'_>) -> Result<T>,
    ) -> driveway_core::Result<Option<T>> {
        let mut found = None;
        self.driver.query(sql, values, &mut |cells| {
            found = Some(read(&mut Row::new(cells))?);
            Ok(ControlFlow::Break(()))
        })?;
        Ok(found)
    }

    /// A number that every database has, such as a count.
    pub(crate) fn number(&mut self, sql: &'static str, values: &[Value<'_>]) -> driveway_core::Result<i64> {
        let number = self.one(sql, values, only)?;
        Ok(number.ok_or(Error::Malformed("integer"))?)
    }

    /// Changes rows and counts them.
    pub(crate) fn execute(&mut self, sql: &'static str, values: &[Value<'_>]) -> driveway_core::Result<u64> {
        Ok(self.driver.execute(sql, values)?)
    }

    /// What the database itself finds wrong.
    pub(crate) fn integrity(&mut self) -> driveway_core::Result<Vec<String>> {
        Ok(self.driver.integrity()?)
    }
}
