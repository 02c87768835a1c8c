//! What every backend has to do, written once. A new database is one function in `backend` and one line in its macro;
//! a new blob store likewise.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "a test that panics is a test that fails, and tests await the tasks that they spawn"
)]

mod audit;
mod backend;
mod blob_rows;
mod blobs;
mod chains;
mod changes;
mod changes_read;
mod checkouts;
mod checks;
mod collecting;
mod drives;
mod fragments;
mod identities;
mod invitations;
mod items;
mod link_life;
mod link_list;
mod listings;
mod operations;
mod outbox;
mod permissions;
mod policies;
mod recycle_bin;
mod redemptions;
mod search;
mod small_nouns;
mod subscriptions;
mod transactions;
mod trees;
mod upload_sessions;
mod versions;
mod world;
