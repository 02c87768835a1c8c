//! One call: made to an address that may be called, followed nowhere else, and over in seconds.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Body, Certificate, Client, ClientBuilder, Response, StatusCode, redirect, retry};
use subtle::ConstantTimeEq;

use super::names::{JudgedNames, Names, Rule};
use super::url::HookUrl;
use crate::config::WebhookConfig;

/// The most that is read of an answer to a question. Of other answers nothing is read.
const LONGEST_ANSWER: usize = 4096;

/// Calls receivers.
pub struct HookCaller {
    encrypted: (Client, Rule),
    unencrypted: (Client, Rule),
    timeout: Duration,
}

impl fmt::Debug for HookCaller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HookCaller").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}

/// Why a call came to nothing. The texts say nothing of what lies behind an address that may not be called: an absent
/// name and a forbidden one are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The host has no address that may be called, or can't be connected to.
    #[error("it can't be reached at a public address")]
    Unreachable,
    /// It took too long.
    #[error("it didn't answer in time")]
    TooLate,
    /// It answered with another status than it should.
    #[error("it answered with status {0}")]
    Status(u16),
    /// It didn't repeat the token as text.
    #[error("it didn't answer with the decoded token as text/plain")]
    OtherAnswer,
}

impl HookCaller {
    /// Reads the settings.
    pub fn open(config: &WebhookConfig, names: &Arc<dyn Names>) -> anyhow::Result<Self> {
        let extra = match &config.ca_file {
            Some(path) => {
                let pem = std::fs::read(path).with_context(|| format!("can't read {}", path.display()))?;
                Certificate::from_pem_bundle(&pem)
                    .ok()
                    .filter(|found| !found.is_empty())
                    .with_context(|| format!("{} has no certificate in PEM form", path.display()))?
            }
            None => Vec::new(),
        };
        let open = |rule: Rule, builder: ClientBuilder| -> anyhow::Result<(Client, Rule)> {
            let judged = JudgedNames { names: Arc::clone(names), rule: rule.clone() };
            let client = builder
                .dns_resolver(judged)
                .no_proxy()
                .redirect(redirect::Policy::none())
                .retry(retry::never())
                .referer(false)
                // Each call is judged anew, so that no connection outlives its judgement.
                .pool_max_idle_per_host(0)
                .user_agent(concat!("driveway/", env!("CARGO_PKG_VERSION")))
                .build()
                .context("webhooks can't be set up")?;
            Ok((client, rule))
        };
        let https = ClientBuilder::new().https_only(true).tls_certs_merge(extra);
        Ok(Self {
            encrypted: open(Rule::encrypted(&config.allow_private), https)?,
            unencrypted: open(Rule::unencrypted(&config.allow_private), ClientBuilder::new())?,
            timeout: Duration::from_secs(config.timeout_seconds.into()),
        })
    }

    /// Asks a receiver whether it wants to be told: it has to repeat a token that stands in the URL, encoded.
    pub async fn ask(&self, url: &HookUrl, token: &str) -> Result<(), Failure> {
        let asking = async {
            let asked = url.asking("validationToken", token);
            let plain = HeaderValue::from_static("text/plain; charset=utf-8");
            let mut response = self.call(url, asked, plain, Body::default()).await?;
            if response.status() != StatusCode::OK {
                return Err(Failure::Status(response.status().as_u16()));
            }
            let answer = if is_plain_text(&response) { read(&mut response).await? } else { None };
            let is_right = answer.is_some_and(|answer| answer.trim_ascii_end().ct_eq(token.as_bytes()).into());
            if is_right { Ok(()) } else { Err(Failure::OtherAnswer) }
        };
        tokio::time::timeout(self.timeout, asking).await.unwrap_or(Err(Failure::TooLate))
    }

    /// Tells a receiver something. What it says besides its status is of no interest.
    pub async fn tell(&self, url: &HookUrl, notification: String) -> Result<(), Failure> {
        let json = HeaderValue::from_static("application/json; charset=utf-8");
        let telling = self.call(url, url.as_url().clone(), json, Body::from(notification));
        let response = tokio::time::timeout(self.timeout, telling).await.unwrap_or(Err(Failure::TooLate))?;
        if response.status().is_success() { Ok(()) } else { Err(Failure::Status(response.status().as_u16())) }
    }

    async fn call(
        &self,
        url: &HookUrl,
        to: url::Url,
        media_type: HeaderValue,
        body: Body,
    ) -> Result<Response, Failure> {
        let (client, rule) = if url.is_encrypted() { &self.encrypted } else { &self.unencrypted };
        // The resolver is asked for names only.
        if url.address().is_some_and(|address| !rule.allows(address)) {
            return Err(Failure::Unreachable);
        }
        let sent = client.post(to).header(CONTENT_TYPE, media_type).body(body).send().await;
        sent.map_err(|error| {
            // The receiver's name may be a secret between it and its subscriber.
            tracing::debug!(cause = ?error.without_url(), "a webhook couldn't be called");
            Failure::Unreachable
        })
    }
}

fn is_plain_text(response: &Response) -> bool {
    let media_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    media_type.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case("text/plain"))
}

/// The answer, unless it is longer than any that is of interest.
async fn read(response: &mut Response) -> Result<Option<Vec<u8>>, Failure> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| Failure::Unreachable)? {
        if bytes.len() + chunk.len() > LONGEST_ANSWER {
            return Ok(None);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Some(bytes))
}
