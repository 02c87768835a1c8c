//! The content of files: a redirect to where it is delivered, and uploads in one request.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use driveway_core::caller::Intent;
use driveway_core::error::{Code, Error, Inner};
use driveway_core::name::ConflictBehavior;

use futures::{Stream, StreamExt};

use super::item::{answer, conflict_in_query};
use super::{Call, Result, render};
use crate::http::json::respond;
use crate::http::{download, refusal};
use crate::ops::access::{Access, reach};
use crate::ops::content::content;
use crate::ops::item::{FileSystemTimes, tags};
use crate::ops::upload::{Upload, Uploaded, upload};

/// How long an upload may go without a byte.
const STALLED: Duration = Duration::from_mins(1);

/// `302` to a short-lived pre-authenticated URL (SHARE-15).
pub(super) async fn get(call: Call) -> Result<Response> {
    if let Some(format) = call.query.custom_value("format") {
        return Err(Error::new(
            Code::NotSupported,
            format!("Content isn't converted to {}.", format.chars().take(16).collect::<String>()),
        )
        .target("format"));
    }
    let (address, credentials, now) = (call.item()?, call.credentials.clone(), call.context.now);
    let access = call.app.db.read(move |tx| reach(tx, &credentials, &address, Intent::Read, now)).await?;
    let content = content(&access)?;
    if let Some(list) = call.header(IF_NONE_MATCH)
        && tags(list).any(|tag| tag == "*" || tag == content.e_tag || tag == access.item.e_tag())
    {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        if let Ok(tag) = content.e_tag.parse() {
            response.headers_mut().insert(ETAG, tag);
        }
        return Ok(response);
    }
    Ok(refusal::found(&download::url(&call.app, &access, &call.context)))
}

/// Takes a content, streamed. By path it makes the file, and the folders on the way, where they aren't there yet.
pub(super) async fn put(mut call: Call) -> Result<Response> {
    let limit = call.app.config.limits.upload_bytes;
    refuse_large(&call, limit)?;
    refuse_parts(&call)?;
    refuse_encoded(&call.headers)?;
    let request = Upload {
        address: call.item()?,
        conflict: conflict_in_query(&call)?.unwrap_or(ConflictBehavior::Replace),
        if_match: call.header(IF_MATCH).map(str::to_owned),
        only_new: call.header(IF_NONE_MATCH) == Some("*"),
        media_type: media_type(&call),
        description: None,
        times: FileSystemTimes::default(),
    };
    let body = Box::pin(until_stalled(std::mem::take(&mut call.body)));
    let (uploaded, access) =
        upload(&call.app, call.credentials.clone(), request, body, limit, call.context.now).await?;
    Ok(uploaded_answer(&call, uploaded, &access))
}

/// What the client is told of the file that it uploaded.
pub(super) fn uploaded_answer(call: &Call, uploaded: Uploaded, access: &Access) -> Response {
    let status = match uploaded {
        Uploaded::Created => StatusCode::CREATED,
        Uploaded::Replaced => StatusCode::OK,
    };
    if access.only_adds() {
        return respond(status, &render::item::receipt(call, access));
    }
    answer(call, status, access, None)
}

/// The body's chunks, until one takes too long to come: a stalled upload must not hold a connection for ever.
pub(crate) fn until_stalled(body: Body) -> impl Stream<Item = Result<Bytes, String>> + Send {
    futures::stream::unfold(body.into_data_stream(), |mut chunks| async {
        let next = tokio::time::timeout(STALLED, chunks.next()).await;
        match next {
            Ok(None) => None,
            Ok(Some(chunk)) => Some((chunk.map_err(|error| error.to_string()), chunks)),
            Err(_) => Some((Err("nothing came for too long".to_owned()), chunks)),
        }
    })
}

/// A body that says itself that it is too large is refused before its first byte.
fn refuse_large(call: &Call, limit: u64) -> Result<()> {
    let said = call.header(CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
    if said.is_some_and(|said| said > limit) {
        return Err(Error::new(
            Code::PayloadTooLarge,
            format!("The content is larger than the {limit} bytes that one upload takes."),
        )
        .inner(Inner::MaxFileSizeExceeded));
    }
    Ok(())
}

/// A `Content-Range` on a plain PUT would store a part as if it were the whole.
fn refuse_parts(call: &Call) -> Result<()> {
    if call.headers.contains_key("content-range") {
        return Err(Error::invalid("Content-Range", "A part of a content can't be put here."));
    }
    Ok(())
}

/// An encoded body would be stored, and given out again, as something it isn't.
pub(crate) fn refuse_encoded(headers: &HeaderMap) -> Result<()> {
    match headers.get(CONTENT_ENCODING).map(|value| value.to_str().unwrap_or("?")) {
        None | Some("" | "identity") => Ok(()),
        Some(_) => {
            Err(Error::new(Code::UnsupportedMediaType, "The content has to come as it is.").target("Content-Encoding"))
        }
    }
}

/// The media type that the client says, where it says more than "bytes".
fn media_type(call: &Call) -> Option<String> {
    let said = call.header(CONTENT_TYPE)?.split(';').next()?.trim().to_ascii_lowercase();
    let is_media_type = said.len() <= 100
        && said.split_once('/').is_some_and(|(kind, subtype)| !kind.is_empty() && !subtype.is_empty());
    (is_media_type && said != "application/octet-stream" && said != "application/x-www-form-urlencoded").then_some(said)
}
