//! Pages of lists that go by a name or an id: how many values, and where the next page begins.

use driveway_core::address::Version;
use driveway_core::error::{Error, Inner};
use driveway_core::seal::Purpose;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::permission::refuse_options;
use super::{Call, Result};

/// Values on a page when the client doesn't say, and at the most.
const SIZES: (u32, u32) = (100, 999);

/// Which part of a list is asked for.
#[derive(Debug, Clone)]
pub(super) struct Page {
    /// What the last value of the page before goes by.
    pub(super) after: Option<String>,
    /// How many values at the most.
    pub(super) limit: u32,
}

impl Page {
    /// Reads the page that is asked for of the list `of`, and refuses the options that such lists don't have.
    pub(super) fn read(call: &Call, of: &str) -> Result<Self> {
        refuse_options(call)?;
        refuse_count(call)?;
        Self::read_of_search(call, of)
    }

    /// [`Page::read`] of a list whose other options somebody else has looked at.
    pub(super) fn read_of_search(call: &Call, of: &str) -> Result<Self> {
        let after = call.query.skip_token.as_deref().map(|token| start(call, token, of)).transpose()?;
        Ok(Self { after, limit: call.query.top.unwrap_or(SIZES.0).min(SIZES.1) })
    }
}

/// Refuses to count what isn't counted: passing over it would look like an answer without the number.
pub(super) fn refuse_count(call: &Call) -> Result<()> {
    match call.query.count {
        Some(true) => Err(Error::invalid("$count", "$count isn't offered here.").inner(Inner::InvalidQueryOption)),
        _ => Ok(()),
    }
}

fn start(call: &Call, token: &str, of: &str) -> Result<String> {
    let read = |bytes: Vec<u8>| Some(String::from_utf8(bytes).ok()?.strip_prefix(of)?.strip_prefix(':')?.to_owned());
    let opened = call.app.seal.open(Purpose::Page, token).and_then(read);
    opened.ok_or_else(|| Error::invalid("$skiptoken", "The paging token isn't one.").inner(Inner::InvalidQueryOption))
}

/// The URL of the page behind the value that goes by `after`. It keeps what was asked for (MISC-05).
pub(super) fn next_link(call: &Call, path: &str, of: &str, after: &str) -> String {
    let version = match call.version {
        Version::V1 => "v1.0",
        Version::Beta => "beta",
    };
    let token = call.app.seal.seal(Purpose::Page, format!("{of}:{after}").as_bytes());
    let mut url = format!("{}/{version}{path}?$skiptoken={token}", call.context.base_url);
    let mut add = |name: &str, value: &str| {
        url.push_str(name);
        url.extend(utf8_percent_encode(value, NON_ALPHANUMERIC));
    };
    if let Some(top) = call.query.top {
        add("&$top=", &top.to_string());
    }
    if let Some(search) = &call.query.search {
        add("&search=", search);
    }
    if let Some(select) = &call.query.select {
        add("&$select=", &select.join(","));
    }
    url
}
