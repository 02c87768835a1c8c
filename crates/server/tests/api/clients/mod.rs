//! What the clients that people have depend on: rclone, the OneDrive client for Linux, Microsoft's SDKs, and those in Python and
//! Rust. Each test shows one rule that one of them breaks without.

mod address_forms;
mod bodies;
mod conditional;
mod content;
mod errors;
mod listing;
mod odata;
mod quota;
mod throttling;
mod writes;
