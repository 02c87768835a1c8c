//! A certificate authority of the server's own, for development and tests.
//!
//! It can vouch for the names that it was made for and for nothing else: its certificate says so, and clients hold it to
//! that. A stolen key is good for these names only.

use std::fs;
use std::io::ErrorKind;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use data_encoding::HEXLOWER;
use jiff::{SignedDuration, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints,
};
use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use time::OffsetDateTime;

use super::Identity;
use crate::auth::keys::write_new;

/// How long the authority is good for.
const AUTHORITY_DAYS: i64 = 3650;

/// How long a server's certificate is good for. Some clients believe none of more than 397 days.
const CERTIFICATE_DAYS: i64 = 90;

/// The age at which a server's certificate is made anew.
const RENEWAL_DAYS: i64 = 60;

/// How far a client's clock may be behind.
const SKEW_DAYS: i64 = 1;

/// A certificate authority whose key is in the data directory.
pub(super) struct Authority {
    directory: PathBuf,
    file: PathBuf,
    certificate: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Authority({})", self.file.display())
    }
}

impl Authority {
    /// Reads the authority, or makes it for these names if there is none.
    pub(super) fn open(directory: &Path, names: &[String], now: Timestamp) -> anyhow::Result<Self> {
        fs::create_dir_all(directory).with_context(|| format!("can't make {}", directory.display()))?;
        let (key_file, file) = (directory.join("ca-key.pem"), directory.join("ca.pem"));
        if file.exists() && !key_file.exists() {
            bail!(
                "{} is missing, and {} is worth nothing without it; {}",
                key_file.display(),
                file.display(),
                again(directory)
            );
        }
        let key = key(&key_file).with_context(|| format!("{} can't be used", key_file.display()))?;
        let params = params(&key)?;
        let file = std::path::absolute(&file)?;
        let certificate = match fs::read(&file) {
            Ok(pem) => CertificateDer::from_pem_slice(&pem)
                .with_context(|| format!("{} holds no certificate in PEM", file.display()))?,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let made = certificate(&params, names, &key, now)?;
                write_new(&file, &made.pem(), 0o644).with_context(|| format!("can't write {}", file.display()))?;
                made.der().clone()
            }
            Err(error) => return Err(error).with_context(|| format!("can't read {}", file.display())),
        };
        Ok(Self { directory: directory.to_owned(), file, certificate, issuer: Issuer::new(params, key) })
    }

    /// The file of its certificate.
    pub(super) fn certificate_file(&self) -> &Path {
        &self.file
    }

    /// A certificate for these names, with a key of its own that is kept in memory only. What a client wouldn't believe
    /// isn't given out.
    pub(super) fn vouch(&self, names: &[String], now: Timestamp) -> anyhow::Result<Identity> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(names)?;
        // With spaces, so that no client takes it for the name of a host.
        params.distinguished_name = name("Driveway server certificate");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        (params.not_before, params.not_after) = (day(now, -SKEW_DAYS)?, day(now, CERTIFICATE_DAYS)?);
        let certificate = params.signed_by(&key, &self.issuer)?.der().clone();
        self.check(&certificate, names, now)?;
        let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(anyhow::Error::msg)?;
        Ok(Identity { chain: vec![certificate], key })
    }

    /// Looks at a certificate as a client would that trusts this authority.
    fn check(&self, certificate: &CertificateDer<'_>, names: &[String], now: Timestamp) -> anyhow::Result<()> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone())?;
        let client = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), super::provider()).build()?;
        let now = UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(now.as_second())?));
        for name in names {
            let server = ServerName::try_from(name.as_str())?;
            client.verify_server_cert(certificate, &[], &server, &[], now).with_context(|| {
                let all = names.join(", ");
                format!("{} doesn't vouch for all of {all}; {}", self.file.display(), again(&self.directory))
            })?;
        }
        Ok(())
    }
}

/// Whether a certificate is old enough for another, or the clock was set back to before it was good.
pub(super) fn is_due(made: Timestamp, now: Timestamp) -> bool {
    let age = now.duration_since(made);
    age >= SignedDuration::from_hours(24 * RENEWAL_DAYS) || age <= SignedDuration::from_hours(-24 * SKEW_DAYS)
}

/// What to do when an authority is of no use any more.
fn again(directory: &Path) -> String {
    format!("remove {} to have another authority made, and let clients trust that one instead", directory.display())
}

fn key(path: &Path) -> anyhow::Result<KeyPair> {
    match fs::read_to_string(path) {
        Ok(pem) => Ok(KeyPair::from_pem(&pem)?),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let key = KeyPair::generate()?;
            write_new(path, &key.serialize_pem(), 0o600)?;
            Ok(key)
        }
        Err(error) => Err(error.into()),
    }
}

/// What can be told of the authority from its key alone, so that nothing of its certificate has to be read back.
fn params(key: &KeyPair) -> anyhow::Result<CertificateParams> {
    let print = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, key.public_key_raw());
    let print = HEXLOWER.encode(print.as_ref().get(..4).context("a digest has more bytes than four")?);
    let mut params = CertificateParams::default();
    params.distinguished_name = name(&format!("Driveway local authority {print}"));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(params)
}

fn certificate(
    params: &CertificateParams,
    names: &[String],
    key: &KeyPair,
    now: Timestamp,
) -> anyhow::Result<rcgen::Certificate> {
    let mut params = params.clone();
    let permitted_subtrees = names.iter().map(|name| subtree(name)).collect();
    params.name_constraints = Some(NameConstraints { permitted_subtrees, excluded_subtrees: Vec::new() });
    (params.not_before, params.not_after) = (day(now, -SKEW_DAYS)?, day(now, AUTHORITY_DAYS)?);
    Ok(params.self_signed(key)?)
}

fn subtree(name: &str) -> GeneralSubtree {
    match name.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) if address.is_loopback() => {
            GeneralSubtree::IpAddress(CidrSubnet::from_v4_prefix([127, 0, 0, 0], 8))
        }
        Ok(IpAddr::V4(address)) => GeneralSubtree::IpAddress(CidrSubnet::from_v4_prefix(address.octets(), 32)),
        Ok(IpAddr::V6(address)) => GeneralSubtree::IpAddress(CidrSubnet::from_v6_prefix(address.octets(), 128)),
        Err(_) => GeneralSubtree::DnsName(name.to_owned()),
    }
}

fn name(common: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::OrganizationName, "Driveway");
    name.push(DnType::CommonName, common);
    name
}

fn day(now: Timestamp, days: i64) -> anyhow::Result<OffsetDateTime> {
    Ok(OffsetDateTime::from_unix_timestamp(now.as_second().saturating_add(days * 24 * 3600))?)
}
