//! Bad input: each kind gets its status, code and target, and changes nothing.

mod addresses;
mod bodies;
mod random;
mod wire;
