//! Bearer tokens: JWTs with Entra's claim names, signed by the data directory's key.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use driveway_core::caller::Scopes;
use driveway_core::error::{Code, Error, Inner, Result};
use driveway_core::id::{ApplicationId, TenantId, UserId};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::keys::TokenKey;

/// What tokens are for. Microsoft's libraries ask for `https://graph.microsoft.com/.default`.
pub const AUDIENCE: &str = "https://graph.microsoft.com";

/// The longest token that is worth looking at.
const LONGEST_TOKEN: usize = 8 * 1024;

/// How much clocks may differ, in seconds.
const LEEWAY_SECONDS: i64 = 60;

/// How many verified tokens are remembered.
const REMEMBERED: usize = 4096;

/// What a token says, once its signature is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// The application that it was issued to.
    pub application: ApplicationId,
    /// The tenant.
    pub tenant: TenantId,
    /// The person, unless the application acts for itself.
    pub user: Option<UserId>,
    /// Delegated scopes, or an application's roles.
    pub scopes: Scopes,
    not_before: i64,
    expires: i64,
}

impl Claims {
    /// The claims under which a pre-authenticated URL was made. They carry no scopes: those were checked then.
    pub fn of_ticket(user: Option<UserId>, application: ApplicationId, tenant: TenantId) -> Self {
        Self { application, tenant, user, scopes: Scopes::default(), not_before: i64::MIN, expires: i64::MAX }
    }
}

impl Claims {
    /// The claims of somebody who signed in on the pages. They may do there what they may do at all.
    pub fn of_pages(user: UserId, tenant: TenantId) -> Self {
        Self::of_session(Some(user), driveway_core::identity::Application::pages().id, tenant)
    }

    /// The claims under which an upload session or a subscription was begun. Whether their scopes reach was looked at then, for
    /// the one place that the session writes to, or of which the subscription tells.
    pub fn of_session(user: Option<UserId>, application: ApplicationId, tenant: TenantId) -> Self {
        let scopes = Scopes::parse("Files.ReadWrite.All Sites.ReadWrite.All");
        Self { scopes, ..Self::of_ticket(user, application, tenant) }
    }
}

#[derive(Serialize, Deserialize)]
struct WireClaims {
    iss: String,
    aud: String,
    sub: String,
    appid: String,
    tid: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    oid: Option<String>,
    idtyp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    scp: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    roles: Option<Vec<String>>,
    iat: i64,
    nbf: i64,
    exp: i64,
    ver: String,
}

/// For whom a token is minted.
#[derive(Debug, Clone, Copy)]
pub enum Subject {
    /// A person, through the application.
    User(UserId),
    /// The application itself.
    Application,
}

/// Mints and verifies the tokens of one server.
#[derive(Debug)]
pub struct Tokens {
    key: TokenKey,
    issuer: String,
    /// Verified signatures by the hash of the whole token. It saves the elliptic curve on each request and nothing
    /// else: lifetime, accounts, scopes and rights are looked at anew every time.
    verified: Mutex<HashMap<[u8; 32], Claims>>,
}

impl Tokens {
    /// The tokens of the server that is this instance. The instance is the issuer: its address may change.
    pub fn new(key: TokenKey, instance: Uuid) -> Self {
        Self { key, issuer: format!("urn:driveway:{instance}"), verified: Mutex::default() }
    }

    /// The issuer.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// A signed token.
    pub fn mint(
        &self,
        tenant: TenantId,
        application: ApplicationId,
        subject: Subject,
        scopes: &str,
        now: Timestamp,
        lifetime_seconds: u32,
    ) -> Result<String> {
        let issued = now.as_second();
        let names = || scopes.split_ascii_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let (sub, oid, idtyp, scp, roles) = match subject {
            Subject::User(user) => (user.to_string(), Some(user.to_string()), "user", Some(names().join(" ")), None),
            Subject::Application => (application.to_string(), None, "app", None, Some(names())),
        };
        let claims = WireClaims {
            iss: self.issuer.clone(),
            aud: AUDIENCE.to_owned(),
            sub,
            appid: application.to_string(),
            tid: tenant.to_string(),
            oid,
            idtyp: idtyp.to_owned(),
            scp,
            roles,
            iat: issued,
            nbf: issued,
            exp: issued.saturating_add(i64::from(lifetime_seconds)),
            ver: "2.0".to_owned(),
        };
        let header = Header { kid: Some("1".to_owned()), ..Header::new(Algorithm::ES256) };
        jsonwebtoken::encode(&header, &claims, &self.key.sign).map_err(Error::internal)
    }

    /// What the token says, if this server signed it and it is valid now.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Claims> {
        if token.len() > LONGEST_TOKEN {
            return Err(invalid_token());
        }
        let fingerprint: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let remembered = self.remembered().get(&fingerprint).cloned();
        let claims = if let Some(claims) = remembered {
            claims
        } else {
            let claims = self.verify_signature(token)?;
            self.remember(fingerprint, claims.clone());
            claims
        };
        let now = now.as_second();
        if now >= claims.expires.saturating_add(LEEWAY_SECONDS) {
            return Err(Error::new(Code::Unauthenticated, "Lifetime validation failed, the token is expired.")
                .inner(Inner::TokenExpired));
        }
        if now < claims.not_before.saturating_sub(LEEWAY_SECONDS) {
            return Err(Error::new(Code::Unauthenticated, "Lifetime validation failed, the token is not yet valid."));
        }
        Ok(claims)
    }

    fn verify_signature(&self, token: &str) -> Result<Claims> {
        let mut validation = Validation::new(Algorithm::ES256);
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[&self.issuer]);
        validation.set_required_spec_claims(&["exp", "nbf", "aud", "iss", "sub"]);
        // The lifetime is checked against the server's own clock, which may be moved, after this.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let wire: WireClaims =
            jsonwebtoken::decode(token, &self.key.verify, &validation).map_err(|_| invalid_token())?.claims;
        wire.into_claims().ok_or_else(invalid_token)
    }

    fn remembered(&self) -> std::sync::MutexGuard<'_, HashMap<[u8; 32], Claims>> {
        self.verified.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, fingerprint: [u8; 32], claims: Claims) {
        let mut remembered = self.remembered();
        // Forgetting all is crude and cheap; a busy server has far fewer live tokens than this.
        if remembered.len() >= REMEMBERED {
            remembered.clear();
        }
        remembered.insert(fingerprint, claims);
    }
}

impl WireClaims {
    fn into_claims(self) -> Option<Claims> {
        let (user, scopes) = match (self.idtyp.as_str(), self.oid, self.scp, self.roles) {
            ("user", Some(user), Some(scopes), None) => (Some(UserId::parse(&user).ok()?), Scopes::parse(&scopes)),
            ("app", None, None, Some(roles)) => (None, roles.iter().map(String::as_str).collect()),
            _ => return None,
        };
        Some(Claims {
            application: ApplicationId::parse(&self.appid).ok()?,
            tenant: TenantId::parse(&self.tid).ok()?,
            user,
            scopes,
            not_before: self.nbf,
            expires: self.exp,
        })
    }
}

/// One text for every token that isn't good, so that it teaches nothing.
pub fn invalid_token() -> Error {
    Error::new(Code::Unauthenticated, "The access token is missing or invalid.")
}
