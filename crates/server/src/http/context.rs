//! What is known of a request before it is understood: when it came, from where, under which name.

use std::net::{IpAddr, Ipv4Addr};

use axum::http::{HeaderMap, HeaderValue, Uri};
use driveway_core::Error;
use driveway_core::audit::{Network, Source, Through};
use jiff::Timestamp;
use uuid::Uuid;

use super::Peer;
use super::base_url::{base_url, client_address};
use crate::app::App;

/// The circumstances of a request.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    /// The one reading of the clock.
    pub(crate) now: Timestamp,
    /// The id that the response and the log bear.
    pub(crate) request_id: Uuid,
    /// The id that the client gave, if it gave one.
    pub(crate) client_request_id: Option<HeaderValue>,
    /// The scheme and host that absolute URLs begin with.
    pub(crate) base_url: String,
    /// The address that limits count.
    pub(crate) client: IpAddr,
    /// What audit trails keep of that address.
    pub(crate) address: Option<Network>,
}

impl Context {
    /// Reads the circumstances. A request without a usable host has no base URL, which is the error.
    pub(crate) fn read(app: &App, headers: &HeaderMap, uri: &Uri, peer: Option<&Peer>) -> (Self, Result<(), Error>) {
        let unknown = Peer { address: IpAddr::V4(Ipv4Addr::UNSPECIFIED), is_encrypted: false };
        let peer = peer.copied().unwrap_or(unknown);
        let (base_url, outcome) = match base_url(&app.config, headers, uri, peer) {
            Ok(url) => (url, Ok(())),
            Err(error) => (String::new(), Err(error)),
        };
        let client = client_address(&app.config, headers, peer.address);
        let context = Self {
            now: app.clock.now(),
            request_id: app.entropy.opaque_id(),
            client_request_id: headers.get("client-request-id").filter(|id| id.len() <= 128).cloned(),
            base_url,
            client,
            address: app.config.audit.addresses.keep(client),
        };
        (context, outcome)
    }

    /// Where the request came from, for audit trails.
    pub(crate) fn source(&self, through: Through) -> Source {
        Source { through, address: self.address }
    }

    /// The client's id for the request, or ours (5.2 of the behaviour table).
    pub(crate) fn client_request_id(&self) -> String {
        let given = self.client_request_id.as_ref().and_then(|id| id.to_str().ok());
        given.map_or_else(|| self.request_id.to_string(), str::to_owned)
    }
}
