//! Where somebody goes on after signing in: a place of this server and no other.

/// The longest place that is kept through a sign-in.
const LONGEST: usize = 8 * 1024;

/// A path of this server with its query, which no browser takes for another server's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnPath(String);

impl OwnPath {
    /// Reads a path. What begins with two slashes, or with what browsers take for one, is another server's address.
    pub fn parse(text: &str) -> Option<Self> {
        let is_path = text.len() <= LONGEST
            && text.starts_with('/')
            && !text.starts_with("//")
            && text.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'\\' | b'"' | b'<' | b'>' | b'#'));
        is_path.then(|| Self(text.to_owned()))
    }

    /// The front page.
    pub fn home() -> Self {
        Self("/".to_owned())
    }

    /// The path and query.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_our_own_are_gone_on_to() {
        for good in ["/", "/s/token/", "/common/oauth2/v2.0/authorize?a=b%20c&d=https://x.example/"] {
            assert!(OwnPath::parse(good).is_some(), "{good}");
        }
        for bad in
            ["", "//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", "/a\r\nb", "s/x"]
        {
            assert_eq!(OwnPath::parse(bad), None, "{bad}");
        }
    }
}
