//! The content of files: a redirect to where it is delivered, and uploads in one request.

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH};
use axum::response::Response;
use driveway_core::caller::Intent;
use driveway_core::error::{Code, Error, Inner};
use driveway_core::name::ConflictBehavior;

use super::item::{answer, conflict_in_query};
use super::{Call, Result, render};
use crate::http::json::respond;
use crate::http::{download, refusal};
use crate::ops::access::reach;
use crate::ops::content::content;
use crate::ops::item::tags;
use crate::ops::upload::{Upload, Uploaded, upload};

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
    let request = Upload {
        address: call.item()?,
        conflict: conflict_in_query(&call)?.unwrap_or(ConflictBehavior::Replace),
        if_match: call.header(IF_MATCH).map(str::to_owned),
        media_type: media_type(&call),
    };
    let body = std::mem::take(&mut call.body).into_data_stream();
    let (uploaded, access) =
        upload(&call.app, call.credentials.clone(), request, body, limit, call.context.now).await?;
    let status = match uploaded {
        Uploaded::Created => StatusCode::CREATED,
        Uploaded::Replaced => StatusCode::OK,
    };
    if access.only_adds() {
        return Ok(respond(status, &render::item::receipt(&call, &access)));
    }
    Ok(answer(&call, status, &access, None))
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

/// The media type that the client says, where it says more than "bytes".
fn media_type(call: &Call) -> Option<String> {
    let said = call.header(CONTENT_TYPE)?.split(';').next()?.trim().to_ascii_lowercase();
    let is_media_type = said.len() <= 100
        && said.split_once('/').is_some_and(|(kind, subtype)| !kind.is_empty() && !subtype.is_empty());
    (is_media_type && said != "application/octet-stream" && said != "application/x-www-form-urlencoded").then_some(said)
}
