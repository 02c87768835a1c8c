//! Where a server is reached, and what its clients have to trust for that.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::Path;

use crate::config::{Config, TlsMode};
use crate::http::Server;

/// The URL of a server on this machine. Certificates are for names, so an encrypted one has a name where it can.
pub(super) fn base_url(config: &Config, server: &Server) -> anyhow::Result<String> {
    let address = server.address()?;
    let own = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
    let is_localhost = address.ip().is_unspecified() || own.contains(&address.ip());
    Ok(match &config.tls.mode {
        TlsMode::Off => format!("http://{address}"),
        TlsMode::Local | TlsMode::Files { .. } if is_localhost => format!("https://localhost:{}", address.port()),
        TlsMode::Local | TlsMode::Files { .. } => format!("https://{address}"),
    })
}

/// The certificate that clients have to trust, if it is one of the server's own.
pub(super) fn ca_certificate(server: &Server) -> Option<&Path> {
    server.tls().and_then(|tls| tls.ca_certificate())
}

/// What to paste so that clients trust a certificate.
pub(super) fn how_to_trust(ca: &Path, base_url: &str) -> String {
    let ca = quoted(ca);
    format!(
        "Its certificate comes from an authority of its own. To trust it:\n  \
         curl           curl --cacert {ca} {base_url}/health/live\n  \
         Node           export NODE_EXTRA_CA_CERTS={ca}\n  \
         Python, Go     export SSL_CERT_FILE={ca} REQUESTS_CA_BUNDLE={ca}\n  \
         rclone         rclone --ca-cert {ca}, and SSL_CERT_FILE as above for copies\n  \
         Debian         sudo cp {ca} /usr/local/share/ca-certificates/driveway.crt && sudo update-ca-certificates\n  \
         Fedora         sudo trust anchor {ca}\n  \
         macOS          sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain {ca}\n  \
         Windows        certutil -addstore -f ROOT {ca}"
    )
}

/// A path as a shell reads it.
pub(super) fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"/._-+:\\".contains(&b));
    if is_plain { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_word_to_a_shell() {
        assert_eq!(quoted(Path::new("/srv/drive-way/tls/ca.pem")), "/srv/drive-way/tls/ca.pem");
        assert_eq!(quoted(Path::new("/my files/it's")), "'/my files/it'\\''s'");
    }
}
