//! Pre-authenticated download URLs: short-lived, and worth no more at any moment than the right they were made under.
//!
//! A ticket names the file and by whose right it is delivered. The right is asked for again when the ticket is used, so
//! that revoking a link or a person closes the URLs that were handed out before (P15, P30).

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
use super::{Credentials, Result, Tx};
use crate::auth::token::Claims;

/// A file and the right by which it is delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    item: ItemId,
    expires: i64,
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
        Self { item, expires, holder }
    }

    /// The text that stands in the URL.
    pub fn seal(&self, seal: &Seal) -> String {
        let mut bytes = Vec::with_capacity(96);
        bytes.extend_from_slice(self.item.as_uuid().as_bytes());
        bytes.extend_from_slice(&self.expires.to_be_bytes());
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
        seal.seal(Purpose::Download, &bytes)
    }

    /// The ticket that a text stands for, if it is genuine and not over.
    pub fn open(seal: &Seal, text: &str, now: Timestamp) -> Option<Self> {
        let bytes = seal.open(Purpose::Download, text)?;
        let mut rest = Reader(&bytes);
        let item = ItemId::from_uuid(rest.uuid()?);
        let expires = rest.number()?;
        let holder = match rest.byte()? {
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
        (rest.0.is_empty() && now.as_second() < expires).then_some(Self { item, expires, holder })
    }

    /// The item, if the right that the ticket was made under still holds.
    pub fn redeem(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<Access> {
        match &self.holder {
            Holder::User { user, application, tenant } => {
                self.by_caller(tx, &claims(Some(*user), *application, *tenant), now)
            }
            Holder::Application { application, tenant } => {
                self.by_caller(tx, &claims(None, *application, *tenant), now)
            }
            Holder::Link { link, password_version, bearer } => {
                let credentials = Credentials {
                    bearer: bearer.map(|(user, application, tenant)| claims(Some(user), application, tenant)),
                    link: Some(*link),
                    visit: password_version.map(|version| Visit { link: *link, version }),
                    ..Credentials::default()
                };
                match gate::open_link(tx, *link, Below::Id(self.item), &credentials, now)? {
                    Passage::Open(opened) => Ok(opened.access),
                    Passage::Add(_) | Passage::Closed(..) => Err(Error::item_not_found()),
                }
            }
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
        Ok(Access { drive, item, chain, role, via: Via::Caller(Box::new(caller)) })
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
