//! Upload sessions: which part of a file a request brings, and whether it is the one that comes next (ITEM-07, P35).

use crate::error::{Code, Error, Inner, Result};

/// The largest number that storage keeps.
const LARGEST: u64 = i64::MAX.unsigned_abs();

/// What `Content-Range: bytes a-b/total` says of a fragment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContentRange {
    /// The first byte.
    pub start: u64,
    /// The byte after the last one.
    pub end: u64,
    /// How many bytes the whole file has.
    pub total: u64,
}

impl ContentRange {
    /// Reads the header. A file without bytes has no range: `bytes */0` means it, and so does `bytes 0--1/0`, which is what
    /// comes of computing the last byte.
    pub fn parse(text: &str) -> Result<Self> {
        let malformed = || {
            Error::invalid("Content-Range", "A fragment needs a Content-Range such as bytes 0-1023/4096.")
                .inner(Inner::InvalidParameterFormat)
        };
        let rest = text.trim().strip_prefix("bytes ").ok_or_else(malformed)?.trim();
        let (range, total) = rest.split_once('/').ok_or_else(malformed)?;
        let total = number(total).ok_or_else(malformed)?;
        if total == 0 {
            return if matches!(range, "*" | "0--1") { Ok(Self { start: 0, end: 0, total }) } else { Err(malformed()) };
        }
        let (first, last) = range.split_once('-').ok_or_else(malformed)?;
        let (start, last) = number(first).zip(number(last)).ok_or_else(malformed)?;
        if start > last || last >= total {
            return Err(malformed());
        }
        Ok(Self { start, end: last + 1, total })
    }

    /// How many bytes the fragment has.
    pub fn length(self) -> u64 {
        self.end - self.start
    }

    /// Whether nothing comes after it.
    pub fn is_last(self) -> bool {
        self.end == self.total
    }
}

fn number(text: &str) -> Option<u64> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| is_plain && *number <= LARGEST)
}

/// How far a session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bytes that are there, from the first one on without a gap.
    pub received: u64,
    /// How many there will be, once that is known.
    pub total: Option<u64>,
}

/// What a fragment is to a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// The one that comes next.
    Next,
    /// One that lies within what is there. A client that never got the answer sends it again.
    Again,
}

impl Progress {
    /// Finds the place of a fragment. Fragments come in order: what leaves a gap or overlaps is refused, and so is another
    /// total than before.
    pub fn place(self, range: ContentRange) -> Result<Arrival> {
        if let Some(total) = self.total.filter(|total| *total != range.total) {
            let message = format!("The file was said to have {total} bytes, and now {}.", range.total);
            return Err(Error::invalid("Content-Range", message));
        }
        if range.start == self.received && (range.length() > 0 || self.received == 0) {
            return Ok(Arrival::Next);
        }
        if range.end <= self.received {
            return Ok(Arrival::Again);
        }
        let inner = if range.start > self.received { Inner::FragmentOutOfOrder } else { Inner::FragmentOverlap };
        let message = format!("The next byte that is expected is number {}.", self.received);
        Err(Error::new(Code::InvalidRange, message).target("Content-Range").inner(inner))
    }

    /// `nextExpectedRanges`: what is missing, closed where the total is known; nothing once everything is there.
    pub fn next_expected_ranges(self) -> Vec<String> {
        match self.total {
            Some(total) if total > 0 && self.received >= total => Vec::new(),
            Some(total) if total > 0 => vec![format!("{}-{}", self.received, total - 1)],
            _ => vec![format!("{}-", self.received)],
        }
    }

    /// Whether every byte is there.
    pub fn is_complete(self) -> bool {
        self.total == Some(self.received)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> Option<(u64, u64, u64)> {
        ContentRange::parse(text).ok().map(|range| (range.start, range.end, range.total))
    }

    #[test]
    fn ranges_are_read() {
        assert_eq!(parsed("bytes 0-0/1"), Some((0, 1, 1)));
        assert_eq!(parsed("bytes 5242880-10485760/20971520"), Some((5_242_880, 10_485_761, 20_971_520)));
        assert_eq!(parsed("bytes */0"), Some((0, 0, 0)));
        assert_eq!(parsed("bytes 0--1/0"), Some((0, 0, 0)));
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in [
            "",
            "bytes",
            "bytes 0-1",
            "bytes 0-1/",
            "bytes 0-1/*",
            "bytes 1-0/5",
            "bytes 0-5/5",
            "bytes -1-2/5",
            "bytes */5",
            "0-1/5",
            "lines 0-1/5",
            "bytes 0-1/5, 2-3/5",
            "bytes +0-1/5",
            "bytes 0-0/0",
            "bytes 0x1-2/5",
            "bytes 0--1/5",
            "bytes 0-9223372036854775807/9223372036854775808",
            "bytes 0-1/99999999999999999999999",
        ] {
            let error = ContentRange::parse(text).unwrap_err();
            assert_eq!((error.code(), error.target_name()), (Code::InvalidRequest, Some("Content-Range")), "{text}");
        }
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_panics(text in "(bytes )?[0-9*/ -]{0,40}") {
            if let Ok(range) = ContentRange::parse(&text) {
                prop_assert!(range.start <= range.end && range.end <= range.total);
            }
        }

        #[test]
        fn p35_only_the_next_byte_goes_on(received in 0_u64..50, total in 1_u64..60, start in 0_u64..60, length in 1_u64..20) {
            prop_assume!(received <= total && start + length <= total);
            let range = ContentRange { start, end: start + length, total };
            let placed = Progress { received, total: Some(total) }.place(range);
            match placed {
                Ok(Arrival::Next) => prop_assert_eq!(start, received),
                Ok(Arrival::Again) => prop_assert!(range.end <= received),
                Err(error) => {
                    prop_assert_eq!(error.code(), Code::InvalidRange);
                    prop_assert!(start != received && range.end > received);
                }
            }
            let other = Progress { received, total: Some(total + 1) }.place(range).unwrap_err();
            prop_assert_eq!(other.code(), Code::InvalidRequest);
        }
    }

    #[test]
    fn ranges_are_closed_once_the_total_is_known() {
        let ranges = |received, total| Progress { received, total }.next_expected_ranges();
        assert_eq!(ranges(0, None), ["0-"]);
        assert_eq!(ranges(0, Some(0)), ["0-"]);
        assert_eq!(ranges(5_242_880, Some(20_971_520)), ["5242880-20971519"]);
        assert_eq!(ranges(5, Some(5)), [""; 0]);
    }
}
