//! Somebody who sends requests.

use std::net::SocketAddr;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HOST as HOST_HEADER, HeaderName, HeaderValue};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;

use super::Answer;
use super::server::HOST;

/// Somebody who sends requests, with or without a token.
#[derive(Clone)]
pub struct Actor {
    client: Client,
    address: SocketAddr,
    base_url: Option<String>,
    authorization: Option<String>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Actor {
    pub fn new(client: Client, address: SocketAddr, authorization: Option<String>) -> Self {
        Self { client, address, base_url: None, authorization, headers: Vec::new() }
    }

    /// The same one, who goes by way of another URL of the server, with a client that gets there.
    pub fn over(&self, client: &Client, base_url: &str) -> Self {
        Self { client: client.clone(), base_url: Some(base_url.to_owned()), ..self.clone() }
    }

    /// The same one, who sends a header with each request.
    pub fn with(&self, name: &'static str, value: &str) -> Self {
        let mut with = self.clone();
        with.headers.push((HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()));
        with
    }

    /// The same one, who goes to where another goes.
    pub fn towards(&self, other: &Self) -> Self {
        Self { address: other.address, client: other.client.clone(), ..self.clone() }
    }

    /// A request to a path, or to an absolute URL of the server's own.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut request = match &self.base_url {
            Some(base_url) => {
                let path = path.strip_prefix(base_url.as_str()).unwrap_or(path);
                self.client.request(method, format!("{base_url}{path}"))
            }
            None => {
                let path = path.strip_prefix(&format!("http://{HOST}")).unwrap_or(path);
                self.client.request(method, format!("http://{}{path}", self.address)).header(HOST_HEADER, HOST)
            }
        };
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request
    }

    pub async fn get(&self, path: &str) -> Answer {
        Answer::read(self.request(Method::GET, path).send().await.unwrap()).await
    }

    pub async fn head(&self, path: &str) -> Answer {
        Answer::read(self.request(Method::HEAD, path).send().await.unwrap()).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send_json(Method::POST, path, body).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send_json(Method::PATCH, path, body).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        Answer::read(self.request(Method::DELETE, path).send().await.unwrap()).await
    }

    /// Puts bytes.
    pub async fn put(&self, path: &str, body: impl Into<reqwest::Body>) -> Answer {
        Answer::read(self.request(Method::PUT, path).body(body).send().await.unwrap()).await
    }

    /// Sends a body as it is, with a content type.
    pub async fn send(&self, method: Method, path: &str, content_type: &str, body: impl Into<reqwest::Body>) -> Answer {
        Answer::read(self.request(method, path).header(CONTENT_TYPE, content_type).body(body).send().await.unwrap())
            .await
    }

    async fn send_json(&self, method: Method, path: &str, body: &Value) -> Answer {
        self.send(method, path, "application/json", body.to_string()).await
    }
}
