//! Items: the files and folders of a drive; Graph's `driveItem`.

use jiff::Timestamp;

use crate::id::{ApplicationId, DriveId, ItemId, UserId};

/// The SHA-256 of some bytes: what a blob is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256(pub [u8; 32]);

/// Who made or changed an item.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Author {
    /// The person and their name, unless an application or a stranger with a link did it.
    pub user: Option<(UserId, String)>,
    /// The application and its name.
    pub application: Option<(ApplicationId, String)>,
}

/// What an item is, and what only that kind has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Facet {
    /// A folder.
    Folder {
        /// How many items it holds directly.
        child_count: i64,
    },
    /// A file.
    File(FileFacet),
}

/// What a file has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFacet {
    /// Its media type, guessed from its name or told at upload.
    pub mime_type: String,
    /// Its content.
    pub sha256: Sha256,
    /// The hash that OneDrive clients verify by.
    pub quick_xor: [u8; 20],
}

/// A file or folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriveItem {
    /// Its id.
    pub id: ItemId,
    /// Where it lives.
    pub drive: DriveId,
    /// The folder that holds it; `None` for a drive's root.
    pub parent: Option<ItemId>,
    /// Its name as given.
    pub name: String,
    /// File or folder.
    pub facet: Facet,
    /// Bytes of the file, or of all that lies below the folder.
    pub size: i64,
    /// Free text.
    pub description: Option<String>,
    /// Whether it takes over the permissions of what lies above. Where it doesn't, who reaches the folder may not reach it.
    pub inherits: bool,
    /// Counts every change to the item.
    pub revision: i64,
    /// Counts the changes to its content.
    pub content_revision: i64,
    /// When it came to the drive.
    pub created_at: Timestamp,
    /// When it last changed here.
    pub modified_at: Timestamp,
    /// When the client's file system says it was made.
    pub file_system_created_at: Timestamp,
    /// When the client's file system says it changed.
    pub file_system_modified_at: Timestamp,
    /// Who made it.
    pub created_by: Author,
    /// Who changed it last.
    pub modified_by: Author,
    /// When it went to the recycle bin, if it did. Items below it are gone with it.
    pub deleted_at: Option<Timestamp>,
    /// Who has it checked out, if anybody has. Everybody else sees what was last checked in (AMB-59).
    pub checked_out_by: Option<(UserId, String)>,
    /// Which working copy this is, where it is shown to the one who has it checked out and has changed it.
    pub draft: Option<i64>,
}

impl DriveItem {
    /// Whether it is a folder.
    pub fn is_folder(&self) -> bool {
        matches!(self.facet, Facet::Folder { .. })
    }

    /// Whether it is a drive's root.
    pub fn is_root(&self) -> bool {
        self.parent.is_none()
    }

    /// The file's own members, unless it is a folder.
    pub fn file(&self) -> Option<&FileFacet> {
        match &self.facet {
            Facet::File(file) => Some(file),
            Facet::Folder { .. } => None,
        }
    }

    /// The item's eTag, quotes included: changes with every change to the item. Sharing changes neither tag (AMB-12).
    pub fn e_tag(&self) -> String {
        format!("\"{{{:X}}},{}{}\"", self.id.as_uuid().as_hyphenated(), self.revision, self.draft_mark())
    }

    /// The item's cTag, quotes included: changes with its content.
    pub fn c_tag(&self) -> String {
        format!("\"c:{{{:X}}},{}{}\"", self.id.as_uuid().as_hyphenated(), self.content_revision, self.draft_mark())
    }

    /// Tags of a working copy are no tags of anything that is checked in.
    fn draft_mark(&self) -> String {
        self.draft.map(|draft| format!(".{draft}")).unwrap_or_default()
    }
}
