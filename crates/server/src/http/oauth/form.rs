//! Forms as OAuth sends them. This is the one place where fields that aren't known are passed over: the standard wants it so
//! (RFC 6749, 3.2), and every library sends some of its own.

use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use data_encoding::BASE64;
use secrecy::SecretString;

use crate::http::json::read_limited;
use crate::ops::oauth::client::ClientProof;
use crate::ops::oauth::{Outcome, Refusal};

/// The largest form.
const FORM_BYTES: usize = 64 * 1024;

/// The fields of a form or a query.
pub(super) struct Form {
    fields: Vec<(String, String)>,
}

impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Form(…)")
    }
}

impl Form {
    /// Reads a body.
    pub(super) async fn read(headers: &HeaderMap, body: Body) -> Outcome<Self> {
        let is_form = headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"));
        if !is_form {
            return Err(Refusal::request("The body has to be application/x-www-form-urlencoded."));
        }
        Ok(Self::parse(&read_limited(body, FORM_BYTES).await?))
    }

    /// Reads a query.
    pub(super) fn parse(bytes: &[u8]) -> Self {
        let fields = url::form_urlencoded::parse(bytes).map(|(name, value)| (name.into_owned(), value.into_owned()));
        Self { fields: fields.collect() }
    }

    /// A field. An empty one is as absent (RFC 6749, 3.2); one that comes twice is refused.
    pub(super) fn field(&self, name: &str) -> Outcome<Option<&str>> {
        let mut found = self.fields.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let first = found.next();
        if found.next().is_some() {
            return Err(Refusal::request(format!("The parameter {name} comes twice.")));
        }
        Ok(first.filter(|value| !value.is_empty()))
    }

    /// A field that has to be there.
    pub(super) fn required(&self, name: &str) -> Outcome<&str> {
        self.field(name)?.ok_or_else(|| Refusal::request(format!("The parameter {name} is missing.")))
    }

    /// A field that is a secret.
    pub(super) fn secret(&self, name: &str) -> Outcome<Option<SecretString>> {
        Ok(self.field(name)?.map(SecretString::from))
    }

    /// A secret that has to be there.
    pub(super) fn required_secret(&self, name: &str) -> Outcome<SecretString> {
        self.required(name).map(SecretString::from)
    }

    /// What the application shows of itself: in the form, or by HTTP Basic.
    pub(super) fn client(&self, headers: &HeaderMap) -> Outcome<ClientProof> {
        let (id, secret) = (self.field("client_id")?, self.secret("client_secret")?);
        let Some((shown_id, shown_secret)) = basic(headers)? else {
            let id = id.ok_or_else(|| Refusal::request("The parameter client_id is missing."))?.to_owned();
            return Ok(ClientProof { id, secret });
        };
        if secret.is_some() || id.is_some_and(|id| id != shown_id) {
            return Err(Refusal::request("The application shows itself in two ways."));
        }
        Ok(ClientProof { id: shown_id, secret: shown_secret })
    }
}

/// The id and secret of an `Authorization: Basic`, each encoded as a form's value (RFC 6749, 2.3.1).
fn basic(headers: &HeaderMap) -> Outcome<Option<(String, Option<SecretString>)>> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let malformed = || Refusal::request("The Authorization header isn't Basic with a client id and a secret.");
    let text = value.to_str().map_err(|_| malformed())?;
    let (scheme, encoded) = text.split_once(' ').ok_or_else(malformed)?;
    if values.next().is_some() || !scheme.eq_ignore_ascii_case("basic") {
        return Err(malformed());
    }
    let decoded = BASE64.decode(encoded.trim().as_bytes()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let decoded = decoded.ok_or_else(malformed)?;
    let (id, secret) = decoded.split_once(':').ok_or_else(malformed)?;
    let plain = |text: &str| {
        let text = text.replace('+', " ");
        percent_encoding::percent_decode_str(&text).decode_utf8().map(std::borrow::Cow::into_owned)
    };
    let id = plain(id).map_err(|_| malformed())?;
    let secret = plain(secret).map_err(|_| malformed())?;
    Ok(Some((id, (!secret.is_empty()).then(|| secret.into()))))
}
