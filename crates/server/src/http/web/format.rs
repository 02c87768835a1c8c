//! How sizes, moments and names are written for people.

use jiff::{Timestamp, tz::TimeZone};

use super::text::Text;

/// A size as shown and as meant: `1.5 MB`, and every byte of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Size {
    /// The exact number, for programs.
    pub(crate) bytes: u64,
    /// Three significant figures and a unit.
    pub(crate) short: String,
    /// The exact number, grouped, with the word for bytes.
    pub(crate) exact: String,
}

impl Size {
    /// Writes `bytes` in the language of `text`, in powers of 1000 as the units say.
    pub(crate) fn new(bytes: u64, text: &Text) -> Self {
        let exact = format!("{}\u{a0}{}", grouped(bytes, text.group_separator), plural_bytes(bytes, text));
        let short = match scaled(bytes) {
            None => exact.clone(),
            Some((whole, tenth, unit)) => {
                let unit = text.units.get(unit).copied().unwrap_or_default();
                if whole < 100 && tenth > 0 {
                    format!("{whole}{}{tenth}\u{a0}{unit}", text.decimal_separator)
                } else {
                    format!("{whole}\u{a0}{unit}")
                }
            }
        };
        Self { bytes, short, exact }
    }
}

/// The whole part, the first decimal and the index of the unit; `None` below one kilobyte.
///
/// Rounds to what is shown and lets the rounding carry: 999,950 bytes are 1 MB, never 1000 kB.
fn scaled(bytes: u64) -> Option<(u64, u64, usize)> {
    if bytes < 1000 {
        return None;
    }
    let mut divisor = 1000_u64;
    let mut unit = 0;
    loop {
        let tenths = rounded(bytes, 10, divisor);
        // From 100 upwards the decimal isn't shown, so round to whole units there.
        let (whole, tenth) = if tenths < 1000 { (tenths / 10, tenths % 10) } else { (rounded(bytes, 1, divisor), 0) };
        if whole < 1000 || unit == 5 {
            return Some((whole, tenth, unit));
        }
        divisor = divisor.saturating_mul(1000);
        unit += 1;
    }
}

/// `bytes * factor / divisor`, rounded half up.
fn rounded(bytes: u64, factor: u128, divisor: u64) -> u64 {
    let divisor = u128::from(divisor);
    u64::try_from((u128::from(bytes) * factor + divisor / 2) / divisor).unwrap_or(u64::MAX)
}

fn plural_bytes(bytes: u64, text: &Text) -> &'static str {
    if bytes == 1 { text.byte } else { text.bytes }
}

/// `1234567` as `1,234,567`.
fn grouped(number: u64, separator: &str) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + 8);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push_str(separator);
        }
        grouped.push(digit);
    }
    grouped
}

/// A moment as shown and as sent to programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moment {
    /// For people, to the minute, with the zone named: a link opens for readers in every zone.
    pub(crate) shown: String,
    /// For the `datetime` attribute.
    pub(crate) machine: String,
}

impl Moment {
    /// Writes `instant` in the language of `text`.
    pub(crate) fn new(instant: Timestamp, text: &Text) -> Self {
        let utc = TimeZone::UTC.to_datetime(instant);
        let month =
            usize::try_from(utc.month() - 1).ok().and_then(|index| text.months.get(index)).copied().unwrap_or_default();
        Self {
            shown: format!(
                "{}{}\u{a0}{month} {}, {:02}:{:02}\u{a0}UTC",
                utc.day(),
                text.after_day,
                utc.year(),
                utc.hour(),
                utc.minute()
            ),
            machine: instant.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        }
    }
}

/// A name that looks like what it is.
///
/// Direction overrides let `photo[override]gpj.exe` look like a picture, and control characters can hide a part of a name.
/// Both are shown as a replacement character. Escaping for HTML is the template's work, not done here.
pub(crate) fn honest_name(name: &str) -> String {
    name.chars().map(|letter| if is_deceptive(letter) { '\u{fffd}' } else { letter }).collect()
}

fn is_deceptive(letter: char) -> bool {
    // Joiners and plain direction marks stay: emoji and several scripts need them.
    letter.is_control()
        || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || matches!(letter, '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{2028}' | '\u{2029}')
}

/// The sentence that says when to try again, rounded up so that following it works.
pub(crate) fn try_again(seconds: u64, text: &Text) -> String {
    let minutes = seconds.div_ceil(60);
    if minutes <= 1 {
        return text.again_in_a_minute.to_owned();
    }
    text.again_in_minutes.replace("{n}", &minutes.to_string())
}

#[cfg(test)]
mod tests {
    use super::super::language::Language;
    use super::*;

    fn short(bytes: u64, language: Language) -> String {
        Size::new(bytes, Text::of(language)).short.replace('\u{a0}', " ")
    }

    #[test]
    fn sizes_are_short_and_exact() {
        for (bytes, expected) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1000, "1 kB"),
            (1550, "1.6 kB"),
            (99_940, "99.9 kB"),
            (999_499, "999 kB"),
            (999_500, "1 MB"),
            (1_500_000, "1.5 MB"),
            (2_000_000_000, "2 GB"),
            (u64::MAX, "18.4 EB"),
        ] {
            assert_eq!(short(bytes, Language::English), expected, "{bytes}");
        }
        assert_eq!(short(1_500_000, Language::German), "1,5 MB");
        assert_eq!(short(1_500_000, Language::French), "1,5 Mo");
        let size = Size::new(1_234_567, Text::of(Language::English));
        assert_eq!(size.exact, "1,234,567\u{a0}bytes");
    }

    #[test]
    fn moments_name_their_zone() {
        let instant: Timestamp = "2026-12-03T04:05:59.5Z".parse().unwrap();
        let moment = Moment::new(instant, Text::of(Language::English));
        assert_eq!(moment.shown.replace('\u{a0}', " "), "3 Dec 2026, 04:05 UTC");
        assert_eq!(moment.machine, "2026-12-03T04:05:59Z");
        let german = Moment::new(instant, Text::of(Language::German));
        assert_eq!(german.shown.replace('\u{a0}', " "), "3. Dez. 2026, 04:05 UTC");
    }

    #[test]
    fn names_cannot_pretend() {
        assert_eq!(honest_name("photo\u{202e}gpj.exe"), "photo\u{fffd}gpj.exe");
        assert_eq!(honest_name("a\nb"), "a\u{fffd}b");
        assert_eq!(honest_name("Élan 👩‍🚀.txt"), "Élan 👩‍🚀.txt");
    }

    #[test]
    fn waiting_is_rounded_up() {
        let text = Text::of(Language::English);
        assert_eq!(try_again(1, text), text.again_in_a_minute);
        assert_eq!(try_again(61, text), "Please try again in 2 minutes.");
    }
}
