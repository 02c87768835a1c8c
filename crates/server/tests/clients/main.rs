//! Real, unmodified Graph clients against the real program, each a process of its own.
//!
//! `scripts/rclone`, `scripts/onedrive` and `scripts/graph-sdks` install them below `target/`; `scripts/test` calls them.
//! What they send and depend on, and how each is pointed here, is in `docs/clients.md`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that panics is a test that fails"
)]

#[path = "../process/mod.rs"]
mod process;
mod programs;
mod support;

mod javascript;
mod onedrive;
mod python;
mod rclone;
