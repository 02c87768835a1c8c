//! The credentials that a request carries: a bearer token, a link in its address, a link's password.

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderValue};
use data_encoding::BASE64;
use driveway_core::audit::Through;
use driveway_core::error::{Code, Error};
use driveway_core::id::{DriveId, ItemId, PermissionId};
use driveway_core::share_id::ShareKey;
use secrecy::SecretString;

use super::context::Context;
use crate::app::App;
use crate::auth::token::{self, Claims};
use crate::ops::gate::FORGED;
use crate::ops::password::{self, Visit};
use crate::ops::redemption::Preference;
use crate::ops::share::PlainUrl;

/// The header in which a script shows a link's password (AMB-33).
pub(crate) const LINK_PASSWORD: &str = "driveway-link-password";

/// The verified bearer token, if there is one. One that isn't good is an error, never as good as none.
pub(crate) fn bearer(app: &App, headers: &HeaderMap, context: &Context) -> Result<Option<Claims>, Error> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(token::invalid_token());
    }
    match scheme(value) {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => {
            app.tokens.verify(token, context.now).map(Some)
        }
        // Basic with an empty user name shows a link's password and is looked at where a link is.
        Some((scheme, credentials))
            if scheme.eq_ignore_ascii_case("basic") && basic_password(credentials).is_some() =>
        {
            Ok(None)
        }
        _ => Err(token::invalid_token()),
    }
}

fn scheme(value: &HeaderValue) -> Option<(&str, &str)> {
    value.to_str().ok()?.split_once(' ').map(|(scheme, rest)| (scheme, rest.trim()))
}

fn basic_password(credentials: &str) -> Option<String> {
    let decoded = String::from_utf8(BASE64.decode(credentials.as_bytes()).ok()?).ok()?;
    decoded.strip_prefix(':').map(str::to_owned)
}

/// The password that a request shows to a link: in our header, or by Basic with an empty user name.
pub(crate) fn link_password(headers: &HeaderMap) -> Result<Option<SecretString>, Error> {
    if let Some(value) = headers.get(LINK_PASSWORD) {
        let text = std::str::from_utf8(value.as_bytes())
            .map_err(|_| Error::invalid("Driveway-Link-Password", "The header isn't UTF-8."))?;
        return Ok(Some(text.to_owned().into()));
    }
    let basic = headers.get(AUTHORIZATION).and_then(scheme).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"));
    Ok(basic.and_then(|(_, credentials)| basic_password(credentials)).map(Into::into))
}

/// Shows the password that came with the request to the link, if one came.
pub(crate) async fn show_password(
    app: &App,
    guess: Option<SecretString>,
    bearer: Option<&Claims>,
    context: &Context,
    link: PermissionId,
    through: Through,
) -> Result<Option<Visit>, Error> {
    match guess {
        Some(guess) => {
            let source = context.source(through);
            password::visit(app, link, guess, bearer.cloned(), source, context.client, context.now).await
        }
        None => Ok(None),
    }
}

/// The link that a `/shares/{key}` stands for (SHARE-01, AMB-35, AMB-36). A key that can't be read is the client's error;
/// one that can and isn't genuine is as absent as one that was revoked, which the gate says.
pub(crate) fn share(app: &App, key: &str, context: &Context) -> Result<Shared, Error> {
    let invalid = |_| Error::new(Code::InvalidRequest, "Invalid shares key.").target("shareId");
    let token = match ShareKey::parse(key).map_err(invalid)? {
        ShareKey::Id(token) => token,
        ShareKey::EncodedUrl(url) => {
            match (token_of_url(&url, &context.base_url), plain_url(&url, &context.base_url)) {
                (Some(token), _) => token.to_owned(),
                (None, Some(plain)) => return Ok(Shared::Item(plain)),
                (None, None) => {
                    return Err(Error::new(Code::InvalidRequest, "The shares key isn't a URL of this server.")
                        .target("shareId"));
                }
            }
        }
    };
    Ok(Shared::Link(link_of_token(app, &token)))
}

/// The link that a token stands for. A forged one stands for a link that never was, and goes the way of every link that is
/// dead: the same complaints about the rest of the request, the same answer (P16).
pub(crate) fn link_of_token(app: &App, token: &str) -> PermissionId {
    app.seal.open_link_token(token).unwrap_or(FORGED)
}

/// What a share's key stands for.
pub(crate) enum Shared {
    /// A link. Whether there is such a one is for the gate to say.
    Link(PermissionId),
    /// An item, by its plain URL (SHARE-09).
    Item(PlainUrl),
}

/// The preference for redeeming that a request states (HDR-04, HDR-05). The greater of two counts.
pub(crate) fn preference(headers: &HeaderMap) -> Preference {
    let mut found = Preference::None;
    let values = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    for word in values.flat_map(|value| value.split(',')).map(str::trim) {
        if word.eq_ignore_ascii_case(REDEEM) {
            return Preference::Durable;
        }
        if word.eq_ignore_ascii_case(REDEEM_IF_NECESSARY) {
            found = Preference::IfNecessary;
        }
    }
    found
}

/// The preference for a durable right.
pub(crate) const REDEEM: &str = "redeemSharingLink";
/// The preference for a right in this request only.
pub(crate) const REDEEM_IF_NECESSARY: &str = "redeemSharingLinkIfNecessary";

/// The drive and item of `{base}/d/{drive}/{item}`.
fn plain_url(url: &str, base_url: &str) -> Option<PlainUrl> {
    let authority = |url: &str| url.split_once("://").map(|(_, rest)| rest.to_owned());
    let own = authority(base_url)?;
    let path = authority(url)?;
    let mut segments = path.strip_prefix(&own)?.strip_prefix("/d/")?.split(['/', '?', '#']);
    let (drive, item) = (segments.next()?, segments.next()?);
    Some(PlainUrl { drive: DriveId::parse(drive).ok()?, item: ItemId::parse(item).ok()? })
}

fn token_of_url<'a>(url: &'a str, base_url: &str) -> Option<&'a str> {
    let authority = |url: &'a str| url.split_once("://").map(|(_, rest)| rest);
    let (_, own) = base_url.split_once("://")?;
    let path = authority(url)?.strip_prefix(own)?.strip_prefix("/s/")?;
    path.split(['/', '?', '#']).next().filter(|token| !token.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_this_host_give_their_token() {
        for url in
            ["http://h:1/s/tok/", "http://h:1/s/tok", "https://h:1/s/tok/?download=1", "http://h:1/s/tok/items/x/"]
        {
            assert_eq!(token_of_url(url, "http://h:1"), Some("tok"), "{url}");
        }
        for url in ["http://h:12/s/tok/", "http://other/s/tok", "http://h:1/t/tok", "h:1/s/tok", "http://h:1/s/"] {
            assert_eq!(token_of_url(url, "http://h:1"), None, "{url}");
        }
    }

    #[test]
    fn basic_counts_with_an_empty_user_name_only() {
        assert_eq!(basic_password(&BASE64.encode(b":harbour")), Some("harbour".into()));
        assert_eq!(basic_password(&BASE64.encode(b"ann:harbour")), None);
        assert_eq!(basic_password("***"), None);
    }
}
