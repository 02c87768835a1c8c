//! A tenant to try things on: people, a group, a site, two applications, and files worth opening.

use bytes::Bytes;
use driveway_core::drive::Drive;
use driveway_core::error::Error;
use driveway_core::id::{ApplicationId, ItemId, UserId};
use driveway_core::identity::{Registration, Tenant, TenantKind, User};
use driveway_core::item::{DriveItem, FileFacet};
use driveway_core::name::name_key;
use driveway_core::seal::Purpose;
use driveway_storage::{Adoption, NewFacet, NewItem, Received};
use jiff::Timestamp;
use std::sync::Arc;

use super::{Result, Tx, provision, sign_in};
use crate::app::App;

/// The files of the sample tenant: folder, name, content.
const SAMPLES: [(Option<&str>, &str, &[u8]); 7] = [
    (None, "Welcome.txt", include_bytes!("../../assets/demo/Welcome.txt")),
    (None, "Reading list.md", include_bytes!("../../assets/demo/Reading list.md")),
    (None, "Harbour.png", include_bytes!("../../assets/demo/Harbour.png")),
    (None, "Driveway in one page.pdf", include_bytes!("../../assets/demo/Driveway in one page.pdf")),
    (None, "Budget.csv", include_bytes!("../../assets/demo/Budget.csv")),
    (Some("Reports"), "Q3 summary.md", include_bytes!("../../assets/demo/Reports/Q3 summary.md")),
    (Some("Reports"), "Q3 figures.csv", include_bytes!("../../assets/demo/Reports/Q3 figures.csv")),
];

/// What the applications of the sample tenant may do for themselves, and what `.default` stands for.
const ROLES: &str = "Files.ReadWrite.All Sites.ReadWrite.All User.Read.All";
const SCOPES: &str = "Files.ReadWrite.All Sites.ReadWrite.All User.Read";

const APPLICATIONS: [(&str, u128); 2] = [
    ("Driveway Explorer", 0xd21e_0001_0000_4000_8000_0000_0000_0001),
    ("Driveway Sample App", 0xd21e_0002_0000_4000_8000_0000_0000_0002),
];

/// The sample tenant, as it is now.
#[derive(Debug)]
pub struct Demo {
    /// The organization.
    pub organization: Tenant,
    /// The applications, with their secrets.
    pub applications: Vec<(ApplicationId, String, String)>,
    /// The people: account, kind of account, password, drive.
    pub users: Vec<DemoUser>,
    /// The group's drive.
    pub group: Drive,
    /// The site's drive.
    pub site: Drive,
    /// The sample files at the top of each drive.
    pub items: Vec<DriveItem>,
}

/// A person of the sample tenant.
#[derive(Debug)]
pub struct DemoUser {
    /// The account.
    pub user: User,
    /// `business`, `personal` or `admin`.
    pub kind: &'static str,
    /// The password.
    pub password: String,
    /// Their drive.
    pub drive: Drive,
}

/// The sample tenant in this data directory, made if it isn't there yet.
pub async fn prepare(app: &Arc<App>) -> Result<Demo> {
    let seeding = Arc::clone(app);
    let drives = tokio::task::spawn_blocking(move || people(&seeding)).await.map_err(Error::internal)??;
    for (drive, author) in drives {
        fill(app, &drive, author).await?;
    }
    let describing = Arc::clone(app);
    tokio::task::spawn_blocking(move || describe(&describing)).await.map_err(Error::internal)?
}

/// Makes the people and their drives, and returns the drives that still want files.
fn people(app: &App) -> Result<Vec<(Drive, UserId)>> {
    let (organization, consumer) = provision::tenants(app, "Harbour & Sons")?;
    if !app.db.read_blocking(|tx| tx.applications())?.is_empty() {
        return Ok(Vec::new());
    }
    let (alice, alices) = provision::user(app, &organization, "alice@harbour.example", "Alice Harbour", false)?;
    let (bob, bobs) = provision::user(app, &organization, "bob@harbour.example", "Bob Lindqvist", false)?;
    let (admin, admins) = provision::user(app, &organization, "admin@harbour.example", "Ada Min", true)?;
    let (pat, pats) = provision::user(app, &consumer, "pat@personal.example", "Pat Marlowe", false)?;
    let (group, groups) = provision::group(app, &organization, "Harbour crew", &[admin.id], &[alice.id, bob.id])?;
    let (_, sites) = provision::site(app, &organization, "harbour", "Harbour", group.id)?;
    for (name, id) in APPLICATIONS {
        let id = application_id(id);
        provision::application(app, name, id, Some(&secret(app, &format!("application {id}"))))?;
    }
    Ok(vec![
        (alices, alice.id),
        (bobs, bob.id),
        (admins, admin.id),
        (pats, pat.id),
        (groups, alice.id),
        (sites, alice.id),
    ])
}

fn application_id(id: u128) -> ApplicationId {
    ApplicationId::from_uuid(uuid::Uuid::from_u128(id))
}

/// Lets everybody of the sample tenant sign in, and its applications sign them in. Apart from [`prepare`], since hashing
/// passwords takes its time and not everybody who wants a sample tenant signs in.
pub async fn allow_sign_in(app: &Arc<App>, demo: &Demo) -> Result<()> {
    for (id, ..) in &demo.applications {
        let id = *id;
        app.db
            .write(move |tx| {
                let Some(known) = tx.registration(id)? else { return Ok(()) };
                tx.set_registration(&Registration {
                    redirect_uris: vec!["http://localhost/".to_owned()],
                    scopes: SCOPES.to_owned(),
                    roles: ROLES.to_owned(),
                    ..known
                })
            })
            .await?;
    }
    for person in &demo.users {
        let id = person.user.id;
        let known = app.db.read(move |tx| tx.user_password(id)).await?;
        if known.is_some_and(|known| known.hash.is_none()) {
            sign_in::set_password(app, id, &person.password.clone().into()).await?;
        }
    }
    Ok(())
}

/// A secret that is the same on each start of the same data directory, so that the ready file can name it again.
fn secret(app: &App, of: &str) -> String {
    let sealed = app.seal.seal(Purpose::Demo, of.as_bytes());
    sealed.chars().rev().take(24).collect()
}

async fn fill(app: &App, drive: &Drive, author: UserId) -> Result<()> {
    for (folder, name, content) in SAMPLES {
        let body = futures::stream::once(std::future::ready(Ok::<_, std::io::Error>(Bytes::from_static(content))));
        let received = app
            .blobs
            .receive(Box::pin(body), u64::MAX, app.entropy.opaque_id())
            .await
            .map_err(|error| Error::internal(format!("{error:?}")))?;
        let received = Arc::new(received);
        let (drive, now) = (drive.clone(), app.clock.now());
        let ids = [ItemId::from_uuid(app.new_id()), ItemId::from_uuid(app.new_id())];
        app.db.write(move |tx| put(tx, &drive, author, folder, name, &received, ids, now)).await?;
    }
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "one private call that passes what a sample is made of")]
fn put(
    tx: &mut Tx<'_>,
    drive: &Drive,
    author: UserId,
    folder: Option<&str>,
    name: &str,
    received: &Received,
    [folder_id, file_id]: [ItemId; 2],
    now: Timestamp,
) -> Result<()> {
    let application = application_id(APPLICATIONS[0].1);
    let item = |id, parent, name: &str, facet| NewItem {
        id,
        drive: drive.id.clone(),
        parent,
        name: name.to_owned(),
        name_key: name_key(name),
        facet,
        author_user: Some(author),
        author_application: Some(application),
        created_at: now,
        file_system_created_at: now,
        file_system_modified_at: now,
    };
    let parent = match folder {
        None => drive.root,
        Some(folder) => match tx.child(drive.root, &name_key(folder))? {
            Some(found) => found.id,
            None => {
                tx.insert_item(&item(folder_id, drive.root, folder, NewFacet::Folder))?;
                folder_id
            }
        },
    };
    if tx.adopt_blob(&received.sha256, received.size, received.put(), now)? == Adoption::PutAgain {
        return Err(Error::busy(1));
    }
    let mime_type = mime_guess::from_path(name).first_raw().unwrap_or("text/plain").to_owned();
    let file = FileFacet { mime_type, sha256: received.sha256, quick_xor: received.quick_xor };
    let size = i64::try_from(received.size).unwrap_or(i64::MAX);
    tx.insert_item(&item(file_id, parent, name, NewFacet::File { file, size }))?;
    Ok(())
}

fn describe(app: &App) -> Result<Demo> {
    let (tenants, users, groups, sites, applications) =
        app.db.read_blocking(|tx| Ok((tx.tenants()?, tx.users()?, tx.groups()?, tx.sites()?, tx.applications()?)))?;
    let organization =
        tenants.into_iter().find(|tenant| tenant.kind == TenantKind::Organization).ok_or_else(Error::item_not_found)?;
    let drive_of = |owner| app.db.read_blocking(move |tx| tx.drive_of(owner)?.ok_or_else(Error::item_not_found));
    let mut people = Vec::new();
    for user in users {
        let drive = drive_of(driveway_core::drive::DriveOwner::User(user.id))?;
        let kind = match (user.administrator, user.tenant == organization.id) {
            (true, _) => "admin",
            (false, true) => "business",
            (false, false) => "personal",
        };
        let password = secret(app, &format!("user {}", user.id));
        people.push(DemoUser { user, kind, password, drive });
    }
    // Those who share files first, so that whoever takes the first user takes one who may.
    people.sort_by_key(|person| {
        (
            ["business", "admin", "personal"].iter().position(|kind| *kind == person.kind),
            person.user.user_principal_name.clone(),
        )
    });
    let group = groups.first().ok_or_else(Error::item_not_found)?;
    let site = sites.first().ok_or_else(Error::item_not_found)?;
    let group = drive_of(driveway_core::drive::DriveOwner::Group(group.id))?;
    let site = drive_of(driveway_core::drive::DriveOwner::Site(site.id))?;
    let roots: Vec<ItemId> = people.iter().map(|person| person.drive.root).chain([group.root, site.root]).collect();
    let items = app.db.read_blocking(move |tx| {
        let mut items = Vec::new();
        for root in &roots {
            items.extend(tx.children(*root, None, 100)?);
        }
        Ok(items)
    })?;
    let mut named: Vec<_> = applications
        .into_iter()
        .map(|application| {
            let secret = secret(app, &format!("application {}", application.id));
            (application.id, application.display_name, secret)
        })
        .collect();
    named.sort();
    Ok(Demo { organization, applications: named, users: people, group, site, items })
}
