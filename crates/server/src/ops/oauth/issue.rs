//! What an application gets in the end: tokens.

use std::sync::Arc;

use data_encoding::BASE64URL_NOPAD;
use driveway_core::error::Error;
use driveway_core::id::{ApplicationId, GrantId};
use driveway_core::identity::Registration;
use driveway_core::item::Sha256;
use driveway_core::oauth::ScopeSet;
use driveway_storage::OauthGrant;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde_json::{Map, Value, json};

use super::Outcome;
use super::token::Asked;
use crate::app::App;
use crate::auth::token::Subject;
use crate::ops::sign_in::{Person, new_secret};
use crate::ops::{Result, Tx};

/// What an application gets.
#[derive(Debug)]
pub struct Reply {
    /// The bearer token.
    pub access_token: SecretString,
    /// Seconds for which it is good.
    pub expires_in: u32,
    /// What it is good for; nothing is said to an application that acts for itself.
    pub scope: Option<String>,
    /// What renews it.
    pub refresh_token: Option<SecretString>,
    /// Who signed in.
    pub id_token: Option<SecretString>,
    /// The account, as Microsoft's libraries tell accounts apart.
    pub client_info: Option<String>,
}

/// What was decided in the transaction.
pub(super) struct Granted {
    pub(super) person: Person,
    pub(super) scopes: ScopeSet,
    pub(super) nonce: Option<String>,
    pub(super) refresh_token: Option<SecretString>,
}

/// Ids and secrets that a transaction may need, drawn before it.
#[derive(Clone)]
pub(super) struct Drawn {
    grant: GrantId,
    secret: SecretString,
    hash: Sha256,
    expires_at: Timestamp,
    now: Timestamp,
}

impl Drawn {
    pub(super) fn new(app: &App, now: Timestamp) -> Self {
        let (secret, hash) = new_secret(app);
        let length = SignedDuration::from_hours(i64::from(app.config.sign_in.refresh_token_days).saturating_mul(24));
        let expires_at = now.saturating_add(length).unwrap_or(Timestamp::MAX);
        Self { grant: GrantId::from_uuid(app.new_id()), secret, hash, expires_at, now }
    }

    /// The id of the grant that may come of it.
    pub(super) fn grant(&self) -> GrantId {
        self.grant
    }

    /// A refresh token for a grant that there is.
    pub(super) fn renew(&self, tx: &mut Tx<'_>, grant: GrantId) -> Result<SecretString> {
        tx.insert_refresh_token(self.hash, grant, self.expires_at)?;
        Ok(self.secret.clone())
    }

    /// Keeps a grant and its first refresh token, if the application asked to work while the person is away.
    pub(super) fn keep(
        &self,
        tx: &mut Tx<'_>,
        person: &Person,
        application: ApplicationId,
        scopes: &ScopeSet,
    ) -> Result<Option<SecretString>> {
        if !scopes.has("offline_access") {
            return Ok(None);
        }
        tx.insert_oauth_grant(&OauthGrant {
            id: self.grant,
            application,
            user: person.user.id,
            password_version: person.password_version,
            scopes: scopes.text(),
            created_at: self.now,
        })?;
        self.renew(tx, self.grant).map(Some)
    }
}

/// The tokens of a person.
pub(super) async fn for_person(
    app: &Arc<App>,
    asked: &Asked,
    registration: &Registration,
    granted: Granted,
) -> Outcome<Reply> {
    let Granted { person, scopes, nonce, refresh_token } = granted;
    let expires_in = app.config.sign_in.access_token_seconds;
    let client = registration.application.id;
    let subject = Subject::User(person.user.id);
    let access_token = app.tokens.mint(person.tenant.id, client, subject, &scopes.scp(), asked.now, expires_in)?;
    let id_token = if scopes.has("openid") {
        let claims = id_claims(asked, client, &person, &scopes, nonce, i64::from(expires_in));
        let signing = Arc::clone(app);
        let signed = tokio::task::spawn_blocking(move || signing.id_tokens.sign(&claims)).await;
        Some(signed.map_err(Error::internal)??.into())
    } else {
        None
    };
    let account = json!({ "uid": person.user.id, "utid": person.tenant.id });
    Ok(Reply {
        access_token: access_token.into(),
        expires_in,
        scope: Some(scopes.told(&asked.own_host)),
        refresh_token,
        id_token,
        client_info: asked.wants_client_info.then(|| BASE64URL_NOPAD.encode(account.to_string().as_bytes())),
    })
}

/// Who signed in (OIDC, with the claims that Microsoft's libraries make an account of).
fn id_claims(
    asked: &Asked,
    client: ApplicationId,
    person: &Person,
    scopes: &ScopeSet,
    nonce: Option<String>,
    lifetime: i64,
) -> Value {
    let issued = asked.now.as_second();
    let mut claims = Map::new();
    let mut put = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    put("aud", client.to_string().into());
    put("iss", asked.issuer.clone().into());
    put("iat", issued.into());
    put("nbf", issued.into());
    put("exp", issued.saturating_add(lifetime).into());
    put("sub", person.user.id.to_string().into());
    put("oid", person.user.id.to_string().into());
    put("tid", person.tenant.id.to_string().into());
    put("preferred_username", person.user.user_principal_name.clone().into());
    put("name", person.user.display_name.clone().into());
    put("ver", "2.0".into());
    if let Some(mail) = person.user.mail.clone().filter(|_| scopes.has("email")) {
        put("email", mail.into());
    }
    if let Some(nonce) = nonce {
        put("nonce", nonce.into());
    }
    claims.into()
}
