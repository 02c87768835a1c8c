//! Notifications on their way: many at once, few to one host, so that a slow receiver keeps nobody else waiting.

use std::collections::HashSet;

use driveway_core::subscription::{Attempts, LifecycleEvent};
use driveway_storage::{DueNotification, Lane};
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt};
use uuid::Uuid;

use super::look::{Look, Telling, look};
use super::places::Places;
use crate::app::App;
use crate::ops::Result;
use crate::webhook::caller::Failure;
use crate::webhook::url::HookUrl;

/// Notifications on their way at once.
const MOST: usize = 64;

/// Notifications on their way to one host at once.
const MOST_TO_ONE: usize = 4;

/// Notifications on their way of one owner at once: hosts are cheap to have.
const MOST_OF_ONE: usize = 16;

/// How many that are due are looked through for some that have a free place.
const PAGE: u32 = 2000;

/// What became of a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// There was nothing to tell after all.
    Nothing,
    /// The receiver took it.
    Told,
    /// It is tried again later.
    PutOff,
    /// It is not tried again.
    GivenUp,
    /// The subscription is over: its owner may no longer read what it was to.
    Removed,
}

/// What became of notifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Receivers took them.
    pub told: u32,
    /// They are tried again later.
    pub put_off: u32,
    /// They are not tried again.
    pub given_up: u32,
    /// Their subscription is over.
    pub removed: u32,
}

impl Tally {
    fn count(&mut self, outcome: Outcome) {
        let counted = match outcome {
            Outcome::Nothing => return,
            Outcome::Told => &mut self.told,
            Outcome::PutOff => &mut self.put_off,
            Outcome::GivenUp => &mut self.given_up,
            Outcome::Removed => &mut self.removed,
        };
        *counted += 1;
    }
}

/// What an attempt was about, and how it went.
type Landing = (DueNotification, Result<Outcome>);

/// The notifications that are on their way.
pub struct Flights<'a> {
    app: &'a App,
    aloft: FuturesUnordered<BoxFuture<'a, Landing>>,
    known: HashSet<(Uuid, Lane)>,
    to_host: Places<MOST_TO_ONE>,
    of_owner: Places<MOST_OF_ONE>,
}

impl std::fmt::Debug for Flights<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Flights").field("known", &self.known).finish_non_exhaustive()
    }
}

impl<'a> Flights<'a> {
    /// None yet.
    pub fn new(app: &'a App) -> Self {
        let (to_host, of_owner) = (Places::default(), Places::default());
        Self { app, aloft: FuturesUnordered::new(), known: HashSet::new(), to_host, of_owner }
    }

    /// Starts what is due and has a free place.
    pub async fn take_off(&mut self) -> Result<()> {
        if self.aloft.len() >= MOST {
            return Ok(());
        }
        let now = self.app.clock.now();
        for due in self.app.db.read(move |tx| tx.due_notifications(now, PAGE)).await? {
            let (key, host) = ((due.id, due.lane), host(&due));
            if self.aloft.len() >= MOST {
                break;
            }
            if self.known.contains(&key) || !self.to_host.has_room(&host) || !self.of_owner.has_room(&due.owner) {
                continue;
            }
            self.to_host.take(host);
            self.of_owner.take(due.owner.clone());
            self.known.insert(key);
            let app = self.app;
            self.aloft.push(Box::pin(async move {
                let outcome = attempt(app, &due).await;
                (due, outcome)
            }));
        }
        Ok(())
    }

    /// What became of the first that is back; `None` if none is on its way.
    pub async fn land(&mut self) -> Option<Result<Outcome>> {
        let (due, outcome) = self.aloft.next().await?;
        self.known.remove(&(due.id, due.lane));
        self.to_host.free(&host(&due));
        self.of_owner.free(&due.owner);
        Some(outcome)
    }
}

/// Sends what is due until nothing is.
pub async fn deliver(app: &App) -> Result<Tally> {
    let (mut flights, mut tally) = (Flights::new(app), Tally::default());
    loop {
        flights.take_off().await?;
        match flights.land().await {
            Some(outcome) => tally.count(outcome?),
            None => return Ok(tally),
        }
    }
}

fn host(due: &DueNotification) -> String {
    HookUrl::parse(&due.url).map_or_else(|_| String::new(), |url| url.host().to_owned())
}

/// One attempt, claimed before it is made and settled after.
async fn attempt(app: &App, due: &DueNotification) -> Result<Outcome> {
    let (now, looked, id) = (app.clock.now(), due.clone(), due.id);
    let telling = match app.db.read(move |tx| look(tx, &looked, now)).await? {
        Look::Nothing => return Ok(Outcome::Nothing),
        Look::Skip(change) => {
            app.db.write(move |tx| tx.settle_changes(id, change, now)).await?;
            return Ok(Outcome::Nothing);
        }
        Look::Remove => {
            app.db.write(move |tx| tx.remove_subscription(id, now)).await?;
            tracing::info!(subscription = %id, "a subscription is over: its owner may no longer read what it is to");
            return Ok(counted(Outcome::Removed));
        }
        Look::Tell(telling) => telling,
    };
    let (lane, before) = (due.lane, telling.attempts);
    let next = before.one_more(now);
    if !app.db.write(move |tx| tx.claim_notification(id, lane, before, next)).await? {
        return Ok(Outcome::Nothing);
    }
    let told = match HookUrl::parse(&due.url) {
        Ok(url) => app.hooks.tell(&url, telling.text.clone()).await,
        Err(_) => Err(Failure::Unreachable),
    };
    settle(app, due, &telling, next, told).await
}

async fn settle(
    app: &App,
    due: &DueNotification,
    telling: &Telling,
    attempts: Attempts,
    told: Result<(), Failure>,
) -> Result<Outcome> {
    let (id, lane, change, now) = (due.id, due.lane, telling.change, app.clock.now());
    let outcome = match told {
        Ok(()) => Outcome::Told,
        Err(_) if attempts.are_used_up() => Outcome::GivenUp,
        Err(_) => Outcome::PutOff,
    };
    if let Err(failure) = told {
        let given_up = outcome == Outcome::GivenUp;
        tracing::warn!(subscription = %id, attempts = attempts.count, given_up, %failure, "a notification wasn't taken");
    }
    if outcome != Outcome::PutOff {
        app.db
            .write(move |tx| match lane {
                Lane::Lifecycle => tx.settle_event(id),
                Lane::Changes => {
                    tx.settle_changes(id, change, now)?;
                    if outcome == Outcome::GivenUp { tx.raise_event(id, LifecycleEvent::Missed, now) } else { Ok(()) }
                }
            })
            .await?;
    }
    Ok(counted(outcome))
}

fn counted(outcome: Outcome) -> Outcome {
    let name = match outcome {
        Outcome::Nothing => return outcome,
        Outcome::Told => "told",
        Outcome::PutOff => "put_off",
        Outcome::GivenUp => "given_up",
        Outcome::Removed => "removed",
    };
    metrics::counter!("driveway_notifications_total", "outcome" => name).increment(1);
    outcome
}
