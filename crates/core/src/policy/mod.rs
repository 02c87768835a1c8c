//! Decisions: `(facts, request, now) -> decision`, with no I/O, no clock and no randomness.
//!
//! [`access`] answers who may do what to an item, [`sharing`] which link may be made, [`redeem`] whether a link opens,
//! [`link_change`] what its maker and the owners may make of it.

pub mod access;
pub mod link_change;
pub mod redeem;
pub mod sharing;
