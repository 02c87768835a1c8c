//! The keys of a server, kept in the data directory and readable by its owner only.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;

use anyhow::{Context, bail};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use data_encoding::HEXLOWER_PERMISSIVE;
use driveway_core::seal::{Seal, SealKey};
use jsonwebtoken::{DecodingKey, EncodingKey};
use secrecy::SecretBox;

use crate::entropy::Entropy;

/// The key that signs bearer tokens (ES256) and what verifies them.
pub struct TokenKey {
    pub(super) sign: EncodingKey,
    pub(super) verify: DecodingKey,
}

impl std::fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenKey(…)")
    }
}

/// Reads the seal of links, downloads and visits. Its key is made on the first start and never again: without it every
/// link that was given out is dead.
pub fn seal(directory: &Path, entropy: &Entropy, is_new: bool) -> anyhow::Result<Seal> {
    let path = directory.join("seal-1.key");
    if !is_new && !path.exists() {
        bail!(
            "{} is missing, without which no link of this database opens; bring it back from a backup",
            path.display()
        );
    }
    let bytes = read_or_make(&path, || Ok(entropy.bytes::<32>().to_vec()))?;
    let Ok(key) = <[u8; 32]>::try_from(bytes) else { bail!("seal-1.key has to hold 32 bytes") };
    if key == [0; 32] {
        bail!("seal-1.key is empty");
    }
    Ok(Seal::new(SealKey::new(1, SecretBox::new(Box::new(key))), Vec::new()))
}

/// Reads the key that signs tokens, making it on the first start.
pub fn token_key(directory: &Path) -> anyhow::Result<TokenKey> {
    let pkcs8 = read_or_make(&directory.join("token-1.key"), || {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).context("can't make a signing key")?;
        Ok(pair.to_pkcs8v1().context("can't print a signing key")?.as_ref().to_vec())
    })?;
    let pair =
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8).ok().context("token-1.key holds no key")?;
    Ok(TokenKey {
        sign: EncodingKey::from_ec_der(&pkcs8),
        verify: DecodingKey::from_ec_der(pair.public_key().as_ref()),
    })
}

/// Reads a secret, or makes it where nothing was.
pub(super) fn read_or_make(path: &Path, make: impl FnOnce() -> anyhow::Result<Vec<u8>>) -> anyhow::Result<Vec<u8>> {
    match fs::read_to_string(path) {
        Ok(text) => HEXLOWER_PERMISSIVE
            .decode(text.trim().as_bytes())
            .with_context(|| format!("{} isn't a key", path.display())),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let bytes = make()?;
            write_new(path, &HEXLOWER_PERMISSIVE.encode(&bytes), 0o600)
                .with_context(|| format!("can't write {}", path.display()))?;
            Ok(bytes)
        }
        Err(error) => Err(error).with_context(|| format!("can't read {}", path.display())),
    }
}

/// Writes a file where nothing was, so that a crash leaves either none or a whole one: losing a key kills links. The mode
/// says who may read it, where there are modes.
#[cfg_attr(not(unix), expect(unused_variables, reason = "there are no modes"))]
pub(crate) fn write_new(path: &Path, text: &str, mode: u32) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    let unfinished = path.with_extension("new");
    let mut file = options.open(&unfinished)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    path.parent().map_or(Ok(()), |directory| fs::File::open(directory)?.sync_all())
}
