//! `/shares/{key}`: what stands there, who is let in, and links whose right people make their own.

mod endpoint;
mod redemption;
