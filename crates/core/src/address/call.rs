//! A segment with parentheses: a key, `users('x')`, or a function, `search(q='a''b')`.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use super::AddressError;
use crate::odata::text::pairs;

/// Namespaces that may stand before a name, longest first. `graph.` is the alias of the published types, which the SDKs made
/// from them send; the last two are those of the direct endpoint.
const NAMESPACES: [&str; 5] = ["microsoft.graph.oneDrive.", "microsoft.graph.", "graph.", "oneDrive.", "action."];

/// What a segment says, its namespace dropped and its literals read.
pub(super) enum Call<'t> {
    /// A name without parentheses, or anything else that isn't a call.
    Plain(&'t str),
    /// A collection and the key of one of its members.
    Key(&'t str, String),
    /// A function and its arguments, which may be none.
    Function(&'t str, Vec<(String, String)>),
}

impl<'t> Call<'t> {
    pub(super) fn parse(text: &'t str, aliases: &Aliases<'_>) -> Result<Self, AddressError> {
        let Some((name, inside)) = parts(text) else { return Ok(Self::Plain(without_namespace(text))) };
        let name = without_namespace(name);
        if inside.is_empty() {
            return Ok(Self::Function(name, Vec::new()));
        }
        if inside.starts_with('\'') || !inside.contains('=') {
            return Ok(Self::Key(name, aliases.read(inside)?));
        }
        Ok(Self::Function(name, arguments(inside, aliases)?))
    }
}

/// The name and what is in the parentheses, if `text` has the form of a call.
fn parts(text: &str) -> Option<(&str, &str)> {
    let (name, inside) = text.strip_suffix(')')?.split_once('(')?;
    (!name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "._$".contains(c))).then_some((name, inside))
}

fn without_namespace(name: &str) -> &str {
    let bare = NAMESPACES.iter().find_map(|namespace| name.strip_prefix(namespace));
    bare.filter(|bare| !bare.is_empty()).unwrap_or(name)
}

fn arguments(inside: &str, aliases: &Aliases<'_>) -> Result<Vec<(String, String)>, AddressError> {
    let mut quoted = false;
    inside
        .split(|c| {
            quoted ^= c == '\'';
            c == ',' && !quoted
        })
        .map(|argument| {
            let (name, value) = argument.split_once('=').ok_or(AddressError::InvalidCall)?;
            Ok((name.trim().to_owned(), aliases.read(value.trim())?))
        })
        .collect()
}

/// The parameter aliases that the query string defines: `@a1='leaf'`.
///
/// Hardly any address uses one, so that the query is read when the first is met, and once.
pub(super) struct Aliases<'q> {
    query: &'q str,
    values: OnceCell<Option<BTreeMap<String, String>>>,
}

impl<'q> Aliases<'q> {
    pub(super) fn new(query: Option<&'q str>) -> Self {
        Self { query: query.unwrap_or_default(), values: OnceCell::new() }
    }

    /// The text of a literal: quoted with `''` for a quote, bare, or an alias.
    ///
    /// rclone puts its alias in quotes, `children('@a1')`, and for the root's children leaves the quotes of the value away.
    /// So a quoted text is an alias when the query defines it, and what it says otherwise.
    fn read(&self, literal: &str) -> Result<String, AddressError> {
        let quoted = literal.starts_with('\'');
        let text = if quoted { unquote(literal)? } else { literal.to_owned() };
        if !text.starts_with('@') {
            return Ok(text);
        }
        match self.value(&text)? {
            Some(value) if value.contains(char::is_control) => Err(AddressError::InvalidPath),
            Some(value) if value.starts_with('\'') => unquote(value),
            Some(value) => Ok(value.to_owned()),
            None if quoted => Ok(text),
            None => Err(AddressError::UnknownAlias(text)),
        }
    }

    fn value(&self, alias: &str) -> Result<Option<&str>, AddressError> {
        let values = self.values.get_or_init(|| Some(pairs(self.query).ok()?.into_iter().collect()));
        let values = values.as_ref().ok_or(AddressError::InvalidEncoding)?;
        Ok(values.get(alias).map(String::as_str))
    }
}

/// The text of `'it''s'`.
fn unquote(literal: &str) -> Result<String, AddressError> {
    let inside =
        literal.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).ok_or(AddressError::InvalidCall)?;
    let pairs_dropped = inside.replace("''", "");
    if pairs_dropped.contains('\'') { Err(AddressError::InvalidCall) } else { Ok(inside.replace("''", "'")) }
}
