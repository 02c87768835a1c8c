//! The text of a URL: strict percent-decoding, and a query string as names and values.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::ODataError;

/// Percent-decodes `raw`, strictly: every `%` starts a pair of hexadecimal digits and the bytes are UTF-8.
///
/// A plus stays a plus, as it must in a path. Gives `None` for what can't be decoded.
pub(crate) fn decode(raw: &str) -> Option<Cow<'_, str>> {
    let well_formed = raw
        .split('%')
        .skip(1)
        .all(|after| after.as_bytes().get(..2).is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit)));
    if well_formed { percent_decode_str(raw).decode_utf8().ok() } else { None }
}

/// The options of a query string in their order, decoded.
///
/// A plus in a query means a space, because form encoders (Go's `QueryEscape`, which rclone uses for its aliases) write it so.
pub(crate) fn pairs(query: &str) -> Result<Vec<(String, String)>, ODataError> {
    query
        .split('&')
        .filter(|option| !option.is_empty())
        .map(|option| {
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            Ok((decode_form(name)?, decode_form(value)?))
        })
        .collect()
}

fn decode_form(raw: &str) -> Result<String, ODataError> {
    let spaced = raw.replace('+', " ");
    decode(&spaced).map(Cow::into_owned).ok_or(ODataError::InvalidEncoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoding_is_strict() {
        assert_eq!(decode("a%2Fb+c").as_deref(), Some("a/b+c"));
        assert_eq!(decode("%E2%82%ac").as_deref(), Some("€"));
        for broken in ["%", "%2", "%zz", "a%2", "%ff", "%+1"] {
            assert_eq!(decode(broken), None, "{broken}");
        }
    }

    #[test]
    fn pairs_keep_order_and_split_at_the_first_equals_sign() {
        let read = pairs("&b=1=2&%24top=5&flag&a=x+y%2B").unwrap();
        let read: Vec<_> = read.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(read, [("b", "1=2"), ("$top", "5"), ("flag", ""), ("a", "x y+")]);
    }
}
