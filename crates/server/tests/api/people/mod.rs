//! Permissions changed and listed; people invited, added to links and taken off them.

mod list;
mod update;
