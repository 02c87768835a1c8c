//! The token endpoint: one grant or another for tokens.

use std::net::IpAddr;
use std::sync::Arc;

use driveway_core::identity::{Registration, TenantKind};
use driveway_core::oauth::{Authority, ScopeSet};
use jiff::Timestamp;
use secrecy::SecretString;

use super::client::{self, ClientProof};
use super::issue::{self, Drawn, Granted, Reply};
use super::{Kind, Outcome, Refusal, code, device, refresh};
use crate::app::App;
use crate::auth::token::Subject;
use crate::ops::sign_in;

/// The circumstances of a question for tokens.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Whom the address is for.
    pub authority: Authority,
    /// Who id tokens say that they are from.
    pub issuer: String,
    /// The host by which the client knows this server, without a port.
    pub own_host: String,
    /// The scopes, as they were sent.
    pub scope: Option<String>,
    /// Whether the client wants to be told the account.
    pub wants_client_info: bool,
    /// The address that limits count.
    pub from: IpAddr,
    /// When.
    pub now: Timestamp,
}

/// What is given for tokens.
#[derive(Debug, Clone)]
pub enum GrantRequest {
    /// The code that came back from the sign-in.
    Code {
        /// The code.
        code: SecretString,
        /// Where it was sent.
        redirect_uri: String,
        /// The proof that it was asked for here.
        verifier: Option<SecretString>,
    },
    /// A refresh token.
    Refresh(SecretString),
    /// The application itself.
    Client,
    /// A device's code.
    Device(SecretString),
    /// A name and a password.
    Password {
        /// The user principal name.
        name: String,
        /// The password.
        password: SecretString,
    },
}

/// Tokens for a grant.
pub async fn token(app: &Arc<App>, asked: Asked, proof: ClientProof, request: GrantRequest) -> Outcome<Reply> {
    let registration = client::authenticate(app, proof, asked.from, asked.now).await?;
    match request {
        GrantRequest::Client => for_application(app, &asked, &registration).await,
        GrantRequest::Password { name, password } => for_password(app, &asked, &registration, &name, &password).await,
        GrantRequest::Code { code, redirect_uri, verifier } => {
            let shown = code::Shown { code, redirect_uri, verifier };
            let granted = code::redeem(app, &asked, &registration, shown).await?;
            issue::for_person(app, &asked, &registration, granted).await
        }
        GrantRequest::Refresh(token) => {
            let granted = refresh::renew(app, &asked, &registration, token).await?;
            issue::for_person(app, &asked, &registration, granted).await
        }
        GrantRequest::Device(code) => {
            let granted = device::redeem(app, &asked, &registration, code).await?;
            issue::for_person(app, &asked, &registration, granted).await
        }
    }
}

/// The scopes that were sent, with what the application is registered for in the place of `.default`. `None` when none were.
pub(super) fn scopes(asked: &Asked, registration: &Registration) -> Outcome<Option<ScopeSet>> {
    let Some(text) = &asked.scope else { return Ok(None) };
    let set = parse_scopes(text, &asked.own_host)?;
    Ok((!set.is_empty()).then(|| set.with_default(&ScopeSet::kept(&registration.scopes))))
}

/// Scopes as a client sends them.
pub(super) fn parse_scopes(text: &str, own_host: &str) -> Outcome<ScopeSet> {
    ScopeSet::parse(text, own_host)
        .map_err(|unknown| Refusal::new(Kind::InvalidScope, 70_011, format!("There is no scope {}.", unknown.0)))
}

async fn for_application(app: &App, asked: &Asked, registration: &Registration) -> Outcome<Reply> {
    if registration.is_public {
        let why = "An application without a secret can't act for itself.";
        return Err(Refusal::new(Kind::UnauthorizedClient, 7_000_218, why));
    }
    let set = asked.scope.as_deref().map(|text| parse_scopes(text, &asked.own_host)).transpose()?;
    if !set.is_some_and(|set| set.asks_default() && set.text().is_empty()) {
        let why = "An application that acts for itself asks for https://graph.microsoft.com/.default and nothing else.";
        return Err(Refusal::new(Kind::InvalidScope, 1_002_012, why));
    }
    let tenants = app.db.read(|tx| tx.tenants()).await?;
    let organization = tenants
        .into_iter()
        .find(|tenant| tenant.kind == TenantKind::Organization && asked.authority.takes(tenant))
        .ok_or_else(|| {
            let why = "An application acts for itself in an organization only.";
            Refusal::new(Kind::UnauthorizedClient, 700_016, why)
        })?;
    let expires_in = app.config.sign_in.access_token_seconds;
    let client = registration.application.id;
    let access_token =
        app.tokens.mint(organization.id, client, Subject::Application, &registration.roles, asked.now, expires_in)?;
    Ok(Reply {
        access_token: access_token.into(),
        expires_in,
        scope: None,
        refresh_token: None,
        id_token: None,
        client_info: None,
    })
}

async fn for_password(
    app: &Arc<App>,
    asked: &Asked,
    registration: &Registration,
    name: &str,
    password: &SecretString,
) -> Outcome<Reply> {
    if !app.config.sign_in.password_grant {
        let why = "This server doesn't take passwords from applications.";
        return Err(Refusal::new(Kind::UnsupportedGrantType, 70_003, why));
    }
    let scopes = scopes(asked, registration)?.ok_or_else(|| Refusal::request("The parameter scope is missing."))?;
    let person = sign_in::try_password(app, name, password, asked.from, asked.now).await?;
    let person = person.filter(|person| person.tenant.kind == TenantKind::Organization).ok_or_else(|| {
        Refusal::new(
            Kind::InvalidGrant,
            50_126,
            "The user name or the password is wrong, or the account can't sign in so.",
        )
    })?;
    if !asked.authority.takes(&person.tenant) {
        return Err(Refusal::tenant());
    }
    let drawn = Drawn::new(app, asked.now);
    let (client, keeping, wanted) = (registration.application.id, person.clone(), scopes.clone());
    let refresh_token = app.db.write(move |tx| drawn.keep(tx, &keeping, client, &wanted)).await?;
    let granted = Granted { person, scopes, nonce: None, refresh_token };
    issue::for_person(app, asked, registration, granted).await
}
