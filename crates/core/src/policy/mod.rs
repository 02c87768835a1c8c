//! Decisions: `(facts, request, now) -> decision`, with no I/O, no clock and no randomness.
//!
//! [`access`] answers who may do what to an item, [`sharing`] which link may be made, [`redeem`] whether a link opens,
//! [`invitation`] who may be invited, [`permission_change`] what may be changed of a permission, [`link_change`] what a
//! link's maker and the item's owners may make of it, [`policy_effect`] what a change of policy does to a link.

pub mod access;
pub mod invitation;
pub mod link_change;
pub mod permission_change;
pub mod policy_effect;
pub mod redeem;
pub mod sharing;
