//! From the bytes of a picture to those of a smaller one. The bytes are hostile: whatever is odd about them is no picture.

use std::io::Cursor;

use bytes::Bytes;
use driveway_core::thumbnail::Size;
use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, ImageResult, Limits};

/// Pixels of a picture that a thumbnail is made of: more than cameras make.
const MOST_PIXELS: u64 = 64 * 1024 * 1024;

/// Bytes that decoding one picture may take.
pub(super) const MOST_BYTES: u64 = 256 * 1024 * 1024;

/// Bytes that reading the head of a picture may take: it can hold something compressed.
const HEAD_MEMORY: u64 = 16 * 1024 * 1024;

/// Times that a JPEG may go over the whole picture: each costs as much as the picture has pixels, and can be a few bytes.
const MOST_SCANS: usize = 100;

/// Quality of thumbnails without transparency.
const QUALITY: u8 = 80;

/// A picture's size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measured {
    /// Pixels across and down as it is shown; `None` where its beginning doesn't tell.
    pub pixels: Option<(u32, u32)>,
}

/// A thumbnail.
#[derive(Debug)]
pub struct Drawn {
    /// The picture.
    pub bytes: Bytes,
    /// Its media type.
    pub media_type: &'static str,
}

/// The size of a picture, from its beginning. `goes_on` says that there is more of the file.
pub(super) fn measure(head: &[u8], goes_on: bool) -> Option<Measured> {
    let format = image::guess_format(head).ok()?;
    if ![ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP, ImageFormat::Bmp].contains(&format) {
        return None;
    }
    match upright(head) {
        Ok(pixels) => is_drawable(pixels).then_some(Measured { pixels: Some(pixels) }),
        Err(_) => goes_on.then_some(Measured { pixels: None }),
    }
}

/// A thumbnail, turned as the picture is to be shown. `None` if it can't be made.
pub(super) fn draw(source: &[u8], size: Size) -> Option<Drawn> {
    let is_jpeg = image::guess_format(source).ok()? == ImageFormat::Jpeg;
    if is_jpeg && source.windows(2).filter(|pair| *pair == [0xff, 0xda]).count() > MOST_SCANS {
        return None;
    }
    let mut decoder = decoder(source, MOST_BYTES).ok()?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let stored = decoder.dimensions();
    if !is_drawable(stored) {
        return None;
    }
    let mut limits = limits(MOST_BYTES);
    limits.reserve(decoder.total_bytes()).ok()?;
    decoder.set_limits(limits).ok()?;
    let picture = DynamicImage::from_decoder(decoder).ok()?;
    let (width, height) = size.scaled(turned(stored, orientation));
    let (across, down) = turned((width, height), orientation);
    let mut small = if (across, down) == stored { picture } else { picture.thumbnail_exact(across, down) };
    small.apply_orientation(orientation);
    let wanted = size.of((width, height));
    if wanted != (width, height) {
        small = small.crop_imm((width - wanted.0) / 2, (height - wanted.1) / 2, wanted.0, wanted.1);
    }
    encode(&small).ok()
}

fn encode(picture: &DynamicImage) -> ImageResult<Drawn> {
    let mut bytes = Vec::new();
    let media_type = if picture.color().has_alpha() {
        picture.to_rgba8().write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)?;
        "image/png"
    } else {
        picture.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, QUALITY))?;
        "image/jpeg"
    };
    Ok(Drawn { bytes: bytes.into(), media_type })
}

fn decoder(source: &[u8], memory: u64) -> ImageResult<impl ImageDecoder + '_> {
    let mut reader = ImageReader::new(Cursor::new(source)).with_guessed_format()?;
    reader.limits(limits(memory));
    reader.into_decoder()
}

fn limits(memory: u64) -> Limits {
    let mut limits = Limits::default();
    limits.max_alloc = Some(memory);
    limits
}

fn upright(source: &[u8]) -> ImageResult<(u32, u32)> {
    let mut decoder = decoder(source, HEAD_MEMORY)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    Ok(turned(decoder.dimensions(), orientation))
}

fn is_drawable((width, height): (u32, u32)) -> bool {
    (1..=MOST_PIXELS).contains(&(u64::from(width) * u64::from(height)))
}

/// Width and height after the picture was turned. Doing it twice changes nothing.
fn turned((width, height): (u32, u32), orientation: Orientation) -> (u32, u32) {
    match orientation {
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH => {
            (height, width)
        }
        _ => (width, height),
    }
}
