//! What clients find out before they sign in: endpoints, keys, and whether the authority is one.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use driveway_core::error::Error;
use serde_json::{Value, json};

use super::form::Form;
use super::{answer, authority, context, issuer, respond};
use crate::app::App;
use crate::http::context::Context;
use crate::ops::oauth::{Outcome, Refusal};

/// The document of OIDC Discovery.
pub(super) async fn configuration(
    State(app): State<Arc<App>>,
    Path(tenant): Path<String>,
    request: Request,
) -> Response {
    let (context, outcome) = context(&app, &request);
    let outcome = match outcome {
        Ok(()) => authority(&app, &tenant).await.map(|authority| document(&context, &issuer(&context, authority))),
        Err(refusal) => Err(refusal),
    };
    answer(outcome.map(|document| respond(StatusCode::OK, &document)), &context)
}

fn document(context: &Context, issuer: &str) -> Value {
    let base = issuer.strip_suffix("/v2.0").unwrap_or(issuer);
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{base}/oauth2/v2.0/authorize"),
        "token_endpoint": format!("{base}/oauth2/v2.0/token"),
        "device_authorization_endpoint": format!("{base}/oauth2/v2.0/devicecode"),
        "end_session_endpoint": format!("{base}/oauth2/v2.0/logout"),
        "jwks_uri": format!("{base}/discovery/v2.0/keys"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "grant_types_supported": [
            "authorization_code",
            "refresh_token",
            "client_credentials",
            "urn:ietf:params:oauth:grant-type:device_code",
        ],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic", "none"],
        "code_challenge_methods_supported": ["S256"],
        "claims_supported": [
            "sub", "iss", "aud", "exp", "iat", "nbf", "nonce", "oid", "tid", "preferred_username", "name", "email", "ver",
        ],
        "prompt_values_supported": ["none", "login", "select_account", "consent"],
        "request_uri_parameter_supported": false,
        "msgraph_host": context.base_url.split_once("://").map_or("", |(_, host)| host),
    })
}

/// The keys that id tokens are checked with.
pub(super) async fn keys(State(app): State<Arc<App>>, Path(tenant): Path<String>, request: Request) -> Response {
    let (context, _) = context(&app, &request);
    let outcome = match authority(&app, &tenant).await {
        Ok(_) => key_set(app).await.map(|keys| respond(StatusCode::OK, &keys)),
        Err(refusal) => Err(refusal),
    };
    answer(outcome, &context)
}

async fn key_set(app: Arc<App>) -> Outcome<Value> {
    let reading = tokio::task::spawn_blocking(move || app.id_tokens.key_set()).await;
    Ok(reading.map_err(Error::internal)??)
}

/// What Microsoft's libraries ask the host that they trust about an authority: here it is its own.
pub(super) async fn instance(State(app): State<Arc<App>>, request: Request) -> Response {
    let (context, outcome) = context(&app, &request);
    let outcome = match outcome {
        Ok(()) => metadata(&app, &context, request.uri().query().unwrap_or_default()).await,
        Err(refusal) => Err(refusal),
    };
    answer(outcome.map(|document| respond(StatusCode::OK, &document)), &context)
}

async fn metadata(app: &App, context: &Context, query: &str) -> Outcome<Value> {
    let query = Form::parse(query.as_bytes());
    let endpoint = query.required("authorization_endpoint")?;
    let tenant = url::Url::parse(endpoint)
        .ok()
        .and_then(|url| url.path_segments()?.next().map(str::to_owned))
        .ok_or_else(|| Refusal::request("The parameter authorization_endpoint isn't an address."))?;
    let authority = authority(app, &tenant).await?;
    let host = context.base_url.split_once("://").map_or("", |(_, host)| host);
    Ok(json!({
        "tenant_discovery_endpoint": format!("{}/.well-known/openid-configuration", issuer(context, authority)),
        "api-version": query.field("api-version")?.unwrap_or("1.1"),
        "metadata": [{ "preferred_network": host, "preferred_cache": host, "aliases": [host] }],
    }))
}
