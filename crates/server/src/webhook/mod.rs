//! Calls to other programs: to ask whether they want to be told, and to tell them.

pub mod caller;
pub mod names;
pub mod notification;
pub mod url;
