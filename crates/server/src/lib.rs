//! Driveway: stores files, shares them by link, and speaks the Microsoft Graph v1.0 drive API.
//!
//! `http`, `cli` and `jobs` are the doors; they call `ops`, which says what the server can do; `ops` asks
//! `driveway_core::policy` and writes through `driveway_storage`. Nothing goes the other way.

pub mod app;
pub mod auth;
pub mod cli;
pub mod clock;
pub mod config;
pub mod entropy;
pub mod http;
pub mod jobs;
pub mod mail;
pub mod ops;
pub mod tls;
pub mod webhook;
