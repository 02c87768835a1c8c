//! Mail: what a letter says, and the SMTP server that takes it.

pub mod letter;
pub mod post;
