//! Sending what is due: looked at again and claimed first, settled after.
//!
//! A claim is an attempt that is counted before it is made. A server that dies in its midst leaves a mail that comes due
//! again and has the same `Message-ID` then: it is sent at least once.

use std::sync::Arc;

use driveway_core::outbox::{Delivery, Due, Kind, MOST_ATTEMPTS, State, due_after};
use driveway_core::permission::{LinkScope, LinkType, Permission, PermissionKind, Role, SharingLink};
use driveway_core::policy::access::Chain;
use driveway_core::seal::Seal;
use jiff::{SignedDuration, Timestamp};

use super::super::{Result, Tx, gate, url};
use super::{Sender, address, addresses};
use crate::app::App;
use crate::mail::letter::Letter;
use crate::mail::post::{Failure, Post, Round};

/// Mails that are read at once.
const PAGE: u32 = 50;

/// How long it is known of a mail that it was asked for.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What became of mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// The mail server has them.
    pub sent: u32,
    /// What they spoke of had been taken back.
    pub dropped: u32,
    /// They are tried again later.
    pub put_off: u32,
    /// They are not tried again.
    pub given_up: u32,
}

/// What a claim led to.
enum Claim {
    /// Somebody else has it.
    Lost,
    /// It is settled already, and how.
    Settled(State),
    /// It is to be sent.
    Send(Box<Letter>),
}

/// Sends what is due. When the mail server can't be reached the rest waits for the next time.
pub async fn deliver(app: &App) -> Result<Tally> {
    let (Some(post), Some(base_url)) = (&app.post, &app.config.public_url) else { return Ok(Tally::default()) };
    let base_url: Arc<str> = base_url.as_str().into();
    let mut round = post.round();
    let mut tally = Tally::default();
    loop {
        let now = app.clock.now();
        let page = app.db.read(move |tx| tx.due_deliveries(now, PAGE)).await?;
        if page.is_empty() {
            break;
        }
        for due in page {
            let goes_on = attempt(app, (post, &base_url), &mut round, due, &mut tally).await?;
            if !goes_on {
                return Ok(tally);
            }
        }
    }
    round.end().await;
    Ok(tally)
}

/// One attempt at one mail; whether the server can be asked for more.
async fn attempt(
    app: &App,
    (post, base_url): (&Post, &Arc<str>),
    round: &mut Round<'_>,
    due: Due,
    tally: &mut Tally,
) -> Result<bool> {
    let (now, seal, base_url, claimed) = (app.clock.now(), Arc::clone(&app.seal), Arc::clone(base_url), due.clone());
    let letter = match app.db.write(move |tx| claim(tx, &seal, &base_url, &claimed, now)).await? {
        Claim::Lost => return Ok(true),
        Claim::Settled(state) => {
            count(tally, state);
            return Ok(true);
        }
        Claim::Send(letter) => letter,
    };
    let outcome = match letter.seal(&post.from, &due.delivery) {
        Ok(envelope) => round.send(&envelope).await,
        Err(error) => Err(Failure::Never(error.to_string())),
    };
    let (id, attempts) = (due.delivery.id, due.attempts + 1);
    let state = match &outcome {
        Ok(()) => State::Sent,
        Err(Failure::Never(_)) => State::GivenUp,
        Err(Failure::Later(_) | Failure::Server(_)) if attempts >= MOST_ATTEMPTS => State::GivenUp,
        Err(Failure::Later(_) | Failure::Server(_)) => State::Waiting,
    };
    if let Err(Failure::Never(cause) | Failure::Later(cause) | Failure::Server(cause)) = &outcome {
        tracing::warn!(mail = %id, attempts, given_up = state == State::GivenUp, cause, "a mail wasn't taken");
    }
    if state != State::Waiting {
        let now = app.clock.now();
        app.db.write(move |tx| tx.settle_delivery(id, state, now)).await?;
    }
    count(tally, state);
    Ok(!matches!(outcome, Err(Failure::Server(_))))
}

fn count(tally: &mut Tally, state: State) {
    let (counted, outcome) = match state {
        State::Sent => (&mut tally.sent, "sent"),
        State::Dropped => (&mut tally.dropped, "dropped"),
        State::GivenUp => (&mut tally.given_up, "given_up"),
        State::Waiting => (&mut tally.put_off, "put_off"),
    };
    *counted += 1;
    metrics::counter!("driveway_mails_total", "outcome" => outcome).increment(1);
}

fn claim(tx: &mut Tx<'_>, seal: &Seal, base_url: &str, due: &Due, now: Timestamp) -> Result<Claim> {
    let id = due.delivery.id;
    // The last attempt was under way when a server ended, and nobody knows how it went.
    if due.attempts >= MOST_ATTEMPTS {
        let was_waiting = tx.settle_delivery(id, State::GivenUp, now)?;
        return Ok(if was_waiting { Claim::Settled(State::GivenUp) } else { Claim::Lost });
    }
    let Some(letter) = compose(tx, seal, base_url, &due.delivery, now)? else {
        let was_waiting = tx.settle_delivery(id, State::Dropped, now)?;
        return Ok(if was_waiting { Claim::Settled(State::Dropped) } else { Claim::Lost });
    };
    let is_ours = tx.claim_delivery(due, due_after(due.attempts + 1, now))?;
    Ok(if is_ours { Claim::Send(Box::new(letter)) } else { Claim::Lost })
}

/// The letter, of what it speaks of as that is now; `None` when that has been taken back or is over, the recipient isn't
/// meant any more, or the sender's account has been closed.
fn compose(
    tx: &mut Tx<'_>,
    seal: &Seal,
    base_url: &str,
    delivery: &Delivery,
    now: Timestamp,
) -> Result<Option<Letter>> {
    let Some((sharer, reply_to)) = sender(tx, &delivery.sender)? else { return Ok(None) };
    let Some(permission) = tx.permission(delivery.permission)? else { return Ok(None) };
    let (Some(item), Some(chain)) = (tx.item(permission.item)?, tx.chain(permission.item)?) else { return Ok(None) };
    if !chain.is_live() || !is_meant(tx, &permission, &delivery.recipient)? {
        return Ok(None);
    }
    let (can, url, notes) = match (&permission.kind, delivery.kind) {
        (PermissionKind::Link(link), Kind::LinkMail) => {
            let Some(notes) = link_notes(tx, &permission, link, &chain, (&delivery.recipient, &sharer), now)? else {
                return Ok(None);
            };
            (link_verb(link), url::of_link(base_url, &seal.link_token(permission.id)), notes)
        }
        (PermissionKind::Grant { .. } | PermissionKind::Invitation(_), Kind::InvitationMail) => {
            if permission.ends_at().is_some_and(|ends| ends <= now) {
                return Ok(None);
            }
            let can = if permission.role() == Role::Read { "view" } else { "view and change" };
            let notes = invitation_notes(&permission, &delivery.recipient, &sharer);
            (can, url::of_item(base_url, &item.drive, item.id), notes)
        }
        _ => return Ok(None),
    };
    let host = base_url.split_once("://").map_or(base_url, |(_, authority)| authority).to_owned();
    let (is_folder, message) = (item.is_folder(), delivery.message.clone());
    Ok(Some(Letter { sharer, reply_to, item: item.name, is_folder, can, url, message, notes, host }))
}

/// The sender's name and address, as long as their account is in use.
fn sender(tx: &mut Tx<'_>, key: &str) -> Result<Option<(String, Option<String>)>> {
    Ok(match Sender::parse(key) {
        Some(Sender::User(id)) => tx.user(id)?.filter(|user| user.enabled).map(|user| {
            let reply_to = address(&user);
            (user.display_name, Some(reply_to))
        }),
        Some(Sender::Application(id)) => {
            let application = tx.application(id)?.filter(|application| application.enabled);
            application.map(|application| (application.display_name, None))
        }
        None => None,
    })
}

/// Whether the recipient is still one of those whom the permission is for. A link for anyone is for whom it was sent to.
fn is_meant(tx: &mut Tx<'_>, permission: &Permission, recipient: &str) -> Result<bool> {
    if permission.link().is_some_and(|link| link.scope != LinkScope::Users) {
        return Ok(true);
    }
    let known = addresses(tx, permission)?;
    Ok(known.iter().any(|address| address.to_lowercase() == recipient.to_lowercase()))
}

/// What has to be known of a link; `None` when it doesn't open any more.
fn link_notes(
    tx: &mut Tx<'_>,
    permission: &Permission,
    link: &SharingLink,
    chain: &Chain,
    (recipient, sharer): (&str, &str),
    now: Timestamp,
) -> Result<Option<Vec<String>>> {
    let Some(item) = tx.item(permission.item)? else { return Ok(None) };
    let policy = tx.sharing_policy(&item.drive)?;
    let is_closed = policy.forbids(link.link_type, link.scope, item.is_folder()).is_some();
    if is_closed || gate::is_over(tx, permission, chain, &policy, now)? {
        return Ok(None);
    }
    let mut notes = vec![match link.scope {
        LinkScope::Anonymous => "Whoever has this address can open it, so keep it to yourself.".to_owned(),
        _ => format!("It opens for you alone: sign in with the account {recipient}."),
    }];
    if link.password.is_some() {
        notes.push(format!("It asks for a password, which isn't in this mail. Ask {sharer} for it."));
    }
    if let Some(begin) = link.life.not_before.filter(|begin| *begin > now) {
        notes.push(format!("It opens from {} on.", date(begin)));
    }
    if let Some(end) = policy.effective_expiry(link.link_type, link.scope, link.expires_at, permission.created_at) {
        notes.push(format!("It ends on {}.", date(end)));
    }
    Ok(Some(notes))
}

fn link_verb(link: &SharingLink) -> &'static str {
    match link.link_type {
        LinkType::Edit => "view and change",
        LinkType::BlocksDownload => "look at",
        LinkType::CreateOnly => "add files to",
        _ => "view",
    }
}

fn invitation_notes(permission: &Permission, recipient: &str, sharer: &str) -> Vec<String> {
    let mut notes = vec![match permission.holder() {
        Some(_) => format!("Sign in with the account {recipient}."),
        None => format!(
            "There is no account {recipient} here yet. This waits for you and is yours as soon as the account is made. \
             Ask {sharer} how to get one."
        ),
    }];
    if let Some(end) = permission.ends_at() {
        notes.push(format!("It ends on {}.", date(end)));
    }
    notes
}

fn date(instant: Timestamp) -> String {
    instant.strftime("%-d %B %Y, %H:%M UTC").to_string()
}

/// Forgets mails that were settled a week ago.
pub async fn prune(app: &App) -> Result<u64> {
    let before = app.clock.now().saturating_sub(KEPT).unwrap_or(Timestamp::MIN);
    app.db.write(move |tx| tx.prune_deliveries(before)).await
}
