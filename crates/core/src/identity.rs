//! Who there is: tenants, users, groups, sites and applications.

use jiff::Timestamp;

use crate::id::{ApplicationId, GroupId, SiteId, TenantId, UserId};

/// What kind of tenant it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TenantKind {
    /// A company, school or club: business drives, groups and sites.
    Organization,
    /// Where personal accounts live: personal drives only.
    Consumer,
}

impl TenantKind {
    /// The word that storage keeps.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::Consumer => "consumer",
        }
    }

    /// Reads the word that storage keeps.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Organization, Self::Consumer].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// An organization, or the consumer tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Its id, as `tid` in tokens.
    pub id: TenantId,
    /// Its kind.
    pub kind: TenantKind,
    /// Its name for people.
    pub display_name: String,
}

/// A person's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Its id, as `oid` in tokens.
    pub id: UserId,
    /// Where the account lives.
    pub tenant: TenantId,
    /// The sign-in name, unique without regard to case.
    pub user_principal_name: String,
    /// The name for people.
    pub display_name: String,
    /// Where mail reaches the person.
    pub mail: Option<String>,
    /// Whether the account may sign in; a disabled one has no rights and its links are closed.
    pub enabled: bool,
    /// Whether the person administers the tenant.
    pub administrator: bool,
    /// When the account was made.
    pub created_at: Timestamp,
}

/// A group of users of one tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// Where it lives.
    pub tenant: TenantId,
    /// The name for people.
    pub display_name: String,
}

/// A site, whose files are a document library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Its id.
    pub id: SiteId,
    /// Where it lives.
    pub tenant: TenantId,
    /// The last part of its path, unique in the tenant.
    pub name: String,
    /// The name for people.
    pub display_name: String,
}

/// A registered application: what "the calling application" of createLink is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// Its id, as `appid` in tokens.
    pub id: ApplicationId,
    /// The name for people.
    pub display_name: String,
    /// Whether its tokens are accepted.
    pub enabled: bool,
}

impl Application {
    /// The pages of this server, where somebody who signed in acts without another application. It is in no table.
    pub fn pages() -> Self {
        let id = ApplicationId::from_uuid(uuid::uuid!("d21e0000-0000-4000-8000-000000000000"));
        Self { id, display_name: "Driveway".to_owned(), enabled: true }
    }
}

/// How an application is registered for signing people in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// The application.
    pub application: Application,
    /// Whether it keeps no secret: it runs on people's machines.
    pub is_public: bool,
    /// Where codes may be sent.
    pub redirect_uris: Vec<String>,
    /// The delegated scopes that `.default` stands for, parted by spaces.
    pub scopes: String,
    /// What it may do for itself, parted by spaces.
    pub roles: String,
    /// Whether people aren't asked: whoever administers the server has agreed for them.
    pub is_consented: bool,
    /// Whether it redeems codes without a PKCE proof although it has no secret, as some old programs do.
    pub is_without_pkce: bool,
}
