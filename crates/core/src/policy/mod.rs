//! Decisions: `(facts, request, now) -> decision`, with no I/O, no clock and no randomness.
//!
//! [`access`] answers who may do what to an item, [`sharing`] which link may be made, [`redeem`] whether a link opens.

pub mod access;
pub mod redeem;
pub mod sharing;
