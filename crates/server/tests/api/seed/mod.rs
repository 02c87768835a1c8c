//! The page that started it all, statement by statement: `docs/compatibility.md` lists its rows and these tests.

mod body;
mod paths;
mod responses;
mod tokens;
