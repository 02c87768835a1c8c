//! The rule of the house inside the server: the doors call operations, operations know no door, nobody else asks storage.

#![expect(clippy::unwrap_used, reason = "a test that panics is a test that fails")]

use std::fs;
use std::path::{Path, PathBuf};

fn sources(below: &str) -> Vec<PathBuf> {
    fn walk(directory: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(below), &mut found);
    assert!(!found.is_empty(), "{below}");
    found
}

#[track_caller]
fn nowhere(below: &[&str], words: &[&str]) {
    for path in below.iter().flat_map(|below| sources(below)) {
        let text = fs::read_to_string(&path).unwrap();
        for word in words {
            assert!(!text.contains(word), "{} speaks of {word}", path.display());
        }
    }
}

#[test]
fn the_doors_never_touch_storage() {
    nowhere(&["http", "cli", "jobs"], &["driveway_storage", "|tx| tx.", " tx."]);
}

#[test]
fn operations_never_see_a_request_or_a_status_code() {
    nowhere(&["ops"], &["axum", "hyper", "http::", "StatusCode", "HeaderMap", "crate::cli", "clap"]);
}

#[test]
fn the_doors_do_not_lean_on_each_other() {
    nowhere(&["http", "jobs"], &["crate::cli"]);
    nowhere(&["jobs"], &["crate::http"]);
}

#[test]
fn whoever_changes_a_link_writes_it_down() {
    let changes =
        ["delete_permission(", "update_link(", "set_expiry(", "add_grantees(", "remove_grantees(", "redeem_link("];
    let mut writers = 0;
    for path in sources("ops") {
        let text = fs::read_to_string(&path).unwrap();
        if changes.iter().any(|change| text.contains(&format!("tx.{change}"))) {
            writers += 1;
            assert!(text.contains("audit::"), "{} changes links and writes nothing down", path.display());
        }
    }
    assert!(writers >= 6, "{writers}");
}
