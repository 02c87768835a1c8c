//! createLink beyond the words of the page: what counts as the same link, what policy does, who may, until when.

mod creators;
mod expiry;
mod inheritance;
mod policy;
mod recipients;
mod slots;
mod together;
