//! Configuration: what a file says, over the defaults; flags and environment (`DRIVEWAY_…`) go over both.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use driveway_core::audit::Addresses;
use serde::{Deserialize, Serialize};

mod mail;
mod tls;
mod webhooks;

pub use self::mail::{MailConfig, MailServer, Secret};
pub use self::tls::{TlsConfig, TlsMode};
pub use self::webhooks::WebhookConfig;

/// The settings of a server. Every one has a default, so that `driveway serve` alone works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The directory of the database, the blobs and the keys.
    pub data: PathBuf,
    /// The address to listen on.
    pub listen: SocketAddr,
    /// The scheme and authority under which the world sees this server, such as `https://files.example.com`.
    pub public_url: Option<String>,
    /// `sqlite:PATH`; the default is `driveway.db` in the data directory.
    pub database: Option<String>,
    /// `file:DIR` or `memory:`; the default is `blobs` in the data directory.
    pub blobs: Option<String>,
    /// Addresses of reverse proxies whose `X-Forwarded-…` headers are believed, besides loopback.
    pub trusted_proxies: Vec<IpAddr>,
    /// Whether connections are encrypted, and with which certificate.
    pub tls: TlsConfig,
    /// Limits on what strangers and clients may send.
    pub limits: Limits,
    /// What is kept of links' audit trails.
    pub audit: Audit,
    /// How people and applications sign in.
    pub sign_in: SignIn,
    /// How mail is sent, if it is.
    pub mail: MailConfig,
    /// How programs that subscribed to changes are called.
    pub webhooks: WebhookConfig,
}

/// How people and applications sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SignIn {
    /// Seconds for which an access token is good.
    pub access_token_seconds: u32,
    /// Days after which a refresh token that isn't used is over; each use begins them anew.
    pub refresh_token_days: u32,
    /// Seconds after which a browser has to sign in again.
    pub session_seconds: u32,
    /// Whether applications may send people's passwords themselves (`grant_type=password`); for tests only.
    pub password_grant: bool,
}

/// What is kept of links' audit trails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Audit {
    /// How much of an address: `full`, `shortened` (IPv4 /24, IPv6 /48) or `none`.
    pub addresses: Addresses,
    /// Days that events are kept; 0 keeps them for ever.
    pub retention_days: u32,
    /// Events of each kind that visitors make in one link's trail within an hour; what is beyond is one with its count.
    pub events_per_hour: u32,
}

/// Limits on what strangers and clients may send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Bytes of a JSON body.
    pub json_bytes: usize,
    /// Bytes of a batch; each of its requests has the limits that it has alone besides.
    pub batch_bytes: usize,
    /// Bytes of one `PUT …/content`. Graph's own limit is 250 MB; larger files go through upload sessions.
    pub upload_bytes: u64,
    /// Bytes of a file that comes by an upload session.
    pub session_bytes: u64,
    /// Bytes of one fragment of an upload session. Graph's own limit is 60 MiB.
    pub fragment_bytes: u64,
    /// Seconds after which an upload session is over if nothing comes.
    pub session_seconds: u32,
    /// Upload sessions that one caller may have under way; strangers behind a link are counted by link and address.
    pub sessions: u32,
    /// Bytes that all upload sessions under way may hold together; at least [`Limits::session_bytes`].
    pub staged_bytes: u64,
    /// Wrong passwords that one address may try on one link within [`Limits::password_window_seconds`].
    pub password_attempts: u32,
    /// The time over which wrong passwords are counted.
    pub password_window_seconds: u32,
    /// Seconds for which a pre-authenticated download URL is good.
    pub download_url_seconds: u32,
    /// Seconds for which a visitor who gave the password isn't asked again.
    pub visit_seconds: u32,
    /// Links that one caller may make in a minute; 0 for as many as they like. Finding one that exists is free.
    pub new_links_per_minute: u32,
    /// Requests to the Graph API that one caller may make in a minute; 0 for as many as they like. Who has no token is told
    /// apart by address.
    pub requests_per_minute: u32,
    /// Connections that are served at once; more wait to be accepted.
    pub connections: usize,
    /// Bytes that a new drive may hold.
    pub drive_bytes: i64,
    /// Versions that are kept of a file besides its content. Each replacement forgets those beyond that number.
    pub versions: u32,
    /// Days after which what is in the recycle bin is deleted for good.
    pub recycle_bin_days: u32,
    /// Days for which changes are kept for those who follow them; who comes later begins anew.
    pub change_days: u32,
    /// Bytes of a text file that are read for search; 0 for names only.
    pub search_text_bytes: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: PathBuf::from("driveway-data"),
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080),
            public_url: None,
            database: None,
            blobs: None,
            trusted_proxies: Vec::new(),
            tls: TlsConfig::default(),
            limits: Limits::default(),
            audit: Audit::default(),
            sign_in: SignIn::default(),
            mail: MailConfig::default(),
            webhooks: WebhookConfig::default(),
        }
    }
}

impl Default for Audit {
    fn default() -> Self {
        Self { addresses: Addresses::default(), retention_days: 365, events_per_hour: 600 }
    }
}

impl Default for SignIn {
    fn default() -> Self {
        Self { access_token_seconds: 3600, refresh_token_days: 90, session_seconds: 24 * 3600, password_grant: false }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            json_bytes: 64 * 1024,
            batch_bytes: 4 * 1024 * 1024,
            upload_bytes: 250 * 1024 * 1024,
            session_bytes: 250 * 1024 * 1024 * 1024,
            fragment_bytes: 60 * 1024 * 1024,
            session_seconds: 24 * 3600,
            sessions: 200,
            staged_bytes: 1 << 40,
            password_attempts: 10,
            password_window_seconds: 15 * 60,
            download_url_seconds: 3600,
            visit_seconds: 12 * 3600,
            new_links_per_minute: 0,
            requests_per_minute: 0,
            connections: 10_000,
            drive_bytes: 1 << 40,
            versions: 100,
            recycle_bin_days: 93,
            change_days: 90,
            search_text_bytes: 1024 * 1024,
        }
    }
}

impl Config {
    /// Reads a TOML file; a member that isn't a setting is an error, never passed over.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("can't read {}", path.display()))?;
        toml::from_str(&text).with_context(|| format!("{} isn't a valid configuration", path.display()))
    }

    /// Checks what types can't.
    pub fn validate(&self) -> anyhow::Result<()> {
        if self.limits.connections == 0 || self.limits.password_attempts == 0 {
            bail!("limits.connections and limits.password_attempts have to be at least 1");
        }
        if self.limits.fragment_bytes == 0 || self.limits.session_seconds == 0 {
            bail!("limits.fragment_bytes and limits.session_seconds have to be at least 1");
        }
        if self.limits.staged_bytes < self.limits.session_bytes {
            bail!("limits.staged_bytes has to be at least limits.session_bytes, or the largest files never come in");
        }
        let sign_in = &self.sign_in;
        if sign_in.access_token_seconds == 0 || sign_in.refresh_token_days == 0 || sign_in.session_seconds == 0 {
            bail!("sign_in's seconds and days have to be at least 1");
        }
        if self.audit.events_per_hour == 0 {
            bail!("audit.events_per_hour has to be at least 1");
        }
        if let Some(url) = &self.public_url {
            let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
            match rest {
                Some(authority) if !authority.is_empty() && !authority.contains(['/', '?', '#', '@', ' ']) => {}
                _ => bail!(
                    "public_url has to be a scheme and an authority, such as https://files.example.com, and is {url}"
                ),
            }
        }
        self.tls.validate()?;
        self.webhooks.validate()?;
        self.mail.validate()
    }

    /// Checks what only a server needs. Links in mails must not begin with what a client says.
    pub fn validate_serving(&self) -> anyhow::Result<()> {
        if self.mail.server.is_some() && self.public_url.is_none() {
            bail!("mail.server needs public_url: the links in mails begin with it");
        }
        if self.tls.mode != TlsMode::Off && self.public_url.as_ref().is_some_and(|url| url.starts_with("http://")) {
            bail!("public_url has to begin with https:// when connections are encrypted: every link begins with it");
        }
        self.validate()
    }

    /// The database URL, with the default filled in.
    pub fn database_url(&self) -> String {
        self.database.clone().unwrap_or_else(|| format!("sqlite:{}", self.data.join("driveway.db").display()))
    }

    /// The blobs URL, with the default filled in.
    pub fn blobs_url(&self) -> String {
        self.blobs.clone().unwrap_or_else(|| format!("file:{}", self.data.join("blobs").display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_survives_print_and_read() {
        let printed = toml::to_string(&Config::default()).unwrap();
        assert_eq!(toml::from_str::<Config>(&printed).unwrap(), Config::default());
    }

    #[test]
    fn the_document_shows_the_defaults_and_names_every_setting() {
        let document = include_str!("../../../docs/configuration.md");
        let printed = toml::to_string(&Config::default()).unwrap();
        assert!(
            document.contains(&format!("```toml\n{printed}```\n")),
            "docs/configuration.md should show:\n{printed}"
        );
        for setting in ["public_url", "database", "blobs"] {
            assert!(document.contains(&format!("| `{setting}` |")), "{setting}");
        }
        for setting in toml::Value::try_from(TlsConfig::default()).unwrap().as_table().unwrap().keys() {
            assert!(document.contains(&format!("| `tls.{setting}` |")), "{setting}");
        }
        for limit in toml::Value::try_from(Limits::default()).unwrap().as_table().unwrap().keys() {
            assert!(document.contains(&format!("| `limits.{limit}` |")), "{limit}");
        }
        for setting in toml::Value::try_from(Audit::default()).unwrap().as_table().unwrap().keys() {
            assert!(document.contains(&format!("| `audit.{setting}` |")), "{setting}");
        }
        for setting in toml::Value::try_from(SignIn::default()).unwrap().as_table().unwrap().keys() {
            assert!(document.contains(&format!("| `sign_in.{setting}` |")), "{setting}");
        }
        for setting in ["server", "from", "password_file", "ca_file"] {
            assert!(document.contains(&format!("| `mail.{setting}` |")), "{setting}");
        }
        assert!(document.contains("| `webhooks.ca_file` |"));
        for setting in toml::Value::try_from(WebhookConfig::default()).unwrap().as_table().unwrap().keys() {
            assert!(document.contains(&format!("| `webhooks.{setting}` |")), "{setting}");
        }
        for setting in toml::Value::try_from(MailConfig::default()).unwrap().as_table().unwrap().keys() {
            assert!(document.contains(&format!("| `mail.{setting}` |")), "{setting}");
        }
    }

    #[test]
    fn unknown_settings_and_odd_urls_are_refused() {
        assert!(toml::from_str::<Config>("lisen = \"127.0.0.1:1\"").is_err());
        for url in ["files.example.com", "https://", "https://a/b", "ftp://a"] {
            assert!(Config { public_url: Some(url.into()), ..Config::default() }.validate().is_err(), "{url}");
        }
        assert!(Config { public_url: Some("https://a:8443".into()), ..Config::default() }.validate().is_ok());
    }
}
