//! The question for a link's password.

use anyhow::Result;
use serde_json::json;

use crate::chromium::{Browser, Kind};
use crate::page::Demo;

const QUESTION: &str = "Password needed";
const PASSWORD: &str = "six knots and a harbour";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_link_asks_and_opens_and_stays_open() -> Result<()> {
    asks_and_opens(Kind::Ordinary, "password").await
}

/// Walks through the form in a browser of this kind.
pub(crate) async fn asks_and_opens(kind: Kind, picture: &str) -> Result<()> {
    let demo = Demo::start("personal").await?;
    let item = demo.item("Welcome.txt")?;
    let wanted = json!({ "type": "view", "scope": "anonymous", "password": PASSWORD });
    let (link, _) = demo.link(&item.id, wanted).await?;
    let browser = Browser::start(kind).await?;

    browser.go_to(&link).await?;
    browser.see_heading(QUESTION).await?;
    shows_nothing_of_the_item(&browser, &demo).await?;
    assert!(browser.find("[role=alert]").await?.is_empty(), "nothing was wrong yet");
    browser.keep_picture(picture).await?;

    give(&browser, "six knots").await?;
    browser.see("[role=alert]", "That is not the right password. Please try again.").await?;
    browser.see_heading(QUESTION).await?;
    shows_nothing_of_the_item(&browser, &demo).await?;
    browser.keep_picture(&format!("{picture}-wrong")).await?;

    give(&browser, PASSWORD).await?;
    browser.see_heading("Welcome.txt").await?;
    assert!(!browser.url().await?.contains("knots"), "the password is in the address");
    browser.reload().await?;
    browser.see_heading("Welcome.txt").await?;
    let bytes = browser.download(&browser.one("a.button").await?, "Welcome.txt").await?;
    assert!(bytes.starts_with(b"Welcome to Driveway"));
    Ok(())
}

async fn give(browser: &Browser, password: &str) -> Result<()> {
    browser.type_into(&browser.one("input[name=password]").await?, password).await?;
    browser.click(&browser.one("button[type=submit]").await?).await
}

async fn shows_nothing_of_the_item(browser: &Browser, demo: &Demo) -> Result<()> {
    let source = browser.source().await?;
    for secret in ["Welcome", "Download", ".txt", demo.owner().await?.as_str()] {
        assert!(!source.contains(secret), "{secret} is shown before the password:\n{source}");
    }
    Ok(())
}
