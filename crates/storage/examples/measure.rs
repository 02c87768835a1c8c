//! Measures the two stores: `cargo run --release -p driveway-storage --example measure [FOLDER [WORD]]`.
//!
//! 64 callers on a runtime of 2 threads, each with one call at a time. The database and the blobs lie in FOLDER, by
//! default a temporary one; with WORD only what has it in its name is measured.
#![expect(
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program for people who measure"
)]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use driveway_core::drive::{Drive, DriveKind, DriveOwner};
use driveway_core::id::{ApplicationId, DriveId, ItemId, PermissionId, TenantId, UserId};
use driveway_core::identity::{Application, Tenant, TenantKind, User};
use driveway_core::permission::{Grantee, Permission, PermissionKind, Role};
use driveway_storage::{Blobs, BlobsUrl, DatabaseUrl, Db, DbOptions, NewFacet, NewItem, Tx};
use futures::{StreamExt, stream};
use jiff::Timestamp;
use uuid::Uuid;

/// As in the server.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const CALLERS: u64 = 64;
const TIME: Duration = Duration::from_secs(3);

fn main() {
    let home = tempfile::tempdir().unwrap();
    let folder = std::env::args().nth(1).map_or_else(|| home.path().to_owned(), PathBuf::from);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(measure(&folder));
}

async fn measure(folder: &Path) {
    let db = Db::open(&DatabaseUrl::Sqlite(folder.join("measure.db")), DbOptions::default()).unwrap();
    plant(&db).await;
    let deep = item(3);
    repeat("one setting", &db, |tx| tx.setting("key").map(drop)).await;
    repeat("one item", &db, move |tx| tx.item(deep).map(drop)).await;
    repeat("one caller's facts", &db, |tx| tx.caller_facts(Some(USER), APPLICATION, TENANT).map(drop)).await;
    repeat("one chain", &db, move |tx| tx.chain(deep).map(drop)).await;
    repeat("one page of 100 children", &db, move |tx| tx.children(item(2), None, 100).map(drop)).await;
    run("read: empty closure", &db, |db, _| async move { db.read(|_| Ok(())).await.unwrap() }).await;
    run("read: setting", &db, |db, _| async move {
        db.read(|tx| tx.setting("key")).await.unwrap();
    })
    .await;
    run("read: item with authors", &db, move |db, _| async move {
        db.read(move |tx| tx.item(deep)).await.unwrap().unwrap();
    })
    .await;
    run("read: caller facts", &db, move |db, _| async move {
        db.read(|tx| tx.caller_facts(Some(USER), APPLICATION, TENANT)).await.unwrap();
    })
    .await;
    run("read: chain of 4 with 2 permissions", &db, move |db, _| async move {
        db.read(move |tx| tx.chain(deep)).await.unwrap().unwrap();
    })
    .await;
    run("read: path of 3, item and chain", &db, move |db, _| async move {
        db.read(move |tx| {
            let found = tx.resolve_path(item(0), &["a".into(), "b".into(), "c".into()])?.unwrap();
            tx.chain(found.id)
        })
        .await
        .unwrap();
    })
    .await;
    run("write: setting", &db, |db, number| async move {
        db.write(move |tx| tx.set_setting(&format!("key {number}"), "value")).await.unwrap();
    })
    .await;
    run("write: folder, three levels deep", &db, |db, number| async move {
        let new = folder_item(10_000 + u128::from(number), Some(item(2)), &format!("f{number}"));
        db.write(move |tx| tx.insert_item(&new)).await.unwrap();
    })
    .await;
    if std::env::args().nth(2).is_some_and(|word| word != "blob") {
        return;
    }
    let blobs = Blobs::open(&BlobsUrl::Folder(folder.join("blobs"))).unwrap();
    measure_blobs(&blobs).await;
}

async fn measure_blobs(blobs: &Blobs) {
    const LARGE: u64 = 256 << 20;
    let chunk = Bytes::from((0..1_u32 << 16).flat_map(u32::to_le_bytes).collect::<Vec<u8>>());
    let chunks = stream::iter((0..LARGE / chunk.len() as u64).map(move |_| Ok::<_, std::io::Error>(chunk.clone())));
    let started = Instant::now();
    let large = blobs.receive(chunks, u64::MAX, Uuid::from_u128(1)).await.unwrap();
    rate("receive 256 MiB", LARGE, started);
    for _ in 0..3 {
        let started = Instant::now();
        let mut stream = blobs.read(&large.sha256, 0..LARGE).await.unwrap();
        let mut sum = 0_u64;
        while let Some(part) = stream.next().await {
            // Look at each cache line, as sending would.
            sum += part.unwrap().iter().step_by(64).map(|byte| u64::from(*byte)).sum::<u64>();
        }
        rate(&format!("read 256 MiB ({sum})"), LARGE, started);
    }
    let (started, count) = (Instant::now(), 2000_u64);
    let puts = stream::iter(0..count).map(|number| {
        let body = stream::iter([Ok::<_, std::io::Error>(Bytes::from(format!("blob {number}")))]);
        blobs.receive(body, u64::MAX, Uuid::from_u128(u128::from(number) + 2))
    });
    let puts: Vec<_> = puts.buffer_unordered(64).collect().await;
    assert!(puts.iter().all(Result::is_ok));
    println!("{:44} {:>10.0} /s", "receive small blobs", count as f64 / started.elapsed().as_secs_f64());
}

fn rate(what: &str, bytes: u64, started: Instant) {
    println!("{what:44} {:>10.0} MiB/s", (bytes >> 20) as f64 / started.elapsed().as_secs_f64());
}

/// The time that a query takes within a transaction: the best of many, since others disturb.
async fn repeat<W>(what: &str, db: &Db, work: W)
where
    W: Fn(&mut Tx<'_>) -> driveway_core::Result<()> + Send + 'static,
{
    let best = db.read(move |tx| {
        let mut best = Duration::MAX;
        for _ in 0..200 {
            let started = Instant::now();
            (0..50).try_for_each(|_| work(tx))?;
            best = best.min(started.elapsed() / 50);
        }
        Ok(best)
    });
    println!("{what:44} {:>10.1?}", best.await.unwrap());
}

async fn run<F, W>(what: &str, db: &Db, work: W)
where
    F: Future<Output = ()> + Send,
    W: Fn(Db, u64) -> F + Send + Sync + 'static,
{
    if std::env::args().nth(2).is_some_and(|word| !what.contains(&word)) {
        return;
    }
    let (work, numbers) = (Arc::new(work), Arc::new(AtomicU64::new(0)));
    let (started, cpu) = (Instant::now(), cpu_time());
    let callers = (0..CALLERS).map(|_| {
        let (db, work, numbers) = (db.clone(), Arc::clone(&work), Arc::clone(&numbers));
        tokio::task::spawn(async move {
            let mut waits = Vec::new();
            while started.elapsed() < TIME {
                let begun = Instant::now();
                work(db.clone(), numbers.fetch_add(1, Ordering::Relaxed)).await;
                waits.push(begun.elapsed());
            }
            waits
        })
    });
    let waits = futures::future::join_all(callers).await;
    let mut waits: Vec<_> = waits.into_iter().flat_map(Result::unwrap).collect();
    waits.sort_unstable();
    let at = |percent: usize| waits.get(waits.len() * percent / 100).copied().unwrap_or_default();
    let rate = waits.len() as f64 / started.elapsed().as_secs_f64();
    let cpu = cpu_time().saturating_sub(cpu).as_secs_f64() * 1e6 / waits.len() as f64;
    println!("{what:44} {rate:>10.0} /s   p50 {:>9.0?} p99 {:>9.0?} CPU {cpu:>6.1} us", at(50), at(99));
}

/// What this process has used of the processors; on Linux, in hundredths of a second.
fn cpu_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks = stat.rsplit(')').next().into_iter().flat_map(str::split_whitespace).skip(11).take(2);
    Duration::from_millis(ticks.filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>() * 10)
}

const TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(1));
const USER: UserId = UserId::from_uuid(Uuid::from_u128(2));
const APPLICATION: ApplicationId = ApplicationId::from_uuid(Uuid::from_u128(3));

fn item(number: u128) -> ItemId {
    ItemId::from_uuid(Uuid::from_u128(100 + number))
}

fn folder_item(number: u128, parent: Option<ItemId>, name: &str) -> NewItem {
    NewItem {
        id: item(number),
        drive: DriveId::business(Uuid::nil()),
        parent: parent.unwrap_or(item(0)),
        name: name.into(),
        name_key: name.into(),
        facet: NewFacet::Folder,
        author_user: Some(USER),
        author_application: Some(APPLICATION),
        created_at: Timestamp::UNIX_EPOCH,
        file_system_created_at: Timestamp::UNIX_EPOCH,
        file_system_modified_at: Timestamp::UNIX_EPOCH,
    }
}

async fn plant(db: &Db) {
    let now = Timestamp::UNIX_EPOCH;
    let user = User {
        id: USER,
        tenant: TENANT,
        user_principal_name: "ann@example.com".into(),
        display_name: "Ann".into(),
        mail: None,
        enabled: true,
        administrator: false,
        created_at: now,
    };
    let drive = Drive {
        id: DriveId::business(Uuid::nil()),
        tenant: TENANT,
        kind: DriveKind::Business,
        owner: DriveOwner::User(USER),
        owner_name: String::new(),
        root: item(0),
        name: "OneDrive".into(),
        quota_bytes: 1 << 40,
        created_at: now,
    };
    let grant = move |number, on| Permission {
        id: PermissionId::from_uuid(Uuid::from_u128(number)),
        item: on,
        kind: PermissionKind::Grant { grantee: Grantee::User(USER), role: Role::Owner },
        created_at: now,
    };
    db.write(move |tx| {
        tx.insert_tenant(&Tenant { id: TENANT, kind: TenantKind::Organization, display_name: "T".into() })?;
        tx.insert_user(&user)?;
        tx.insert_application(&Application { id: APPLICATION, display_name: "App".into(), enabled: true }, None)?;
        tx.insert_drive(&drive, now)?;
        tx.set_setting("key", "value")?;
        tx.insert_item(&folder_item(1, None, "a"))?;
        tx.insert_item(&folder_item(2, Some(item(1)), "b"))?;
        tx.insert_item(&folder_item(3, Some(item(2)), "c"))?;
        (0..100_u128).try_for_each(|n| tx.insert_item(&folder_item(1000 + n, Some(item(2)), &format!("x{n}"))))?;
        tx.insert_permission(&grant(1, item(0)), None)?;
        tx.insert_permission(&grant(2, item(3)), None)
    })
    .await
    .unwrap();
}
