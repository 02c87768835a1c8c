//! `rclone test info`: every character and length that rclone thinks of.

use std::fs;

use serde_json::Value;

use super::Rclone;
use crate::support::Demo;

#[tokio::test]
async fn rclone_finds_every_character_and_length_it_tries() {
    let demo = Demo::start().await;
    let rclone = Rclone::new(demo.ready(), demo.directory());
    let checks = ["--check-control", "--check-length", "--check-normalization", "--check-streaming"];
    rclone.run(&[&["test", "info", "--write-json", "found.json", "business:info"], &checks[..]].concat());
    let found: Value = serde_json::from_slice(&fs::read(demo.directory().join("found.json")).unwrap()).unwrap();
    assert_eq!(found["MaxFileLength"], 255);
    for can in ["CanReadRenormalized", "CanReadUnnormalized", "CanWriteUnnormalized"] {
        assert_eq!(found[can], true, "{can}");
    }
    let characters = found["ControlCharacters"].as_object().unwrap();
    assert!(characters.len() > 120, "{}", characters.len());
    for (character, seen) in characters {
        assert_eq!([&seen["WriteError"], &seen["GetError"]], [&serde_json::json!({}); 2], "{character:?}");
        // rclone writes control characters in a spelling of its own, and finds that.
        let expected = if character.chars().all(char::is_control) { "renamed" } else { "present" };
        for place in ["left", "middle", "right"] {
            assert_eq!(seen["InList"][place], expected, "{character:?} at the {place}");
        }
    }
}

#[tokio::test]
async fn rclone_packs_bytes_into_names() {
    let demo = Demo::start().await;
    let rclone = Rclone::new(demo.ready(), demo.directory());
    let said = rclone.run(&["test", "info", "--check-base32768", "personal:info"]);
    assert!(said.contains("base32768isOK = true"), "{said}");
}
