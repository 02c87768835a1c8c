//! The key of `/shares/{key}`: a share id of ours, or a sharing URL in base64 (SHARE-01, AMB-36).

use std::{fmt, str::FromStr};

use data_encoding::BASE64URL_NOPAD;

/// The longest key that is read, in bytes. URLs of links are far shorter; a longer key is a mistake or a probe.
pub const MAX_SHARE_KEY_LEN: usize = 8 * 1024;

const ID: &str = "s!";
const ENCODED_URL: &str = "u!";

/// Why a text can't be the key of a share. Graph answers 400 `invalidRequest`, "Invalid shares key." (SHARE-10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ShareKeyError {
    /// The key starts with neither `s!` nor `u!`.
    #[error("a shares key starts with s! or u!")]
    UnknownKind,
    /// Nothing useful follows the prefix: no text, or something else than visible ASCII.
    #[error("the share id is malformed")]
    InvalidId,
    /// What follows `u!` isn't base64 of a UTF-8 text without control characters.
    #[error("the encoded sharing URL is malformed")]
    InvalidUrl,
    /// The key is longer than [`MAX_SHARE_KEY_LEN`].
    #[error("the shares key is too long")]
    TooLong,
}

/// What stands after `/shares/`. Whether it names something that is shared is not known here.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ShareKey {
    /// `s!…`: one of our share ids, without the prefix.
    Id(String),
    /// `u!…`: a sharing URL, decoded. It may be anybody's: who resolves it matches the host.
    EncodedUrl(String),
}

impl ShareKey {
    /// Reads a key, percent-decoded. Base64 may be padded or not and of either alphabet (AMB-36).
    pub fn parse(key: &str) -> Result<Self, ShareKeyError> {
        if key.len() > MAX_SHARE_KEY_LEN {
            return Err(ShareKeyError::TooLong);
        }
        if let Some(id) = key.strip_prefix(ID) {
            return share_id(id);
        }
        let encoded = key.strip_prefix(ENCODED_URL).ok_or(ShareKeyError::UnknownKind)?;
        decode_url(encoded).map(Self::EncodedUrl).ok_or(ShareKeyError::InvalidUrl)
    }
}

/// The key of a sharing URL: `u!` and unpadded base64 in the URL alphabet (SHARE-01).
pub fn encode_url(url: &str) -> String {
    format!("{ENCODED_URL}{}", BASE64URL_NOPAD.encode(url.as_bytes()))
}

fn share_id(id: &str) -> Result<ShareKey, ShareKeyError> {
    let visible = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_graphic());
    if visible { Ok(ShareKey::Id(id.to_owned())) } else { Err(ShareKeyError::InvalidId) }
}

fn decode_url(encoded: &str) -> Option<String> {
    let url_alphabet = encoded.trim_end_matches('=').replace('+', "-").replace('/', "_");
    let url = String::from_utf8(BASE64URL_NOPAD.decode(url_alphabet.as_bytes()).ok()?).ok()?;
    (!url.is_empty() && !url.contains(char::is_control)).then_some(url)
}

impl FromStr for ShareKey {
    type Err = ShareKeyError;

    fn from_str(key: &str) -> Result<Self, Self::Err> {
        Self::parse(key)
    }
}

/// Writes the key as it stands in a URL; [`ShareKey::parse`] reads it back.
impl fmt::Display for ShareKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => write!(f, "{ID}{id}"),
            Self::EncodedUrl(url) => f.write_str(&encode_url(url)),
        }
    }
}

#[cfg(test)]
mod tests {
    use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL};
    use proptest::prelude::*;

    use super::*;

    const URL: &str = "https://drive.example/s/q?>~ü";

    #[test]
    fn share_01_urls_are_encoded_without_padding_in_the_url_alphabet() {
        assert_eq!(encode_url("https://a.example/x"), "u!aHR0cHM6Ly9hLmV4YW1wbGUveA");
        assert!(!encode_url(URL).contains(['+', '/', '=']));
    }

    #[test]
    fn amb_36_either_alphabet_padded_or_not() {
        for encoding in [BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD] {
            let key = format!("u!{}", encoding.encode(URL.as_bytes()));
            assert_eq!(ShareKey::parse(&key), Ok(ShareKey::EncodedUrl(URL.to_owned())), "{key}");
        }
    }

    #[test]
    fn share_ids_lose_their_prefix() {
        assert_eq!(ShareKey::parse("s!AbC-1_2"), Ok(ShareKey::Id("AbC-1_2".to_owned())));
    }

    #[test]
    fn share_10_broken_keys_are_refused() {
        for (key, error) in [
            ("", ShareKeyError::UnknownKind),
            ("abc", ShareKeyError::UnknownKind),
            ("U!aHR0", ShareKeyError::UnknownKind),
            ("s!", ShareKeyError::InvalidId),
            ("s!a b", ShareKeyError::InvalidId),
            ("u!", ShareKeyError::InvalidUrl),
            ("u!====", ShareKeyError::InvalidUrl),
            ("u!a", ShareKeyError::InvalidUrl),
            ("u!a*b", ShareKeyError::InvalidUrl),
            ("u!_w", ShareKeyError::InvalidUrl),
            ("u!AAAA", ShareKeyError::InvalidUrl),
        ] {
            assert_eq!(ShareKey::parse(key), Err(error), "{key}");
        }
        let long = format!("s!{}", "a".repeat(MAX_SHARE_KEY_LEN));
        assert_eq!(ShareKey::parse(&long), Err(ShareKeyError::TooLong));
    }

    proptest! {
        #[test]
        fn never_panics(key in any::<String>()) {
            let _ = ShareKey::parse(&key);
            let _ = ShareKey::parse(&format!("u!{key}"));
        }

        #[test]
        fn printed_keys_read_back(url in "\\PC{1,80}", id in "[!-~]{1,40}") {
            for key in [ShareKey::EncodedUrl(url), ShareKey::Id(id)] {
                prop_assert_eq!(ShareKey::parse(&key.to_string()), Ok(key));
            }
        }
    }
}
