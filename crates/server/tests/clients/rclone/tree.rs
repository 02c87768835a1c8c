//! Files to copy: many, of all sizes up to a few hundred KiB, with names that people have and parsers trip over.

use std::fs;
use std::path::Path;

/// Names as rclone takes them from a disk. The ones that OneDrive refuses go over the wire in rclone's own spelling.
const NAMES: [&str; 34] = [
    "plain",
    "with space",
    "a  b",
    "umläut ÄÖÜß",
    "e\u{301} in two parts",
    "日本語",
    "emoji 🚤",
    "a+b",
    "R&D",
    "it's",
    "50% off",
    "100%25",
    "#1",
    "semi;colon",
    "comma,",
    "at@home",
    "dollar$",
    "(round)",
    "[square]",
    "{curly}",
    "=equal",
    "!bang",
    "^caret",
    "`tick",
    "~tilde",
    "dot.",
    "trailing ",
    "col:on",
    "q?",
    "star*",
    "quo\"te",
    "back\\slash",
    "<angle>",
    "pipe|",
];

const FOLDERS: [&str; 8] =
    ["", "one", "one/two", "one/two/three/four/five/six/seven/eight", "R&D + more", "ünï", "emoji 🎉/deep", "50%/#x"];

/// Around what rclone and a session's fragments cut at (320 KiB), and nothing at all.
const SIZES: [usize; 7] = [0, 1, 10, 1_000, 65_536, 327_680, 327_681];

/// Writes so many files, at most 544, into a new folder.
pub(super) fn plant(folder: &Path, count: usize) {
    let pairs = (0..).flat_map(|round| NAMES.iter().flat_map(move |name| FOLDERS.map(|folder| (round, *name, folder))));
    for (number, (round, name, below)) in pairs.take(count).enumerate() {
        let folder = folder.join(below);
        fs::create_dir_all(&folder).unwrap();
        let suffix = if round == 0 { String::new() } else { format!("{round}.bin") };
        fs::write(folder.join(format!("{name}{suffix}")), bytes(number, SIZES[number % SIZES.len()])).unwrap();
    }
}

/// Bytes that look like chance and are the same each time.
pub(super) fn bytes(seed: usize, length: usize) -> Vec<u8> {
    let mut state = (seed as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    (0..length.div_ceil(8)).flat_map(|_| next()).take(length).collect()
}
