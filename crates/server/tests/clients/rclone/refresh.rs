//! A token that is over is renewed by the way, and the new one kept.

use std::fs;

use serde_json::json;

use super::Rclone;
use crate::support::Demo;

#[tokio::test]
async fn rclone_renews_its_token() {
    let demo = Demo::start().await;
    let rclone = Rclone::new(demo.ready(), demo.directory());
    let (user, application) = (demo.ready().user("business").unwrap(), &demo.ready().applications[0]);
    let form = [
        ("grant_type", "password"),
        ("client_id", &application.client_id),
        ("client_secret", &application.client_secret),
        ("username", &user.principal_name),
        ("password", &user.password),
        ("scope", "Files.ReadWrite.All offline_access"),
    ];
    let tokens = demo.tokens(&form).await;
    let token = json!({
        "access_token": tokens["access_token"],
        "refresh_token": tokens["refresh_token"],
        "token_type": "Bearer",
        "expiry": "2020-01-01T00:00:00Z",
    });
    let base = &demo.ready().base_url;
    let config = format!(
        "[renewed]\ntype = onedrive\ntenant_url = {base}\ntoken_url = {base}/common/oauth2/v2.0/token\n\
         client_id = {}\nclient_secret = {}\ndrive_type = business\ndrive_id = {}\ntoken = {token}\n",
        application.client_id, application.client_secret, user.drive_id,
    );
    let file = demo.directory().join("rclone.conf");
    fs::write(&file, config).unwrap();

    assert!(rclone.run(&["lsf", "renewed:"]).contains("Welcome.txt"));
    let kept = fs::read_to_string(&file).unwrap();
    for old in [&tokens["access_token"], &tokens["refresh_token"]] {
        assert!(!kept.contains(old.as_str().unwrap()), "{kept}");
    }
    assert!(!kept.contains("2020-01-01"), "{kept}");
    assert!(rclone.run(&["lsf", "renewed:"]).contains("Welcome.txt"));
    assert_eq!(fs::read_to_string(&file).unwrap(), kept, "the new token is good: nothing to renew");
}
