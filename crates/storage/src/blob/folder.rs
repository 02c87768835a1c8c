//! A folder of blobs on a local disk: what `object_store` leaves open about durability, and faster reading.
//!
//! With fsync on, it syncs a file before it links it into place and the directory after. Two cases remain. Who finds
//! a blob there already may be faster than the one who put it, whose directory isn't synced yet: see [`Folder::sync`].
//! And who finds a directory there may be faster than the one who made it: so all of them are made beforehand.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use driveway_core::item::Sha256;
use jiff::Timestamp;

/// The folder.
#[derive(Debug)]
pub(crate) struct Folder {
    root: PathBuf,
}

impl Folder {
    /// Makes the folder and every directory in it that there can be, durably.
    pub(crate) fn prepare(root: &Path) -> io::Result<Self> {
        let blobs = root.join("sha256");
        for directory in (0..=u8::MAX)
            .map(|shard| blobs.join(format!("{shard:02x}")))
            .chain([root.join("staging"), root.join("sessions")])
        {
            fs::create_dir_all(directory)?;
        }
        sync_directory(&blobs)?;
        sync_directory(root)?;
        // The folder itself may be new as well.
        root.parent().filter(|parent| !parent.as_os_str().is_empty()).map_or(Ok(()), sync_directory)?;
        Ok(Self { root: root.to_owned() })
    }

    /// Makes durable that a blob that was found is there.
    pub(crate) fn sync(&self, sha256: &Sha256) -> io::Result<()> {
        self.file(sha256).parent().map_or(Ok(()), sync_directory)
    }

    /// Opens a blob and tells its size.
    pub(crate) fn open(&self, sha256: &Sha256) -> io::Result<(File, u64)> {
        let file = File::open(self.file(sha256))?;
        let size = file.metadata()?.len();
        Ok((file, size))
    }

    /// Removes what `object_store` was writing when the process died before `before`, and counts it. It is called
    /// `…#1`, and listings don't show it.
    pub(crate) fn remove_leftovers(&self, before: Timestamp) -> io::Result<u64> {
        let mut removed = 0;
        for shard in fs::read_dir(self.root.join("sha256"))?.chain(fs::read_dir(&self.root)?) {
            let shard = shard?;
            if !shard.file_type()?.is_dir() {
                continue;
            }
            for file in fs::read_dir(shard.path())? {
                let file = file?;
                let is_leftover = file.file_name().to_string_lossy().contains('#');
                if is_leftover && modified(&file)? < before {
                    fs::remove_file(file.path())?;
                    removed += 1;
                }
            }
        }
        Ok(removed)
    }

    fn file(&self, sha256: &Sha256) -> PathBuf {
        self.root.join(super::place(sha256).as_ref())
    }
}

fn modified(file: &fs::DirEntry) -> io::Result<Timestamp> {
    Timestamp::try_from(file.metadata()?.modified()?).map_err(io::Error::other)
}

#[cfg(unix)]
fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

#[cfg(not(unix))]
fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}
