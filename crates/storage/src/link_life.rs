//! The life of links beyond Graph: changes of what was said of them, and downloads that are counted before they begin.

use driveway_core::Result;
use driveway_core::error::{Code, Error};
use driveway_core::id::PermissionId;
use driveway_core::link_life::LinkLife;
use driveway_core::permission::SharingLink;
use jiff::Timestamp;
use secrecy::ExposeSecret;
use uuid::Uuid;

use crate::db::Row;
use crate::tx::{Tx, values};

impl Tx<'_> {
    /// Puts a changed link in the place of the one with this id, in its own slot or in none. A slot that another link has
    /// is `nameAlreadyExists`, and the transaction can go on.
    pub fn update_link(&mut self, id: PermissionId, link: &SharingLink, holds_slot: bool) -> Result<()> {
        let slot = holds_slot.then(|| link.slot().key());
        let taken = "SELECT COUNT(*) FROM permissions o, permissions p
                     WHERE p.id = $1 AND o.item_id = p.item_id AND o.id <> p.id AND o.slot = $2";
        if slot.is_some() && self.number(taken, values![id, slot.as_deref()])? > 0 {
            return Err(Error::new(Code::NameAlreadyExists, "The item has such a link."));
        }
        let sql = "UPDATE permissions SET password_hash = $2, password_version = $3, expires_at = $4, name = $5,
                       enabled = $6, not_before = $7, maximum_downloads = $8, slot = $9
                   WHERE id = $1 AND kind = 'link'";
        let password = link.password.as_ref();
        self.change(
            sql,
            values![
                id,
                password.map(|guard| guard.hash.expose_secret()),
                password.map(|guard| guard.version),
                link.expires_at,
                link.life.name.as_deref(),
                link.life.enabled,
                link.life.not_before,
                link.life.maximum_downloads.map(i64::from),
                slot,
            ],
        )?;
        self.note_sharing_by(id)
    }

    /// Takes one of a link's downloads before it begins; whether there was one left. Of many that ask for the last one,
    /// one gets it.
    pub fn reserve_download(&mut self, link: PermissionId, reservation: Uuid, run: Uuid) -> Result<bool> {
        let take = "UPDATE permissions SET downloads = downloads + 1
                    WHERE id = $1 AND (maximum_downloads IS NULL OR downloads < maximum_downloads)";
        if self.execute(take, values![link])? == 0 {
            return Ok(false);
        }
        let sql = "INSERT INTO download_reservations (id, permission_id, run) VALUES ($1, $2, $3)";
        self.execute(sql, values![reservation.to_string(), link, run.to_string()])?;
        Ok(true)
    }

    /// Ends a reservation: a download that was delivered whole stays counted, any other one is given back. Ending it twice
    /// does nothing the second time.
    pub fn end_download(&mut self, reservation: Uuid, delivered: bool) -> Result<()> {
        let reservation = reservation.to_string();
        if !delivered {
            let give_back = "UPDATE permissions SET downloads = downloads - 1 WHERE id =
                                 (SELECT permission_id FROM download_reservations WHERE id = $1)";
            self.execute(give_back, values![&reservation])?;
        }
        self.execute("DELETE FROM download_reservations WHERE id = $1", values![&reservation]).map(drop)
    }

    /// Gives back what runs other than this one had under way when they ended, and counts it.
    pub fn give_back_downloads(&mut self, run: Uuid) -> Result<u64> {
        let run = run.to_string();
        let give_back = "UPDATE permissions SET downloads = downloads -
                             (SELECT COUNT(*) FROM download_reservations r WHERE r.permission_id = permissions.id
                                                                             AND r.run <> $1)
                         WHERE id IN (SELECT permission_id FROM download_reservations WHERE run <> $1)";
        self.execute(give_back, values![&run])?;
        self.execute("DELETE FROM download_reservations WHERE run <> $1", values![&run])
    }

    /// Notes that a link was opened and how many downloads that makes.
    pub fn note_opening(&mut self, link: PermissionId, downloads: u32, at: Timestamp) -> Result<()> {
        let sql = "UPDATE permissions SET downloads = downloads + $2,
                       last_opened_at = CASE WHEN last_opened_at > $3 THEN last_opened_at ELSE $3 END
                   WHERE id = $1 AND kind = 'link'";
        self.execute(sql, values![link, i64::from(downloads), at]).map(drop)
    }

    /// When the link was last opened, if it ever was.
    pub fn last_opened(&mut self, link: PermissionId) -> Result<Option<Timestamp>> {
        let sql = "SELECT last_opened_at FROM permissions WHERE id = $1";
        Ok(self.one(sql, values![link], |row| row.maybe())?.flatten())
    }
}

/// Reads the columns of a link's life.
pub(crate) fn read_life(row: &mut Row<'_>) -> crate::Result<LinkLife> {
    Ok(LinkLife {
        name: row.maybe()?,
        enabled: row.get()?,
        not_before: row.maybe()?,
        maximum_downloads: number(row.maybe()?),
        downloads: number(row.maybe()?).unwrap_or(0),
    })
}

fn number(column: Option<i64>) -> Option<u32> {
    column.map(|number| u32::try_from(number).unwrap_or(if number < 0 { 0 } else { u32::MAX }))
}
