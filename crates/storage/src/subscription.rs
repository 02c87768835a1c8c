//! Subscriptions, as those who made them see them.

use driveway_core::Result;
use driveway_core::id::{ApplicationId, DriveId, UserId};
use driveway_core::subscription::{Subscription, TlsVersion};
use jiff::Timestamp;
use uuid::Uuid;

use crate::db::Row;
use crate::error::Error;
use crate::tx::{Tx, values};

macro_rules! subscription_columns {
    () => {
        "s.id, s.application_id, s.user_id, s.tenant_id, s.drive_id, s.folder_id, s.resource, s.notification_url,
         s.lifecycle_url, s.client_state, s.tls, s.with_sharing, s.expires_at"
    };
}

pub(crate) use subscription_columns;

macro_rules! subscriptions {
    ($tail:literal) => {
        concat!("SELECT ", subscription_columns!(), " FROM subscriptions s WHERE s.removed = 0 AND ", $tail)
    };
}

impl Tx<'_> {
    /// Adds a subscription whose receiver knows of every change up to `known_change`.
    pub fn insert_subscription(
        &mut self,
        subscription: &Subscription,
        known_change: i64,
        now: Timestamp,
    ) -> Result<()> {
        let sql = "INSERT INTO subscriptions (id, application_id, user_id, tenant_id, drive_id, folder_id, resource,
                       notification_url, lifecycle_url, client_state, tls, with_sharing, expires_at, notified_change,
                       created_at, due_at, event_due_at)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, $15)";
        let values = values![
            subscription.id.to_string(),
            subscription.application,
            subscription.user,
            subscription.tenant,
            &subscription.drive,
            subscription.folder,
            &subscription.resource,
            &subscription.notification_url,
            subscription.lifecycle_url.as_deref(),
            subscription.client_state.as_deref(),
            subscription.tls.as_str(),
            subscription.with_sharing,
            subscription.expires_at,
            known_change,
            now,
        ];
        self.execute(sql, values).map(drop)
    }

    /// A subscription that hasn't ended.
    pub fn subscription(&mut self, id: Uuid, now: Timestamp) -> Result<Option<Subscription>> {
        let sql = subscriptions!("s.id = $1 AND s.expires_at > $2");
        self.one(sql, values![id.to_string(), now], read_subscription)
    }

    /// The subscriptions of a person through an application, or of the application itself, by id behind `after`.
    pub fn subscriptions_of(
        &mut self,
        (application, user): (ApplicationId, Option<UserId>),
        after: Option<Uuid>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<Subscription>> {
        let sql = subscriptions!(
            "s.application_id = $1 AND COALESCE(s.user_id, '') = COALESCE($2, '') AND s.expires_at > $3
             AND s.id > COALESCE($4, '') ORDER BY s.id LIMIT $5"
        );
        let after = after.map(|id| id.to_string());
        self.all(sql, values![application, user, now, after.as_deref(), i64::from(limit)], read_subscription)
    }

    /// How many subscriptions a person has through an application, or the application itself.
    pub fn count_subscriptions_of(
        &mut self,
        (application, user): (ApplicationId, Option<UserId>),
        now: Timestamp,
    ) -> Result<i64> {
        let sql = "SELECT COUNT(*) FROM subscriptions WHERE removed = 0 AND application_id = $1
                       AND COALESCE(user_id, '') = COALESCE($2, '') AND expires_at > $3";
        self.number(sql, values![application, user, now])
    }

    /// How many subscriptions there are to a drive and to what is in it.
    pub fn count_subscriptions_on(&mut self, drive: &DriveId, now: Timestamp) -> Result<i64> {
        let sql = "SELECT COUNT(*) FROM subscriptions WHERE removed = 0 AND drive_id = $1 AND expires_at > $2";
        self.number(sql, values![drive, now])
    }

    /// Gives a subscription another end.
    pub fn renew_subscription(&mut self, id: Uuid, expires_at: Timestamp) -> Result<()> {
        self.change("UPDATE subscriptions SET expires_at = $2 WHERE id = $1", values![id.to_string(), expires_at])
    }

    /// Gives a subscription another receiver, who is told at once what the one before wouldn't take.
    pub fn redirect_subscription(&mut self, id: Uuid, notification_url: &str, now: Timestamp) -> Result<()> {
        let sql = "UPDATE subscriptions SET notification_url = $2, attempts = 0, tried_since = NULL, due_at = $3
                   WHERE id = $1";
        self.change(sql, values![id.to_string(), notification_url, now])
    }

    /// Ends a subscription; whether there was one.
    pub fn delete_subscription(&mut self, id: Uuid) -> Result<bool> {
        Ok(self.execute("DELETE FROM subscriptions WHERE id = $1", values![id.to_string()])? == 1)
    }

    /// Forgets subscriptions whose time is over, and counts them.
    pub fn prune_subscriptions(&mut self, now: Timestamp) -> Result<u64> {
        self.execute("DELETE FROM subscriptions WHERE expires_at <= $1", values![now])
    }
}

pub(crate) fn read_subscription(row: &mut Row<'_>) -> crate::Result<Subscription> {
    let id: String = row.get()?;
    Ok(Subscription {
        id: Uuid::try_parse(&id).map_err(|_| Error::Malformed("id"))?,
        application: row.get()?,
        user: row.maybe()?,
        tenant: row.get()?,
        drive: row.get()?,
        folder: row.get()?,
        resource: row.get()?,
        notification_url: row.get()?,
        lifecycle_url: row.maybe()?,
        client_state: row.maybe()?,
        tls: row.word(TlsVersion::parse)?,
        with_sharing: row.get()?,
        expires_at: row.get()?,
    })
}
