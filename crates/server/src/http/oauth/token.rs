//! `POST …/token` and `POST …/devicecode`.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use driveway_core::oauth::Authority;
use secrecy::ExposeSecret;
use serde_json::{Map, Value, json};

use super::form::Form;
use super::{answer, authority, context, issuer, own_host, respond};
use crate::app::App;
use crate::http::context::Context;
use crate::ops::oauth::token::{Asked, GrantRequest};
use crate::ops::oauth::{self, Begun, Kind, Outcome, Refusal, Reply};

/// Tokens for a grant.
pub(super) async fn token(State(app): State<Arc<App>>, Path(tenant): Path<String>, request: Request) -> Response {
    let (context, outcome) = context(&app, &request);
    let outcome = match outcome {
        Ok(()) => exchange(&app, &context, &tenant, request).await,
        Err(refusal) => Err(refusal),
    };
    answer(outcome.map(|reply| respond(StatusCode::OK, &rendered(reply))), &context)
}

async fn exchange(app: &Arc<App>, context: &Context, tenant: &str, request: Request) -> Outcome<Reply> {
    let authority = authority(app, tenant).await?;
    let (head, body) = request.into_parts();
    let form = Form::read(&head.headers, body).await?;
    let grant = grant(&form)?;
    let client = form.client(&head.headers)?;
    oauth::token::token(app, asked(context, authority, &form)?, client, grant).await
}

fn asked(context: &Context, authority: Authority, form: &Form) -> Outcome<Asked> {
    Ok(Asked {
        authority,
        issuer: issuer(context, authority),
        own_host: own_host(context),
        scope: form.field("scope")?.map(str::to_owned),
        wants_client_info: form.field("client_info")? == Some("1"),
        from: context.client,
        now: context.now,
    })
}

fn grant(form: &Form) -> Outcome<GrantRequest> {
    Ok(match form.required("grant_type")? {
        "authorization_code" => GrantRequest::Code {
            code: form.required_secret("code")?,
            redirect_uri: form.required("redirect_uri")?.to_owned(),
            verifier: form.secret("code_verifier")?,
        },
        "refresh_token" => GrantRequest::Refresh(form.required_secret("refresh_token")?),
        "client_credentials" => GrantRequest::Client,
        // msal-node writes the short form, and msal for Python sends the code under both names.
        "urn:ietf:params:oauth:grant-type:device_code" | "device_code" => {
            let code = form.secret("device_code")?;
            GrantRequest::Device(code.map_or_else(|| form.required_secret("code"), Ok)?)
        }
        "password" => GrantRequest::Password {
            name: form.required("username")?.to_owned(),
            password: form.required_secret("password")?,
        },
        _ => return Err(Refusal::new(Kind::UnsupportedGrantType, 70_003, "The grant_type isn't one that is offered.")),
    })
}

fn rendered(reply: Reply) -> Value {
    let mut body = Map::new();
    let mut put = |name: &str, value: Option<Value>| value.map(|value| body.insert(name.to_owned(), value));
    put("token_type", Some("Bearer".into()));
    put("scope", reply.scope.map(Value::from));
    put("expires_in", Some(reply.expires_in.into()));
    put("ext_expires_in", Some(reply.expires_in.into()));
    put("access_token", Some(reply.access_token.expose_secret().into()));
    put("refresh_token", reply.refresh_token.map(|token| token.expose_secret().into()));
    put("id_token", reply.id_token.map(|token| token.expose_secret().into()));
    put("client_info", reply.client_info.map(Value::from));
    body.into()
}

/// Begins the sign-in of a device.
pub(super) async fn device_code(State(app): State<Arc<App>>, Path(tenant): Path<String>, request: Request) -> Response {
    let (context, outcome) = context(&app, &request);
    let outcome = match outcome {
        Ok(()) => begin(&app, &context, &tenant, request).await,
        Err(refusal) => Err(refusal),
    };
    answer(outcome.map(|begun| respond(StatusCode::OK, &waiting(&begun, &context))), &context)
}

async fn begin(app: &App, context: &Context, tenant: &str, request: Request) -> Outcome<Begun> {
    let authority = authority(app, tenant).await?;
    let (head, body) = request.into_parts();
    let form = Form::read(&head.headers, body).await?;
    let client = form.client(&head.headers)?;
    oauth::begin_device(app, &asked(context, authority, &form)?, client).await
}

fn waiting(begun: &Begun, context: &Context) -> Value {
    let address = format!("{}/device", context.base_url);
    let code = begun.user_code.expose_secret();
    json!({
        "device_code": begun.device_code.expose_secret(),
        "user_code": code,
        "verification_uri": address,
        "verification_uri_complete": format!("{address}?user_code={code}"),
        "expires_in": begun.expires_in,
        "interval": begun.interval,
        "message": format!("To sign in, open {address} in a browser and enter the code {code}."),
    })
}
