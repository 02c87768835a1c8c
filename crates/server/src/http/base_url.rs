//! The scheme and host that absolute URLs in answers begin with: those that the client used.

use std::net::{IpAddr, SocketAddr};

use axum::http::header::HOST;
use axum::http::{HeaderMap, Uri};
use driveway_core::error::{Code, Error};

use super::Peer;
use crate::config::Config;

/// A configured public URL first, then what a proxy says of the client's request, then the client's own `Host` and whether
/// the connection is encrypted. Without a trailing slash.
pub(crate) fn base_url(config: &Config, headers: &HeaderMap, uri: &Uri, peer: Peer) -> Result<String, Error> {
    if let Some(configured) = &config.public_url {
        return Ok(configured.clone());
    }
    if headers.get_all(HOST).iter().count() > 1 {
        return Err(Error::new(Code::InvalidRequest, "The request names two hosts."));
    }
    let said = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let is_proxy = is_trusted(config, peer.address);
    let forwarded = if is_proxy { said("x-forwarded-host") } else { None };
    let proto = if is_proxy { said("x-forwarded-proto") } else { None };
    let host =
        forwarded.or_else(|| said(HOST.as_str())).or_else(|| uri.authority().map(axum::http::uri::Authority::as_str));
    let host = host
        .filter(|host| is_authority(host))
        .ok_or_else(|| Error::new(Code::InvalidRequest, "The request names no valid host."))?;
    let is_https = proto.map_or(peer.is_encrypted, |proto| proto.eq_ignore_ascii_case("https"));
    let scheme = if is_https { "https" } else { "http" };
    Ok(format!("{scheme}://{host}"))
}

/// The address that counts for limits: the peer's, or the one that a proxy says it speaks for.
pub(crate) fn client_address(config: &Config, headers: &HeaderMap, peer: IpAddr) -> IpAddr {
    if !is_trusted(config, peer) {
        return peer;
    }
    // A proxy appends the address that it saw; what stands before that was sent by the client and may be anything.
    let said = headers.get_all("x-forwarded-for").iter().next_back().and_then(|value| value.to_str().ok());
    said.and_then(|list| list.rsplit(',').next()).and_then(|last| address(last.trim())).unwrap_or(peer)
}

/// An address as proxies write it: alone, with a port, an IPv6 one perhaps in brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|with_port| with_port.ip()))
}

fn is_trusted(config: &Config, peer: IpAddr) -> bool {
    let peer = peer.to_canonical();
    peer.is_loopback() || config.trusted_proxies.contains(&peer)
}

fn is_authority(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 255
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(config: &Config, headers: &[(&'static str, &'static str)], peer: &str) -> Result<String, Error> {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        let peer = Peer { address: peer.parse().unwrap(), is_encrypted: false };
        base_url(config, &headers, &Uri::from_static("/"), peer)
    }

    #[test]
    fn an_encrypted_connection_is_https_unless_a_proxy_says_otherwise() {
        let base = |proto: Option<&str>, address: &str| {
            let mut headers: HeaderMap =
                [("host".parse().unwrap(), "a.example".parse().unwrap())].into_iter().collect();
            if let Some(proto) = proto {
                headers.insert("x-forwarded-proto", proto.parse().unwrap());
            }
            let peer = Peer { address: address.parse().unwrap(), is_encrypted: true };
            base_url(&Config::default(), &headers, &Uri::from_static("/"), peer).unwrap()
        };
        assert_eq!(base(None, "127.0.0.1"), "https://a.example");
        assert_eq!(base(Some("http"), "127.0.0.1"), "http://a.example");
        assert_eq!(base(Some("http"), "192.0.2.1"), "https://a.example");
    }

    #[test]
    fn the_clients_host_is_kept_and_only_proxies_are_believed() {
        let config = Config::default();
        let forwarded =
            [("host", "inner:80"), ("x-forwarded-host", "files.example.com"), ("x-forwarded-proto", "https")];
        assert_eq!(base(&config, &forwarded, "127.0.0.1").unwrap(), "https://files.example.com");
        assert_eq!(base(&config, &forwarded, "192.0.2.1").unwrap(), "http://inner:80");
        let proxied = Config { trusted_proxies: vec!["192.0.2.1".parse().unwrap()], ..Config::default() };
        assert_eq!(base(&proxied, &forwarded, "192.0.2.1").unwrap(), "https://files.example.com");
        let public = Config { public_url: Some("https://a.example".into()), ..Config::default() };
        assert_eq!(base(&public, &forwarded, "127.0.0.1").unwrap(), "https://a.example");
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for host in ["", "a b", "a/b", "a\"onload", "user@host"] {
            assert!(base(&Config::default(), &[("host", host)], "127.0.0.1").is_err(), "{host}");
        }
    }

    #[test]
    fn only_the_last_forwarded_address_counts() {
        let headers: HeaderMap =
            [("x-forwarded-for".parse().unwrap(), "203.0.113.9, 198.51.100.7".parse().unwrap())].into_iter().collect();
        let local: IpAddr = "127.0.0.1".parse().unwrap();
        assert_eq!(client_address(&Config::default(), &headers, local).to_string(), "198.51.100.7");
        for (said, read) in
            [("7.7.7.7:1000", "7.7.7.7"), ("[2001:db8::1]:9", "2001:db8::1"), ("[2001:db8::1]", "2001:db8::1")]
        {
            assert_eq!(address(said), Some(read.parse().unwrap()), "{said}");
        }
        let stranger: IpAddr = "192.0.2.1".parse().unwrap();
        assert_eq!(client_address(&Config::default(), &headers, stranger), stranger);
    }
}
