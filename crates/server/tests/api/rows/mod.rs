//! The rows of the behaviour facts, each by its ID, where no topic of their own shows them. `docs/compatibility.md` has the
//! line of every row, and `facts.rs` sees to it that none is missing there.

mod errors;
mod facts;
mod headers;
mod later;
mod links;
mod links_over_time;
mod odata;
mod permissions;
mod requests;
mod scopes;
mod shares;
