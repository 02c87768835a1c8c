//! The API as its users meet it: over HTTP, on real storage, with a clock that moves.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that panics is a test that fails"
)]
#![expect(unreachable_pub, reason = "a test binary exports nothing; `pub` marks what tests may use")]

mod bad_input;
mod create_link;
mod mail;
mod oauth;
mod people;
mod permissions;
mod policy;
mod ratchet;
mod rows;
mod seed;
mod smoke;
mod support;

// Drives, items, content, links, security properties, identity.
mod batch;
mod children;
mod clients;
mod content;
mod cut_off;
mod delta;
mod directory;
mod drives;
mod following;
mod identity;
mod item_life;
mod items;
mod link_audit;
mod link_edit;
mod link_embed;
mod link_folder;
mod link_life;
mod link_list;
mod link_organization;
mod link_page;
mod link_password;
mod odd_requests;
mod search;
mod security;
mod shares;
mod special_folders;
mod steps;
mod subscriptions;
mod tls;
mod upload_session;
