//! What is there to see.

use super::Rclone;
use crate::support::Demo;

#[tokio::test]
async fn rclone_lists_every_kind_of_drive() {
    let demo = Demo::start().await;
    let rclone = Rclone::new(demo.ready(), demo.directory());
    for remote in ["business:", "personal:", "library:"] {
        let listed = rclone.run(&["lsf", "-R", remote]);
        let mut names: Vec<&str> = listed.lines().collect();
        names.sort_unstable();
        let samples = [
            "Budget.csv",
            "Driveway in one page.pdf",
            "Harbour.png",
            "Reading list.md",
            "Reports/",
            "Reports/Q3 figures.csv",
            "Reports/Q3 summary.md",
            "Welcome.txt",
        ];
        assert_eq!(names, samples, "{remote}");
    }
}
