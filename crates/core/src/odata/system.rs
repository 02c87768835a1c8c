//! OData's own options: their names, and how their plain values are read.

use super::{Direction, ODataError};

/// An option that OData defines and this API has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SystemOption {
    Select,
    Expand,
    Top,
    SkipToken,
    DeltaToken,
    OrderBy,
    Filter,
    Search,
    Count,
}

impl SystemOption {
    /// The option of that name, with or without its `$`.
    ///
    /// Graph's own pages write both `$skiptoken` and `$skipToken`, both `$orderby` and `$orderBy`.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name.strip_prefix('$').unwrap_or(name) {
            "select" => Self::Select,
            "expand" => Self::Expand,
            "top" => Self::Top,
            "skiptoken" | "skipToken" => Self::SkipToken,
            "deltatoken" | "deltaToken" => Self::DeltaToken,
            "orderby" | "orderBy" => Self::OrderBy,
            "filter" => Self::Filter,
            "search" => Self::Search,
            "count" => Self::Count,
            _ => return None,
        })
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Select => "$select",
            Self::Expand => "$expand",
            Self::Top => "$top",
            Self::SkipToken => "$skiptoken",
            Self::DeltaToken => "$deltatoken",
            Self::OrderBy => "$orderby",
            Self::Filter => "$filter",
            Self::Search => "$search",
            Self::Count => "$count",
        }
    }

    pub(super) fn invalid(self) -> ODataError {
        ODataError::InvalidValue(self.name().to_owned())
    }
}

/// The names of a comma-separated list. Empty ones are dropped, because clients leave a trailing comma; `None` if none is left.
pub(super) fn list(value: &str) -> Option<Vec<String>> {
    let names: Vec<_> = entries(value).map(str::to_owned).collect();
    (!names.is_empty()).then_some(names)
}

/// A positive whole number in decimal digits. One beyond `u32` is as good as the greatest.
pub(super) fn positive(value: &str) -> Option<u32> {
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let number = if digits { value.parse().unwrap_or(u32::MAX) } else { 0 };
    (number > 0).then_some(number)
}

/// The keys of `$orderby`, such as `name desc,size`.
pub(super) fn order(value: &str) -> Option<Vec<(String, Direction)>> {
    entries(value)
        .map(|key| {
            let mut words = key.split_whitespace();
            let property = words.next()?.to_owned();
            let direction = words.next().map_or(Some(Direction::Ascending), direction)?;
            words.next().is_none().then_some((property, direction))
        })
        .collect()
}

fn direction(word: &str) -> Option<Direction> {
    match word {
        _ if word.eq_ignore_ascii_case("asc") => Some(Direction::Ascending),
        _ if word.eq_ignore_ascii_case("desc") => Some(Direction::Descending),
        _ => None,
    }
}

fn entries(value: &str) -> impl Iterator<Item = &str> {
    value.split(',').map(str::trim).filter(|entry| !entry.is_empty())
}
