//! A tree goes up, is compared, changed and carried over again, comes down, and is taken away.

use std::fs;
use std::path::Path;

use super::{Rclone, tree};
use crate::support::Demo;

/// Compares two trees by their quickXorHash, in both directions, and by their bytes when asked.
#[track_caller]
fn same(rclone: &Rclone, [left, right]: [&str; 2], count: usize, flags: &[&str]) {
    for [left, right] in [[left, right], [right, left]] {
        let done = rclone.attempt(&[&["check", left, right], flags].concat());
        assert_eq!(done.status, Some(0), "{left} {right}: {}", done.stderr);
        assert!(done.stderr.contains(": 0 differences found"), "{}", done.stderr);
        assert!(done.stderr.contains(&format!(": {count} matching files")), "{}", done.stderr);
        assert!(!done.stderr.contains("could not be checked"), "{}", done.stderr);
    }
}

/// Ten files changed, ten added, ten taken away, ten renamed: no more and no fewer.
fn disturb(folder: &Path, numbers: usize) {
    let one = folder.join("one");
    let mut files: Vec<_> = fs::read_dir(&one).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.is_file());
    files.sort();
    assert!(files.len() >= 3 * numbers, "{}", files.len());
    for (number, path) in files.iter().take(numbers).enumerate() {
        fs::write(path, tree::bytes(7_000 + number, 5_000 + number)).unwrap();
        fs::write(one.join(format!("new {number}.txt")), tree::bytes(8_000 + number, 100)).unwrap();
    }
    for path in &files[numbers..2 * numbers] {
        fs::remove_file(path).unwrap();
    }
    fs::create_dir(folder.join("renamed")).unwrap();
    for path in &files[2 * numbers..3 * numbers] {
        fs::rename(path, folder.join("renamed").join(path.file_name().unwrap())).unwrap();
    }
}

async fn there_and_back(remote: &str, count: usize, numbers: usize) {
    let demo = Demo::start().await;
    let rclone = Rclone::new(demo.ready(), demo.directory());
    let (local, back) = (demo.directory().join("tree"), demo.directory().join("back"));
    let tree = format!("{remote}:tree");
    tree::plant(&local, count);

    rclone.run(&["copy", "tree", &tree, "--transfers", "8"]);
    same(&rclone, ["tree", &tree], count, &[]);
    assert_eq!(rclone.run(&["lsf", "-R", "--files-only", &tree]).lines().count(), count);
    let again = rclone.attempt(&["copy", "-v", "tree", &tree]);
    assert!(!again.stderr.contains("Copied"), "nothing has changed, and rclone copies: {}", again.stderr);

    disturb(&local, numbers);
    let changes = rclone.attempt(&["check", "tree", &tree, "--combined", "-"]).stdout;
    let marked = |mark: &str| changes.lines().filter(|line| line.starts_with(mark)).count();
    assert_eq!([marked("*"), marked("+"), marked("-")], [numbers, 2 * numbers, 2 * numbers], "{changes}");
    let synced = rclone.attempt(&["sync", "-v", "tree", &tree, "--track-renames"]);
    assert_eq!(synced.status, Some(0), "{}", synced.stderr);
    assert_eq!(synced.stderr.matches(": Renamed from").count(), numbers, "{}", synced.stderr);
    same(&rclone, ["tree", &tree], count, &[]);

    rclone.run(&["sync", &tree, back.to_str().unwrap()]);
    same(&rclone, ["tree", "back"], count, &["--download"]);

    rclone.run(&["purge", &tree]);
    let gone = rclone.attempt(&["lsf", &tree]);
    assert_eq!(gone.status, Some(3), "directory not found, in rclone's numbers: {}", gone.stderr);
}

#[tokio::test]
async fn rclone_carries_500_files_to_a_business_drive_and_back() {
    there_and_back("business", 500, 10).await;
}

#[tokio::test]
async fn rclone_carries_files_to_a_personal_drive_and_back() {
    there_and_back("personal", 150, 5).await;
}

#[tokio::test]
async fn rclone_carries_files_to_a_document_library_and_back() {
    there_and_back("library", 150, 5).await;
}

#[tokio::test]
async fn rclone_keeps_two_sides_alike() {
    let demo = Demo::start().await;
    let rclone = Rclone::new(demo.ready(), demo.directory());
    let local = demo.directory().join("ours");
    tree::plant(&local, 20);
    let bisync =
        |more: &[&str]| rclone.run(&[&["bisync", "ours", "business:theirs", "--workdir", "work"], more].concat());
    rclone.run(&["mkdir", "business:theirs"]);
    bisync(&["--resync"]);
    same(&rclone, ["ours", "business:theirs"], 20, &[]);

    fs::write(local.join("from here.txt"), "here").unwrap();
    fs::remove_file(local.join("plain")).unwrap();
    rclone.run(&["copyto", "ours/from here.txt", "business:theirs/from there.txt"]);
    rclone.run(&["deletefile", "business:theirs/with space"]);
    bisync(&[]);
    same(&rclone, ["ours", "business:theirs"], 20, &[]);
    let names = ["from here.txt", "from there.txt", "plain", "with space"].map(|name| local.join(name).exists());
    assert_eq!(names, [true, true, false, false]);
}
