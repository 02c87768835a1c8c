//! Drives: where items live.

use jiff::Timestamp;

use crate::id::{DriveId, GroupId, ItemId, SiteId, TenantId, UserId};

/// What kind of drive it is; Graph's `driveType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DriveKind {
    /// A personal account's drive.
    Personal,
    /// A work or school account's drive.
    Business,
    /// The files of a group or site.
    DocumentLibrary,
}

impl DriveKind {
    /// The word on the wire and in storage.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Personal => "personal",
            Self::Business => "business",
            Self::DocumentLibrary => "documentLibrary",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Personal, Self::Business, Self::DocumentLibrary].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A folder of a drive that has a name by what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SpecialFolder {
    /// Documents.
    Documents,
    /// Photos.
    Photos,
    /// What a camera took.
    CameraRoll,
    /// Music.
    Music,
    /// The folder of the calling application.
    AppRoot,
}

impl SpecialFolder {
    const ALL: [Self; 5] = [Self::Documents, Self::Photos, Self::CameraRoll, Self::Music, Self::AppRoot];

    /// The word on the wire and in storage.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Documents => "documents",
            Self::Photos => "photos",
            Self::CameraRoll => "cameraroll",
            Self::Music => "music",
            Self::AppRoot => "approot",
        }
    }

    /// Reads the word, without regard to case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|folder| folder.as_str().eq_ignore_ascii_case(text))
    }

    /// Where the folder is made, from the root; of an application's folder the one that it is in.
    pub fn path(self) -> &'static [&'static str] {
        match self {
            Self::Documents => &["Documents"],
            Self::Photos => &["Pictures"],
            Self::CameraRoll => &["Pictures", "Camera Roll"],
            Self::Music => &["Music"],
            Self::AppRoot => &["Apps"],
        }
    }

    /// Whether each application has one of its own.
    pub fn is_of_each_application(self) -> bool {
        self == Self::AppRoot
    }
}

/// Whose drive it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DriveOwner {
    /// A person's.
    User(UserId),
    /// A group's.
    Group(GroupId),
    /// A site's.
    Site(SiteId),
}

/// A drive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drive {
    /// Its id.
    pub id: DriveId,
    /// The tenant whose policy rules it.
    pub tenant: TenantId,
    /// Its kind.
    pub kind: DriveKind,
    /// Its owner.
    pub owner: DriveOwner,
    /// The owner's name for people.
    pub owner_name: String,
    /// Its root item.
    pub root: ItemId,
    /// Its name for people.
    pub name: String,
    /// How many bytes it may hold.
    pub quota_bytes: i64,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Drive {
    /// Whether this is the drive that `Files.ReadWrite` reaches for this person (SCOPE-03).
    pub fn is_own_of(&self, user: Option<UserId>) -> bool {
        matches!((self.owner, user), (DriveOwner::User(owner), Some(user)) if owner == user)
    }
}
