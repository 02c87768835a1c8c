//! Sites.

use axum::http::StatusCode;
use axum::response::Response;
use driveway_core::address::{Resource, SiteKey};
use driveway_core::error::{Error, Inner};
use serde_json::Value;

use super::directory::collection;
use super::page::{Page, next_link, refuse_count};
use super::{Call, Result, render};
use crate::http::json::respond;
use crate::ops::site;

/// The longest text to look for.
const LONGEST_SEARCH: usize = 255;

/// A site by its id, its path or as the root of all.
pub(super) async fn get(call: Call) -> Result<Response> {
    call.refuse_expand()?;
    let (key, credentials, now) = (site_key(&call)?, call.credentials.clone(), call.context.now);
    let view = call.app.db.read(move |tx| site::get(tx, &credentials, &key, now)).await?;
    let mut value = render::select(&call, render::directory::site(&call, &view));
    render::add_context(&call, &mut value, "sites/$entity");
    Ok(respond(StatusCode::OK, &value))
}

/// The sites that the caller may see, narrowed by `search=`.
pub(super) async fn search(call: Call) -> Result<Response> {
    refuse_options(&call)?;
    let page = Page::read_of_search(&call, "sites")?;
    let text = search_text(&call)?;
    let (credentials, now) = (call.credentials.clone(), call.context.now);
    let found = call
        .app
        .db
        .read(move |tx| site::search(tx, &credentials, &text, (page.after.as_deref(), page.limit), now))
        .await?;
    let next = found.next.map(|after| next_link(&call, "/sites", "sites", &after));
    let values: Vec<Value> =
        found.sites.iter().map(|view| render::select(&call, render::directory::site(&call, view))).collect();
    Ok(collection(&call, "sites", &values, next))
}

/// Which site is addressed. The bare host of this server is its root site.
fn site_key(call: &Call) -> Result<SiteKey> {
    match &call.resource {
        Resource::Site { site: SiteKey::Id(id), .. } if *id == render::directory::host(call) => Ok(SiteKey::Root),
        Resource::Site { site, .. } => Ok(site.clone()),
        _ => Err(Error::internal("a route on sites met another resource")),
    }
}

/// What is looked for. A star stands for everything, as clients write it, and so does nothing.
fn search_text(call: &Call) -> Result<String> {
    let text = call.query.search.as_deref().unwrap_or_default().trim();
    let text = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    if text.chars().count() > LONGEST_SEARCH {
        let message = format!("One may look for at most {LONGEST_SEARCH} characters.");
        return Err(Error::invalid("search", message).inner(Inner::ParameterIsTooLong));
    }
    Ok(text.trim_matches('*').to_owned())
}

fn refuse_options(call: &Call) -> Result<()> {
    call.refuse_expand()?;
    refuse_count(call)?;
    let refused = if call.query.filter.is_some() {
        "$filter"
    } else if call.query.orderby.is_empty() {
        return Ok(());
    } else {
        "$orderby"
    };
    Err(Error::invalid(refused, format!("{refused} isn't offered here.")).inner(Inner::InvalidQueryOption))
}
