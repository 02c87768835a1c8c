//! Contents of text files are found by a job that follows changes.

use driveway::ops::search_index;
use serde_json::json;

use super::{found, index, search_at};
use crate::steps::{at, id, names, put, restarted};
use crate::support::TestServer;

const ROOT: &str = "/v1.0/me/drive/root";

#[tokio::test]
async fn contents_of_text_files_are_found() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "minutes.md", "# Zephyr board\n\nThe **dredging** of the basin").await;
    put(&alice, "page.html", "<h1>Dredging</h1><script>let anchorage = 1</script>").await;
    put(&alice, "photo.jpg", "dredging").await;
    let wide: Vec<u8> = "\u{feff}Dredging später".encode_utf16().flat_map(u16::to_le_bytes).collect();
    alice.put(&format!("{}/content", at("wide.csv")), wide).await.expect(201);
    alice.put(&format!("{}/content", at("zeros.txt")), b"dredging\0\0".to_vec()).await.expect(201);
    assert_eq!(found(&alice, ROOT, "dredg").await, [""; 0], "until the job has run");
    index(&server).await;
    assert_eq!(found(&alice, ROOT, "dredg").await, ["minutes.md", "page.html", "wide.csv"]);
    assert_eq!(found(&alice, ROOT, "spater").await, ["wide.csv"]);
    assert_eq!(found(&alice, ROOT, "\"zephyr board\"").await, ["minutes.md"]);
    assert_eq!(found(&alice, ROOT, "\"board zephyr\"").await, [""; 0]);
    assert_eq!(found(&alice, ROOT, "minutes dredging").await, ["minutes.md"], "name and content together");
    assert_eq!(found(&alice, ROOT, "anchorage").await, [""; 0], "scripts are no text");
    assert_eq!(found(&alice, ROOT, "h1").await, [""; 0], "nor are tags");
    assert_eq!(search_index::catch_up(&server.app).await.unwrap(), search_index::Tally::default(), "once is enough");
}

#[tokio::test]
async fn what_is_found_is_the_content_as_it_is_now() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "a.txt", "first zephyr").await;
    index(&server).await;
    put(&alice, "a.txt", "second pier").await;
    assert_eq!(found(&alice, ROOT, "zephyr").await, [""; 0], "at once");
    index(&server).await;
    assert_eq!(found(&alice, ROOT, "pier").await, ["a.txt"]);
    assert_eq!(found(&alice, ROOT, "zephyr").await, [""; 0]);
    alice.post(&format!("{}/versions/1.0/restoreVersion", at("a.txt")), &json!({})).await.expect(204);
    index(&server).await;
    assert_eq!(found(&alice, ROOT, "zephyr").await, ["a.txt"], "a restored version");
    assert_eq!(found(&alice, ROOT, "pier").await, [""; 0]);
    alice.patch(&at("a.txt"), &json!({"name": "a.bin"})).await.expect(200);
    index(&server).await;
    alice.patch(&at("a.bin"), &json!({"name": "b.md"})).await.expect(200);
    index(&server).await;
    assert_eq!(found(&alice, ROOT, "zephyr").await, ["b.md"], "a type that comes and goes");
}

#[tokio::test]
async fn so_much_of_a_file_is_read_as_the_settings_say() {
    let server = TestServer::start_with(|config| config.limits.search_text_bytes = 100).await;
    let alice = server.alice();
    put(&alice, "long.txt", &format!("beginning {} ending", "x ".repeat(100))).await;
    index(&server).await;
    assert_eq!(found(&alice, ROOT, "beginning").await, ["long.txt"]);
    assert_eq!(found(&alice, ROOT, "ending").await, [""; 0]);
    let server = TestServer::start_with(|config| config.limits.search_text_bytes = 0).await;
    let alice = server.alice();
    put(&alice, "long.txt", "beginning").await;
    index(&server).await;
    assert_eq!(found(&alice, ROOT, "beginning").await, [""; 0]);
    assert_eq!(found(&alice, ROOT, "long").await, ["long.txt"]);
}

/// What is to be done stands in the database: a server that dies before its job has run leaves it to the next one.
#[tokio::test]
async fn what_a_crash_left_undone_is_done_by_the_next_run() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "a.txt", "zephyr").await;
    index(&server).await;
    put(&alice, "yonder.txt", "zephyr").await;
    put(&alice, "a.txt", "pier").await;
    let (app, stranger) = restarted(&server).await;
    let again = alice.towards(&stranger);
    let look = async |text: &str| names(&again.get(&search_at(ROOT, text)).await.expect(200).json());
    assert_eq!(look("zephyr").await, [""; 0]);
    assert_eq!(look("yond").await, ["yonder.txt"], "names are found without");
    search_index::catch_up(&app).await.unwrap();
    assert_eq!((look("zephyr").await, look("pier").await), (vec!["yonder.txt".to_owned()], vec!["a.txt".to_owned()]));
    assert!(app.db.read(|tx| tx.check()).await.unwrap().is_empty());
}

/// The bytes of a file are gone: the others are indexed all the same, and it stays to be done.
#[tokio::test]
async fn a_file_that_cannot_be_read_keeps_none_waiting() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let gone = put(&alice, "gone.txt", "zephyr of the lost").await;
    put(&alice, "there.txt", "zephyr").await;
    let hash = gone["file"]["hashes"]["sha256Hash"].as_str().unwrap().to_lowercase();
    let blob = file_named(&server.app.config.data.join("blobs"), &hash);
    std::fs::remove_file(blob.unwrap()).unwrap();
    index(&server).await;
    index(&server).await;
    assert_eq!(found(&alice, ROOT, "zephyr").await, ["there.txt"]);
    assert!(!id(&gone).is_empty());
}

/// The file below a directory whose path without separators ends with a hash.
fn file_named(directory: &std::path::Path, hash: &str) -> Option<std::path::PathBuf> {
    std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).find_map(|path| {
        if path.is_dir() {
            return file_named(&path, hash);
        }
        let name = path.file_name()?.to_str()?;
        hash.ends_with(name).then_some(path)
    })
}
