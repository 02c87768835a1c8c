//! Encryption at the server's own door: with a certificate from files, or from an authority of the server's own.
//!
//! Certificates are judged by their clients' clocks, so everything here goes by the machine's and not by the one that a
//! demo may move.

mod authority;
mod names;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use aws_lc_rs::digest::{Digest, SHA256, digest};
use jiff::Timestamp;
use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::version::{TLS12, TLS13};
use tokio_rustls::TlsAcceptor;

use self::authority::Authority;
use crate::config::{Config, TlsMode};

/// What a server shows to say who it is.
struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

/// Where identities come from.
#[derive(Debug)]
enum Source {
    Local { authority: Box<Authority>, names: Vec<String> },
    Files { certificate: PathBuf, key: PathBuf },
}

/// The identity that new connections are shown, and when it is time for another.
#[derive(Debug)]
struct Current {
    config: Arc<ServerConfig>,
    version: Version,
}

/// What tells one identity from the next.
#[derive(Debug)]
enum Version {
    /// When it was made.
    Made(Timestamp),
    /// What the files held.
    Read(Digest),
}

/// Encryption of connections, as configured.
#[derive(Debug)]
pub struct Tls {
    source: Source,
    current: Mutex<Current>,
}

impl Tls {
    /// Makes ready what the configuration asks for; `None` if connections aren't encrypted.
    ///
    /// # Errors
    /// When files can't be read, or a certificate and a key don't belong together, or clients wouldn't believe the local
    /// certificate.
    pub fn open(config: &Config, now: Timestamp) -> anyhow::Result<Option<Self>> {
        let source = match &config.tls.mode {
            TlsMode::Off => return Ok(None),
            TlsMode::Local => {
                let names = names::of(config);
                let authority = Box::new(Authority::open(&config.data.join("tls"), &names, now)?);
                Source::Local { authority, names }
            }
            TlsMode::Files { certificate, key } => Source::Files { certificate: certificate.clone(), key: key.clone() },
        };
        let current = match &source {
            Source::Local { authority, names } => local(authority, names, now)?,
            Source::Files { certificate, key } => {
                let read = Read::files(certificate, key)?;
                Current { config: read.server_config()?, version: Version::Read(read.digest) }
            }
        };
        Ok(Some(Self { source, current: Mutex::new(current) }))
    }

    /// The file of the local authority's certificate, which clients have to trust.
    pub fn ca_certificate(&self) -> Option<&Path> {
        match &self.source {
            Source::Local { authority, .. } => Some(authority.certificate_file()),
            Source::Files { .. } => None,
        }
    }

    /// What takes new connections.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).config.clone().into()
    }

    /// Takes another certificate if it is time for one: a local one that grows old is made anew, files that changed are
    /// read again. Reads files, so it isn't for an async task.
    ///
    /// # Errors
    /// When that fails; the one that there is stays.
    pub fn refresh(&self, now: Timestamp) -> anyhow::Result<bool> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        let next = match (&self.source, &current.version) {
            (Source::Local { authority, names }, Version::Made(made)) if authority::is_due(*made, now) => {
                local(authority, names, now)?
            }
            (Source::Files { certificate, key }, Version::Read(before)) => {
                let read = Read::files(certificate, key)?;
                if read.digest.as_ref() == before.as_ref() {
                    return Ok(false);
                }
                Current { config: read.server_config()?, version: Version::Read(read.digest) }
            }
            _ => return Ok(false),
        };
        *current = next;
        Ok(true)
    }
}

fn local(authority: &Authority, names: &[String], now: Timestamp) -> anyhow::Result<Current> {
    Ok(Current { config: server_config(authority.vouch(names, now)?)?, version: Version::Made(now) })
}

/// What two files hold.
struct Read<'a> {
    files: (&'a Path, &'a Path),
    certificate: Vec<u8>,
    key: Vec<u8>,
    digest: Digest,
}

impl<'a> Read<'a> {
    fn files(certificate: &'a Path, key: &'a Path) -> anyhow::Result<Self> {
        let read = |path: &Path| std::fs::read(path).with_context(|| format!("can't read {}", path.display()));
        let files = (certificate, key);
        let (certificate, key) = (read(certificate)?, read(key)?);
        let digest = digest(&SHA256, &[certificate.as_slice(), &key].concat());
        Ok(Self { files, certificate, key, digest })
    }

    fn server_config(&self) -> anyhow::Result<Arc<ServerConfig>> {
        let (certificate_file, key_file) = self.files;
        let chain: Vec<_> = CertificateDer::pem_slice_iter(&self.certificate)
            .collect::<Result<_, _>>()
            .with_context(|| format!("{} holds no certificate in PEM", certificate_file.display()))?;
        let key = PrivateKeyDer::from_pem_slice(&self.key)
            .with_context(|| format!("{} holds no private key in PEM", key_file.display()))?;
        server_config(Identity { chain, key })
            .with_context(|| format!("{} and {} can't be served", certificate_file.display(), key_file.display()))
    }
}

/// How connections are taken with an identity. Only HTTP/1 is offered: see ADR 16.
fn server_config(identity: Identity) -> anyhow::Result<Arc<ServerConfig>> {
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&TLS13, &TLS12])?
        .with_no_client_auth()
        .with_single_cert(identity.chain, identity.key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec(), b"http/1.0".to_vec()];
    Ok(Arc::new(config))
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}
