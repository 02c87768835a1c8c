//! The parts of a batch, read and checked before any of them runs.

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{AUTHORIZATION, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST, TRANSFER_ENCODING};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use bytes::Bytes;
use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD};
use driveway_core::address::{self, Resource, Version};
use driveway_core::error::{Error, Inner};
use serde_json::Value;

use super::super::{Call, Result};
use crate::http::json::Members;

/// The most requests of a batch.
const MOST_PARTS: usize = 20;
/// The longest id of a part, in bytes.
const LONGEST_ID: usize = 128;
/// The most headers of a part.
const MOST_HEADERS: usize = 64;
/// The verbs that a part may have.
const METHODS: [Method; 5] = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
/// What tells of a request on a wire of its own, and nothing of a part.
const OF_THE_WIRE: [HeaderName; 4] = [HOST, CONTENT_LENGTH, TRANSFER_ENCODING, CONNECTION];

/// A request inside a batch.
#[derive(Debug)]
pub(super) struct Part {
    /// What its answer is found by.
    pub(super) id: String,
    /// The request, as if it had come alone.
    pub(super) request: Request,
    /// The positions of the parts that have to succeed before it.
    pub(super) depends_on: Vec<usize>,
}

/// Reads all parts of a batch.
pub(super) fn read(mut members: Members, call: &Call) -> Result<Vec<Part>> {
    let mut entries = members.objects("requests", MOST_PARTS)?.unwrap_or_default();
    members.finish()?;
    if entries.is_empty() {
        return Err(Error::invalid("requests", "A batch has at least one request.").inner(Inner::ParameterIsTooSmall));
    }
    let ids = entries.iter_mut().map(id).collect::<Result<Vec<String>>>()?;
    // Ids are compared without regard to case, as documented.
    let position = |wanted: &str| ids.iter().position(|id| id.eq_ignore_ascii_case(wanted));
    for (at, id) in ids.iter().enumerate() {
        if position(id) != Some(at) {
            return Err(Error::invalid(format!("requests[{at}].id"), "Two requests have the same id."));
        }
    }
    let mut parts = Vec::with_capacity(entries.len());
    for (mut entry, id) in entries.into_iter().zip(&ids) {
        let depends_on = depends_on(&mut entry, position)?;
        let request = request(&mut entry, call)?;
        entry.finish()?;
        parts.push(Part { id: id.clone(), request, depends_on });
    }
    Ok(parts)
}

fn id(entry: &mut Members) -> Result<String> {
    let id = required(entry, "id")?;
    if id.len() > LONGEST_ID {
        let message = format!("An id has at most {LONGEST_ID} bytes.");
        return Err(Error::invalid(entry.target("id"), message).inner(Inner::ParameterIsTooLong));
    }
    Ok(id)
}

fn required(entry: &mut Members, name: &str) -> Result<String> {
    entry.text(name)?.ok_or_else(|| Error::invalid(entry.target(name), format!("Each request has a {name}.")))
}

/// The Python SDK writes the member's name in the way of Python.
fn depends_on(entry: &mut Members, position: impl Fn(&str) -> Option<usize>) -> Result<Vec<usize>> {
    let mut all = Vec::new();
    for name in ["dependsOn", "depends_on"] {
        let target = entry.target(name);
        let wrong = || Error::invalid(target.clone(), "dependsOn has to be a list of ids of this batch.");
        match entry.take(name) {
            None => {}
            Some(Value::Array(ids)) if ids.len() <= MOST_PARTS => {
                for id in ids {
                    all.push(id.as_str().and_then(&position).ok_or_else(wrong)?);
                }
            }
            Some(_) => return Err(wrong()),
        }
    }
    Ok(all)
}

/// The request that a part stands for.
fn request(entry: &mut Members, call: &Call) -> Result<Request> {
    let method = method(entry)?;
    let uri = uri(entry, call)?;
    let mut headers = headers(entry)?;
    if !headers.contains_key(AUTHORIZATION)
        && let Some(inherited) = call.headers.get(AUTHORIZATION)
    {
        headers.insert(AUTHORIZATION, inherited.clone());
    }
    let body = body(entry)?;
    if let Some((bytes, is_json)) = &body {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
        if *is_json && !headers.contains_key(CONTENT_TYPE) {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
    }
    let mut request = Request::new(body.map_or_else(Body::empty, |(bytes, _)| Body::from(bytes)));
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    *request.headers_mut() = headers;
    Ok(request)
}

fn method(entry: &mut Members) -> Result<Method> {
    let text = required(entry, "method")?;
    let known = METHODS.into_iter().find(|method| method.as_str().eq_ignore_ascii_case(&text));
    known
        .ok_or_else(|| Error::invalid(entry.target("method"), "A request's method is GET, POST, PUT, PATCH or DELETE."))
}

/// The address below the version that the batch itself was sent to. Batches aren't nested.
fn uri(entry: &mut Members, call: &Call) -> Result<Uri> {
    let url = required(entry, "url")?;
    let refuse = |message: &'static str| Error::invalid(entry.target("url"), message).inner(Inner::InvalidPath);
    let version = match call.version {
        Version::V1 => "v1.0",
        Version::Beta => "beta",
    };
    let relative = below(&url, &call.context.base_url, version).unwrap_or(&url);
    let path = relative.split(['?', '#']).next().unwrap_or_default();
    if path.starts_with("//") || path.contains("://") {
        return Err(refuse("A request's URL is relative to the version of the API, such as /me/drive."));
    }
    let uri: Uri = format!("/{version}/{}", relative.strip_prefix('/').unwrap_or(relative))
        .parse()
        .map_err(|_| refuse("The URL has characters that have to be percent-encoded, or is too long."))?;
    match address::parse(uri.path(), uri.query()) {
        Ok(address) if address.resource == Resource::Batch => Err(refuse("A batch can't be inside of a batch.")),
        // What else is wrong with it is told in its own answer, as it would be if it had come alone.
        _ => Ok(uri),
    }
}

/// What of an absolute URL, such as the Python SDK sends, lies below the address of this server and the batch's own version.
fn below<'u>(url: &'u str, base_url: &str, version: &str) -> Option<&'u str> {
    let path = url.strip_prefix(base_url)?.strip_prefix('/')?;
    path.strip_prefix(version).filter(|rest| rest.starts_with('/'))
}

fn headers(entry: &mut Members) -> Result<HeaderMap> {
    let target = entry.target("headers");
    let wrong = || Error::invalid(target.clone(), "headers has to be an object of header names and their texts.");
    let given = match entry.take("headers") {
        None => return Ok(HeaderMap::new()),
        Some(Value::Object(given)) if given.len() <= MOST_HEADERS => given,
        Some(_) => return Err(wrong()),
    };
    let mut headers = HeaderMap::new();
    for (name, value) in given {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?;
        let value = value.as_str().and_then(|value| HeaderValue::from_str(value).ok()).ok_or_else(wrong)?;
        if !OF_THE_WIRE.contains(&name) {
            // Two of one name that differ in case stay two, so that neither is passed over.
            headers.append(name, value);
        }
    }
    Ok(headers)
}

/// The bytes of a body, and whether they were JSON in the batch. A text is bytes in base64, of either alphabet.
fn body(entry: &mut Members) -> Result<Option<(Bytes, bool)>> {
    match entry.take("body") {
        None => Ok(None),
        Some(Value::String(text)) => {
            let decoded = [BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD]
                .iter()
                .find_map(|alphabet| alphabet.decode(text.as_bytes()).ok());
            let bytes = decoded.ok_or_else(|| {
                let message = "A body is JSON, or a text of bytes in base64.";
                Error::invalid(entry.target("body"), message).inner(Inner::InvalidParameterFormat)
            })?;
            Ok(Some((bytes.into(), false)))
        }
        Some(json) => Ok(Some((json.to_string().into(), true))),
    }
}
