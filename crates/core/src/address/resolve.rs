//! From segments to resources: owners, drives, items.

use super::path::Names;
use super::segments::Segments;
use super::{AddressError, DriveKey, ItemAddress, Owner, Resource, SiteKey, Start, UserKey};

/// The user that Microsoft's SDKs write for `/me` before they rewrite it, which not all of them do.
const ME_TOKEN: &str = "me-token-to-replace";

pub(super) fn resource(mut segments: Segments<'_>) -> Result<Resource, AddressError> {
    if let Some(owner) = owner(&mut segments)? {
        return owned(owner, segments);
    }
    if segments.word("drive") {
        return in_drive(DriveKey::Me, segments);
    }
    if let Some(drive) = segments.keyed("drives")? {
        return in_drive(DriveKey::Id(drive), segments);
    }
    if let Some(share) = segments.keyed("shares")? {
        return in_drive(DriveKey::Share(share), segments);
    }
    if segments.word("organization") {
        return Ok(Resource::Organization { tail: segments.tail()? });
    }
    if let Some(subscription) = segments.keyed("subscriptions")? {
        return Ok(Resource::Subscription { subscription, tail: segments.tail()? });
    }
    let texts = segments.into_texts();
    Ok(match texts.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["$batch"] => Resource::Batch,
        ["users"] => Resource::Users,
        ["groups"] => Resource::Groups,
        ["sites"] => Resource::Sites,
        ["subscriptions"] => Resource::Subscriptions,
        ["admin", "sharepoint", "settings"] => Resource::Settings,
        ["search", "query"] => Resource::Search,
        ["drives"] => Resource::Drives { owner: Owner::Me },
        _ => Resource::Other(texts),
    })
}

fn owner(segments: &mut Segments<'_>) -> Result<Option<Owner>, AddressError> {
    if segments.word("me") {
        return Ok(Some(Owner::Me));
    }
    if let Some(user) = segments.keyed("users")? {
        return Ok(Some(if user == ME_TOKEN { Owner::Me } else { Owner::User(UserKey(user)) }));
    }
    if let Some(group) = segments.keyed("groups")? {
        return Ok(Some(Owner::Group(group)));
    }
    match segments.keyed("sites")? {
        Some(site) => site_key(site, segments).map(|site| Some(Owner::Site(site))),
        None => Ok(None),
    }
}

fn site_key(site: String, segments: &mut Segments<'_>) -> Result<SiteKey, AddressError> {
    match site.split_once(':') {
        None if site == "root" => Ok(SiteKey::Root),
        None => Ok(SiteKey::Id(site)),
        Some(("", _)) => Err(AddressError::InvalidPath),
        Some((host, rest)) => {
            let mut names = Names::default();
            names.take_path(rest, segments)?;
            Ok(SiteKey::Path { host: host.to_owned(), path: names.into_vec() })
        }
    }
}

/// What comes after an owner.
fn owned(owner: Owner, mut segments: Segments<'_>) -> Result<Resource, AddressError> {
    if segments.word("drive") {
        return in_drive(owner.into(), segments);
    }
    if let Some(drive) = segments.keyed("drives")? {
        return in_drive(DriveKey::Id(drive), segments);
    }
    if segments.word("drives") {
        return Ok(Resource::Drives { owner });
    }
    let tail = segments.tail()?;
    Ok(match owner {
        Owner::Me => Resource::Me { tail },
        Owner::User(user) => Resource::User { user, tail },
        Owner::Group(group) => Resource::Group { group, tail },
        Owner::Site(site) => Resource::Site { site, tail },
    })
}

/// What comes after a drive, or after a share, which is addressed like one.
fn in_drive(drive: DriveKey, mut segments: Segments<'_>) -> Result<Resource, AddressError> {
    let shared = matches!(drive, DriveKey::Share(_));
    if let Some(root) = root(shared, &mut segments) {
        return item(drive, |_| Start::Root, &root, segments);
    }
    if let Some(id) = segments.keyed("items")? {
        return item(drive, |id| if id == "root" { Start::Root } else { Start::Id(id) }, &id, segments);
    }
    if !shared && let Some(name) = segments.keyed("special")? {
        return item(drive, Start::Special, &name, segments);
    }
    let tail = segments.tail()?;
    Ok(match drive {
        DriveKey::Share(share) => Resource::Share { share, tail },
        drive => Resource::Drive { drive, tail },
    })
}

/// Takes the segment that begins with `root`; of a share it is called `driveItem`, and `root` is the old name (SHARE-03).
fn root(shared: bool, segments: &mut Segments<'_>) -> Option<String> {
    let name = segments.peek()?.split(':').next()?;
    if name == "root" || (shared && name == "driveItem") { segments.pop() } else { None }
}

/// An item from its opening segment, `id` or `id:…`; then any path and children by name.
fn item(
    drive: DriveKey,
    start: impl FnOnce(String) -> Start,
    opening: &str,
    mut segments: Segments<'_>,
) -> Result<Resource, AddressError> {
    let (id, colon) = opening.split_once(':').map_or((opening, None), |(id, rest)| (id, Some(rest)));
    if id.is_empty() {
        return Err(AddressError::InvalidPath);
    }
    let mut names = Names::default();
    if let Some(rest) = colon {
        names.take_path(rest, &mut segments)?;
    }
    // `children/$count` is a question; a child of that name is addressed by path.
    while !segments.is_count_of("children")
        && let Some(child) = segments.keyed("children")?
    {
        names.extend(&child)?;
    }
    let item = ItemAddress { drive, start: start(id.to_owned()), path: names.into_vec() };
    Ok(Resource::Item { item, tail: segments.tail()? })
}
