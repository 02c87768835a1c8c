//! How applications are registered for signing people in, and what people allowed them.

use driveway_core::Result;
use driveway_core::id::{ApplicationId, UserId};
use driveway_core::identity::{Application, Registration};

use crate::db::only;
use crate::tx::{Tx, values};

impl Tx<'_> {
    /// How an application is registered.
    pub fn registration(&mut self, id: ApplicationId) -> Result<Option<Registration>> {
        let sql = "SELECT id, display_name, enabled, secret_hash IS NULL, scopes, roles, is_consented, is_without_pkce
                   FROM applications WHERE id = $1";
        let found = self.one(sql, values![id], |row| {
            Ok(Registration {
                application: Application { id: row.get()?, display_name: row.get()?, enabled: row.get()? },
                is_public: row.get()?,
                redirect_uris: Vec::new(),
                scopes: row.get()?,
                roles: row.get()?,
                is_consented: row.get()?,
                is_without_pkce: row.get()?,
            })
        })?;
        let Some(mut registration) = found else { return Ok(None) };
        let sql = "SELECT uri FROM application_redirect_uris WHERE application_id = $1 ORDER BY uri";
        registration.redirect_uris = self.all(sql, values![id], only)?;
        Ok(Some(registration))
    }

    /// Sets everything of a registration but the application itself and its secret.
    pub fn set_registration(&mut self, registration: &Registration) -> Result<()> {
        let id = registration.application.id;
        let sql =
            "UPDATE applications SET scopes = $2, roles = $3, is_consented = $4, is_without_pkce = $5 WHERE id = $1";
        let (consented, without) = (registration.is_consented, registration.is_without_pkce);
        self.change(sql, values![id, &registration.scopes, &registration.roles, consented, without])?;
        self.execute("DELETE FROM application_redirect_uris WHERE application_id = $1", values![id])?;
        for uri in &registration.redirect_uris {
            let sql = "INSERT INTO application_redirect_uris (application_id, uri) VALUES ($1, $2)
                       ON CONFLICT (application_id, uri) DO NOTHING";
            self.execute(sql, values![id, uri])?;
        }
        Ok(())
    }

    /// What a person allowed an application: scopes, parted by spaces.
    pub fn consent(&mut self, user: UserId, application: ApplicationId) -> Result<Option<String>> {
        let sql = "SELECT scopes FROM consents WHERE user_id = $1 AND application_id = $2";
        self.one(sql, values![user, application], only)
    }

    /// Keeps what a person allows an application, in the place of what they allowed before.
    pub fn put_consent(&mut self, user: UserId, application: ApplicationId, scopes: &str) -> Result<()> {
        let sql = "INSERT INTO consents (user_id, application_id, scopes) VALUES ($1, $2, $3)
                   ON CONFLICT (user_id, application_id) DO UPDATE SET scopes = excluded.scopes";
        self.execute(sql, values![user, application, scopes]).map(drop)
    }
}
