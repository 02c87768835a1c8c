//! `GET ITEM/delta`: following a folder.

use axum::http::header::LOCATION;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use driveway_core::address::{DriveKey, ItemAddress, Start, Version};
use driveway_core::delta::DeltaToken;
use driveway_core::error::{Code, Error, Inner};
use driveway_core::seal::Purpose;
use driveway_core::time;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::item::share_of;
use super::page::refuse_count;
use super::permission::refuse_options;
use super::{Call, Result, render};
use crate::http::json::respond;
use crate::http::refusal;
use crate::ops::delta::{self as ops, Ask, Begin, Entry, Page};

/// The route's name.
pub(super) const ROUTE: &str = "delta";

/// Items on a page when the client doesn't say, and at the most.
const PAGE: (u32, u32) = (200, 1000);

/// The preferences of programs that watch over sharing (HDR-06).
const SHOW_SHARING: &str = "deltashowsharingchanges";
const REMOVED_AS_DELETED: &str = "deltashowremovedasdeleted";
const TRAVERSE_GAPS: &str = "deltatraversepermissiongaps";
const HIERARCHICAL: &str = "hierarchicalsharing";

/// What lies in a folder, or what changed there since a token (ITEM-05).
pub(super) async fn page(call: Call) -> Result<Response> {
    refuse_options(&call)?;
    refuse_count(&call)?;
    let wished = preferences(&call);
    let ask = Ask {
        begin: begin(&call)?,
        limit: call.query.top.unwrap_or(PAGE.0).min(PAGE.1),
        sharing: wished.contains(&SHOW_SHARING),
    };
    let (address, credentials, now) = (call.item()?, call.credentials.clone(), call.context.now);
    match call.app.db.read(move |tx| ops::page(tx, &credentials, &address, &ask, now)).await {
        Ok(page) => Ok(answer(&call, &page, &wished)),
        Err(error) if error.code() == Code::ResyncRequired => resync(&call, &error),
        Err(error) => Err(error),
    }
}

/// The token, in whichever of its places it is given: the URL's last segment, `token`, `$deltatoken`, `$skiptoken`.
fn begin(call: &Call) -> Result<Begin> {
    let places = [
        call.resource_tail().and_then(|tail| tail.argument("token")),
        call.query.custom_value("token"),
        call.query.delta_token.as_deref(),
        call.query.skip_token.as_deref(),
    ];
    let mut given = places.into_iter().flatten().filter(|token| !token.is_empty());
    let Some(token) = given.next() else { return Ok(Begin::First) };
    if given.any(|other| other != token) {
        return Err(Error::invalid("token", "The URL has two different tokens.").inner(Inner::InvalidQueryOption));
    }
    if token == "latest" {
        return Ok(Begin::Latest);
    }
    if let Ok(Some(instant)) = time::parse(token) {
        return Ok(Begin::Instant(instant));
    }
    let text = call.app.seal.open(Purpose::Delta, token).and_then(|bytes| String::from_utf8(bytes).ok());
    text.as_deref().and_then(DeltaToken::parse).map(Begin::Token).ok_or_else(ops::invalid_token)
}

/// The preferences that the request states and that mean something here.
fn preferences(call: &Call) -> Vec<&'static str> {
    let stated = call.headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    let words: Vec<String> =
        stated.flat_map(|value| value.split([',', ';'])).map(|word| word.trim().to_lowercase()).collect();
    let known = [REMOVED_AS_DELETED, TRAVERSE_GAPS, SHOW_SHARING, HIERARCHICAL];
    known.into_iter().filter(|known| words.iter().any(|word| word == known)).collect()
}

fn answer(call: &Call, page: &Page, wished: &[&str]) -> Response {
    let entries: Vec<Value> = page.entries.iter().map(|entry| tell(call, page, entry)).collect();
    let mut value =
        json!({ "@odata.context": format!("{}#Collection(driveItem)", call.metadata_url()), "value": entries });
    let link = if page.is_last { "@odata.deltaLink" } else { "@odata.nextLink" };
    render::insert(&mut value, link, link_to(call, page));
    let mut response = respond(StatusCode::OK, &value);
    if let Ok(applied) = HeaderValue::from_str(&applied(page, wished))
        && !applied.is_empty()
    {
        response.headers_mut().insert(HeaderName::from_static("preference-applied"), applied);
    }
    response
}

/// The preferences that were honoured. What is out of reach for whoever asks stays so, and what was removed is always told as
/// deleted.
fn applied(page: &Page, wished: &[&str]) -> String {
    let is_honoured = |name: &&&str| **name == REMOVED_AS_DELETED || page.shows_sharing;
    wished.iter().filter(is_honoured).copied().collect::<Vec<_>>().join(", ")
}

fn tell(call: &Call, page: &Page, entry: &Entry) -> Value {
    match entry {
        Entry::There { item, above, shared_changed } => {
            let mut value = render::select(call, render::item::below(call, &page.access, item, above));
            if *shared_changed {
                render::insert(&mut value, "@microsoft.graph.sharedChanged", "True");
            }
            value
        }
        Entry::Gone { id, name, is_folder, above } => {
            let gone = render::item::gone(&page.access, *id, name, *is_folder, above);
            let mut value = render::select(call, gone);
            // Without it what is gone would look like an item, whatever was selected.
            render::insert(&mut value, "deleted", json!({ "state": "deleted" }));
            value
        }
    }
}

/// The URL of the next page or of the next enumeration. Clients take its `token` out of it, and use it as it is.
fn link_to(call: &Call, page: &Page) -> String {
    let (drive, item) = (&page.access.drive, &page.access.item);
    let place = match share_of(call) {
        Some(share) => {
            let drive = DriveKey::Share(share.to_owned());
            ItemAddress { drive, start: Start::Id(item.id.to_string()), path: Vec::new() }.to_path()
        }
        None if item.id == drive.root => format!("/drives/{}/root", drive.id),
        None => format!("/drives/{}/items/{}", drive.id, item.id),
    };
    let token = call.app.seal.seal(Purpose::Delta, page.token.to_text().as_bytes());
    let mut url = format!("{}{place}/delta?token={token}", version_url(call));
    add_options(call, &mut url, '&');
    url
}

/// The refusal that tells where to begin anew (ITEM-06).
fn resync(call: &Call, error: &Error) -> Result<Response> {
    let mut response = refusal::render(error, &call.context);
    let address = call.item()?;
    let colon = if address.path.is_empty() { "" } else { ":" };
    let mut url = format!("{}{}{colon}/delta", version_url(call), address.to_path());
    add_options(call, &mut url, '?');
    if let Ok(url) = HeaderValue::from_str(&url) {
        response.headers_mut().insert(LOCATION, url);
    }
    Ok(response)
}

fn version_url(call: &Call) -> String {
    let version = match call.version {
        Version::V1 => "v1.0",
        Version::Beta => "beta",
    };
    format!("{}/{version}", call.context.base_url)
}

/// Keeps what was asked for (MISC-05).
fn add_options(call: &Call, url: &mut String, first: char) {
    let top = call.query.top.map(|top| format!("$top={top}"));
    let select = call.query.select.as_ref().map(|names| {
        let names = names.join(",");
        format!("$select={}", utf8_percent_encode(&names, NON_ALPHANUMERIC))
    });
    let mut mark = first;
    for option in top.into_iter().chain(select) {
        url.push(mark);
        url.push_str(&option);
        mark = '&';
    }
}
