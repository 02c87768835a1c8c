//! Signing in, through to a link that asks for it.

use anyhow::Result;
use serde_json::json;

use crate::chromium::{Browser, Kind};
use crate::page::Demo;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_for_the_organization_asks_and_opens_after_the_sign_in() -> Result<()> {
    let demo = Demo::start("business").await?;
    let item = demo.item("Welcome.txt")?;
    let (link, _) = demo.link(&item.id, json!({ "type": "view", "scope": "organization" })).await?;
    let user = demo.ready.user("admin")?;
    let browser = Browser::start(Kind::Ordinary).await?;

    browser.go_to(&link).await?;
    browser.see_heading("Sign in to continue").await?;
    assert!(!browser.source().await?.contains("Welcome"), "the page tells of the item");
    browser.follow(&browser.one("a.button").await?, "Sign in").await?;
    browser.keep_picture("sign-in").await?;

    give(&browser, &user.principal_name, "not the password").await?;
    let wrong = "The user name or the password is wrong. Please try again.";
    browser.see("[role=alert]", wrong).await?;
    browser.keep_picture("sign-in-wrong").await?;

    browser.type_into(&browser.one("input[name=password]").await?, &user.password).await?;
    browser.click(&browser.one("button[type=submit]").await?).await?;
    browser.see_heading("Welcome.txt").await?;
    assert_eq!(browser.url().await?, link);
    let bytes = browser.download(&browser.one("a.button").await?, "Welcome.txt").await?;
    assert!(bytes.starts_with(b"Welcome to Driveway"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_is_allowed_what_it_asks_and_gets_its_code() -> Result<()> {
    let demo = Demo::start("business").await?;
    let user = demo.ready.user("business")?;
    let client = &demo.ready.applications[0].client_id;
    // The program listens where the demo does, at its page for addresses that lead nowhere: any port of the machine will do.
    let port = demo.ready.base_url.rsplit(':').next().unwrap_or_default();
    let redirect = format!("http://localhost:{port}/");
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("client_id", client.as_str()),
            ("response_type", "code"),
            ("redirect_uri", redirect.as_str()),
            ("scope", "openid offline_access Files.ReadWrite.All"),
            ("state", "harbour"),
        ])
        .finish();
    let browser = Browser::start(Kind::Ordinary).await?;
    browser.go_to(&format!("{}/common/oauth2/v2.0/authorize?{query}", demo.ready.base_url)).await?;
    browser.see_heading("Sign in").await?;
    give(&browser, &user.principal_name, &user.password).await?;
    browser.see_heading("Allow access?").await?;
    browser.keep_picture("consent").await?;
    browser.click(&browser.one("button[value=allow]").await?).await?;
    browser.see_heading("This is a Driveway server").await?;
    let url = browser.url().await?;
    assert!(url.starts_with(&format!("{redirect}?code=")) && url.ends_with("&state=harbour"), "{url}");
    Ok(())
}

async fn give(browser: &Browser, name: &str, password: &str) -> Result<()> {
    browser.type_into(&browser.one("input[name=username]").await?, name).await?;
    browser.type_into(&browser.one("input[name=password]").await?, password).await?;
    browser.click(&browser.one("button[type=submit]").await?).await
}
