//! Mail that is asked for: written with the link or invitation that it speaks of, sent after the commit.
//!
//! Nothing is lost, and nothing is sent for what was rolled back. What a mail says is made when it is sent, of the link or
//! invitation as it is then; what has been taken back by then is not sent. No URL waits in the database.

mod send;

use driveway_core::caller::Caller;
use driveway_core::error::{Code, Error, Inner};
use driveway_core::id::{ApplicationId, PermissionId, UserId};
use driveway_core::identity::User;
use driveway_core::outbox::{Delivery, Kind};
use driveway_core::permission::{Grantee, Permission, PermissionKind};
use driveway_storage::OutboxCounts;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

pub use self::send::{Tally, deliver, prune};
use super::create_link::find_recipients;
use super::{Credentials, Result, Tx, caller};
use crate::app::App;
use crate::mail::letter::is_deliverable;

/// The time over which the mails of a sender are counted.
const WINDOW: SignedDuration = SignedDuration::from_hours(1);

/// What mails need besides what they speak of.
#[derive(Debug, Clone)]
pub struct Postage {
    /// What the sender wrote, as text; may be empty.
    message: String,
    first_id: Uuid,
    /// The most people whom the request may have mailed.
    pub most_recipients: usize,
    most_an_hour: u64,
}

impl Postage {
    /// Postage for a request that asks for mail. Without a mail set-up that is refused, naming the member that asked: a
    /// clear no is better than a silent yes (AMB-49).
    pub fn buy(app: &App, target: &'static str, message: String) -> Result<Self> {
        if app.post.is_none() || app.config.public_url.is_none() {
            return Err(Error::new(Code::NotSupported, "This server isn't set up to send mail.").target(target));
        }
        Ok(Self {
            message,
            first_id: app.entropy.opaque_id(),
            most_recipients: app.config.mail.recipients,
            most_an_hour: app.config.mail.mails_per_hour.into(),
        })
    }

    /// The id of the request's mail with this number: the same when the transaction is tried again.
    fn id(&self, number: usize) -> Uuid {
        Uuid::from_u128(self.first_id.as_u128().wrapping_add(number as u128))
    }
}

/// A mail about a permission: which, of what kind, to whom.
pub type Mail = (PermissionId, Kind, String);

/// Mails people a link that they are on, be it new or not: whoever asks for a mail again gets one again.
pub fn mail_link(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    postage: &Postage,
    link: PermissionId,
    names: &[String],
    now: Timestamp,
) -> Result<()> {
    let caller = caller::require(tx, credentials.bearer.as_ref())?;
    let item = tx.link(link)?.ok_or_else(Error::item_not_found)?.item;
    let drive = tx.drive_of_item(item)?.ok_or_else(Error::item_not_found)?;
    let policy = tx.sharing_policy(&drive.id)?;
    let mut mails = Vec::with_capacity(names.len());
    for user in find_recipients(tx, &caller, names, (drive.tenant, &policy))? {
        mails.extend(address_of(tx, user)?.map(|address| (link, Kind::LinkMail, address)));
    }
    post(tx, postage, &caller, mails, now)
}

/// Mails people what they were invited to; a group by its members, the caller aside.
pub fn mail_invitations<'a>(
    tx: &mut Tx<'_>,
    postage: &Postage,
    caller: &Caller,
    made: impl Iterator<Item = &'a Permission>,
    now: Timestamp,
) -> Result<()> {
    let own = caller.user().map(address);
    let mut mails: Vec<Mail> = Vec::new();
    for permission in made {
        let mut people = addresses(tx, permission)?;
        if matches!(permission.holder(), Some(Grantee::Group(_) | Grantee::GroupOwners(_))) {
            people.retain(|address| Some(address) != own.as_ref());
        }
        mails.extend(people.into_iter().map(|address| (permission.id, Kind::InvitationMail, address)));
    }
    post(tx, postage, caller, mails, now)
}

/// Writes mails down, all or none.
pub fn post(tx: &mut Tx<'_>, postage: &Postage, caller: &Caller, mut mails: Vec<Mail>, now: Timestamp) -> Result<()> {
    // Somebody who is named twice, or in two groups, has one mail of each permission.
    mails.sort();
    mails.dedup();
    if mails.len() > postage.most_recipients {
        return Err(too_many(postage));
    }
    if mails.iter().any(|(_, _, address)| !is_deliverable(address)) {
        return Err(unreachable_address().target("recipients"));
    }
    let sender = Sender::of(caller).key();
    let since = now.saturating_sub(WINDOW).unwrap_or(Timestamp::MIN);
    let (sent, oldest) = tx.deliveries_since(&sender, since)?;
    if sent.saturating_add(mails.len() as u64) > postage.most_an_hour {
        let free = oldest.unwrap_or(now).saturating_add(WINDOW).unwrap_or(now);
        let seconds = u32::try_from(free.duration_since(now).as_secs()).unwrap_or(0).max(1);
        return Err(Error::new(Code::ActivityLimitReached, "You have sent as many mails as one may within an hour.")
            .inner(Inner::ThrottledRequest)
            .retry_after(seconds));
    }
    for (number, (permission, kind, recipient)) in mails.into_iter().enumerate() {
        let (sender, message) = (sender.clone(), postage.message.clone());
        let id = postage.id(number);
        tx.insert_delivery(&Delivery { id, kind, permission, recipient, sender, message, created_at: now })?;
    }
    Ok(())
}

/// How many mails wait and how many were given up in the last week.
pub async fn counts(app: &App) -> Result<OutboxCounts> {
    app.db.read(|tx| tx.outbox_counts()).await
}

/// More people than one request may have mailed (INV-07).
pub fn too_many(postage: &Postage) -> Error {
    let message = format!("At most {} people can be mailed at once.", postage.most_recipients);
    Error::invalid("recipients", message).inner(Inner::ExchangeMaxRecipients)
}

/// Somebody whom mail can't reach (INV-07).
pub fn unreachable_address() -> Error {
    Error::new(Code::InvalidRequest, "Mail can't be sent to a recipient's address.").inner(Inner::ExchangeInvalidUser)
}

/// Who asked for a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sender {
    User(UserId),
    Application(ApplicationId),
}

impl Sender {
    fn of(caller: &Caller) -> Self {
        caller.user_id().map_or(Self::Application(caller.application.id), Self::User)
    }

    /// As the outbox keeps it.
    fn key(self) -> String {
        match self {
            Self::User(id) => format!("user/{id}"),
            Self::Application(id) => format!("application/{id}"),
        }
    }

    fn parse(key: &str) -> Option<Self> {
        match key.split_once('/')? {
            ("user", id) => UserId::parse(id).ok().map(Self::User),
            ("application", id) => ApplicationId::parse(id).ok().map(Self::Application),
            _ => None,
        }
    }
}

/// Where mail reaches a person.
fn address(user: &User) -> String {
    user.mail.clone().unwrap_or_else(|| user.user_principal_name.clone())
}

/// Where mail reaches somebody whose account is in use.
pub fn address_of(tx: &mut Tx<'_>, user: UserId) -> Result<Option<String>> {
    Ok(tx.user(user)?.filter(|user| user.enabled).map(|user| address(&user)))
}

/// The addresses of all whom a permission names now.
fn addresses(tx: &mut Tx<'_>, permission: &Permission) -> Result<Vec<String>> {
    let people = match (permission.holder(), &permission.kind) {
        (Some(Grantee::User(user)), _) => vec![*user],
        (Some(Grantee::Group(group)), _) => tx.group_members(*group)?.into_iter().map(|(user, _)| user).collect(),
        (Some(Grantee::GroupOwners(group)), _) => {
            tx.group_members(*group)?.into_iter().filter_map(|(user, owns)| owns.then_some(user)).collect()
        }
        (None, PermissionKind::Invitation(waiting)) => return Ok(waiting.email.clone().into_iter().collect()),
        (None, PermissionKind::Link(link)) => link.grantees.clone(),
        (None, PermissionKind::Grant { .. }) => Vec::new(),
    };
    let mut found = Vec::with_capacity(people.len());
    for user in people {
        found.extend(address_of(tx, user)?);
    }
    Ok(found)
}
