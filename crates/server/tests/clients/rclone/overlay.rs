//! What rclone lays over a drive: encrypted names and contents, and files in pieces.

use std::fs;

use super::{Rclone, tree};
use crate::support::Demo;

/// Adds both to the configuration, with the password `secret`.
fn configure(rclone: &Rclone, demo: &Demo) {
    let password = rclone.run(&["obscure", "secret"]);
    let remotes = format!(
        "[crypt]\ntype = crypt\nremote = business:crypt\npassword = {}\n\n\
         [chunker]\ntype = chunker\nremote = personal:pieces\nchunk_size = 1M\n",
        password.trim()
    );
    let config = demo.directory().join("rclone.conf");
    fs::write(&config, format!("{}{remotes}", fs::read_to_string(&config).unwrap())).unwrap();
}

#[tokio::test]
async fn rclone_encrypts_and_cuts() {
    let demo = Demo::start().await;
    let rclone = Rclone::new(demo.ready(), demo.directory());
    configure(&rclone, &demo);

    tree::plant(&demo.directory().join("tree"), 60);
    rclone.run(&["copy", "tree", "crypt:tree", "--transfers", "8"]);
    let checked = rclone.attempt(&["cryptcheck", "tree", "crypt:tree"]);
    assert!(checked.stderr.contains(": 60 matching files"), "{}", checked.stderr);
    assert!(!rclone.run(&["lsf", "-R", "business:crypt"]).contains("umläut"), "names are encrypted too");

    fs::write(demo.directory().join("file.bin"), tree::bytes(1, 3_500_000)).unwrap();
    rclone.run(&["copyto", "file.bin", "chunker:file.bin"]);
    assert_eq!(rclone.run(&["lsf", "personal:pieces"]).lines().count(), 5, "four pieces, and which they are");
    rclone.run(&["copyto", "chunker:file.bin", "back.bin"]);
    assert_eq!(fs::read(demo.directory().join("back.bin")).unwrap(), tree::bytes(1, 3_500_000));
}
