//! A server of its own for each test, and the people who use it.

mod actor;
mod answer;
pub mod schema;
mod server;
pub mod sharing;

pub use self::actor::Actor;
pub use self::answer::Answer;
pub use self::server::{HOST, TestServer};
