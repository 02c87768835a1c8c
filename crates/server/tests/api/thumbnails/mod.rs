//! Thumbnails of pictures: their sizes, who gets them, and pictures that mean harm.

mod gate;
mod hostile;
mod sizes;

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageEncoder, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use serde_json::Value;

use crate::steps::at;
use crate::support::{Actor, Answer};

/// A picture that is red on the left and blue on the right.
fn picture(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| if x < width / 2 { Rgb([250, 0, 0]) } else { Rgb([0, 0, 250]) })
}

fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    picture.into().write_to(&mut Cursor::new(&mut bytes), format).unwrap();
    bytes
}

fn png(width: u32, height: u32) -> Vec<u8> {
    encoded(picture(width, height), ImageFormat::Png)
}

fn see_through(width: u32, height: u32) -> RgbaImage {
    RgbaImage::from_pixel(width, height, Rgba([0, 200, 0, 128]))
}

/// A JPEG whose camera was held so.
fn turned(width: u32, height: u32, orientation: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 90);
    // One entry: the orientation, a short.
    let head = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0";
    encoder.set_exif_metadata([&head[..], &[orientation, 0, 0, 0, 0, 0, 0]].concat()).unwrap();
    picture(width, height).write_with_encoder(encoder).unwrap();
    bytes
}

/// Puts a file into one's own drive and returns the item.
async fn put(owner: &Actor, name: &str, bytes: Vec<u8>) -> Value {
    let answer = owner.put(&format!("{}/content", at(name)), bytes).await;
    assert!(answer.status.is_success(), "{}", answer.text());
    answer.json()
}

/// The set of an item's thumbnails, with what is asked for besides.
async fn set(actor: &Actor, address: &str, query: &str) -> Value {
    let listed = actor.get(&format!("{address}/thumbnails{query}")).await.expect(200).json();
    assert_eq!(listed["value"].as_array().unwrap().len(), 1, "{listed}");
    listed["value"][0].clone()
}

fn url(thumbnail: &Value) -> String {
    thumbnail["url"].as_str().unwrap_or_else(|| panic!("{thumbnail}")).to_owned()
}

/// The picture in an answer.
#[track_caller]
fn shown(answer: Answer) -> DynamicImage {
    let answer = answer.expect(200);
    assert!(answer.header("content-type").starts_with("image/"), "{}", answer.header("content-type"));
    image::load_from_memory(&answer.body).unwrap()
}
