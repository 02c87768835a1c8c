//! The URL of a receiver, as far as its text tells whether it may be called.

use std::net::IpAddr;

use driveway_core::subscription::LONGEST_URL;
use url::{Host, Url};

/// A URL that may be called if its host's addresses may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookUrl {
    text: String,
    url: Url,
}

/// Why a URL is none that is called. The texts end a sentence that begins with the member's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OddUrl {
    /// Over [`LONGEST_URL`].
    #[error("is too long")]
    TooLong,
    /// No URL, or one of another scheme.
    #[error("has to be an https URL")]
    NoUrl,
    /// A name or a password stands in it.
    #[error("can't have a user or a password in it")]
    UserInfo,
    /// A `#` and what follows, which no request carries.
    #[error("can't have a fragment")]
    Fragment,
}

impl HookUrl {
    /// Reads a URL. Every spelling of an address ends up as the address.
    pub fn parse(text: &str) -> Result<Self, OddUrl> {
        if text.len() > LONGEST_URL {
            return Err(OddUrl::TooLong);
        }
        // The parser would drop these without a word.
        if text.contains(|c: char| c.is_control() || c.is_whitespace() || c == '\\') {
            return Err(OddUrl::NoUrl);
        }
        let url = Url::parse(text).map_err(|_| OddUrl::NoUrl)?;
        if !matches!(url.scheme(), "https" | "http") || url.host_str().is_none_or(str::is_empty) {
            return Err(OddUrl::NoUrl);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(OddUrl::UserInfo);
        }
        if url.fragment().is_some() {
            return Err(OddUrl::Fragment);
        }
        Ok(Self { text: text.to_owned(), url })
    }

    /// The URL as it was given.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether what is sent there is encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The address, where the host is one and no name.
    pub fn address(&self) -> Option<IpAddr> {
        match self.url.host()? {
            Host::Ipv4(address) => Some(address.into()),
            Host::Ipv6(address) => Some(address.into()),
            Host::Domain(_) => None,
        }
    }

    /// The host, by which calls are counted.
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// The URL.
    pub fn as_url(&self) -> &Url {
        &self.url
    }

    /// The URL with a question added to its query.
    #[must_use]
    pub fn asking(&self, name: &str, value: &str) -> Url {
        let mut url = self.url.clone();
        url.query_pairs_mut().append_pair(name, value);
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_an_address_is_the_address() {
        for (spelling, address) in [
            ("https://127.0.0.1/", "127.0.0.1"),
            ("https://127.1/", "127.0.0.1"),
            ("https://2130706433/", "127.0.0.1"),
            ("https://0x7f000001/", "127.0.0.1"),
            ("https://0x7f.0.0.1/", "127.0.0.1"),
            ("https://0177.0.0.1/", "127.0.0.1"),
            ("https://%31%32%37.0.0.1/", "127.0.0.1"),
            ("https://１２７.0.0.1/", "127.0.0.1"),
            ("https://127。0。0。1/", "127.0.0.1"),
            ("https://0/", "0.0.0.0"),
            ("https://[::1]/", "::1"),
            ("https://[0:0:0:0:0:0:0:1]:8443/x?y=z", "::1"),
            ("https://[::ffff:127.0.0.1]/", "::ffff:127.0.0.1"),
            ("https://[::ffff:7f00:1]/", "::ffff:127.0.0.1"),
        ] {
            assert_eq!(HookUrl::parse(spelling).unwrap().address(), Some(address.parse().unwrap()), "{spelling}");
        }
        assert_eq!(HookUrl::parse("https://hooks.example.com:8443/a").unwrap().address(), None);
    }

    #[test]
    fn what_could_be_misread_is_refused() {
        for (text, why) in [
            ("", OddUrl::NoUrl),
            ("hooks.example.com", OddUrl::NoUrl),
            ("/hooks", OddUrl::NoUrl),
            ("ftp://hooks.example.com/", OddUrl::NoUrl),
            ("file:///etc/passwd", OddUrl::NoUrl),
            ("https://", OddUrl::NoUrl),
            ("https://a b/", OddUrl::NoUrl),
            ("https://hooks.exa\nmple.com/", OddUrl::NoUrl),
            (" https://hooks.example.com/", OddUrl::NoUrl),
            ("https://hooks.example.com\\@10.0.0.1/", OddUrl::NoUrl),
            ("https://256.256.256.256/", OddUrl::NoUrl),
            ("https://me@hooks.example.com/", OddUrl::UserInfo),
            ("https://me:secret@hooks.example.com/", OddUrl::UserInfo),
            ("https://:secret@hooks.example.com/", OddUrl::UserInfo),
            ("https://hooks.example.com/#x", OddUrl::Fragment),
        ] {
            assert_eq!(HookUrl::parse(text), Err(why), "{text}");
        }
        assert_eq!(HookUrl::parse(&format!("https://a/{}", "x".repeat(LONGEST_URL))), Err(OddUrl::TooLong));
    }

    #[test]
    fn a_question_joins_the_query() {
        let url = HookUrl::parse("https://a.example/x?y=z").unwrap().asking("validationToken", "Validation: a+b");
        assert_eq!(url.as_str(), "https://a.example/x?y=z&validationToken=Validation%3A+a%2Bb");
    }
}
