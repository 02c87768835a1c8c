//! Pre-authenticated download URLs: short-lived, and worth no more at any moment than the right they were made under.
//!
//! A ticket names the file and by whose right it is delivered. The right is asked for again when the ticket is used, so
//! that revoking a link or a person closes the URLs that were handed out before (P15, P30). A ticket may name a version; by
//! way of a link there are none.

use data_encoding::HEXLOWER;
use driveway_core::audit::Source;
use driveway_core::error::Error;
use driveway_core::id::{ApplicationId, ItemId, PermissionId, TenantId, UserId};
use driveway_core::permission::Role;
use driveway_core::policy::access::Actor;
use driveway_core::seal::{Purpose, Seal};
use jiff::Timestamp;
use uuid::Uuid;

use super::access::{Access, Via};
use super::gate::{self, Below, Passage};
use super::password::Visit;
use super::redemption::Preference;
use super::{Credentials, Result, Tx, checkout, versions};
use crate::auth::token::Claims;

/// What stands before the number of a version, where one is named: no kind of holder.
const VERSION: u8 = 255;

/// A file and the right by which it is delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    item: ItemId,
    expires: i64,
    version: Option<i64>,
    holder: Holder,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Holder {
    User { user: UserId, application: ApplicationId, tenant: TenantId },
    Application { application: ApplicationId, tenant: TenantId },
    Link { link: PermissionId, password_version: Option<i64>, bearer: Option<(UserId, ApplicationId, TenantId)> },
}

impl Ticket {
    /// A ticket for an item that was reached, good until `expires` (seconds since 1970).
    pub fn new(item: ItemId, via: &Via, expires: i64) -> Self {
        let holder = match via {
            Via::Caller(caller) => match caller.user_id() {
                Some(user) => Holder::User { user, application: caller.application.id, tenant: caller.tenant },
                None => Holder::Application { application: caller.application.id, tenant: caller.tenant },
            },
            Via::Link { link, password_version, caller, .. } => Holder::Link {
                link: *link,
                password_version: *password_version,
                bearer: caller
                    .as_ref()
                    .and_then(|caller| Some((caller.user_id()?, caller.application.id, caller.tenant))),
            },
        };
        Self { item, expires, version: None, holder }
    }

    /// The same for a version of the file.
    #[must_use]
    pub fn of_version(self, number: i64) -> Self {
        Self { version: Some(number), ..self }
    }

    /// The same right to another item.
    #[must_use]
    pub fn for_item(&self, item: ItemId) -> Self {
        Self { item, ..self.clone() }
    }

    /// The text that stands in the URL of a download.
    pub fn seal(&self, seal: &Seal) -> String {
        self.seal_for(Purpose::Download, seal)
    }

    /// The text that stands in a URL of this purpose. One of another purpose isn't taken in its place.
    pub fn seal_for(&self, purpose: Purpose, seal: &Seal) -> String {
        seal.seal(purpose, &self.to_bytes())
    }

    /// The right without its seal, to be kept where nobody presents it: it opens nothing.
    pub fn to_text(&self) -> String {
        HEXLOWER.encode(&self.to_bytes())
    }

    /// What [`Ticket::to_text`] wrote.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::from_bytes(&HEXLOWER.decode(text.as_bytes()).ok()?)
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(96);
        bytes.extend_from_slice(self.item.as_uuid().as_bytes());
        bytes.extend_from_slice(&self.expires.to_be_bytes());
        if let Some(number) = self.version {
            bytes.push(VERSION);
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        match &self.holder {
            Holder::User { user, application, tenant } => {
                bytes.push(0);
                [user.as_uuid(), application.as_uuid(), tenant.as_uuid()]
                    .iter()
                    .for_each(|id| bytes.extend_from_slice(id.as_bytes()));
            }
            Holder::Application { application, tenant } => {
                bytes.push(1);
                [application.as_uuid(), tenant.as_uuid()].iter().for_each(|id| bytes.extend_from_slice(id.as_bytes()));
            }
            Holder::Link { link, password_version, bearer } => {
                bytes.push(2 + u8::from(password_version.is_some()) + 2 * u8::from(bearer.is_some()));
                bytes.extend_from_slice(link.as_uuid().as_bytes());
                password_version.iter().for_each(|version| bytes.extend_from_slice(&version.to_be_bytes()));
                if let Some((user, application, tenant)) = bearer {
                    [user.as_uuid(), application.as_uuid(), tenant.as_uuid()]
                        .iter()
                        .for_each(|id| bytes.extend_from_slice(id.as_bytes()));
                }
            }
        }
        bytes
    }

    /// The ticket that a text of this purpose stands for, if it is genuine and not over.
    pub fn open(purpose: Purpose, seal: &Seal, text: &str, now: Timestamp) -> Option<Self> {
        let ticket = Self::from_bytes(&seal.open(purpose, text)?)?;
        (now.as_second() < ticket.expires).then_some(ticket)
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut rest = Reader(bytes);
        let item = ItemId::from_uuid(rest.uuid()?);
        let expires = rest.number()?;
        let mut kind = rest.byte()?;
        let mut version = None;
        if kind == VERSION {
            version = Some(rest.number()?);
            kind = rest.byte()?;
        }
        let holder = match kind {
            0 => Holder::User {
                user: UserId::from_uuid(rest.uuid()?),
                application: ApplicationId::from_uuid(rest.uuid()?),
                tenant: TenantId::from_uuid(rest.uuid()?),
            },
            1 => Holder::Application {
                application: ApplicationId::from_uuid(rest.uuid()?),
                tenant: TenantId::from_uuid(rest.uuid()?),
            },
            kind @ 2..=5 => {
                let link = PermissionId::from_uuid(rest.uuid()?);
                let password_version = if matches!(kind, 3 | 5) { Some(rest.number()?) } else { None };
                let bearer = if kind >= 4 {
                    Some((
                        UserId::from_uuid(rest.uuid()?),
                        ApplicationId::from_uuid(rest.uuid()?),
                        TenantId::from_uuid(rest.uuid()?),
                    ))
                } else {
                    None
                };
                Holder::Link { link, password_version, bearer }
            }
            _ => return None,
        };
        rest.0.is_empty().then_some(Self { item, expires, version, holder })
    }

    /// The item, if the right that the ticket was made under still holds. For a version, the item as it was then.
    pub fn redeem(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<Access> {
        let mut access = self.reach(tx, now)?;
        if let Some(number) = self.version {
            let version = versions::numbered(tx, &access, number)?;
            versions::show(&mut access, version);
        }
        Ok(access)
    }

    fn reach(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<Access> {
        match &self.holder {
            Holder::User { user, application, tenant } => {
                self.by_caller(tx, &claims(Some(*user), *application, *tenant), now)
            }
            Holder::Application { application, tenant } => {
                self.by_caller(tx, &claims(None, *application, *tenant), now)
            }
            Holder::Link { link, .. } => {
                let credentials =
                    self.by_link(Source::default()).map(|(_, credentials)| credentials).unwrap_or_default();
                match gate::open_link(tx, *link, Below::Id(self.item), &credentials, now)? {
                    Passage::Open(opened) => Ok(opened.access),
                    Passage::Add(_) => Err(Error::item_not_found()),
                    Passage::Closed(_, _, why) => Err(Error::item_not_found().refused(why)),
                }
            }
        }
    }

    /// The link by whose right the file is delivered, and what is shown to it; `None` for a right of a caller's own.
    pub fn by_link(&self, source: Source) -> Option<(PermissionId, Credentials)> {
        let Holder::Link { link, password_version, bearer } = &self.holder else { return None };
        let credentials = Credentials {
            bearer: bearer.map(|(user, application, tenant)| claims(Some(user), application, tenant)),
            link: Some(*link),
            visit: password_version.map(|version| Visit { link: *link, version }),
            source,
            ..Credentials::default()
        };
        Some((*link, credentials))
    }

    /// What whoever this right was noted for would show now, where more than one file is asked for. The scopes were looked at
    /// then, and so was whether the link counts for this use.
    pub fn credentials(&self, source: Source) -> Credentials {
        let (bearer, link, password_version) = match &self.holder {
            Holder::User { user, application, tenant } => (Some((Some(*user), *application, *tenant)), None, None),
            Holder::Application { application, tenant } => (Some((None, *application, *tenant)), None, None),
            Holder::Link { link, password_version, bearer } => (
                bearer.map(|(user, application, tenant)| (Some(user), application, tenant)),
                Some(*link),
                *password_version,
            ),
        };
        Credentials {
            bearer: bearer.map(|(user, application, tenant)| Claims::of_session(user, application, tenant)),
            link,
            visit: link.zip(password_version).map(|(link, version)| Visit { link, version }),
            preference: Preference::IfNecessary,
            source,
            ..Credentials::default()
        }
    }

    fn by_caller(&self, tx: &mut Tx<'_>, claims: &Claims, now: Timestamp) -> Result<Access> {
        let caller = super::caller::identify(tx, claims).map_err(|_| Error::item_not_found())?;
        let item = tx.item(self.item)?.ok_or_else(Error::item_not_found)?;
        let chain = tx
            .chain(self.item)?
            .filter(driveway_core::policy::access::Chain::is_live)
            .ok_or_else(Error::item_not_found)?;
        let drive = tx.drive(&item.drive)?.ok_or_else(Error::item_not_found)?;
        let actor: Actor<'_> = super::outside::actor(tx, &caller, &drive)?;
        let role: Role = chain.role_of(actor, now).ok_or_else(Error::item_not_found)?;
        let mut access = Access { drive, item, chain, role, via: Via::Caller(Box::new(caller)) };
        checkout::show_own(tx, &access.via, &mut access.item)?;
        Ok(access)
    }
}

/// What the token said when the ticket was made. Its scopes were checked then and aren't needed for this one file.
fn claims(user: Option<UserId>, application: ApplicationId, tenant: TenantId) -> Claims {
    Claims::of_ticket(user, application, tenant)
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take::<1>().map(|[byte]| byte)
    }

    fn uuid(&mut self) -> Option<Uuid> {
        self.take::<16>().map(Uuid::from_bytes)
    }

    fn number(&mut self) -> Option<i64> {
        self.take::<8>().map(i64::from_be_bytes)
    }
}
