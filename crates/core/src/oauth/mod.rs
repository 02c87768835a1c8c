//! What the sign-in decides without looking anything up: scopes, redirect addresses, proofs of a code's owner, authorities.
//!
//! The words are those of OAuth 2.0 (RFC 6749), its best practice for native applications (RFC 8252), PKCE (RFC 7636) and
//! OIDC.

mod authority;
mod own_path;
mod pkce;
mod redirect;
mod scope;

pub use self::authority::Authority;
pub use self::own_path::OwnPath;
pub use self::pkce::Challenge;
pub use self::redirect::{NATIVE_CLIENT, RedirectUri};
pub use self::scope::{ScopeSet, UnknownScope};
