//! People's passwords, the browsers that they signed in with, and the links that sign them in once.

use driveway_core::Result;
use driveway_core::id::{TenantId, UserId};
use driveway_core::item::Sha256;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use crate::db::only;
use crate::tx::{Tx, values};

/// An account's password.
#[derive(Debug, Clone)]
pub struct Password {
    /// Its hash in PHC form; an account without one can't sign in by password.
    pub hash: Option<SecretString>,
    /// Rises with each change.
    pub version: i64,
}

/// A browser that somebody signed in with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// The person.
    pub user: UserId,
    /// The version of the password that they gave. Another one ends the session.
    pub password_version: i64,
    /// When they signed in.
    pub created_at: Timestamp,
    /// When the session ends by itself.
    pub expires_at: Timestamp,
}

impl Tx<'_> {
    /// An account's password; `None` when there is no such account.
    pub fn user_password(&mut self, user: UserId) -> Result<Option<Password>> {
        let sql = "SELECT password_hash, password_version FROM users WHERE id = $1";
        self.one(sql, values![user], |row| {
            Ok(Password { hash: row.maybe::<String>()?.map(SecretString::from), version: row.get()? })
        })
    }

    /// Sets an account's password, which ends its sessions and grants.
    pub fn set_user_password(&mut self, user: UserId, hash: &SecretString) -> Result<()> {
        let sql = "UPDATE users SET password_hash = $2, password_version = password_version + 1 WHERE id = $1";
        self.change(sql, values![user, hash.expose_secret()])?;
        self.execute("DELETE FROM sessions WHERE user_id = $1", values![user])?;
        self.execute("DELETE FROM sign_in_links WHERE user_id = $1", values![user])?;
        self.execute("DELETE FROM oauth_grants WHERE user_id = $1", values![user]).map(drop)
    }

    /// The tenant that has an account whose name ends in this domain, written as [`user_principal_name`] has it.
    ///
    /// [`user_principal_name`]: driveway_core::identity::User::user_principal_name
    pub fn tenant_of_domain(&mut self, domain: &str) -> Result<Option<TenantId>> {
        let domain = format!("@{}", domain.to_lowercase());
        let sql = "SELECT tenant_id FROM users WHERE substr(upn_key, length(upn_key) - length($1) + 1) = $1
                   ORDER BY created_at, id LIMIT 1";
        self.one(sql, values![domain], only)
    }

    /// Keeps a session under the hash of what the browser got.
    pub fn insert_session(&mut self, token: Sha256, session: &Session) -> Result<()> {
        let sql = "INSERT INTO sessions (token_hash, user_id, password_version, created_at, expires_at)
                   VALUES ($1, $2, $3, $4, $5)";
        let Session { user, password_version, created_at, expires_at } = *session;
        self.execute(sql, values![token, user, password_version, created_at, expires_at]).map(drop)
    }

    /// The session of this hash, whether or not it is still good.
    pub fn session(&mut self, token: Sha256) -> Result<Option<Session>> {
        let sql = "SELECT user_id, password_version, created_at, expires_at FROM sessions WHERE token_hash = $1";
        self.one(sql, values![token], |row| {
            Ok(Session {
                user: row.get()?,
                password_version: row.get()?,
                created_at: row.get()?,
                expires_at: row.get()?,
            })
        })
    }

    /// Ends a session.
    pub fn delete_session(&mut self, token: Sha256) -> Result<()> {
        self.execute("DELETE FROM sessions WHERE token_hash = $1", values![token]).map(drop)
    }

    /// Keeps a link that signs somebody in once.
    pub fn insert_sign_in_link(&mut self, token: Sha256, user: UserId, expires_at: Timestamp) -> Result<()> {
        let sql = "INSERT INTO sign_in_links (token_hash, user_id, expires_at) VALUES ($1, $2, $3)";
        self.execute(sql, values![token, user, expires_at]).map(drop)
    }

    /// Whom a link signs in now.
    pub fn sign_in_link(&mut self, token: Sha256, now: Timestamp) -> Result<Option<UserId>> {
        let sql = "SELECT user_id FROM sign_in_links WHERE token_hash = $1 AND expires_at > $2";
        self.one(sql, values![token, now], only)
    }

    /// Forgets what of signing in is over, and counts it.
    pub fn prune_sign_ins(&mut self, now: Timestamp) -> Result<u64> {
        let mut pruned = 0;
        for sql in [
            "DELETE FROM sessions WHERE expires_at <= $1",
            "DELETE FROM sign_in_links WHERE expires_at <= $1",
            "DELETE FROM refresh_tokens WHERE expires_at <= $1",
            "DELETE FROM device_codes WHERE expires_at <= $1",
        ] {
            pruned += self.execute(sql, values![now])?;
        }
        // A grant whose last token is over opens nothing any more.
        let sql = "DELETE FROM oauth_grants
                   WHERE NOT EXISTS (SELECT 1 FROM refresh_tokens r WHERE r.grant_id = oauth_grants.id)";
        Ok(pruned + self.execute(sql, &[])?)
    }

    /// Forgets codes that were over before `before`, and counts them.
    pub fn prune_codes(&mut self, before: Timestamp) -> Result<u64> {
        self.execute("DELETE FROM authorization_codes WHERE expires_at <= $1", values![before])
    }
}
