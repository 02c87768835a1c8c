//! Over https, with the server's own authority.

use super::Rclone;
use crate::support::Demo;

#[tokio::test]
async fn rclone_works_over_https() {
    let demo = Demo::start_https().await;
    assert!(demo.ready().base_url.starts_with("https://"), "{}", demo.ready().base_url);
    let rclone = Rclone::new(demo.ready(), demo.directory());
    rclone.run(&["copy", "business:Reports", "business:Copied"]);
    std::fs::write(demo.directory().join("file.bin"), vec![7; 700_000]).unwrap();
    rclone.run(&["copyto", "file.bin", "business:Copied/file.bin", "--onedrive-chunk-size", "320k"]);
    rclone.run(&["copy", "business:Copied", "down"]);
    assert_eq!(std::fs::read(demo.directory().join("down/file.bin")).unwrap(), vec![7; 700_000]);

    let url = rclone.run(&["link", "business:Welcome.txt"]);
    let content = demo.http().get(format!("{}?download=1", url.trim_end())).send().await.unwrap();
    assert!(content.status().is_success(), "{url}: {content:?}");

    let untrusting = rclone.command(&["lsf", "business:"]).env_remove("SSL_CERT_FILE").output().unwrap();
    let said = String::from_utf8_lossy(&untrusting.stderr);
    assert!(said.contains("certificate signed by unknown authority"), "{said}");
}
