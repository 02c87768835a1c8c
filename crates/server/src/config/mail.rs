//! The settings of mail. Without a server there is none, and whoever asks for it is told so.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

use anyhow::{Context, bail};
use lettre::message::Mailbox;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use url::Url;

/// How mail is sent, if it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MailConfig {
    /// `smtps://user@host:465`, or `smtp://user@host:587` with STARTTLS. Without it no mail is sent.
    pub server: Option<String>,
    /// Whom mails come from, such as `Driveway <files@example.com>`.
    pub from: Option<String>,
    /// The file that the server's password is read from, at the start.
    pub password_file: Option<PathBuf>,
    /// A PEM file of a certificate authority that is believed besides the system's.
    pub ca_file: Option<PathBuf>,
    /// The password from the environment. It is never read from a file of settings and never printed.
    #[serde(skip)]
    pub password: Option<Secret>,
    /// Whether `smtp://` goes without STARTTLS. For a server on loopback only.
    pub unencrypted: bool,
    /// Seconds that one attempt at one mail may take, at most 50.
    pub timeout_seconds: u32,
    /// People whom one request may have mailed.
    pub recipients: usize,
    /// Mails that one person or application may have sent within an hour.
    pub mails_per_hour: u32,
}

impl Default for MailConfig {
    fn default() -> Self {
        Self {
            server: None,
            from: None,
            password_file: None,
            ca_file: None,
            password: None,
            unencrypted: false,
            timeout_seconds: 30,
            recipients: 50,
            mails_per_hour: 200,
        }
    }
}

/// The mail server, as its URL says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailServer {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Whether the connection is encrypted from the first byte on, and not by STARTTLS.
    pub is_tls_from_start: bool,
    /// Who signs in, if anybody does.
    pub user: Option<String>,
}

impl MailConfig {
    /// Checks what types can't.
    pub(super) fn validate(&self) -> anyhow::Result<()> {
        let Some(server) = self.server()? else { return Ok(()) };
        self.from()?;
        if self.unencrypted && (server.is_tls_from_start || !is_loopback(&server.host)) {
            bail!("mail.unencrypted is for an smtp:// server on loopback, and this is {}", server.host);
        }
        if server.user.is_some() != (self.password.is_some() || self.password_file.is_some()) {
            bail!(
                "mail.server with a user needs a password, and a password a user: \
                 mail.password_file or DRIVEWAY_MAIL_PASSWORD"
            );
        }
        // A mail is claimed for at least a minute: an attempt has to be over before another one begins.
        if !(1..=50).contains(&self.timeout_seconds) || self.recipients == 0 || self.mails_per_hour == 0 {
            bail!("mail.timeout_seconds is 1 to 50; mail.recipients and mail.mails_per_hour are at least 1");
        }
        Ok(())
    }

    /// The server; `None` when mail isn't set up.
    pub fn server(&self) -> anyhow::Result<Option<MailServer>> {
        let Some(text) = &self.server else { return Ok(None) };
        // The text isn't repeated: whoever wrote a password into it shouldn't meet it in a log.
        let odd = "mail.server has to look like smtps://user@host:465 or smtp://host:587";
        let url = Url::parse(text).context(odd)?;
        if url.password().is_some() {
            bail!("a password doesn't belong into mail.server: use mail.password_file or DRIVEWAY_MAIL_PASSWORD");
        }
        let (is_tls_from_start, port) = match url.scheme() {
            "smtps" => (true, 465),
            "smtp" => (false, 587),
            _ => bail!(odd),
        };
        let host = url.host_str().unwrap_or("").trim_matches(['[', ']']);
        if host.is_empty() || !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            bail!(odd);
        }
        let user = percent_encoding::percent_decode_str(url.username()).decode_utf8().context(odd)?;
        Ok(Some(MailServer {
            host: host.to_owned(),
            port: url.port().unwrap_or(port),
            is_tls_from_start,
            user: (!user.is_empty()).then(|| user.into_owned()),
        }))
    }

    /// Whom mails come from.
    pub fn from(&self) -> anyhow::Result<Mailbox> {
        let from = self.from.as_deref().context("mail.server needs mail.from, such as Driveway <files@example.com>")?;
        from.parse().with_context(|| format!("mail.from isn't an address: {from}"))
    }

    /// The server's password, from the environment or from its file.
    pub fn read_password(&self) -> anyhow::Result<Option<SecretString>> {
        if let Some(Secret(password)) = &self.password {
            return Ok(Some(password.clone()));
        }
        let Some(path) = &self.password_file else { return Ok(None) };
        let text = std::fs::read_to_string(path).with_context(|| format!("can't read {}", path.display()))?;
        Ok(Some(text.trim_end_matches(['\r', '\n']).into()))
    }
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// A text that is printed nowhere.
#[derive(Clone)]
pub struct Secret(SecretString);

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.expose_secret() == other.0.expose_secret()
    }
}

impl Eq for Secret {}

#[cfg(test)]
mod tests {
    use super::*;

    fn set_up(server: &str) -> MailConfig {
        MailConfig { server: Some(server.into()), from: Some("files@example.com".into()), ..MailConfig::default() }
    }

    #[test]
    fn a_server_is_read() {
        let read = |text: &str| set_up(text).server().unwrap().unwrap();
        let server = read("smtps://files%40example.com@mail.example.com");
        assert_eq!((server.host.as_str(), server.port, server.is_tls_from_start), ("mail.example.com", 465, true));
        assert_eq!(server.user.as_deref(), Some("files@example.com"));
        let server = read("smtp://[::1]:2525/");
        assert_eq!((server.host.as_str(), server.port, server.is_tls_from_start), ("::1", 2525, false));
        assert_eq!(server.user, None);
    }

    #[test]
    fn what_would_be_unsafe_or_half_is_refused() {
        let good = set_up("smtp://mail.example.com");
        good.validate().unwrap();
        MailConfig::default().validate().unwrap();
        let secret = || Some(Secret::from("s3cret".to_owned()));
        for (bad, why) in [
            (MailConfig { from: None, ..good.clone() }, "mail.from"),
            (MailConfig { from: Some("a\r\nBcc: b@c.de".into()), ..good.clone() }, "mail.from"),
            (MailConfig { unencrypted: true, ..good.clone() }, "loopback"),
            (MailConfig { unencrypted: true, ..set_up("smtps://127.0.0.1") }, "loopback"),
            (set_up("smtps://user@mail.example.com"), "password"),
            (MailConfig { password: secret(), ..good.clone() }, "password"),
            (set_up("smtps://user:s3cret@mail.example.com"), "password"),
            (set_up("http://mail.example.com"), "smtps://"),
            (set_up("mail.example.com"), "smtps://"),
            (set_up("smtp://mail.example.com/x?y=z"), "smtps://"),
            (MailConfig { timeout_seconds: 60, ..good.clone() }, "timeout"),
            (MailConfig { recipients: 0, ..good.clone() }, "recipients"),
        ] {
            let said = format!("{:#}", bad.validate().unwrap_err());
            assert!(said.contains(why) && !said.contains("s3cret"), "{said}");
        }
        let serving = |public_url| crate::config::Config { mail: good.clone(), public_url, ..Default::default() };
        assert!(serving(None).validate_serving().unwrap_err().to_string().contains("public_url"));
        serving(Some("https://files.example.com".into())).validate_serving().unwrap();
        MailConfig { unencrypted: true, ..set_up("smtp://127.0.0.1:2525") }.validate().unwrap();
    }

    #[test]
    fn a_password_is_printed_nowhere() {
        let config = MailConfig { password: Some("s3cret".to_owned().into()), ..set_up("smtp://u@h") };
        assert!(!format!("{config:?}").contains("s3cret") && !toml::to_string(&config).unwrap().contains("s3cret"));
        assert!(toml::from_str::<MailConfig>("password = \"s3cret\"").is_err());
    }
}
