//! The query options of a Graph request: `$select`, `$expand`, `$top` and their kin.
//!
//! Names are case-sensitive (MISC-06). The `$` may be missing, as v1.0 accepts (ODATA-08), or be written `%24`. What starts with
//! a `$` and isn't known is refused; any other unknown option (`AVOverride`, `token`, annotations) is kept for whoever knows it.

mod expand;
mod system;
pub(crate) mod text;

use std::collections::BTreeSet;

pub use self::expand::Expand;
use self::system::SystemOption;
use crate::name::ConflictBehavior;

/// The two spellings of the conflict behaviour in a URL: Graph's, and that of the direct endpoint (ODATA-05).
const CONFLICT_BEHAVIOR: [&str; 2] = ["@microsoft.graph.conflictBehavior", "@name.conflictBehavior"];

/// Why a query string is refused. Graph answers 400 `invalidRequest` with the inner code `invalidQueryOption`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ODataError {
    /// A `%` without two hexadecimal digits, or bytes that aren't UTF-8.
    #[error("the query string is not valid percent-encoded UTF-8")]
    InvalidEncoding,
    /// An option that starts with `$` and that this API doesn't have, or any unknown one inside `$expand`.
    #[error("the query option '{0}' is not supported")]
    UnknownOption(String),
    /// An option was given twice.
    #[error("the query option '{0}' is given more than once")]
    DuplicateOption(String),
    /// The value can't be read; the text is the option's name.
    #[error("the value of the query option '{0}' is invalid")]
    InvalidValue(String),
    /// `$expand` is nested more deeply than any client needs.
    #[error("the query option '$expand' is nested too deeply")]
    TooDeep,
}

/// The direction of one `$orderby` key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// Smallest first; what OData means when nothing is said.
    #[default]
    Ascending,
    /// Greatest first.
    Descending,
}

/// The query options of one request, or of one `$expand`ed property.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QueryOptions {
    /// The members to return; `None` when not given or empty. Whether they exist is the caller's question (ODATA-15).
    pub select: Option<Vec<String>>,
    /// The related things to return inline.
    pub expand: Vec<Expand>,
    /// The greatest number of values on a page, at least 1; clamping is the caller's business.
    pub top: Option<u32>,
    /// Where the page begins: an opaque text that an earlier page gave.
    pub skip_token: Option<String>,
    /// Where an enumeration of changes begins: an opaque text that an earlier one gave.
    pub delta_token: Option<String>,
    /// The sort keys, most significant first.
    pub orderby: Vec<(String, Direction)>,
    /// The filter expression as it was written.
    pub filter: Option<String>,
    /// The search text as it was written.
    pub search: Option<String>,
    /// Whether the number of values is asked for.
    pub count: Option<bool>,
    /// All other options in their order, annotations (`@…`) among them.
    pub custom: Vec<(String, String)>,
}

impl QueryOptions {
    /// Reads a raw query string: still percent-encoded, without its `?`.
    pub fn parse(query: &str) -> Result<Self, ODataError> {
        Self::from_pairs(text::pairs(query)?, 0)
    }

    /// The first custom option of exactly this name.
    pub fn custom_value(&self, name: &str) -> Option<&str> {
        self.custom.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// What to do when the name is taken, if the URL says so (ODATA-05).
    pub fn conflict_behavior(&self) -> Option<Result<ConflictBehavior, ODataError>> {
        let name = CONFLICT_BEHAVIOR.into_iter().find(|name| self.custom_value(name).is_some())?;
        let value = self.custom_value(name)?;
        Some(value.parse().map_err(|_| ODataError::InvalidValue(name.to_owned())))
    }

    /// `depth` counts how many `$expand`s surround these options.
    fn from_pairs(pairs: Vec<(String, String)>, depth: usize) -> Result<Self, ODataError> {
        let mut options = Self::default();
        let mut seen = BTreeSet::new();
        for (name, value) in pairs {
            let option = SystemOption::named(&name);
            let known_as = match option {
                Some(option) => option.name(),
                None => name.as_str(),
            };
            // What bears neither mark isn't ours, and neither is whether it may be repeated.
            if known_as.starts_with(['$', '@']) && !seen.insert(known_as.to_owned()) {
                return Err(ODataError::DuplicateOption(known_as.to_owned()));
            }
            match option {
                Some(option) => options.set(option, value, depth)?,
                None if name.starts_with('$') => return Err(ODataError::UnknownOption(name)),
                None => options.custom.push((name, value)),
            }
        }
        Ok(options)
    }

    fn set(&mut self, option: SystemOption, value: String, depth: usize) -> Result<(), ODataError> {
        match option {
            SystemOption::Select => self.select = system::list(&value),
            SystemOption::Expand => self.expand = expand::parse(&value, depth)?,
            SystemOption::Top => self.top = Some(system::positive(&value).ok_or_else(|| option.invalid())?),
            SystemOption::SkipToken => self.skip_token = Some(value),
            SystemOption::DeltaToken => self.delta_token = Some(value),
            SystemOption::OrderBy => self.orderby = system::order(&value).ok_or_else(|| option.invalid())?,
            SystemOption::Filter => self.filter = Some(value),
            SystemOption::Search => self.search = Some(value),
            SystemOption::Count => self.count = Some(value.parse().map_err(|_| option.invalid())?),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
