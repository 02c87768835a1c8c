//! Bytes to a client: whole or in part, named, tagged, and never rendered as anything active.

use axum::body::Body;
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, LAST_MODIFIED, RANGE, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use driveway_core::Error;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::range::{self, Asked};
use super::watched::Watched;
use crate::app::App;
use crate::ops::content::Content;
use crate::ops::item::tags;
use crate::ops::openings::Download;

/// How the browser is to take the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Disposition {
    /// To be saved.
    Attachment,
    /// To be shown inside one of our pages. Only for types that can't act; see [`inert_media_type`].
    Inline,
}

/// Characters that `filename*` leaves as they are (RFC 8187).
const ATTR_CHAR: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'^')
    .remove(b'`')
    .remove(b'|');

/// Answers a GET or HEAD for a content that the gate has opened. `download` is there where giving out all of it is a
/// download by way of a link: a part of it is none, nor what the client has already.
pub(crate) async fn deliver(
    app: &App,
    content: &Content,
    disposition: Disposition,
    request: &HeaderMap,
    download: Option<Download>,
) -> Result<Response, Error> {
    let mut response = Response::new(Body::empty());
    describe(content, disposition, response.headers_mut())?;
    if is_known(content, request) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return Ok(response);
    }
    let part = match asked(content, request) {
        Asked::Whole => 0..content.size,
        Asked::Part(part) => {
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            insert(
                response.headers_mut(),
                CONTENT_RANGE,
                &format!("bytes {}-{}/{}", part.start, part.end - 1, content.size),
            )?;
            part
        }
        Asked::Outside => {
            return Err(Error::outside_of(content.size));
        }
    };
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(part.end - part.start));
    let begun = match download {
        Some(download) if part == (0..content.size) => Some(download.begin(app).await?),
        Some(download) => {
            download.opened(app);
            None
        }
        None => None,
    };
    let body = match app.blobs.read(&content.sha256, part).await?.into_whole() {
        Ok(bytes) => Body::from(bytes),
        Err(stream) => Body::from_stream(stream),
    };
    *response.body_mut() = match begun {
        Some(begun) => Body::new(Watched::new(body, begun, content.size)),
        None => body,
    };
    Ok(response)
}

/// What stands before the bytes whoever asked: nothing caches them, nothing sniffs them, nothing in them runs (P20, P33, P34).
fn describe(content: &Content, disposition: Disposition, headers: &mut HeaderMap) -> Result<(), Error> {
    let media_type = match disposition {
        Disposition::Attachment => content.mime_type.as_str(),
        Disposition::Inline => inert_media_type(&content.mime_type).ok_or_else(Error::item_not_found)?,
    };
    let media_type = HeaderValue::from_str(media_type).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    headers.insert(CONTENT_TYPE, media_type);
    insert(headers, CONTENT_DISPOSITION, &content_disposition(&content.name, disposition))?;
    insert(headers, ETAG, &content.e_tag)?;
    insert(headers, LAST_MODIFIED, &http_date(content.modified_at))?;
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("sandbox; default-src 'none'; frame-ancestors 'none'"),
    );
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow"));
    Ok(())
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) -> Result<(), Error> {
    headers.insert(name, HeaderValue::from_str(value).map_err(Error::internal)?);
    Ok(())
}

/// The media type under which a content may be shown in our pages: pictures, sounds and films that can't act. SVG, HTML,
/// XML and PDF can, and are only ever saved.
pub(crate) fn inert_media_type(mime_type: &str) -> Option<&'static str> {
    const INERT: [&str; 16] = [
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/webp",
        "image/avif",
        "image/bmp",
        "audio/mpeg",
        "audio/ogg",
        "audio/wav",
        "audio/flac",
        "audio/aac",
        "audio/mp4",
        "video/mp4",
        "video/webm",
        "video/ogg",
        "audio/webm",
    ];
    INERT.into_iter().find(|known| known.eq_ignore_ascii_case(mime_type))
}

fn content_disposition(name: &str, disposition: Disposition) -> String {
    let kind = match disposition {
        Disposition::Attachment => "attachment",
        Disposition::Inline => "inline",
    };
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') || c == ' ' { c } else { '_' })
        .collect();
    if plain == name {
        format!("{kind}; filename=\"{plain}\"")
    } else {
        format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{}", utf8_percent_encode(name, ATTR_CHAR))
    }
}

/// Whether the client has this very content already.
fn is_known(content: &Content, request: &HeaderMap) -> bool {
    let text = |name| request.get(name).and_then(|value| value.to_str().ok());
    if let Some(list) = text(IF_NONE_MATCH) {
        return tags(list).any(|tag| tag == "*" || tag == content.e_tag);
    }
    let since = text(IF_MODIFIED_SINCE).and_then(|date| rfc2822::parse(date).ok());
    since.is_some_and(|since| content.modified_at.as_second() <= since.timestamp().as_second())
}

/// The part that is asked for. `If-Range` asks for it only while the content is the one that the client has begun.
fn asked(content: &Content, request: &HeaderMap) -> Asked {
    let text = |name| request.get(name).and_then(|value| value.to_str().ok());
    match text(IF_RANGE) {
        Some(tag) if tag != content.e_tag && tag != http_date(content.modified_at) => Asked::Whole,
        _ => range::parse(text(RANGE), content.size),
    }
}

fn http_date(instant: Timestamp) -> String {
    instant.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_can_not_break_out_of_the_header() {
        assert_eq!(content_disposition("a b.txt", Disposition::Attachment), "attachment; filename=\"a b.txt\"");
        assert_eq!(
            content_disposition("\"; x=\"é.txt", Disposition::Attachment),
            "attachment; filename=\"_; x=__.txt\"; filename*=UTF-8''%22%3B%20x%3D%22%C3%A9.txt"
        );
    }

    #[test]
    fn p20_active_types_are_never_inline() {
        for active in
            ["image/svg+xml", "text/html", "application/pdf", "text/xml", "application/xhtml+xml", "text/javascript"]
        {
            assert_eq!(inert_media_type(active), None, "{active}");
        }
    }

    #[test]
    fn dates_are_those_of_http() {
        assert_eq!(http_date("1994-11-06T08:49:37Z".parse().unwrap()), "Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
