//! Which language a page is written in.

/// A language that the pages are translated into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Language {
    /// International English, and the answer when nothing better is asked for.
    #[default]
    English,
    /// German.
    German,
    /// French.
    French,
    /// Spanish.
    Spanish,
}

impl Language {
    /// Every language, in the order of the tables.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 4] = [Self::English, Self::German, Self::French, Self::Spanish];

    /// Chooses the language that an `Accept-Language` header prefers among those we have.
    ///
    /// Regions are ignored (`de-AT` is German), equal weights keep the order of the header, and what can't be read is
    /// skipped: a strange header must never cost somebody the page.
    pub(crate) fn from_accept_language(header: &str) -> Self {
        let mut best: Option<(Self, u16)> = None;
        for range in header.split(',') {
            let Some((language, weight)) = parse_range(range) else {
                continue;
            };
            if weight > best.map_or(0, |(_, heaviest)| heaviest) {
                best = Some((language, weight));
            }
        }
        best.map(|(language, _)| language).unwrap_or_default()
    }

    /// The language tag for the `lang` attribute and the `Content-Language` header.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
            Self::Spanish => "es",
        }
    }

    /// The language of a tag like `fr` or `fr-CA`; `*` is whatever we speak first.
    fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or_default().trim();
        match primary.to_ascii_lowercase().as_str() {
            "en" | "*" => Some(Self::English),
            "de" => Some(Self::German),
            "fr" => Some(Self::French),
            "es" => Some(Self::Spanish),
            _ => None,
        }
    }
}

/// Reads one range, `tag` or `tag;q=0.8`, into a language and its weight in thousandths.
fn parse_range(range: &str) -> Option<(Language, u16)> {
    let mut parts = range.split(';');
    let language = Language::from_tag(parts.next()?)?;
    let weight = parts.find_map(|part| part.trim().strip_prefix("q=")).map_or(Some(1000), parse_weight)?;
    Some((language, weight))
}

/// Reads `0`, `1`, `0.5`, `0.123` as thousandths. Integers, so that comparing is exact.
fn parse_weight(text: &str) -> Option<u16> {
    let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let thousandths = format!("{fraction:0<3}").parse::<u16>().ok()?;
    let whole = whole.parse::<u16>().ok().filter(|whole| *whole <= 1)?;
    Some((whole * 1000 + thousandths).min(1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_heaviest_language_that_exists() {
        for (header, expected) in [
            ("", Language::English),
            ("de", Language::German),
            ("de-AT,de;q=0.9,en;q=0.8", Language::German),
            ("en;q=0.5, fr;q=0.9", Language::French),
            ("ja,es;q=0.3", Language::Spanish),
            ("ja", Language::English),
            ("*", Language::English),
            ("fr;q=0, es;q=0.1", Language::Spanish),
            ("DE", Language::German),
            ("es,fr", Language::Spanish),
            ("fr ; q=0.4 , de;q=0.401", Language::German),
        ] {
            assert_eq!(Language::from_accept_language(header), expected, "{header}");
        }
    }

    #[test]
    fn skips_what_it_cannot_read() {
        for header in [";;;", "de;q=x", "de;q=2", "de;q=0.12345", "de;q=-1", ",,,", "\u{0}", "de;q=0.é"] {
            assert_eq!(Language::from_accept_language(header), Language::English, "{header}");
        }
    }
}
