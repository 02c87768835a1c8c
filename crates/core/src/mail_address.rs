//! Mail addresses and their domains, in the one form in which they are compared.
//!
//! IDNA has many spellings for one domain: fullwidth letters, invisible characters, `bücher.example` and
//! `xn--bcher-kva.example`. All of them reach the same mailbox, so all of them have to be one for lists of domains too.

/// The ASCII form of a domain, or `None` if it has none, as an address literal such as `[127.0.0.1]` hasn't.
///
/// It has at least two labels and the last of them is no number.
pub fn domain_to_ascii(domain: &str) -> Option<String> {
    let ascii = idna::domain_to_ascii_strict(domain).ok()?;
    let (_, last) = ascii.rsplit_once('.')?;
    (!last.bytes().all(|byte| byte.is_ascii_digit())).then_some(ascii)
}

/// What two spellings of one address have in common: without regard to case, the domain in its ASCII form. A text that isn't
/// an address is itself, in lower case.
pub fn key(address: &str) -> String {
    let whole = || address.to_lowercase();
    let Some((local, domain)) = address.rsplit_once('@') else { return whole() };
    domain_to_ascii(domain).map_or_else(whole, |domain| format!("{}@{domain}", local.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_spelling_of_a_domain_is_one() {
        for domain in [
            "evil.example",
            "EVIL.example",
            "ｅvil.example",
            "evil.exam\u{200b}ple",
            "evil。example",
            "ev\u{ad}il.example",
        ] {
            assert_eq!(domain_to_ascii(domain).as_deref(), Some("evil.example"), "{domain}");
        }
        assert_eq!(domain_to_ascii("bücher.example"), domain_to_ascii("xn--bcher-kva.example"));
        assert_eq!(key("Ann@Bücher.example"), "ann@xn--bcher-kva.example");
        assert_eq!(key("No Address"), "no address");
    }

    #[test]
    fn what_is_no_domain_has_no_form() {
        let long = format!("{}.example", "a".repeat(64));
        for domain in [
            "",
            "example",
            ".example",
            "example.",
            "a..example",
            "[127.0.0.1]",
            "127.0.0.1",
            "*.example",
            "a_b.example",
            "-a.example",
            "xn--zz-.example",
            "a b.example",
            "\u{200b}.example",
            &long,
        ] {
            assert_eq!(domain_to_ascii(domain), None, "{domain}");
        }
    }

    proptest! {
        #[test]
        fn the_form_of_a_form_is_itself(domain in "\\PC{0,12}\\.\\PC{0,8}") {
            if let Some(ascii) = domain_to_ascii(&domain) {
                prop_assert!(ascii.is_ascii());
                prop_assert_eq!(domain_to_ascii(&ascii), Some(ascii.clone()));
            }
        }
    }
}
