//! Signing in, as a person does whom rclone sends to a browser; and tokens that are renewed by the way.

use std::fs;
use std::io::Read;
use std::process::Stdio;

use serde_json::{Value, json};

use super::Rclone;
use super::serve::Running;
use crate::browser::sign_in;
use crate::process::client;
use crate::support::Demo;

/// What `rclone authorize` prints to be pasted. It waits at a port of its own choice, so no other test may do this.
async fn authorize(rclone: &Rclone, demo: &Demo) -> Value {
    let (user, application) = (demo.ready().user("business").unwrap(), &demo.ready().applications[0]);
    let endpoints = format!("{}/common/oauth2/v2.0", demo.ready().base_url);
    let mut command = rclone.command(&["authorize", "onedrive", &application.client_id, &application.client_secret]);
    command.arg("--auth-no-open-browser").env("RCLONE_ONEDRIVE_AUTH_URL", format!("{endpoints}/authorize"));
    command.env("RCLONE_ONEDRIVE_TOKEN_URL", format!("{endpoints}/token")).stdout(Stdio::piped());
    let mut waiting = Running::of(command);
    let address = waiting.until("go to the following link: ");
    let answer = client().unwrap().get(address).send().await.unwrap();
    let asked = answer.headers()["location"].to_str().unwrap();
    let way_back = sign_in(&client().unwrap(), asked, user).await;
    assert_eq!(way_back.port(), Some(53_682), "{way_back}");
    // rclone closes its door as soon as it has the code. Whether its page still gets out is chance; the token tells.
    drop(client().unwrap().get(way_back).send().await);
    let mut said = String::new();
    waiting.child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    let token = said.lines().find(|line| line.starts_with('{')).unwrap_or_else(|| panic!("no token in {said}"));
    serde_json::from_str(token).unwrap()
}

#[tokio::test]
async fn rclone_signs_in_and_renews_its_token() {
    let demo = Demo::start().await;
    let rclone = Rclone::new(demo.ready(), demo.directory());
    let mut token = authorize(&rclone, &demo).await;
    token["expiry"] = json!("2020-01-01T00:00:00Z");

    let (user, application) = (demo.ready().user("business").unwrap(), &demo.ready().applications[0]);
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
    for old in [&token["access_token"], &token["refresh_token"]] {
        assert!(!kept.contains(old.as_str().unwrap()), "{kept}");
    }
    assert!(!kept.contains("2020-01-01"), "{kept}");
    assert!(rclone.run(&["lsf", "renewed:"]).contains("Welcome.txt"));
    assert_eq!(fs::read_to_string(&file).unwrap(), kept, "the new token is good: nothing to renew");
}
