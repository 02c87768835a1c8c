//! The pages behind links in a real browser: Chromium without a window, driven through chromedriver.
//!
//! Each test has its own server and its own browser with a fresh profile. Pictures of what was seen are left in
//! `target/screenshots`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that panics is a test that fails"
)]

mod chromium;
mod page;
#[path = "../process/mod.rs"]
mod process;
mod webdriver;

mod embed;
mod file;
mod folder;
mod password;
mod script;
mod sign_in;
