//! JSON in and out, as strictly as Graph reads it and with errors that name the member at fault.

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use driveway_core::error::{Code, Error, Inner};
use driveway_core::time;
use http_body_util::{BodyExt, Limited};
use jiff::Timestamp;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

/// The media type of Graph's answers.
pub(crate) const JSON: HeaderValue = HeaderValue::from_static(
    "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8",
);

/// How long a small body may take to come. A stalled one must not hold a connection for ever.
const BODY_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(30);

/// A response of JSON.
pub(crate) fn respond(status: StatusCode, value: &Value) -> Response {
    let mut response = Response::new(Body::from(value.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, JSON);
    response
}

/// The members of a JSON object that are still to be taken. Whoever reads a body takes the members it knows and then
/// calls [`Members::finish`], which refuses the rest by name (CL-10, AMB-47).
#[derive(Debug, Default)]
pub(crate) struct Members {
    members: Vec<(String, Value)>,
    /// What stands before a member's name in errors: `item.` inside `item`.
    path: String,
}

impl Members {
    /// Reads a body of at most `limit` bytes. No body and `{}` are the same (AMB-48).
    pub(crate) async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Self, Error> {
        let bytes = read_limited(body, limit).await?;
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self::default());
        }
        require_json(headers)?;
        let Object(members) = serde_json::from_slice(&bytes).map_err(|error| malformed(&error))?;
        Ok(Self { members, path: String::new() })
    }

    /// Whether there is a member of this name, be it `null`.
    pub(crate) fn contains(&self, name: &str) -> bool {
        self.members.iter().any(|(found, _)| found == name)
    }

    /// Takes a member. `null` is as absent (AMB-47).
    pub(crate) fn take(&mut self, name: &str) -> Option<Value> {
        let at = self.members.iter().position(|(found, _)| found == name)?;
        let (_, value) = self.members.swap_remove(at);
        (!value.is_null()).then_some(value)
    }

    /// Takes a text that may be empty.
    pub(crate) fn text_or_empty(&mut self, name: &str) -> Result<Option<String>, Error> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.wrong_type(name, "a string")),
        }
    }

    /// Takes a text. An empty one is refused.
    pub(crate) fn text(&mut self, name: &str) -> Result<Option<String>, Error> {
        let text = self.text_or_empty(name)?;
        if text.as_deref() == Some("") {
            return Err(
                Error::invalid(self.target(name), format!("{name} can't be empty.")).inner(Inner::ParameterIsTooSmall)
            );
        }
        Ok(text)
    }

    /// Takes a truth value.
    pub(crate) fn flag(&mut self, name: &str) -> Result<Option<bool>, Error> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(flag)),
            Some(_) => Err(self.wrong_type(name, "true or false")),
        }
    }

    /// Takes an instant; the zero date is none (AMB-10).
    pub(crate) fn instant(&mut self, name: &str) -> Result<Option<Timestamp>, Error> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        time::parse(&text).map_err(|error| {
            Error::invalid(self.target(name), format!("{name} is {error}.")).inner(Inner::InvalidParameterFormat)
        })
    }

    /// Takes an object.
    pub(crate) fn object(&mut self, name: &str) -> Result<Option<Self>, Error> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Object(members)) => {
                Ok(Some(Self { members: members.into_iter().collect(), path: format!("{}.", self.target(name)) }))
            }
            Some(_) => Err(self.wrong_type(name, "an object")),
        }
    }

    /// Takes a list of objects.
    pub(crate) fn objects(&mut self, name: &str, most: usize) -> Result<Option<Vec<Self>>, Error> {
        let list = match self.take(name) {
            None => return Ok(None),
            Some(Value::Array(list)) => list,
            Some(_) => return Err(self.wrong_type(name, "a list")),
        };
        if list.len() > most {
            return Err(Error::invalid(self.target(name), format!("{name} has more than {most} entries."))
                .inner(Inner::ParameterIsTooLong));
        }
        let object = |(at, value)| match value {
            Value::Object(members) => Ok(Self {
                members: serde_json::Map::into_iter(members).collect(),
                path: format!("{}[{at}].", self.target(name)),
            }),
            _ => Err(self.wrong_type(name, "a list of objects")),
        };
        list.into_iter().enumerate().map(object).collect::<Result<_, _>>().map(Some)
    }

    /// Everything that nobody took, with what is `null`; OData's own members don't count (ODATA-04).
    pub(crate) fn rest(self) -> Vec<(String, Value)> {
        self.members.into_iter().filter(|(name, _)| !name.contains('@')).collect()
    }

    /// Refuses what nobody took. OData's own members, which start with or contain `@`, don't count (ODATA-04); ours do: a
    /// limit that is asked for and passed over would be a lie.
    pub(crate) fn finish(self) -> Result<(), Error> {
        let is_ours = |name: &str| name.starts_with("@driveway.");
        match self.members.iter().find(|(name, _)| !name.contains('@') || is_ours(name)) {
            None => Ok(()),
            Some((name, _)) => {
                let shown: String = name.chars().take(64).collect();
                Err(Error::invalid(self.target(&shown), format!("The property '{shown}' doesn't exist here.")))
            }
        }
    }

    /// [`Members::finish`] of a PATCH: a member that the resource has and that can't be changed says so, one that it hasn't is
    /// just unknown.
    pub(crate) fn finish_update(self, fixed: &[&'static str]) -> Result<(), Error> {
        self.finish().map_err(|error| match fixed.iter().find(|fixed| error.target_name() == Some(**fixed)) {
            Some(name) => Error::invalid(*name, format!("The property '{name}' can't be changed."))
                .inner(Inner::PropertyNotUpdateable),
            None => error,
        })
    }

    /// A member's name as errors give it.
    pub(crate) fn target(&self, name: &str) -> String {
        format!("{}{name}", self.path)
    }

    fn wrong_type(&self, name: &str, wanted: &str) -> Error {
        Error::invalid(self.target(name), format!("{name} has to be {wanted}."))
    }
}

/// Reads a body whole, up to a limit.
pub(crate) async fn read_limited(body: Body, limit: usize) -> Result<bytes::Bytes, Error> {
    let reading = Limited::new(body, limit).collect();
    let read = tokio::time::timeout(BODY_TIMEOUT, reading)
        .await
        .map_err(|_| Error::new(Code::InvalidRequest, "The body took too long to come."))?;
    match read {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => Err(Error::new(
            Code::PayloadTooLarge,
            format!("The body is larger than the {limit} bytes that this call takes."),
        )),
        Err(_) => Err(Error::new(Code::InvalidRequest, "The body ended before it was complete.")),
    }
}

/// Refuses a body of another type. A missing type is taken for JSON: some clients send none.
fn require_json(headers: &HeaderMap) -> Result<(), Error> {
    let Some(value) = headers.get(CONTENT_TYPE) else { return Ok(()) };
    let essence = value.to_str().unwrap_or("").split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    if essence == "application/json" {
        Ok(())
    } else {
        Err(Error::new(Code::UnsupportedMediaType, "The body has to be application/json.").target("Content-Type"))
    }
}

fn malformed(error: &serde_json::Error) -> Error {
    let message = if error.is_data() {
        format!("The body has to be a JSON object: {error}.")
    } else {
        format!("The body isn't valid JSON, at line {} column {}.", error.line(), error.column())
    };
    Error::new(Code::InvalidRequest, message)
}

/// An object whose members are told apart: of two with one name, neither is dropped in silence.
struct Object(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor)
    }
}

struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = Object;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
        let mut members: Vec<(String, Value)> = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, Value>()? {
            if members.iter().any(|(found, _)| *found == name) {
                return Err(serde::de::Error::custom("a member stands twice"));
            }
            if members.len() >= 64 {
                return Err(serde::de::Error::custom("it has too many members"));
            }
            members.push((name, value));
        }
        Ok(Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(body: &'static str) -> Result<Members, Error> {
        Members::read(&HeaderMap::new(), Body::from(body), 1024).await
    }

    #[tokio::test]
    async fn what_is_no_object_is_refused() {
        for body in ["[]", "\"x\"", "1", "{", "{\"a\":}", "null", "{\"a\":1,\"a\":2}", "{} {}"] {
            assert_eq!(read(body).await.map(drop).unwrap_err().code(), Code::InvalidRequest, "{body}");
        }
        assert!(read("").await.unwrap().finish().is_ok() && read(" {} ").await.unwrap().finish().is_ok());
    }

    #[tokio::test]
    async fn members_are_taken_by_type_and_the_rest_is_named() {
        let mut members =
            read("{\"type\":\"view\",\"n\":null,\"on\":true,\"@odata.type\":\"x\",\"typ\":1}").await.unwrap();
        assert_eq!(members.text("type").unwrap().as_deref(), Some("view"));
        assert_eq!(members.text("n").unwrap(), None);
        assert!(members.text("on").is_err());
        assert_eq!(members.finish().unwrap_err().target_name(), Some("typ"));
    }
}
