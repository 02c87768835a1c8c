//! The part of the W3C `WebDriver` protocol that the tests speak: JSON over HTTP, a command a request.

use std::path::Path;

use anyhow::{Context, Result, bail};
use data_encoding::BASE64;
use reqwest::{Client, Method};
use serde_json::{Value, json};

/// The member that names an element in the protocol.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A session: one browser window.
#[derive(Debug)]
pub(crate) struct Session {
    http: Client,
    url: String,
}

/// An element of the page that is shown.
#[derive(Debug, Clone)]
pub(crate) struct Element(String);

impl Session {
    /// Opens a session at a driver's address.
    pub(crate) async fn open(http: Client, driver: &str, capabilities: &Value) -> Result<Self> {
        let wanted = json!({ "capabilities": { "alwaysMatch": capabilities } });
        let value = command(&http, Method::POST, &format!("{driver}/session"), Some(&wanted)).await?;
        let id = value.get("sessionId").and_then(Value::as_str).context("a session without an id")?;
        Ok(Self { url: format!("{driver}/session/{id}"), http })
    }

    /// The path of the session below the driver's address.
    pub(crate) fn path(&self) -> Option<String> {
        Some(reqwest::Url::parse(&self.url).ok()?.path().to_owned())
    }

    pub(crate) async fn go_to(&self, url: &str) -> Result<()> {
        self.post("/url", &json!({ "url": url })).await.map(drop)
    }

    pub(crate) async fn reload(&self) -> Result<()> {
        self.post("/refresh", &json!({})).await.map(drop)
    }

    pub(crate) async fn url(&self) -> Result<String> {
        as_text(self.get("/url").await?)
    }

    pub(crate) async fn title(&self) -> Result<String> {
        as_text(self.get("/title").await?)
    }

    /// The page as markup.
    pub(crate) async fn source(&self) -> Result<String> {
        as_text(self.get("/source").await?)
    }

    /// The elements that a CSS selector finds.
    pub(crate) async fn find(&self, selector: &str) -> Result<Vec<Element>> {
        let found = self.post("/elements", &json!({ "using": "css selector", "value": selector })).await?;
        let elements = found.as_array().context("elements that are no list")?;
        elements.iter().map(|element| Ok(Element(as_text(element[ELEMENT].clone())?))).collect()
    }

    /// An element's text as it is shown.
    pub(crate) async fn text(&self, Element(id): &Element) -> Result<String> {
        as_text(self.get(&format!("/element/{id}/text")).await?)
    }

    /// An attribute as it is written.
    pub(crate) async fn attribute(&self, Element(id): &Element, name: &str) -> Result<Option<String>> {
        Ok(self.get(&format!("/element/{id}/attribute/{name}")).await?.as_str().map(str::to_owned))
    }

    /// A property; for `href` that is the whole URL.
    pub(crate) async fn property(&self, Element(id): &Element, name: &str) -> Result<Value> {
        self.get(&format!("/element/{id}/property/{name}")).await
    }

    pub(crate) async fn click(&self, Element(id): &Element) -> Result<()> {
        self.post(&format!("/element/{id}/click"), &json!({})).await.map(drop)
    }

    /// Types into an element.
    pub(crate) async fn type_into(&self, Element(id): &Element, text: &str) -> Result<()> {
        self.post(&format!("/element/{id}/value"), &json!({ "text": text })).await.map(drop)
    }

    /// What a script returns.
    pub(crate) async fn run(&self, script: &str) -> Result<Value> {
        self.post("/execute/sync", &json!({ "script": script, "args": [] })).await
    }

    /// Goes on inside a frame.
    pub(crate) async fn enter(&self, Element(id): &Element) -> Result<()> {
        self.post("/frame", &json!({ "id": { ELEMENT: id } })).await.map(drop)
    }

    /// Goes on in the whole page.
    pub(crate) async fn leave_frames(&self) -> Result<()> {
        self.post("/frame", &json!({ "id": null })).await.map(drop)
    }

    /// Writes a picture of what is seen.
    pub(crate) async fn picture(&self, file: &Path) -> Result<()> {
        let picture = BASE64.decode(as_text(self.get("/screenshot").await?)?.as_bytes())?;
        std::fs::write(file, picture).with_context(|| format!("can't write {}", file.display()))
    }

    async fn get(&self, below: &str) -> Result<Value> {
        command(&self.http, Method::GET, &format!("{}{below}", self.url), None).await
    }

    async fn post(&self, below: &str, body: &Value) -> Result<Value> {
        command(&self.http, Method::POST, &format!("{}{below}", self.url), Some(body)).await
    }
}

async fn command(http: &Client, method: Method, url: &str, body: Option<&Value>) -> Result<Value> {
    let mut request = http.request(method, url);
    if let Some(body) = body {
        request = request.json(body);
    }
    let response = request.send().await?;
    let status = response.status();
    let mut answer: Value = response.json().await?;
    let value = answer.get_mut("value").map(Value::take).unwrap_or_default();
    if !status.is_success() {
        bail!(
            "{url}: {} ({})",
            value["message"].as_str().unwrap_or_default(),
            value["error"].as_str().unwrap_or_default()
        );
    }
    Ok(value)
}

fn as_text(value: Value) -> Result<String> {
    match value {
        Value::String(text) => Ok(text),
        other => bail!("not a text: {other}"),
    }
}
