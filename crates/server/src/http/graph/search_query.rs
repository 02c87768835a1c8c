//! `POST /search/query`: everything that a person reaches, as hits. Of the types of Graph's search there are driveItems only.

use axum::http::StatusCode;
use axum::response::Response;
use driveway_core::error::{Code, Error, Inner};
use driveway_core::search::Query;
use serde_json::{Value, json};

use super::search::{listed, parse};
use super::{Call, Result, render};
use crate::http::json::{Members, respond};
use crate::ops::search::{self, Found, Search, Within};
use crate::ops::search_summary;

/// Hits when the client doesn't say how many, and at the most.
const SIZES: (u32, u32) = (25, 500);

/// The greatest number of hits up to the last one of a page: each page is looked for from the beginning.
const MOST: u32 = 1_000;

/// A request as Graph documents it, as far as it means something here.
struct Request {
    /// The text that is looked for, as it was sent.
    text: String,
    query: Query,
    from: u32,
    size: u32,
    /// The members that a hit's resource shall have; all of them, if none are named.
    fields: Option<Vec<String>>,
    within: Within,
}

/// Looks for what one request of the body asks.
pub(super) async fn query(mut call: Call) -> Result<Response> {
    call.refuse_expand()?;
    let mut members = call.members().await?;
    let mut requests = members.objects("requests", 1)?.unwrap_or_default();
    members.finish()?;
    let first = requests
        .pop()
        .ok_or_else(|| Error::invalid("requests", "A search has one request.").inner(Inner::ParameterIsTooSmall))?;
    let request = read(first)?;
    let (credentials, now, within) = (call.credentials.clone(), call.context.now, request.within);
    let search = Search { query: request.query.clone(), after: None, limit: request.from + request.size };
    let found = call.app.db.read(move |tx| search::everywhere(tx, &credentials, within, &search, now)).await?;
    let shown = found.hits.iter().skip(usize::try_from(request.from).unwrap_or(usize::MAX));
    let summaries = search_summary::of(&call.app, shown, &request.query).await;
    Ok(respond(StatusCode::OK, &answer(&call, &request, &found, summaries)))
}

fn answer(call: &Call, request: &Request, found: &Found, summaries: Vec<Option<String>>) -> Value {
    let from = usize::try_from(request.from).unwrap_or(usize::MAX);
    let mut hits = Vec::new();
    for (at, (hit, summary)) in found.hits.iter().skip(from).zip(summaries).enumerate() {
        let mut resource = listed(call, (&hit.access, hit.is_elsewhere));
        if let Some(fields) = &request.fields {
            resource = render::keep(fields, &resource);
        }
        render::insert(&mut resource, "@odata.type", "#microsoft.graph.driveItem");
        let id = hit.access.item.id.to_string();
        let mut value = json!({ "hitId": id, "rank": from + at + 1, "resource": resource });
        if let Some(summary) = summary {
            render::insert(&mut value, "summary", summary);
        }
        hits.push(value);
    }
    let has_more = found.next.is_some();
    // What is known to be there: what lies behind isn't counted.
    let total = found.hits.len() + usize::from(has_more);
    json!({
        "@odata.context": format!("{}#Collection(microsoft.graph.searchResponse)", call.metadata_url()),
        "value": [{
            "searchTerms": request.text.split_whitespace().collect::<Vec<_>>(),
            "hitsContainers": [{ "hits": hits, "total": total, "moreResultsAvailable": has_more }],
        }],
    })
}

fn read(mut members: Members) -> Result<Request> {
    let types = texts(&mut members, "entityTypes")?;
    let target = members.target("entityTypes");
    if types.as_deref() != Some(&["driveItem".to_owned()]) {
        return Err(Error::new(Code::NotSupported, "What can be looked for is driveItem.").target(target));
    }
    let target = members.target("query");
    let mut query = members.object("query")?.ok_or_else(|| Error::invalid(target, "Say what to look for."))?;
    let target = query.target("queryString");
    let text = query.text_or_empty("queryString")?.unwrap_or_default();
    query.finish()?;
    let from = number(&mut members, "from")?.unwrap_or(0);
    let size = number(&mut members, "size")?.unwrap_or(SIZES.0);
    if size == 0 || size > SIZES.1 {
        return Err(Error::invalid(members.target("size"), format!("size is 1 to {}.", SIZES.1)));
    }
    if from.saturating_add(size) > MOST {
        let message = format!("from and size are {MOST} together at the most. Look for something narrower.");
        return Err(Error::invalid(members.target("from"), message));
    }
    let fields = texts(&mut members, "fields")?.filter(|fields| !fields.is_empty());
    // Nothing is found twice here anyway.
    members.flag("trimDuplicates")?;
    let within = within(&mut members)?;
    members.finish()?;
    let query = parse(&without_operators(&text, &target)?, &target)?;
    Ok(Request { text, query, from, size, fields, within })
}

/// Which of one's own and of others' items are meant: all, where nothing is said.
fn within(members: &mut Members) -> Result<Within> {
    let all = Within { own: true, others: true };
    let Some(mut options) = members.object("sharePointOneDriveOptions")? else { return Ok(all) };
    let content = options.text_or_empty("includeContent")?.unwrap_or_default();
    let target = options.target("includeContent");
    options.flag("includeHiddenContent")?;
    options.finish()?;
    let mut within = Within { own: false, others: false };
    for word in content.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        match word {
            "privateContent" => within.own = true,
            "sharedContent" => within.others = true,
            _ => return Err(Error::invalid(target, "includeContent is privateContent, sharedContent or both.")),
        }
    }
    Ok(if within.own || within.others { within } else { all })
}

/// The text without what joins words in Graph's query language, and refused with what would change their meaning: an answer to
/// another question would look like one to this.
fn without_operators(text: &str, target: &str) -> Result<String> {
    let mut kept = Vec::new();
    for (at, part) in text.split('"').enumerate() {
        if at % 2 == 1 {
            kept.push(part.to_owned());
            continue;
        }
        let words: Vec<&str> = part.split_whitespace().filter(|word| *word != "AND").collect();
        let is_operator = |word: &&&str| {
            let bare = word.trim_matches(['(', ')']);
            matches!(bare, "OR" | "NOT" | "NEAR" | "ONEAR" | "XRANK")
                || bare.split_once([':', '=', '<', '>']).is_some_and(|(name, _)| !name.is_empty())
        };
        if let Some(word) = words.iter().find(is_operator) {
            let shown: String = word.chars().take(64).collect();
            let message = format!("'{shown}' isn't offered: a query is words, all of which have to be there.");
            return Err(Error::new(Code::NotSupported, message).target(target.to_owned()));
        }
        kept.push(words.join(" "));
    }
    Ok(kept.join("\""))
}

fn texts(members: &mut Members, name: &str) -> Result<Option<Vec<String>>> {
    let target = members.target(name);
    let wrong = || Error::invalid(target.clone(), format!("{name} has to be a list of strings."));
    let list = match members.take(name) {
        None => return Ok(None),
        Some(Value::Array(list)) => list,
        Some(_) => return Err(wrong()),
    };
    let text = |value: Value| match value {
        Value::String(text) => Ok(text),
        _ => Err(wrong()),
    };
    list.into_iter().map(text).collect::<Result<Vec<String>>>().map(Some)
}

fn number(members: &mut Members, name: &str) -> Result<Option<u32>> {
    let wrong = || Error::invalid(members.target(name), format!("{name} has to be a whole number."));
    let wrong = wrong();
    match members.take(name) {
        None => Ok(None),
        Some(value) => value.as_u64().and_then(|number| u32::try_from(number).ok()).map(Some).ok_or(wrong),
    }
}
