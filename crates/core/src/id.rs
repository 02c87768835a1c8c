//! Typed identifiers: a drive's id can't be passed where an item's is asked.
//!
//! Ids are opaque to clients and free of `/ : # ?`. They are made from a [`Uuid`] that the caller brings, because
//! this crate knows no randomness.

use std::fmt;

use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD};
use uuid::Uuid;

/// A text that isn't an id of the asked kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {0} id")]
pub struct MalformedId(pub &'static str);

macro_rules! uuid_ids {
    ($($(#[$doc:meta])* $name:ident = $noun:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// The id with this value.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The value.
            pub const fn as_uuid(&self) -> &Uuid {
                &self.0
            }

            /// Reads the hyphenated form; case doesn't matter.
            pub fn parse(text: &str) -> Result<Self, MalformedId> {
                match text.len() {
                    36 => Uuid::try_parse(text).map(Self).map_err(|_| MalformedId($noun)),
                    _ => Err(MalformedId($noun)),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self.0.as_hyphenated(), f)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    )+};
}

uuid_ids! {
    /// An organization, or the consumer tenant that personal accounts live in.
    TenantId = "tenant";
    /// A person's account.
    UserId = "user";
    /// A group of users.
    GroupId = "group";
    /// A site with its document library.
    SiteId = "site";
    /// A registered application: its client id.
    ApplicationId = "application";
    /// A permission on an item. A sharing link is a permission, so this is a link's id too.
    PermissionId = "permission";
    /// What came of one sign-in to one application: the family of its refresh tokens.
    GrantId = "grant";
}

/// A drive's id: 16 hex digits for personal drives, `b!` and 22 characters for the others.
///
/// Clients pad and lower-case personal ids, so those compare without regard to case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DriveId(String);

impl DriveId {
    /// A personal drive's id from 8 of the UUID's 16 bytes.
    pub fn personal(uuid: Uuid) -> Self {
        let (_, low) = uuid.as_u64_pair();
        Self(format!("{low:016x}"))
    }

    /// A business drive's or document library's id.
    pub fn business(uuid: Uuid) -> Self {
        Self(format!("b!{}", BASE64URL_NOPAD.encode(uuid.as_bytes())))
    }

    /// Reads an id of either shape. Anything else is malformed, which is a 400 and not a 404 for clients.
    pub fn parse(text: &str) -> Result<Self, MalformedId> {
        let is_personal = text.len() == 16 && text.bytes().all(|b| b.is_ascii_hexdigit());
        if is_personal {
            return Ok(Self(text.to_ascii_lowercase()));
        }
        let is_business = text.strip_prefix("b!").is_some_and(|rest| {
            rest.len() == 22 && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        });
        if is_business { Ok(Self(text.to_owned())) } else { Err(MalformedId("drive")) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DriveId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An item's id: `01` and 26 base32 characters. It survives rename and move (LINK-08).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId(Uuid);

impl ItemId {
    /// The id with this value.
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// The value, as it stands in eTags.
    pub const fn as_uuid(&self) -> &Uuid {
        &self.0
    }

    /// Reads an id. Ids are compared to the letter (MISC-06).
    pub fn parse(text: &str) -> Result<Self, MalformedId> {
        text.strip_prefix("01")
            .filter(|rest| rest.len() == 26)
            .and_then(|rest| BASE32_NOPAD.decode(rest.as_bytes()).ok())
            .and_then(|bytes| Uuid::from_slice(&bytes).ok())
            .map(Self)
            .ok_or(MalformedId("item"))
    }
}

impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0_u8; 26];
        BASE32_NOPAD.encode_mut(self.0.as_bytes(), &mut text);
        f.write_str("01")?;
        text.iter().try_for_each(|byte| fmt::Write::write_char(f, char::from(*byte)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ids_survive_print_and_parse(value: u128) {
            let uuid = Uuid::from_u128(value);
            let item = ItemId::from_uuid(uuid);
            prop_assert_eq!(ItemId::parse(&item.to_string()), Ok(item));
            let personal = DriveId::personal(uuid);
            prop_assert_eq!(DriveId::parse(&personal.as_str().to_uppercase()), Ok(personal));
            let business = DriveId::business(uuid);
            prop_assert_eq!(DriveId::parse(business.as_str()), Ok(business));
            let permission = PermissionId::from_uuid(uuid);
            prop_assert_eq!(PermissionId::parse(&permission.to_string()), Ok(permission));
        }

        #[test]
        fn parsing_never_panics(text: String) {
            let _ = (ItemId::parse(&text), DriveId::parse(&text), UserId::parse(&text));
        }
    }

    #[test]
    fn other_shapes_are_malformed() {
        for text in ["", "01", "b!", "0123456789abcdeg", "b!short", "01********************00"] {
            assert!(ItemId::parse(text).is_err() && DriveId::parse(text).is_err(), "{text}");
        }
    }
}
