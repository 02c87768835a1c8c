//! A page of a list.

/// Values of a list, and whether there are more behind them.
#[derive(Debug)]
pub struct Listed<T> {
    /// The values of this page.
    pub values: Vec<T>,
    /// Whether there are more.
    pub more: bool,
}

impl<T> Listed<T> {
    /// A page of `limit` from one value more than that, if there was one.
    pub(super) fn of(mut values: Vec<T>, limit: u32) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = values.len() > limit;
        values.truncate(limit);
        Self { values, more }
    }
}
