//! Permissions, among them sharing links. A permission is either a direct grant or a link (behaviour table, 1.1).

use jiff::Timestamp;
use secrecy::SecretString;
use unicode_normalization::UnicodeNormalization;

use crate::id::{ApplicationId, GroupId, ItemId, PermissionId, UserId};
use crate::link_life::LinkLife;

/// What a permission lets its holder do. A greater role includes the lesser ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// See and download.
    Read,
    /// Change, add, share.
    Write,
    /// All of it, and remove what others shared.
    Owner,
}

/// The type of a sharing link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LinkType {
    /// Read only.
    View,
    /// Read and write.
    Edit,
    /// Read only, and may stand in a frame of another page.
    Embed,
    /// Read, and remark on where there are remarks; files only (AMB-40).
    Review,
    /// See, and not download (AMB-38).
    BlocksDownload,
    /// Add files to a folder, and see nothing of it (AMB-39).
    CreateOnly,
}

/// Whom a sharing link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkScope {
    /// The listed people.
    Users,
    /// Whoever is signed in to the drive's organization.
    Organization,
    /// Whoever has the link.
    Anonymous,
}

macro_rules! words {
    ($($name:ident { $($variant:ident = $word:literal),+ $(,)? })+) => {$(
        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word on the wire and in storage.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// Reads the word without regard to case (AMB-47).
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str().eq_ignore_ascii_case(text))
            }
        }
    )+};
}

words! {
    Role { Read = "read", Write = "write", Owner = "owner" }
    LinkType {
        View = "view", Edit = "edit", Embed = "embed",
        Review = "review", BlocksDownload = "blocksDownload", CreateOnly = "createOnly",
    }
    LinkScope { Users = "users", Organization = "organization", Anonymous = "anonymous" }
}

impl LinkType {
    /// The role that a link of this type gives (CL-14, AMB-09).
    pub fn role(self) -> Role {
        match self {
            Self::View | Self::Embed | Self::Review | Self::BlocksDownload => Role::Read,
            // To add is to write; that a createOnly link gives nothing else is decided by what it opens.
            Self::Edit | Self::CreateOnly => Role::Write,
        }
    }

    /// Whether the holder may see the content and not have its bytes.
    pub fn prevents_download(self) -> bool {
        self == Self::BlocksDownload
    }
}

/// Whom a direct grant is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Grantee {
    /// A person.
    User(UserId),
    /// The members of a group.
    Group(GroupId),
    /// The owners of a group.
    GroupOwners(GroupId),
}

/// Who made a link, and therefore whose rights bound it (property P9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Creator {
    /// The person, unless the application acted for itself.
    pub user: Option<UserId>,
    /// The application.
    pub application: ApplicationId,
}

/// What stands before a link: the password's hash and a number that changes with the password.
#[derive(Debug, Clone)]
pub struct PasswordGuard {
    /// The argon2id hash in PHC form.
    pub hash: SecretString,
    /// Changes with the password, so that visits under an old one end (P28).
    pub version: i64,
}

/// The longest password of a link, in characters (AMB-46).
pub const LONGEST_PASSWORD: usize = 128;

/// A password as it is hashed and compared: in normal form C, so that it doesn't matter how a keyboard composes its
/// accents (AMB-46).
pub fn password_text(typed: &str) -> SecretString {
    typed.nfc().collect::<String>().into()
}

/// A sharing link.
#[derive(Debug, Clone)]
pub struct SharingLink {
    /// View, edit or embed.
    pub link_type: LinkType,
    /// Whom it is for.
    pub scope: LinkScope,
    /// Who made it. The application is part of the link's slot (AMB-01).
    pub creator: Creator,
    /// The password, if it has one.
    pub password: Option<PasswordGuard>,
    /// When it ends, if it does. From this instant on it is over (AMB-64).
    pub expires_at: Option<Timestamp>,
    /// The people of a users link.
    pub grantees: Vec<UserId>,
    /// What was said of it beyond Graph.
    pub life: LinkLife,
}

/// What a permission consists of.
#[derive(Debug, Clone)]
pub enum PermissionKind {
    /// Given to somebody directly.
    Grant {
        /// To whom.
        grantee: Grantee,
        /// What they may do.
        role: Role,
    },
    /// Given by an invitation, to somebody who may have no account yet.
    Invitation(Invitation),
    /// Carried by a link.
    Link(SharingLink),
}

/// A grant that was born from an invitation: it knows who was invited, by whom and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Who holds it; nobody while no account has the invited address (AMB-53).
    pub grantee: Option<Grantee>,
    /// What they may do.
    pub role: Role,
    /// Who invited.
    pub invited_by: Creator,
    /// When it ends, if it does. From this instant on it gives nothing (AMB-64).
    pub expires_at: Option<Timestamp>,
    /// The invited address. Groups have none.
    pub email: Option<String>,
}

/// A permission on an item.
#[derive(Debug, Clone)]
pub struct Permission {
    /// Its id, unique everywhere and never used again.
    pub id: PermissionId,
    /// The item that it was put on.
    pub item: ItemId,
    /// Grant or link.
    pub kind: PermissionKind,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Permission {
    /// The link, if it is one.
    pub fn link(&self) -> Option<&SharingLink> {
        match &self.kind {
            PermissionKind::Link(link) => Some(link),
            PermissionKind::Grant { .. } | PermissionKind::Invitation(_) => None,
        }
    }

    /// Whom it is given to directly. Links and invitations that still wait have no holder.
    pub fn holder(&self) -> Option<&Grantee> {
        match &self.kind {
            PermissionKind::Grant { grantee, .. } => Some(grantee),
            PermissionKind::Invitation(invitation) => invitation.grantee.as_ref(),
            PermissionKind::Link(_) => None,
        }
    }

    /// When a grant ends by its own date. A link's end also depends on policy, which is asked elsewhere.
    pub fn ends_at(&self) -> Option<Timestamp> {
        match &self.kind {
            PermissionKind::Grant { .. } => None,
            PermissionKind::Invitation(invitation) => invitation.expires_at,
            PermissionKind::Link(link) => link.expires_at,
        }
    }

    /// What the holder may do.
    pub fn role(&self) -> Role {
        match &self.kind {
            PermissionKind::Link(link) => link.link_type.role(),
            PermissionKind::Grant { role, .. } => *role,
            PermissionKind::Invitation(invitation) => invitation.role,
        }
    }
}

/// The place that a link takes on its item: at most one live link has it (AMB-01).
///
/// The application is the calling one, the scope the resolved one; a password makes another slot (AMB-03), and so does
/// a name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Slot {
    /// The calling application.
    pub application: ApplicationId,
    /// The resolved type.
    pub link_type: LinkType,
    /// The resolved scope.
    pub scope: LinkScope,
    /// Whether a password guards it.
    pub protected: bool,
    /// The name, if it has one.
    pub name: Option<String>,
}

impl Slot {
    /// The key under which storage keeps it unique.
    pub fn key(&self) -> String {
        let guard = if self.protected { "protected" } else { "open" };
        let plain = format!("{}/{}/{}/{guard}", self.application, self.link_type.as_str(), self.scope.as_str());
        // The name comes last and may have slashes of its own: nothing follows that it could be taken for.
        self.name.as_ref().map_or_else(|| plain.clone(), |name| format!("{plain}/{name}"))
    }
}

impl SharingLink {
    /// The slot that the link, as it is, belongs in.
    pub fn slot(&self) -> Slot {
        Slot {
            application: self.creator.application,
            link_type: self.link_type,
            scope: self.scope,
            protected: self.password.is_some(),
            name: self.life.name.clone(),
        }
    }
}
