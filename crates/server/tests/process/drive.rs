//! A drive of the running server, as a Graph application sees it.

use anyhow::{Context, Result, ensure};
use reqwest::{Body, Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

use super::{Ready, User};

/// Somebody's drive and the right to use it.
#[derive(Debug, Clone)]
pub(crate) struct Drive {
    http: Client,
    url: String,
    token: String,
}

impl Drive {
    /// A user's own drive, with the token of the ready file.
    pub(crate) fn of(http: Client, ready: &Ready, user: &User) -> Self {
        Self { http, url: format!("{}/drives/{}", ready.graph_url, user.drive_id), token: user.access_token.clone() }
    }

    /// The same drive with another token.
    pub(crate) fn with_token(&self, token: String) -> Self {
        Self { token, ..self.clone() }
    }

    /// Where the drive is: `{graphUrl}/drives/{id}`.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The bearer token that its calls carry.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// A request to what lies below the drive's URL.
    pub(crate) fn request(&self, method: Method, below: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{below}", self.url)).bearer_auth(&self.token)
    }

    /// The drive resource.
    pub(crate) async fn describe(&self) -> Result<Value> {
        accept(self.request(Method::GET, "").send().await?).await
    }

    /// Puts a file at a path, and returns its driveItem.
    pub(crate) async fn upload(&self, path: &str, content: impl Into<Body>) -> Result<Value> {
        let put = self.request(Method::PUT, &format!("/root:/{path}:/content"));
        accept(put.header("Content-Type", "application/octet-stream").body(content).send().await?).await
    }

    /// Makes a folder in a folder, and returns its driveItem. `root` is a parent too.
    pub(crate) async fn create_folder(&self, parent: &str, name: &str) -> Result<Value> {
        let post = self.request(Method::POST, &format!("/items/{parent}/children"));
        accept(post.json(&json!({ "name": name, "folder": {} })).send().await?).await
    }

    /// Calls createLink, whatever comes back.
    pub(crate) async fn post_link(&self, item: &str, body: &Value) -> reqwest::Result<Response> {
        self.request(Method::POST, &format!("/items/{item}/createLink")).json(body).send().await
    }

    /// Calls createLink, and returns the permission.
    pub(crate) async fn create_link(&self, item: &str, body: &Value) -> Result<Value> {
        accept(self.post_link(item, body).await?).await
    }

    /// The permissions of an item.
    pub(crate) async fn permissions(&self, item: &str) -> Result<Vec<Value>> {
        let list = accept(self.request(Method::GET, &format!("/items/{item}/permissions")).send().await?).await?;
        Ok(list.get("value").and_then(Value::as_array).context("a list without value")?.clone())
    }

    /// Takes a permission back.
    pub(crate) async fn delete_permission(&self, item: &str, permission: &str) -> Result<()> {
        let delete = self.request(Method::DELETE, &format!("/items/{item}/permissions/{permission}"));
        let status = delete.send().await?.status();
        ensure!(status == StatusCode::NO_CONTENT, "DELETE of a permission: {status}");
        Ok(())
    }
}

/// The JSON of an answer that says yes.
pub(crate) async fn accept(response: Response) -> Result<Value> {
    let (status, url) = (response.status(), response.url().clone());
    let text = response.text().await?;
    ensure!(status.is_success(), "{url}: {status}\n{text}");
    serde_json::from_str(&text).with_context(|| format!("{url} answered {status} and no JSON: {text}"))
}

/// A member that is text, found by a JSON pointer.
pub(crate) fn text<'a>(value: &'a Value, pointer: &str) -> Result<&'a str> {
    value.pointer(pointer).and_then(Value::as_str).with_context(|| format!("no text at {pointer} in {value}"))
}
