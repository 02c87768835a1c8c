//! The settings of encryption at the server's own door.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use anyhow::bail;
use rustls::pki_types::ServerName;
use serde::{Deserialize, Serialize};

/// Most names that a certificate of our own is made for besides the server's.
const MAX_NAMES: usize = 50;

/// Whether connections are encrypted, and with which certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TlsConfig {
    /// `off`, `local`, or the files of a certificate and its key.
    pub mode: TlsMode,
    /// The names, besides the server's own, that a local certificate is good for: those that clients insist on. They are
    /// led here by their `hosts` file or a proxy. Nothing else is ever vouched for, whatever a client asks for.
    pub names: Vec<String>,
}

impl Default for TlsConfig {
    fn default() -> Self {
        Self {
            mode: TlsMode::Off,
            names: ["graph.microsoft.com", "login.microsoftonline.com"].map(str::to_owned).to_vec(),
        }
    }
}

/// Where the certificate comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum TlsMode {
    /// There is none: connections aren't encrypted, or a proxy in front does it.
    Off,
    /// From an authority of this server's own, for development and tests.
    Local,
    /// From two files in PEM, which are read again when they change.
    Files {
        /// The certificate, with those between it and the root.
        certificate: PathBuf,
        /// Its private key.
        key: PathBuf,
    },
}

impl FromStr for TlsMode {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        match (text, text.split_once(',')) {
            ("off", _) => Ok(Self::Off),
            ("local", _) => Ok(Self::Local),
            (_, Some((certificate, key))) if !certificate.is_empty() && !key.is_empty() => {
                Ok(Self::Files { certificate: certificate.into(), key: key.into() })
            }
            _ => bail!("has to be off, local, or two files as in cert.pem,key.pem"),
        }
    }
}

impl fmt::Display for TlsMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str("off"),
            Self::Local => f.write_str("local"),
            Self::Files { certificate, key } => write!(f, "{},{}", certificate.display(), key.display()),
        }
    }
}

impl TryFrom<String> for TlsMode {
    type Error = anyhow::Error;

    fn try_from(text: String) -> anyhow::Result<Self> {
        text.parse()
    }
}

impl From<TlsMode> for String {
    fn from(mode: TlsMode) -> Self {
        mode.to_string()
    }
}

impl TlsConfig {
    /// Checks what types can't.
    pub(super) fn validate(&self) -> anyhow::Result<()> {
        if self.names.len() > MAX_NAMES {
            bail!("tls.names has to have at most {MAX_NAMES} names");
        }
        for name in &self.names {
            if ServerName::try_from(name.as_str()).is_err() {
                bail!("tls.names has to hold names of hosts or IP addresses, and {name} is neither");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_read_as_they_are_printed() {
        for text in ["off", "local", "/etc/a.pem,/etc/b.pem"] {
            assert_eq!(text.parse::<TlsMode>().unwrap().to_string(), text);
        }
        for text in ["", "on", "cert.pem", "cert.pem,", ",key.pem"] {
            assert!(text.parse::<TlsMode>().is_err(), "{text}");
        }
    }

    #[test]
    fn names_are_names_of_hosts() {
        let with = |name: &str| TlsConfig { names: vec![name.into()], ..TlsConfig::default() }.validate();
        assert!(with("files.example.com").is_ok() && with("192.0.2.1").is_ok());
        for name in ["", "*.example.com", "a b", "https://a", "a:443", "b\u{fc}cher.example"] {
            assert!(with(name).is_err(), "{name}");
        }
        let many = (0..=MAX_NAMES).map(|at| format!("h{at}.example")).collect();
        assert!(TlsConfig { names: many, ..TlsConfig::default() }.validate().is_err());
    }
}
