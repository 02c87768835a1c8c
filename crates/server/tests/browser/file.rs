//! The page of a shared file.

use anyhow::Result;
use serde_json::json;

use crate::chromium::{Browser, Kind};
use crate::page::Demo;
use crate::process::drive::text;

/// What every link that doesn't open says.
const GONE: &str = "This link doesn’t work";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_view_link_shows_the_file_and_its_download_gives_the_bytes() -> Result<()> {
    let demo = Demo::start("business").await?;
    let content = "The harbour opens at six.\n".repeat(100);
    let item = demo.drive.upload("Opening%20hours.txt", content.clone()).await?;
    let link = demo.view_link(text(&item, "/id")?).await?;

    let browser = Browser::start(Kind::Ordinary).await?;
    browser.go_to(&link).await?;
    browser.see_heading("Opening hours.txt").await?;
    assert!(browser.title().await?.contains("Opening hours.txt"), "{}", browser.title().await?);
    let size = browser.one(".facts data").await?;
    assert_eq!(browser.attribute(&size, "value").await?, Some("2600".to_owned()));
    assert!(browser.text(&size).await?.contains("2.6"), "{}", browser.text(&size).await?);
    let facts = browser.text_of(".facts").await?;
    assert!(facts.contains(&demo.owner().await?), "{facts}");
    assert!(browser.text_of(".preview").await?.contains("The harbour opens at six."));
    browser.keep_picture("file").await?;

    let button = browser.one("a.button").await?;
    assert_eq!(browser.text(&button).await?, "Download");
    assert_eq!(browser.download(&button, "Opening hours.txt").await?, content.into_bytes());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_link_says_that_it_does_not_work_and_nothing_else() -> Result<()> {
    let demo = Demo::start("business").await?;
    let item = demo.item("Welcome.txt")?;
    let (link, permission) = demo.link(&item.id, json!({ "type": "view", "scope": "anonymous" })).await?;
    let browser = Browser::start(Kind::Ordinary).await?;
    browser.go_to(&link).await?;
    browser.see_heading("Welcome.txt").await?;

    demo.drive.delete_permission(&item.id, &permission).await?;
    browser.reload().await?;
    browser.see_heading(GONE).await?;
    let source = browser.source().await?;
    for secret in ["Welcome", demo.owner().await?.as_str(), "Download"] {
        assert!(!source.contains(secret), "{secret} is on the page of a dead link:\n{source}");
    }
    browser.keep_picture("gone").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn download_is_in_sight_on_a_small_screen() -> Result<()> {
    let demo = Demo::start("business").await?;
    let name = "Minutes of the general meeting of the harbour's friends, second draft with remarks.txt";
    let item = demo.drive.upload(&name.replace(' ', "%20"), "Nothing was decided.\n").await?;
    let browser = Browser::start(Kind::Small).await?;
    for item in [text(&item, "/id")?, &demo.item("Welcome.txt")?.id, &demo.item("Harbour.png")?.id] {
        browser.go_to(&demo.view_link(item).await?).await?;
        let measured = browser.run(MEASURE).await?;
        let number = |member: &str| measured[member].as_f64().unwrap();
        assert!((number("width") - 320.0).abs() < 0.5, "the screen is not 320 pixels wide: {measured}");
        assert!(number("top") >= 0.0 && number("bottom") <= number("height"), "Download is out of sight: {measured}");
        assert!(number("left") >= 0.0 && number("right") <= number("width"), "Download is cut off: {measured}");
        assert!(number("scrollWidth") <= number("width"), "the page is wider than the screen: {measured}");
        assert_eq!(measured["onTop"], true, "something lies over Download: {measured}");
    }
    browser.go_to(&demo.view_link(text(&item, "/id")?).await?).await?;
    browser.keep_picture("small").await
}

/// Where Download is, and how large the window is.
const MEASURE: &str = "
    const button = document.querySelector('a.button');
    const { top, right, bottom, left } = button.getBoundingClientRect();
    const at = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return {
        top, right, bottom, left, onTop: button.contains(at),
        width: window.innerWidth, height: window.innerHeight, scrollWidth: document.documentElement.scrollWidth,
    };";
