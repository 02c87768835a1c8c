//! Permissions changed and listed; people invited, added to links and taken off them.

mod grant;
mod invite;
mod list;
mod shared_with_me;
mod update;
