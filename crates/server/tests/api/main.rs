//! The API as its users meet it: over HTTP, on real storage, with a clock that moves.

#![expect(unreachable_pub, reason = "a test binary exports nothing; `pub` marks what tests may use")]

mod create_link;
mod seed;
mod smoke;
mod support;
