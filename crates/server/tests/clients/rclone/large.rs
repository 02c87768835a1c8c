//! A file that goes up in fragments.

use std::fs::File;
use std::io::Write;

use super::{Rclone, tree};
use crate::support::Demo;

/// MiB of the file.
const SIZE: usize = 300;

#[tokio::test]
async fn rclone_carries_a_large_file_in_fragments() {
    let demo = Demo::start().await;
    let rclone = Rclone::new(demo.ready(), demo.directory());
    let local = demo.directory().join("large.bin");
    let block = tree::bytes(1, 1 << 20);
    let mut file = File::create(&local).unwrap();
    for number in 0..SIZE {
        file.write_all(&number.to_le_bytes()).unwrap();
        file.write_all(&block[8..]).unwrap();
    }
    drop(file);

    let done = rclone.attempt(&["copyto", "-vv", "large.bin", "business:large.bin", "--onedrive-chunk-size", "7680k"]);
    assert_eq!(done.status, Some(0), "{}", done.stderr);
    assert_eq!(done.stderr.matches("Uploading segment").count(), SIZE * 2 / 15, "fragments of 7,5 MiB");
    assert!(done.stderr.contains("large.bin: quickxor = "), "rclone compares the hash: {}", done.stderr);
    let hash = |place: &str| rclone.run(&["hashsum", "quickxor", place]);
    assert_eq!(hash("business:large.bin"), hash("large.bin"));

    rclone.run(&["copyto", "business:large.bin", "back.bin"]);
    let checked = rclone.attempt(&["check", "--download", ".", "business:", "--include", "/large.bin"]);
    assert!(checked.stderr.contains("1 matching files"), "{}", checked.stderr);
    assert_eq!(hash("back.bin").split_whitespace().next(), hash("large.bin").split_whitespace().next());
}
