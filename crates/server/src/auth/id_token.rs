//! Id tokens: who signed in, told to the application and signed so that any library can check it (RS256, JWKS).
//!
//! Access tokens are for this server alone and have a key of their own; see `auth::token`.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use data_encoding::BASE64URL_NOPAD;
use driveway_core::Result;
use driveway_core::error::Error;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::keys;

/// Signs id tokens. The key is made when it is first needed, which takes a moment: call from where blocking is allowed.
pub struct IdTokens {
    directory: PathBuf,
    key: Mutex<Option<Arc<IdKey>>>,
}

struct IdKey {
    pair: RsaKeyPair,
    id: String,
    jwk: Value,
}

impl std::fmt::Debug for IdTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IdTokens(…)")
    }
}

impl IdTokens {
    /// The id tokens of the server with this directory of keys.
    pub fn new(directory: &Path) -> Self {
        Self { directory: directory.to_owned(), key: Mutex::default() }
    }

    /// The public key, as a JSON Web Key Set.
    pub fn key_set(&self) -> Result<Value> {
        Ok(json!({ "keys": [self.key()?.jwk] }))
    }

    /// The signed token of these claims.
    pub fn sign(&self, claims: &Value) -> Result<String> {
        let key = self.key()?;
        let header = json!({ "typ": "JWT", "alg": "RS256", "kid": key.id });
        let encode = |part: &Value| BASE64URL_NOPAD.encode(part.to_string().as_bytes());
        let signed = format!("{}.{}", encode(&header), encode(claims));
        let mut signature = vec![0; key.pair.public_modulus_len()];
        key.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
            .map_err(|_| Error::internal("an id token can't be signed"))?;
        Ok(format!("{signed}.{}", BASE64URL_NOPAD.encode(&signature)))
    }

    fn key(&self) -> Result<Arc<IdKey>> {
        let mut kept = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = &*kept {
            return Ok(Arc::clone(key));
        }
        let key = Arc::new(read(&self.directory).map_err(|error| Error::internal(format!("{error:#}")))?);
        *kept = Some(Arc::clone(&key));
        Ok(key)
    }
}

fn read(directory: &Path) -> anyhow::Result<IdKey> {
    let pkcs8 = keys::read_or_make(&directory.join("id-token-1.key"), || {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| anyhow::anyhow!("can't make a signing key"))?;
        let der = AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&pair);
        Ok(der.map_err(|_| anyhow::anyhow!("can't print a signing key"))?.as_ref().to_vec())
    })?;
    let pair = RsaKeyPair::from_pkcs8(&pkcs8).map_err(|_| anyhow::anyhow!("id-token-1.key holds no key"))?;
    let number = |bytes: &[u8]| BASE64URL_NOPAD.encode(bytes);
    let modulus = number(pair.public_key().modulus().big_endian_without_leading_zero());
    let exponent = number(pair.public_key().exponent().big_endian_without_leading_zero());
    // RFC 7638: the hash of the required members in the order of their names.
    let thumbprint = Sha256::digest(format!(r#"{{"e":"{exponent}","kty":"RSA","n":"{modulus}"}}"#));
    let id = BASE64URL_NOPAD.encode(&thumbprint);
    let jwk = json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": id, "n": modulus, "e": exponent });
    Ok(IdKey { pair, id, jwk })
}
