//! The pages of a shared folder.

use anyhow::Result;

use crate::chromium::{Browser, Kind};
use crate::page::Demo;
use crate::process::client;
use crate::process::drive::text;
use crate::webdriver::Element;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_link_goes_down_and_up_and_never_out() -> Result<()> {
    let demo = Demo::start("business").await?;
    let shared = demo.item("Reports")?;
    let below = demo.drive.create_folder(&shared.id, "Archive").await?;
    demo.drive.upload("Reports/Archive/2019.txt", "A quiet year.\n").await?;
    assert_eq!(text(&below, "/name")?, "Archive");
    let link = demo.view_link(&shared.id).await?;

    let browser = Browser::start(Kind::Ordinary).await?;
    browser.go_to(&link).await?;
    browser.see_heading("Reports").await?;
    assert!(names(&browser).await?.contains(&"Q3 summary.md".to_owned()), "{:?}", names(&browser).await?);
    assert!(browser.find(".crumbs").await?.is_empty(), "nothing lies above the shared folder");
    stays_inside(&browser, &link).await?;
    browser.keep_picture("folder").await?;

    browser.follow(&entry(&browser, "Archive").await?, "Archive").await?;
    assert_eq!(names(&browser).await?, ["2019.txt"]);
    stays_inside(&browser, &link).await?;
    browser.follow(&entry(&browser, "2019.txt").await?, "2019.txt").await?;
    stays_inside(&browser, &link).await?;
    assert_eq!(browser.download(&browser.one("a.button").await?, "2019.txt").await?, b"A quiet year.\n");

    let up = browser.find(".crumbs a").await?;
    assert_eq!(up.len(), 2, "a file two levels down has two folders above it");
    browser.follow(&up[1], "Archive").await?;
    browser.follow(&browser.one(".crumbs a").await?, "Reports").await?;
    assert_eq!(browser.url().await?, link);
    out_is_closed(&link).await
}

/// Addresses that would lie outside if they were followed as paths.
async fn out_is_closed(link: &str) -> Result<()> {
    let http = client()?;
    for way in ["Welcome.txt", "..%2fWelcome.txt", "%2e%2e/Welcome.txt", "Archive/..%2f..%2fWelcome.txt"] {
        let response = http.get(format!("{link}{way}")).send().await?;
        assert!(!response.status().is_success(), "{way}: {}", response.status());
        let page = response.text().await?;
        assert!(!page.contains("This drive is yours"), "{way} leads out:\n{page}");
    }
    Ok(())
}

async fn names(browser: &Browser) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in browser.find(".entries a.to").await? {
        names.push(browser.text(&entry).await?);
    }
    Ok(names)
}

async fn entry(browser: &Browser, name: &str) -> Result<Element> {
    let entries = browser.find(".entries a.to").await?;
    let at = names(browser).await?.iter().position(|one| one == name);
    Ok(entries[at.unwrap()].clone())
}

/// Every link on the page leads below the shared folder.
async fn stays_inside(browser: &Browser, link: &str) -> Result<()> {
    let links = browser.find("a").await?;
    assert!(!links.is_empty());
    for element in links {
        let href = browser.property(&element, "href").await?;
        assert!(href.as_str().unwrap().starts_with(link), "{href} leads out of {link}");
    }
    Ok(())
}
