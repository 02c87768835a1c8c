//! Items: shown, listed, made, renamed, moved and thrown away.

use driveway_core::address::ItemAddress;
use driveway_core::caller::Intent;
use driveway_core::drive::SpecialFolder;
use driveway_core::error::{Code, Error, Inner};
use driveway_core::id::{DriveId, ItemId};
use driveway_core::item::DriveItem;
use driveway_core::name::{ConflictBehavior, ItemName, MAX_FULL_PATH_CHARS, NameError};
use driveway_core::permission::{LinkScope, Permission, Role};
use driveway_core::policy::access::Chain;
use driveway_storage::{ItemChange, NewFacet, NewItem};
use jiff::Timestamp;

use super::access::{Access, Via, descend, reach};
use super::children::{self, Page};
use super::sums::hide_unreachable_in;
use super::upload::author;
use super::{Credentials, Result, Tx, checkout};

/// How a folder is made.
#[derive(Debug, Clone)]
pub struct NewFolder {
    /// Its name.
    pub name: String,
    /// What to do when the name is taken.
    pub conflict: ConflictBehavior,
    /// Times that the client's file system says.
    pub times: FileSystemTimes,
}

/// Times that the client's file system says, as far as it says any.
#[derive(Debug, Clone, Copy, Default)]
pub struct FileSystemTimes {
    /// When the file was made.
    pub created: Option<Timestamp>,
    /// When it changed.
    pub modified: Option<Timestamp>,
}

/// What a PATCH changes.
#[derive(Debug, Clone, Default)]
pub struct Update {
    /// The new name.
    pub name: Option<String>,
    /// The folder to move to.
    pub parent: Option<NewParent>,
    /// The drive that the client says this folder is in, where it says one.
    pub parent_drive: Option<DriveId>,
    /// The new description; empty clears it.
    pub description: Option<String>,
    /// The new times.
    pub times: FileSystemTimes,
    /// What to do when the name is taken there.
    pub conflict: Option<ConflictBehavior>,
    /// The tag that the item must have.
    pub if_match: Option<String>,
}

/// The folder that an item is moved to.
#[derive(Debug, Clone)]
pub enum NewParent {
    /// By its id, which may be `root`.
    Id(String),
    /// By its names from the root.
    Path(Vec<String>),
}

/// An item as it is shown by itself.
#[derive(Debug)]
pub struct ItemView {
    /// The item.
    pub access: Access,
    /// How it is shared.
    pub shared: Option<Shared>,
    /// Which special folder it is, told to those who have a right of their own.
    pub special: Option<SpecialFolder>,
    /// Its children, where they were asked for as well.
    pub children: Option<Page>,
}

/// An item with how it is shared, and with the first so many of its children if they are asked for.
pub fn show(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    address: &ItemAddress,
    children_limit: Option<u32>,
    now: Timestamp,
) -> Result<ItemView> {
    let mut access = reach(tx, credentials, address, Intent::Read, now)?;
    let shared = shared(tx, &access, now)?;
    let first = |limit| children::children(tx, access.clone(), None, limit, now);
    let children = children_limit.map(first).transpose()?;
    hide_unreachable_in(tx, &mut access, now)?;
    let is_own_right = matches!(access.via, Via::Caller(_));
    let special = if is_own_right && access.item.is_folder() { tx.special_folder_of(access.item.id)? } else { None };
    Ok(ItemView { access, shared, special, children })
}

/// Whether the right by which a folder was reached reaches an item in it too. Only one that is cut off from above can be
/// out of reach.
pub(super) fn reaches_down_to(tx: &mut Tx<'_>, via: &Via, item: &DriveItem, now: Timestamp) -> Result<bool> {
    if item.inherits {
        return Ok(true);
    }
    Ok(role_below(tx, via, item.id, now)?.is_some_and(|(_, role)| role.is_some()))
}

/// An item's chain, and what this right lets do to it.
pub(super) fn role_below(
    tx: &mut Tx<'_>,
    via: &Via,
    item: ItemId,
    now: Timestamp,
) -> Result<Option<(Chain, Option<Role>)>> {
    let Some(chain) = tx.chain(item)? else { return Ok(None) };
    let role = match via {
        Via::Caller(caller) => chain.role_of(caller.actor(), now),
        Via::Link { shared, link_type, .. } => chain.flows_from(*shared).then(|| link_type.role()),
    };
    Ok(Some((chain, role)))
}

/// Refuses to throw a folder away with something in it that is cut off and that this right may not change.
pub(super) fn refuse_unreachable_content(tx: &mut Tx<'_>, access: &Access, now: Timestamp) -> Result<()> {
    if access.role == Role::Owner || !access.item.is_folder() {
        return Ok(());
    }
    for item in tx.cut_off_items(&access.drive.id, u32::MAX)? {
        let Some((chain, role)) = role_below(tx, &access.via, item, now)? else { continue };
        if role < Some(Role::Write) && chain.items.iter().skip(1).any(|above| above.id == access.item.id) {
            return Err(Error::access_denied("The folder holds something that you may not change."));
        }
    }
    Ok(())
}

/// A new folder in a folder.
pub fn create_folder(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    address: &ItemAddress,
    new: &NewFolder,
    id: ItemId,
    now: Timestamp,
) -> Result<Access> {
    let mut access = reach(tx, credentials, address, Intent::Write, now)?;
    if !access.item.is_folder() {
        return Err(Error::invalid("item", "A file can't hold other items."));
    }
    let mut name = item_name(&new.name)?;
    let taken = tx.child(access.item.id, &name.key())?;
    match (taken, new.conflict) {
        (None, _) => {}
        (Some(_), ConflictBehavior::Rename) => name = free_name(tx, access.item.id, &name)?,
        (Some(folder), ConflictBehavior::Replace)
            if folder.is_folder() && reaches_down_to(tx, &access.via, &folder, now)? =>
        {
            // Replacing a folder by an empty one would throw away what it holds; the folder that is there is the answer.
            let mut there = into(tx, access, folder.id)?;
            hide_unreachable_in(tx, &mut there, now)?;
            return Ok(there);
        }
        (Some(_), ConflictBehavior::Fail | ConflictBehavior::Replace) => return Err(name_taken()),
    }
    insert_folder_with_times(tx, &access, &name, id, new.times, now)?;
    access = into(tx, access, id)?;
    Ok(access)
}

pub(super) fn into(tx: &mut Tx<'_>, access: Access, id: ItemId) -> Result<Access> {
    let mut item = tx.item(id)?.ok_or_else(Error::item_not_found)?;
    checkout::show_own(tx, &access.via, &mut item)?;
    let chain = tx.chain(id)?.ok_or_else(Error::item_not_found)?;
    Ok(Access { item, chain, ..access })
}

/// Puts an empty folder into another. The caller has checked rights and name.
pub fn insert_folder(tx: &mut Tx<'_>, folder: &Access, name: &ItemName, id: ItemId, now: Timestamp) -> Result<()> {
    insert_folder_with_times(tx, folder, name, id, FileSystemTimes::default(), now)
}

fn insert_folder_with_times(
    tx: &mut Tx<'_>,
    folder: &Access,
    name: &ItemName,
    id: ItemId,
    times: FileSystemTimes,
    now: Timestamp,
) -> Result<()> {
    check_path_length(&folder.chain, name)?;
    let (author_user, author_application) = author(&folder.via);
    tx.insert_item(&NewItem {
        id,
        drive: folder.drive.id.clone(),
        parent: folder.item.id,
        name: name.as_str().to_owned(),
        name_key: name.key(),
        facet: NewFacet::Folder,
        author_user,
        author_application,
        created_at: now,
        file_system_created_at: times.created.unwrap_or(now),
        file_system_modified_at: times.modified.unwrap_or(now),
    })?;
    Ok(())
}

/// Refuses a path that no client could spell: OneDrive's 400 characters from the root.
pub fn check_path_length(folder: &Chain, name: &ItemName) -> Result<()> {
    let above = folder.items.iter().rev().skip(1).map(|item| item.name.chars().count() + 1).sum::<usize>();
    if above + name.as_str().chars().count() > MAX_FULL_PATH_CHARS {
        return Err(Error::invalid("name", "The path would be longer than 400 characters.").inner(Inner::PathIsTooLong));
    }
    Ok(())
}

/// Renames, moves or redates an item.
pub fn update(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    address: &ItemAddress,
    update: &Update,
    now: Timestamp,
) -> Result<Access> {
    let access = reach(tx, credentials, address, Intent::Write, now)?;
    checkout::require_free(&access)?;
    check_e_tag(&access.item, update.if_match.as_deref())?;
    if let Via::Link { shared, .. } = &access.via
        && *shared == access.item.id
        && (update.name.is_some() || update.parent.is_some())
    {
        return Err(Error::access_denied("A link doesn't let its holder rename or move the shared item itself."));
    }
    // Paths and `root` are looked up in the item's own drive, so another drive has to be refused before that.
    if update.parent_drive.as_ref().is_some_and(|drive| *drive != access.item.drive) {
        return Err(across_drives());
    }
    if update.name.is_some() || update.parent.is_some() {
        relocate(tx, credentials, &access, update, now)?;
    }
    let (user, application) = author(&access.via);
    let change = ItemChange {
        description: update.description.clone(),
        file_system_created_at: update.times.created,
        file_system_modified_at: update.times.modified,
        ..ItemChange::by(user, application)
    };
    if change.changes_anything() {
        tx.change_item(access.item.id, &change, now)?;
    }
    let id = access.item.id;
    let mut changed = into(tx, access, id)?;
    hide_unreachable_in(tx, &mut changed, now)?;
    Ok(changed)
}

fn relocate(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    access: &Access,
    update: &Update,
    now: Timestamp,
) -> Result<()> {
    let item = &access.item;
    let current =
        item.parent.ok_or_else(|| Error::new(Code::NotSupported, "The root of a drive keeps its name and place."))?;
    let name = update.name.as_deref().map_or_else(|| item_name(&item.name), item_name)?;
    let folder = match &update.parent {
        Some(parent) => find_parent(tx, credentials, access, parent, now)?,
        None => into(tx, access.clone(), current)?,
    };
    if !folder.item.is_folder() {
        return Err(Error::invalid("parentReference", "A file can't hold other items."));
    }
    if folder.item.drive != item.drive {
        return Err(across_drives());
    }
    if folder.chain.items.iter().any(|above| above.id == item.id) {
        return Err(Error::invalid("parentReference", "A folder can't be moved into itself."));
    }
    if folder.item.id == current && name.as_str() == item.name {
        return Ok(());
    }
    check_path_length(&folder.chain, &name)?;
    let conflict = update.conflict.unwrap_or(ConflictBehavior::Fail);
    let name = settle_conflict(tx, &folder, Some(item.id), item.is_folder(), name, conflict, now)?;
    let (user, application) = author(&access.via);
    tx.rename_or_move(item.id, folder.item.id, name.as_str(), &name.key(), &ItemChange::by(user, application), now)?;
    Ok(())
}

pub(super) fn across_drives() -> Error {
    Error::new(Code::NotSupported, "Items are moved within their drive; copy and delete across drives.")
        .target("parentReference")
}

/// The name that an item gets in a folder: the wanted one, or what the conflict behaviour makes of it. `item` is the one that
/// may have the name already because it is there.
pub(super) fn settle_conflict(
    tx: &mut Tx<'_>,
    folder: &Access,
    item: Option<ItemId>,
    is_folder: bool,
    name: ItemName,
    conflict: ConflictBehavior,
    now: Timestamp,
) -> Result<ItemName> {
    let taken = tx.child(folder.item.id, &name.key())?.filter(|other| Some(other.id) != item);
    let Some(other) = taken else { return Ok(name) };
    match conflict {
        ConflictBehavior::Rename => free_name(tx, folder.item.id, &name),
        ConflictBehavior::Replace if !other.is_folder() && !is_folder => {
            let role = role_below(tx, &folder.via, other.id, now)?.and_then(|(_, role)| role);
            if role < Some(Role::Write) {
                return Err(name_taken());
            }
            checkout::require_free_item(&folder.via, &other)?;
            tx.trash(other.id, now)?;
            Ok(name)
        }
        ConflictBehavior::Fail | ConflictBehavior::Replace => Err(name_taken()),
    }
}

pub(super) fn find_parent(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    access: &Access,
    parent: &NewParent,
    now: Timestamp,
) -> Result<Access> {
    let target = match parent {
        NewParent::Id(id) if id == "root" => access.drive.root,
        NewParent::Id(id) => ItemId::parse(id).map_err(|_| parent_not_found())?,
        NewParent::Path(path) => {
            let root = tx.item(access.drive.root)?.ok_or_else(Error::item_not_found)?;
            descend(tx, root, path).map_err(|_| parent_not_found())?.id
        }
    };
    let reached = match &access.via {
        Via::Link { link, password_version, .. } => {
            // A link that is carried along shows its password no more than its token.
            let visit = password_version.map(|version| super::password::Visit { link: *link, version });
            let shown = Credentials { link: Some(*link), visit, ..credentials.clone() };
            match super::gate::open_link(tx, *link, super::gate::Below::Id(target), &shown, now)? {
                super::gate::Passage::Open(opened) => opened.access,
                super::gate::Passage::Add(_) | super::gate::Passage::Closed(..) => return Err(parent_not_found()),
            }
        }
        Via::Caller(caller) => {
            let item = tx.item(target)?.ok_or_else(parent_not_found)?;
            let chain = tx.chain(target)?.filter(Chain::is_live).ok_or_else(parent_not_found)?;
            let role = chain.role_of(caller.actor(), now).ok_or_else(parent_not_found)?;
            Access { drive: access.drive.clone(), item, chain, role, via: access.via.clone() }
        }
    };
    reached.require_write()?;
    Ok(reached)
}

pub(super) fn parent_not_found() -> Error {
    Error::item_not_found().target("parentReference")
}

/// Puts an item into the recycle bin. Everything below it is out of reach with it, by link as well.
pub fn delete(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    address: &ItemAddress,
    if_match: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    let access = reach(tx, credentials, address, Intent::Write, now)?;
    check_e_tag(&access.item, if_match)?;
    check_deletable(tx, &access, now)?;
    tx.trash(access.item.id, now)?;
    Ok(())
}

/// Refuses to delete what this right doesn't let go: roots, the item that a link is on, what somebody else works on.
pub(super) fn check_deletable(tx: &mut Tx<'_>, access: &Access, now: Timestamp) -> Result<()> {
    if access.item.is_root() {
        return Err(Error::new(Code::NotSupported, "The root of a drive can't be deleted."));
    }
    if matches!(&access.via, Via::Link { shared, .. } if *shared == access.item.id) {
        return Err(Error::access_denied("A link doesn't let its holder delete the shared item itself."));
    }
    checkout::require_free(access)?;
    checkout::require_free_below(tx, access)?;
    refuse_unreachable_content(tx, access, now)
}

/// Refuses when the tag that the client last saw isn't the item's; eTag and cTag both count, `*` is any (AMB-12).
pub fn check_e_tag(item: &DriveItem, if_match: Option<&str>) -> Result<()> {
    let Some(wanted) = if_match else { return Ok(()) };
    if tags(wanted).any(|tag| tag != "*" && !tag.trim_start_matches("W/").starts_with('"')) {
        return Err(Error::invalid("If-Match", "An ETag stands in quotes.").inner(Inner::MalformedEntityTag));
    }
    if tags(wanted).any(|tag| tag == "*" || tag == item.e_tag() || tag == item.c_tag()) {
        return Ok(());
    }
    Err(Error::new(Code::ResourceModified, "The item has changed since.").inner(Inner::EntityTagDoesNotMatch))
}

/// The tags of an `if-match` or `if-none-match` list. Commas stand inside our tags, so the quotes part them.
pub fn tags(list: &str) -> impl Iterator<Item = &str> {
    let mut rest = list.trim();
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches([',', ' ', '\t']);
        let body = rest.strip_prefix("W/").unwrap_or(rest);
        let end = match body.strip_prefix('"') {
            Some(quoted) => quoted.find('"').map_or(body.len(), |at| at + 2),
            None => body.find(',').unwrap_or(body.len()),
        };
        let (tag, after) = body.split_at_checked(end)?;
        rest = after;
        let tag = tag.trim();
        (!tag.is_empty()).then_some(tag)
    })
}

/// What is shown of an item's sharing (AMB-62): the widest scope of what reaches the item besides its owners.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shared {
    /// `users`, `organization` or `anonymous`.
    pub scope: LinkScope,
}

/// How the item is shared, if it is.
pub fn shared(tx: &mut Tx<'_>, access: &Access, now: Timestamp) -> Result<Option<Shared>> {
    // By way of a link nothing above the shared item is told.
    let top = match &access.via {
        Via::Link { shared, .. } => Some(*shared),
        Via::Caller(_) => None,
    };
    let policy = tx.sharing_policy(&access.drive.id)?;
    let counts = |permission: &Permission| access.chain.is_shared_by(permission, top, &policy, now);
    let is_granted = access.chain.effective().any(|(_, grant)| counts(grant));
    let widest = tx.widest_link_above(access.item.id, counts)?;
    Ok(widest.max(is_granted.then_some(LinkScope::Users)).map(|scope| Shared { scope }))
}

/// A name that an item may have.
pub fn item_name(text: &str) -> Result<ItemName> {
    ItemName::parse(text).map_err(|error| {
        let inner = match error {
            NameError::Empty => Inner::ParameterIsTooSmall,
            NameError::TooLong => Inner::PathIsTooLong,
            _ => Inner::InvalidPath,
        };
        Error::invalid("name", error.to_string()).inner(inner)
    })
}

/// The first of `name 1`, `name 2`, … that is free in the folder.
pub fn free_name(tx: &mut Tx<'_>, folder: ItemId, name: &ItemName) -> Result<ItemName> {
    for n in 1..=1000 {
        let candidate = name.with_suffix(n);
        if tx.child(folder, &candidate.key())?.is_none() {
            return Ok(candidate);
        }
    }
    Err(name_taken())
}

/// The refusal of a name that a sibling has.
pub(super) fn name_taken() -> Error {
    Error::new(Code::NameAlreadyExists, "An item with this name is there already.")
}
