//! Whom a sign-in is for: the first segment of an authority's address.

use std::fmt;

use crate::id::TenantId;
use crate::identity::{Tenant, TenantKind};

/// Whom a sign-in is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authority {
    /// `common`: everybody.
    Common,
    /// `organizations`: accounts of an organization.
    Organizations,
    /// `consumers`: personal accounts.
    Consumers,
    /// One tenant, by its id or a domain of its accounts.
    Tenant(TenantId),
}

impl Authority {
    /// Reads a segment that needs no looking up. `None` for what can only be a domain name.
    pub fn parse(segment: &str) -> Option<Self> {
        match segment.to_ascii_lowercase().as_str() {
            "common" => Some(Self::Common),
            "organizations" => Some(Self::Organizations),
            "consumers" => Some(Self::Consumers),
            id => TenantId::parse(id).ok().map(Self::Tenant),
        }
    }

    /// Whether accounts of this tenant may sign in here.
    pub fn takes(self, tenant: &Tenant) -> bool {
        match self {
            Self::Common => true,
            Self::Organizations => tenant.kind == TenantKind::Organization,
            Self::Consumers => tenant.kind == TenantKind::Consumer,
            Self::Tenant(id) => id == tenant.id,
        }
    }
}

/// The segment, with a domain's place taken by the tenant's id.
impl fmt::Display for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Common => f.write_str("common"),
            Self::Organizations => f.write_str("organizations"),
            Self::Consumers => f.write_str("consumers"),
            Self::Tenant(id) => id.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn each_authority_takes_its_own() {
        let tenant = |number, kind| Tenant {
            id: TenantId::from_uuid(Uuid::from_u128(number)),
            kind,
            display_name: String::new(),
        };
        let (work, personal) = (tenant(1, TenantKind::Organization), tenant(2, TenantKind::Consumer));
        for (segment, takes_work, takes_personal) in [
            ("common", true, true),
            ("Organizations", true, false),
            ("consumers", false, true),
            ("00000000-0000-0000-0000-000000000001", true, false),
            ("00000000-0000-0000-0000-000000000002", false, true),
        ] {
            let authority = Authority::parse(segment).unwrap();
            assert_eq!((authority.takes(&work), authority.takes(&personal)), (takes_work, takes_personal), "{segment}");
            assert_eq!(authority.to_string(), segment.to_ascii_lowercase());
        }
        assert_eq!(Authority::parse("harbour.example"), None);
    }
}
