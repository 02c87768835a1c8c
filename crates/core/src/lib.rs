//! The pure heart of Driveway: what Graph's words mean, and who may do what.
//!
//! Nothing here does I/O, reads a clock or draws a random number; instants and new ids are passed in. That keeps every
//! rule testable in microseconds and makes a retried transaction write the same rows.

pub mod address;
pub mod audit;
pub mod caller;
pub mod delta;
pub mod drive;
pub mod error;
pub mod hash;
pub mod id;
pub mod identity;
pub mod item;
pub mod link_life;
pub mod listing;
pub mod mail_address;
pub mod name;
pub mod oauth;
pub mod odata;
pub mod operation;
pub mod outbound;
pub mod outbox;
pub mod permission;
pub mod policy;
pub mod seal;
pub mod search;
pub mod share_id;
pub mod subscription;
pub mod time;
pub mod upload;
pub mod version;

pub use error::{Error, Result};
