//! Brings the tables up to date, and refuses what it doesn't know.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::driver::Driver;
use crate::error::{Error, Result};
use crate::tx::{Tx, values};

/// Every step from nothing to now. A step that has been released is never edited: its checksum is on record.
const MIGRATIONS: &[(&str, &str)] = &[
    ("0001_drive", include_str!("../../migrations/0001_drive.sql")),
    ("0002_invitations", include_str!("../../migrations/0002_invitations.sql")),
    ("0003_link_redemptions", include_str!("../../migrations/0003_link_redemptions.sql")),
    ("0004_link_life", include_str!("../../migrations/0004_link_life.sql")),
    ("0005_audit", include_str!("../../migrations/0005_audit.sql")),
    ("0006_policy", include_str!("../../migrations/0006_policy.sql")),
    ("0007_versions", include_str!("../../migrations/0007_versions.sql")),
    ("0008_operations", include_str!("../../migrations/0008_operations.sql")),
    ("0009_outbox", include_str!("../../migrations/0009_outbox.sql")),
    ("0010_grants", include_str!("../../migrations/0010_grants.sql")),
    ("0011_special_folders", include_str!("../../migrations/0011_special_folders.sql")),
    ("0012_upload_sessions", include_str!("../../migrations/0012_upload_sessions.sql")),
    ("0014_cut_off", include_str!("../../migrations/0014_cut_off.sql")),
    ("0015_purged_by", include_str!("../../migrations/0015_purged_by.sql")),
    ("0017_sign_in", include_str!("../../migrations/0017_sign_in.sql")),
    ("0018_changes", include_str!("../../migrations/0018_changes.sql")),
    ("0019_subscriptions", include_str!("../../migrations/0019_subscriptions.sql")),
    ("0020_search", include_str!("../../migrations/0020_search.sql")),
    // The index of words is each database's own: a second driver chooses its twin here.
    ("0020_search_index", include_str!("../../migrations/0020_search_index.sqlite.sql")),
    ("0021_listing", include_str!("../../migrations/0021_listing.sql")),
];

const RECORD: &str = "CREATE TABLE IF NOT EXISTS migrations (name TEXT NOT NULL PRIMARY KEY, checksum TEXT NOT NULL)";

/// Applies what is missing in one transaction. Two processes that start at once wait for each other here.
pub(crate) fn migrate(driver: &mut dyn Driver) -> Result<()> {
    driver.begin(true)?;
    match apply_missing(driver) {
        Ok(()) => driver.execute("COMMIT", &[]).map(drop),
        Err(error) => {
            driver.execute("ROLLBACK", &[])?;
            Err(error)
        }
    }
}

fn apply_missing(driver: &mut dyn Driver) -> Result<()> {
    driver.batch(RECORD)?;
    let applied = applied(driver)?;
    if let Some((name, _)) = applied.iter().find(|(name, _)| MIGRATIONS.iter().all(|(known, _)| known != name)) {
        return Err(Error::schema(format!("The database was written by a newer version of Driveway: it has {name}.")));
    }
    for (name, sql) in MIGRATIONS {
        let checksum = HEXLOWER.encode(&Sha256::digest(sql));
        match applied.iter().find(|(done, _)| done == name) {
            Some((_, recorded)) if *recorded == checksum => {}
            Some(_) => return Err(Error::schema(format!("Migration {name} isn't the one that was applied."))),
            None => apply(driver, name, sql, &checksum)?,
        }
    }
    Ok(())
}

fn applied(driver: &mut dyn Driver) -> Result<Vec<(String, String)>> {
    Tx::new(driver).rows("SELECT name, checksum FROM migrations ORDER BY name", &[], |row| Ok((row.get()?, row.get()?)))
}

fn apply(driver: &mut dyn Driver, name: &'static str, sql: &str, checksum: &str) -> Result<()> {
    driver.batch(sql)?;
    driver.execute("INSERT INTO migrations (name, checksum) VALUES ($1, $2)", values![name, checksum]).map(drop)
}
