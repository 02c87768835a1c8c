//! Codes, and what comes of them: grants with their refresh tokens.

use driveway_core::Result;
use driveway_core::id::{ApplicationId, GrantId, UserId};
use driveway_core::item::Sha256;
use jiff::Timestamp;

use crate::db::Row;
use crate::tx::{Tx, values};

/// What a code stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationCode {
    /// The application that asked.
    pub application: ApplicationId,
    /// Who signed in.
    pub user: UserId,
    /// The version of their password then.
    pub password_version: i64,
    /// Where the code was sent.
    pub redirect_uri: String,
    /// The challenge that its redeemer has to meet.
    pub challenge: Option<String>,
    /// What was allowed, parted by spaces.
    pub scopes: String,
    /// What the id token has to repeat.
    pub nonce: Option<String>,
    /// When it is over.
    pub expires_at: Timestamp,
    /// What its first use came to. A code that has it is used up.
    pub grant: Option<GrantId>,
}

/// What came of one sign-in to one application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OauthGrant {
    /// Its id.
    pub id: GrantId,
    /// The application.
    pub application: ApplicationId,
    /// The person.
    pub user: UserId,
    /// The version of their password then.
    pub password_version: i64,
    /// What was allowed, parted by spaces.
    pub scopes: String,
    /// When.
    pub created_at: Timestamp,
}

/// A refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefreshToken {
    /// The grant that it renews.
    pub grant: GrantId,
    /// When it is over.
    pub expires_at: Timestamp,
    /// When a newer one took its place.
    pub replaced_at: Option<Timestamp>,
}

impl Tx<'_> {
    /// Keeps a code under its hash.
    pub fn insert_code(&mut self, hash: Sha256, code: &AuthorizationCode) -> Result<()> {
        let sql = "INSERT INTO authorization_codes (code_hash, application_id, user_id, password_version, redirect_uri,
                                                    challenge, scopes, nonce, expires_at, grant_id)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        let values = values![
            hash,
            code.application,
            code.user,
            code.password_version,
            &code.redirect_uri,
            code.challenge.as_deref(),
            &code.scopes,
            code.nonce.as_deref(),
            code.expires_at,
            code.grant,
        ];
        self.execute(sql, values).map(drop)
    }

    /// The code of this hash, whether or not it is still good.
    pub fn code(&mut self, hash: Sha256) -> Result<Option<AuthorizationCode>> {
        let sql =
            "SELECT application_id, user_id, password_version, redirect_uri, challenge, scopes, nonce, expires_at,
                          grant_id
                   FROM authorization_codes WHERE code_hash = $1";
        self.one(sql, values![hash], |row| {
            Ok(AuthorizationCode {
                application: row.get()?,
                user: row.get()?,
                password_version: row.get()?,
                redirect_uri: row.get()?,
                challenge: row.maybe()?,
                scopes: row.get()?,
                nonce: row.maybe()?,
                expires_at: row.get()?,
                grant: row.maybe()?,
            })
        })
    }

    /// Uses a code up.
    pub fn use_code(&mut self, hash: Sha256, grant: GrantId) -> Result<()> {
        self.change("UPDATE authorization_codes SET grant_id = $2 WHERE code_hash = $1", values![hash, grant])
    }

    /// Keeps a grant.
    pub fn insert_oauth_grant(&mut self, grant: &OauthGrant) -> Result<()> {
        let sql = "INSERT INTO oauth_grants (id, application_id, user_id, password_version, scopes, created_at)
                   VALUES ($1, $2, $3, $4, $5, $6)";
        let OauthGrant { id, application, user, password_version, scopes, created_at } = grant;
        self.execute(sql, values![*id, *application, *user, *password_version, scopes, *created_at]).map(drop)
    }

    /// A grant.
    pub fn oauth_grant(&mut self, id: GrantId) -> Result<Option<OauthGrant>> {
        let sql =
            "SELECT id, application_id, user_id, password_version, scopes, created_at FROM oauth_grants WHERE id = $1";
        self.one(sql, values![id], read_oauth_grant)
    }

    /// Ends a grant and its refresh tokens. One that is gone stays so.
    pub fn delete_oauth_grant(&mut self, id: GrantId) -> Result<()> {
        self.execute("DELETE FROM oauth_grants WHERE id = $1", values![id]).map(drop)
    }

    /// Ends what came of a person's sign-ins to an application.
    pub fn delete_oauth_grants_of(&mut self, user: UserId, application: ApplicationId) -> Result<u64> {
        self.execute("DELETE FROM oauth_grants WHERE user_id = $1 AND application_id = $2", values![user, application])
    }

    /// Keeps a refresh token under its hash.
    pub fn insert_refresh_token(&mut self, hash: Sha256, grant: GrantId, expires_at: Timestamp) -> Result<()> {
        let sql = "INSERT INTO refresh_tokens (token_hash, grant_id, expires_at) VALUES ($1, $2, $3)";
        self.execute(sql, values![hash, grant, expires_at]).map(drop)
    }

    /// The refresh token of this hash, whether or not it is still good.
    pub fn refresh_token(&mut self, hash: Sha256) -> Result<Option<RefreshToken>> {
        let sql = "SELECT grant_id, expires_at, replaced_at FROM refresh_tokens WHERE token_hash = $1";
        self.one(sql, values![hash], |row| {
            Ok(RefreshToken { grant: row.get()?, expires_at: row.get()?, replaced_at: row.maybe()? })
        })
    }

    /// Notes that a newer refresh token took this one's place. The first time counts.
    pub fn replace_refresh_token(&mut self, hash: Sha256, now: Timestamp) -> Result<()> {
        let sql = "UPDATE refresh_tokens SET replaced_at = $2 WHERE token_hash = $1 AND replaced_at IS NULL";
        self.execute(sql, values![hash, now]).map(drop)
    }
}

fn read_oauth_grant(row: &mut Row<'_>) -> crate::error::Result<OauthGrant> {
    Ok(OauthGrant {
        id: row.get()?,
        application: row.get()?,
        user: row.get()?,
        password_version: row.get()?,
        scopes: row.get()?,
        created_at: row.get()?,
    })
}
