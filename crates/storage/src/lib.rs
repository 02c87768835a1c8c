//! Driveway's two stores: metadata in SQL behind read and write closures, bytes in an object store.
//!
//! [`Db`] runs closures over a [`Tx`], whose methods are the queries, a file a noun. [`Blobs`] keeps content by its
//! hash. What was acknowledged by either survives a power cut. Bytes are stored first and named by a transaction
//! afterwards; [`Tx::adopt_blob`] tells how the two stay together.
//!
//! Lookups return `Option`; changes of something that isn't there are `itemNotFound`. Nothing here decides who may do
//! what, knows what time it is or makes an id.

mod audit;
mod audit_prune;
mod blob;
mod blob_row;
mod chain;
mod change;
mod change_read;
mod check;
mod checkout;
mod db;
mod device_code;
mod directory;
mod drive;
mod error;
mod follow;
mod identity;
mod invitation;
mod item;
mod item_change;
mod link_life;
mod link_list;
mod link_scan;
mod listing;
mod oauth_grant;
mod operation;
mod outbox;
mod password_failure;
mod permission;
#[cfg(test)]
mod plans;
mod policy;
mod recycle_bin;
mod redemption;
mod registration;
mod search;
mod search_index;
mod setting;
mod sign_in;
mod special_folder;
mod subscription;
mod subscription_due;
mod tx;
mod upload_session;
mod url;
mod version;

pub use self::audit::{NewEvent, TrailPlace};
pub use self::audit_prune::Pruning;
pub use self::blob::{BlobStream, Blobs, Collected, Collection, Damage, Look, ReceiveError, Received};
pub use self::blob_row::{Adoption, PutOutcome};
pub use self::change::ChangeKind;
pub use self::change_read::{Change, Left, Order};
pub use self::check::Finding;
pub use self::checkout::WorkingCopy;
pub use self::db::{Db, DbOptions};
pub use self::device_code::{DeviceCode, DeviceState, NewDeviceCode};
pub use self::error::{Error, Result};
pub use self::identity::CallerFacts;
pub use self::item::{NewFacet, NewItem};
pub use self::item_change::ItemChange;
pub use self::link_list::{LinkFilter, LinkPlace, LinkSource};
pub use self::link_scan::ScannedLink;
pub use self::oauth_grant::{AuthorizationCode, OauthGrant, RefreshToken};
pub use self::operation::{Operation, OperationFolder};
pub use self::outbox::OutboxCounts;
pub use self::password_failure::Failures;
pub use self::policy::LimitedPlace;
pub use self::redemption::Redemption;
pub use self::sign_in::{Password, Session};
pub use self::subscription_due::{DueNotification, Lane, Pending, ToldChange};
pub use self::search::{Candidate, Match, Matches, RightHeld, SearchFor};
pub use self::search_index::DueText;
pub use self::tx::Tx;
pub use self::upload_session::{NewUploadSession, UploadFragment, UploadSession};
pub use self::url::{BlobsUrl, DatabaseUrl};
