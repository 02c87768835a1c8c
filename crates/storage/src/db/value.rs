//! What goes into a statement and what comes out of a row, in types that belong to no driver.

use std::borrow::Cow;

use data_encoding::HEXLOWER;
use driveway_core::id::{ApplicationId, DriveId, GrantId, GroupId, ItemId, PermissionId, SiteId, TenantId, UserId};
use driveway_core::item::Sha256;
use driveway_core::time;
use jiff::Timestamp;

use crate::error::{Error, Result};

/// A parameter of a statement. Three kinds suffice: times are microseconds, truth is 0 or 1, ids and hashes are texts.
#[derive(Debug, Clone)]
pub(crate) enum Value<'a> {
    Null,
    Integer(i64),
    Text(Cow<'a, str>),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<bool> for Value<'_> {
    fn from(truth: bool) -> Self {
        Self::Integer(truth.into())
    }
}

impl From<Timestamp> for Value<'_> {
    fn from(instant: Timestamp) -> Self {
        Self::Integer(time::to_micros(instant))
    }
}

impl From<Sha256> for Value<'_> {
    fn from(hash: Sha256) -> Self {
        HEXLOWER.encode(&hash.0).into()
    }
}

impl From<[u8; 20]> for Value<'_> {
    fn from(hash: [u8; 20]) -> Self {
        HEXLOWER.encode(&hash).into()
    }
}

impl<'a> From<&'a DriveId> for Value<'a> {
    fn from(id: &'a DriveId) -> Self {
        id.as_str().into()
    }
}

impl<'a, V: Into<Value<'a>>> From<Option<V>> for Value<'a> {
    fn from(value: Option<V>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// The current row of a driver, by column number.
pub(crate) trait Cells {
    fn is_null(&self, column: usize) -> Result<bool>;
    fn integer(&self, column: usize) -> Result<Option<i64>>;
    fn text(&self, column: usize) -> Result<Option<&str>>;
}

/// A row that is read from left to right, in the order of the SELECT.
pub(crate) struct Row<'r> {
    cells: &'r dyn Cells,
    at: usize,
}

impl<'r> Row<'r> {
    pub(crate) fn new(cells: &'r dyn Cells) -> Self {
        Self { cells, at: 0 }
    }

    /// The next column, which may be NULL.
    pub(crate) fn maybe<C: Column>(&mut self) -> Result<Option<C>> {
        let column = self.at;
        self.at += 1;
        C::read(self.cells, column)
    }

    /// The next column, which is never NULL.
    pub(crate) fn get<C: Column>(&mut self) -> Result<C> {
        self.maybe()?.ok_or(Error::Malformed(C::NOUN))
    }

    /// The next column, by a function that reads its word.
    pub(crate) fn word<T>(&mut self, parse: fn(&str) -> Option<T>) -> Result<T> {
        self.maybe_word(parse)?.ok_or(Error::Malformed("known word"))
    }

    /// The next column, by a function that reads its word; it may be NULL.
    pub(crate) fn maybe_word<T>(&mut self, parse: fn(&str) -> Option<T>) -> Result<Option<T>> {
        let column = self.at;
        self.at += 1;
        let text = self.cells.text(column)?;
        text.map(|text| parse(text).ok_or(Error::Malformed("known word"))).transpose()
    }

    /// Whether the next column is NULL; it stays the next one.
    pub(crate) fn is_null(&self) -> Result<bool> {
        self.cells.is_null(self.at)
    }

    /// Passes over columns that are of no use in this row.
    pub(crate) fn skip(&mut self, columns: usize) {
        self.at += columns;
    }
}

/// Reads a row of one column that is never NULL.
pub(crate) fn only<C: Column>(row: &mut Row<'_>) -> Result<C> {
    row.get()
}

/// A type that a column can hold.
pub(crate) trait Column: Sized {
    const NOUN: &'static str;
    fn read(cells: &dyn Cells, column: usize) -> Result<Option<Self>>;
}

impl Column for i64 {
    const NOUN: &'static str = "integer";
    fn read(cells: &dyn Cells, column: usize) -> Result<Option<Self>> {
        cells.integer(column)
    }
}

impl Column for bool {
    const NOUN: &'static str = "truth value";
    fn read(cells: &dyn Cells, column: usize) -> Result<Option<Self>> {
        Ok(cells.integer(column)?.map(|number| number != 0))
    }
}

impl Column for Timestamp {
    const NOUN: &'static str = "time";
    fn read(cells: &dyn Cells, column: usize) -> Result<Option<Self>> {
        Ok(cells.integer(column)?.map(time::from_micros))
    }
}

impl Column for String {
    const NOUN: &'static str = "text";
    fn read(cells: &dyn Cells, column: usize) -> Result<Option<Self>> {
        Ok(cells.text(column)?.map(str::to_owned))
    }
}

fn unhex<const N: usize>(cells: &dyn Cells, column: usize) -> Result<Option<[u8; N]>> {
    let Some(text) = cells.text(column)? else { return Ok(None) };
    let mut bytes = [0; N];
    match HEXLOWER.decode_len(text.len()) {
        Ok(length) if length == N => {
            HEXLOWER.decode_mut(text.as_bytes(), &mut bytes).map(|_| Some(bytes)).map_err(|_| Error::Malformed("hash"))
        }
        _ => Err(Error::Malformed("hash")),
    }
}

impl Column for Sha256 {
    const NOUN: &'static str = "hash";
    fn read(cells: &dyn Cells, column: usize) -> Result<Option<Self>> {
        Ok(unhex(cells, column)?.map(Self))
    }
}

impl Column for [u8; 20] {
    const NOUN: &'static str = "hash";
    fn read(cells: &dyn Cells, column: usize) -> Result<Option<Self>> {
        unhex(cells, column)
    }
}

macro_rules! id_columns {
    ($($name:ident)+) => {$(
        impl Column for $name {
            const NOUN: &'static str = stringify!($name);
            fn read(cells: &dyn Cells, column: usize) -> Result<Option<Self>> {
                let text = cells.text(column)?;
                text.map(|text| Self::parse(text).map_err(|_| Error::Malformed(Self::NOUN))).transpose()
            }
        }
    )+};
}

macro_rules! id_values {
    ($($name:ident)+) => {$(
        impl From<$name> for Value<'_> {
            fn from(id: $name) -> Self {
                id.to_string().into()
            }
        }
    )+};
}

id_columns! { TenantId UserId GroupId SiteId ApplicationId PermissionId GrantId ItemId DriveId }
id_values! { TenantId UserId GroupId SiteId ApplicationId PermissionId GrantId ItemId }
