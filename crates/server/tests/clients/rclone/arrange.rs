//! What moves and copies without passing through rclone.

use std::fs;

use super::Rclone;
use crate::support::Demo;

/// Runs a command that mustn't carry a byte: the server does it.
#[track_caller]
fn by_the_server(rclone: &Rclone, arguments: &[&str], word: &str) {
    let done = rclone.attempt(&[&["-v"], arguments].concat());
    assert_eq!(done.status, Some(0), "{arguments:?}: {}", done.stderr);
    assert!(done.stderr.contains(word), "{arguments:?}: {}", done.stderr);
    assert!(!done.stderr.contains("Copied (new)"), "{arguments:?}: {}", done.stderr);
}

#[track_caller]
fn listed(rclone: &Rclone, folder: &str) -> Vec<String> {
    let mut names: Vec<String> = rclone.run(&["lsf", "-R", folder]).lines().map(str::to_owned).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn rclone_copies_and_moves_on_the_server() {
    let demo = Demo::start().await;
    let rclone = Rclone::new(demo.ready(), demo.directory());
    for remote in ["business:", "personal:", "library:"] {
        let at = |path: &str| format!("{remote}{path}");
        rclone.run(&["mkdir", &at("a/b")]);

        by_the_server(
            &rclone,
            &["copyto", &at("Welcome.txt"), &at("a/Copy of + Welcome.txt")],
            "Copied (server-side copy)",
        );
        assert_eq!(rclone.run(&["cat", &at("Welcome.txt")]), rclone.run(&["cat", &at("a/Copy of + Welcome.txt")]));
        by_the_server(&rclone, &["copy", &at("Reports"), &at("a/Reports")], "Copied (server-side copy)");

        by_the_server(&rclone, &["moveto", &at("a/Copy of + Welcome.txt"), &at("a/b/welcome")], "Moved (server-side)");
        by_the_server(&rclone, &["moveto", &at("a/b/welcome"), &at("a/b/Welcome")], "Moved (server-side)");
        by_the_server(
            &rclone,
            &["moveto", &at("a/Reports"), &at("a/b/Berichte")],
            "Server side directory move succeeded",
        );
        let expected = ["b/", "b/Berichte/", "b/Berichte/Q3 figures.csv", "b/Berichte/Q3 summary.md", "b/Welcome"];
        assert_eq!(listed(&rclone, &at("a")), expected, "{remote}");

        rclone.run(&["delete", &at("a/b")]);
        assert_eq!(listed(&rclone, &at("a")), ["b/", "b/Berichte/"], "{remote}");
        rclone.run(&["rmdirs", &at("a")]);
        assert_eq!(rclone.attempt(&["lsf", &at("a")]).status, Some(3), "{remote}");
    }
}

#[tokio::test]
async fn rclone_copies_over_what_is_there() {
    let demo = Demo::start().await;
    let rclone = Rclone::new(demo.ready(), demo.directory());
    for (number, name) in ["old.txt", "new.txt"].into_iter().enumerate() {
        fs::write(demo.directory().join(name), name.repeat(number + 1)).unwrap();
        rclone.run(&["copyto", name, &format!("business:{name}")]);
    }
    by_the_server(&rclone, &["copyto", "business:new.txt", "business:old.txt"], "Copied (server-side copy)");
    assert_eq!(rclone.run(&["cat", "business:old.txt"]), "new.txtnew.txt");
}

#[tokio::test]
async fn rclone_sets_times_and_says_them() {
    let demo = Demo::start().await;
    let rclone = Rclone::new(demo.ready(), demo.directory());
    for remote in ["business:", "personal:", "library:"] {
        let at = |path: &str| format!("{remote}{path}");
        rclone.run(&["touch", "-t", "2001-02-03T04:05:06", &at("Welcome.txt")]);
        rclone.run(&["touch", "-t", "2001-02-03T04:05:06", &at("empty.txt")]);
        for name in ["Welcome.txt", "empty.txt"] {
            let times = rclone.run(&["lsf", "--format", "t", "--time-format", "RFC3339", &at(name)]);
            assert_eq!(times.trim(), "2001-02-03T04:05:06Z", "{remote}{name}");
        }
        assert_eq!(rclone.run(&["size", &at("empty.txt")]).lines().last(), Some("Total size: 0 B (0 Byte)"));
    }
}
