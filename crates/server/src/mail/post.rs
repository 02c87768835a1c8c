//! The SMTP server: encrypted unless it is on loopback and somebody said so, one connection for many letters.

use std::fmt;
use std::time::Duration;

use anyhow::Context;
use lettre::message::Mailbox;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use secrecy::{ExposeSecret, SecretString};

use crate::config::{MailConfig, MailServer};
use crate::mail::letter::Envelope;

/// The way to the mail server.
pub struct Post {
    /// Whom mails come from.
    pub from: Mailbox,
    server: MailServer,
    tls: Option<TlsParameters>,
    password: Option<SecretString>,
    timeout: Duration,
}

impl fmt::Debug for Post {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Post").field("from", &self.from).field("server", &self.server).finish_non_exhaustive()
    }
}

/// Why a letter wasn't taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The server can't be reached, doesn't let us in, or isn't set up: nothing to do with the letter.
    Server(String),
    /// Not now.
    Later(String),
    /// Never: the server refused this letter or this recipient.
    Never(String),
}

/// A connection that carries letters, opened when the first one comes.
pub struct Round<'a> {
    post: &'a Post,
    connection: Option<AsyncSmtpConnection>,
}

impl Post {
    /// Reads the settings; `None` when mail isn't set up.
    pub fn open(config: &MailConfig) -> anyhow::Result<Option<Self>> {
        let Some(server) = config.server()? else { return Ok(None) };
        let tls = if config.unencrypted {
            None
        } else {
            let mut parameters = TlsParameters::builder(server.host.clone());
            if let Some(path) = &config.ca_file {
                let pem = std::fs::read(path).with_context(|| format!("can't read {}", path.display()))?;
                let certificate = Certificate::from_pem(&pem)
                    .with_context(|| format!("{} isn't a certificate in PEM form", path.display()))?;
                parameters = parameters.add_root_certificate(certificate);
            }
            Some(parameters.build_rustls().context("TLS for mail can't be set up")?)
        };
        Ok(Some(Self {
            from: config.from()?,
            server,
            tls,
            password: config.read_password()?,
            timeout: Duration::from_secs(config.timeout_seconds.into()),
        }))
    }

    /// The server's name and port.
    pub fn server(&self) -> String {
        format!("{}:{}", self.server.host, self.server.port)
    }

    /// Connects and signs in, and sends nothing; the cause where that fails.
    pub async fn check(&self) -> Result<(), String> {
        let connecting = tokio::time::timeout(self.timeout, self.connect()).await;
        let mut connection = connecting.map_err(|_| "it took too long".to_owned())?.map_err(|error| said(&error))?;
        connection.abort().await;
        Ok(())
    }

    /// Begins a round.
    pub fn round(&self) -> Round<'_> {
        Round { post: self, connection: None }
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let hello = ClientId::default();
        let at_once = self.tls.clone().filter(|_| self.server.is_tls_from_start);
        let address = (self.server.host.as_str(), self.server.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(address, Some(self.timeout), &hello, at_once, None).await?;
        if let (Some(tls), false) = (&self.tls, self.server.is_tls_from_start) {
            connection.starttls(tls.clone(), &hello).await?;
        }
        if let (Some(user), Some(password)) = (&self.server.user, &self.password) {
            let credentials = Credentials::new(user.clone(), password.expose_secret().to_owned());
            connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).await?;
        }
        Ok(connection)
    }
}

impl Round<'_> {
    /// Sends a letter. After this the server has it, or the failure says why not.
    pub async fn send(&mut self, envelope: &Envelope) -> Result<(), Failure> {
        match tokio::time::timeout(self.post.timeout, self.try_send(envelope)).await {
            Ok(outcome) => outcome,
            Err(_) => {
                self.connection = None;
                Err(Failure::Server("it took too long".to_owned()))
            }
        }
    }

    async fn try_send(&mut self, envelope: &Envelope) -> Result<(), Failure> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.post.connect().await.map_err(|error| Failure::Server(said(&error)))?,
        };
        match connection.send(&envelope.envelope, &envelope.bytes).await {
            Ok(_) => {
                self.connection = Some(connection);
                Ok(())
            }
            // The connection is closed by the library; the next letter gets another one.
            Err(error) => Err(classify(&error)),
        }
    }

    /// Takes leave of the server.
    pub async fn end(mut self) {
        if let Some(mut connection) = self.connection.take() {
            let _ = tokio::time::timeout(self.post.timeout, connection.abort()).await;
        }
    }
}

/// What a failed letter means. That we aren't let in is the set-up's fault, which somebody will mend: no letter is given up
/// for it.
fn classify(error: &Error) -> Failure {
    let code = error.status().map(|code| code.to_string());
    match code.as_deref() {
        Some("530" | "534" | "535" | "538") => Failure::Server(said(error)),
        Some(_) if error.is_permanent() => Failure::Never(said(error)),
        Some(_) => Failure::Later(said(error)),
        // The address or the text is nothing that this server can carry.
        None if error.is_client() => Failure::Never(said(error)),
        None => Failure::Server(said(error)),
    }
}

/// For the log: the server's code alone where it answered, because its words may repeat an address.
fn said(error: &Error) -> String {
    error.status().map_or_else(|| error.to_string(), |code| format!("SMTP {code}"))
}
