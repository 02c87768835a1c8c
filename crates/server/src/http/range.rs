//! `Range`: the one part of a content that a client asks for.

use std::ops::Range;

/// What a `Range` header asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Everything: no header, or one that a server is free to pass over (other units, several ranges, nonsense).
    Whole,
    /// This part.
    Part(Range<u64>),
    /// A part that lies outside the content.
    Outside,
}

/// Reads the header for a content of so many bytes.
pub(crate) fn parse(header: Option<&str>, size: u64) -> Asked {
    let Some((unit, range)) = header.and_then(|header| header.trim().split_once('=')) else { return Asked::Whole };
    if !unit.eq_ignore_ascii_case("bytes") {
        return Asked::Whole;
    }
    let Some((first, last)) = range.split_once('-') else { return Asked::Whole };
    let number = |text: &str| {
        if text.bytes().all(|b| b.is_ascii_digit()) && !text.is_empty() {
            Some(text.parse::<u64>().unwrap_or(u64::MAX))
        } else {
            None
        }
    };
    match (number(first.trim()), number(last.trim()), first.trim().is_empty(), last.trim().is_empty()) {
        (Some(first), Some(last), ..) if first <= last => part(first, last.saturating_add(1), size),
        (Some(first), None, _, true) => part(first, u64::MAX, size),
        (None, Some(0), true, _) => Asked::Outside,
        (None, Some(suffix), true, _) => part(size.saturating_sub(suffix), u64::MAX, size),
        _ => Asked::Whole,
    }
}

fn part(start: u64, end: u64, size: u64) -> Asked {
    if start < size { Asked::Part(start..end.min(size)) } else { Asked::Outside }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_three_forms_are_read() {
        assert_eq!(parse(Some("bytes=0-0"), 10), Asked::Part(0..1));
        assert_eq!(parse(Some("BYTES=0-0"), 10), Asked::Part(0..1), "units have no case");
        assert_eq!(parse(Some("bytes=5-"), 10), Asked::Part(5..10));
        assert_eq!(parse(Some("bytes=-3"), 10), Asked::Part(7..10));
        assert_eq!(parse(Some("bytes=-30"), 10), Asked::Part(0..10));
        assert_eq!(parse(Some("bytes=10-"), 10), Asked::Outside);
        assert_eq!(parse(Some("bytes=-0"), 10), Asked::Outside);
        assert_eq!(parse(Some("bytes=0-"), 0), Asked::Outside);
    }

    #[test]
    fn what_may_be_passed_over_is() {
        for header in ["", "items=0-1", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-2", "bytes=0-1,3-4", "bytes=+1-2"] {
            assert_eq!(parse(Some(header), 10), Asked::Whole, "{header}");
        }
    }

    proptest! {
        #[test]
        fn a_part_lies_inside(header: String, first: u64, last: u64, size: u64) {
            for header in [header, format!("bytes={first}-{last}"), format!("bytes=-{last}")] {
                if let Asked::Part(part) = parse(Some(&header), size) {
                    prop_assert!(part.start < part.end && part.end <= size);
                }
            }
        }
    }
}
