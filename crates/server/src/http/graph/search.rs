//! `search(q='…')`: on a drive, and on a folder in whatever way it is addressed.

use axum::response::Response;
use driveway_core::address::ItemAddress;
use driveway_core::error::{Error, Inner};
use driveway_core::search::{Query, QueryError};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::page::{Page, next_link};
use super::{Call, Result, directory, render};
use crate::ops::access::Access;
use crate::ops::search::{self, Found, Search};

/// What the paging tokens of a search say that they are of.
const OF: &str = "search";

/// What a drive holds; one's own together with what others share.
pub(super) async fn in_drive(call: Call) -> Result<Response> {
    let (text, search) = read(&call)?;
    let (key, credentials, now) = (call.drive()?, call.credentials.clone(), call.context.now);
    let found = call.app.db.read(move |tx| search::in_drive(tx, &credentials, &key, &search, now)).await?;
    let path = call.drive()?.to_string();
    Ok(answer(&call, &found, &path, &text))
}

/// What lies below a folder.
pub(super) async fn below(call: Call) -> Result<Response> {
    let (text, search) = read(&call)?;
    let (address, credentials, now) = (call.item()?, call.credentials.clone(), call.context.now);
    let found = call.app.db.read(move |tx| search::below(tx, &credentials, &address, &search, now)).await?;
    let path = folder_path(&call.item()?);
    Ok(answer(&call, &found, &path, &text))
}

/// An item in a list that may hold items of other drives: those stand as `remoteItem`.
pub(super) fn listed(call: &Call, (access, is_elsewhere): (&Access, bool)) -> Value {
    if is_elsewhere { render::item::remote(call, access, None) } else { render::item::item(call, access, None) }
}

/// The query in a text, or what is wrong with the text called `target`.
pub(super) fn parse(text: &str, target: &str) -> Result<Query> {
    Query::parse(text).map_err(|error| {
        let inner = match error {
            QueryError::Empty => Inner::ParameterIsTooSmall,
            _ => Inner::ParameterIsTooLong,
        };
        Error::invalid(target.to_owned(), format!("{target}: {error}.")).inner(inner)
    })
}

/// The text that is looked for, and the page of what is found.
fn read(call: &Call) -> Result<(String, Search)> {
    let page = Page::read(call, OF)?;
    let arguments =
        call.resource_tail().and_then(|tail| tail.segments.last()).map(|segment| segment.arguments.as_slice());
    let text = match arguments {
        Some([(name, text)]) if name == "q" => text.clone(),
        Some([]) | None => return Err(Error::invalid("q", "Say what to look for: search(q='text').")),
        Some(_) => return Err(Error::invalid("search", "A search has the one parameter q.")),
    };
    let query = parse(&text, "q")?;
    let invalid = || Error::invalid("$skiptoken", "The paging token isn't one.").inner(Inner::InvalidQueryOption);
    let after = page.after.map(|number| number.parse().map_err(|_| invalid())).transpose()?;
    Ok((text, Search { query, after, limit: page.limit }))
}

fn answer(call: &Call, found: &Found, path: &str, text: &str) -> Response {
    let items: Vec<Value> =
        found.hits.iter().map(|hit| render::select(call, listed(call, (&hit.access, hit.is_elsewhere)))).collect();
    let next = found.next.map(|after| {
        let quoted = text.replace('\'', "''");
        let path = format!("{path}/search(q='{}')", utf8_percent_encode(&quoted, NON_ALPHANUMERIC));
        next_link(call, &path, OF, &after.to_string())
    });
    directory::collection(call, "Collection(driveItem)", &items, next)
}

/// The address of a folder, so that something can follow it.
fn folder_path(address: &ItemAddress) -> String {
    let colon = if address.path.is_empty() { "" } else { ":" };
    format!("{}{colon}", address.to_path())
}
