//! The proof that whoever redeems a code is who asked for it (RFC 7636), by SHA-256 alone.

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// A `code_challenge` of the method `S256`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge(String);

impl Challenge {
    /// Reads a challenge: base64url of a SHA-256, without padding.
    pub fn parse(text: &str) -> Option<Self> {
        let is_hash = BASE64URL_NOPAD.decode(text.as_bytes()).is_ok_and(|bytes| bytes.len() == 32);
        is_hash.then(|| Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the verifier that was hashed: 43 to 128 unreserved characters. The comparison takes the same time for
    /// every wrong one.
    pub fn is_met_by(&self, verifier: &str) -> bool {
        let is_well_formed = (43..=128).contains(&verifier.len())
            && verifier.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~'));
        let hashed = BASE64URL_NOPAD.encode(&Sha256::digest(verifier.as_bytes()));
        is_well_formed && bool::from(hashed.as_bytes().ct_eq(self.0.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_standard_holds() {
        let challenge = Challenge::parse("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM").unwrap();
        assert!(challenge.is_met_by("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
        assert!(!challenge.is_met_by("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXK"));
        assert!(!challenge.is_met_by(""));
    }

    #[test]
    fn verifiers_have_a_length_and_an_alphabet() {
        let of = |verifier: &str| {
            Challenge::parse(&BASE64URL_NOPAD.encode(&Sha256::digest(verifier.as_bytes()))).unwrap().is_met_by(verifier)
        };
        assert!(of(&"~._-".repeat(11)) && of(&"a".repeat(128)));
        assert!(!of(&"a".repeat(42)) && !of(&"a".repeat(129)) && !of(&format!("{}+", "a".repeat(50))));
        assert_eq!(Challenge::parse("short"), None);
    }
}
