//! From an address to the item, with what the caller may do to it.

use driveway_core::address::{DriveKey, ItemAddress, SiteKey, Start, UserKey};
use driveway_core::audit::Kind;
use driveway_core::caller::{Caller, Intent};
use driveway_core::drive::{Drive, DriveOwner};
use driveway_core::error::{Code, Error};
use driveway_core::id::{DriveId, GroupId, ItemId, PermissionId, SiteId, TenantId, UserId};
use driveway_core::item::DriveItem;
use driveway_core::name::name_key;
use driveway_core::permission::{LinkType, Role};
use driveway_core::policy::access::Chain;
use jiff::Timestamp;

use super::gate::{Below, Passage};
use super::password::Visit;
use super::{Credentials, Result, Tx, caller, checkout, gate, outside, redemption};

/// An item that was reached, and what the one who reached it may do to it.
#[derive(Debug, Clone)]
pub struct Access {
    /// The drive.
    pub drive: Drive,
    /// The item.
    pub item: DriveItem,
    /// The item and what lies above it, with permissions.
    pub chain: Chain,
    /// What may be done.
    pub role: Role,
    /// By what right.
    pub via: Via,
}

/// By what right an item was reached.
#[derive(Debug, Clone)]
pub enum Via {
    /// The caller's own.
    Caller(Box<Caller>),
    /// A link's, with the version of the password that was shown, if any. A caller may have signed in besides.
    Link {
        /// The link.
        link: PermissionId,
        /// Its type, which may allow less than its role says.
        link_type: LinkType,
        /// The item that the link is on: nothing above it may be told.
        shared: ItemId,
        /// Whether it is good for so many downloads only.
        counts_downloads: bool,
        /// The version of the password that the visitor knows.
        password_version: Option<i64>,
        /// Who signed in, if anybody did.
        caller: Option<Box<Caller>>,
    },
}

impl Via {
    /// Who signed in, if anybody did.
    pub fn caller(&self) -> Option<&Caller> {
        match self {
            Self::Caller(caller) => Some(caller),
            Self::Link { caller, .. } => caller.as_deref(),
        }
    }

    /// Who signed in; a link alone is no caller (P17).
    pub fn require_caller(&self) -> Result<&Caller> {
        self.caller().ok_or_else(crate::auth::token::invalid_token)
    }
}

impl Access {
    /// Whether the bytes of a file may leave by this right (AMB-38).
    pub fn prevents_download(&self) -> bool {
        matches!(&self.via, Via::Link { link_type, .. } if link_type.prevents_download())
    }

    /// Whether downloads by this right are counted, because the link is good for so many only.
    pub fn counts_downloads(&self) -> bool {
        matches!(&self.via, Via::Link { counts_downloads: true, .. })
    }

    /// Whether this is the right to add files and to see nothing (AMB-39).
    pub fn only_adds(&self) -> bool {
        matches!(&self.via, Via::Link { link_type: LinkType::CreateOnly, .. })
    }

    /// Refuses those who see the item and may not change it.
    pub fn require_write(&self) -> Result<()> {
        if self.role < Role::Write {
            Err(Error::access_denied("You may see this item and not change it."))
        } else {
            Ok(())
        }
    }
}

/// The item at an address, for somebody who may at least see it. Everybody else gets what they would get if it
/// weren't there (AMB-61).
pub fn reach(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    address: &ItemAddress,
    intent: Intent,
    now: Timestamp,
) -> Result<Access> {
    if let DriveKey::Share(_) = &address.drive {
        return gate::reach_by_share(tx, credentials, address, intent, now);
    }
    let caller = caller::require(tx, credentials.bearer.as_ref())?;
    let drive = reach_drive(tx, &caller, &address.drive, intent)?;
    let item = find_item(tx, &drive, address)?;
    by_right(tx, credentials, caller, (drive, item), intent, now)?.ok_or_else(Error::item_not_found)
}

/// An item by its id alone, for a caller who may see it by a right of their own or a link that they carry, and whose token
/// reaches so far; `None` for everybody else.
pub fn reach_anywhere(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    caller: &Caller,
    item: ItemId,
    now: Timestamp,
) -> Result<Option<Access>> {
    let Some(item) = tx.item(item)? else { return Ok(None) };
    let Some(drive) = tx.drive(&item.drive)? else { return Ok(None) };
    if caller.require(Intent::Read, drive.is_own_of(caller.user_id())).is_err() {
        return Ok(None);
    }
    by_right(tx, credentials, caller.clone(), (drive, item), Intent::Read, now)
}

/// An item that was found, by the caller's own right or by the best of the links that they carry.
fn by_right(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    caller: Caller,
    (drive, item): (Drive, DriveItem),
    intent: Intent,
    now: Timestamp,
) -> Result<Option<Access>> {
    let Some(chain) = tx.chain(item.id)?.filter(Chain::is_live) else { return Ok(None) };
    let direct = chain.role_of(outside::actor(tx, &caller, &drive)?, now);
    let needed = if intent == Intent::Write { Role::Write } else { Role::Read };
    // Only who can't do it by a right of their own is asked for the links that they carry (SHARE-07).
    if direct < Some(needed)
        && let Some(carried) = redemption::carried(tx, credentials, &caller, item.id, now)?
        && Some(carried.role) > direct
    {
        if intent == Intent::Write {
            carried.require_write()?;
            if let Via::Link { link, .. } = &carried.via {
                credentials.uses.note(*link, Kind::Written);
            }
        }
        return Ok(Some(carried));
    }
    let Some(role) = direct else { return Ok(None) };
    let mut access = Access { drive, item, chain, role, via: Via::Caller(Box::new(caller)) };
    checkout::show_own(tx, &access.via, &mut access.item)?;
    if intent == Intent::Write {
        access.require_write()?;
    }
    Ok(Some(access))
}

/// An item of a folder that was reached, by the same right; `None` where that right doesn't reach it.
pub fn step_down(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    folder: &Access,
    child: &DriveItem,
    now: Timestamp,
) -> Result<Option<Access>> {
    match &folder.via {
        Via::Caller(caller) => {
            let Some(chain) = tx.chain(child.id)? else { return Ok(None) };
            let role = chain.role_of(caller.actor(), now);
            Ok(role.map(|role| Access { item: child.clone(), chain, role, ..folder.clone() }))
        }
        Via::Link { link, password_version, .. } => {
            let visit = password_version.map(|version| Visit { link: *link, version });
            let shown = Credentials { link: Some(*link), visit, ..credentials.clone() };
            Ok(match gate::open_link(tx, *link, Below::Id(child.id), &shown, now)? {
                Passage::Open(opened) => Some(opened.access),
                Passage::Add(_) | Passage::Closed(..) => None,
            })
        }
    }
}

/// The drive at an address. The token's scopes are looked at before anything is said about the drive, so that a
/// narrow token can't find out which drives there are.
pub fn reach_drive(tx: &mut Tx<'_>, caller: &Caller, key: &DriveKey, intent: Intent) -> Result<Drive> {
    let drive = find_drive(tx, caller, key)?;
    let is_own = drive.as_ref().is_some_and(|drive| drive.is_own_of(caller.user_id()));
    caller.require(intent, is_own)?;
    drive.ok_or_else(Error::item_not_found)
}

fn find_drive(tx: &mut Tx<'_>, caller: &Caller, key: &DriveKey) -> Result<Option<Drive>> {
    let owner = match key {
        DriveKey::Id(id) => {
            let id = DriveId::parse(id).map_err(|error| Error::invalid("driveId", error.to_string()))?;
            return tx.drive(&id);
        }
        DriveKey::Me => Some(DriveOwner::User(me(caller)?)),
        DriveKey::User(user) => find_user(tx, caller, user)?.map(DriveOwner::User),
        DriveKey::Group(group) => find_group(tx, caller.tenant, group)?.map(DriveOwner::Group),
        DriveKey::Site(site) => find_site(tx, caller.tenant, site)?.map(DriveOwner::Site),
        DriveKey::Share(_) => None,
    };
    owner.map_or(Ok(None), |owner| tx.drive_of(owner))
}

fn me(caller: &Caller) -> Result<UserId> {
    caller.user_id().ok_or_else(|| {
        Error::new(Code::InvalidRequest, "/me is for delegated tokens: an application has no drive of its own.")
    })
}

/// The user by id or principal name, in the caller's tenant.
pub fn find_user(tx: &mut Tx<'_>, caller: &Caller, key: &UserKey) -> Result<Option<UserId>> {
    let user = tx.user_by_id_or_name(key.as_str())?;
    Ok(user.filter(|user| user.tenant == caller.tenant).map(|user| user.id))
}

fn find_group(tx: &mut Tx<'_>, tenant: TenantId, key: &str) -> Result<Option<GroupId>> {
    let Ok(id) = GroupId::parse(key) else { return Ok(None) };
    Ok(tx.group(id)?.filter(|group| group.tenant == tenant).map(|group| group.id))
}

/// The site by id (alone, or as `host,id,id`) or by path, in the caller's tenant.
pub fn find_site(tx: &mut Tx<'_>, tenant: TenantId, key: &SiteKey) -> Result<Option<SiteId>> {
    let site = match key {
        SiteKey::Root => tx.sites_of(tenant, None, 1)?.into_iter().next(),
        SiteKey::Id(id) => {
            let id = id.split(',').nth(1).unwrap_or(id);
            let Ok(id) = SiteId::parse(id) else { return Ok(None) };
            tx.site(id)?
        }
        SiteKey::Path { path, .. } => match path.as_slice() {
            [] => return find_site(tx, tenant, &SiteKey::Root),
            [managed, name] if managed == "sites" || managed == "teams" => tx.site_by_name(tenant, name)?,
            _ => None,
        },
    };
    Ok(site.filter(|site| site.tenant == tenant).map(|site| site.id))
}

fn find_item(tx: &mut Tx<'_>, drive: &Drive, address: &ItemAddress) -> Result<DriveItem> {
    let start = match &address.start {
        Start::Root => drive.root,
        Start::Id(id) if id == "root" => drive.root,
        Start::Id(id) => ItemId::parse(id).map_err(|_| Error::item_not_found())?,
        Start::Special(_) => return Err(Error::item_not_found()),
    };
    let item = tx
        .item(start)?
        .filter(|item| item.drive == drive.id && item.deleted_at.is_none())
        .ok_or_else(Error::item_not_found)?;
    descend(tx, item, &address.path)
}

/// The item at a path of names below another.
pub fn descend(tx: &mut Tx<'_>, start: DriveItem, path: &[String]) -> Result<DriveItem> {
    if path.is_empty() {
        return Ok(start);
    }
    let keys: Vec<String> = path.iter().map(|name| name_key(name)).collect();
    tx.resolve_path(start.id, &keys)?.ok_or_else(Error::item_not_found)
}
