//! Instants as Graph writes and clients send them.

use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;

/// A text that is no instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a date and time such as 2026-12-31T23:59:59Z")]
pub struct MalformedDateTime;

/// Reads an instant: `yyyy-MM-ddTHH:mm:ss`, up to nine fractional digits, and `Z` or an offset (CL-19).
///
/// The zero date `0001-01-01T00:00:00Z` is how some clients spell "none" and gives `None` (PERM-22, AMB-10).
pub fn parse(text: &str) -> Result<Option<Timestamp>, MalformedDateTime> {
    // jiff also takes spaces, lower case and zone annotations; Graph's format has none of these.
    let shape_is_right = text.len() <= 40
        && text.as_bytes().get(10) == Some(&b'T')
        && text.as_bytes().get(16) == Some(&b':')
        && text.as_bytes().get(19).is_some()
        && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'+' | b':' | b'.' | b'T' | b'Z'));
    if !shape_is_right {
        return Err(MalformedDateTime);
    }
    if text.starts_with("0001-01-01T00:00:00") {
        return Ok(None);
    }
    match text.parse::<Timestamp>() {
        Ok(instant) => Ok(Some(instant)),
        // The last days of 9999 are how some clients spell "never", and lie just beyond what can be computed with.
        Err(_) if is_end_of_time(text) => Ok(Some(Timestamp::MAX)),
        Err(_) => Err(MalformedDateTime),
    }
}

fn is_end_of_time(text: &str) -> bool {
    let date_time = text.get(..19).and_then(|local| local.parse::<jiff::civil::DateTime>().ok());
    date_time.is_some_and(|local| local.year() == 9999 && local.month() == 12 && local.day() >= 30)
}

/// Prints an instant in UTC with a literal `Z`, with milliseconds only where there are any.
pub fn format(instant: Timestamp) -> String {
    const WHOLE: DateTimePrinter = DateTimePrinter::new().precision(Some(0));
    const MILLIS: DateTimePrinter = DateTimePrinter::new().precision(Some(3));
    if instant.subsec_millisecond() == 0 {
        WHOLE.timestamp_to_string(&instant)
    } else {
        MILLIS.timestamp_to_string(&instant)
    }
}

/// Microseconds since 1970, the unit in which storage keeps instants.
pub fn to_micros(instant: Timestamp) -> i64 {
    instant.as_microsecond()
}

/// The instant so many microseconds after 1970, held within the years that can be printed.
pub fn from_micros(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(if micros < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

/// The instant so many days later, held within the years that can be printed.
pub fn plus_days(instant: Timestamp, days: u32) -> Timestamp {
    instant.saturating_add(jiff::SignedDuration::from_hours(i64::from(days) * 24)).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn clients_forms_are_read() {
        for (text, printed) in [
            ("2026-12-31T00:00:00Z", "2026-12-31T00:00:00Z"),
            ("2026-11-25T20:39:23.886016+00:00", "2026-11-25T20:39:23.886Z"),
            ("2026-11-25T21:39:23+01:00", "2026-11-25T20:39:23Z"),
            ("2026-11-25T20:39:23.123456789Z", "2026-11-25T20:39:23.123Z"),
        ] {
            assert_eq!(format(parse(text).unwrap().unwrap()), printed);
        }
        assert_eq!(parse("0001-01-01T00:00:00Z"), Ok(None));
        assert_eq!(parse("9999-12-31T23:59:59Z"), Ok(Some(Timestamp::MAX)));
    }

    #[test]
    fn what_is_no_instant_is_refused() {
        for text in [
            "",
            "tomorrow",
            "2026-12-31",
            "2026-12-31T00:00:00",
            "2026-13-01T00:00:00Z",
            "2026-12-31 00:00:00Z",
            "2026-12-31T00:00:00Z[UTC]",
            "20261231T000000Z",
        ] {
            assert_eq!(parse(text), Err(MalformedDateTime), "{text}");
        }
    }

    proptest! {
        #[test]
        fn printing_and_reading_agree_to_the_millisecond(millis in -62_000_000_000_000_i64..250_000_000_000_000) {
            let instant = Timestamp::from_millisecond(millis).unwrap();
            prop_assert_eq!(parse(&format(instant)), Ok(Some(instant)));
        }

        #[test]
        fn reading_never_panics(text: String) {
            let _ = parse(&text);
        }
    }
}
