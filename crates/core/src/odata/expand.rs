//! `$expand`: `thumbnails,children($select=id,name;$top=5)`.

use super::{ODataError, QueryOptions, system::SystemOption};

/// The deepest nesting of `$expand` that is read: a bound on recursion, far above what clients send.
const MAX_DEPTH: usize = 4;

/// One property to return inline, with the options for its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expand {
    /// The property's name, such as `children` or `thumbnails`.
    pub property: String,
    /// What stood in parentheses after it; `custom` is always empty here.
    pub options: QueryOptions,
}

pub(super) fn parse(value: &str, depth: usize) -> Result<Vec<Expand>, ODataError> {
    if depth >= MAX_DEPTH {
        return Err(ODataError::TooDeep);
    }
    outermost(value, ',').map(str::trim).filter(|entry| !entry.is_empty()).map(|entry| expand(entry, depth)).collect()
}

fn expand(entry: &str, depth: usize) -> Result<Expand, ODataError> {
    let invalid = || SystemOption::Expand.invalid();
    let (property, options) = match entry.split_once('(') {
        Some((property, rest)) => (property, rest.strip_suffix(')').ok_or_else(invalid)?),
        None => (entry, ""),
    };
    let property = property.trim();
    if property.is_empty() || property.contains([')', '\'', '=']) {
        return Err(invalid());
    }
    Ok(Expand { property: property.to_owned(), options: nested(options, depth)? })
}

/// The options in parentheses, which semicolons part.
fn nested(text: &str, depth: usize) -> Result<QueryOptions, ODataError> {
    let pairs = outermost(text, ';')
        .map(str::trim)
        .filter(|option| !option.is_empty())
        .map(|option| {
            let (name, value) = option.split_once('=').ok_or_else(|| SystemOption::Expand.invalid())?;
            Ok((name.trim().to_owned(), value.to_owned()))
        })
        .collect::<Result<_, _>>()?;
    let options = QueryOptions::from_pairs(pairs, depth + 1)?;
    match options.custom.first() {
        Some((name, _)) => Err(ODataError::UnknownOption(name.clone())),
        None => Ok(options),
    }
}

/// The parts of `text` between separators that stand neither in parentheses nor in quotes.
fn outermost(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut open = 0_usize;
    let mut quoted = false;
    text.split(move |c| {
        match c {
            '\'' => quoted = !quoted,
            '(' if !quoted => open += 1,
            ')' if !quoted => open = open.saturating_sub(1),
            _ => {}
        }
        c == separator && open == 0 && !quoted
    })
}
