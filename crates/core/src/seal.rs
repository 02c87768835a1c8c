//! Capabilities that need no database to be refused: a payload and a MAC under a key of the server.
//!
//! Link tokens, visitors' cookies and pre-authenticated download URLs are all sealed here, each under a key derived
//! for its own purpose, so that one can't be passed off as another. What is in the database can't be used as any
//! of them (design, rule 3).

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretBox};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::id::PermissionId;

/// Bytes of MAC that a sealed text carries: 152 bits, far beyond guessing (P37), and a link token of 48 characters.
const MAC_BYTES: usize = 19;

/// The longest sealed text that is worth decoding.
const LONGEST_TEXT: usize = 2048;

/// What a sealed text is for. The purpose is part of the key, so a text opens for its own purpose only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The token in a link's URL.
    Link,
    /// A short-lived URL that delivers content without a credential.
    Download,
    /// A visitor's proof of having given a link's password.
    Visit,
    /// A page's place in a listing.
    Page,
    /// The URL that tells how far a copy is.
    Operation,
    /// The URL that takes the fragments of an upload session.
    Upload,
    /// The secrets of a demo's accounts, which are the same on each start.
    Demo,
    /// The events of a link's audit trail.
    Trail,
    /// The proof that a form was sent from a page of ours.
    Form,
    /// A place in the changes of a drive.
    Delta,
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Self::Link => b"driveway/link",
            Self::Download => b"driveway/download",
            Self::Visit => b"driveway/visit",
            Self::Page => b"driveway/page",
            Self::Operation => b"driveway/operation",
            Self::Upload => b"driveway/upload",
            Self::Demo => b"driveway/demo",
            Self::Trail => b"driveway/trail",
            Self::Form => b"driveway/form",
            Self::Delta => b"driveway/delta",
        }
    }
}

/// A server key and the number it goes by.
pub struct SealKey {
    number: u8,
    key: SecretBox<[u8; 32]>,
}

impl SealKey {
    /// A key of 32 random bytes.
    pub fn new(number: u8, key: SecretBox<[u8; 32]>) -> Self {
        Self { number, key }
    }

    fn mac(&self, purpose: Purpose, payload: &[u8]) -> [u8; MAC_BYTES] {
        let derived = hmac(self.key.expose_secret(), &[purpose.label()]);
        let full = hmac(&derived, &[&[self.number], payload]);
        let mut mac = [0; MAC_BYTES];
        mac.iter_mut().zip(full).for_each(|(to, from)| *to = from);
        mac
    }
}

fn hmac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC pads a key to its block of 64 bytes with zeros; doing so here leaves no length that could be wrong.
    let mut block = [0; 64];
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// The keys of a server: the first one seals, all of them open, so that a key can be replaced without killing links.
pub struct Seal {
    current: SealKey,
    former: Vec<SealKey>,
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal(…)")
    }
}

impl Seal {
    /// Seals under `current` and opens what `current` or any of `former` sealed.
    pub fn new(current: SealKey, former: Vec<SealKey>) -> Self {
        Self { current, former }
    }

    /// The sealed text of a payload.
    pub fn seal(&self, purpose: Purpose, payload: &[u8]) -> String {
        let mut bytes = Vec::with_capacity(1 + payload.len() + MAC_BYTES);
        bytes.push(self.current.number);
        bytes.extend_from_slice(payload);
        bytes.extend_from_slice(&self.current.mac(purpose, payload));
        BASE64URL_NOPAD.encode(&bytes)
    }

    /// The payload of a sealed text, or `None` for everything else: another purpose, an unknown key, a changed bit,
    /// a text that isn't one. There is no other way in (P1).
    pub fn open(&self, purpose: Purpose, text: &str) -> Option<Vec<u8>> {
        if text.len() > LONGEST_TEXT {
            return None;
        }
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        let (number, rest) = bytes.split_first()?;
        let (payload, mac) = rest.split_at_checked(rest.len().checked_sub(MAC_BYTES)?)?;
        let key = std::iter::once(&self.current).chain(&self.former).find(|key| key.number == *number)?;
        let is_genuine: bool = key.mac(purpose, payload).ct_eq(mac).into();
        is_genuine.then(|| payload.to_vec())
    }

    /// The mark of a payload that is kept somewhere else: a key's number and a MAC, without the payload.
    pub fn mark(&self, purpose: Purpose, payload: &[u8]) -> String {
        let mut bytes = Vec::with_capacity(1 + MAC_BYTES);
        bytes.push(self.current.number);
        bytes.extend_from_slice(&self.current.mac(purpose, payload));
        BASE64URL_NOPAD.encode(&bytes)
    }

    /// Whether a text is the mark of a payload, under the current key or a former one.
    pub fn is_mark(&self, purpose: Purpose, payload: &[u8], text: &str) -> bool {
        if text.len() > LONGEST_TEXT {
            return false;
        }
        let Ok(bytes) = BASE64URL_NOPAD.decode(text.as_bytes()) else { return false };
        let Some((number, mac)) = bytes.split_first() else { return false };
        let key = std::iter::once(&self.current).chain(&self.former).find(|key| key.number == *number);
        key.is_some_and(|key| key.mac(purpose, payload).ct_eq(mac).into())
    }

    /// The token of a link: its id, sealed. The same each time, so that the owner can be shown the same URL again.
    pub fn link_token(&self, link: PermissionId) -> String {
        self.seal(Purpose::Link, link.as_uuid().as_bytes())
    }

    /// The link that a token stands for. A forged one is `None` before any query.
    pub fn open_link_token(&self, token: &str) -> Option<PermissionId> {
        let payload = self.open(Purpose::Link, token)?;
        Uuid::from_slice(&payload).ok().map(PermissionId::from_uuid)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(number: u8, fill: u8) -> SealKey {
        SealKey::new(number, SecretBox::new(Box::new([fill; 32])))
    }

    fn seal() -> Seal {
        Seal::new(key(1, 7), Vec::new())
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens(payload in proptest::collection::vec(any::<u8>(), 0..200)) {
            let text = seal().seal(Purpose::Download, &payload);
            prop_assert_eq!(seal().open(Purpose::Download, &text), Some(payload));
            prop_assert_eq!(seal().open(Purpose::Visit, &text), None);
        }

        #[test]
        fn a_mark_is_one_payload_s_for_one_purpose(payload: Vec<u8>, other: Vec<u8>) {
            let mark = seal().mark(Purpose::Trail, &payload);
            prop_assert!(seal().is_mark(Purpose::Trail, &payload, &mark));
            prop_assert!(!seal().is_mark(Purpose::Page, &payload, &mark));
            prop_assert_eq!(seal().is_mark(Purpose::Trail, &other, &mark), payload == other);
            prop_assert!(!seal().is_mark(Purpose::Trail, &payload, mark.get(..20).unwrap()), "a short one is none");
        }

        #[test]
        fn p1_a_changed_character_refuses(id: u128, at in 0_usize..48, to in "[A-Za-z0-9_-]") {
            let link = PermissionId::from_uuid(Uuid::from_u128(id));
            let token = seal().link_token(link);
            prop_assert_eq!(token.len(), 48);
            let mut forged = token.clone();
            forged.replace_range(at..=at, &to);
            prop_assert_eq!(seal().open_link_token(&forged), (forged == token).then_some(link));
        }

        #[test]
        fn p1_arbitrary_text_never_opens(text: String) {
            prop_assert_eq!(seal().open(Purpose::Link, &text), None);
        }
    }

    #[test]
    fn p1_other_and_unknown_keys_refuse() {
        let link = PermissionId::from_uuid(Uuid::from_u128(9));
        let token = seal().link_token(link);
        assert_eq!(Seal::new(key(1, 8), Vec::new()).open_link_token(&token), None, "same number, other key");
        assert_eq!(Seal::new(key(2, 7), Vec::new()).open_link_token(&token), None, "unknown number");
        assert_eq!(
            Seal::new(key(2, 8), vec![key(1, 7)]).open_link_token(&token),
            Some(link),
            "a former key still opens"
        );
    }

    #[test]
    fn keys_are_not_printed() {
        assert_eq!(format!("{:?}", seal()), "Seal(…)");
    }
}
