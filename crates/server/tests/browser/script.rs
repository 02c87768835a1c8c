//! The pages where scripts are off.

use anyhow::Result;

use crate::chromium::{Browser, Kind};
use crate::embed::Elsewhere;
use crate::page::Demo;
use crate::password::asks_and_opens;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_and_folders_need_no_script() -> Result<()> {
    let demo = Demo::start("business").await?;
    let browser = Browser::start(Kind::WithoutScript).await?;
    let proof =
        Elsewhere::serve("<!doctype html><title>off</title><script>document.title = 'on'</script>".to_owned()).await?;
    browser.go_to(proof.url()).await?;
    assert_eq!(browser.title().await?, "off", "scripts run");

    browser.go_to(&demo.view_link(&demo.item("Reports")?.id).await?).await?;
    browser.see_heading("Reports").await?;
    browser.keep_picture("without-script").await?;
    browser.follow(&browser.find(".entries a.to").await?[0], "Q3 figures.csv").await?;
    let bytes = browser.download(&browser.one("a.button").await?, "Q3 figures.csv").await?;
    assert_eq!(bytes, include_bytes!("../../assets/demo/Reports/Q3 figures.csv"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_password_form_needs_no_script() -> Result<()> {
    asks_and_opens(Kind::WithoutScript, "password-without-script").await
}
