//! Sizes of thumbnails, as Graph names them.

use std::fmt;
use std::str::FromStr;

/// Longest side of a custom size, in pixels.
pub const LONGEST_SIDE: u32 = 1600;

/// A size of thumbnails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Size {
    /// At most 96 pixels on each side.
    Small,
    /// At most 176 pixels on each side.
    Medium,
    /// At most 800 pixels on each side.
    Large,
    /// What the caller asks for: `c300x400` fits into that box, `c300x400_crop` fills it and loses what is beyond.
    Custom {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
        /// Whether it fills the box.
        is_cropped: bool,
    },
}

/// Why a text names no size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SizeError {
    /// It is neither a name nor of the form of a custom size.
    #[error("there is no such size")]
    Unknown,
    /// It is a custom size that isn't made.
    #[error("a custom size has 1 to {LONGEST_SIDE} pixels on each side")]
    OutOfRange,
}

impl Size {
    /// The sizes that have names.
    pub const NAMED: [Self; 3] = [Self::Small, Self::Medium, Self::Large];

    /// Whether it shows what a picture is of and is no copy of it.
    pub fn is_hint(self) -> bool {
        matches!(self, Self::Small | Self::Medium)
    }

    /// The size in pixels to which a picture of so many is scaled. A picture is never made larger than it is.
    pub fn scaled(self, picture: (u32, u32)) -> (u32, u32) {
        let ((width, height), (box_width, box_height)) = (picture, self.frame());
        let (width, height) = (u64::from(width.max(1)), u64::from(height.max(1)));
        let (box_width, box_height) = (u64::from(box_width), u64::from(box_height));
        // Which side decides, compared without dividing: the one that would be too long, or for a crop too short.
        let width_decides = (box_width * height <= box_height * width) != self.is_cropped();
        let (numerator, denominator) = if width_decides { (box_width, width) } else { (box_height, height) };
        if numerator >= denominator {
            return picture;
        }
        let scale = |side: u64| {
            let scaled = (2 * side * numerator + denominator) / (2 * denominator);
            u32::try_from(scaled.max(1)).unwrap_or(u32::MAX)
        };
        (scale(width), scale(height))
    }

    /// The thumbnail's size in pixels, of a picture of so many.
    pub fn of(self, picture: (u32, u32)) -> (u32, u32) {
        let (width, height) = self.scaled(picture);
        let (box_width, box_height) = self.frame();
        (width.min(box_width), height.min(box_height))
    }

    fn frame(self) -> (u32, u32) {
        match self {
            Self::Small => (96, 96),
            Self::Medium => (176, 176),
            Self::Large => (800, 800),
            Self::Custom { width, height, .. } => (width, height),
        }
    }

    fn is_cropped(self) -> bool {
        matches!(self, Self::Custom { is_cropped: true, .. })
    }
}

impl FromStr for Size {
    type Err = SizeError;

    fn from_str(text: &str) -> Result<Self, SizeError> {
        match text {
            "small" => return Ok(Self::Small),
            "medium" => return Ok(Self::Medium),
            "large" => return Ok(Self::Large),
            _ => {}
        }
        let rest = text.strip_prefix('c').ok_or(SizeError::Unknown)?;
        let (rest, is_cropped) = match rest.split_once('_') {
            None => (rest, false),
            Some((rest, word)) if word.eq_ignore_ascii_case("crop") => (rest, true),
            Some(_) => return Err(SizeError::Unknown),
        };
        let (width, height) = rest.split_once('x').ok_or(SizeError::Unknown)?;
        let side = |text: &str| {
            if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
                return Err(SizeError::Unknown);
            }
            text.parse().ok().filter(|side| (1..=LONGEST_SIDE).contains(side)).ok_or(SizeError::OutOfRange)
        };
        Ok(Self::Custom { width: side(width)?, height: side(height)?, is_cropped })
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Small => f.write_str("small"),
            Self::Medium => f.write_str("medium"),
            Self::Large => f.write_str("large"),
            Self::Custom { width, height, is_cropped } => {
                write!(f, "c{width}x{height}{}", if *is_cropped { "_crop" } else { "" })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sizes_are_read_as_they_are_printed() {
        for text in ["small", "medium", "large", "c300x400", "c1x1600_crop"] {
            assert_eq!(text.parse::<Size>().unwrap().to_string(), text);
        }
        assert_eq!("c3x4_Crop".parse::<Size>().unwrap().to_string(), "c3x4_crop");
        for text in
            ["", "Small", "source", "c", "cx", "c3", "c3x", "cx4", "c+3x4", "c3x4_", "c3x4_cut", "3x4", "c3x4x5"]
        {
            assert_eq!(text.parse::<Size>(), Err(SizeError::Unknown), "{text}");
        }
        for text in ["c0x4", "c4x0", "c1601x1", "c1x99999999999999999999"] {
            assert_eq!(text.parse::<Size>(), Err(SizeError::OutOfRange), "{text}");
        }
    }

    #[test]
    fn the_longest_side_decides_and_a_crop_fills() {
        assert_eq!(Size::Small.of((4000, 3000)), (96, 72));
        assert_eq!(Size::Large.of((600, 1600)), (300, 800));
        assert_eq!(Size::Medium.of((10, 20)), (10, 20));
        assert_eq!(Size::Small.of((100_000, 1)), (96, 1));
        let size = |text: &str| text.parse::<Size>().unwrap();
        assert_eq!(size("c300x400").of((4000, 3000)), (300, 225));
        assert_eq!(size("c300x400_crop").of((4000, 3000)), (300, 400));
        assert_eq!(size("c300x400_crop").scaled((4000, 3000)), (533, 400));
        assert_eq!(size("c300x400_crop").of((200, 3000)), (200, 400));
    }

    proptest! {
        #[test]
        fn a_thumbnail_fits_into_its_box_and_is_no_larger_than_the_picture(
            (width, height) in (1..=70_000_u32, 1..=70_000_u32),
            (across, down, is_cropped) in (1..=LONGEST_SIDE, 1..=LONGEST_SIDE, any::<bool>()),
        ) {
            let size = Size::Custom { width: across, height: down, is_cropped };
            let (scaled, made) = (size.scaled((width, height)), size.of((width, height)));
            prop_assert!(made.0 >= 1 && made.1 >= 1 && made.0 <= across && made.1 <= down);
            prop_assert!(scaled.0 <= width && scaled.1 <= height && made.0 <= scaled.0 && made.1 <= scaled.1);
            if is_cropped && width >= across && height >= down {
                prop_assert_eq!(made, (across, down));
            }
            if !is_cropped {
                prop_assert_eq!(scaled, made);
            }
        }
    }
}
