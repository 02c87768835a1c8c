//! Who calls, through which application, with which scopes: what a bearer token amounts to once it is verified.

use crate::error::{Error, Result};
use crate::id::{TenantId, UserId};
use crate::identity::{Application, TenantKind, User};
use crate::policy::access::{Actor, Standing};

/// The scopes that Driveway knows. A token may carry others; they grant nothing here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
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
}

impl Scope {
    const ALL: [(Self, &'static str); 8] = [
        (Self::FilesRead, "Files.Read"),
        (Self::FilesReadWrite, "Files.ReadWrite"),
        (Self::FilesReadAll, "Files.Read.All"),
        (Self::FilesReadWriteAll, "Files.ReadWrite.All"),
        (Self::SitesReadAll, "Sites.Read.All"),
        (Self::SitesReadWriteAll, "Sites.ReadWrite.All"),
        (Self::SettingsReadAll, "SharePointTenantSettings.Read.All"),
        (Self::SettingsReadWriteAll, "SharePointTenantSettings.ReadWrite.All"),
    ];
}

/// A set of scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scopes(u16);

impl Scopes {
    /// Reads names parted by white space, as `scp` holds them. Unknown names are passed over.
    pub fn parse(text: &str) -> Self {
        text.split_ascii_whitespace().collect()
    }

    /// Whether any of these is held.
    pub fn any(self, scopes: &[Scope]) -> bool {
        scopes.iter().any(|scope| self.0 & (*scope as u16) != 0)
    }
}

impl<'a> FromIterator<&'a str> for Scopes {
    fn from_iter<I: IntoIterator<Item = &'a str>>(names: I) -> Self {
        let mut set = 0;
        for name in names {
            // Entra's full form is `https://graph.microsoft.com/Files.ReadWrite`.
            let short = name.rsplit('/').next().unwrap_or(name);
            set |= Scope::ALL.iter().find(|(_, known)| *known == short).map_or(0, |(scope, _)| *scope as u16);
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
    fn read_scopes_read() {
        let organization = TenantKind::Organization;
        assert_eq!(caller(organization, true, "Files.Read").reach(Intent::Read), Reach::OwnDrive);
        assert_eq!(caller(organization, true, "Sites.Read.All").reach(Intent::Read), Reach::AllDrives);
        assert_eq!(caller(organization, false, "Files.Read").reach(Intent::Read), Reach::None);
    }
}
