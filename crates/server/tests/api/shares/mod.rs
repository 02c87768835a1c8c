//! `/shares/{key}`: what stands there, who is let in, and links whose right people make their own.

mod beta;
mod endpoint;
mod redemption;
