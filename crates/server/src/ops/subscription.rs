//! Subscriptions: a program asks to be told by a webhook when something changes below a folder (HDR-16).
//!
//! A subscription is worth no more than the right of who made it: that is asked for again before each notification. It belongs
//! to a person through an application, or to the application itself; for all others it isn't there.

mod flight;
mod look;
mod places;
mod question;

use driveway_core::address::{DriveKey, ItemAddress, Start};
use driveway_core::caller::{Caller, Intent};
use driveway_core::drive::DriveKind;
use driveway_core::error::{Code, Error};
use driveway_core::id::{ApplicationId, UserId};
use driveway_core::subscription::{Subscription, TlsVersion, check_expiry};
use jiff::Timestamp;
use uuid::Uuid;

pub use self::flight::{Flights, Outcome, Tally, deliver};
pub use self::question::Questions;
use self::question::ask;
use super::access::{self, Access};
use super::listed::Listed;
use super::{Credentials, Result, Tx, caller};
use crate::app::App;
use crate::config::WebhookConfig;
use crate::webhook::url::HookUrl;

/// What a subscription is asked for with.
#[derive(Debug, Clone)]
pub struct NewSubscription {
    /// The folder.
    pub address: ItemAddress,
    /// The folder in the words of the request, which notifications repeat.
    pub resource: String,
    /// What is to be called.
    pub notification_url: HookUrl,
    /// What is to be called about the subscription itself.
    pub lifecycle_url: Option<HookUrl>,
    /// What notifications repeat.
    pub client_state: Option<String>,
    /// The highest version of TLS that the receiver speaks.
    pub tls: TlsVersion,
    /// Whether changes of sharing are to count too, where the kind of drive offers that.
    pub with_sharing: bool,
    /// When it shall end.
    pub expires_at: Timestamp,
}

/// What is to be changed of a subscription.
#[derive(Debug, Clone)]
pub struct Renewal {
    /// Another end.
    pub expires_at: Option<Timestamp>,
    /// Another receiver.
    pub notification_url: Option<HookUrl>,
}

/// Makes a subscription, once its receivers have said that they want to be told. Nothing is held while they are asked.
pub async fn create(app: &App, credentials: Credentials, new: NewSubscription, now: Timestamp) -> Result<Subscription> {
    check_expiry(new.expires_at, now)?;
    let (asked, by, limits) = (new.clone(), credentials.clone(), app.config.webhooks.clone());
    let (caller, _) = app.db.read(move |tx| place(tx, &by, &asked, &limits, now)).await?;
    ask(app, &caller, "notificationUrl", &new.notification_url).await?;
    if let Some(url) = &new.lifecycle_url {
        ask(app, &caller, "lifecycleNotificationUrl", url).await?;
    }
    let (id, limits) = (app.entropy.opaque_id(), app.config.webhooks.clone());
    app.db
        .write(move |tx| {
            let (caller, access) = place(tx, &credentials, &new, &limits, now)?;
            let known = tx.last_change(&access.drive.id)?;
            let subscription = Subscription {
                id,
                application: caller.application.id,
                user: caller.user_id(),
                tenant: caller.tenant,
                folder: access.item.id,
                resource: new.resource.clone(),
                notification_url: new.notification_url.as_str().to_owned(),
                lifecycle_url: new.lifecycle_url.as_ref().map(|url| url.as_str().to_owned()),
                client_state: new.client_state.clone(),
                tls: new.tls,
                with_sharing: new.with_sharing && access.drive.kind != DriveKind::Personal,
                expires_at: new.expires_at,
                drive: access.drive.id,
            };
            tx.insert_subscription(&subscription, known, now)?;
            Ok(subscription)
        })
        .await
}

/// The caller's subscriptions by id, those behind `after`.
pub fn list(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    after: Option<Uuid>,
    limit: u32,
    now: Timestamp,
) -> Result<Listed<Subscription>> {
    let caller = reader(tx, credentials)?;
    Ok(Listed::of(tx.subscriptions_of(owner(&caller), after, limit.saturating_add(1), now)?, limit))
}

/// A subscription of the caller's.
pub fn get(tx: &mut Tx<'_>, credentials: &Credentials, id: &str, now: Timestamp) -> Result<Subscription> {
    let caller = reader(tx, credentials)?;
    let id = Uuid::try_parse(id).map_err(|_| Error::item_not_found())?;
    let found = tx.subscription(id, now)?;
    let is_own = |found: &Subscription| (found.application, found.user) == owner(&caller);
    found.filter(is_own).ok_or_else(Error::item_not_found)
}

/// A subscription of the caller's, who may still read what it is to.
pub fn reauthorize(tx: &mut Tx<'_>, credentials: &Credentials, id: &str, now: Timestamp) -> Result<Subscription> {
    let subscription = get(tx, credentials, id, now)?;
    access::reach(tx, credentials, &address(&subscription), Intent::Read, now)?;
    Ok(subscription)
}

/// Gives a subscription another end or another receiver, once that has said that it wants to be told.
pub async fn renew(
    app: &App,
    credentials: Credentials,
    id: String,
    renewal: Renewal,
    now: Timestamp,
) -> Result<Subscription> {
    let (by, asked) = (credentials.clone(), id.clone());
    let caller = app
        .db
        .read(move |tx| {
            reauthorize(tx, &by, &asked, now)?;
            reader(tx, &by)
        })
        .await?;
    if let Some(expires_at) = renewal.expires_at {
        check_expiry(expires_at, now)?;
    }
    if let Some(url) = &renewal.notification_url {
        ask(app, &caller, "notificationUrl", url).await?;
    }
    app.db
        .write(move |tx| {
            let found = reauthorize(tx, &credentials, &id, now)?;
            if let Some(expires_at) = renewal.expires_at {
                tx.renew_subscription(found.id, expires_at)?;
            }
            if let Some(url) = &renewal.notification_url {
                tx.redirect_subscription(found.id, url.as_str(), now)?;
            }
            get(tx, &credentials, &id, now)
        })
        .await
}

/// Ends a subscription of the caller's.
pub fn delete(tx: &mut Tx<'_>, credentials: &Credentials, id: &str, now: Timestamp) -> Result<()> {
    let found = get(tx, credentials, id, now)?;
    tx.delete_subscription(found.id).map(drop)
}

/// Forgets subscriptions that are over.
pub async fn prune(app: &App) -> Result<u64> {
    let now = app.clock.now();
    app.db.write(move |tx| tx.prune_subscriptions(now)).await
}

/// Whose subscriptions a caller's are.
fn owner(caller: &Caller) -> (ApplicationId, Option<UserId>) {
    (caller.application.id, caller.user_id())
}

/// The caller, who has a scope that reads files.
fn reader(tx: &mut Tx<'_>, credentials: &Credentials) -> Result<Caller> {
    let caller = caller::require(tx, credentials.bearer.as_ref())?;
    caller.require(Intent::Read, true)?;
    Ok(caller)
}

/// Where a subscription is to.
fn address(subscription: &Subscription) -> ItemAddress {
    ItemAddress {
        drive: DriveKey::Id(subscription.drive.as_str().to_owned()),
        start: Start::Id(subscription.folder.to_string()),
        path: Vec::new(),
    }
}

/// The folder that is to be followed, if it can be, by a caller who has room for one subscription more.
fn place(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    new: &NewSubscription,
    limits: &WebhookConfig,
    now: Timestamp,
) -> Result<(Caller, Access)> {
    let caller = caller::require(tx, credentials.bearer.as_ref())?;
    let access = access::reach(tx, credentials, &new.address, Intent::Read, now)?;
    if !access.item.is_folder() {
        return Err(Error::invalid(
            "resource",
            "A subscription is to a folder: to the root of a drive, or one below it.",
        ));
    }
    if access.item.id != access.drive.root && access.drive.kind != DriveKind::Personal {
        let message = "Only in a personal drive can a folder below the root be subscribed to.";
        return Err(Error::new(Code::NotSupported, message).target("resource"));
    }
    let is_full = tx.count_subscriptions_of(owner(&caller), now)? >= i64::from(limits.subscriptions)
        || tx.count_subscriptions_on(&access.drive.id, now)? >= i64::from(limits.subscriptions_per_drive);
    if is_full {
        return Err(Error::new(Code::NotAllowed, "There are as many subscriptions as there may be. End one first."));
    }
    Ok((caller, access))
}
