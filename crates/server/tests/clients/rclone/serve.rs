//! rclone's own server in front of a drive, and what it hears of changes behind its back.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStderr, Command, Stdio};

use reqwest::StatusCode;
use reqwest::header::{CONTENT_RANGE, RANGE};

use super::Rclone;
use crate::process::drive::Drive;
use crate::process::{client, end};
use crate::support::Demo;

/// An rclone that goes on running, and what it says. It ends with this value.
pub(super) struct Running {
    pub(super) child: Child,
    log: BufReader<ChildStderr>,
    said: String,
}

impl Running {
    pub(super) fn of(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        Self { child, log, said: String::new() }
    }

    /// Reads on until a line has these words, and returns what is behind them.
    #[track_caller]
    pub(super) fn until(&mut self, words: &str) -> String {
        loop {
            let mut line = String::new();
            let read = self.log.read_line(&mut line).unwrap();
            self.said.push_str(&line);
            assert!(read > 0, "rclone ended without {words:?}:\n{}", self.said);
            if let Some((_, rest)) = line.split_once(words) {
                return rest.trim().to_owned();
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

#[tokio::test]
async fn rclone_serves_a_drive_read_only() {
    let demo = Demo::start().await;
    let rclone = Rclone::new(demo.ready(), demo.directory());
    let mut serving =
        Running::of(rclone.command(&["-v", "serve", "http", "--read-only", "--addr", "127.0.0.1:0", "business:"]));
    let address = serving.until("HTTP Server started on [");
    let get = |path: &str| client().unwrap().get(format!("{}{path}", address.trim_end_matches(']')));

    let list = get("Reports/").send().await.unwrap().text().await.unwrap();
    assert!(list.contains("Q3 figures.csv") && list.contains("Q3 summary.md"), "{list}");
    let whole = get("Harbour.png").send().await.unwrap();
    assert_eq!(whole.status(), StatusCode::OK);
    let sample = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/demo/Harbour.png")).unwrap();
    assert_eq!(whole.bytes().await.unwrap(), sample);
    let part = get("Harbour.png").header(RANGE, "bytes=1000-1999").send().await.unwrap();
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.headers()[CONTENT_RANGE], format!("bytes 1000-1999/{}", sample.len()));
    assert_eq!(part.bytes().await.unwrap(), sample[1000..2000]);
    assert_eq!(get("nothing.txt").send().await.unwrap().status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn rclone_hears_of_changes() {
    let demo = Demo::start().await;
    let rclone = Rclone::new(demo.ready(), demo.directory());
    let drive = Drive::of(client().unwrap(), demo.ready(), demo.ready().user("business").unwrap());
    let mut waiting =
        Running::of(rclone.command(&["-vv", "test", "changenotify", "business:", "--poll-interval", "200ms"]));
    waiting.until("Waiting for changes");
    drive.upload("Reports/Q4%20summary.md", "later").await.unwrap();
    waiting.until("\"Reports/Q4 summary.md\": 1");
    drive.create_folder("root", "New").await.unwrap();
    waiting.until("\"New\": 0");
}
