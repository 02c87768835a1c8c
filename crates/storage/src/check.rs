//! What must hold of the whole database; `driveway check` prints what doesn't.

use std::fmt;

use driveway_core::Result;
use driveway_core::id::ApplicationId;
use driveway_core::permission::{LinkScope, LinkType, Slot};

use crate::db::only;
use crate::tx::Tx;

/// Something that should not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong.
    pub problem: &'static str,
    /// With which row.
    pub subject: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.problem, self.subject)
    }
}

/// Each statement gives the ids of the rows for which its sentence is true.
const CHECKS: &[(&str, &str)] = &[
    (
        "the parent is missing, a file or in another drive",
        "SELECT i.id FROM items i LEFT JOIN items p ON p.id = i.parent_id
         WHERE i.parent_id IS NOT NULL AND (p.id IS NULL OR p.is_folder = 0 OR p.drive_id <> i.drive_id)",
    ),
    (
        "the item hangs below no root",
        "WITH RECURSIVE down (id) AS (
             SELECT root_item_id FROM drives
             UNION
             SELECT i.id FROM down JOIN items i ON i.parent_id = down.id
         )
         SELECT id FROM items WHERE id NOT IN (SELECT id FROM down)",
    ),
    (
        "the folder's child count is wrong",
        "SELECT f.id FROM items f WHERE f.is_folder = 1 AND f.child_count <>
             (SELECT COUNT(*) FROM items c WHERE c.parent_id = f.id AND c.deleted_at IS NULL)",
    ),
    (
        "the folder's size is wrong",
        "SELECT f.id FROM items f WHERE f.is_folder = 1 AND f.size <>
             (SELECT COALESCE(SUM(c.size), 0) FROM items c WHERE c.parent_id = f.id AND c.deleted_at IS NULL)",
    ),
    (
        "two live siblings have one name",
        "SELECT MAX(id) FROM items WHERE deleted_at IS NULL AND parent_id IS NOT NULL
         GROUP BY parent_id, name_key HAVING COUNT(*) > 1",
    ),
    (
        "the file's blob is missing, going away or of another size",
        "SELECT i.id FROM items i LEFT JOIN blobs b ON b.sha256 = i.file_sha256
         WHERE i.is_folder = 0 AND (b.sha256 IS NULL OR b.collecting_since IS NOT NULL OR b.size <> i.size)",
    ),
    (
        "the version's blob is missing, going away or of another size",
        "SELECT v.item_id FROM item_versions v LEFT JOIN blobs b ON b.sha256 = v.file_sha256
         WHERE b.sha256 IS NULL OR b.collecting_since IS NOT NULL OR b.size <> v.size",
    ),
    (
        "the version is none of a file, or is newer than its content",
        "SELECT v.item_id FROM item_versions v LEFT JOIN items i ON i.id = v.item_id
         WHERE i.id IS NULL OR i.is_folder = 1 OR v.number >= i.content_revision",
    ),
    (
        "the working copy's blob is missing, going away or of another size",
        "SELECT w.item_id FROM working_copies w LEFT JOIN blobs b ON b.sha256 = w.file_sha256
         WHERE b.sha256 IS NULL OR b.collecting_since IS NOT NULL OR b.size <> w.size",
    ),
    (
        "the working copy is of a file that isn't checked out",
        "SELECT w.item_id FROM working_copies w LEFT JOIN items i ON i.id = w.item_id
         WHERE i.id IS NULL OR i.is_folder = 1 OR i.checked_out_by IS NULL",
    ),
    (
        "the upload session says to have more or fewer bytes than its fragments",
        "SELECT s.id FROM upload_sessions s WHERE s.finished_at IS NULL AND s.received <>
             (SELECT COALESCE(SUM(f.length), 0) FROM upload_fragments f WHERE f.session_id = s.id)",
    ),
    (
        "the upload session has a gap between its fragments",
        "SELECT f.session_id FROM upload_fragments f JOIN upload_sessions s ON s.id = f.session_id
         WHERE s.finished_at IS NULL AND f.start <>
             (SELECT COALESCE(SUM(b.length), 0) FROM upload_fragments b
              WHERE b.session_id = f.session_id AND b.start < f.start)",
    ),
    (
        "the drive's root is missing or no root",
        "SELECT d.id FROM drives d LEFT JOIN items r ON r.id = d.root_item_id
         WHERE r.id IS NULL OR r.parent_id IS NOT NULL OR r.is_folder = 0 OR r.drive_id <> d.id
            OR r.deleted_at IS NOT NULL",
    ),
    (
        "the change is of an item in another drive",
        "SELECT c.item_id FROM changes c JOIN items i ON i.id = c.item_id WHERE c.drive_id <> i.drive_id",
    ),
    (
        "the change lies behind its drive's horizon",
        "SELECT c.item_id FROM changes c JOIN drives d ON d.id = c.drive_id WHERE c.sequence <= d.change_horizon",
    ),
    (
        "the permission's item is missing",
        "SELECT p.id FROM permissions p WHERE NOT EXISTS (SELECT 1 FROM items i WHERE i.id = p.item_id)",
    ),
    (
        "two links have one slot",
        "SELECT MAX(id) FROM permissions WHERE slot IS NOT NULL GROUP BY item_id, slot HAVING COUNT(*) > 1",
    ),
    (
        "the link says to be in another drive than its item is",
        "SELECT p.id FROM permissions p JOIN items i ON i.id = p.item_id JOIN drives d ON d.id = i.drive_id
         WHERE p.kind = 'link' AND (p.drive_id IS NULL OR p.drive_id <> i.drive_id
                                    OR p.tenant_id IS NULL OR p.tenant_id <> d.tenant_id)",
    ),
    (
        "the item isn't noted for search",
        "SELECT i.id FROM items i LEFT JOIN search_items s ON s.item_id = i.id AND s.drive_id = i.drive_id
         WHERE i.parent_id IS NOT NULL AND s.number IS NULL",
    ),
    (
        "what is noted for search isn't there",
        "SELECT s.item_id FROM search_items s LEFT JOIN items i ON i.id = s.item_id
         WHERE s.item_id IS NOT NULL AND i.id IS NULL",
    ),
    (
        "the link has more downloads under way than it counts",
        "SELECT p.id FROM permissions p WHERE p.downloads <
             (SELECT COUNT(*) FROM download_reservations r WHERE r.permission_id = p.id)",
    ),
];

impl Tx<'_> {
    /// Everything that is wrong with the database; empty for a sound one. Reads all of it, so it takes its time.
    pub fn check(&mut self) -> Result<Vec<Finding>> {
        let mut findings = self.check_integrity()?;
        for (problem, sql) in CHECKS {
            let subjects = self.all(sql, &[], only)?;
            findings.extend(subjects.into_iter().map(|subject| Finding { problem, subject }));
        }
        findings.extend(self.check_slots()?);
        Ok(findings)
    }

    fn check_integrity(&mut self) -> Result<Vec<Finding>> {
        let problems = self.integrity()?;
        Ok(problems.into_iter().map(|subject| Finding { problem: "the database's own check fails", subject }).collect())
    }

    /// A slot has to say what the link is, or else a second link of that kind gets in.
    fn check_slots(&mut self) -> Result<Vec<Finding>> {
        let sql = "SELECT id, slot, application_id, link_type, link_scope, password_hash, name FROM permissions
                   WHERE slot IS NOT NULL AND kind = 'link'";
        let wrong = self.all(sql, &[], |row| {
            let (id, key): (String, String) = (row.get()?, row.get()?);
            let slot = Slot {
                application: row.get::<ApplicationId>()?,
                link_type: row.word(LinkType::parse)?,
                scope: row.word(LinkScope::parse)?,
                protected: row.maybe::<String>()?.is_some(),
                name: row.maybe()?,
            };
            Ok((slot.key() != key).then_some(id))
        })?;
        let finding = |subject| Finding { problem: "the link is in another slot than it says", subject };
        Ok(wrong.into_iter().flatten().map(finding).collect())
    }
}
