//! Special folders: which item of a drive is its documents, its photos, an application's own folder.

use driveway_core::Result;
use driveway_core::drive::SpecialFolder;
use driveway_core::id::{ApplicationId, DriveId, ItemId};

use crate::db::only;
use crate::tx::{Tx, values};

impl Tx<'_> {
    /// The item that is this folder, be it deleted or not. `application` counts for folders that each application has.
    pub fn special_folder(
        &mut self,
        drive: &DriveId,
        folder: SpecialFolder,
        application: ApplicationId,
    ) -> Result<Option<ItemId>> {
        let sql = "SELECT item_id FROM special_folders WHERE drive_id = $1 AND name = $2 AND application_id = $3";
        self.one(sql, values![drive, folder.as_str(), owner(folder, application)], only)
    }

    /// Makes an item this folder, in place of any that was it before.
    pub fn put_special_folder(
        &mut self,
        drive: &DriveId,
        folder: SpecialFolder,
        application: ApplicationId,
        item: ItemId,
    ) -> Result<()> {
        let sql = "INSERT INTO special_folders (drive_id, name, application_id, item_id) VALUES ($1, $2, $3, $4)
                   ON CONFLICT (drive_id, name, application_id) DO UPDATE SET item_id = excluded.item_id";
        self.execute(sql, values![drive, folder.as_str(), owner(folder, application), item]).map(drop)
    }

    /// Which special folder an item is, if it is one.
    pub fn special_folder_of(&mut self, item: ItemId) -> Result<Option<SpecialFolder>> {
        let sql = "SELECT name FROM special_folders WHERE item_id = $1 ORDER BY name";
        self.one(sql, values![item], |row| row.word(SpecialFolder::parse))
    }
}

fn owner(folder: SpecialFolder, application: ApplicationId) -> String {
    if folder.is_of_each_application() { application.to_string() } else { String::new() }
}
