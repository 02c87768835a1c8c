//! Who calls, through which application, with which scopes: what a bearer token amounts to once it is verified.

use crate::error::{Error, Result};
use crate::id::{TenantId, UserId};
use crate::identity::{Application, TenantKind, User};
use crate::policy::access::{Actor, Standing};

/// The scopes that Driveway knows. A token may carry others; they grant nothing here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Scope {
    /// `Files.Read`
    FilesRead = 1,
    /// `Files.ReadWrite`
    FilesReadWrite = 1 << 1,
    /// `Files.Read.All`
    FilesReadAll = 1 << 2,
    /// `Files.ReadWrite.All`
    FilesReadWriteAll = 1 << 3,
    /// `Sites.Read.All`
    SitesReadAll = 1 << 4,
    /// `Sites.ReadWrite.All`
    SitesReadWriteAll = 1 << 5,
    /// `SharePointTenantSettings.Read.All`
    SettingsReadAll = 1 << 6,
    /// `SharePointTenantSettings.ReadWrite.All`
    SettingsReadWriteAll = 1 << 7,
    /// `User.Read`
    UserRead = 1 << 8,
    /// `User.ReadBasic.All`
    UserReadBasicAll = 1 << 9,
    /// `User.Read.All`
    UserReadAll = 1 << 10,
    /// `Group.Read.All` and `GroupMember.Read.All`
    GroupReadAll = 1 << 11,
    /// `Organization.Read.All`
    OrganizationReadAll = 1 << 12,
    /// `Directory.Read.All`
    DirectoryReadAll = 1 << 13,
    /// `Sites.FullControl.All`
    SitesFullControlAll = 1 << 14,
}

impl Scope {
    const ALL: [(Self, &'static str); 21] = [
        (Self::FilesRead, "Files.Read"),
        (Self::FilesReadWrite, "Files.ReadWrite"),
        (Self::FilesReadAll, "Files.Read.All"),
        (Self::FilesReadWriteAll, "Files.ReadWrite.All"),
        (Self::SitesReadAll, "Sites.Read.All"),
        (Self::SitesReadWriteAll, "Sites.ReadWrite.All"),
        (Self::SitesFullControlAll, "Sites.FullControl.All"),
        (Self::SettingsReadAll, "SharePointTenantSettings.Read.All"),
        (Self::SettingsReadWriteAll, "SharePointTenantSettings.ReadWrite.All"),
        // Nothing of the directory is written here, so that its scopes that write read and no more.
        (Self::UserRead, "User.Read"),
        (Self::UserRead, "User.ReadWrite"),
        (Self::UserReadBasicAll, "User.ReadBasic.All"),
        (Self::UserReadAll, "User.Read.All"),
        (Self::UserReadAll, "User.ReadWrite.All"),
        (Self::GroupReadAll, "Group.Read.All"),
        (Self::GroupReadAll, "Group.ReadWrite.All"),
        (Self::GroupReadAll, "GroupMember.Read.All"),
        (Self::OrganizationReadAll, "Organization.Read.All"),
        (Self::OrganizationReadAll, "Organization.ReadWrite.All"),
        (Self::DirectoryReadAll, "Directory.Read.All"),
        (Self::DirectoryReadAll, "Directory.ReadWrite.All"),
    ];
}

/// The scope of this name, as Graph spells it, if Driveway knows it.
pub fn scope_name(name: &str) -> Option<&'static str> {
    Scope::ALL.iter().map(|(_, known)| *known).find(|known| *known == name)
}

/// A set of scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scopes(u32);

impl Scopes {
    /// Reads names parted by white space, as `scp` holds them. Unknown names are passed over.
    pub fn parse(text: &str) -> Self {
        text.split_ascii_whitespace().collect()
    }

    /// Whether any of these is held.
    pub fn any(self, scopes: &[Scope]) -> bool {
        scopes.iter().any(|scope| self.0 & (*scope as u32) != 0)
    }
}

impl<'a> FromIterator<&'a str> for Scopes {
    fn from_iter<I: IntoIterator<Item = &'a str>>(names: I) -> Self {
        let mut set = 0;
        for name in names {
            // Entra's full form is `https://graph.microsoft.com/Files.ReadWrite`.
            let short = name.rsplit('/').next().unwrap_or(name);
            set |= Scope::ALL.iter().find(|(_, known)| *known == short).map_or(0, |(scope, _)| *scope as u32);
        }
        Self(set)
    }
}

/// Who is behind the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// A person, through the application (a delegated token).
    User {
        /// The person.
        user: User,
        /// The groups that the person belongs to or owns, now.
        standing: Standing,
    },
    /// The application itself (an app-only token).
    Application,
}

/// A verified caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The application that calls.
    pub application: Application,
    /// The tenant that the token is for.
    pub tenant: TenantId,
    /// The tenant's kind.
    pub tenant_kind: TenantKind,
    /// Person or application.
    pub principal: Principal,
    /// What the token allows.
    pub scopes: Scopes,
}

/// What a request wants to do with files, which decides the scopes that suffice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// Look at items, content, permissions (scope set R of the behaviour table).
    Read,
    /// Change items or their sharing (scope set W).
    Write,
}

/// What of the directory a request wants to read, which decides the scopes that suffice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookup {
    /// The caller's own name. A token for files is enough: the owner of the caller's drive says the same.
    OwnProfile,
    /// The caller's own groups.
    OwnGroups,
    /// The names of others.
    People,
    /// More than the names of others.
    WholeProfiles,
    /// Groups, and who belongs to them.
    Groups,
    /// Sites whose library the caller may see. A token for all files is enough: it reaches the library.
    Sites,
    /// The organization's name.
    Organization,
}

/// How far the token's scopes reach for an [`Intent`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Nowhere.
    None,
    /// The caller's own drive only (SCOPE-03).
    OwnDrive,
    /// Every drive that the caller has rights on.
    AllDrives,
}

impl Caller {
    /// The person behind a delegated token.
    pub fn user(&self) -> Option<&User> {
        match &self.principal {
            Principal::User { user, .. } => Some(user),
            Principal::Application => None,
        }
    }

    /// The person's id behind a delegated token.
    pub fn user_id(&self) -> Option<UserId> {
        self.user().map(|user| user.id)
    }

    /// As whom the caller's rights on an item are decided.
    pub fn actor(&self) -> Actor<'_> {
        match &self.principal {
            Principal::User { user, standing } => Actor::User { id: user.id, standing },
            Principal::Application => Actor::Application { tenant: self.tenant },
        }
    }

    /// How far the scopes reach. The three rows of the seed's permission table: delegated work, delegated personal
    /// (where `Sites.*` mean nothing) and application (where only `*.All` count).
    pub fn reach(&self, intent: Intent) -> Reach {
        use Scope::{FilesRead, FilesReadAll, FilesReadWrite, FilesReadWriteAll, SitesReadAll, SitesReadWriteAll};
        let files_all: &[Scope] = match intent {
            Intent::Read => &[FilesReadAll, FilesReadWriteAll],
            Intent::Write => &[FilesReadWriteAll],
        };
        let sites_all: &[Scope] = match intent {
            Intent::Read => &[SitesReadAll, SitesReadWriteAll],
            Intent::Write => &[SitesReadWriteAll],
        };
        let own: &[Scope] = match intent {
            Intent::Read => &[FilesRead, FilesReadWrite],
            Intent::Write => &[FilesReadWrite],
        };
        let sites_count = self.tenant_kind == TenantKind::Organization;
        let delegated = self.user().is_some();
        if self.scopes.any(files_all) || (sites_count && self.scopes.any(sites_all)) {
            Reach::AllDrives
        } else if delegated && self.scopes.any(own) {
            Reach::OwnDrive
        } else {
            Reach::None
        }
    }

    /// Whether the scopes suffice for reading this of the directory, as Graph documents them but for what [`Lookup`] says.
    pub fn may_look_up(&self, lookup: Lookup) -> bool {
        use Scope::{DirectoryReadAll, GroupReadAll, OrganizationReadAll, UserRead, UserReadAll, UserReadBasicAll};
        let any = |scopes: &[Scope]| self.scopes.any(scopes);
        let is_person = self.user().is_some();
        match lookup {
            Lookup::OwnProfile => {
                is_person
                    && (any(&[UserRead]) || self.may_look_up(Lookup::People) || self.reach(Intent::Read) != Reach::None)
            }
            Lookup::OwnGroups => is_person && (any(&[UserRead, UserReadAll]) || self.may_look_up(Lookup::Groups)),
            Lookup::People => any(&[UserReadBasicAll]) || self.may_look_up(Lookup::WholeProfiles),
            Lookup::WholeProfiles => any(&[UserReadAll, DirectoryReadAll]),
            Lookup::Groups => any(&[GroupReadAll, DirectoryReadAll]),
            Lookup::Sites => self.reach(Intent::Read) == Reach::AllDrives,
            Lookup::Organization => {
                any(&[OrganizationReadAll, DirectoryReadAll]) || (is_person && any(&[UserRead, UserReadAll]))
            }
        }
    }

    /// Refuses a caller whose scopes don't suffice for reading this, before anything is looked up.
    pub fn require_lookup(&self, lookup: Lookup) -> Result<()> {
        if self.may_look_up(lookup) {
            Ok(())
        } else {
            Err(Error::access_denied("The token has none of the scopes that this call needs."))
        }
    }

    /// Refuses a caller whose scopes don't reach the drive, before anything is looked up in it.
    pub fn require(&self, intent: Intent, is_own_drive: bool) -> Result<()> {
        match self.reach(intent) {
            Reach::AllDrives => Ok(()),
            Reach::OwnDrive if is_own_drive => Ok(()),
            Reach::OwnDrive => Err(Error::access_denied("The token's scopes reach the caller's own drive only.")),
            Reach::None => Err(Error::access_denied("The token has none of the scopes that this call needs.")),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::id::ApplicationId;

    fn caller(kind: TenantKind, delegated: bool, scopes: &str) -> Caller {
        let tenant = TenantId::from_uuid(Uuid::from_u128(1));
        let user = User {
            id: UserId::from_uuid(Uuid::from_u128(2)),
            tenant,
            user_principal_name: "ann@example.com".into(),
            display_name: "Ann".into(),
            mail: None,
            enabled: true,
            administrator: false,
            created_at: jiff::Timestamp::UNIX_EPOCH,
        };
        let application =
            Application { id: ApplicationId::from_uuid(Uuid::from_u128(3)), display_name: "App".into(), enabled: true };
        let principal =
            if delegated { Principal::User { user, standing: Standing::default() } } else { Principal::Application };
        Caller { application, tenant, tenant_kind: kind, principal, scopes: Scopes::parse(scopes) }
    }

    #[test]
    fn the_seeds_permission_table_holds() {
        use TenantKind::{Consumer, Organization};
        for (kind, delegated, scope, reach) in [
            (Organization, true, "Files.ReadWrite", Reach::OwnDrive),
            (Organization, true, "Files.ReadWrite.All", Reach::AllDrives),
            (Organization, true, "Sites.ReadWrite.All", Reach::AllDrives),
            (Consumer, true, "Files.ReadWrite", Reach::OwnDrive),
            (Consumer, true, "Files.ReadWrite.All", Reach::AllDrives),
            (Consumer, true, "Sites.ReadWrite.All", Reach::None),
            (Organization, false, "Files.ReadWrite.All", Reach::AllDrives),
            (Organization, false, "Sites.ReadWrite.All", Reach::AllDrives),
            (Organization, false, "Files.ReadWrite", Reach::None),
            (Organization, true, "Files.Read Files.Read.All Sites.Read.All User.Read", Reach::None),
            (Organization, true, "", Reach::None),
        ] {
            assert_eq!(caller(kind, delegated, scope).reach(Intent::Write), reach, "{kind:?} {delegated} {scope}");
        }
    }

    #[test]
    fn lookups_take_the_documented_scopes() {
        use Lookup::{Groups, Organization, OwnGroups, OwnProfile, People, Sites, WholeProfiles};
        let all = [OwnProfile, OwnGroups, People, WholeProfiles, Groups, Sites, Organization];
        for (delegated, scopes, wanted) in [
            (true, "", &[][..]),
            (true, "Files.Read", &[OwnProfile]),
            (true, "Files.Read.All", &[OwnProfile, Sites]),
            (true, "User.Read", &[OwnProfile, OwnGroups, Organization]),
            (true, "User.ReadBasic.All", &[OwnProfile, People]),
            (true, "User.ReadWrite.All", &[OwnProfile, OwnGroups, People, WholeProfiles, Organization]),
            (true, "GroupMember.Read.All", &[OwnGroups, Groups]),
            (true, "Directory.Read.All", &[OwnProfile, OwnGroups, People, WholeProfiles, Groups, Organization]),
            (false, "User.Read", &[]),
            (false, "User.Read.All", &[People, WholeProfiles]),
            (false, "Organization.Read.All", &[Organization]),
            (false, "Sites.Read.All", &[Sites]),
        ] {
            let caller = caller(TenantKind::Organization, delegated, scopes);
            let found: Vec<Lookup> = all.into_iter().filter(|lookup| caller.may_look_up(*lookup)).collect();
            assert_eq!(found, wanted, "{delegated} {scopes}");
        }
        assert!(!caller(TenantKind::Consumer, true, "Sites.Read.All").may_look_up(Sites));
    }

    #[test]
    fn read_scopes_read() {
        let organization = TenantKind::Organization;
        assert_eq!(caller(organization, true, "Files.Read").reach(Intent::Read), Reach::OwnDrive);
        assert_eq!(caller(organization, true, "Sites.Read.All").reach(Intent::Read), Reach::AllDrives);
        assert_eq!(caller(organization, false, "Files.Read").reach(Intent::Read), Reach::None);
    }
}
