//! Where a code may be sent: registered addresses, and the machine that the application runs on.

/// The address that native applications use when they can't listen: the person copies it from the browser.
pub const NATIVE_CLIENT: &str = "https://login.microsoftonline.com/common/oauth2/nativeclient";

/// The longest address that is taken.
const LONGEST: usize = 2048;

/// The schemes that would run or read something in the browser instead of leading to an application.
const FORBIDDEN: [&str; 6] = ["javascript", "data", "file", "blob", "about", "vbscript"];

/// An address that a code or an error may be sent to, in its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RedirectUri<'a> {
    text: &'a str,
    scheme: &'a str,
    host: &'a str,
    port: &'a str,
    rest: &'a str,
}

impl<'a> RedirectUri<'a> {
    /// Reads an absolute address without a fragment (RFC 6749, 3.1.2). Characters that a URL has to escape are refused, so
    /// that it can stand in a header.
    pub fn parse(text: &'a str) -> Option<Self> {
        let is_plain = text.len() <= LONGEST
            && text.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'<' | b'>' | b'\\' | b'#'));
        let (scheme, after) = text.split_once("://")?;
        let is_scheme = scheme.starts_with(|c: char| c.is_ascii_lowercase())
            && scheme.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.'));
        if !is_plain || !is_scheme || FORBIDDEN.contains(&scheme) {
            return None;
        }
        let end = after.find(['/', '?']).unwrap_or(after.len());
        let (authority, rest) = after.split_at(end);
        if authority.is_empty() || authority.contains('@') {
            return None;
        }
        let colon = authority.rfind(':').filter(|at| !authority.get(*at..).unwrap_or_default().contains(']'));
        let (host, port) = colon.map_or((authority, ""), |at| authority.split_at(at));
        let is_port = port.is_empty() || (port.len() <= 6 && port.bytes().skip(1).all(|b| b.is_ascii_digit()));
        (is_port && !host.is_empty()).then_some(Self { text, scheme, host, port, rest })
    }

    /// The address as it was sent.
    pub fn as_str(&self) -> &'a str {
        self.text
    }

    /// The scheme and authority, as a content security policy names a source.
    pub fn source(&self) -> String {
        match self.scheme {
            "http" | "https" => format!("{}://{}{}", self.scheme, self.host, self.port),
            scheme => format!("{scheme}:"),
        }
    }

    /// Whether it leads to the machine that the browser runs on.
    pub fn is_loopback(&self) -> bool {
        self.scheme == "http" && matches!(self.host, "localhost" | "127.0.0.1" | "[::1]")
    }

    /// Whether it may be used where `registered` is: it is the same to the letter, or it differs in the port of a loopback
    /// address, which the application takes from what is free (RFC 8252, 7.3).
    pub fn is(&self, registered: &str) -> bool {
        self.text == registered || RedirectUri::parse(registered).is_some_and(|known| self.differs_in_port_from(&known))
    }

    fn differs_in_port_from(&self, known: &RedirectUri<'_>) -> bool {
        let path = |rest: &str| if rest.is_empty() { "/".to_owned() } else { rest.to_owned() };
        self.is_loopback() && known.is_loopback() && self.host == known.host && path(self.rest) == path(known.rest)
    }

    /// Whether an application with these addresses may use this one. A public one, which runs on the person's machine, may
    /// also use any address of that machine and the one from which a code is copied.
    pub fn is_allowed(&self, registered: &[String], is_public: bool) -> bool {
        registered.iter().any(|known| self.is(known))
            || (is_public && (self.is_loopback() || self.text == NATIVE_CLIENT))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(given: &str, registered: &[&str], is_public: bool) -> bool {
        let registered: Vec<String> = registered.iter().map(|known| (*known).to_owned()).collect();
        RedirectUri::parse(given).is_some_and(|uri| uri.is_allowed(&registered, is_public))
    }

    #[test]
    fn only_what_is_registered_is_led_to() {
        let registered = ["https://app.example/back", "http://localhost:53682/", "msauth.example://auth"];
        for good in [
            "https://app.example/back",
            "http://localhost:53682/",
            "http://localhost:1/",
            "http://localhost",
            "msauth.example://auth",
        ] {
            assert!(allowed(good, &registered, false), "{good}");
        }
        for bad in [
            "https://app.example/back/",
            "https://app.example/back?x=1",
            "https://app.example.evil.example/back",
            "https://app.example@evil.example/back",
            "http://app.example/back",
            "http://localhost:1/other",
            "http://127.0.0.1:53682/",
            "https://localhost:53682/",
            NATIVE_CLIENT,
        ] {
            assert!(!allowed(bad, &registered, false), "{bad}");
        }
    }

    #[test]
    fn a_public_application_may_listen_on_its_machine() {
        for good in ["http://localhost:5/x", "http://127.0.0.1:5", "http://[::1]:5/", NATIVE_CLIENT] {
            assert!(allowed(good, &[], true), "{good}");
        }
        for bad in [
            "http://localhost.evil.example/",
            "http://localhost:5@evil.example/",
            "http://evil.example/?http://localhost/",
            "https://login.microsoftonline.com/common/oauth2/nativeclient2",
            "javascript://localhost/%0aalert(1)",
            "http://localhost:123456789/",
            "http://localhost/#x",
            "http://localhost/\r\nSet-Cookie: a=b",
            "http:///x",
            "",
        ] {
            assert!(!allowed(bad, &[], true), "{bad}");
        }
    }
}
