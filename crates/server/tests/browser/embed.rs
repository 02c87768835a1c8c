//! Links in the frames of other sites.

use std::net::Ipv4Addr;

use anyhow::Result;
use axum::Router;
use axum::response::Html;
use axum::routing::get;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::chromium::{Browser, Kind};
use crate::page::Demo;

/// A page of another origin, served as long as the value lives.
pub(crate) struct Elsewhere {
    url: String,
    _serving: JoinSet<std::io::Result<()>>,
}

impl Elsewhere {
    pub(crate) async fn serve(page: String) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}/", listener.local_addr()?);
        let mut serving = JoinSet::new();
        let router = Router::new().route("/", get(async move || Html(page)));
        serving.spawn(async move { axum::serve(listener, router).await });
        Ok(Self { url, _serving: serving })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_an_embed_link_works_in_the_frame_of_another_site() -> Result<()> {
    let demo = Demo::start("personal").await?;
    let item = &demo.item("Harbour.png")?.id;
    let (embed, _) = demo.link(item, json!({ "type": "embed" })).await?;
    let view = demo.view_link(item).await?;
    let page = format!("<!doctype html><title>elsewhere</title>{}{}", frame("embed", &embed), frame("view", &view));
    let elsewhere = Elsewhere::serve(page).await?;

    let browser = Browser::start(Kind::Ordinary).await?;
    browser.go_to(elsewhere.url()).await?;
    assert_eq!(browser.title().await?, "elsewhere");
    browser.keep_picture("frames").await?;
    browser.enter(&browser.one("#embed").await?).await?;
    browser.see_heading("Harbour.png").await?;
    let width = browser.property(&browser.one("img.picture").await?, "naturalWidth").await?;
    assert!(width.as_u64() > Some(1), "the picture is not there: {width}");

    browser.leave_frames().await?;
    browser.enter(&browser.one("#view").await?).await?;
    let source = browser.source().await?;
    assert!(!source.contains("Harbour.png"), "a view link is shown in a frame:\n{source}");
    let shown = browser.run("return document.URL").await?;
    assert!(shown.as_str().unwrap().starts_with("chrome-error:"), "the frame has not been refused: {shown}");
    Ok(())
}

fn frame(id: &str, url: &str) -> String {
    format!("<iframe id=\"{id}\" width=\"480\" height=\"400\" src=\"{url}\"></iframe>")
}
