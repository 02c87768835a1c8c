//! What the server can do, in the words of the domain.
//!
//! The Graph API, the pages, the command line and the jobs all call these; none of them sees a request or a status code
//! here. What decides is in `driveway_core::policy`, what is kept is in `driveway_storage`; an operation reads the facts,
//! asks the policy and writes, in one transaction.

pub mod access;
pub mod audit;
pub mod caller;
pub mod checkout;
pub mod children;
pub mod content;
pub mod copy;
pub mod create_link;
pub mod delta;
pub mod demo;
pub mod directory;
pub mod drive;
pub mod follow;
pub mod gate;
pub mod grant;
pub mod inheritance;
pub mod invite;
pub mod invite_by_link;
pub mod item;
pub mod link_list;
pub mod links;
pub mod listed;
pub mod lookup;
pub mod oauth;
pub mod openings;
pub mod outbox;
pub mod outside;
pub mod pace;
pub mod password;
pub mod permission_change;
pub mod permissions;
pub mod policy;
pub mod provision;
pub mod recent;
pub mod recycle_bin;
pub mod redemption;
pub mod search;
pub mod search_index;
pub mod search_summary;
pub mod share;
pub mod shared_with_me;
pub mod sign_in;
pub mod site;
pub mod special;
pub mod subscription;
pub mod sums;
pub mod throttle;
pub mod ticket;
pub mod upkeep;
pub mod upload;
pub mod upload_session;
pub mod url;
pub mod versions;

pub use driveway_storage::Tx;

/// The result of an operation.
pub type Result<T, E = driveway_core::Error> = std::result::Result<T, E>;

/// What a request brings to be let in by: a verified bearer token, a link, the proof of having given its password.
#[derive(Debug, Clone, Default)]
pub struct Credentials {
    /// The verified bearer token, if one was sent.
    pub bearer: Option<crate::auth::token::Claims>,
    /// The link whose genuine token stands in the address.
    pub link: Option<driveway_core::id::PermissionId>,
    /// The link whose password was given, and the version of that password.
    pub visit: Option<password::Visit>,
    /// The item whose plain URL stands in the address instead of a link.
    pub plain: Option<share::PlainUrl>,
    /// How the link in the address shall count.
    pub preference: redemption::Preference,
    /// From where and through which door it came, for audit trails. It opens nothing.
    pub source: driveway_core::audit::Source,
    /// The links that the request made use of, noted on the way for their trails.
    pub uses: openings::Uses,
}
