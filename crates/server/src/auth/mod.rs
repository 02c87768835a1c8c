//! Credentials: the keys of the server, and the bearer tokens signed by them.

pub mod id_token;
pub mod keys;
pub mod token;
